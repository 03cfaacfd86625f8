"""What changes from one timetable to the next, and how much does it disturb? Counted, listed and told, in Chinese and English.

A disturbance is a weighted count. It grows with what a family feels most: a wish given up, then an arranged place, then
another group of the same course at the same time, another room, another adult. Who joins or leaves disturbs nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduler.domain import CourseId, Form, PupilId, Scenario, SlotId, StaffId
from scheduler.timetable import Change, ChangeKind, Meeting, Placement, SectionId, Timetable

WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one change counts. The order is the promise; the numbers make it hold for a class of pupils, too."""

    wish: int = 100
    """A pupil loses the course, or the time of it, that granted a wish."""
    arranged: int = 25
    """A pupil loses an arranged place."""
    care: int = 20
    """A pupil loses a place that is care only."""
    group: int = 5
    """A pupil keeps course and time but sits in another group of it."""
    room: int = 8
    """A meeting is in another room, or a new one needs a room."""
    person: int = 6
    """Somebody is newly on a meeting."""
    off: int = 1
    """Somebody is no longer on a meeting."""


WEIGHTS = Weights()

Place = tuple[CourseId, frozenset[SlotId], StaffId | None]
"""What a pupil has: a course at its times, with its leader where families choose the teacher."""


class Kind(StrEnum):
    """What a difference is about."""

    PUPIL_JOINS = "pupil_joins"
    PUPIL_LEAVES = "pupil_leaves"
    WISH_LOST = "wish_lost"
    ARRANGED_MOVED = "arranged_moved"
    CARE_MOVED = "care_moved"
    GROUP_CHANGED = "group_changed"
    PLACE_GIVEN = "place_given"
    SECTION_OPENED = "section_opened"
    SECTION_CLOSED = "section_closed"
    ROOM_CHANGED = "room_changed"
    STAFF_CHANGED = "staff_changed"
    DATED = "dated"


KINDS: Mapping[Kind, tuple[str, str]] = {
    Kind.PUPIL_JOINS: ("新加入的学生", "pupils who join"),
    Kind.PUPIL_LEAVES: ("退出的学生", "pupils who leave"),
    Kind.WISH_LOST: ("学生离开已满足的志愿", "pupils moved from a granted wish"),
    Kind.ARRANGED_MOVED: ("学生离开统一安排的项目", "pupils moved from an arranged place"),
    Kind.CARE_MOVED: ("学生离开托管", "pupils moved from a care place"),
    Kind.GROUP_CHANGED: ("学生换到同一项目同一时段的另一个班", "pupils moved to a parallel group"),
    Kind.PLACE_GIVEN: ("学生新得到的位置", "places newly given"),
    Kind.SECTION_OPENED: ("新开的教学班", "sections opened"),
    Kind.SECTION_CLOSED: ("停开的教学班", "sections closed"),
    Kind.ROOM_CHANGED: ("换场地的课", "meetings in another room"),
    Kind.STAFF_CHANGED: ("换人的课", "meetings with other people"),
    Kind.DATED: ("按日期的调整", "changes on certain dates"),
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Difference:
    """One thing that is otherwise than before: who or what, from, to. `weight` is its part of the disturbance."""

    kind: Kind
    who: str
    """Id of the pupil or section."""
    what_zh: str
    what_en: str
    from_zh: str = ""
    from_en: str = ""
    to_zh: str = ""
    to_en: str = ""
    weight: int = 0

    def text(self, language: str = "zh") -> str:
        """One sentence: 张三：剪纸1班（周一第1时段） → 篮球1班（周一第1时段）."""
        zh = language == "zh"
        what, old, new = (self.what_zh, self.from_zh, self.to_zh) if zh else (self.what_en, self.from_en, self.to_en)
        nothing = "无" if zh else "none"
        if not old and not new:
            return what
        return f"{what}{'：' if zh else ': '}{old or nothing} → {new or nothing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A timetable with the scenario it was made for."""

    scenario: Scenario
    timetable: Timetable


def differences(before: Side, after: Side, weights: Weights = WEIGHTS) -> tuple[Difference, ...]:
    """Everything that changed, by kind and name; the weights of all of them are the disturbance."""
    compared = _Compared(before, after, weights)
    found = [*compared.pupils(), *compared.sections(), *compared.meetings(), *compared.dated()]
    order = tuple(Kind)
    # What happens on certain dates is told in the order of the dates, with which its words begin.
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.what_zh if one.kind is Kind.DATED else "", one)))


def disturbance(found: Iterable[Difference]) -> int:
    """The weighted count."""
    return sum(one.weight for one in found)


def counts(found: Iterable[Difference]) -> Mapping[Kind, int]:
    """How many of each kind; kinds without any are left out."""
    number: dict[Kind, int] = dict.fromkeys(Kind, 0)
    for one in found:
        number[one.kind] += 1
    return {kind: count for kind, count in number.items() if count}


def as_json(found: Sequence[Difference], weights: Weights = WEIGHTS) -> Mapping[str, object]:
    """The content of `diff.json`: weights, disturbance, how many of each kind, and each of them."""
    return {
        "weights": {name: getattr(weights, name) for name in Weights.__slots__},
        "disturbance": disturbance(found),
        "counts": {kind.value: count for kind, count in counts(found).items()},
        "differences": [
            {
                "kind": one.kind.value,
                "who": one.who,
                "weight": one.weight,
                "zh": one.text("zh"),
                "en": one.text("en"),
            }
            for one in found
        ],
    }


def in_words(found: Sequence[Difference], language: str = "zh", most: int = 12) -> list[str]:
    """Counts and the first few of each kind, as lines for people."""
    zh = language == "zh"
    if not found:
        return ["课表没有变化。" if zh else "The timetable does not change."]
    lines = []
    for kind, count in counts(found).items():
        of_kind = [one for one in found if one.kind is kind]
        lines.append(f"{KINDS[kind][0]}：{count}" if zh else f"{KINDS[kind][1]}: {count}")
        lines += [f"  {one.text(language)}" for one in of_kind[:most]]
        if count > most:
            lines.append(f"  ……另有 {count - most} 项，见 diff.json" if zh else f"  … and {count - most} more, see diff.json")
    return lines


class _Compared:
    """Two timetables with their indexes."""

    def __init__(self, before: Side, after: Side, weights: Weights) -> None:
        self.before, self.after, self.weights = before, after, weights
        self.named = named_courses(before.scenario) | named_courses(after.scenario)

    # Pupils.

    def pupils(self) -> Iterator[Difference]:
        first = self.after.timetable.start
        old_pupils, new_pupils = self.before.scenario.pupil_by_id, self.after.scenario.pupil_by_id
        old, new = placed(self.before.timetable, first), placed(self.after.timetable, first)
        for id in sorted({*old_pupils, *new_pupils}):
            name = (new_pupils.get(id) or old_pupils[id]).name
            if id not in old_pupils:
                yield self._pupil(Kind.PUPIL_JOINS, id, name, [], new.get(id, []), 0)
            elif id not in new_pupils:
                yield self._pupil(Kind.PUPIL_LEAVES, id, name, old.get(id, []), [], 0)
            else:
                yield from self._moved(id, name, old.get(id, []), new.get(id, []))

    def _moved(self, id: PupilId, name: str, old: Sequence[Placement], new: Sequence[Placement]) -> Iterator[Difference]:
        places_now = {self._place(self.after, one.section): one for one in new}
        places_then = {self._place(self.before, one.section) for one in old}
        kept = {one.section for one in old} & {one.section for one in new}
        given = [one for place, one in places_now.items() if place not in places_then]
        for one in old:
            place = self._place(self.before, one.section)
            if place in places_now:
                if one.section not in kept:
                    yield self._pupil(Kind.GROUP_CHANGED, id, name, [one], [places_now[place]], self.weights.group)
                continue
            instead = [two for two in given if place[1] & self._place(self.after, two.section)[1]]
            given = [two for two in given if two not in instead]
            kind, weight = self._loss(self.before, one)
            yield self._pupil(kind, id, name, [one], instead, weight)
        for one in given:
            yield self._pupil(Kind.PLACE_GIVEN, id, name, [], [one], 0)

    def _loss(self, side: Side, placement: Placement) -> tuple[Kind, int]:
        course = side.scenario.course_by_id.get(side.timetable.section_by_id[placement.section].course)
        form = course.form if course is not None else Form.ARRANGED
        if placement.chosen:
            return Kind.WISH_LOST, self.weights.wish
        if form in (Form.CHOSEN, Form.ARRANGED):
            return Kind.ARRANGED_MOVED, self.weights.arranged
        return Kind.CARE_MOVED, self.weights.care

    def _place(self, side: Side, section: SectionId) -> Place:
        return place_of(side.timetable, section, self.named)

    def _pupil(
        self, kind: Kind, id: PupilId, name: str, old: Sequence[Placement], new: Sequence[Placement], weight: int
    ) -> Difference:
        from_zh, from_en = self._places_in_words(self.before, old)
        to_zh, to_en = self._places_in_words(self.after, new)
        return Difference(
            kind=kind,
            who=id,
            what_zh=name,
            what_en=name,
            from_zh=from_zh,
            from_en=from_en,
            to_zh=to_zh,
            to_en=to_en,
            weight=weight,
        )

    def _places_in_words(self, side: Side, placements: Sequence[Placement]) -> tuple[str, str]:
        words = [section_words(side, one.section) for one in placements]
        return "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)

    # Sections and meetings.

    def sections(self) -> Iterator[Difference]:
        old, new = self.before.timetable.section_by_id, self.after.timetable.section_by_id
        for kind, side, ids in (
            (Kind.SECTION_CLOSED, self.before, old.keys() - new.keys()),
            (Kind.SECTION_OPENED, self.after, new.keys() - old.keys()),
        ):
            for id in sorted(ids):
                zh, en = section_words(side, id)
                weight = 0
                for meeting in side.timetable.meetings_by_section.get(id, ()):
                    opened = kind is Kind.SECTION_OPENED
                    people = len(meeting.staff)
                    weight += people * (self.weights.person if opened else self.weights.off)
                    weight += self.weights.room if opened and meeting.room is not None else 0
                yield Difference(kind=kind, who=id, what_zh=zh, what_en=en, weight=weight)

    def meetings(self) -> Iterator[Difference]:
        old = {(one.section, one.slot): one for one in self.before.timetable.meetings}
        for now in self.after.timetable.meetings:
            then = old.get((now.section, now.slot))
            if then is None:
                continue
            zh, en = meeting_words(self.after, now)
            if then.room != now.room:
                rooms = [_room_name(self.before.scenario, then), _room_name(self.after.scenario, now)]
                yield Difference(
                    kind=Kind.ROOM_CHANGED,
                    who=now.section,
                    what_zh=zh,
                    what_en=en,
                    from_zh=rooms[0],
                    from_en=rooms[0],
                    to_zh=rooms[1],
                    to_en=rooms[1],
                    weight=self.weights.room if now.room is not None else 0,
                )
            if then.staff != now.staff:
                people = [people_names(self.before.scenario, then.staff), people_names(self.after.scenario, now.staff)]
                yield Difference(
                    kind=Kind.STAFF_CHANGED,
                    who=now.section,
                    what_zh=zh,
                    what_en=en,
                    from_zh=people[0],
                    from_en=people[0],
                    to_zh=people[1],
                    to_en=people[1],
                    weight=self._of_people(then.staff, now.staff),
                )

    def _of_people(self, then: Sequence[StaffId], now: Sequence[StaffId]) -> int:
        """Leading and helping are told apart: the leader is the first."""
        old, new = set(_with_part(then)), set(_with_part(now))
        return self.weights.person * len(new - old) + self.weights.off * len(old - new)

    # Dated changes.

    def dated(self) -> Iterator[Difference]:
        """Changes on certain dates; what is the same on several counts once."""
        told: set[tuple[SectionId, SlotId, ChangeKind, tuple[StaffId, ...]]] = set()
        for change in sorted(set(self.after.timetable.changes) - set(self.before.timetable.changes), key=lambda one: one.day):
            if change.section in self.after.timetable.section_by_id:
                key = (change.section, change.slot, change.kind, change.new_staff)
                yield self._dated(change, key not in told)
                told.add(key)

    def _dated(self, change: Change, first: bool) -> Difference:
        meetings = self.after.timetable.meetings_by_section.get(change.section, ())
        then = next((one.staff for one in meetings if one.slot == change.slot), ())
        zh, en = section_words(self.after, change.section, change.slot)
        to_zh = to_en = people_names(self.after.scenario, change.new_staff)
        weight = 0
        if change.kind is ChangeKind.SUBSTITUTE:
            weight = self._of_people(then, change.new_staff)
        elif change.kind is ChangeKind.MOVE:
            pupils = self.after.timetable.placements_by_section.get(change.section, ())
            weight = self.weights.group * len(pupils) + self.weights.off * len(set(then) - set(change.new_staff))
            room = self.after.scenario.room_by_id.get(change.new_room) if change.new_room is not None else None
            if room is not None:
                to_zh, to_en = f"{to_zh}（{room.name}）", f"{to_en} ({room.name})"
        elif change.kind is ChangeKind.CANCEL:
            to_zh, to_en = "停课", "cancelled"
            pupils = self.after.timetable.placements_by_section.get(change.section, ())
            weight = sum(self._loss(self.after, one)[1] for one in pupils) + self.weights.off * len(then)
        return Difference(
            kind=Kind.DATED,
            who=change.section,
            what_zh=f"{change.day.isoformat()} {zh}",
            what_en=f"{change.day.isoformat()} {en}",
            from_zh=people_names(self.after.scenario, then),
            from_en=people_names(self.after.scenario, then),
            to_zh=to_zh,
            to_en=to_en,
            weight=weight if first else 0,
        )


def _with_part(people: Sequence[StaffId]) -> Iterator[tuple[StaffId, bool]]:
    return ((id, number == 0) for number, id in enumerate(people))


def named_courses(scenario: Scenario) -> frozenset[CourseId]:
    """Courses for which some family names the teacher: there the leader is part of what a pupil has."""
    return frozenset(choice.course for pupil in scenario.pupils for choice in pupil.choices if choice.teacher is not None)


def place_of(timetable: Timetable, section: SectionId, named: frozenset[CourseId]) -> Place:
    """What a pupil of the section has."""
    meetings = timetable.meetings_by_section.get(section, ())
    course = timetable.section_by_id[section].course
    leader = meetings[0].staff[0] if course in named and meetings and meetings[0].staff else None
    return course, frozenset(one.slot for one in meetings), leader


def placed(timetable: Timetable, day: date) -> Mapping[PupilId, Sequence[Placement]]:
    """Placements that hold on the day or later, by pupil."""
    found: defaultdict[PupilId, list[Placement]] = defaultdict(list)
    for placement in timetable.placements:
        if (placement.end is None or placement.end >= day) and placement.section in timetable.section_by_id:
            found[placement.pupil].append(placement)
    return found


def section_words(side: Side, section: SectionId, only: SlotId | None = None) -> tuple[str, str]:
    """剪纸1班（周一第1时段）, in Chinese and English; ids where a name is not known."""
    known = side.timetable.section_by_id[section]
    course = side.scenario.course_by_id.get(known.course)
    title = course.title if course is not None else known.course
    slots = [one.slot for one in side.timetable.meetings_by_section.get(section, ()) if only in (None, one.slot)]
    words = [slot_words(side.scenario, slot) for slot in slots]
    zh, en = "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)
    return f"{title}{known.number}班（{zh}）", f"{title} {known.number} ({en})"


def meeting_words(side: Side, meeting: Meeting) -> tuple[str, str]:
    """The section with this one slot."""
    return section_words(side, meeting.section, meeting.slot)


def slot_words(scenario: Scenario, id: SlotId) -> tuple[str, str]:
    """周一第1时段, Mon 1."""
    slot = scenario.slot_by_id.get(id)
    if slot is None:
        return id, id
    return f"{WEEKDAYS_ZH[slot.weekday - 1]}第{slot.number}时段", f"{WEEKDAYS_EN[slot.weekday - 1]} {slot.number}"


def people_names(scenario: Scenario, ids: Sequence[StaffId]) -> str:
    """Names in their order; ids of those not known."""
    return "、".join(scenario.staff_by_id[id].name if id in scenario.staff_by_id else id for id in ids)


def _room_name(scenario: Scenario, meeting: Meeting) -> str:
    if meeting.room is None:
        return ""
    room = scenario.room_by_id.get(meeting.room)
    return room.name if room is not None else meeting.room
