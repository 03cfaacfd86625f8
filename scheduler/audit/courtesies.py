"""How kindly does a table treat what no clause asks for? Counts of equal groups, siblings together and rooms kept."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from scheduler.audit.rides import trips_named
from scheduler.audit.world import World
from scheduler.domain import Course, Grouping, Pupil, StaffId
from scheduler.timetable import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    kept: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtesyFigures:
    """What the table does beyond the clauses."""

    balanced: Share
    """Sets of parallel sections whose sizes differ by one pupil at most. Parallel: one course, at the same times, for the same
    pupils; of a course whose teachers can be wished for, with one teacher."""
    siblings: Share
    """Pairs of siblings who sit in parallel sections, once each set: in the same one."""
    rides: Share
    """Pairs of siblings who both take the bus on a day: the same trip."""
    one_room: Share
    """Sections with several meetings a week: in one room."""


def courtesy_figures(world: World) -> CourtesyFigures:
    """Counted over sections that meet and have pupils."""
    sets = list(_parallel(world))
    several = [section for section in world.sections_held if len(world.held_by_section[section.id]) > 1]
    sizes = [[len(world.pupils_of(section)) for section in sections] for sections in sets if len(sections) > 1]
    return CourtesyFigures(
        balanced=Share(kept=sum(max(each) - min(each) <= 1 for each in sizes), of=len(sizes)),
        siblings=_siblings(world, sets),
        rides=_rides(world),
        one_room=Share(
            kept=sum(len({held.room for held in world.held_by_section[section.id]}) == 1 for section in several), of=len(several)
        ),
    )


def _parallel(world: World) -> Iterator[Sequence[Section]]:
    wished = {choice.course for pupil in world.scenario.pupils for choice in pupil.choices if choice.teacher is not None}
    alike: defaultdict[tuple[object, ...], list[Section]] = defaultdict(list)
    for section in world.sections_held:
        pupils = world.pupils_of(section)
        if pupils:
            course = world.course(section)
            held = world.held_by_section[section.id]
            leaders: tuple[StaffId, ...] = tuple(sorted({person.id for one in held for person in one.staff[:1]}))
            whom = leaders if course.id in wished else ()
            slots = tuple(sorted(one.slot.id for one in held))
            alike[course.id, slots, whom, _whose(world, course, pupils)].append(section)
    yield from alike.values()


def _whose(world: World, course: Course, pupils: Sequence[Pupil]) -> tuple[object, ...]:
    """The home classes or grades a section is for, where those must not mix."""
    if course.grouping is Grouping.HOME_CLASS:
        return tuple(sorted({pupil.home_class for pupil in pupils}))
    if course.grouping is Grouping.GRADE or course.written_homework:
        return tuple(sorted({world.grade(pupil).number for pupil in pupils}))
    return ()


def _siblings(world: World, sets: Sequence[Sequence[Section]]) -> Share:
    kept = together = 0
    for sections in sets:
        families: defaultdict[str, list[int]] = defaultdict(list)
        for number, section in enumerate(sections):
            for pupil in world.pupils_of(section):
                if pupil.household is not None:
                    families[pupil.household].append(number)
        for numbers in families.values():
            pairs = list(combinations(numbers, 2))
            kept += sum(one == two for one, two in pairs)
            together += len(pairs)
    return Share(kept=kept, of=together)


def _rides(world: World) -> Share:
    families: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for (id, weekday), trip in trips_named(world).items():
        pupil = world.scenario.pupil_by_id.get(id)
        if pupil is not None and pupil.household is not None:
            families[pupil.household, weekday].append(trip)
    pairs = [pair for trips in families.values() for pair in combinations(trips, 2)]
    return Share(kept=sum(one == two for one, two in pairs), of=len(pairs))
