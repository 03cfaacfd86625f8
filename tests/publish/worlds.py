"""A school that fits the head: two classes, four courses, two seasons with their own clocks, and a plan for it."""

from datetime import date, time

from scheduler.domain import (
    AreaType,
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
    Pattern,
    Pupil,
    PupilId,
    Role,
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
)
from scheduler.timetable import Change, ChangeKind, Duty, Meeting, Placement, Ride, Section, SectionId, Timetable

SUMMER = Season(id=SeasonId("summer"), start=date(2025, 9, 1), end=date(2025, 9, 30))
WINTER = Season(id=SeasonId("winter"), start=date(2025, 10, 1), end=date(2026, 1, 23))
TERM = Term(name="2025—2026学年第一学期", start=date(2025, 9, 1), end=date(2025, 10, 24))
GRADES = frozenset({3, 4})


def slots() -> tuple[Slot, ...]:
    """Two regular slots a day, an hour earlier in winter."""
    hours = {1: (16, 17), 2: (17, 18)}
    return tuple(
        Slot(
            id=SlotId(f"d{weekday}-{number}"),
            weekday=weekday,
            number=number,
            grades=GRADES,
            clock_by_season={
                SUMMER.id: Clock(time(hours[number][0], 40), time(hours[number][1], 20)),
                WINTER.id: Clock(time(hours[number][0] - 1, 40), time(hours[number][1] - 1, 20)),
            },
        )
        for weekday in (1, 2, 3, 4, 5)
        for number in (1, 2)
    )


def school(
    *, pupil_name: str = "陈一诺", title: str = "剪纸", room_name: str = "三1班教室", staff_name: str = "王秀英"
) -> Scenario:
    """The school; the names of one pupil, course, room and teacher may be replaced."""
    every = frozenset(slot.id for slot in slots())
    return Scenario(
        school=School(name="示例小学", county="yueyang", area=AreaType.TOWNSHIP),
        term=TERM,
        seasons=(SUMMER, WINTER),
        grades=(Grade(number=3, stage=Stage.PRIMARY), Grade(number=4, stage=Stage.PRIMARY)),
        home_classes=(
            HomeClass(id=HomeClassId("c31"), name="三（1）班", grade=3, head_teacher=StaffId("t1"), room=RoomId("r31")),
            HomeClass(id=HomeClassId("c41"), name="四（1）班", grade=4, head_teacher=StaffId("t2"), room=RoomId("r41")),
        ),
        slots=slots(),
        rooms=(
            Room(id=RoomId("r31"), name=room_name, kind=RoomKind.CLASSROOM, seats=45),
            Room(id=RoomId("r41"), name="四1班教室", kind=RoomKind.CLASSROOM, seats=45),
            Room(id=RoomId("field"), name="操场", kind=RoomKind.PLAYGROUND, seats=45, groups=3, outdoor=True),
        ),
        staff=(
            Staff(id=StaffId("t1"), name=staff_name, kind=StaffKind.OWN, available=every, roles=frozenset({Role.INSPECTOR})),
            Staff(id=StaffId("t2"), name="李国强", kind=StaffKind.OWN, available=every),
            Staff(id=StaffId("t3"), name="赵雷", kind=StaffKind.OWN, available=every, roles=frozenset({Role.DUTY_LEADER})),
        ),
        courses=(
            course("papercut", title, Category.ARTS),
            course("football", "足球", Category.PE),
            Course(
                id=CourseId("homework"),
                title="作业辅导",
                form=Form.ARRANGED,
                strand=Strand.ONE,
                category=Category.HOMEWORK,
                grades=GRADES,
                pattern=Pattern.TWO_DAYS,
                written_homework=True,
            ),
            Course(
                id=CourseId("care"),
                title="托管",
                form=Form.BASE_CARE,
                strand=None,
                category=Category.CARE,
                grades=GRADES,
            ),
        ),
        pupils=(
            pupil("p1", pupil_name, "c31"),
            pupil("p2", "刘子涵", "c31"),
            pupil("p3", "周雨桐", "c41"),
            pupil("p4", "吴俊杰", "c41"),
        ),
        trips=(
            BusTrip(
                id=TripId("bus1"),
                route=RouteId("east"),
                vehicle=Vehicle.SCHOOL_BUS,
                weekday=1,
                departure_by_season={SUMMER.id: time(18, 30), WINTER.id: time(17, 30)},
                seats=30,
            ),
        ),
    )


def course(key: str, title: str, category: Category) -> Course:
    return Course(id=CourseId(key), title=title, form=Form.CHOSEN, strand=Strand.X, category=category, grades=GRADES, max_size=30)


def pupil(key: str, name: str, home_class: str) -> Pupil:
    return Pupil(
        id=PupilId(key),
        name=name,
        home_class=HomeClassId(home_class),
        stays=frozenset({SlotId("d1-1"), SlotId("d1-2"), SlotId("d3-1")}),
        wanted=2,
        choices=(Choice(rank=1, course=CourseId("papercut")), Choice(rank=2, course=CourseId("football"))),
        route=RouteId("east") if key == "p1" else None,
    )


def plan() -> Timetable:
    """Homework on Monday and Wednesday, then paper cutting or football; one Monday is cancelled."""
    sections = (section("homework-1", "homework", 1), section("papercut-1", "papercut", 1), section("football-1", "football", 1))
    return Timetable(
        county="yueyang",
        scenario_digest="",
        start=TERM.start,
        end=TERM.end,
        sections=sections,
        meetings=(
            meeting("homework-1", "d1-1", "r31", "t1"),
            meeting("homework-1", "d3-1", "r31", "t1"),
            meeting("papercut-1", "d1-2", "r31", "t1"),
            meeting("football-1", "d1-2", "field", "t2", "t3"),
        ),
        placements=(
            *(placement(key, "homework-1", chosen=False) for key in ("p1", "p2", "p3", "p4")),
            placement("p1", "papercut-1"),
            placement("p2", "papercut-1"),
            placement("p3", "football-1"),
            placement("p4", "football-1"),
        ),
        rides=(Ride(pupil=PupilId("p1"), weekday=1, trip=TripId("bus1")),),
        duties=(
            Duty(day=date(2025, 9, 1), role=Role.DUTY_LEADER, staff=StaffId("t3")),
            Duty(day=date(2025, 9, 2), role=Role.INSPECTOR, staff=StaffId("t1")),
        ),
        changes=(cancelled(date(2025, 9, 8)),),
        seed=7,
        program="oneplusx 0.1.0",
    )


def section(key: str, of: str, number: int) -> Section:
    return Section(id=SectionId(key), course=CourseId(of), number=number)


def meeting(of: str, slot: str, room: str | None, *staff: str) -> Meeting:
    return Meeting(
        section=SectionId(of),
        slot=SlotId(slot),
        room=None if room is None else RoomId(room),
        staff=tuple(StaffId(person) for person in staff),
    )


def placement(who: str, of: str, *, chosen: bool = True) -> Placement:
    return Placement(pupil=PupilId(who), section=SectionId(of), chosen=chosen)


def cancelled(day: date, of: str = "football-1", slot: str = "d1-2", why: str = "雨天") -> Change:
    return Change(section=SectionId(of), slot=SlotId(slot), day=day, kind=ChangeKind.CANCEL, why=why)
