"""Why can there be no lawful plan? The smallest conflict found, as clauses and facts of the school, and what was proven of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scheduler.domain import Scenario, SlotId
from scheduler.policy import Clause
from scheduler.solver.explain_core import Core, Item, core_of, look
from scheduler.solver.explain_grounds import Ground, Grounds, grounds
from scheduler.solver.explain_verdicts import Proof
from scheduler.solver.limits import Clock
from scheduler.solver.naming import named
from scheduler.solver.outcome import Options, Stop
from scheduler.timetable import Timetable

__all__ = ["Conflict", "Explained", "Ground", "Proof", "Thing", "Verdict", "explain_conflict", "verdict_of"]


class Verdict(StrEnum):
    """What is known of lawful plans."""

    IMPOSSIBLE = "impossible"
    """The conflict was proven, and the proof checked."""
    POSSIBLE = "possible"
    """Nothing the model knows stands against a lawful plan: a point of all rows was found."""
    OPEN = "open"
    """Neither was shown in the time given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One clause or fact of a conflict: facts of one kind that are named together."""

    ground: Ground
    aspect: str
    """As in `Reason`; empty where several are meant."""
    clause: Clause | None = None
    slots: tuple[SlotId, ...] = ()
    """Slots it speaks of; empty: no particular ones."""
    who: tuple[str, ...] = ()
    """Ids of those concerned: pupils, people, courses, routes, rooms (of one class, the first stands for all), lock numbers."""
    needed: bool = True
    """Without it the others were shown to be possible."""
    least: int | None = None
    """How far it must give way while the others hold, at least; in the unit of its rule, or in places, groups, people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Clauses and facts that cannot hold together."""

    things: tuple[Thing, ...]
    proofs: frozenset[Proof]

    @property
    def minimal(self) -> bool:
        """Whether each smaller set was shown to be possible."""
        return all(thing.needed for thing in self.things)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What was found of a school and its law."""

    verdict: Verdict
    conflict: Conflict | None = None
    timetable: Timetable | None = None
    """A plan of the point found; the audit alone says whether it is lawful."""


def explain_conflict(scenario: Scenario, clauses: Sequence[Clause], options: Options, stop: Stop) -> Explained:
    """The first conflict found between what binds and what is; a plan where the school is small and has none.

    `clauses`: those in force. Never says impossible without a proof that was checked.
    """
    clock = Clock(options, stop)
    stated = grounds(scenario, clauses)
    search = core_of(stated, clock)
    if search.core is not None and search.core.proofs:
        return Explained(verdict=Verdict.IMPOSSIBLE, conflict=_conflict(stated, search.core))
    if search.values is not None:
        table = named(stated.unknowns, search.values, digest="", seed=None, program="", buffer_minutes=0)
        return Explained(verdict=Verdict.POSSIBLE, timetable=table)
    return Explained(verdict=Verdict.OPEN)


def verdict_of(scenario: Scenario, clauses: Sequence[Clause], options: Options, stop: Stop) -> Verdict:
    """Whether any conflict is left, without making it small; `OPEN` where none is seen and the school is too large to be sure."""
    return first_seen(grounds(scenario, clauses), Clock(options, stop))


def first_seen(stated: Grounds, clock: Clock) -> Verdict:
    """As `verdict_of`, of rows already stated."""
    seen = look(stated, clock)
    if seen is None:
        return Verdict.OPEN
    return Verdict.IMPOSSIBLE if isinstance(seen, Proof) else Verdict.POSSIBLE


def _conflict(stated: Grounds, core: Core) -> Conflict:
    things = zip(core.items, core.needed, core.least, strict=True)
    return Conflict(things=tuple(_thing(stated, item, needed, least) for item, needed, least in things), proofs=core.proofs)


def _thing(stated: Grounds, item: Item, needed: bool, least: int | None) -> Thing:
    reasons = [stated.reasons[number] for number in item.reasons.tolist()]
    aspects, slots = {reason.aspect for reason in reasons}, sorted({reason.slot for reason in reasons})
    who = tuple(sorted({reason.who for reason in reasons}))
    clause = stated.clauses[int(who[0])] if item.ground is Ground.CLAUSE else None
    if item.ground is Ground.ROOM:
        who = tuple(stated.unknowns.room_classes[int(number)].like.id for number in who)
    everywhere = -1 in slots or len(slots) == len(stated.unknowns.slots)
    return Thing(
        ground=item.ground,
        aspect=aspects.pop() if len(aspects) == 1 else "",
        clause=clause,
        slots=() if everywhere else tuple(stated.unknowns.slots[s].id for s in slots),
        who=() if clause is not None else who,
        needed=needed,
        least=least,
    )
