"""Which room has each meeting? One room for a section over its days, and the home room for those who live there.

Rooms of one kind may change hands freely. Sections with several meetings come first, all at once, by CP-SAT; then the meetings of
each slot are matched with the rooms that are free. Where that leaves somebody without a room, the kind keeps the rooms it had.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from scheduler.domain import RoomId, Scenario, Slot, SlotId
from scheduler.solver.model import Ints, Model, Row
from scheduler.solver.offers import RoomClass
from scheduler.solver.readers import Limits, solve_whole
from scheduler.timetable import Meeting, SectionId, Timetable

Key = tuple[SectionId, SlotId]

ONE_ROOM = 1000
"""What one room for all meetings of a section is worth, in pupils that have their own home room."""
FEW = 40000
"""Sections × rooms up to which CP-SAT chooses the rooms of sections with several meetings."""


def steady_rooms(scenario: Scenario, timetable: Timetable, room_classes: Sequence[RoomClass]) -> Timetable:
    """The timetable with its meetings moved among rooms alike. Rooms somebody has locked are left as they are."""
    locked = {lock.course for lock in scenario.locks if lock.room is not None}
    rooms: dict[Key, RoomId] = {}
    for kind in room_classes:
        ids = {room.id for room in kind.rooms}
        held = [meeting for meeting in timetable.meetings if meeting.room in ids]
        if len(kind.rooms) > 1 and held and not any(timetable.section_by_id[one.section].course in locked for one in held):
            rooms.update(_Kind(scenario, timetable, kind, held).rooms())
    meetings = (replace(one, room=rooms.get((one.section, one.slot), one.room)) for one in timetable.meetings)
    return replace(timetable, meetings=tuple(sorted(meetings, key=lambda one: (one.section, one.slot))))


class _Kind:
    """The rooms of one kind and the meetings they hold."""

    def __init__(self, scenario: Scenario, timetable: Timetable, kind: RoomClass, held: Sequence[Meeting]) -> None:
        self.scenario = scenario
        self.places = [room.id for room in kind.rooms]
        self.groups = kind.like.groups
        self.by_section: defaultdict[SectionId, list[SlotId]] = defaultdict(list)
        for meeting in held:
            self.by_section[meeting.section].append(meeting.slot)
        self.overlaps = _overlaps([scenario.slot_by_id[slot] for slot in {one.slot for one in held}])
        self.taken: dict[SlotId, Counter[RoomId]] = defaultdict(Counter)
        """Meetings already put into each room, by their slot."""
        home = {home_class.id: home_class.room for home_class in scenario.home_classes}
        self.homes: dict[SectionId, Counter[RoomId]] = {}
        """How many pupils of a section have their home room where."""
        for section in self.by_section:
            placed = timetable.placements_by_section.get(section, ())
            counted = Counter(home[scenario.pupil_by_id[one.pupil].home_class] for one in placed)
            self.homes[section] = Counter({room: n for room, n in counted.items() if room is not None})

    def rooms(self) -> Mapping[Key, RoomId]:
        """A room for each meeting; nothing where some would be left without."""
        found: dict[Key, RoomId] = {}
        for section, place in self._of_several().items():
            for slot in self.by_section[section]:
                self.taken[slot][place] += 1
                found[section, slot] = place
        slots = {slot for held in self.by_section.values() for slot in held}
        last: dict[tuple[object, int], RoomId] = {}
        for slot in sorted(slots, key=lambda slot: _in_order(self.scenario.slot_by_id[slot])):
            waiting = [one for one in sorted(self.by_section) if slot in self.by_section[one] and (one, slot) not in found]
            matched = self._matched(slot, waiting, last)
            if matched is None:
                return {}
            for section, place in matched.items():
                self.taken[slot][place] += 1
                found[section, slot] = place
                last[self._main_home(section), self.scenario.slot_by_id[slot].weekday] = place
        return found

    def _main_home(self, section: SectionId) -> object:
        homes = self.homes[section]
        return min(homes, key=lambda room: (-homes[room], room), default=section)

    def _of_several(self) -> Mapping[SectionId, RoomId]:
        """One room for each section that meets more than once, as far as there are enough."""
        several = [section for section in sorted(self.by_section) if len(self.by_section[section]) > 1]
        if not several or len(several) * len(self.places) > FEW:
            return {}
        model = Model()
        goes = {(section, place): model.add_column(1) for section in several for place in self.places}
        rows: list[Row] = [([(goes[section, place], 1) for place in self.places], 0, 1) for section in several]
        for slot in sorted({slot for section in several for slot in self.by_section[section]}):
            here = [section for section in several if self.overlaps[slot] & set(self.by_section[section])]
            rows += (([(goes[section, place], 1) for section in here], 0, self.groups) for place in self.places)
        model.add_row_list(rows)
        price = np.array([-ONE_ROOM - self.homes[section][place] for section, place in goes], dtype=np.int64)
        found = solve_whole(model.problem(), price, Limits(seconds=math.inf, counted=2.0)).values
        return {} if found is None else {section: place for (section, place), column in goes.items() if found[column]}

    def _matched(
        self, slot: SlotId, waiting: Sequence[SectionId], last: Mapping[tuple[object, int], RoomId]
    ) -> Mapping[SectionId, RoomId] | None:
        """The waiting sections in the free rooms, most pupils at home, then where their class just was."""
        if not waiting:
            return {}
        busy: Counter[RoomId] = Counter()
        for other in self.overlaps[slot]:
            busy += self.taken[other]
        free = [place for place in self.places for _ in range(self.groups - busy[place])]
        if len(free) < len(waiting):
            return None
        weekday = self.scenario.slot_by_id[slot].weekday
        worth = np.array(
            [
                [4 * self.homes[section][place] + (last.get((self._main_home(section), weekday)) == place) for place in free]
                for section in waiting
            ]
        )
        return {waiting[row]: free[column] for row, column in enumerate(matched(worth))}


def matched(worth: Ints) -> list[int]:
    """For each row a column of its own, most worth in all. Shape: rows × at least as many columns."""
    # An entry of nought would be no entry: a price from 1 says the same.
    price = sparse.csr_array(worth.max() + 1 - worth)
    columns: list[int] = min_weight_full_bipartite_matching(price)[1].tolist()
    return columns


def _overlaps(slots: Sequence[Slot]) -> Mapping[SlotId, frozenset[SlotId]]:
    """For each slot those that share a moment with it in some season, itself among them."""
    return {one.id: frozenset(two.id for two in slots if one.id == two.id or _overlap(one, two)) for one in slots}


def _overlap(one: Slot, two: Slot) -> bool:
    shared = one.clock_by_season.keys() & two.clock_by_season.keys()
    return one.weekday == two.weekday and any(one.clock_by_season[id].overlaps(two.clock_by_season[id]) for id in shared)


def _in_order(slot: Slot) -> tuple[int, object, str]:
    return slot.weekday, min(clock.start for clock in slot.clock_by_season.values()), slot.id
