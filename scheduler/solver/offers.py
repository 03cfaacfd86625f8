"""Which sections may there be at all? Courses in the slots of one pattern, for whom, by whom and where."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from scheduler.domain import (
    Choice,
    Course,
    CourseId,
    Form,
    Grouping,
    HomeClassId,
    Pattern,
    Pupil,
    Room,
    Scenario,
    Service,
    Slot,
    Staff,
    StaffId,
    StaffKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A course in the slots of one pattern, for whom it may be."""

    course: Course
    slots: tuple[Slot, ...]
    teacher: StaffId | None = None
    """Given where wishes name teachers: course × teacher is an item of its own."""
    home_class: HomeClassId | None = None
    grade: int | None = None

    @property
    def form(self) -> Form:
        return self.course.form

    @property
    def takes_helpers(self) -> bool:
        """Adults beside the leader count for something here: more pupils than one may have, or a teacher on site."""
        return self.needs_helpers or self.course.online_resource is not None

    @property
    def needs_helpers(self) -> bool:
        """A full section has more pupils than one adult may have."""
        return self.course.pupils_per_adult is not None and self.course.pupils_per_adult < self.course.max_size


class Part(Protocol):
    """The combinations that get a column where only a part of a plan is looked at again; all others have none."""

    def offers(self, offer: Offer) -> bool:
        """Whether sections of the offer are in use or may be opened."""

    def leaders(self, offer: Offer) -> frozenset[StaffId] | None:
        """Who is on its sections or may be; `None`: whoever may lead it."""

    def places(self, pupils: Sequence[Pupil], offers: Sequence[Offer]) -> npt.NDArray[np.bool_]:
        """Which pupils sit in which offers or may. Shape: (pupils, offers)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomClass:
    """Rooms that nothing tells apart but their names."""

    rooms: tuple[Room, ...]

    @property
    def like(self) -> Room:
        return self.rooms[0]

    @property
    def groups(self) -> int:
        return sum(room.groups for room in self.rooms)


SERVICE_OF_FORM = {
    Form.CHOSEN: Service.REGULAR,
    Form.ARRANGED: Service.REGULAR,
    Form.BASE_CARE: Service.REGULAR,
    Form.BOARDER_CARE: Service.REGULAR,
    Form.EXTENDED_CARE: Service.EXTENDED_CARE,
    Form.EVENING_STUDY: Service.EVENING_STUDY,
}


def offers_of(
    scenario: Scenario, slots: Sequence[Slot], pupils: Sequence[Pupil], one_grade: frozenset[CourseId]
) -> Iterable[Offer]:
    """Every offer, in order of course and slots."""
    named = {choice.course for pupil in pupils for choice in pupil.choices if choice.teacher is not None}
    people = sorted(scenario.staff, key=lambda person: person.id)
    for course in sorted(scenario.courses, key=lambda course: course.id):
        teachers: list[StaffId | None] = [None]
        if course.id in named:
            teachers = [person.id for person in people if may_lead(person, course)]
        for pattern in patterns_of(course, slots):
            for home_class, grade in _groups_of(scenario, course, pattern, course.id in one_grade):
                for teacher in teachers:
                    yield Offer(course=course, slots=pattern, teacher=teacher, home_class=home_class, grade=grade)


def _groups_of(
    scenario: Scenario, course: Course, pattern: tuple[Slot, ...], one_grade: bool
) -> Iterable[tuple[HomeClassId | None, int | None]]:
    """The home classes or grades that must not mix, as (class, grade); (`None`, `None`) where all may."""
    grades = set(course.grades or scenario.grade_by_number).intersection(*(slot.grades for slot in pattern))
    if course.grouping is Grouping.HOME_CLASS:
        for home_class in sorted(scenario.home_classes, key=lambda home_class: home_class.id):
            if home_class.grade in grades:
                yield home_class.id, None
    elif course.grouping is Grouping.GRADE or one_grade:
        for grade in sorted(grades):
            yield None, grade
    elif grades:
        yield None, None


def patterns_of(course: Course, slots: Sequence[Slot]) -> list[tuple[Slot, ...]]:
    """The sets of slots in which a section of the course may meet, in order."""
    usable = [
        slot
        for slot in slots
        if slot.service is SERVICE_OF_FORM[course.form]
        and (course.slots is None or slot.id in course.slots)
        and (not course.grades or course.grades & slot.grades)
        and (course.strand is None or slot.strand in (None, course.strand))
    ]
    if course.form is not Form.CHOSEN or course.pattern is Pattern.SINGLE:
        return [(slot,) for slot in usable]
    pairs = [(one, two) for one in usable for two in usable if one.grades & two.grades]
    if course.pattern is Pattern.TWO_DAYS:
        return [(one, two) for one, two in pairs if one.weekday < two.weekday and one.number == two.number]
    return [(one, two) for one, two in pairs if one.weekday == two.weekday and two.number == one.number + 1]


def may_lead(person: Staff, course: Course) -> bool:
    """Whether the person may stand before the course's pupils at all."""
    if not person.willing:
        return False
    if course.leaders and person.id not in course.leaders:
        return False
    if course.provider is not None and person.provider != course.provider:
        return False
    if course.skill is not None:
        return course.skill in person.skills or person.id in course.leaders
    if course.leaders or course.provider is not None:
        return True
    return person.kind in (StaffKind.OWN, StaffKind.BORROWED)


def room_suits(room: Room, offer: Offer) -> bool:
    """Kind, features, opening, and seats for the fewest pupils a chosen section has."""
    course = offer.course
    kind = not course.room_kinds or room.kind in course.room_kinds
    is_open = not any(slot.id in room.closed for slot in offer.slots)
    least = course.min_size if course.form is Form.CHOSEN else 0
    return kind and course.room_features <= room.features and is_open and room.seats >= least


def fits_choice(offer: Offer, choice: Choice) -> bool:
    """Whether a place in the offer grants the wish."""
    teacher = choice.teacher is None or choice.teacher == offer.teacher
    return teacher and (choice.weekday is None or all(slot.weekday == choice.weekday for slot in offer.slots))


def room_classes_of(rooms: Sequence[Room]) -> list[RoomClass]:
    """Rooms that only their names tell apart, together."""
    alike: defaultdict[tuple[object, ...], list[Room]] = defaultdict(list)
    for room in sorted(rooms, key=lambda room: room.id):
        key = (room.kind, room.seats, room.groups, room.features, room.outdoor, room.closed, room.travel_minutes, room.safe_until)
        alike[key].append(room)
    return [RoomClass(rooms=tuple(group)) for group in alike.values()]
