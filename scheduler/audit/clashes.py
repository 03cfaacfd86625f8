"""What cannot be, whatever the policy? Clashes: nobody in two places, rooms that hold their groups, sections as planned."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from scheduler.audit import naming
from scheduler.audit.report import Deviation
from scheduler.audit.world import Held, World
from scheduler.domain import Clock, Room, RoomKind, Season, Slot, Staff
from scheduler.rulebook import PupilsInOnePlace, RoomsHoldGroups, RoomSuits, SafeRooms, StaffInOnePlace

ROOM_KINDS_ZH: Mapping[RoomKind, str] = {
    RoomKind.CLASSROOM: "普通教室",
    RoomKind.FUNCTION_ROOM: "功能室",
    RoomKind.READING_ROOM: "阅览室",
    RoomKind.LIBRARY: "图书馆",
    RoomKind.GYM: "体育馆",
    RoomKind.PLAYGROUND: "操场",
    RoomKind.OFF_SITE: "校外场地",
}


def at_once(one: Slot, other: Slot, seasons: Sequence[Season]) -> bool:
    """The two slots share a minute of the clock in one of the seasons."""
    if one.weekday != other.weekday:
        return False
    if one.id == other.id:
        return True
    return _overlap((_clock(one, season), _clock(other, season)) for season in seasons)


def staff_in_one_place(world: World, rule: StaffInOnePlace) -> Iterator[Deviation]:
    """1 per person and pair of meetings, or meeting and daytime lesson, at the same clock time."""
    seasons = world.seasons_bound(rule.scope)
    bound = frozenset(id(held) for held in world.held_bound(rule.scope))
    for id_, theirs in world.held_by_staff.items():
        person = world.scenario.staff_by_id[id_]
        meetings = [held for held in theirs if id(held) in bound]
        for one, other in combinations(meetings, 2):
            if at_once(one.slot, other.slot, seasons):
                yield Deviation(
                    amount=1,
                    subjects=(naming.staff(person), *one.subjects, *other.subjects),
                    zh=f"{person.name}同时要上{one.zh}和{other.zh}。",
                    en=f"{person.name} is on {one.en} and {other.en} at the same time.",
                )
        yield from _during_lessons(world, person, meetings, seasons)


def _during_lessons(world: World, person: Staff, meetings: Iterable[Held], seasons: Sequence[Season]) -> Iterator[Deviation]:
    for held in meetings:
        for taught in world.lessons_of_staff.get(person.id, ()):
            lesson = taught.lesson
            clocks = ((_clock(held.slot, season), taught.clock_by_season.get(season.id)) for season in seasons)
            if lesson.weekday == held.slot.weekday and _overlap(clocks):
                yield Deviation(
                    amount=1,
                    subjects=(naming.staff(person), *held.subjects),
                    zh=f"{person.name}{naming.weekday_zh(lesson.weekday)}第{lesson.number}节要上{lesson.subject}课，与{held.zh}同时。",
                    en=f"{person.name} teaches {lesson.subject} in lesson {lesson.number} at the time of {held.en}.",
                )


def _overlap(clocks: Iterable[tuple[Clock | None, Clock | None]]) -> bool:
    return any(one is not None and other is not None and one.overlaps(other) for one, other in clocks)


def pupils_in_one_place(world: World, rule: PupilsInOnePlace) -> Iterator[Deviation]:
    """1 per pupil and pair of meetings at the same clock time."""
    seasons = world.seasons_bound(rule.scope)
    grades = frozenset(world.grades_bound(rule.scope))
    for cells in world.cells_by_pupil.values():
        for one, other in combinations(cells, 2):
            if at_once(one.slot, other.slot, seasons) and world.grade(one.pupil).number in grades:
                yield Deviation(
                    amount=1,
                    subjects=(naming.pupil(one.pupil), *one.held.subjects, *other.held.subjects),
                    zh=f"{one.pupil.name}同时被安排在{one.held.zh}和{other.held.zh}。",
                    en=f"{one.pupil.name} sits in {one.held.en} and {other.held.en} at the same time.",
                )


def rooms_hold_groups(world: World, rule: RoomsHoldGroups) -> Iterator[Deviation]:
    """Groups beyond what a room holds when a slot starts; meetings in closed rooms or in none."""
    seasons = world.seasons_bound(rule.scope)
    by_room: defaultdict[str, list[Held]] = defaultdict(list)
    for held in world.held_bound(rule.scope):
        if held.room is None:
            yield Deviation(amount=1, subjects=held.subjects, zh=f"{held.zh}没有场地。", en=f"{held.en} has no room.")
            continue
        by_room[held.room.id].append(held)
        if held.slot.id in held.room.closed:
            yield Deviation(
                amount=1,
                subjects=(naming.room(held.room), *held.subjects),
                zh=f"{held.room.name}{naming.slot_zh(held.slot)}不开放，却安排了{held.zh}。",
                en=f"{held.room.name} is closed in {naming.slot_en(held.slot)} but {held.en} meets there.",
            )
    for meetings in by_room.values():
        room = meetings[0].room
        if room is not None:
            yield from _over_full(room, meetings, seasons)


def _over_full(room: Room, meetings: Sequence[Held], seasons: Sequence[Season]) -> Iterator[Deviation]:
    starting_together = {
        (held.slot.weekday, *((season.id, clock.start) for season in seasons if (clock := _clock(held.slot, season)))): held.slot
        for held in reversed(meetings)
    }
    for slot in sorted(starting_together.values(), key=lambda slot: (slot.weekday, slot.number, slot.id)):
        groups = max((_groups_at_start(slot, meetings, season) for season in seasons), default=0)
        if groups > room.groups:
            yield Deviation(
                amount=groups - room.groups,
                subjects=(naming.room(room), naming.slot(slot)),
                zh=f"{room.name}可容纳{room.groups}个班同时活动，{naming.slot_zh(slot)}安排了{groups}个。",
                en=f"{room.name} holds {room.groups} groups at once; {naming.slot_en(slot)} has {groups}.",
            )


def _groups_at_start(slot: Slot, meetings: Sequence[Held], season: Season) -> int:
    own = _clock(slot, season)
    if own is None:
        return 0
    same_day = (held.slot for held in meetings if held.slot.weekday == slot.weekday)
    clocks = (_clock(other, season) for other in same_day)
    return sum(clock is not None and clock.start <= own.start < clock.end for clock in clocks)


def room_suits(world: World, rule: RoomSuits) -> Iterator[Deviation]:
    """1 per meeting in a room of the wrong kind, 1 per missing feature, pupils above the seats."""
    for held in world.held_bound(rule.scope):
        if held.room is None:
            continue
        room, course = held.room, held.course
        about = (naming.room(room), *held.subjects)
        if course.room_kinds and room.kind not in course.room_kinds:
            kinds = "、".join(ROOM_KINDS_ZH[kind] for kind in sorted(course.room_kinds))
            yield Deviation(
                amount=1,
                subjects=about,
                zh=f"{held.zh}需要{kinds}，却安排在{room.name}（{ROOM_KINDS_ZH[room.kind]}）。",
                en=f"{held.en} needs a room of kind {', '.join(sorted(course.room_kinds))}; {room.name} is a {room.kind.value}.",
            )
        for feature in sorted(course.room_features - room.features):
            yield Deviation(
                amount=1,
                subjects=about,
                zh=f"{held.zh}需要“{feature}”，{room.name}没有。",
                en=f"{held.en} needs “{feature}”, which {room.name} lacks.",
            )
        pupils = len(world.pupils_of(held.section))
        if pupils > room.seats:
            yield Deviation(
                amount=pupils - room.seats,
                subjects=about,
                zh=f"{held.zh}有{pupils}名学生，{room.name}只能坐{room.seats}人，超出{pupils - room.seats}人。",
                en=f"{held.en} has {pupils} pupils; {room.name} seats {room.seats}, {pupils - room.seats} too many.",
            )


def safe_rooms(world: World, rule: SafeRooms) -> Iterator[Deviation]:
    """1 per room in use without a safety check that covers the table's last date."""
    last = world.timetable.end
    rooms = {held.room.id: held.room for held in world.held_bound(rule.scope) if held.room is not None}
    for room in rooms.values():
        if room.safe_until is None:
            zh, en = f"{room.name}没有安全检查记录", f"{room.name} has no safety check on record"
            yield Deviation(amount=1, subjects=(naming.room(room),), zh=f"{zh}。", en=f"{en}.")
        elif room.safe_until < last:
            yield Deviation(
                amount=1,
                subjects=(naming.room(room),),
                zh=f"{room.name}的安全检查只到{room.safe_until}，早于{last}。",
                en=f"The safety check of {room.name} ends on {room.safe_until}, before {last}.",
            )


def _clock(slot: Slot, season: Season) -> Clock | None:
    return slot.clock_by_season.get(season.id)
