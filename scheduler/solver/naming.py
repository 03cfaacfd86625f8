"""Which room, which group, which bus? Names the sections that the search only counted, and makes the timetable of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduler.domain import (
    BusTrip,
    Form,
    Pupil,
    Role,
    Room,
    RoomId,
    Scenario,
    Service,
    Slot,
    Staff,
    StaffId,
    StaffKind,
    TripId,
    minutes_between,
)
from scheduler.solver.courtesies import even_sizes
from scheduler.solver.duties import fair_duties
from scheduler.solver.model import Ints
from scheduler.solver.offers import Offer, RoomClass
from scheduler.solver.unknowns import Unknowns
from scheduler.timetable import Meeting, Placement, Ride, Section, SectionId, Timetable

TEACHERS = (StaffKind.OWN, StaffKind.BORROWED)


@dataclass
class _Group:
    """One section on its way to a name."""

    offer: Offer
    seats: int
    room_class: RoomClass | None
    staff: list[Staff] = field(default_factory=list)
    pupils: list[tuple[Pupil, bool]] = field(default_factory=list)
    id: SectionId = field(default=SectionId(""))
    number: int = 0


def named(unknowns: Unknowns, values: Ints, *, digest: str, seed: int | None, program: str, buffer_minutes: int) -> Timetable:
    """The timetable of an assignment.

    Parallel sections share their pupils evenly, home classes kept together; rooms of one kind are told apart so that a
    group keeps its room. `buffer_minutes`: from the last meeting to the bus.
    """
    groups = _groups(unknowns, values)
    _number(groups)
    rooms = _rooms(unknowns, groups)
    meetings = [
        Meeting(section=group.id, slot=slot.id, room=rooms.get((group.id, slot.id)), staff=tuple(p.id for p in group.staff))
        for group in groups
        for slot in group.offer.slots
    ]
    placements = [
        Placement(pupil=pupil.id, section=group.id, chosen=chosen) for group in groups for pupil, chosen in group.pupils
    ]
    scenario = unknowns.scenario
    busy = _busy_days(scenario, groups)
    return Timetable(
        county=scenario.school.county,
        scenario_digest=digest,
        start=scenario.term.start,
        end=scenario.term.end,
        sections=tuple(sorted(Section(id=group.id, course=group.offer.course.id, number=group.number) for group in groups)),
        meetings=tuple(sorted(meetings, key=lambda meeting: (meeting.section, meeting.slot))),
        placements=tuple(sorted(placements, key=lambda placement: (placement.pupil, placement.section))),
        rides=tuple(sorted(rides_of(scenario, placements, {group.id: group.offer.slots for group in groups}, buffer_minutes))),
        duties=tuple(sorted(duty for role in Role for duty in fair_duties(scenario, role, busy))),
        seed=seed,
        program=program,
    )


def _groups(unknowns: Unknowns, values: Ints) -> list[_Group]:
    rooms: defaultdict[int, list[RoomClass]] = defaultdict(list)
    for k, o, column in zip(unknowns.room_class.tolist(), unknowns.room_offer.tolist(), unknowns.rooms.tolist(), strict=True):
        rooms[o].extend([unknowns.room_classes[k]] * int(values[column]))
    leads: defaultdict[int, list[Staff]] = defaultdict(list)
    helps: defaultdict[int, list[Staff]] = defaultdict(list)
    for lead in np.flatnonzero(values[unknowns.leads]).tolist():
        of_offer = leads if unknowns.lead_first[lead] else helps
        of_offer[int(unknowns.lead_offer[lead])].append(unknowns.staff[int(unknowns.lead_staff[lead])])
    sits: defaultdict[int, list[tuple[Pupil, bool]]] = defaultdict(list)
    for k in np.flatnonzero(values[unknowns.sits]).tolist():
        sits[int(unknowns.sit_offer[k])].append((unknowns.pupils[int(unknowns.sit_pupil[k])], bool(unknowns.sit_rank[k] > 0)))
    groups: list[_Group] = []
    for o, offer in enumerate(unknowns.offers):
        count = int(values[unknowns.sections[o]])
        if count and (sits[o] or offer.form is Form.CHOSEN):
            parallel = _sections_of(offer, count, rooms[o], leads[o], helps[o], sits[o])
            _heads_to_their_class(parallel, unknowns.scenario)
            groups.extend(parallel)
    return groups


def _sections_of(
    offer: Offer, count: int, rooms: list[RoomClass], leads: list[Staff], helps: list[Staff], pupils: list[tuple[Pupil, bool]]
) -> list[_Group]:
    """`count` sections with their adults and pupils; arranged sections nobody sits in are left out."""
    if offer.form is not Form.CHOSEN:
        count = min(count, len(pupils))
    by_size = sorted(rooms, key=lambda kind: (-kind.like.seats, kind.like.id))
    by_size = by_size[:count] if offer.form is not Form.CHOSEN else by_size
    groups = []
    for number in range(count):
        kind = by_size[number] if number < len(by_size) else None
        groups.append(_Group(offer=offer, seats=min(offer.course.max_size, kind.like.seats if kind else 0), room_class=kind))
    leaders = sorted(leads, key=lambda person: (person.kind is not StaffKind.OWN, person.id))
    for group, person in zip(groups, leaders, strict=False):
        group.staff.append(person)
    _share_helpers(offer, groups, helps)
    if offer.course.pupils_per_adult is not None:
        for group in groups:
            group.seats = min(group.seats, offer.course.pupils_per_adult * len(group.staff))
    ordered = sorted(pupils, key=lambda item: (item[0].home_class, item[0].id))
    for group, size in zip(groups, even_sizes(len(ordered), [group.seats for group in groups]), strict=True):
        group.pupils, ordered = ordered[:size], ordered[size:]
    return groups


def _share_helpers(offer: Offer, groups: list[_Group], helps: list[Staff]) -> None:
    """Teachers first to online sections without one; everybody else to the section with most pupils to an adult."""
    helpers = sorted(helps, key=lambda person: (person.kind not in TEACHERS, person.id))
    ratio = offer.course.pupils_per_adult or 1
    for person in helpers if groups else ():
        alone = [group for group in groups if not any(one.kind in TEACHERS for one in group.staff)]
        if offer.course.online_resource is not None and alone and person.kind in TEACHERS:
            alone[0].staff.append(person)
        else:
            max(groups, key=lambda group: group.seats - ratio * len(group.staff)).staff.append(person)


def _heads_to_their_class(groups: list[_Group], scenario: Scenario) -> None:
    """Parallel sections swap leaders where that brings a head teacher to more of the own class."""
    heads = {home_class.id: home_class.head_teacher for home_class in scenario.home_classes}

    def own(person: Staff, group: _Group) -> int:
        return sum(1 for pupil, _ in group.pupils if heads.get(pupil.home_class) == person.id)

    for one in groups:
        for two in groups:
            if one is not two and len(one.staff) == len(two.staff) == 1:
                kept = own(one.staff[0], one) + own(two.staff[0], two)
                swapped = own(one.staff[0], two) + own(two.staff[0], one)
                if swapped > kept:
                    one.staff, two.staff = two.staff, one.staff


def _number(groups: list[_Group]) -> None:
    """Ids say course, first slot and number: the same group keeps its id when the plan is solved again."""
    counted: defaultdict[tuple[str, str], int] = defaultdict(int)
    of_course: defaultdict[str, int] = defaultdict(int)
    for group in groups:
        course = group.offer.course.id
        place = "+".join(slot.id for slot in group.offer.slots)
        whom = group.offer.teacher or group.offer.home_class or (f"g{group.offer.grade}" if group.offer.grade else "")
        key = ".".join(part for part in (course, place, whom) if part)
        counted[key, ""] += 1
        of_course[course if group.offer.form is Form.CHOSEN else f"{course} {place}"] += 1
        group.id = SectionId(f"{key}.{counted[key, '']}")
        group.number = of_course[course if group.offer.form is Form.CHOSEN else f"{course} {place}"]


def _rooms(unknowns: Unknowns, groups: list[_Group]) -> dict[tuple[SectionId, str], RoomId]:
    """A room of the right kind for each meeting: the home room where it can be, else the one the group had before."""
    scenario = unknowns.scenario
    held: defaultdict[RoomId, list[Slot]] = defaultdict(list)
    found: dict[tuple[SectionId, str], RoomId] = {}
    before: dict[SectionId, RoomId] = {}
    season = scenario.seasons[0].id
    items = [(slot, group) for group in groups for slot in group.offer.slots if group.room_class is not None]
    items.sort(key=lambda item: (item[0].weekday, _start(item[0], season), item[0].id, item[1].id))
    home = {home_class.id: home_class.room for home_class in scenario.home_classes}
    locked = {(lock.course, slot): lock.room for lock in scenario.locks if lock.room is not None for slot in (lock.slots or {""})}
    waiting = []
    for slot, group in items:
        wishes = [locked.get((group.offer.course.id, slot.id)) or locked.get((group.offer.course.id, "")), before.get(group.id)]
        classes = [pupil.home_class for pupil, _ in group.pupils]
        wishes += [home.get(class_) for class_ in sorted(set(classes), key=lambda class_: (-classes.count(class_), class_))[:2]]
        room = next((r for r in _of(group) if r.id in wishes[:1] and is_free(r, slot, held)), None)
        room = room or next((r for wish in wishes for r in _of(group) if r.id == wish and is_free(r, slot, held)), None)
        waiting.append((slot, group, room))
        if room is not None:
            _hold(room, slot, group, held, found, before)
    for slot, group, room in waiting:
        if room is None:
            free = next((r for r in _of(group) if is_free(r, slot, held)), None)
            if free is not None:
                _hold(free, slot, group, held, found, before)
    return found


def _of(group: _Group) -> tuple[Room, ...]:
    return group.room_class.rooms if group.room_class else ()


def _hold(
    room: Room,
    slot: Slot,
    group: _Group,
    held: dict[RoomId, list[Slot]],
    found: dict[tuple[SectionId, str], RoomId],
    before: dict[SectionId, RoomId],
) -> None:
    held[room.id].append(slot)
    found[group.id, slot.id] = room.id
    before[group.id] = room.id


def _start(slot: Slot, season: str) -> int:
    clocks = slot.clock_by_season
    clock = clocks.get(season) or next(iter(clocks.values()))  # type: ignore[call-overload]
    return int(clock.start.hour * 60 + clock.start.minute)


def is_free(room: Room, slot: Slot, held: dict[RoomId, list[Slot]]) -> bool:
    """Whether one more group fits at every moment of the slot."""
    others = [other for other in held[room.id] if _overlap(other, slot)]
    if len(others) < room.groups:
        return True
    for season, clock in slot.clock_by_season.items():
        clocks = [other.clock_by_season[season] for other in others if season in other.clock_by_season]
        starts = [clock.start, *(other.start for other in clocks if clock.start < other.start < clock.end)]
        for moment in starts:
            if 1 + sum(1 for other in clocks if other.start <= moment < other.end) > room.groups:
                return False
    return True


def _overlap(one: Slot, two: Slot) -> bool:
    if one.weekday != two.weekday:
        return False
    shared = set(one.clock_by_season) & set(two.clock_by_season)
    return any(one.clock_by_season[season].overlaps(two.clock_by_season[season]) for season in shared)


def _busy_days(scenario: Scenario, groups: list[_Group]) -> frozenset[tuple[StaffId, int]]:
    """(person, weekday) with a regular meeting."""
    return frozenset(
        (person.id, slot.weekday)
        for group in groups
        for slot in group.offer.slots
        if slot.service is Service.REGULAR
        for person in group.staff
    )


def rides_of(
    scenario: Scenario, placements: Sequence[Placement], slots_of: Mapping[SectionId, Sequence[Slot]], buffer_minutes: int
) -> list[Ride]:
    """The earliest trip each rider reaches, by weekday; those with no other way home first, the latest finishers first."""
    last: dict[tuple[str, int], list[Slot]] = defaultdict(list)
    for placement in placements:
        for slot in slots_of[placement.section]:
            if slot.service is Service.REGULAR:
                last[placement.pupil, slot.weekday].append(slot)
    seats: dict[TripId, int] = {trip.id: trip.seats for trip in scenario.trips if trip.seats is not None}
    riders = []
    for pupil in sorted(scenario.pupils, key=lambda pupil: pupil.id):
        for weekday in range(1, 8):
            slots = last.get((pupil.id, weekday))
            if pupil.route is not None and slots:
                options = [
                    trip
                    for trip in scenario.trips
                    if trip.route == pupil.route and trip.weekday == weekday and _reaches(trip, slots, buffer_minutes)
                ]
                options.sort(key=lambda trip: (min(trip.departure_by_season.values()), trip.id))
                riders.append((not pupil.only_way_home, len(options), pupil, weekday, options))
    rides = []
    for _, _, pupil, weekday, options in sorted(riders, key=lambda rider: rider[:2]):
        trip = next((trip for trip in options if seats.get(trip.id, 1) > 0), None)
        if trip is not None:
            if trip.id in seats:
                seats[trip.id] -= 1
            rides.append(Ride(pupil=pupil.id, weekday=weekday, trip=trip.id))
    return rides


def _reaches(trip: BusTrip, slots: Sequence[Slot], buffer_minutes: int) -> bool:
    """Whether the last meeting's end plus the buffer is before the departure in every season."""
    for season, departure in trip.departure_by_season.items():
        for slot in slots:
            clock = slot.clock_by_season.get(season)
            if clock is not None and minutes_between(clock.end, departure) < buffer_minutes:
                return False
    return True
