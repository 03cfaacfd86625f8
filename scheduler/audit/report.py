"""How is a judgement told? Deviations, findings with their citation, and the report of a whole table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scheduler.domain import ClauseId
from scheduler.policy import Clause, Strength


class SubjectKind(StrEnum):
    """What a finding speaks of."""

    PUPIL = "pupil"
    STAFF = "staff"
    ROOM = "room"
    COURSE = "course"
    SECTION = "section"
    SLOT = "slot"
    HOME_CLASS = "home_class"
    GRADE = "grade"
    PROVIDER = "provider"
    TRIP = "trip"
    SEASON = "season"
    DATE = "date"
    SCHOOL = "school"
    LOCK = "lock"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Somebody or something a finding names."""

    kind: SubjectKind
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """How far one thing lies past a rule; what an audit twin yields."""

    amount: int
    """Greater than 0, in the rule's unit."""
    subjects: tuple[Subject, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A deviation with its clause, and whether a recorded waiver covers it."""

    clause: Clause
    rule: str
    amount: int
    subjects: tuple[Subject, ...]
    zh: str
    en: str
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """审查报告 of one table under one policy."""

    findings: tuple[Finding, ...]
    """Ordered by strength, clause and subjects."""
    notes: tuple[Deviation, ...] = ()
    """Reported, never findings: part-week shares, optional riders who wait or miss a bus, and the like."""
    checked: tuple[ClauseId, ...] = ()
    """Clauses whose rule was measured."""

    def of(self, strength: Strength) -> tuple[Finding, ...]:
        """Findings of clauses of one strength."""
        return tuple(finding for finding in self.findings if finding.clause.strength is strength)

    @property
    def breaches(self) -> tuple[Finding, ...]:
        """Findings no waiver can cover."""
        return self.of(Strength.MUST)

    @property
    def waivers_needed(self) -> tuple[Finding, ...]:
        """`in_principle` findings without a recorded waiver."""
        return tuple(finding for finding in self.of(Strength.IN_PRINCIPLE) if not finding.waived)

    @property
    def waivers_used(self) -> tuple[Finding, ...]:
        """`in_principle` findings that a recorded waiver covers."""
        return tuple(finding for finding in self.of(Strength.IN_PRINCIPLE) if finding.waived)

    @property
    def lawful(self) -> bool:
        """Nothing stands against publication."""
        return not self.breaches and not self.waivers_needed

    def deviations(self) -> Mapping[ClauseId, int]:
        """Sum of deviations by clause id, only where greater than 0."""
        totals: dict[ClauseId, int] = {}
        for finding in self.findings:
            totals[finding.clause.id] = totals.get(finding.clause.id, 0) + finding.amount
        return dict(sorted(totals.items()))
