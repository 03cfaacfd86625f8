"""What changes in the school, and from when? And which scenario is left.

A lasting change holds from one day to the end of the term; an illness with a first and a last day is dated: the weekly plan
stays, and somebody stands in. Nothing is taken out of the school's tables that others mention: a room that is lost is closed,
a course that is cancelled meets in no slot, somebody who is ill has no slot to work in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from scheduler.domain import (
    Absence,
    CourseId,
    ListStatus,
    Lock,
    ProviderId,
    Pupil,
    PupilId,
    RoomId,
    Scenario,
    SlotId,
    StaffId,
)
from scheduler.errors import Fault
from scheduler.intake import in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changes; lasting ones hold from `begins` on."""

    begins: date
    absences: tuple[Absence, ...] = ()
    """Dated: somebody stands in."""
    ill: frozenset[StaffId] = frozenset()
    rooms_lost: frozenset[RoomId] = frozenset()
    providers_suspended: frozenset[ProviderId] = frozenset()
    slots_removed: frozenset[SlotId] = frozenset()
    courses_cancelled: frozenset[CourseId] = frozenset()
    joining: tuple[Pupil, ...] = ()
    leaving: frozenset[PupilId] = frozenset()
    warnings: tuple[Fault, ...] = ()

    @property
    def lasting(self) -> bool:
        """Whether anything but a dated absence changes."""
        return bool(
            self.ill
            or self.rooms_lost
            or self.providers_suspended
            or self.slots_removed
            or self.courses_cancelled
            or self.joining
            or self.leaving
        )


def changed(scenario: Scenario, changes: Changes) -> Scenario:
    """The school after the lasting changes; dated absences leave it as it is."""
    gone = changes.slots_removed
    away = changes.ill | {p.id for p in scenario.staff if p.provider is not None and p.provider in changes.providers_suspended}
    every = frozenset(slot.id for slot in scenario.slots)
    pupils = tuple(pupil for pupil in scenario.pupils if pupil.id not in changes.leaving) + changes.joining
    return in_order(
        replace(
            scenario,
            slots=tuple(slot for slot in scenario.slots if slot.id not in gone),
            rooms=tuple(
                replace(room, closed=(every if room.id in changes.rooms_lost else room.closed) - gone) for room in scenario.rooms
            ),
            staff=tuple(
                replace(
                    person,
                    available=frozenset() if person.id in away else person.available - gone,
                    prefers=frozenset() if person.id in away else person.prefers - gone,
                    avoids=frozenset() if person.id in away else person.avoids - gone,
                    roles=frozenset() if person.id in away else person.roles,
                )
                for person in scenario.staff
            ),
            providers=tuple(
                replace(one, list_status=ListStatus.SUSPENDED) if one.id in changes.providers_suspended else one
                for one in scenario.providers
            ),
            courses=tuple(
                replace(course, slots=frozenset())
                if course.id in changes.courses_cancelled
                else course
                if course.slots is None
                else replace(course, slots=course.slots - gone)
                for course in scenario.courses
            ),
            pupils=tuple(_without(pupil, gone) for pupil in pupils),
            locks=tuple(_locks_left(scenario, changes)),
        )
    )


def _without(pupil: Pupil, gone: frozenset[SlotId]) -> Pupil:
    return replace(pupil, stays=pupil.stays - gone) if pupil.stays & gone else pupil


def _locks_left(scenario: Scenario, changes: Changes) -> Iterable[Lock]:
    """Locks that can still be meant: those of what is gone fall away, those that name a person or room who is gone name none."""
    for lock in scenario.locks:
        if lock.course in changes.courses_cancelled or lock.slots & changes.slots_removed or lock.pupil in changes.leaving:
            continue
        away = lock.staff is not None and lock.staff in changes.ill | _staff_of(scenario, changes)
        yield replace(
            lock,
            staff=None if away else lock.staff,
            room=None if lock.room in changes.rooms_lost else lock.room,
        )


def _staff_of(scenario: Scenario, changes: Changes) -> frozenset[StaffId]:
    return frozenset(one.id for one in scenario.staff if one.provider is not None and one.provider in changes.providers_suspended)


def locks_touched(scenario: Scenario, changes: Changes) -> Iterable[tuple[Lock, str, str]]:
    """Locks that the changes alter or end, and what becomes of each in Chinese and English."""
    left = frozenset(_locks_left(scenario, changes))
    for lock in scenario.locks:
        if lock in left:
            continue
        if any(one.course == lock.course and one.slots == lock.slots and one.pupil == lock.pupil for one in left):
            yield lock, "不再指定人员或场地。", "no longer names its person or room."
        else:
            yield lock, "随之取消。", "falls away with it."
