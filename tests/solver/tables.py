"""What does a random table look like? Drawn by somebody more or less careful, who knows nothing of columns."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random
from typing import TypeVar

from scheduler.calendar import service_dates
from scheduler.domain import (
    BusTrip,
    Course,
    Form,
    Grouping,
    Pattern,
    Pupil,
    Role,
    Room,
    Scenario,
    Service,
    Slot,
    Staff,
    StaffKind,
)
from scheduler.timetable import Duty, Meeting, Placement, Ride, Section, SectionId, Timetable

T = TypeVar("T")

HOME = {Form.EXTENDED_CARE: Service.EXTENDED_CARE, Form.EVENING_STUDY: Service.EVENING_STUDY}


def empty(scenario: Scenario) -> Timetable:
    """A table with nothing in it."""
    term = scenario.term
    county = scenario.school.county
    return Timetable(county=county, scenario_digest="", start=term.start, end=term.end, sections=(), meetings=(), placements=())


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a section can be by every single fact: slots of its shape, people and rooms that fit, pupils who may come."""

    course: Course
    slots: tuple[Slot, ...]
    people: tuple[Staff, ...]
    rooms: tuple[Room, ...]


def openings(scenario: Scenario) -> tuple[Opening, ...]:
    """All of them."""
    found = []
    for course in scenario.courses:
        for slots in slot_sets(scenario):
            if not slots_fit(scenario, course, slots):
                continue
            people = tuple(p for p in scenario.staff if all(person_fits(scenario, p, course, slot) for slot in slots))
            rooms = tuple(room for room in scenario.rooms if all(room_fits(room, course, slot) for slot in slots))
            # A wish may name a teacher, so whoever might lead is asked for.
            able = any(pupil_fits(scenario, pupil, course, slots, (one,)) for pupil in scenario.pupils for one in people)
            if rooms and able:
                found.append(Opening(course, slots, people, rooms))
    return tuple(found)


def drawn(random: Random, scenario: Scenario, open_: tuple[Opening, ...], sections: int, careless: float) -> Timetable:
    """A table of so many sections; each choice is made blindly with the chance `careless`."""
    table = empty(scenario)
    for _ in range(sections):
        table = with_section(random, scenario, open_, table, careless)
    rides = tuple(Ride(pupil=pupil.id, weekday=trip.weekday, trip=trip.id) for pupil, trip in _rides(random, scenario))
    return replace(table, rides=rides, duties=_duties(random, scenario))


def with_section(random: Random, scenario: Scenario, open_: tuple[Opening, ...], table: Timetable, careless: float) -> Timetable:
    """The table with one section more, where there is room for one."""
    if random.random() < careless:
        course = random.choice(scenario.courses)
        opening = Opening(course, random.choice(list(slot_sets(scenario))), scenario.staff, scenario.rooms)
    elif open_:
        wanted = [one for one in open_ if one.course.strand is not None]
        opening = random.choice(wanted if wanted and random.random() < 0.7 else open_)
    else:
        return table
    course, slots = opening.course, opening.slots
    id = SectionId(f"{course.id}-{len(table.sections) + 1}")
    staff = _people(random, scenario, opening, careless)
    room = _one(random, scenario.rooms, opening.rooms, careless)
    group = _group(random, scenario, course)
    allowed = [pupil for pupil in group if pupil_fits(scenario, pupil, course, slots, staff)]
    random.shuffle(allowed)
    most = min(course.max_size, room.seats if room else 99) if random.random() < 0.8 else 99
    pupils = allowed[: random.randint(1, max(1, min(most, len(allowed))))]
    pupils += [pupil for pupil in scenario.pupils if pupil not in pupils and random.random() < careless / 4]
    if not pupils and random.random() > careless:
        return table
    meetings = []
    for slot in slots:
        # Now and then somebody else, or somewhere else, on the second day.
        if random.random() < careless / 4:
            room = _one(random, scenario.rooms, opening.rooms, careless)
        if random.random() < careless / 4:
            staff = _people(random, scenario, opening, careless)
        ids = tuple(one.id for one in staff)
        meetings.append(Meeting(section=id, slot=slot.id, room=room.id if room else None, staff=ids))
    chosen = (course.form is Form.CHOSEN) != (random.random() < careless / 10)
    return replace(
        table,
        sections=(*table.sections, Section(id=id, course=course.id, number=len(table.sections) + 1)),
        meetings=(*table.meetings, *meetings),
        placements=(*table.placements, *(Placement(pupil=pupil.id, section=id, chosen=chosen) for pupil in pupils)),
    )


def slot_sets(scenario: Scenario) -> Iterable[tuple[Slot, ...]]:
    """One slot or two."""
    yield from ((slot,) for slot in scenario.slots)
    yield from combinations(scenario.slots, 2)


def slots_fit(scenario: Scenario, course: Course, slots: tuple[Slot, ...]) -> bool:
    """The shape the course asks for, in slots it may use."""
    grades = course.grades or frozenset(scenario.grade_by_number)
    for slot in slots:
        home = slot.service is HOME.get(course.form, Service.REGULAR)
        kept = course.strand is None or slot.strand in (None, course.strand)
        if not home or not kept or not slot.grades & grades or (course.slots is not None and slot.id not in course.slots):
            return False
    if course.form is not Form.CHOSEN or course.pattern is Pattern.SINGLE:
        return len(slots) == 1
    if len(slots) != 2 or not slots[0].grades & slots[1].grades:
        return False
    if course.pattern is Pattern.TWO_DAYS:
        return slots[0].weekday != slots[1].weekday and slots[0].number == slots[1].number
    return slots[0].weekday == slots[1].weekday and abs(slots[0].number - slots[1].number) == 1


def person_fits(scenario: Scenario, person: Staff, course: Course, slot: Slot) -> bool:
    """Willing, able, available, and not teaching at that time."""
    if not person.willing or slot.id not in person.available or _teaches(scenario, person, slot):
        return False
    if course.leaders:
        return person.id in course.leaders and course.provider in (None, person.provider)
    if course.provider is not None and person.provider != course.provider:
        return False
    if course.skill is not None:
        return course.skill in person.skills
    return course.provider is not None or person.kind in (StaffKind.OWN, StaffKind.BORROWED)


def _teaches(scenario: Scenario, person: Staff, slot: Slot) -> bool:
    for lesson in scenario.lessons:
        if lesson.teacher != person.id or lesson.weekday != slot.weekday:
            continue
        grade = scenario.home_class_by_id[lesson.home_class].grade
        for bell in scenario.bells:
            season = scenario.season_by_id[bell.season]
            here = bell.kind.value == "lesson" and bell.number == lesson.number and grade in bell.grades
            held = season.start <= scenario.term.end and scenario.term.start <= season.end
            clock = slot.clock_by_season.get(bell.season)
            if here and held and lesson.weekday in bell.weekdays and clock is not None and clock.overlaps(bell.clock):
                return True
    return False


def room_fits(room: Room, course: Course, slot: Slot) -> bool:
    """Of the right kind, with what is needed, and open."""
    kind = not course.room_kinds or room.kind in course.room_kinds
    return kind and course.room_features <= room.features and slot.id not in room.closed


def pupil_fits(scenario: Scenario, pupil: Pupil, course: Course, slots: tuple[Slot, ...], staff: tuple[Staff, ...]) -> bool:
    """Asked for these slots and, where it is chosen, for this course."""
    cells = scenario.cells_of(pupil)
    grade = scenario.grade_of(pupil).number
    if not all(course.form in cells.get(slot.id, ()) for slot in slots) or (course.grades and grade not in course.grades):
        return False
    if course.form is not Form.CHOSEN:
        return True
    if any(lock.pupil == pupil.id and lock.course == course.id for lock in scenario.locks):
        return True
    wished = any(
        choice.course == course.id
        and (choice.teacher is None or (bool(staff) and staff[0].id == choice.teacher))
        and (choice.weekday is None or all(slot.weekday == choice.weekday for slot in slots))
        for choice in pupil.choices
    )
    return pupil.wanted > 0 and (wished or pupil.accept_any)


def _people(random: Random, scenario: Scenario, opening: Opening, careless: float) -> tuple[Staff, ...]:
    leader = _one(random, scenario.staff, opening.people, careless)
    if leader is None:
        return ()
    course = opening.course
    others = [person for person in opening.people if person is not leader]
    needs_more = course.pupils_per_adult is not None and course.pupils_per_adult < course.max_size
    helped = needs_more or course.online_resource is not None
    helpers = random.sample(others, random.randint(0, len(others))) if helped or random.random() < careless / 4 else []
    return (leader, *helpers)


def _one(random: Random, every: tuple[T, ...], fitting: tuple[T, ...], careless: float) -> T | None:
    if random.random() < careless / 3:
        return None if random.random() < 0.3 else random.choice(every)
    return random.choice(fitting) if fitting else None


def _group(random: Random, scenario: Scenario, course: Course) -> list[Pupil]:
    """The pupils of one class or grade, where the course keeps them apart."""
    lead = random.choice(scenario.pupils)
    if course.grouping is Grouping.HOME_CLASS:
        return [pupil for pupil in scenario.pupils if pupil.home_class == lead.home_class]
    if course.grouping is Grouping.GRADE or (course.written_homework and random.random() < 0.3):
        return [pupil for pupil in scenario.pupils if scenario.grade_of(pupil) == scenario.grade_of(lead)]
    return list(scenario.pupils)


def _rides(random: Random, scenario: Scenario) -> list[tuple[Pupil, BusTrip]]:
    if random.random() < 0.7 or not scenario.trips:
        return []
    riders = [pupil for pupil in scenario.pupils if pupil.route is not None]
    return [(pupil, random.choice(scenario.trips)) for pupil in riders if random.random() < 0.5]


def _duties(random: Random, scenario: Scenario) -> tuple[Duty, ...]:
    """One duty a role and date, by holders in turn, with a few left out or given to anybody."""
    duties = []
    for role in Role:
        holders = sorted(person.id for person in scenario.staff if role in person.roles)
        blind = random.random() < 0.3
        for number, day in enumerate(service_dates(scenario)):
            if not holders or random.random() < 0.05:
                continue
            staff = random.choice(holders) if blind else holders[number % len(holders)]
            if random.random() < 0.01:
                staff = random.choice(scenario.staff).id
            duties.append(Duty(day=day, role=role, staff=staff))
    return tuple(duties)
