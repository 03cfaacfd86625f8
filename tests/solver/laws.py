"""Which law does a random school live under? Every rule with random parameters and a random scope, and what nature asks."""

from datetime import date, time
from random import Random

from scheduler.domain import (
    Activity,
    AreaType,
    Category,
    Check,
    ClauseId,
    Flag,
    Form,
    HolidaySeason,
    ProviderKind,
    Role,
    RoomKind,
    SchoolForm,
    StaffKind,
    Stage,
    Strand,
)
from scheduler.policy import Clause, Strength
from scheduler.rulebook import (
    AfternoonStart,
    BannedActivities,
    BoardersLookedAfter,
    BothStrands,
    Breadth,
    CareKeptApart,
    ClassPEOffered,
    CoordinatedBy,
    DailyPE,
    DutyEachDay,
    EarliestEnd,
    EndsAroundOffWork,
    EnoughStaff,
    EnrichmentShare,
    EveningStudyTime,
    ExerciseMinutes,
    ExtendedCareGiven,
    ExtendedCareTime,
    FlexibleHoursKept,
    GuaranteedPlace,
    HolidayOpening,
    HomeworkCapacity,
    HomeworkGroups,
    LatestEnd,
    LatestLeaveKept,
    LoadCaps,
    LocksKept,
    MaxRisk,
    MayLead,
    MoreOfCategories,
    NobodyRefused,
    NoCommerce,
    NotByThirdParties,
    NoWrittenHomework,
    OfferedMinutes,
    OnCampus,
    OnlineWithTeacher,
    OnlyTheseServices,
    OnlyWhereAskedFor,
    OutdoorMinutes,
    OwnStaffShare,
    PatternKept,
    PeriodLength,
    ProtectedBreaks,
    ProviderInOrder,
    ProviderKinds,
    PupilsInOnePlace,
    RidesKept,
    RoomKindsOfCategory,
    RoomsHoldGroups,
    RoomSuits,
    Rule,
    SafeRooms,
    Scope,
    ScopeOfService,
    SectionSizes,
    ServiceDays,
    SlotOrder,
    StaffInOnePlace,
    StaffVetted,
    StaffWishes,
    StartsAfterLessons,
    StartsAt,
    StrandOfCategory,
    ThirdPartyShare,
    WishesGranted,
    WishesKept,
    WorksOnlyWhenAvailable,
)
from tests.solver.schools import some

NATURE: tuple[Rule, ...] = (
    MayLead(),
    EnoughStaff(),
    LoadCaps(),
    FlexibleHoursKept(),
    WorksOnlyWhenAvailable(),
    OnlyWhereAskedFor(),
    WishesKept(),
    CareKeptApart(),
    StaffInOnePlace(),
    PupilsInOnePlace(),
    RoomsHoldGroups(),
    RoomSuits(),
    SectionSizes(),
    PatternKept(),
)
"""Rules that always hold, for everybody: the columns are made by them."""


def scope(random: Random) -> Scope:
    """Everybody in half of the cases."""
    if random.random() < 0.5:
        return Scope()
    return Scope(
        stages=some(random, list(Stage)[:2], 0.3),
        grades=some(random, [2, 3, 7], 0.3),
        graduating=random.choice([None, None, None, True, False]),
        areas=some(random, list(AreaType), 0.9) if random.random() < 0.2 else frozenset(),
        start=random.choice([None, None, date(2025, 9, 24), date(2025, 10, 2)]),
        end=random.choice([None, None, date(2025, 10, 5)]),
    )


def law(random: Random) -> tuple[Rule, ...]:
    """One of nearly every rule, with its scope."""
    pe, arts, homework, reading = Category.PE, Category.ARTS, Category.HOMEWORK, Category.READING
    categories = [pe, arts, homework, reading]
    winter = HolidaySeason.WINTER
    percent = random.choice([0, 30, 50, 60, 100])
    at = [time(15, 40), time(16, 0), time(17, 0), time(18, 0)]
    return (
        StartsAfterLessons(scope=scope(random), min_break_minutes=random.choice([0, 10])),
        StartsAt(scope=scope(random), start=random.choice(at), min_break_minutes=random.choice([0, 10])),
        LatestEnd(scope=scope(random), latest=random.choice(at)),
        EarliestEnd(scope=scope(random), earliest=random.choice(at)),
        EndsAroundOffWork(
            scope=scope(random), before_minutes=random.choice([None, 0, 20]), after_minutes=random.choice([None, 0, 30])
        ),
        OfferedMinutes(scope=scope(random), minutes=random.choice([60, 100, 120])),
        PeriodLength(scope=scope(random), minutes_by_stage={Stage.JUNIOR: 45} if random.random() < 0.5 else {}),
        ProtectedBreaks(scope=scope(random), min_break_minutes=random.choice([0, 10, 15])),
        ServiceDays(
            scope=scope(random),
            weekdays=some(random, range(1, 6), 0.7),
            weekend_days=random.choice([0, 1]),
            every=random.random() < 0.7,
        ),
        HolidayOpening(scope=scope(random), weeks={winter: random.choice([1, 2])}),
        SlotOrder(scope=scope(random), order=tuple(random.choice(list(Strand)) for _ in range(random.choice([1, 2, 3])))),
        AfternoonStart(scope=scope(random), start_by_season={HolidaySeason.SUMMER: time(14, 0)}),
        ExtendedCareTime(scope=scope(random), minutes=random.choice([None, 30, 60]), gap_minutes=random.choice([0, 10])),
        EveningStudyTime(
            scope=scope(random),
            stages=some(random, [Stage.JUNIOR], 0.5),
            earliest=random.choice([None, time(19, 10)]),
            latest=random.choice([None, time(20, 0)]),
        ),
        OnlyTheseServices(scope=scope(random)),
        StrandOfCategory(scope=scope(random), one=some(random, categories), x=some(random, categories)),
        BothStrands(scope=scope(random)),
        EnrichmentShare(
            scope=scope(random),
            share_percent=percent,
            inclusive=random.random() < 0.5,
            per_class=random.random() < 0.7,
        ),
        NoWrittenHomework(scope=scope(random), grades=some(random, [2, 3])),
        DailyPE(scope=scope(random), min_stays=random.choice([1, 2])),
        ClassPEOffered(scope=scope(random), seat_percent=random.choice([50, 100])),
        ExerciseMinutes(
            scope=scope(random),
            minutes=random.choice([20, 30, 50]),
            min_block=random.choice([0, 10]),
            min_stay_minutes=random.choice([0, 40, 60, 90]),
        ),
        HomeworkCapacity(scope=scope(random), share_percent=random.choice([33, 80])),
        HomeworkGroups(scope=scope(random)),
        RoomKindsOfCategory(scope=scope(random), categories=some(random, categories), room_kinds=frozenset({RoomKind.CLASSROOM})),
        BannedActivities(
            scope=scope(random),
            banned=frozenset({Activity.EXAM_DRILL}),
            forms=some(random, list(Form)[:2], 0.4),
            no_subject=random.random() < 0.5,
        ),
        MaxRisk(scope=scope(random), level=random.choice([1, 2])),
        NoCommerce(scope=scope(random)),
        OnCampus(scope=scope(random), max_percent=random.choice([0, 33, 50])),
        OnlineWithTeacher(scope=scope(random)),
        OutdoorMinutes(scope=scope(random)),
        MoreOfCategories(scope=scope(random), categories=some(random, categories)),
        Breadth(scope=scope(random), categories=some(random, categories)),
        MayLead(scope=scope(random)),
        NotByThirdParties(scope=scope(random), strand=random.choice(list(Strand))),
        ProviderKinds(scope=scope(random), allowed=frozenset({ProviderKind.YOUTH_PALACE})),
        ProviderInOrder(
            scope=scope(random),
            white_only=random.random() < 0.5,
            vetted=random.random() < 0.5,
            approval=random.random() < 0.5,
            contract=random.random() < 0.8,
            need=random.random() < 0.5,
        ),
        StaffVetted(
            scope=scope(random),
            kinds=some(random, list(StaffKind), 0.3),
            checks=some(random, list(Check)[:3]),
            approval=random.random() < 0.5,
        ),
        OwnStaffShare(scope=scope(random), percent=random.choice([33, 50])),
        ThirdPartyShare(scope=scope(random), percent=random.choice([0, 33, 50]), exclusive=random.random() < 0.5),
        EnoughStaff(scope=scope(random)),
        LoadCaps(scope=scope(random)),
        FlexibleHoursKept(scope=scope(random)),
        DutyEachDay(scope=scope(random), role=random.choice(list(Role))),
        StaffWishes(scope=scope(random)),
        NobodyRefused(scope=scope(random)),
        WishesKept(scope=scope(random)),
        GuaranteedPlace(scope=scope(random), flags=frozenset({Flag.LEFT_BEHIND}), grades=some(random, [2], 0.3)),
        WishesGranted(scope=scope(random)),
        RidesKept(scope=scope(random), buffer_minutes=random.choice([0, 10])),
        LatestLeaveKept(scope=scope(random)),
        ExtendedCareGiven(scope=scope(random)),
        BoardersLookedAfter(scope=scope(random)),
        ScopeOfService(
            scope=scope(random),
            stages=some(random, [Stage.PRIMARY]),
            ownership=some(random, ["private"], 0.3),
            forms=some(random, [SchoolForm.PRIMARY], 0.5),
        ),
        CoordinatedBy(scope=scope(random)),
        RoomsHoldGroups(scope=scope(random)),
        StaffInOnePlace(scope=scope(random)),
        PupilsInOnePlace(scope=scope(random)),
        RoomSuits(scope=scope(random)),
        SectionSizes(scope=scope(random)),
        LocksKept(scope=scope(random)),
        SafeRooms(scope=scope(random)),
    )


def clauses(rules: tuple[Rule, ...], strength: Strength = Strength.MUST) -> tuple[Clause, ...]:
    """One clause a rule."""
    return tuple(
        Clause(id=ClauseId(f"{number}-{rule.name}"), county="test", at=str(number), quote="", strength=strength, rule=rule)
        for number, rule in enumerate(rules)
    )
