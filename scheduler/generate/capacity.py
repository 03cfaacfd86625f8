"""Can an invented school be staffed at all? The arithmetic of leaders and seats that its office would do on paper.

It only counts; whether a plan exists is for the solver to say. A school that fails here fails there.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.domain import BellKind, Clock, Form, Room, RoomKind, Scenario, Service, Slot, Staff, StaffId, StaffKind, Strand

TEACHERS = frozenset({StaffKind.OWN, StaffKind.BORROWED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One slot: what it needs and what the school has."""

    slot: Slot
    pupils: int
    groups: int
    """Groups of the average size that must be led."""
    leaders: int
    """People who are free and, late in the day, need not start early next morning."""
    rooms: int
    """Groups that the rooms hold at once."""


def by_slot(scenario: Scenario, group: int) -> tuple[Demand, ...]:
    """Every slot's pupils against leaders and rooms, when a group holds `group` pupils on average."""
    here: Counter[str] = Counter()
    for pupil in scenario.pupils:
        for slot, forms in scenario.cells_of(pupil).items():
            here[slot] += 1
            # Boarders who did not enrol are looked after in one room of their own.
            here[f"{slot} boarders"] += Form.BOARDER_CARE in forms
    lessons = _lesson_clocks(scenario)
    rooms = sum(room.groups for room in scenario.rooms if _takes_groups(room))
    return tuple(
        Demand(
            slot=slot,
            pupils=here[slot.id],
            groups=-(-(here[slot.id] - here[f"{slot.id} boarders"]) // group) + (here[f"{slot.id} boarders"] > 0),
            leaders=sum(_is_free(scenario, person, slot, lessons[person.id]) for person in scenario.staff),
            rooms=rooms,
        )
        for slot in scenario.slots
    )


def weekly_leaders(scenario: Scenario) -> int:
    """Meetings a week that everybody's caps allow together."""
    return sum(
        min(
            person.max_per_week or 0,
            len({scenario.slot_by_id[slot].weekday for slot in person.available}) * (person.max_per_day or 0),
        )
        for person in scenario.staff
        if person.willing
    )


def movers_by_day(scenario: Scenario) -> Mapping[int, int]:
    """Pupils by weekday who stay and whose class has no PE lesson that day."""
    moved = {(lesson.home_class, lesson.weekday) for lesson in scenario.lessons if lesson.pe}
    count: Counter[int] = Counter()
    for pupil in scenario.pupils:
        days = {scenario.slot_by_id[slot].weekday for slot in pupil.stays if scenario.slot_by_id[slot].weekday <= 5}
        count.update(day for day in days if (pupil.home_class, day) not in moved)
    return count


def pe_seats_a_slot(scenario: Scenario) -> int:
    """Pupils that playground and gym hold at one time."""
    grounds = (room for room in scenario.rooms if room.kind in {RoomKind.PLAYGROUND, RoomKind.GYM})
    return sum(room.seats * room.groups for room in grounds)


def _takes_groups(room: Room) -> bool:
    return room.kind is not RoomKind.OFF_SITE


def _lesson_clocks(scenario: Scenario) -> Mapping[StaffId, list[tuple[int, Clock]]]:
    """Weekday and clock of each person's daytime lessons, in every season."""
    bells: dict[tuple[int, int], list[Clock]] = defaultdict(list)
    for bell in scenario.bells:
        if bell.kind is BellKind.LESSON:
            for grade in bell.grades:
                bells[grade, bell.number].append(bell.clock)
    clocks: dict[StaffId, list[tuple[int, Clock]]] = defaultdict(list)
    for lesson in scenario.lessons:
        grade = scenario.home_class_by_id[lesson.home_class].grade
        if lesson.teacher:
            clocks[lesson.teacher] += [(lesson.weekday, clock) for clock in bells[grade, lesson.number]]
    return clocks


def _is_free(scenario: Scenario, person: Staff, slot: Slot, lessons: list[tuple[int, Clock]]) -> bool:
    """Whether this person could lead here: willing, available, no lesson then, none too early the morning after."""
    if not person.willing or slot.id not in person.available or not person.max_per_day:
        return False
    if person.kind not in TEACHERS and (slot.service is not Service.REGULAR or slot.strand is Strand.ONE):
        return False
    if any(day == slot.weekday and clock.overlaps(hours) for day, clock in lessons for hours in slot.clock_by_season.values()):
        return False
    flexible = scenario.flexible_hours
    late = flexible and slot.weekday < 5 and any(hours.end > flexible.late_after for hours in slot.clock_by_season.values())
    if not flexible or not late or person.kind not in TEACHERS:
        return True
    return not any(day == slot.weekday + 1 and clock.start < flexible.late_start_until for day, clock in lessons)
