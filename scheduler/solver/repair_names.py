"""Which group was it? Names a mended plan after the old one: sections keep their ids, rooms, people and pupils where they can."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from scheduler.domain import CourseId, Form, PupilId, Role, Room, RoomId, Scenario, Service, Slot, SlotId, Staff, StaffId
from scheduler.solver.duties import fair_duties, weekday_of
from scheduler.solver.model import Ints
from scheduler.solver.naming import is_free, rides_of
from scheduler.solver.offers import Offer, RoomClass
from scheduler.solver.unknowns import Unknowns
from scheduler.timetable import Duty, Meeting, Placement, Ride, Section, SectionId, Timetable


@dataclass
class _Group:
    """One section on its way: what it keeps and what it gets."""

    offer: Offer
    id: SectionId
    number: int
    old: bool
    room_class: RoomClass | None = None
    room: Room | None = None
    leader: Staff | None = None
    helpers: list[Staff] = field(default_factory=list)
    pupils: dict[PupilId, bool] = field(default_factory=dict)
    """Chosen or not, by pupil."""

    @property
    def staff(self) -> tuple[StaffId, ...]:
        people = [self.leader, *self.helpers] if self.leader is not None else self.helpers
        return tuple(person.id for person in people)

    @property
    def seats(self) -> int:
        """Pupils it may have in its room and with its people."""
        course, seats = self.offer.course, self.room_class.like.seats if self.room_class else 0
        most = min(course.max_size, seats)
        return most if course.pupils_per_adult is None else min(most, course.pupils_per_adult * len(self.staff))


class Names:
    """Gives a plan in the columns the names of the old one."""

    def __init__(self, unknowns: Unknowns, values: Ints, offers: Mapping[SectionId, int], before: Timetable) -> None:
        """`offers`: by section of the old plan, the offer it is counted in."""
        self.unknowns, self.values, self.before = unknowns, values, before
        self.scenario = unknowns.scenario
        self.sections_of: defaultdict[int, list[SectionId]] = defaultdict(list)
        for section, o in offers.items():
            self.sections_of[o].append(section)
        self.ids = {section.id for section in before.sections}
        self.leads_of = _used_by_offer(unknowns.lead_offer, values[unknowns.leads])
        self.rooms_of = _used_by_offer(unknowns.room_offer, values[unknowns.rooms])
        self.sits_of = _used_by_offer(unknowns.sit_offer, values[unknowns.sits])
        self.class_of_room = {room.id: k for k, kind in enumerate(unknowns.room_classes) for room in kind.rooms}
        self.numbers: Counter[CourseId] = Counter()
        for one in before.sections:
            self.numbers[one.course] = max(self.numbers[one.course], one.number)

    def timetable(
        self, scenario: Scenario, *, begins: date, digest: str, program: str, seed: int | None, buffer_minutes: int
    ) -> Timetable:
        """The whole plan from its first day on. `scenario`: with the whole term, whose days before `begins` stay as they were."""
        groups = [group for o in range(len(self.unknowns.offers)) for group in self._groups(o)]
        rooms = self._rooms(groups)
        meetings = [
            Meeting(section=group.id, slot=slot.id, room=rooms.get((group.id, slot.id)), staff=group.staff)
            for group in groups
            for slot in group.offer.slots
        ]
        placements = [
            Placement(pupil=pupil, section=group.id, chosen=chosen) for group in groups for pupil, chosen in group.pupils.items()
        ]
        there = {(one.section, one.slot) for one in meetings}
        return Timetable(
            county=scenario.school.county,
            scenario_digest=digest,
            start=begins,
            end=self.before.end,
            sections=tuple(sorted(Section(id=group.id, course=group.offer.course.id, number=group.number) for group in groups)),
            meetings=tuple(sorted(meetings, key=lambda meeting: (meeting.section, meeting.slot))),
            placements=tuple(sorted(placements, key=lambda placement: (placement.pupil, placement.section))),
            rides=tuple(sorted(self._rides(scenario, groups, placements, buffer_minutes))),
            duties=kept_duties(scenario, self.before.duties, meetings, begins),
            changes=tuple(one for one in self.before.changes if one.day >= begins and (one.section, one.slot) in there),
            seed=seed,
            program=program,
        )

    # Sections.

    def _groups(self, o: int) -> list[_Group]:
        """The sections of one offer, old ones first, with people, kinds of rooms and pupils."""
        count = int(self.values[self.unknowns.sections[o]])
        pupils = self._pupils(o)
        offer = self.unknowns.offers[o]
        if not count or (not pupils and offer.form is not Form.CHOSEN):
            return []
        leaders, helpers = self._people(o)
        old = sorted(self.sections_of[o])
        stay = {id for id in old if (staff := self._staff(id)) and staff[0] in {one.id for one in leaders}}
        placed = self.before.placements_by_section
        sitting = {id: sum(one.pupil in pupils for one in placed.get(id, ())) for id in old}
        kept = sorted(old, key=lambda id: (id not in stay, -sitting[id], id))[:count]
        groups = [_Group(offer=offer, id=id, number=self.before.section_by_id[id].number, old=True) for id in sorted(kept)]
        groups += [self._opened(o) for _ in range(count - len(groups))]
        self._lead(groups, leaders, helpers)
        self._house(o, groups)
        self._seat(groups, pupils)
        return [group for group in groups if group.pupils or offer.form is Form.CHOSEN]

    def _opened(self, o: int) -> _Group:
        offer = self.unknowns.offers[o]
        whom = offer.teacher or offer.home_class or (f"g{offer.grade}" if offer.grade else "")
        key = ".".join(part for part in (offer.course.id, "+".join(slot.id for slot in offer.slots), whom) if part)
        number = next(n for n in range(1, len(self.ids) + 2) if f"{key}.{n}" not in self.ids)
        id = SectionId(f"{key}.{number}")
        self.ids.add(id)
        self.numbers[offer.course.id] += 1
        return _Group(offer=offer, id=id, number=self.numbers[offer.course.id], old=False)

    def _staff(self, section: SectionId) -> tuple[StaffId, ...]:
        meetings = self.before.meetings_by_section.get(section, ())
        return meetings[0].staff if meetings else ()

    def _people(self, o: int) -> tuple[list[Staff], list[Staff]]:
        unknowns = self.unknowns
        mine = self.leads_of.get(o, [])
        first = [unknowns.staff[int(unknowns.lead_staff[k])] for k in mine if unknowns.lead_first[k]]
        others = [unknowns.staff[int(unknowns.lead_staff[k])] for k in mine if not unknowns.lead_first[k]]
        return first, others

    def _lead(self, groups: Sequence[_Group], leaders: Sequence[Staff], helpers: Sequence[Staff]) -> None:
        """Leaders and helpers stay with their group; the others go where somebody is missing most."""
        left, help_ = {one.id: one for one in leaders}, {one.id: one for one in helpers}
        for group in groups:
            staff = self._staff(group.id) if group.old else ()
            if staff and staff[0] in left:
                group.leader = left.pop(staff[0])
            group.helpers = [help_.pop(id) for id in staff[1:] if id in help_]
        for group in groups:
            if group.leader is None and left:
                group.leader = left.pop(min(left))
        for id in sorted(help_):
            min(groups, key=lambda group: (len(group.staff), group.id)).helpers.append(help_[id])

    def _house(self, o: int, groups: Sequence[_Group]) -> None:
        """The kind of room of each group: its own while there are enough of it."""
        unknowns = self.unknowns
        left = Counter({int(unknowns.room_class[k]): int(self.values[unknowns.rooms[k]]) for k in self.rooms_of.get(o, [])})
        class_of = self.class_of_room
        for group in groups:
            meetings = self.before.meetings_by_section.get(group.id, ()) if group.old else ()
            own = meetings[0].room if meetings else None
            k = class_of.get(own) if own is not None else None
            if k is not None and left[k] > 0:
                left[k] -= 1
                group.room_class, group.room = unknowns.room_classes[k], self.scenario.room_by_id[own] if own else None
        for group in groups:
            if group.room_class is None and (rest := [k for k in sorted(left) if left[k] > 0]):
                k = max(rest, key=lambda k: unknowns.room_classes[k].like.seats)
                left[k] -= 1
                group.room_class = unknowns.room_classes[k]

    def _pupils(self, o: int) -> dict[PupilId, bool]:
        unknowns = self.unknowns
        mine = self.sits_of.get(o, [])
        return {unknowns.pupils[int(unknowns.sit_pupil[k])].id: bool(unknowns.sit_rank[k] > 0) for k in mine}

    def _seat(self, groups: Sequence[_Group], pupils: Mapping[PupilId, bool]) -> None:
        """Pupils stay in their group while it has seats; the others go where most are free."""
        waiting = dict(pupils)
        for group in groups:
            for placement in self.before.placements_by_section.get(group.id, ()) if group.old else ():
                if placement.pupil in waiting and len(group.pupils) < group.seats:
                    group.pupils[placement.pupil] = waiting.pop(placement.pupil)
        least = groups[0].offer.course.min_size if groups[0].offer.form is Form.CHOSEN else 0
        for pupil, chosen in sorted(waiting.items()):
            short = [group for group in groups if len(group.pupils) < least]
            group = max(short or groups, key=lambda one: (one.seats - len(one.pupils), one.id))
            group.pupils[pupil] = chosen
        for group in groups:
            while len(group.pupils) < least:
                giver = max(groups, key=lambda one: len(one.pupils))
                if len(giver.pupils) <= least:
                    break
                pupil = max(giver.pupils)
                group.pupils[pupil] = giver.pupils.pop(pupil)

    # Rooms, rides and duties.

    def _rooms(self, groups: Sequence[_Group]) -> dict[tuple[SectionId, SlotId], RoomId]:
        """First the rooms that groups had, then free ones of the right kind."""
        held: dict[RoomId, list[Slot]] = defaultdict(list)
        found: dict[tuple[SectionId, SlotId], RoomId] = {}
        had = {(one.section, one.slot): one.room for one in self.before.meetings}
        waiting = []
        for group in groups:
            for slot in group.offer.slots:
                room = self.scenario.room_by_id.get(had.get((group.id, slot.id)) or RoomId(""))
                if group.room_class is not None and room in group.room_class.rooms and room and is_free(room, slot, held):
                    held[room.id].append(slot)
                    found[group.id, slot.id] = room.id
                else:
                    waiting.append((group, slot))
        home = {one.id: one.room for one in self.scenario.home_classes}
        for group, slot in waiting:
            rooms = group.room_class.rooms if group.room_class else ()
            classes = Counter(home.get(self.scenario.pupil_by_id[pupil].home_class) for pupil in group.pupils)
            wish = [found.get((group.id, other.id)) for other in group.offer.slots]
            free = [room for room in rooms if is_free(room, slot, held)]
            if free:
                room = min(free, key=lambda one: (one.id not in wish, -classes[one.id], one.id))
                held[room.id].append(slot)
                found[group.id, slot.id] = room.id
        courses = {lock.course for lock in self.scenario.locks if lock.room is not None}
        locked = {group.id for group in groups if group.offer.course.id in courses}
        for rooms, weekday in {(group.room_class.rooms, slot.weekday) for group, slot in waiting if group.room_class}:
            mine = {
                (group.id, slot.id): slot
                for group in groups
                if group.room_class is not None and group.room_class.rooms == rooms
                for slot in group.offer.slots
                if slot.weekday == weekday
            }
            if not mine.keys() <= found.keys():
                anew = packed(mine, rooms, {**had, **found}, locked)
                # Some of them only would double what the others keep.
                found.update(anew if len(anew) == len(mine) else {})
        return found

    def _rides(
        self, scenario: Scenario, groups: Sequence[_Group], placements: Sequence[Placement], buffer_minutes: int
    ) -> Iterator[Ride]:
        """Whoever sits where they sat keeps the ride; the others get the earliest trip with seats left."""
        now, then = _places(placements), _places(self.before.placements)
        moved = {pupil.id for pupil in scenario.pupils if now.get(pupil.id) != then.get(pupil.id)}
        trips = {trip.id for trip in scenario.trips}
        kept = [one for one in self.before.rides if one.pupil in now and one.pupil not in moved and one.trip in trips]
        taken = Counter(one.trip for one in kept)
        left = tuple(
            trip if trip.seats is None else replace(trip, seats=max(0, trip.seats - taken[trip.id])) for trip in scenario.trips
        )
        rest = replace(scenario, trips=left, pupils=tuple(pupil for pupil in scenario.pupils if pupil.id in moved))
        slots = {group.id: group.offer.slots for group in groups}
        yield from kept
        yield from rides_of(rest, [one for one in placements if one.pupil in moved], slots, buffer_minutes)


def packed(
    meetings: Mapping[tuple[SectionId, SlotId], Slot],
    rooms: Sequence[Room],
    had: Mapping[tuple[SectionId, SlotId], RoomId | None],
    locked: Collection[SectionId] = (),
) -> dict[tuple[SectionId, SlotId], RoomId]:
    """One weekday's meetings in rooms of one kind, as they begin: so none is left without while there are enough at any moment.

    Slots of two stages overlap by halves; rooms kept from before may leave gaps that no whole slot fits into. `had`: the room a
    meeting keeps where it is free; those of `locked` sections choose first.
    """

    def begins(key: tuple[SectionId, SlotId]) -> tuple[object, ...]:
        return key[0] not in locked, min(clock.start for clock in meetings[key].clock_by_season.values()), *key

    held: dict[RoomId, list[Slot]] = defaultdict(list)
    found: dict[tuple[SectionId, SlotId], RoomId] = {}
    for key in sorted(meetings, key=begins):
        free = [room for room in rooms if is_free(room, meetings[key], held)]
        if free:
            room = min(free, key=lambda one: (one.id != had.get(key), one.id))
            held[room.id].append(meetings[key])
            found[key] = room.id
    return found


def _used_by_offer(offers: Ints, values: Ints) -> Mapping[int, list[int]]:
    """By offer, the columns of it that are in use; columns are counted from 0 within their family."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for k in np.flatnonzero(values > 0).tolist():
        found[int(offers[k])].append(k)
    return found


def _places(placements: Sequence[Placement]) -> Mapping[PupilId, frozenset[SectionId]]:
    found: defaultdict[PupilId, set[SectionId]] = defaultdict(set)
    for one in placements:
        found[one.pupil].add(one.section)
    return {pupil: frozenset(sections) for pupil, sections in found.items()}


def kept_duties(
    scenario: Scenario,
    old: Sequence[Duty],
    meetings: Sequence[Meeting],
    begins: date,
    away: Callable[[StaffId, date], bool] = lambda staff, day: False,
) -> tuple[Duty, ...]:
    """Duties stay with whoever can still take them; the others go in fair turn to people who are free that weekday.

    Where turns would become unfair by that, those from `begins` on are drawn anew.
    """
    slots, people = scenario.slot_by_id, scenario.staff_by_id
    busy = frozenset(
        (id, slots[one.slot].weekday)
        for one in meetings
        if one.slot in slots and slots[one.slot].service is Service.REGULAR
        for id in one.staff
    )
    duties: list[Duty] = []
    for role in Role:
        holders = sorted(person.id for person in scenario.staff if role in person.roles)
        mine = [duty for duty in old if duty.role is role]
        past = [duty for duty in mine if duty.day < begins]
        still = [
            duty
            for duty in mine
            if duty.day >= begins
            and duty.staff in people
            and role in people[duty.staff].roles
            and (duty.staff, weekday_of(scenario, duty.day)) not in busy
            and not away(duty.staff, duty.day)
        ]
        count = Counter(duty.staff for duty in (*past, *still))
        for day in sorted({duty.day for duty in mine} - {duty.day for duty in (*past, *still)}):
            free = [id for id in holders if (id, weekday_of(scenario, day)) not in busy and not away(id, day)]
            if free:
                person = min(free, key=lambda id: (count[id], id))
                count[person] += 1
                still.append(Duty(day=day, role=role, staff=person))
        if _unfair(mine, holders) < _unfair([*past, *still], holders) > 1:
            still = [duty for duty in fair_duties(scenario, role, busy) if duty.day >= begins]
        duties += [*past, *still]
    return tuple(sorted(duties))


def _unfair(duties: Sequence[Duty], holders: Sequence[StaffId]) -> int:
    """How many more duties the busiest holder has than the least busy."""
    count = Counter(duty.staff for duty in duties)
    turns = [count[id] for id in holders]
    return max(turns, default=0) - min(turns, default=0)
