"""Which shortages can anybody count? Instant checks in plain arithmetic.

A check that comes out short proves that no plan keeps the clause it names; one that does not proves nothing, and the nearest
ones tell what is tightest.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from scheduler.audit.naming import grade_en, grade_zh, slot_en, slot_zh, weekday_en, weekday_zh
from scheduler.domain import Category, Course, Form, Lock, Pupil, Room, Scenario, Service, Slot, Staff, Strand
from scheduler.policies.clause import Clause, Strength
from scheduler.rulebook import (
    BothStrands,
    DailyPE,
    EnrichmentShare,
    LatestLeaveKept,
    LocksKept,
    NobodyRefused,
    OwnStaffShare,
    ProviderInOrder,
    RidesKept,
    Rule,
    Scope,
)
from scheduler.solver.offers import may_lead, patterns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a check counted. Short where `need` is above `have`."""

    check: str
    need: int
    have: int
    zh: str
    en: str
    clause: Clause | None = None

    @property
    def short(self) -> bool:
        return self.need > self.have

    @property
    def tightness(self) -> float:
        """Need as a share of what there is; 1 is all of it."""
        return self.need / self.have if self.have else float(self.need > 0) * 99.0


def counts(scenario: Scenario, pinned: Sequence[Clause]) -> tuple[Count, ...]:
    """Every check that has something to count, short ones first, then the tightest.

    `pinned`: clauses in force that may not be deviated from.
    """
    checks = (_seats, _people, _nowhere, _locks_of_people, _locks, _buses, _leaving, _exercise, _strands, _own_staff, _providers)
    found = [count for check in checks for count in check(_Facts(scenario, pinned))]
    return tuple(sorted(found, key=lambda count: (not count.short, -count.tightness, count.check, count.zh)))


class _Facts:
    """The scenario with a few indexes."""

    def __init__(self, scenario: Scenario, pinned: Sequence[Clause]) -> None:
        self.scenario, self.pinned = scenario, pinned
        self.staying: defaultdict[str, list[Pupil]] = defaultdict(list)
        for pupil in scenario.pupils:
            for slot in pupil.stays if pupil.enrolled else ():
                self.staying[slot].append(pupil)
        slots = sorted(scenario.slots, key=lambda slot: (slot.weekday, slot.number, slot.id))
        self.slots = [slot for slot in slots if slot.service is Service.REGULAR]
        care = (Form.CHOSEN, Form.ARRANGED, Form.BASE_CARE)
        self.courses_in: dict[str, list[Course]] = {slot.id: [] for slot in self.slots}
        for course in scenario.courses:
            met = {slot.id for pattern in patterns_of(course, slots) for slot in pattern} if course.form in care else set()
            for id in met & self.courses_in.keys():
                self.courses_in[id].append(course)

    def clause(self, rule: type[Rule]) -> Clause | None:
        return next((clause for clause in self.pinned if isinstance(clause.rule, rule)), None)

    def all_of(self, rule: type[Rule]) -> Iterator[Clause]:
        return (clause for clause in self.pinned if isinstance(clause.rule, rule))

    def grade(self, pupil: Pupil) -> int:
        return self.scenario.grade_of(pupil).number

    def bound(self, pupil: Pupil, scope: Scope) -> bool:
        grade = self.scenario.grade_of(pupil)
        return (
            (not scope.stages or grade.stage in scope.stages)
            and (not scope.grades or grade.number in scope.grades)
            and (scope.graduating is None or grade.graduating is scope.graduating)
        )

    def open_to(self, course: Course, grade: int) -> bool:
        return not course.grades or grade in course.grades


def _suits(room: Room, course: Course, slot: Slot) -> bool:
    kind = not course.room_kinds or room.kind in course.room_kinds
    return kind and course.room_features <= room.features and slot.id not in room.closed


def _places(facts: _Facts, slot: Slot, courses: Sequence[Course]) -> int:
    """Most pupils that the rooms can hold at once in these courses."""
    total = 0
    for room in facts.scenario.rooms:
        sizes = [course.max_size for course in courses if _suits(room, course, slot)]
        total += room.groups * min(room.seats, max(sizes, default=0))
    return total


def _seats(facts: _Facts) -> Iterator[Count]:
    """Pupils in a slot against the seats of all rooms that suit any course then."""
    clause = facts.clause(NobodyRefused)
    for slot in facts.slots:
        pupils, places = len(facts.staying[slot.id]), _places(facts, slot, facts.courses_in[slot.id])
        if clause is not None and pupils:
            zh = f"{slot_zh(slot)}有 {pupils} 名学生申请，所有能用的场地合计最多容纳 {places} 人"
            en = f"{slot_en(slot)}: {pupils} pupils asked for it, all usable rooms together hold {places}"
            yield Count(check="seats", need=pupils, have=places, zh=zh, en=en, clause=clause)


def _people(facts: _Facts) -> Iterator[Count]:
    """Pupils in a slot against the largest groups that those free then can lead."""
    clause = facts.clause(NobodyRefused)
    busy = _teaching(facts.scenario)
    for slot in facts.slots:
        pupils, courses = len(facts.staying[slot.id]), facts.courses_in[slot.id]
        largest = {course.id: _largest_group(facts, slot, course) for course in courses}
        groups = [
            max((largest[course.id] for course in courses if may_lead(person, course)), default=0)
            for person in facts.scenario.staff
            if slot.id in person.available and (person.id, slot.id) not in busy and person.max_per_day != 0
        ]
        free = sum(1 for group in groups if group)
        if clause is not None and pupils:
            zh = f"{slot_zh(slot)}有 {pupils} 名学生申请，能带班的 {free} 人合计最多带 {sum(groups)} 人"
            en = f"{slot_en(slot)}: {pupils} pupils asked for it, the {free} people free to lead can take {sum(groups)} at most"
            yield Count(check="people", need=pupils, have=sum(groups), zh=zh, en=en, clause=clause)


def _largest_group(facts: _Facts, slot: Slot, course: Course) -> int:
    seats = max((room.seats for room in facts.scenario.rooms if _suits(room, course, slot)), default=0)
    return min(course.max_size, seats)


def _teaching(scenario: Scenario) -> set[tuple[str, str]]:
    """Pairs (person, slot) in which a daytime lesson of theirs overlaps the slot in every season."""
    clocks: defaultdict[tuple[str, int, int, int], list[tuple[time, time]]] = defaultdict(list)
    for bell in scenario.bells:
        for grade in bell.grades if bell.kind == "lesson" else ():
            for weekday in bell.weekdays:
                clocks[bell.season, grade, weekday, bell.number].append((bell.clock.start, bell.clock.end))
    found = set()
    for lesson in scenario.lessons:
        grade = scenario.home_class_by_id[lesson.home_class].grade
        for slot in scenario.slots if lesson.teacher is not None else ():
            if slot.weekday == lesson.weekday and any(
                start < clock.end and clock.start < end
                for season, clock in slot.clock_by_season.items()
                for start, end in clocks.get((season, grade, lesson.weekday, lesson.number), ())
            ):
                found.add((str(lesson.teacher), str(slot.id)))
    return found


def _nowhere(facts: _Facts) -> Iterator[Count]:
    """Pupils of a grade in a slot where nothing is open to that grade."""
    clause = facts.clause(NobodyRefused)
    for slot in facts.slots if clause is not None else ():
        grades = Counter(facts.grade(pupil) for pupil in facts.staying[slot.id])
        for grade, number in sorted(grades.items()):
            if not any(facts.open_to(course, grade) for course in facts.courses_in[slot.id]):
                zh = f"{slot_zh(slot)}{grade_zh(grade)}有 {number} 名学生申请，却没有对该年级开放的项目或托管"
                en = f"{slot_en(slot)}: {number} pupils of {grade_en(grade)} asked for it, and nothing is open to them"
                yield Count(check="nowhere", need=number, have=0, zh=zh, en=en, clause=clause)


def _locks_of_people(facts: _Facts) -> Iterator[Count]:
    """One person locked into two groups of one slot."""
    scenario = facts.scenario
    clause = facts.clause(LocksKept)
    at: defaultdict[tuple[str, str], list[Lock]] = defaultdict(list)
    for lock in scenario.locks:
        for one in lock.slots if lock.staff is not None else ():
            at[str(lock.staff), str(one)].append(lock)
    for (person_id, slot_id), locks in sorted(at.items()):
        titles = sorted({scenario.course_by_id[lock.course].title for lock in locks})
        if clause is not None and len(titles) > 1:
            name = next(person.name for person in scenario.staff if person.id == person_id)
            slot = next(slot for slot in scenario.slots if str(slot.id) == slot_id)
            zh = f"预排让{name}在{slot_zh(slot)}同时带 {len(titles)} 个项目：{'、'.join(titles)}"
            en = f"Locks put {name} into {len(titles)} courses at once, {slot_en(slot)}: {', '.join(titles)}"
            yield Count(check="locks of people", need=len(titles), have=1, zh=zh, en=en, clause=clause)


def _locks(facts: _Facts) -> Iterator[Count]:
    """Locks that nothing can carry out."""
    clause = facts.clause(LocksKept)
    for lock in facts.scenario.locks if clause is not None else ():
        why = _hindrance(facts.scenario, lock)
        if why is not None:
            title = facts.scenario.course_by_id[lock.course].title
            zh, en = f"预排“{title}”无法执行：{why[0]}", f"The lock on {title} cannot be carried out: {why[1]}"
            yield Count(check="locks", need=1, have=0, zh=zh, en=en, clause=clause)


def _hindrance(scenario: Scenario, lock: Lock) -> tuple[str, str] | None:
    course = scenario.course_by_id[lock.course]
    slots = sorted(scenario.slots, key=lambda slot: (slot.weekday, slot.number, slot.id))
    patterns = [p for p in patterns_of(course, slots) if not lock.slots or {slot.id for slot in p} == lock.slots]
    if not patterns:
        return "项目不在这些时段开设", "the course does not meet in these slots"
    if lock.pupil is not None:
        return _hindrance_of_pupil(scenario, course, scenario.pupil_by_id[lock.pupil])
    if lock.staff is not None:
        person = scenario.staff_by_id[lock.staff]
        if not may_lead(person, course):
            return f"{person.name}不愿意或没有带这个项目的资格", f"{person.name} may not lead it, or does not want to"
        busy = _teaching(scenario)
        if not any(all(s.id in person.available and (person.id, s.id) not in busy for s in pattern) for pattern in patterns):
            return f"{person.name}在这些时段不可用", f"{person.name} is not available then"
    elif not any(may_lead(person, course) for person in scenario.staff):
        return "没有能带这个项目的人", "nobody may lead it"
    rooms = [scenario.room_by_id[lock.room]] if lock.room is not None else list(scenario.rooms)
    if not any(all(_suits(room, course, slot) for slot in pattern) for room in rooms for pattern in patterns):
        return "没有合用且开放的场地", "no room that suits it is open then"
    return None


def _hindrance_of_pupil(scenario: Scenario, course: Course, pupil: Pupil) -> tuple[str, str] | None:
    grade = scenario.grade_of(pupil).number
    if course.grades and grade not in course.grades:
        return f"项目不对{grade_zh(grade)}开放", f"it is not open to {grade_en(grade)}"
    patterns = patterns_of(course, scenario.slots)
    if course.form is Form.CHOSEN and not any(all(slot.id in pupil.stays for slot in pattern) for pattern in patterns):
        return f"{pupil.name}没有申请项目的时段", f"{pupil.name} asked for none of its slots"
    return None


def _buses(facts: _Facts) -> Iterator[Count]:
    """Riders with no other way home whose last bus leaves before the first slot they asked for is over."""
    scenario = facts.scenario
    for clause in facts.all_of(RidesKept):
        assert isinstance(clause.rule, RidesKept)
        for season in scenario.seasons:
            last: dict[tuple[str, int], time] = {}
            for trip in scenario.trips:
                if season.id in trip.departure_by_season:
                    key = (str(trip.route), trip.weekday)
                    last[key] = max(last.get(key, time(0)), trip.departure_by_season[season.id])
            late: defaultdict[tuple[str, int], list[tuple[int, time]]] = defaultdict(list)
            for pupil in scenario.pupils:
                if not (pupil.enrolled and pupil.only_way_home and pupil.route and facts.bound(pupil, clause.rule.scope)):
                    continue
                for weekday, end in _first_ends(facts, pupil, season.id).items():
                    leaves = last.get((str(pupil.route), weekday))
                    if leaves is not None and _minutes(end) + clause.rule.buffer_minutes > _minutes(leaves):
                        late[str(pupil.route), weekday].append((_minutes(end) + clause.rule.buffer_minutes, leaves))
            for (route, weekday), riders in sorted(late.items()):
                due, leaves = max(riders)
                zh = (
                    f"{weekday_zh(weekday)}{route}线末班 {leaves:%H:%M} 开，{len(riders)} 名只能乘车的学生最早 "
                    f"{_clock(due)} 才赶得上，差 {due - _minutes(leaves)} 分钟"
                )
                en = (
                    f"{weekday_en(weekday)}, route {route}: the last bus leaves at {leaves:%H:%M}; {len(riders)} pupils with no "
                    f"other way home can be there at {_clock(due)} at the earliest, {due - _minutes(leaves)} minutes late"
                )
                yield Count(check="buses", need=due, have=_minutes(leaves), zh=zh, en=en, clause=clause)


def _first_ends(facts: _Facts, pupil: Pupil, season: str) -> dict[int, time]:
    """When the first slot is over that a pupil asked for, by weekday."""
    ends: dict[int, time] = {}
    for stay in pupil.stays:
        slot = facts.scenario.slot_by_id[stay]
        for key, clock in slot.clock_by_season.items():
            if key == season:
                ends[slot.weekday] = min(ends.get(slot.weekday, clock.end), clock.end)
    return ends


def _leaving(facts: _Facts) -> Iterator[Count]:
    """Pupils who asked for a slot that ends after the hour their own family named."""
    clause = facts.clause(LatestLeaveKept)
    late: defaultdict[str, list[int]] = defaultdict(list)
    for pupil in facts.scenario.pupils if clause is not None else ():
        for stay in pupil.stays if pupil.enrolled else ():
            slot = facts.scenario.slot_by_id[stay]
            leave = pupil.latest_leave.get(slot.weekday)
            past = [_minutes(c.end) - _minutes(leave) for c in slot.clock_by_season.values()] if leave is not None else [0]
            if max(past, default=0) > 0:
                late[slot.id].append(max(past))
    for slot in facts.slots:
        if late[slot.id]:
            number, most = len(late[slot.id]), max(late[slot.id])
            zh = f"{slot_zh(slot)}有 {number} 名学生申请，结束却晚于家长写明的最晚离校时间，最多晚 {most} 分钟"
            en = f"{slot_en(slot)}: {number} pupils asked for it; it ends up to {most} minutes after the hour their family named"
            yield Count(check="leaving", need=most, have=0, zh=zh, en=en, clause=clause)


def _exercise(facts: _Facts) -> Iterator[Count]:
    """Pupils who must move on a day against the places in PE that all its slots together can hold."""
    scenario = facts.scenario
    lessons = {(lesson.home_class, lesson.weekday) for lesson in scenario.lessons if lesson.pe}
    for clause in facts.all_of(DailyPE):
        assert isinstance(clause.rule, DailyPE)
        due: Counter[tuple[int, int]] = Counter()
        for pupil in scenario.pupils:
            stays = [scenario.slot_by_id[stay] for stay in pupil.stays] if pupil.enrolled else []
            for weekday in range(1, 6):
                mine = [slot for slot in stays if slot.weekday == weekday]
                open_ = sum(slot.strand is not Strand.ONE for slot in mine)
                if len(mine) >= clause.rule.min_stays and open_ >= 2 and (pupil.home_class, weekday) not in lessons:
                    due[weekday, facts.grade(pupil)] += facts.bound(pupil, clause.rule.scope)
        for weekday in range(1, 6):
            slots = [slot for slot in facts.slots if slot.weekday == weekday]
            pe = {slot.id: [c for c in facts.courses_in[slot.id] if c.category is Category.PE] for slot in slots}
            places = sum(_places(facts, slot, pe[slot.id]) for slot in slots)
            need = sum(number for (day, _), number in due.items() if day == weekday)
            if need:
                zh = f"{weekday_zh(weekday)}有 {need} 名学生当天应有体育活动，体育场地各时段合计最多容纳 {places} 人"
                en = f"{weekday_en(weekday)}: {need} pupils are due exercise, the places for PE hold {places} over all slots"
                yield Count(check="exercise", need=need, have=places, zh=zh, en=en, clause=clause)
            for (day, grade), number in sorted(due.items()):
                if day == weekday and number and not any(facts.open_to(c, grade) for slot in slots for c in pe[slot.id]):
                    zh = f"{weekday_zh(weekday)}{grade_zh(grade)}有 {number} 名学生当天应有体育活动，却没有对该年级开放的体育项目"
                    en = (
                        f"{weekday_en(weekday)}: {number} pupils of {grade_en(grade)} are due exercise, and no PE is open to them"
                    )
                    yield Count(check="no exercise", need=number, have=0, zh=zh, en=en, clause=clause)


def _strands(facts: _Facts) -> Iterator[Count]:
    """Grades that must have a strand and are offered no course of it."""
    for rule in (BothStrands, EnrichmentShare):
        for clause in facts.all_of(rule):
            assert clause.rule is not None
            wanted = (Strand.ONE, Strand.X) if rule is BothStrands else (Strand.X,)
            whole = [
                pupil for pupil in facts.scenario.pupils if _whole_week(facts, pupil) and facts.bound(pupil, clause.rule.scope)
            ]
            grades = Counter(facts.grade(pupil) for pupil in whole)
            for grade, number in sorted(grades.items()):
                for strand in wanted:
                    slots = [slot for slot in facts.slots if grade in slot.grades and slot.weekday <= 5]
                    courses = {c.id: c for slot in slots for c in facts.courses_in[slot.id]}.values()
                    if not any(course.strand is strand and facts.open_to(course, grade) for course in courses):
                        name_zh = "学科辅导（“1”）" if strand is Strand.ONE else "素质拓展（“X”）"
                        zh = f"{grade_zh(grade)}有 {number} 名全周学生，却没有对该年级开放的{name_zh}项目"
                        en = f"{grade_en(grade)}: {number} full-week pupils, no course of strand {strand.value} is open to them"
                        if rule is BothStrands or any(course.strand is Strand.ONE for course in courses):
                            yield Count(check="strands", need=number, have=0, zh=zh, en=en, clause=clause)


def _whole_week(facts: _Facts, pupil: Pupil) -> bool:
    offered = {slot.id for slot in facts.slots if facts.grade(pupil) in slot.grades and slot.weekday <= 5}
    return pupil.enrolled and bool(offered) and offered <= pupil.stays


def _own_staff(facts: _Facts) -> Iterator[Count]:
    """No teacher of the school's own who leads anything, where they must lead a share."""
    for clause in facts.all_of(OwnStaffShare):
        assert isinstance(clause.rule, OwnStaffShare)
        own: list[Staff] = [
            p for p in facts.scenario.staff if p.kind == "own" and p.willing and p.available and p.max_per_week != 0
        ]
        with_strand = [slot for slot in facts.slots if facts.staying[slot.id] and not _care_open(facts, slot)]
        if not own and with_strand:
            zh = f"要求本校教师承担超过 {clause.rule.percent}% 的课时，但没有一名愿意且可用的本校教师"
            en = f"Own staff must lead over {clause.rule.percent}% of the minutes, and nobody of theirs is willing and available"
            yield Count(check="own staff", need=1, have=0, zh=zh, en=en, clause=clause)


def _care_open(facts: _Facts, slot: Slot) -> bool:
    return any(course.form is Form.BASE_CARE for course in facts.courses_in[slot.id])


def _providers(facts: _Facts) -> Iterator[Count]:
    """Locked courses of a provider whose contract or approval does not cover the term."""
    scenario, term = facts.scenario, facts.scenario.term
    locked = {lock.course for lock in scenario.locks}
    for clause in facts.all_of(ProviderInOrder):
        assert isinstance(clause.rule, ProviderInOrder)
        rule = clause.rule
        for course in scenario.courses:
            if course.provider is None or course.id not in locked:
                continue
            provider = scenario.provider_by_id[course.provider]
            ends = [("合同", "contract", provider.contract_from, provider.contract_until)] if rule.contract else []
            ends += [("审批", "approval", provider.approved_from, provider.approved_until)] if rule.approval else []
            for what_zh, what_en, first, last in ends:
                if first is None or last is None or first > term.start or last < term.end:
                    span = f"{first or '—'} – {last or '—'}"
                    zh = f"预排的“{course.title}”由{provider.name}承担，其{what_zh}（{span}）不覆盖整个学期"
                    en = f"{course.title} is locked and run by {provider.name}, whose {what_en} ({span}) does not cover the term"
                    yield Count(check="providers", need=1, have=0, zh=zh, en=en, clause=clause)


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def pinned_of(clauses: Sequence[Clause], scenario: Scenario) -> tuple[Clause, ...]:
    """Clauses that no lawful plan deviates from: `must`, and "in principle" without a waiver over the whole term."""

    def waived(clause: Clause) -> bool:
        term = scenario.term
        return any(w.clause == clause.id and w.start <= term.start and term.end <= w.end for w in scenario.waivers)

    binding = (Strength.MUST, Strength.IN_PRINCIPLE)
    return tuple(c for c in clauses if c.strength in binding and (c.strength is Strength.MUST or not waived(c)))
