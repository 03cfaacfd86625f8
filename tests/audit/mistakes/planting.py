"""How is one mistake planted in a plan? A plan in, a plan with one thing changed out; `None` where there is nothing to change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

from scheduler.domain import Clock, Course, Form, Pupil, Scenario, SeasonId, Service, Slot
from scheduler.timetable import Meeting, Placement, SectionId, Timetable


class Plan(NamedTuple):
    """A school and its table."""

    scenario: Scenario
    timetable: Timetable


Plant = Callable[[Plan, Random], Plan | None]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One kind of mistake and the rule that must see it."""

    name: str
    rule: str
    plant: Plant


def school(plan: Plan, field: str, old: object, **facts: Any) -> Plan:
    """One thing of the school has other facts, e.g. `school(plan, "rooms", gym, seats=1)`."""
    things = tuple(replace(one, **facts) if one is old else one for one in getattr(plan.scenario, field))
    return plan._replace(scenario=replace(plan.scenario, **{field: things}))


def table(plan: Plan, field: str, old: object, **facts: Any) -> Plan:
    """One line of the table says something else."""
    lines = tuple(replace(one, **facts) if one is old else one for one in getattr(plan.timetable, field))
    return plan._replace(timetable=replace(plan.timetable, **{field: lines}))


def struck(plan: Plan, field: str, gone: Iterable[object]) -> Plan:
    """These lines are missing in the table."""
    ids = {id(one) for one in gone}
    lines = tuple(one for one in getattr(plan.timetable, field) if id(one) not in ids)
    return plan._replace(timetable=replace(plan.timetable, **{field: lines}))


def added(plan: Plan, field: str, *lines: object) -> Plan:
    """The table has these lines more."""
    return plan._replace(timetable=replace(plan.timetable, **{field: (*getattr(plan.timetable, field), *lines)}))


def course_of(plan: Plan, section: SectionId) -> Course:
    return plan.scenario.course_by_id[plan.timetable.section_by_id[section].course]


def course(plan: Plan, id: str) -> Course:
    return next(one for one in plan.scenario.courses if one.id == id)


def courses_held(plan: Plan) -> list[Course]:
    """Courses with a section that meets."""
    met = {plan.timetable.section_by_id[meeting.section].course for meeting in plan.timetable.meetings}
    return [one for one in plan.scenario.courses if one.id in met]


def slot_of(plan: Plan, meeting: Meeting) -> Slot:
    return plan.scenario.slot_by_id[meeting.slot]


def meetings_of(plan: Plan, *courses: str, form: Form | None = None, service: Service | None = None) -> list[Meeting]:
    """Meetings of these courses (all, where none is named), of this form, in slots of this service."""
    return [
        meeting
        for meeting in plan.timetable.meetings
        if (not courses or course_of(plan, meeting.section).id in courses)
        and (form is None or course_of(plan, meeting.section).form is form)
        and (service is None or slot_of(plan, meeting).service is service)
    ]


def places_of(plan: Plan, *courses: str, pupil: str | None = None, form: Form | None = None) -> list[Placement]:
    """Places in these courses (all, where none is named), of this pupil, of this form."""
    return [
        place
        for place in plan.timetable.placements
        if (not courses or course_of(plan, place.section).id in courses)
        and (pupil is None or place.pupil == pupil)
        and (form is None or course_of(plan, place.section).form is form)
    ]


def pupils(plan: Plan, *, whole_week: bool = False, grade: int | None = None) -> list[Pupil]:
    """Participants; those who stay in all fifteen slots; those of a grade."""
    return [
        pupil
        for pupil in plan.scenario.pupils
        if pupil.stays and (not whole_week or len(pupil.stays) == 15) and grade in (None, plan.scenario.grade_of(pupil).number)
    ]


def sits_in(plan: Plan, pupil: str) -> dict[str, Placement]:
    """Where a pupil is, by slot."""
    return {
        meeting.slot: place
        for place in plan.timetable.placements
        if place.pupil == pupil
        for meeting in plan.timetable.meetings_by_section.get(place.section, ())
    }


def regular(plan: Plan, number: int | None = None, grade: int | None = None) -> list[Slot]:
    """Regular slots with this number in the day, of this grade."""
    return [
        slot
        for slot in plan.scenario.slots
        if slot.service is Service.REGULAR and number in (None, slot.number) and (grade is None or grade in slot.grades)
    ]


def clocked(plan: Plan, slot: Slot, random: Random, *, start: int = 0, end: int = 0) -> Plan:
    """The slot starts and ends so many minutes later, in one season only."""
    season: SeasonId = random.choice([one.id for one in plan.scenario.seasons])
    clock = slot.clock_by_season[season]
    moved = Clock(later(clock.start, start), later(clock.end, end))
    return school(plan, "slots", slot, clock_by_season={**slot.clock_by_season, season: moved})


def later(clock: time, minutes: int) -> time:
    return (datetime.combine(date.min + timedelta(days=1), clock) + timedelta(minutes=minutes)).time()
