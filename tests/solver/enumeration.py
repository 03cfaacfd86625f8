"""Which tables are there at all? Every one of a tiny school, drawn without any knowledge of columns, and judged by the audit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import TypeVar

from scheduler.audit.figures import pupil_figures
from scheduler.audit.twins import deviations
from scheduler.audit.wishes import wishes_granted_to
from scheduler.audit.world import World
from scheduler.domain import Form, Pupil, Room, Scenario, Slot, Staff
from scheduler.policy import Clause, Strength
from scheduler.solver.build import HARD
from scheduler.timetable import Meeting, Placement, Section, SectionId, Timetable
from tests.solver.tables import Opening, empty, openings, pupil_fits

T = TypeVar("T")

OF_PLACES = frozenset({"nobody_refused", "extended_care_given", "boarders_looked_after"})
"""Rules that the first stage serves."""
STAGES = ("unplaced", "must", "in_principle", "base_care", "round_1")
"""The first stages of the objective order; smaller is better, the last counts pupils with a wish granted, negative."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One section with everything it needs."""

    opening: Opening
    room: Room
    staff: tuple[Staff, ...]
    pupils: tuple[Pupil, ...]


class TooMany(Exception):
    """The school has more tables than we care to look at."""


def every_table(scenario: Scenario, most: int) -> list[Timetable]:
    """All tables whose sections have pupils, rooms and people that fit and are not taken. Raises `TooMany`."""
    found = []
    for sections in _sections(scenario, openings(scenario), []):
        found.append(_table(scenario, sections))
        if len(found) > most:
            raise TooMany
    return found


def _sections(scenario: Scenario, left: Sequence[Opening], taken: list[Drawn]) -> Iterator[list[Drawn]]:
    """All ways to open none, one or more sections of the first opening, and so on."""
    if not left:
        yield list(taken)
        return
    yield from _sections(scenario, left[1:], taken)
    for one in _drawn(scenario, left[0]):
        # Parallel sections are drawn in the order of their first pupils, so that no table comes twice.
        if taken and taken[-1].opening is left[0] and one.pupils[0].id <= taken[-1].pupils[0].id:
            continue
        if all(_can_both_be(scenario, one, other) for other in taken):
            yield from _sections(scenario, left, [*taken, one])


def _drawn(scenario: Scenario, opening: Opening) -> Iterator[Drawn]:
    course = opening.course
    needs_more = course.pupils_per_adult is not None and course.pupils_per_adult < course.max_size
    helpers = needs_more or course.online_resource is not None
    for leader in opening.people:
        others = [person for person in opening.people if person is not leader]
        teams = list(_subsets(others)) if helpers else [()]
        allowed = [pupil for pupil in scenario.pupils if pupil_fits(scenario, pupil, course, opening.slots, (leader,))]
        for pupils in _subsets(sorted(allowed, key=lambda pupil: pupil.id)):
            for team in teams if pupils else ():
                for room in opening.rooms:
                    yield Drawn(opening, room, (leader, *team), pupils)


def _subsets(things: Sequence[T]) -> Iterator[tuple[T, ...]]:
    return chain.from_iterable(combinations(things, size) for size in range(len(things) + 1))


def _can_both_be(scenario: Scenario, one: Drawn, other: Drawn) -> bool:
    """They meet at other times, or share nobody and no room of one group."""
    at_once = any(_at_once(scenario, mine, theirs) for mine in one.opening.slots for theirs in other.opening.slots)
    people = {person.id for person in one.staff} & {person.id for person in other.staff}
    pupils = {pupil.id for pupil in one.pupils} & {pupil.id for pupil in other.pupils}
    return not at_once or not (people or pupils or (one.room is other.room and one.room.groups == 1))


def _at_once(scenario: Scenario, one: Slot, other: Slot) -> bool:
    if one.weekday != other.weekday:
        return False
    held = [season.id for season in scenario.seasons if season.start <= scenario.term.end and scenario.term.start <= season.end]
    clocks = [(one.clock_by_season.get(season), other.clock_by_season.get(season)) for season in held]
    return one is other or any(mine is not None and theirs is not None and mine.overlaps(theirs) for mine, theirs in clocks)


def _table(scenario: Scenario, drawn: Sequence[Drawn]) -> Timetable:
    sections, meetings, placements = [], [], []
    for number, one in enumerate(drawn, start=1):
        id, course = SectionId(f"s{number}"), one.opening.course
        people = tuple(person.id for person in one.staff)
        sections.append(Section(id=id, course=course.id, number=number))
        meetings += [Meeting(section=id, slot=slot.id, room=one.room.id, staff=people) for slot in one.opening.slots]
        placements += [Placement(pupil=pupil.id, section=id, chosen=course.form is Form.CHOSEN) for pupil in one.pupils]
    bare = empty(scenario)
    return Timetable(
        county=bare.county,
        scenario_digest="",
        start=bare.start,
        end=bare.end,
        sections=tuple(sections),
        meetings=tuple(meetings),
        placements=tuple(placements),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What the audit makes of one table."""

    possible: bool
    """Nature and what no plan may contain are kept: only such tables are plans at all."""
    lawful: bool
    stages: tuple[int, ...]
    """As in `STAGES`."""


IMPOSSIBLE = Judged(False, False, ())
"""Against nature, or with what a binding clause leaves no column for."""


def judged(scenario: Scenario, table: Timetable, clauses: Sequence[Clause], barred: Mapping[str, int]) -> Judged:
    """`barred`: by clause id, the deviation of a clause that the facts alone make; more of it no plan may have."""
    world = World(scenario, table)
    total = {Strength.MUST: 0, Strength.IN_PRINCIPLE: 0, Strength.ENCOURAGED: 0}
    binding = 0
    for clause in clauses:
        assert clause.rule is not None
        amount = sum(deviation.amount for deviation in deviations(world, clause.rule))
        if clause.rule.name in HARD and amount:
            return IMPOSSIBLE
        if clause.id in barred and amount > barred[clause.id]:
            return IMPOSSIBLE
        if clause.rule.name not in OF_PLACES:
            total[clause.strength] += amount
        binding += amount if clause.strength is not Strength.ENCOURAGED else 0
    granted = sum(bool(wishes_granted_to(world, pupil)) for pupil in world.pupil_by_id.values())
    care = pupil_figures(world).base_care_slots
    stages = (_unplaced(world), total[Strength.MUST], total[Strength.IN_PRINCIPLE], care, -granted)
    return Judged(True, binding == 0, stages)


def _unplaced(world: World) -> int:
    """Slots in which a pupil must be looked after and nobody does."""
    placed = {(cell.pupil.id, cell.slot.id) for cell in world.cells}
    return sum((pupil.id, slot) not in placed for pupil in world.scenario.pupils for slot in world.scenario.cells_of(pupil))
