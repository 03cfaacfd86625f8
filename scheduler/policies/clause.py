"""What is a clause, and what is a county's policy? The words in which the law is told to everybody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduler.domain import ClauseId
from scheduler.rulebook import Rule


class Strength(StrEnum):
    """力度. The clause's wording decides; prohibitions are `must`."""

    MUST = "must"
    IN_PRINCIPLE = "in_principle"
    ENCOURAGED = "encouraged"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """条款: one place where a county says one thing.

    A text that needs several rules is several clauses of one id, numbered by `use`; they share quote and waivers.
    """

    id: ClauseId
    county: str
    """`_base` for the product's own baseline, `_nature` for clashes."""
    at: str
    """Article, as printed: 二（五）."""
    quote: str
    strength: Strength
    reading: str = ""
    """How we read an ambiguous text, in Chinese; shown beside the quote."""
    reading_en: str = ""
    rule: Rule | None = None
    use: int = 1
    """1, 2, … among the rules of one text."""
    pending: str | None = None
    """Feature that will honour it (enrolment, accounts, attendance, reports)."""
    fact: str | None = None
    """Calendar or program fact that honours it, where no rule is needed; in Chinese."""
    fact_en: str = ""
    open_parameters: tuple[str, ...] = ()
    """Parameters the text leaves open; a scenario's `readings` may set them."""
    replaces: tuple[ClauseId, ...] = ()
    """Clauses of `_base` and `_nature` that give way wherever this one is in force."""
    refines: tuple[ClauseId, ...] = ()
    """Clauses of the same rule beside which this one stands on purpose, with other parameters."""
    proof: tuple[str, ...] = ()
    """pytest ids that prove it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no rule or feature will use a text."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A county's clauses with the baseline merged in."""

    county: str
    title: str
    title_en: str
    checked: str
    """ISO date on which somebody last compared the pack with its source."""
    clauses: tuple[Clause, ...]
    unmodelled: Mapping[ClauseId, Reason]
    """What no rule or feature will use, with the reason."""
    effective_from: date | None = None
    effective_until: date | None = None
    """Last day, included; `None`: no expiry printed."""

    def rules(self) -> tuple[Clause, ...]:
        """Clauses with a rule."""
        return tuple(clause for clause in self.clauses if clause.rule is not None)
