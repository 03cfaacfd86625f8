"""Which texts stand in the cells of a scenario's sheets? One row of header and text for each fact."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeVar

from scheduler.domain import BusTrip, Choice, Course, Pupil, Scenario, SeasonId, Slot, Staff
from scheduler.intake.kinds import Weekday
from scheduler.intake.people import CHECK_COLUMNS
from scheduler.intake.rows import Headed
from scheduler.intake.sheets import (
    Bells,
    Buses,
    Calendar,
    Choices,
    Classes,
    Column,
    Courses,
    GradeRows,
    Lessons,
    Locks,
    Providers,
    Pupils,
    Readings,
    Rooms,
    Schools,
    Seasons,
    Slots,
    StaffRows,
    Waivers,
)
from scheduler.intake.words import Entry

T = TypeVar("T")
V = TypeVar("V")
Language = Literal["zh", "en"]
Row = dict[str, str]


class Writer:
    """Writes values as the texts of their columns, in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def header(self, column: Headed) -> str:
        """The column's header."""
        return column.zh if self.language == "zh" else column.name

    def cell(self, column: Column[T], value: T | None) -> Row:
        """One cell; empty for `None`."""
        return {self.header(column): "" if value is None else column.kind.write(value, self.language)}

    def ids(self, column: Headed, value: frozenset[V], none: str = "") -> Row:
        """A set of ids; `none` stands for the empty one."""
        return {self.header(column): "、".join(sorted(map(str, value))) or none}

    @property
    def nothing(self) -> str:
        """The word for an empty set where an empty cell means something else."""
        return "无" if self.language == "zh" else "none"


def school_facts(scenario: Scenario, language: Language) -> list[tuple[Column[object], str]]:
    """Facts of school, term and flexible hours with their texts; empty where not given."""
    school, term, flexible = scenario.school, scenario.term, scenario.flexible_hours
    cell = Writer(language).cell
    row = {
        **cell(Schools.name, school.name),
        **cell(Schools.county, school.county),
        **cell(Schools.area, school.area),
        **cell(Schools.ownership, school.ownership),
        **cell(Schools.form, school.form),
        **cell(Schools.central_school, school.central_school),
        **cell(Schools.boarding, school.boarding),
        **cell(Schools.county_plan, school.county_plan),
        **cell(Schools.billed_by_period, school.billed_by_period),
        **cell(Schools.period_minutes, school.period_minutes),
        **cell(Schools.specialist_shortage, school.specialist_shortage),
        **cell(Schools.term_name, term.name),
        **cell(Schools.term_start, term.start),
        **cell(Schools.term_end, term.end),
        **cell(Schools.weekend_weekday, term.weekend_weekday),
        **cell(Schools.late_after, flexible.late_after if flexible else None),
        **cell(Schools.late_days_per_week, flexible.late_days_per_week if flexible else None),
        **cell(Schools.weekly_minutes, flexible.weekly_minutes if flexible else None),
        **cell(Schools.late_start_until, flexible.late_start_until if flexible else None),
    }
    columns = [value for value in vars(Schools).values() if isinstance(value, Column)]
    return list(zip(columns, row.values(), strict=True))


def rows_by_sheet(scenario: Scenario, language: Language) -> Mapping[str, list[Row]]:
    """Rows of every sheet but `school`."""
    w = Writer(language)
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "seasons": lambda: _seasons(scenario, w),
        "grades": lambda: _grades(scenario, w),
        "classes": lambda: _classes(scenario, w),
        "bells": lambda: _bells(scenario, w),
        "lessons": lambda: _lessons(scenario, w),
        "slots": lambda: (row for slot in scenario.slots for row in _slot(slot, w)),
        "rooms": lambda: _rooms(scenario, w),
        "staff": lambda: (_person(person, w) for person in scenario.staff),
        "providers": lambda: _providers(scenario, w),
        "courses": lambda: (_course(course, w) for course in scenario.courses),
        "pupils": lambda: (_pupil(pupil, w) for pupil in scenario.pupils),
        "choices": lambda: (_wishes(pupil, w) for pupil in scenario.pupils if pupil.choices),
        "buses": lambda: (row for trip in scenario.trips for row in _trip(trip, w)),
        "locks": lambda: _locks(scenario, w),
        "waivers": lambda: _waivers(scenario, w),
        "calendar": lambda: _calendar(scenario, w),
        "readings": lambda: _readings(scenario, w),
    }
    return {name: list(make()) for name, make in rows.items()}


def _seasons(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for season in scenario.seasons:
        yield {
            **w.cell(Seasons.id, season.id),
            **w.cell(Seasons.start, season.start),
            **w.cell(Seasons.end, season.end),
            **w.cell(Seasons.off_work_time, season.off_work_time),
            **w.cell(Seasons.afternoon_start, season.afternoon_start),
            **w.cell(Seasons.kind, season.kind),
        }


def _grades(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for grade in scenario.grades:
        yield {
            **w.cell(GradeRows.number, grade.number),
            **w.cell(GradeRows.stage, grade.stage),
            **w.cell(GradeRows.graduating, grade.graduating),
            **w.cell(GradeRows.homework_minutes, grade.homework_minutes),
        }


def _classes(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for home_class in scenario.home_classes:
        yield {
            **w.cell(Classes.id, home_class.id),
            **w.cell(Classes.name, home_class.name),
            **w.cell(Classes.grade, home_class.grade),
            **w.cell(Classes.head_teacher, home_class.head_teacher),
            **w.cell(Classes.room, home_class.room),
        }


def _bells(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for bell in scenario.bells:
        yield {
            **w.cell(Bells.season, (bell.season,)),
            **w.cell(Bells.grades, bell.grades),
            **w.cell(Bells.kind, bell.kind),
            **w.cell(Bells.number, bell.number),
            **w.cell(Bells.start, bell.clock.start),
            **w.cell(Bells.end, bell.clock.end),
            **w.cell(Bells.weekdays, bell.weekdays),
        }


def _lessons(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for lesson in scenario.lessons:
        yield {
            **w.cell(Lessons.home_class, lesson.home_class),
            **w.cell(Lessons.weekday, lesson.weekday),
            **w.cell(Lessons.number, lesson.number),
            **w.cell(Lessons.subject, lesson.subject),
            **w.cell(Lessons.teacher, lesson.teacher),
            **w.cell(Lessons.pe, lesson.pe),
        }


def _grouped(by_season: Mapping[SeasonId, V]) -> Iterator[tuple[tuple[str, ...], V]]:
    """One entry for seasons of the same value."""
    for value in dict.fromkeys(by_season.values()):
        yield tuple(season for season, each in by_season.items() if each == value), value


def _slot(slot: Slot, w: Writer) -> Iterator[Row]:
    for seasons, clock in _grouped(slot.clock_by_season):
        yield {
            **w.cell(Slots.id, slot.id),
            **w.cell(Slots.weekdays, frozenset({slot.weekday})),
            **w.cell(Slots.number, slot.number),
            **w.cell(Slots.grades, slot.grades),
            **w.cell(Slots.season, seasons),
            **w.cell(Slots.start, clock.start),
            **w.cell(Slots.end, clock.end),
            **w.cell(Slots.service, slot.service),
            **w.cell(Slots.strand, slot.strand),
        }


def _rooms(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for room in scenario.rooms:
        yield {
            **w.cell(Rooms.id, room.id),
            **w.cell(Rooms.name, room.name),
            **w.cell(Rooms.kind, room.kind),
            **w.cell(Rooms.seats, room.seats),
            **w.cell(Rooms.groups, room.groups),
            **w.cell(Rooms.features, room.features),
            **w.cell(Rooms.outdoor, room.outdoor),
            **w.ids(Rooms.closed, room.closed),
            **w.cell(Rooms.travel_minutes, room.travel_minutes),
            **w.cell(Rooms.safe_until, room.safe_until),
        }


def _person(person: Staff, w: Writer) -> Row:
    checks: Row = {}
    for check, column in CHECK_COLUMNS.items():
        checks |= w.cell(column, person.checks.get(check))
    return {
        **w.cell(StaffRows.id, person.id),
        **w.cell(StaffRows.name, person.name),
        **w.cell(StaffRows.kind, person.kind),
        **w.cell(StaffRows.provider, person.provider),
        **w.cell(StaffRows.subject, person.subject),
        **w.cell(StaffRows.skills, person.skills),
        **w.cell(StaffRows.willing, person.willing),
        **w.ids(StaffRows.available, person.available, w.nothing),
        **w.ids(StaffRows.prefers, person.prefers),
        **w.ids(StaffRows.avoids, person.avoids),
        **w.cell(StaffRows.max_per_day, person.max_per_day),
        **w.cell(StaffRows.max_per_week, person.max_per_week),
        **w.cell(StaffRows.roles, person.roles),
        **checks,
        **w.cell(StaffRows.approved_until, person.approved_until),
        **w.cell(StaffRows.bad_record, person.bad_record),
    }


def _providers(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for provider in scenario.providers:
        yield {
            **w.cell(Providers.id, provider.id),
            **w.cell(Providers.name, provider.name),
            **w.cell(Providers.kind, provider.kind),
            **w.cell(Providers.list_status, provider.list_status),
            **w.cell(Providers.vetted, provider.vetted),
            **w.cell(Providers.approval_ref, provider.approval_ref),
            **w.cell(Providers.approved_from, provider.approved_from),
            **w.cell(Providers.approved_until, provider.approved_until),
            **w.cell(Providers.contract_from, provider.contract_from),
            **w.cell(Providers.contract_until, provider.contract_until),
            **w.ids(Providers.services, provider.services),
            **w.cell(Providers.need, provider.need),
        }


def _course(course: Course, w: Writer) -> Row:
    slots = {w.header(Courses.slots): ""} if course.slots is None else w.ids(Courses.slots, course.slots, w.nothing)
    return {
        **w.cell(Courses.id, course.id),
        **w.cell(Courses.title, course.title),
        **w.cell(Courses.form, course.form),
        **w.cell(Courses.strand, course.strand),
        **w.cell(Courses.category, course.category),
        **w.cell(Courses.activity, course.activity),
        **w.cell(Courses.subject, course.subject),
        **w.cell(Courses.grades, course.grades),
        **w.cell(Courses.min_size, course.min_size),
        **w.cell(Courses.max_size, course.max_size),
        **w.cell(Courses.pattern, course.pattern),
        **w.cell(Courses.max_sections, course.max_sections),
        **w.cell(Courses.grouping, course.grouping),
        **w.cell(Courses.skill, course.skill),
        **w.cell(Courses.provider, course.provider),
        **w.ids(Courses.leaders, course.leaders),
        **w.cell(Courses.room_kinds, course.room_kinds),
        **w.cell(Courses.room_features, course.room_features),
        **slots,
        **w.cell(Courses.exercise_minutes, course.exercise_minutes),
        **w.cell(Courses.outdoor, course.outdoor),
        **w.cell(Courses.risk, course.risk),
        **w.cell(Courses.commercial, course.commercial),
        **w.cell(Courses.written_homework, course.written_homework),
        **w.cell(Courses.pupils_per_adult, course.pupils_per_adult),
        **w.cell(Courses.online_resource, course.online_resource),
        **w.cell(Courses.off_campus, course.off_campus),
    }


def _pupil(pupil: Pupil, w: Writer) -> Row:
    return {
        **w.cell(Pupils.id, pupil.id),
        **w.cell(Pupils.name, pupil.name),
        **w.cell(Pupils.home_class, pupil.home_class),
        **w.cell(Pupils.enrolled, pupil.enrolled),
        **w.ids(Pupils.stays, pupil.stays),
        **w.cell(Pupils.wanted, pupil.wanted),
        **w.cell(Pupils.accept_any, pupil.accept_any),
        **w.cell(Pupils.latest_leave, pupil.latest_leave or None),
        **w.cell(Pupils.route, pupil.route),
        **w.cell(Pupils.only_way_home, pupil.only_way_home),
        **w.cell(Pupils.flags, pupil.flags),
        **w.cell(Pupils.boarder, pupil.boarder),
        **w.cell(Pupils.extended_care, pupil.extended_care),
        **w.cell(Pupils.evening_study, pupil.evening_study),
        **w.cell(Pupils.agreement, pupil.agreement),
        **w.cell(Pupils.household, pupil.household),
    }


def _wishes(pupil: Pupil, w: Writer) -> Row:
    wish = w.header(Choices.wish)
    return w.cell(Choices.pupil, pupil.id) | {f"{wish}{each.rank}": wish_text(each, w.language) for each in pupil.choices}


def wish_text(choice: Choice, language: Language) -> str:
    """One wish as a cell of the choices sheet."""
    teacher = f"/{choice.teacher}" if choice.teacher is not None else ""
    day = f"@{Weekday().write(choice.weekday, language)}" if choice.weekday is not None else ""
    return f"{choice.course}{teacher}{day}"


def _trip(trip: BusTrip, w: Writer) -> Iterator[Row]:
    for seasons, departure in _grouped(trip.departure_by_season):
        yield {
            **w.cell(Buses.id, trip.id),
            **w.cell(Buses.route, trip.route),
            **w.cell(Buses.vehicle, trip.vehicle),
            **w.cell(Buses.weekdays, frozenset({trip.weekday})),
            **w.cell(Buses.departure, departure),
            **w.cell(Buses.season, seasons),
            **w.cell(Buses.seats, trip.seats),
        }


def _locks(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for lock in scenario.locks:
        yield {
            **w.cell(Locks.course, lock.course),
            **w.cell(Locks.by, lock.by),
            **w.cell(Locks.why, lock.why),
            **w.cell(Locks.pupil, lock.pupil),
            **w.ids(Locks.slots, lock.slots),
            **w.cell(Locks.room, lock.room),
            **w.cell(Locks.staff, lock.staff),
        }


def _waivers(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for waiver in scenario.waivers:
        yield {
            **w.cell(Waivers.clause, waiver.clause),
            **w.cell(Waivers.reason, waiver.reason),
            **w.cell(Waivers.approver, waiver.approver),
            **w.cell(Waivers.approved_on, waiver.approved_on),
            **w.cell(Waivers.start, waiver.start),
            **w.cell(Waivers.end, waiver.end),
        }


def _calendar(scenario: Scenario, w: Writer) -> Iterator[Row]:
    term = scenario.term
    for day in term.make_up_days:
        yield {
            **w.cell(Calendar.kind, Entry.MAKE_UP_DAY),
            **w.cell(Calendar.day, day.day),
            **w.cell(Calendar.follows, day.follows),
        }
    for holiday in term.holidays:
        yield {**w.cell(Calendar.kind, Entry.HOLIDAY), **w.cell(Calendar.day, holiday)}
    for event in term.events:
        yield {
            **w.cell(Calendar.kind, Entry.EVENT),
            **w.cell(Calendar.day, event.day),
            **w.cell(Calendar.name, event.name),
            **w.cell(Calendar.service, event.service),
        }
    for week in term.holiday_weeks:
        yield {
            **w.cell(Calendar.kind, Entry.HOLIDAY_WEEK),
            **w.cell(Calendar.day, week.start),
            **w.cell(Calendar.end, week.end),
            **w.cell(Calendar.season, week.season),
        }


def _readings(scenario: Scenario, w: Writer) -> Iterator[Row]:
    for clause, values in scenario.readings.items():
        for parameter, value in values.items():
            yield {
                **w.cell(Readings.clause, clause),
                **w.cell(Readings.parameter, parameter),
                **w.cell(Readings.value, value),
            }
