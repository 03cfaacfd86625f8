"""What would a queue have given? Random serial dictatorship on the sections of a plan: the floor beneath our own places.

Pupils come in random order. Each takes the dearest wish that still has a seat, then the next, until `wanted` are granted or
the list ends. Sign-up products do it rank by rank: first everybody's first wish, then everybody's second. The plan's sections,
slots, rooms and adults stay as they are. A wish is passed over where it overlaps one already taken, or where the rest of the
pupil's own week could then no longer keep the rules that bind this one pupil: the strand of each slot, daily PE, exercise
minutes, both strands and the enrichment share.

The comparison favours the queue. Arranged sections never fill up, rules about a whole class or school (homework capacity,
smallest groups, priority) are left out, and the seats other pupils need for their PE are not kept for them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from scheduler.domain import (
    Category,
    Choice,
    Course,
    Form,
    Grade,
    Grouping,
    Pupil,
    Scenario,
    Season,
    Service,
    Slot,
    SlotId,
    Strand,
)
from scheduler.policy import Clause, Strength
from scheduler.rulebook import BothStrands, DailyPE, EnrichmentShare, ExerciseMinutes, HomeworkGroups, Rule, Scope, SlotOrder
from scheduler.timetable import Meeting, Section, SectionId, Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictated:
    """What the queue brings."""

    seats: int
    """Wishes granted."""
    worst_rank: int | None
    """Greatest rank among them; `None` where nothing is granted."""
    none_granted: int
    """Pupils with wishes and none granted."""
    mean_rank: float | None
    """Of the wishes granted; `None` where nothing is granted."""


def serial_dictatorship(scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable, seed: int) -> Dictated:
    """The queue's result on the sections that the timetable opens; `clauses`: those in force."""
    week = _Week(scenario, clauses, timetable)
    left = week.all_seats()
    queue = _queue(week, seed)
    for pupil in queue:
        for choice in sorted(pupil.own.pupil.choices, key=lambda choice: choice.rank):
            _take(week, pupil, choice, left)
    return _brought(queue)


def rank_by_rank(scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable, seed: int) -> Dictated:
    """What sign-up products bring on the same sections: all first wishes in random order, then all second ones, and so on."""
    week = _Week(scenario, clauses, timetable)
    left = week.all_seats()
    queue = _queue(week, seed)
    for rank in sorted({choice.rank for pupil in queue for choice in pupil.own.pupil.choices}):
        for pupil in queue:
            for choice in pupil.own.pupil.choices:
                if choice.rank == rank:
                    _take(week, pupil, choice, left)
    return _brought(queue)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A pupil in the queue."""

    own: "_OwnWeek"
    taken: dict[Choice, SectionId]


def _queue(week: "_Week", seed: int) -> list[_Waiting]:
    """Everybody with wishes, in random order."""
    waiting = [
        pupil
        for pupil in sorted(week.scenario.pupils, key=lambda pupil: pupil.id)
        if pupil.enrolled and pupil.stays and pupil.choices and pupil.wanted >= 1
    ]
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(waiting))
    return [_Waiting(_OwnWeek(week, waiting[number]), {}) for number in order.tolist()]


def _take(week: "_Week", pupil: _Waiting, choice: Choice, left: Counter[SectionId]) -> None:
    """Grants the wish if that can be; one section a course. Of two that fit, the emptier one."""
    taken = pupil.taken
    if len(taken) == pupil.own.pupil.wanted or choice.course in {other.course for other in taken}:
        return
    fitting = [section for section in week.fitting(choice) if left[section] > 0]
    for section in sorted(fitting, key=lambda section: (-left[section], section)):
        if pupil.own.can_hold([*taken.values(), section]):
            taken[choice] = section
            left[section] -= 1
            return


def _brought(queue: Sequence[_Waiting]) -> Dictated:
    ranks = [choice.rank for pupil in queue for choice in pupil.taken]
    none = sum(not pupil.taken for pupil in queue)
    mean = sum(ranks) / len(ranks) if ranks else None
    return Dictated(seats=len(ranks), worst_rank=max(ranks, default=None), none_granted=none, mean_rank=mean)


class _Week:
    """The plan's sections, and the rules that bind single pupils."""

    def __init__(self, scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable) -> None:
        self.scenario, self.timetable = scenario, timetable
        self.season = max(scenario.seasons, key=lambda season: (season.end - season.start, season.id))
        self.meetings: Mapping[SectionId, tuple[Meeting, ...]] = timetable.meetings_by_section
        self.course = {section.id: scenario.course_by_id[section.course] for section in timetable.sections}
        held = [section for section in sorted(timetable.sections) if section.id in self.meetings]
        self.chosen = [section.id for section in held if self.course[section.id].form is Form.CHOSEN]
        self.rules = [clause.rule for clause in clauses if clause.rule is not None and clause.strength is not Strength.ENCOURAGED]
        self._by_course: defaultdict[str, list[SectionId]] = defaultdict(list)
        for key in self.chosen:
            self._by_course[self.course[key].id].append(key)
        self._arranged: defaultdict[SlotId, list[Section]] = defaultdict(list)
        for section in held:
            if self.course[section.id].form is Form.ARRANGED:
                self._arranged[self.meetings[section.id][0].slot].append(section)

    def slots(self, section: SectionId) -> list[Slot]:
        return [self.scenario.slot_by_id[meeting.slot] for meeting in self.meetings[section]]

    def seats(self, section: SectionId) -> int:
        """Seats of a section: by its course, its smallest room, and its adults."""
        course = self.course[section]
        limits = [course.max_size]
        for meeting in self.meetings[section]:
            limits.append(self.scenario.room_by_id[meeting.room].seats if meeting.room is not None else 0)
            if course.pupils_per_adult is not None:
                limits.append(course.pupils_per_adult * len(meeting.staff))
        return min(limits)

    def all_seats(self) -> Counter[SectionId]:
        """Seats of every chosen section."""
        return Counter({section: self.seats(section) for section in self.chosen})

    def fitting(self, choice: Choice) -> Iterable[SectionId]:
        """Sections that grant the wish."""
        for section in self._by_course[choice.course]:
            led = all(meeting.staff[:1] == (choice.teacher,) for meeting in self.meetings[section])
            on_day = all(slot.weekday == choice.weekday for slot in self.slots(section))
            if (choice.teacher is None or led) and (choice.weekday is None or on_day):
                yield section

    def arranged_for(self, pupil: Pupil, slot: SlotId) -> Iterable[Course]:
        """Courses of the arranged sections that take in the pupil's class or grade in this slot."""
        grade = self.scenario.grade_of(pupil).number
        by_grade = any(isinstance(rule, HomeworkGroups) for rule in self.rules)
        for section in self._arranged[slot]:
            course = self.course[section.id]
            if course.grades and grade not in course.grades:
                continue
            inside = [self.scenario.pupil_by_id[one.pupil] for one in self.timetable.placements_by_section.get(section.id, ())]
            same_class = any(other.home_class == pupil.home_class for other in inside)
            same_grade = any(self.scenario.grade_of(other).number == grade for other in inside)
            if course.grouping is Grouping.HOME_CLASS and not same_class:
                continue
            if (course.grouping is Grouping.GRADE or (by_grade and course.written_homework)) and not same_grade:
                continue
            yield course

    def binding(self, kind: type[Rule], grade: Grade) -> list[Rule]:
        """Rules of one kind that bind pupils of the grade in the season looked at."""
        return [rule for rule in self.rules if isinstance(rule, kind) and _binds(rule.scope, grade, self.season)]


def _binds(scope: Scope, grade: Grade, season: Season) -> bool:
    stage = not scope.stages or grade.stage in scope.stages
    number = not scope.grades or grade.number in scope.grades
    graduating = scope.graduating is None or grade.graduating is scope.graduating
    starts = scope.start is None or scope.start <= season.end
    return stage and number and graduating and starts and (scope.end is None or season.start <= scope.end)


@dataclass(frozen=True, slots=True)
class _Day:
    """What one way to fill a day adds to the week."""

    margin: int
    """100 × X minutes − percent × ("1" + X) minutes."""
    one: bool
    x: bool


class _OwnWeek:
    """One pupil's week: what may fill each slot, and whether it can still keep the rules."""

    def __init__(self, week: _Week, pupil: Pupil) -> None:
        self.week, self.pupil = week, pupil
        self.grade = week.scenario.grade_of(pupil)
        self.stays = {slot: week.scenario.slot_by_id[slot] for slot in sorted(pupil.stays)}
        offered = [slot for slot in week.scenario.slots_of(self.grade.number) if slot.weekday <= 5]
        self.full_week = bool(offered) and all(slot.id in pupil.stays for slot in offered)
        self.place = _places_in_the_day(offered)
        lessons = {lesson.weekday for lesson in week.scenario.lessons if lesson.pe and lesson.home_class == pupil.home_class}
        self.without_pe = frozenset(range(1, 6)) - lessons
        orders = [rule.order for rule in week.binding(SlotOrder, self.grade) if isinstance(rule, SlotOrder)]
        self.orders = orders
        shares = [rule for rule in week.binding(EnrichmentShare, self.grade) if isinstance(rule, EnrichmentShare)]
        self.share = max(shares, key=lambda rule: (rule.share_percent, not rule.inclusive), default=None)
        self.both = bool(week.binding(BothStrands, self.grade))
        self._arranged = {
            slot: [course for course in _alike(week.arranged_for(pupil, slot)) if self._in_order(course, slot)]
            for slot in self.stays
        }

    def can_hold(self, sections: Sequence[SectionId]) -> bool:
        """Whether the pupil can sit in all of these and fill the rest of the week lawfully."""
        taken: dict[SlotId, Course] = {}
        for section in sections:
            course = self.week.course[section]
            for slot in self.week.slots(section):
                if slot.id not in self.stays or self.grade.number not in slot.grades or not self._in_order(course, slot.id):
                    return False
                if course.grades and self.grade.number not in course.grades:
                    return False
                if any(_overlap(slot, self.stays[other]) for other in taken):
                    return False
                taken[slot.id] = course
        return self._completable(taken)

    def _completable(self, taken: Mapping[SlotId, Course]) -> bool:
        """Day by day every way to fill it, kept by what the week still needs: most enrichment, and each strand once."""
        best = {(False, False): 0}
        for weekday in sorted({slot.weekday for slot in self.stays.values()}):
            days = self._ways(weekday, taken)
            if not days:
                return False
            grown: dict[tuple[bool, bool], int] = {}
            for (one, x), margin in best.items():
                for day in days:
                    key = (one or day.one, x or day.x)
                    grown[key] = max(grown.get(key, margin + day.margin), margin + day.margin)
            best = grown
        if not self.full_week:
            return True
        enough = 0 if self.share is None or self.share.inclusive else 1
        return any(
            (self.share is None or margin >= enough) and (not self.both or strands == (True, True))
            for strands, margin in best.items()
        )

    def _ways(self, weekday: int, taken: Mapping[SlotId, Course]) -> set[_Day]:
        slots = [slot for slot in self.stays.values() if slot.weekday == weekday]
        options: list[Sequence[Course | None]] = [
            [taken[slot.id]] if slot.id in taken else (self._arranged[slot.id] or [None]) for slot in slots
        ]
        return {self._day(slots, courses) for courses in product(*options) if self._moves_enough(weekday, slots, courses)}

    def _day(self, slots: Sequence[Slot], courses: Sequence[Course | None]) -> _Day:
        percent = self.share.share_percent if self.share is not None else 0
        strands = [
            course.strand if course is not None and slot.weekday <= 5 else None
            for slot, course in zip(slots, courses, strict=True)
        ]
        margin = 0
        for slot, strand in zip(slots, strands, strict=True):
            if strand is not None:
                margin += (100 - percent if strand is Strand.X else -percent) * self._minutes(slot)
        return _Day(margin, Strand.ONE in strands, Strand.X in strands)

    def _moves_enough(self, weekday: int, slots: Sequence[Slot], courses: Sequence[Course | None]) -> bool:
        """Daily PE and exercise minutes, where they bind this pupil on this day."""
        if weekday > 5:
            return True
        for rule in self.week.binding(DailyPE, self.grade):
            assert isinstance(rule, DailyPE)
            bound = len(slots) >= rule.min_stays and sum(slot.strand is not Strand.ONE for slot in slots) >= 2
            if bound and weekday in self.without_pe and not any(course and course.category is Category.PE for course in courses):
                return False
        for rule in self.week.binding(ExerciseMinutes, self.grade):
            assert isinstance(rule, ExerciseMinutes)
            if sum(self._minutes(slot) for slot in slots) >= rule.min_stay_minutes:
                blocks = [self._exercise(slot, course) for slot, course in zip(slots, courses, strict=True)]
                if sum(block for block in blocks if block >= rule.min_block) < rule.minutes:
                    return False
        return True

    def _exercise(self, slot: Slot, course: Course | None) -> int:
        if course is None:
            return 0
        if course.exercise_minutes is not None:
            return min(course.exercise_minutes, self._minutes(slot))
        return self._minutes(slot) if course.category is Category.PE else 0

    def _minutes(self, slot: Slot) -> int:
        clock = slot.clock_by_season.get(self.week.season.id)
        return 0 if clock is None else clock.minutes

    def _in_order(self, course: Course, slot: SlotId) -> bool:
        """Whether the course's strand is the one for the slot's place in the day."""
        number = self.place.get(slot)
        if number is None or course.strand is None:
            return True
        return all(number < len(order) and order[number] is course.strand for order in self.orders)


def _places_in_the_day(slots: Iterable[Slot]) -> dict[SlotId, int]:
    counted: Counter[int] = Counter()
    places: dict[SlotId, int] = {}
    for slot in slots:
        if slot.service is Service.REGULAR:
            places[slot.id] = counted[slot.weekday]
            counted[slot.weekday] += 1
    return places


def _alike(courses: Iterable[Course]) -> list[Course]:
    """One of those that no rule here tells apart."""
    return list({(course.strand, course.category is Category.PE, course.exercise_minutes): course for course in courses}.values())


def _overlap(one: Slot, two: Slot) -> bool:
    """Whether some season has both at once."""
    shared = set(one.clock_by_season) & set(two.clock_by_season)
    return one.weekday == two.weekday and any(one.clock_by_season[key].overlaps(two.clock_by_season[key]) for key in shared)
