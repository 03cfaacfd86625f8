"""A small school for the tests of intake: one of everything."""

from datetime import date, time

from scheduler.domain import (
    Activity,
    AreaType,
    Bell,
    BellKind,
    BusTrip,
    Category,
    Check,
    Choice,
    ClauseId,
    Clock,
    Course,
    CourseId,
    Flag,
    FlexibleHours,
    Form,
    Grade,
    Grouping,
    HolidaySeason,
    HolidayWeek,
    HomeClass,
    HomeClassId,
    Lesson,
    ListStatus,
    Lock,
    MakeUpDay,
    Pattern,
    Provider,
    ProviderId,
    ProviderKind,
    Pupil,
    PupilId,
    Role,
    Room,
    RoomId,
    RoomKind,
    RouteId,
    Scenario,
    School,
    SchoolEvent,
    Season,
    SeasonId,
    Service,
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
from scheduler.intake import in_order

SUMMER, WINTER = SeasonId("夏季"), SeasonId("冬季")
GRADES = frozenset({1, 2, 3})


def slot(weekday: int, number: int, service: Service = Service.REGULAR) -> Slot:
    hour = 15 + number
    return Slot(
        id=SlotId(f"{('mon', 'tue', 'wed', 'thu', 'fri')[weekday - 1]}-{number}"),
        weekday=weekday,
        number=number,
        grades=GRADES,
        clock_by_season={
            SUMMER: Clock(time(hour, 20), time(hour + 1, 0)),
            WINTER: Clock(time(hour, 0), time(hour, 40)),
        },
        service=service,
    )


SLOTS = tuple(slot(day, number) for day in range(1, 6) for number in (1, 2)) + tuple(
    slot(day, 3, Service.EXTENDED_CARE) for day in range(1, 6)
)
REGULAR = frozenset(each.id for each in SLOTS if each.service is Service.REGULAR)
EVERY = frozenset(each.id for each in SLOTS)


def small_school() -> Scenario:
    """Three classes, four adults, six courses, four pupils, and one of everything else."""
    return in_order(
        Scenario(
            school=School(name="示例小学", county="yueyang", area=AreaType.TOWNSHIP, period_minutes=40),
            term=Term(
                name="2025年秋季学期",
                start=date(2025, 9, 1),
                end=date(2026, 1, 16),
                make_up_days=(MakeUpDay(day=date(2025, 9, 28), follows=2),),
                holidays=(date(2025, 11, 7),),
                events=(SchoolEvent(day=date(2025, 11, 12), name="运动会"),),
                holiday_weeks=(HolidayWeek(season=HolidaySeason.WINTER, start=date(2026, 1, 19), end=date(2026, 1, 23)),),
                weekend_weekday=6,
            ),
            seasons=(
                Season(id=SUMMER, start=date(2025, 9, 1), end=date(2025, 10, 8), off_work_time=time(18, 0)),
                Season(id=WINTER, start=date(2025, 10, 9), end=date(2026, 1, 16), kind=HolidaySeason.WINTER),
            ),
            grades=tuple(Grade(number=n, stage=Stage.PRIMARY, homework_minutes=60 if n == 3 else 0) for n in (1, 2, 3)),
            home_classes=tuple(
                HomeClass(
                    id=HomeClassId(f"{n}01"),
                    name=f"{n}年级1班",
                    grade=n,
                    head_teacher=StaffId("T1"),
                    room=RoomId(f"R{n}"),
                )
                for n in (1, 2, 3)
            ),
            slots=SLOTS,
            rooms=(
                *(Room(id=RoomId(f"R{n}"), name=f"{n}号教室", kind=RoomKind.CLASSROOM, seats=45, groups=1) for n in (1, 2, 3)),
                Room(
                    id=RoomId("操场"),
                    name="操场",
                    kind=RoomKind.PLAYGROUND,
                    seats=45,
                    groups=3,
                    outdoor=True,
                    features=frozenset({"跑道", "篮架"}),
                    closed=frozenset({SlotId("wed-2")}),
                    safe_until=date(2026, 2, 1),
                ),
            ),
            staff=(
                Staff(
                    id=StaffId("T1"),
                    name="王芳",
                    kind=StaffKind.OWN,
                    subject="语文",
                    skills=frozenset({"剪纸", "合唱"}),
                    available=EVERY,
                    prefers=frozenset({SlotId("mon-1")}),
                    max_per_day=3,
                    max_per_week=12,
                    roles=frozenset({Role.DUTY_LEADER, Role.INSPECTOR}),
                    checks={Check.HEALTH: date(2026, 8, 31)},
                ),
                Staff(
                    id=StaffId("T2"),
                    name="李明",
                    kind=StaffKind.OWN,
                    skills=frozenset({"篮球"}),
                    available=REGULAR,
                    max_per_day=2,
                    max_per_week=8,
                ),
                Staff(id=StaffId("T3"), name="陈静", kind=StaffKind.RETIRED, willing=False),
                Staff(
                    id=StaffId("W1"),
                    name="周教练",
                    kind=StaffKind.PROVIDER_STAFF,
                    provider=ProviderId("P1"),
                    skills=frozenset({"武术"}),
                    available=frozenset({SlotId("mon-2"), SlotId("wed-2")}),
                    max_per_day=1,
                    max_per_week=2,
                    approved_until=date(2026, 8, 31),
                ),
            ),
            courses=(
                Course(
                    id=CourseId("zuoye"),
                    title="作业辅导",
                    form=Form.ARRANGED,
                    strand=Strand.ONE,
                    category=Category.HOMEWORK,
                    activity=Activity.HOMEWORK_GUIDANCE,
                    grouping=Grouping.HOME_CLASS,
                    room_kinds=frozenset({RoomKind.CLASSROOM}),
                    written_homework=True,
                ),
                Course(
                    id=CourseId("jianzhi"),
                    title="剪纸",
                    form=Form.CHOSEN,
                    strand=Strand.X,
                    category=Category.ARTS,
                    grades=frozenset({2, 3}),
                    skill="剪纸",
                    max_size=30,
                    max_sections=2,
                ),
                Course(
                    id=CourseId("lanqiu"),
                    title="篮球",
                    form=Form.CHOSEN,
                    strand=Strand.X,
                    category=Category.PE,
                    pattern=Pattern.TWO_DAYS,
                    leaders=frozenset({StaffId("T2")}),
                    room_features=frozenset({"篮架"}),
                    outdoor=True,
                    risk=2,
                    exercise_minutes=35,
                ),
                Course(
                    id=CourseId("wushu"),
                    title="武术",
                    form=Form.CHOSEN,
                    strand=Strand.X,
                    category=Category.PE,
                    provider=ProviderId("P1"),
                    skill="武术",
                    slots=frozenset({SlotId("mon-2"), SlotId("wed-2")}),
                ),
                Course(
                    id=CourseId("yanshi"),
                    title="延时托管",
                    form=Form.EXTENDED_CARE,
                    strand=None,
                    category=Category.CARE,
                    activity=Activity.SUPERVISION,
                ),
                Course(
                    id=CourseId("base-care"),
                    title="托管兜底",
                    form=Form.BASE_CARE,
                    strand=None,
                    category=Category.CARE,
                    activity=Activity.SUPERVISION,
                ),
            ),
            pupils=(
                Pupil(
                    id=PupilId("20250101"),
                    name="张小雨",
                    home_class=HomeClassId("101"),
                    stays=REGULAR,
                    extended_care=True,
                    household="H1",
                ),
                Pupil(
                    id=PupilId("20240101"),
                    name="刘子涵",
                    home_class=HomeClassId("201"),
                    stays=frozenset({SlotId("mon-1"), SlotId("wed-2")}),
                    wanted=2,
                    choices=(
                        Choice(rank=1, course=CourseId("jianzhi"), teacher=StaffId("T1"), weekday=3),
                        Choice(rank=2, course=CourseId("wushu")),
                        Choice(rank=3, course=CourseId("jianzhi"), weekday=1),
                    ),
                    accept_any=True,
                    latest_leave=dict.fromkeys(range(1, 8), time(18, 0)),
                    flags=frozenset({Flag.LEFT_BEHIND, Flag.DIBAO}),
                    agreement=date(2025, 8, 30),
                ),
                Pupil(
                    id=PupilId("20230101"),
                    name="赵一鸣",
                    home_class=HomeClassId("301"),
                    stays=REGULAR,
                    wanted=1,
                    choices=(Choice(rank=1, course=CourseId("lanqiu"), teacher=StaffId("T2")),),
                    latest_leave={5: time(18, 30), 1: time(18, 0)},
                    route=RouteId("东线"),
                    only_way_home=True,
                    household="H1",
                ),
                Pupil(id=PupilId("20230102"), name="㛃𬭎䶮", home_class=HomeClassId("301"), enrolled=False),
            ),
            bells=tuple(
                Bell(
                    season=season,
                    grades=GRADES,
                    kind=BellKind.LESSON,
                    number=n,
                    clock=Clock(time(7 + n, 30), time(8 + n, 10)),
                )
                for season in (SUMMER, WINTER)
                for n in (1, 2)
            ),
            lessons=(
                Lesson(home_class=HomeClassId("101"), weekday=1, number=1, subject="语文", teacher=StaffId("T1")),
                Lesson(home_class=HomeClassId("101"), weekday=1, number=2, subject="体育", pe=True),
            ),
            providers=(
                Provider(
                    id=ProviderId("P1"),
                    name="县青少年宫",
                    kind=ProviderKind.YOUTH_PALACE,
                    list_status=ListStatus.WHITE,
                    vetted=True,
                    approval_ref="教审〔2025〕1号",
                    approved_from=date(2025, 9, 1),
                    services=frozenset({CourseId("wushu")}),
                    need="本校无武术教师",
                ),
            ),
            trips=tuple(
                BusTrip(
                    id=TripId(f"东线-{day}-1"),
                    route=RouteId("东线"),
                    vehicle=Vehicle.SCHOOL_BUS,
                    weekday=day,
                    departure_by_season={SUMMER: time(18, 5), WINTER: time(17, 45)},
                    seats=40,
                )
                for day in range(1, 6)
            ),
            locks=(
                Lock(course=CourseId("lanqiu"), by="教务处", why="校队", slots=frozenset({SlotId("tue-2")})),
                Lock(course=CourseId("jianzhi"), by="教务处", why="特殊照顾", pupil=PupilId("20240101")),
            ),
            waivers=(
                Waiver(
                    clause=ClauseId("yueyang-2.4-end-time"),
                    reason="校车只能此时到",
                    approver="县教育局",
                    approved_on=date(2025, 8, 20),
                    start=date(2025, 9, 1),
                    end=date(2026, 1, 16),
                ),
            ),
            flexible_hours=FlexibleHours(
                late_after=time(18, 0), late_days_per_week=2, weekly_minutes=480, late_start_until=time(9, 10)
            ),
            readings={ClauseId("yueyang-2.4-end-time"): {"after_minutes": 30, "share": 0.5, "mode": "5", "on": True}},
        )
    )
