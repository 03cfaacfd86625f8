"""Which open sections could a pupil sit in, and what would they be worth? By slots, grades and the pupil's own list alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from scheduler.audit.wishes import suits, wish_granted_by
from scheduler.audit.world import World
from scheduler.domain import CourseId, Form, Pupil, SlotId
from scheduler.timetable import Section, SectionId


class Reach:
    """The open sections of chosen courses, seen by the families.

    Rules that bind a pupil's whole week (enrichment share, daily PE) are left out: a section within reach may still not fit.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.sections = tuple(one for one in world.sections_held if world.course(one).form is Form.CHOSEN)
        self.slots: Mapping[SectionId, frozenset[SlotId]] = {
            section.id: frozenset(held.slot.id for held in world.held_by_section[section.id]) for section in self.sections
        }

    @cached_property
    def by_course(self) -> Mapping[CourseId, tuple[Section, ...]]:
        """Courses that take place only."""
        grouped: defaultdict[CourseId, list[Section]] = defaultdict(list)
        for section in self.sections:
            grouped[section.course].append(section)
        return {course: tuple(sections) for course, sections in grouped.items()}

    def may_sit(self, pupil: Pupil, section: Section) -> bool:
        """The pupil's grade is let in and the family asked for each of its slots."""
        grade = self.world.grade(pupil).number
        held = self.world.held_by_section[section.id]
        return grade in self.world.grades_open(self.world.course(section)) and all(
            one.slot.id in pupil.stays and grade in one.slot.grades for one in held
        )

    def seats(self, section: Section) -> int:
        """Seats by the course's size, the smallest room, and the adults where the course has a ratio."""
        course = self.world.course(section)
        limits = [course.max_size]
        for held in self.world.held_by_section[section.id]:
            limits.append(0 if held.room is None else held.room.seats)
            if course.pupils_per_adult is not None:
                limits.append(course.pupils_per_adult * len(held.staff))
        return min(limits)

    def meet_at_once(self, one: Section, other: Section) -> bool:
        """Whether the two have a slot in common, or slots whose clocks overlap in some season."""
        return any(
            first.slot.id == second.slot.id
            or (
                first.slot.weekday == second.slot.weekday
                and any(
                    season in second.slot.clock_by_season and clock.overlaps(second.slot.clock_by_season[season])
                    for season, clock in first.slot.clock_by_season.items()
                )
            )
            for first in self.world.held_by_section[one.id]
            for second in self.world.held_by_section[other.id]
        )

    def ranks(self, pupil: Pupil) -> dict[SectionId, int]:
        """Rank of the dearest wish that each section within reach grants."""
        ranks: dict[SectionId, int] = {}
        for choice in sorted(pupil.choices, key=lambda choice: choice.rank):
            for section in self.by_course.get(choice.course, ()):
                fits = suits(choice, section, self.world.held_by_section[section.id])
                if fits and section.id not in ranks and self.may_sit(pupil, section):
                    ranks[section.id] = choice.rank
        return ranks

    def held_ranks(self, pupil: Pupil, seats: Sequence[Section]) -> tuple[int, ...]:
        """Ranks of the wishes that the pupil's seats grant, dearest first."""
        granted = (wish_granted_by(self.world, pupil, section) for section in seats)
        return tuple(sorted(choice.rank for choice in granted if choice is not None))

    def best_worth(self, pupil: Pupil, ranks: Mapping[SectionId, int]) -> int:
        """Worth of the best seats the pupil could have, alone in the school: no two in a slot or of a course."""
        ordered = sorted(ranks, key=lambda section: (ranks[section], section))
        worths = [worth(pupil, ranks[section]) for section in ordered]

        def best(first: int, left: int, slots: frozenset[SlotId], courses: frozenset[CourseId]) -> int:
            found = 0
            for number in range(first, len(ordered) if left else first):
                if sum(worths[number : number + left]) <= found:
                    break
                section = self.world.section_by_id[ordered[number]]
                if section.course not in courses and not self.slots[section.id] & slots:
                    rest = best(number + 1, left - 1, slots | self.slots[section.id], courses | {section.course})
                    found = max(found, worths[number] + rest)
            return found

        return best(0, pupil.wanted, frozenset(), frozenset())


def worth(pupil: Pupil, rank: int) -> int:
    """What a wish is worth to its pupil: the longest rank on the list for the dearest, one less for each rank after it."""
    return max(choice.rank for choice in pupil.choices) + 1 - rank
