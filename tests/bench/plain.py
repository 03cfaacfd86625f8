"""What would the first formulation bring that comes to mind? Booleans for explicit sections, CP-SAT with its defaults.

Each parallel section of each course has a boolean for every pattern of slots, leader, room and pupil it may have. It covers
places, capacities, one place at a time for pupils, staff and rooms, availability and weekly caps, grades kept apart at homework,
daily PE, and the wishes. It leaves out the rest of the law: shares of enrichment, homework time, flexible hours, buses, outdoor
time, duties. So its problem is the easier one, and the comparison by `worth.points` favours it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from scheduler.domain import BellKind, Category, Course, Form, Grouping, Pupil, Scenario, Service, Slot, SlotId, StaffId
from scheduler.solver.offers import Offer, may_lead, patterns_of, room_suits
from tests.bench.worth import BASE_CARE, MISSING_PE, SHORT_OF, UNPLACED, days_to_move

Pattern = tuple[Slot, ...]
PLACES = (Form.CHOSEN, Form.ARRANGED, Form.BASE_CARE)


class TooLarge(Exception):
    """More booleans than were allowed."""


@dataclass
class _Section:
    course: Course
    patterns: list[Pattern]
    grade: int | None
    meets: dict[int, cp_model.IntVar] = field(default_factory=dict)
    sits: defaultdict[int, list[cp_model.IntVar]] = field(default_factory=lambda: defaultdict(list))


class Plain:
    """The model of one school."""

    def __init__(self, scenario: Scenario, most: int) -> None:
        """Builds it; raises `TooLarge` above `most` booleans."""
        self.scenario, self.most = scenario, most
        self.model = cp_model.CpModel()
        self.count = 0
        self.cost: list[tuple[cp_model.IntVar, int]] = []
        self.slots = [slot for slot in scenario.slots if slot.service is Service.REGULAR]
        self.pupils = [pupil for pupil in scenario.pupils if pupil.enrolled and pupil.stays]
        self.busy = _lessons(scenario, self.slots)
        self.by_pupil_slot: defaultdict[tuple[str, SlotId], list[cp_model.IntVar]] = defaultdict(list)
        self.moves: defaultdict[tuple[str, int], list[cp_model.IntVar]] = defaultdict(list)
        self.wishes: defaultdict[tuple[str, str], list[cp_model.IntVar]] = defaultdict(list)
        self.leads: defaultdict[tuple[StaffId, SlotId], list[cp_model.IntVar]] = defaultdict(list)
        self.held: defaultdict[tuple[str, SlotId], list[cp_model.IntVar]] = defaultdict(list)
        for section in self._sections():
            self._open(section)
        self._one_place_at_a_time()
        for pupil in self.pupils:
            self._serve(pupil)
        self.model.minimize(sum(weight * variable for variable, weight in self.cost))

    def solve(self, seconds: float, found: Callable[[int], None]) -> str:
        """Searches with CP-SAT's defaults on two workers; `found` hears the points of each better plan. Gives the status."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 2
        return solver.status_name(solver.solve(self.model, _Listener(found)))

    def _bool(self) -> cp_model.IntVar:
        self.count += 1
        if self.count > self.most:
            raise TooLarge
        return self.model.new_bool_var("")

    def _sections(self) -> list[_Section]:
        sections: list[_Section] = []
        for course in self.scenario.courses:
            if course.form not in PLACES:
                continue
            patterns = patterns_of(course, self.slots)
            if course.form is Form.CHOSEN:
                sections += [_Section(course, patterns, None) for _ in range(course.max_sections or 1)]
                continue
            apart = course.grouping is not Grouping.MIXED or course.written_homework
            grades = sorted(course.grades or self.scenario.grade_by_number)
            for pattern in patterns:
                for group in [[grade] for grade in grades] if apart else [grades]:
                    here = sum(
                        pattern[0].id in pupil.stays and self.scenario.grade_of(pupil).number in group for pupil in self.pupils
                    )
                    number = -(-here // course.max_size)
                    sections += [_Section(course, [pattern], group[0] if apart else None) for _ in range(number)]
        return sections

    def _open(self, section: _Section) -> None:
        course = section.course
        for number, pattern in enumerate(section.patterns):
            meets = section.meets[number] = self._bool()
            leaders, rooms = [], []
            for person in self.scenario.staff:
                free = all(slot.id in person.available and (person.id, slot.id) not in self.busy for slot in pattern)
                if free and may_lead(person, course):
                    leaders.append(self._bool())
                    for slot in pattern:
                        self.leads[person.id, slot.id].append(leaders[-1])
            self.model.add(sum(leaders) == meets)
            seats = []
            for room in self.scenario.rooms:
                if room_suits(room, Offer(course=course, slots=pattern)):
                    rooms.append(self._bool())
                    seats.append(min(room.seats, course.max_size, course.pupils_per_adult or course.max_size))
                    for slot in pattern:
                        self.held[room.id, slot.id].append(rooms[-1])
            self.model.add(sum(rooms) == meets)
            for pupil in self.pupils:
                if self._may_sit(pupil, section, pattern):
                    self._sit(pupil, section, number, pattern)
            least = course.min_size if course.form is Form.CHOSEN else 1
            self.model.add(sum(section.sits[number]) >= least * meets)
            self.model.add(sum(section.sits[number]) <= sum(most * room for most, room in zip(seats, rooms, strict=True)))
        if len(section.meets) > 1:
            self.model.add_at_most_one(section.meets.values())

    def _may_sit(self, pupil: Pupil, section: _Section, pattern: Pattern) -> bool:
        grade = self.scenario.grade_of(pupil).number
        course = section.course
        here = all(slot.id in pupil.stays and grade in slot.grades for slot in pattern)
        if not here or (course.grades and grade not in course.grades) or section.grade not in (None, grade):
            return False
        wished = any(choice.course == course.id for choice in pupil.choices)
        strand = all(slot.strand in (None, course.strand) or course.strand is None for slot in pattern)
        return strand and (course.form is not Form.CHOSEN or wished)

    def _sit(self, pupil: Pupil, section: _Section, number: int, pattern: Pattern) -> None:
        sits = self._bool()
        section.sits[number].append(sits)
        course = section.course
        for slot in pattern:
            self.by_pupil_slot[pupil.id, slot.id].append(sits)
        if course.category is Category.PE:
            for day in {slot.weekday for slot in pattern}:
                self.moves[pupil.id, day].append(sits)
        if course.form is Form.BASE_CARE:
            self.cost.append((sits, BASE_CARE))
        if course.form is Form.CHOSEN:
            self.wishes[pupil.id, course.id].append(sits)
            self.cost.append((sits, min(choice.rank for choice in pupil.choices if choice.course == course.id)))

    def _one_place_at_a_time(self) -> None:
        groups = {room.id: room.groups for room in self.scenario.rooms}
        for slot in self.slots:
            at_once = [other.id for other in self.slots if _overlap(slot, other)]
            for person in self.scenario.staff:
                self.model.add_at_most_one(lead for other in at_once for lead in self.leads[person.id, other])
            for room, most in groups.items():
                self.model.add(sum(one for other in at_once for one in self.held[room, other]) <= most)
        for person in self.scenario.staff:
            every = [lead for slot in self.slots for lead in self.leads[person.id, slot.id]]
            if every and person.max_per_week is not None:
                self.model.add(sum(every) <= person.max_per_week)
            for day in range(1, 8):
                today = [lead for slot in self.slots if slot.weekday == day for lead in self.leads[person.id, slot.id]]
                if today and person.max_per_day is not None:
                    self.model.add(sum(today) <= person.max_per_day)

    def _serve(self, pupil: Pupil) -> None:
        for slot in sorted(pupil.stays):
            unplaced = self._bool()
            self.model.add_exactly_one([*self.by_pupil_slot[pupil.id, slot], unplaced])
            self.cost.append((unplaced, UNPLACED))
        for day in sorted(days_to_move(self.scenario, pupil)):
            missing = self._bool()
            self.model.add_bool_or([*self.moves[pupil.id, day], missing])
            self.cost.append((missing, MISSING_PE))
        granted = []
        for course in sorted({choice.course for choice in pupil.choices}):
            places = self.wishes[pupil.id, course]
            granted += places
            self.model.add_at_most_one(places)
        wanted = min(pupil.wanted, len({choice.course for choice in pupil.choices}))
        short = [self._bool() for _ in range(wanted)]
        self.model.add(sum(granted) + sum(short) == wanted)
        for k, missing in enumerate(short):
            self.cost.append((missing, SHORT_OF[min(k, len(SHORT_OF) - 1)]))
            if k:
                # The wishes missing are the last ones wanted.
                self.model.add_implication(short[k - 1], missing)


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(self, found: Callable[[int], None]) -> None:
        super().__init__()
        self._found = found

    def on_solution_callback(self) -> None:
        self._found(round(self.objective_value))


def _lessons(scenario: Scenario, slots: list[Slot]) -> set[tuple[StaffId, SlotId]]:
    """Slots in which somebody still has a daytime lesson."""
    grade_of = {home.id: home.grade for home in scenario.home_classes}
    busy: set[tuple[StaffId, SlotId]] = set()
    bells = [bell for bell in scenario.bells if bell.kind is BellKind.LESSON]
    for lesson in scenario.lessons:
        for bell in bells:
            if lesson.teacher and bell.number == lesson.number and grade_of[lesson.home_class] in bell.grades:
                busy |= {
                    (lesson.teacher, slot.id)
                    for slot in slots
                    if slot.weekday == lesson.weekday
                    and bell.season in slot.clock_by_season
                    and slot.clock_by_season[bell.season].overlaps(bell.clock)
                }
    return busy


def _overlap(one: Slot, two: Slot) -> bool:
    shared = one.clock_by_season.keys() & two.clock_by_season.keys()
    return one.weekday == two.weekday and any(one.clock_by_season[id].overlaps(two.clock_by_season[id]) for id in shared)
