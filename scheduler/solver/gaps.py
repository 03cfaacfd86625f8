"""Which row did the naming not keep? Parallel sections and rooms alike are told apart after the search; that may not work out.

The rows count: so many pupils in so many sections, with so many seats and adults in all. Now and then no way of sharing them out
suits every single section; what is then missing is told here, section by section, and the audit finds it too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.domain import Form, Lock, Scenario, StaffKind
from scheduler.timetable import Meeting, Section, Timetable

OF_THE_SCHOOL = (StaffKind.OWN, StaffKind.BORROWED)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Gap:
    """A rule that one section (or lock) breaks although its row holds for all of them together."""

    rule: str
    whose: str


def gaps(scenario: Scenario, timetable: Timetable) -> tuple[Gap, ...]:
    """What the named sections lack, each for itself."""
    found = [gap for section in timetable.sections for gap in _of_section(scenario, timetable, section)]
    found += [Gap(rule="locks_kept", whose=lock.course) for lock in scenario.locks if not _carried_out(timetable, lock)]
    return tuple(sorted(set(found)))


def _of_section(scenario: Scenario, timetable: Timetable, section: Section) -> Iterator[Gap]:
    course = scenario.course_by_id[section.course]
    meetings = timetable.meetings_by_section.get(section.id, ())
    pupils = [scenario.pupil_by_id[one.pupil] for one in timetable.placements_by_section.get(section.id, ())]
    grades = {scenario.grade_of(pupil).number for pupil in pupils}
    least = course.min_size if course.form is Form.CHOSEN else 0
    if not least <= len(pupils) <= course.max_size:
        yield Gap(rule="section_sizes", whose=section.id)
    if course.written_homework and len(grades) > 1:
        yield Gap(rule="homework_groups", whose=section.id)
    for meeting in meetings:
        room = scenario.room_by_id[meeting.room] if meeting.room is not None else None
        adults = [scenario.staff_by_id[person] for person in meeting.staff]
        if room is None:
            yield Gap(rule="rooms_hold_groups", whose=section.id)
        elif len(pupils) > room.seats:
            yield Gap(rule="room_suits", whose=section.id)
        if room is not None and not room.outdoor and not course.outdoor:
            yield Gap(rule="outdoor_minutes", whose=section.id)
        if course.pupils_per_adult is not None and len(pupils) > course.pupils_per_adult * len(adults):
            yield Gap(rule="enough_staff", whose=section.id)
        if course.online_resource is not None and not any(adult.kind in OF_THE_SCHOOL for adult in adults):
            yield Gap(rule="online_with_teacher", whose=section.id)


def _carried_out(timetable: Timetable, lock: Lock) -> bool:
    if lock.pupil is not None:
        return True
    sections = (section for section in timetable.sections if section.course == lock.course)
    return any(_as_locked(timetable.meetings_by_section.get(section.id, ()), lock) for section in sections)


def _as_locked(meetings: tuple[Meeting, ...], lock: Lock) -> bool:
    slots = not lock.slots or {meeting.slot for meeting in meetings} == lock.slots
    rooms = lock.room is None or all(meeting.room == lock.room for meeting in meetings)
    return slots and rooms and (lock.staff is None or all(meeting.staff[:1] == (lock.staff,) for meeting in meetings))
