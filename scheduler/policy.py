"""What does the law say here? Loads a county's folder of clauses and tells which are in force for a scenario.

A pack is `policies/<county>/policy.toml` beside `source.txt`; `policies/_base` is the product's own baseline and part of
every pack.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """条款: one place where a county says one thing."""

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
    pending: str | None = None
    """Feature that will honour it (enrolment, accounts, attendance, reports)."""
    fact: str | None = None
    """Calendar or program fact that honours it, where no rule is needed."""
    open_parameters: tuple[str, ...] = ()
    """Parameters the text leaves open; a scenario's `readings` may set them."""
    proof: tuple[str, ...] = ()
    """pytest ids that prove it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A county's clauses with the baseline merged in."""

    county: str
    title: str
    title_en: str
    checked: str
    """ISO date on which somebody last compared the pack with its source."""
    clauses: tuple[Clause, ...]
    unmodelled: Mapping[ClauseId, str]

    def rules(self) -> tuple[Clause, ...]:
        """Clauses with a rule."""
        return tuple(clause for clause in self.clauses if clause.rule is not None)
