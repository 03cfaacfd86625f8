"""How does a test draw the smallest school and table that show its point? One `Drawing`, filled line by line.

    week = Drawing()                                    # a primary school: one season, grade 3, home class 三1
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("剪纸")                                  # chosen, strand X, arts
    week.pupil("li", stays="mon1")
    week.meeting("剪纸", "mon1", staff="wang")           # opens section 剪纸-1; wang and rooms come into being when named
    week.place("li", "剪纸")                             # a wish granted; `arranged=True` for the rest
    found = list(latest_end(week.world(), LatestEnd(latest=time(17, 0))))

Every method passes further keywords to the domain's own dataclass, so a test names only the facts it is about. A pupil, staff
or room drawn again replaces the earlier one.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from typing import Any

from scheduler.audit.report import Deviation
from scheduler.audit.world import World
from scheduler.domain import (
    AreaType,
    Bell,
    BellKind,
    BusTrip,
    Category,
    Choice,
    Clock,
    Course,
    CourseId,
    Form,
    Grade,
    HomeClass,
    HomeClassId,
    Lesson,
    Lock,
    Provider,
    ProviderId,
    ProviderKind,
    Pupil,
    PupilId,
    Room,
    RoomId,
    RoomKind,
    RouteId,
    Scenario,
    School,
    Season,
    SeasonId,
    Slot,
    SlotId,
    Staff,
    StaffId,
    StaffKind,
    Stage,
    Strand,
    Term,
    TripId,
    Vehicle,
    Waiver,
)
from scheduler.timetable import Duty, Meeting, Placement, Ride, Section, SectionId, Timetable

AUTUMN = SeasonId("autumn")
FIRST, LAST = date(2025, 9, 1), date(2026, 1, 23)
WEEKDAYS = {"Mon": 1, "Tue": 2, "Wed": 3, "Thu": 4, "Fri": 5, "Sat": 6, "Sun": 7}


def clock(text: str) -> Clock:
    """`16:30-17:10` as a clock."""
    start, end = text.split("-")
    return Clock(time.fromisoformat(start), time.fromisoformat(end))


def names(text: str | None) -> frozenset[str]:
    """Words of a text, apart by spaces."""
    return frozenset(text.split()) if text else frozenset()


def amounts(found: Iterable[Deviation]) -> list[int]:
    """The amounts a twin yields, in its order."""
    return [one.amount for one in found]


class Drawing:
    """A school and a week, drawn by hand."""

    def __init__(self, *, grade: int = 3, stage: Stage = Stage.PRIMARY, home_class: str = "三1") -> None:
        self.first_grade, self.first_class = grade, home_class
        self.school = School(name="测试学校", county="test", area=AreaType.URBAN)
        self.term = Term(name="2025 秋", start=FIRST, end=LAST)
        self.seasons = {"autumn": Season(id=AUTUMN, start=FIRST, end=LAST, off_work_time=time(17, 30))}
        self.grades = {grade: Grade(number=grade, stage=stage)}
        self.home_classes = {home_class: HomeClass(id=HomeClassId(home_class), name=home_class, grade=grade)}
        self.slots: dict[str, Slot] = {}
        self.rooms: dict[str, Room] = {}
        self.staff_by_id: dict[str, Staff] = {}
        self.providers: dict[str, Provider] = {}
        self.courses: dict[str, Course] = {}
        self.pupils: dict[str, Pupil] = {}
        self.bells: list[Bell] = []
        self.lessons: list[Lesson] = []
        self.trips: dict[str, BusTrip] = {}
        self.locks: list[Lock] = []
        self.waivers: list[Waiver] = []
        self.more: dict[str, Any] = {}
        """Further fields of the scenario, e.g. `flexible_hours`."""
        self.sections: dict[str, Section] = {}
        self.meetings: list[Meeting] = []
        self.placements: list[Placement] = []
        self.rides: list[Ride] = []
        self.duties: list[Duty] = []
        self.start, self.end = FIRST, LAST

    # --- the school -------------------------------------------------------------------------------------------

    def at_school(self, **facts: Any) -> None:
        """Changes facts of the school, e.g. `area=AreaType.VILLAGE`."""
        self.school = replace(self.school, **facts)

    def in_term(self, **facts: Any) -> None:
        """Changes facts of the term."""
        self.term = replace(self.term, **facts)

    def season(self, id: str, start: date, end: date, **facts: Any) -> None:
        """Adds a season; the one called `autumn` is there from the beginning and spans the term."""
        self.seasons[id] = Season(id=SeasonId(id), start=start, end=end, **facts)

    def in_season(self, id: str = "autumn", **facts: Any) -> None:
        """Changes facts of a season."""
        self.seasons[id] = replace(self.seasons[id], **facts)

    def grade(self, number: int, stage: Stage = Stage.PRIMARY, **facts: Any) -> None:
        self.grades[number] = Grade(number=number, stage=stage, **facts)

    def home_class(self, id: str, grade: int, **facts: Any) -> None:
        self.home_classes[id] = HomeClass(id=HomeClassId(id), name=id, grade=grade, **facts)

    def slot(self, id: str, when: str, *, number: int | None = None, grades: set[int] | None = None, **facts: Any) -> None:
        """`Mon 16:30-17:10`, the same clock in every season drawn so far; `clocks={"winter": "…"}` changes one."""
        day, hours = when.split()
        weekday = WEEKDAYS[day]
        by_season = {season.id: clock(hours) for season in self.seasons.values()}
        by_season |= {SeasonId(season): clock(text) for season, text in facts.pop("clocks", {}).items()}
        same_day = [slot for slot in self.slots.values() if slot.weekday == weekday]
        self.slots[id] = Slot(
            id=SlotId(id),
            weekday=weekday,
            number=number or len(same_day) + 1,
            grades=frozenset(grades or self.grades),
            clock_by_season=by_season,
            **facts,
        )

    def bell(self, hours: str, *, kind: BellKind = BellKind.LESSON, number: int = 1, **facts: Any) -> None:
        """A line of the daytime bell schedule, in every season and for every grade drawn so far unless `season`, `grades`."""
        season = facts.pop("season", None)
        grades = frozenset(facts.pop("grades", self.grades))
        for one in [season] if season else list(self.seasons):
            line = Bell(season=SeasonId(one), grades=grades, kind=kind, number=number, clock=clock(hours), **facts)
            self.bells.append(line)

    def lesson(self, weekday: int, number: int, subject: str = "语文", **facts: Any) -> None:
        """A daytime lesson of the first home class unless `home_class`."""
        home_class = HomeClassId(facts.pop("home_class", self.first_class))
        self.lessons.append(Lesson(home_class=home_class, weekday=weekday, number=number, subject=subject, **facts))

    def room(self, id: str, **facts: Any) -> None:
        """A classroom of 45 seats unless told otherwise."""
        facts = {"kind": RoomKind.CLASSROOM, "seats": 45} | facts
        self.rooms[id] = Room(id=RoomId(id), name=id, **facts)

    def staff(self, id: str, **facts: Any) -> None:
        """A teacher of the school, free in every slot drawn so far; `available="mon1 tue1"` and `skills="…"` as words."""
        facts = {"kind": StaffKind.OWN, "available": frozenset(self.slots)} | facts
        for field in ("available", "prefers", "avoids", "skills"):
            if isinstance(facts.get(field), str):
                facts[field] = names(facts[field])
        self.staff_by_id[id] = Staff(id=StaffId(id), name=id, **facts)

    def provider(self, id: str, **facts: Any) -> None:
        facts = {"kind": ProviderKind.YOUTH_PALACE} | facts
        self.providers[id] = Provider(id=ProviderId(id), name=id, **facts)

    def course(self, id: str, **facts: Any) -> None:
        """A chosen course of strand X, arts, unless told otherwise; care has no strand and category `care`."""
        form = facts.pop("form", Form.CHOSEN)
        if form in (Form.CHOSEN, Form.ARRANGED):
            facts = {"strand": Strand.X, "category": Category.ARTS} | facts
        else:
            facts = {"strand": None, "category": Category.CARE} | facts
        self.courses[id] = Course(id=CourseId(id), title=id, form=form, **facts)

    def pupil(self, id: str, *, stays: str = "", wishes: str = "", **facts: Any) -> None:
        """A pupil of the first home class; `stays="mon1 mon2"`, `wishes="剪纸 足球"` dearest first."""
        home_class = HomeClassId(facts.pop("home_class", self.first_class))
        choices = tuple(Choice(rank=rank, course=CourseId(wish)) for rank, wish in enumerate(wishes.split(), start=1))
        facts = {"choices": choices, "wanted": len(choices)} | facts
        kept = frozenset(SlotId(slot) for slot in names(stays))
        self.pupils[id] = Pupil(id=PupilId(id), name=id, home_class=home_class, stays=kept, **facts)

    def trip(self, id: str, route: str, weekday: int, departure: str, **facts: Any) -> None:
        """A school bus that leaves at one hour in every season drawn so far."""
        leaves = {season.id: time.fromisoformat(departure) for season in self.seasons.values()}
        facts = {"vehicle": Vehicle.SCHOOL_BUS, "departure_by_season": leaves} | facts
        self.trips[id] = BusTrip(id=TripId(id), route=RouteId(route), weekday=weekday, **facts)

    # --- the table --------------------------------------------------------------------------------------------

    def section(self, course: str, number: int = 1) -> str:
        """Opens a section without a meeting; its id is `剪纸-1`."""
        id = f"{course}-{number}"
        self.sections[id] = Section(id=SectionId(id), course=CourseId(course), number=number)
        return id

    def meeting(self, course: str, slot: str, *, number: int = 1, staff: str = "wang", room: str | None = "教室") -> str:
        """A meeting of a section, led by the first of `staff` (words); `staff=""` and `room=None` leave them out.

        People and rooms not drawn yet come into being. Gives the section's id.
        """
        for one in staff.split():
            if one not in self.staff_by_id:
                self.staff(one)
        if room is not None and room not in self.rooms:
            self.room(room)
        section = self.section(course, number)
        self.meetings.append(
            Meeting(
                section=SectionId(section),
                slot=SlotId(slot),
                room=RoomId(room) if room is not None else None,
                staff=tuple(StaffId(one) for one in staff.split()),
            )
        )
        return section

    def place(self, pupils: str, course: str, *, number: int = 1, arranged: bool = False, **facts: Any) -> None:
        """Places pupils (words) in a section: a wish granted, unless `arranged`."""
        for one in pupils.split():
            section = SectionId(f"{course}-{number}")
            self.placements.append(Placement(pupil=PupilId(one), section=section, chosen=not arranged, **facts))

    def ride(self, pupil: str, weekday: int, trip: str) -> None:
        self.rides.append(Ride(pupil=PupilId(pupil), weekday=weekday, trip=TripId(trip)))

    # --- what it comes to -------------------------------------------------------------------------------------

    def scenario(self) -> Scenario:
        """The school as drawn. Staff drawn before a slot are free in what was drawn before them."""
        return Scenario(
            school=self.school,
            term=self.term,
            seasons=tuple(self.seasons.values()),
            grades=tuple(self.grades.values()),
            home_classes=tuple(self.home_classes.values()),
            slots=tuple(self.slots.values()),
            rooms=tuple(self.rooms.values()),
            staff=tuple(self.staff_by_id.values()),
            courses=tuple(self.courses.values()),
            pupils=tuple(self.pupils.values()),
            bells=tuple(self.bells),
            lessons=tuple(self.lessons),
            providers=tuple(self.providers.values()),
            trips=tuple(self.trips.values()),
            locks=tuple(self.locks),
            waivers=tuple(self.waivers),
            **self.more,
        )

    def timetable(self) -> Timetable:
        return Timetable(
            county=self.school.county,
            scenario_digest="",
            start=self.start,
            end=self.end,
            sections=tuple(self.sections.values()),
            meetings=tuple(self.meetings),
            placements=tuple(self.placements),
            rides=tuple(self.rides),
            duties=tuple(self.duties),
        )

    def world(self) -> World:
        return World(self.scenario(), self.timetable())
