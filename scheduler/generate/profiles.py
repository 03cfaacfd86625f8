"""What does a typical school of each county look like? Its terms, clocks and habits; every number here is invented
within what the county's document allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from scheduler.domain import (
    AreaType,
    Clock,
    FlexibleHours,
    HolidaySeason,
    HolidayWeek,
    MakeUpDay,
    ProviderKind,
    SchoolEvent,
    SchoolForm,
    Season,
    SeasonId,
    Stage,
    Strand,
    Term,
)
from scheduler.generate.clocks import at, clocks

TERM = SeasonId("term")
SUMMER = SeasonId("summer")
WINTER = SeasonId("winter")
TRIAL = SeasonId("trial")
STANDING = SeasonId("standing")

Hours = Mapping[SeasonId, tuple[Clock, ...]]
"""Clocks in the order of the day, by season."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Grades that share bells and slots."""

    key: str
    """First part of slot ids."""
    grades: tuple[int, ...]
    lessons: Hours
    breaks: Hours
    """Big break, lunch and nap, in this order."""
    slots: Hours
    extended: Hours = field(default_factory=dict)
    evening: Hours = field(default_factory=dict)
    """Monday to Thursday only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A county's typical school, before size and luck."""

    county: str
    name: str
    area: AreaType
    form: SchoolForm
    seasons: tuple[Season, ...]
    term: Term
    bands: tuple[Band, ...]
    class_size: tuple[int, int]
    """Usual and most pupils a home class."""
    teachers_per_class: Mapping[Stage, float]
    meetings_per_day: int
    group: int
    """Pupils an average section holds when the office plans its staff."""
    providers: tuple[str, ...]
    """Invented bodies of `provider_kind`, in the order in which a growing school contracts them."""
    provider_kind: ProviderKind
    strands: tuple[Strand, ...] = ()
    """One strand a slot, where the county orders them."""
    homework_minutes: Mapping[int, int] = field(default_factory=dict)
    flexible: FlexibleHours | None = None
    weekend: tuple[Clock, ...] = ()
    period_minutes: int | None = None
    billed_by_period: bool = False
    boarding: bool = False
    riders: float = 0.0
    graduating: int | None = None
    local_courses: tuple[str, ...] = ()
    """Keys in the catalogue that only this county has."""
    full_week: float = 0.8
    """Share of families that ask for every weekday slot."""
    daily_periods: Mapping[int, float] = field(default_factory=dict)
    """Given where families buy so many periods a day (Liangping): the share that buys each number."""
    daily_exercise: bool = False
    """Every child moves every day (Suifenhe), not only where the class has no PE."""
    names_teachers: bool = False
    """Wishes may name a teacher (Changzhi)."""


AUTUMN_MAKE_UP = (
    MakeUpDay(day=date(2025, 9, 28), follows=2),
    MakeUpDay(day=date(2025, 10, 11), follows=3),
    MakeUpDay(day=date(2026, 1, 4), follows=5),
)
AUTUMN_EVENTS = (
    SchoolEvent(day=date(2025, 10, 31), name="秋季运动会"),
    SchoolEvent(day=date(2025, 12, 31), name="迎新年活动", service=True),
    SchoolEvent(day=date(2026, 1, 22), name="期末考试"),
    SchoolEvent(day=date(2026, 1, 23), name="散学典礼"),
)


def autumn(holiday_weeks: tuple[HolidayWeek, ...] = (), weekend_weekday: int | None = None) -> Term:
    """The autumn term 2025 with its three make-up days."""
    return Term(
        name="2025—2026学年第一学期",
        start=date(2025, 9, 1),
        end=date(2026, 1, 23),
        make_up_days=AUTUMN_MAKE_UP,
        events=AUTUMN_EVENTS,
        holiday_weeks=holiday_weeks,
        weekend_weekday=weekend_weekday,
    )


def one_season(off_work: time) -> tuple[Season, ...]:
    """The whole term under one clock."""
    return (Season(id=TERM, start=date(2025, 9, 1), end=date(2026, 1, 23), off_work_time=off_work),)


YUEYANG = Profile(
    county="yueyang",
    name="云田镇九年一贯制学校",
    area=AreaType.TOWNSHIP,
    form=SchoolForm.NINE_YEAR,
    seasons=one_season(at("17:30")),
    term=autumn(),
    bands=(
        Band(
            key="p",
            grades=(1, 2, 3, 4, 5, 6),
            lessons={TERM: clocks("08:20-09:00 09:10-09:50 10:20-11:00 11:10-11:50 14:20-15:00 15:10-15:50")},
            breaks={TERM: clocks("09:50-10:20 11:50-12:50 12:50-14:00")},
            slots={TERM: clocks("16:00-16:40 16:50-17:30")},
        ),
        Band(
            key="j",
            grades=(7, 8, 9),
            lessons={TERM: clocks("08:00-08:45 08:55-09:40 10:10-10:55 11:05-11:50 13:30-14:15 14:25-15:10 15:20-16:05")},
            breaks={TERM: clocks("09:40-10:10 11:50-12:30 12:30-13:20")},
            slots={TERM: clocks("16:15-17:00 17:10-17:55")},
        ),
    ),
    class_size=(33, 40),
    teachers_per_class={Stage.PRIMARY: 1.9, Stage.JUNIOR: 2.7},
    meetings_per_day=2,
    group=27,
    providers=("洞庭湖畔青少年活动中心", "巴陵青少年文化活动中心", "汨罗江青少年科技活动中心"),
    provider_kind=ProviderKind.YOUTH_CENTER,
    homework_minutes={3: 30, 4: 40, 5: 50, 6: 50, 7: 80, 8: 90, 9: 90},
    flexible=FlexibleHours(late_after=at("17:30"), late_days_per_week=3, weekly_minutes=360, late_start_until=at("08:30")),
    billed_by_period=True,
    boarding=True,
    riders=0.35,
    graduating=9,
    local_courses=("dragon_drum", "planting"),
)

LIANGPING = Profile(
    county="liangping",
    name="双桂镇中心小学",
    area=AreaType.COUNTY_TOWN,
    form=SchoolForm.PRIMARY,
    seasons=one_season(at("18:00")),
    term=autumn(),
    bands=(
        Band(
            key="p",
            grades=(1, 2, 3, 4, 5, 6),
            lessons={TERM: clocks("08:30-09:10 09:20-10:00 10:30-11:10 11:20-12:00 14:20-15:00 15:10-15:50")},
            breaks={TERM: clocks("10:00-10:30 12:00-13:00 13:00-14:10")},
            slots={TERM: clocks("16:00-16:40 16:50-17:30 17:40-18:20")},
        ),
    ),
    class_size=(36, 42),
    teachers_per_class={Stage.PRIMARY: 2.1},
    meetings_per_day=2,
    group=30,
    daily_periods={1: 0.2, 2: 0.55, 3: 0.25},
    providers=("百里竹海文化艺术工作室", "双桂文体艺术工作室", "高梁山体育艺术工作室"),
    provider_kind=ProviderKind.TRAINING_OTHER,
    homework_minutes={3: 30, 4: 40, 5: 50, 6: 50},
    period_minutes=40,
    local_courses=("woodblock", "bamboo"),
)

SUIFENHE_SLOTS = "15:30-16:25 16:35-17:30"
SUIFENHE_PRIMARY_LESSONS = "08:00-08:40 08:50-09:30 10:00-10:40 10:50-11:30 13:40-14:20 14:30-15:10"
SUIFENHE_JUNIOR_LESSONS = "07:50-08:35 08:45-09:30 10:00-10:45 10:55-11:40 13:10-13:55 14:05-14:50 15:00-15:45 15:55-16:40"


def suifenhe_bands(junior: Mapping[SeasonId, str], graduating: Mapping[SeasonId, str]) -> tuple[Band, ...]:
    """Primary from 15:30, junior from 17:00, the graduating grade under its own clock."""
    seasons = tuple(junior)
    secondary_breaks = {season: clocks("09:30-10:00 11:40-12:30 12:30-13:00") for season in seasons}
    secondary_lessons = {season: clocks(SUIFENHE_JUNIOR_LESSONS) for season in seasons}
    return (
        Band(
            key="p",
            grades=(1, 2, 3, 4, 5, 6),
            lessons={season: clocks(SUIFENHE_PRIMARY_LESSONS) for season in seasons},
            breaks={season: clocks("09:30-10:00 11:30-12:40 12:40-13:30") for season in seasons},
            slots={season: clocks(SUIFENHE_SLOTS) for season in seasons},
        ),
        Band(
            key="j",
            grades=(7, 8),
            lessons=secondary_lessons,
            breaks=secondary_breaks,
            slots={season: clocks(text) for season, text in junior.items()},
        ),
        Band(
            key="g",
            grades=(9,),
            lessons=secondary_lessons,
            breaks=secondary_breaks,
            slots={season: clocks(text) for season, text in graduating.items()},
        ),
    )


def suifenhe(seasons: tuple[Season, ...], term: Term, bands: tuple[Band, ...]) -> Profile:
    """A border-town school with primary and junior stages."""
    return Profile(
        county="suifenhe",
        name="绥芬河市北海学校",
        area=AreaType.URBAN,
        form=SchoolForm.NINE_YEAR,
        seasons=seasons,
        term=term,
        bands=bands,
        class_size=(35, 42),
        teachers_per_class={Stage.PRIMARY: 2.1, Stage.JUNIOR: 3.0},
        meetings_per_day=2,
        group=30,
        providers=("绥芬河市冰雪运动公益协会", "绥芬河市青少年艺术公益协会", "边城志愿服务公益协会"),
        provider_kind=ProviderKind.PUBLIC_BENEFIT,
        homework_minutes={3: 30, 4: 40, 5: 50, 6: 50, 7: 80, 8: 90, 9: 90},
        graduating=9,
        local_courses=("roller", "curling"),
        daily_exercise=True,
    )


SUIFENHE = suifenhe(
    one_season(at("17:00")),
    autumn(),
    suifenhe_bands({TERM: "17:00-17:40 17:50-18:30"}, {TERM: "17:00-17:40 17:50-18:30 18:50-19:30"}),
)

SUIFENHE_2022 = suifenhe(
    (
        Season(id=TRIAL, start=date(2022, 2, 21), end=date(2022, 2, 28), off_work_time=at("17:00")),
        Season(id=STANDING, start=date(2022, 3, 1), end=date(2022, 4, 29), off_work_time=at("17:00")),
    ),
    Term(
        name="2021—2022学年第二学期（前半）",
        start=date(2022, 2, 21),
        end=date(2022, 4, 29),
        make_up_days=(MakeUpDay(day=date(2022, 4, 2), follows=1), MakeUpDay(day=date(2022, 4, 24), follows=2)),
    ),
    suifenhe_bands(
        {TRIAL: "17:00-17:30 17:30-18:00", STANDING: "17:00-17:40 17:50-18:30"},
        {TRIAL: "17:00-17:40 17:50-18:30", STANDING: "17:00-17:50 18:00-18:50"},
    ),
)

HELAN_MORNING = "08:20-09:00 09:10-09:50 10:20-11:00 11:10-11:50 "
HELAN = Profile(
    county="helan",
    name="金山乡中心小学",
    area=AreaType.TOWNSHIP,
    form=SchoolForm.PRIMARY,
    seasons=(
        Season(
            id=SUMMER,
            start=date(2025, 9, 1),
            end=date(2025, 9, 30),
            off_work_time=at("18:30"),
            afternoon_start=at("14:30"),
            kind=HolidaySeason.SUMMER,
        ),
        Season(
            id=WINTER,
            start=date(2025, 10, 1),
            end=date(2026, 1, 23),
            off_work_time=at("18:00"),
            afternoon_start=at("13:30"),
            kind=HolidaySeason.WINTER,
        ),
    ),
    term=autumn(),
    bands=(
        Band(
            key="p",
            grades=(1, 2, 3, 4, 5, 6),
            lessons={
                SUMMER: clocks(HELAN_MORNING + "14:30-15:10 15:20-16:00"),
                WINTER: clocks(HELAN_MORNING + "13:30-14:10 14:20-15:00"),
            },
            breaks={
                SUMMER: clocks("09:50-10:20 11:50-12:50 12:50-14:20"),
                WINTER: clocks("09:50-10:20 11:50-12:40 12:40-13:20"),
            },
            # The winter afternoon starts an hour earlier and offices close half an hour earlier: the slots grow.
            slots={SUMMER: clocks("16:20-17:20 17:30-18:30"), WINTER: clocks("15:20-16:35 16:45-18:00")},
            extended={SUMMER: clocks("18:30-19:00"), WINTER: clocks("18:00-18:30")},
        ),
    ),
    class_size=(29, 35),
    teachers_per_class={Stage.PRIMARY: 2.0},
    meetings_per_day=2,
    group=27,
    providers=("贺兰山下青少年综合实践基地", "金山青少年综合实践基地", "塞上江南劳动实践基地"),
    provider_kind=ProviderKind.PRACTICE_BASE,
    strands=(Strand.ONE, Strand.X),
    homework_minutes={3: 30, 4: 40, 5: 50, 6: 50},
    flexible=FlexibleHours(late_after=at("17:30"), late_days_per_week=4, weekly_minutes=540, late_start_until=at("09:00")),
    local_courses=("huaer", "planting"),
)

CHANGZHI = Profile(
    county="changzhi",
    name="上党区漳河实验学校",
    area=AreaType.URBAN,
    form=SchoolForm.NINE_YEAR,
    seasons=one_season(at("18:00")),
    term=autumn((HolidayWeek(season=HolidaySeason.WINTER, start=date(2026, 1, 26), end=date(2026, 1, 30)),), 6),
    bands=(
        Band(
            key="p",
            grades=(1, 2, 3, 4, 5, 6),
            lessons={TERM: clocks("08:10-08:50 09:00-09:40 10:10-10:50 11:00-11:40 14:10-14:50 15:00-15:40")},
            breaks={TERM: clocks("09:40-10:10 11:40-12:40 12:40-14:00")},
            slots={TERM: clocks("15:50-16:30 16:40-17:20 17:30-18:10")},
            extended={TERM: clocks("18:10-18:40")},
        ),
        Band(
            key="j",
            grades=(7, 8, 9),
            lessons={TERM: clocks("08:00-08:45 08:55-09:40 10:10-10:55 11:05-11:50 13:50-14:35 14:45-15:30 15:40-16:25")},
            breaks={TERM: clocks("09:40-10:10 11:50-12:40 12:40-13:40")},
            slots={TERM: clocks("16:35-17:15 17:25-18:05 18:15-18:55")},
            evening={TERM: clocks("19:30-20:30")},
        ),
    ),
    class_size=(38, 44),
    teachers_per_class={Stage.PRIMARY: 2.2, Stage.JUNIOR: 3.2},
    meetings_per_day=3,
    group=33,
    providers=("上党非物质文化遗产保护协会", "上党民间体育协会", "太行青少年艺术协会"),
    provider_kind=ProviderKind.ASSOCIATION,
    homework_minutes={3: 30, 4: 30, 5: 40, 6: 40, 7: 90, 8: 90, 9: 90},
    flexible=FlexibleHours(late_after=at("18:10"), late_days_per_week=3, weekly_minutes=480, late_start_until=at("08:30")),
    weekend=clocks("09:00-10:00 10:10-11:10"),
    graduating=9,
    local_courses=("bayin", "duijin"),
    names_teachers=True,
)

PROFILES: Mapping[str, Profile] = {profile.county: profile for profile in (YUEYANG, LIANGPING, SUIFENHE, HELAN, CHANGZHI)}
