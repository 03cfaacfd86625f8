"""What changes hit the schools of the benchmark? A teacher ill for a week, twenty pupils who join, grounds that are closed."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from scheduler.changes import Changes
from scheduler.domain import Absence, PupilId, RoomKind, Scenario, StaffKind
from scheduler.timetable import Timetable

JOINING = 20


def teacher_ill(scenario: Scenario, plan: Timetable) -> Changes:
    """The own teacher with most meetings is away from Monday to Friday of the fourth week."""
    own = {person.id for person in scenario.staff if person.kind is StaffKind.OWN}
    load = Counter(person for meeting in plan.meetings for person in meeting.staff if person in own)
    busiest = min(load, key=lambda person: (-load[person], person))
    monday = plan.start + timedelta(days=21 - plan.start.weekday())
    away = Absence(staff=busiest, first=monday, last=monday + timedelta(days=4))
    return Changes(begins=plan.start, absences=(away,))


def pupils_join(scenario: Scenario, plan: Timetable) -> Changes:
    """Twenty pupils join, spread over the school, each with the days and wishes of a classmate, without bus or family."""
    models = [pupil for pupil in sorted(scenario.pupils, key=lambda pupil: pupil.id) if pupil.enrolled and not pupil.boarder]
    step = max(1, len(models) // JOINING)
    joining = tuple(
        replace(model, id=PupilId(f"new-{number:02}"), name=f"新生{number}", household=None, route=None, only_way_home=False)
        for number, model in enumerate(models[::step][:JOINING], start=1)
    )
    return Changes(begins=plan.start + timedelta(days=28), joining=joining)


def without_grounds(scenario: Scenario) -> Scenario:
    """The school when its playgrounds and halls are closed: nobody can move."""
    grounds = {RoomKind.PLAYGROUND, RoomKind.GYM}
    return replace(scenario, rooms=tuple(room for room in scenario.rooms if room.kind not in grounds))
