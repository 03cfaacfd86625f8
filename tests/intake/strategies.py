"""Any lawful scenario, small: for claims about reading and writing that must hold for all of them."""

from datetime import date, time, timedelta

from hypothesis import strategies as st

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
    Ownership,
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
    SchoolForm,
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
from scheduler.intake.people import CARE

NAMES = st.text("王芳李明㛃𬭎䶮·ABz09=+-@'（）,\"；", min_size=1, max_size=12).filter(lambda text: not text.isspace())
"""Names with rare characters, formula signs, quotation marks and separators in them."""

WORDS = st.sampled_from(("剪纸", "篮球", "投影", "钢琴", "=1+1", "A-1", "合唱"))
DATES = st.dates(date(2025, 9, 1), date(2026, 1, 16))
TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0, fold=0))
MAYBE_DATES = st.none() | DATES
FLAGS = st.booleans()
TERM = (date(2025, 9, 1), date(2026, 1, 16))


def ids(prefix: str, most: int, least: int = 0) -> st.SearchStrategy[list[str]]:
    """Ids of one kind, also with leading zeros and Chinese letters."""
    each = st.text("0123456789一二AZ-_.", min_size=1, max_size=6).map(lambda text: prefix + text)
    return st.lists(each, min_size=least, max_size=most, unique_by=str.casefold)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A school whose facts fit each other."""
    grade_numbers = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
    grade_sets = st.frozensets(st.sampled_from(grade_numbers), min_size=1)
    seasons = draw(_seasons())
    slots = draw(_slots(grade_numbers, [season.id for season in seasons]))
    slot_sets = st.frozensets(st.sampled_from([slot.id for slot in slots]))
    rooms = draw(_rooms(slot_sets))
    providers = [ProviderId(each) for each in draw(ids("P", 2))]
    staff = draw(_staff(slot_sets, providers))
    courses = draw(_courses(grade_sets, slot_sets, providers, [person.id for person in staff]))
    classes = draw(_classes(grade_numbers, [person.id for person in staff], [room.id for room in rooms]))
    trips = draw(_trips([season.id for season in seasons]))
    pupils = draw(_pupils(classes, slots, courses, staff, sorted({trip.route for trip in trips})))
    return in_order(
        Scenario(
            school=draw(_schools()),
            term=draw(_terms()),
            seasons=tuple(seasons),
            grades=tuple(
                Grade(
                    number=number,
                    stage=draw(st.sampled_from(Stage)),
                    graduating=draw(FLAGS),
                    homework_minutes=draw(st.none() | st.integers(0, 300)),
                )
                for number in grade_numbers
            ),
            home_classes=tuple(classes),
            slots=tuple(slots),
            rooms=tuple(rooms),
            staff=tuple(staff),
            courses=tuple(courses),
            pupils=tuple(pupils),
            bells=tuple(draw(_bells(grade_numbers, [season.id for season in seasons]))),
            lessons=tuple(draw(_lessons([each.id for each in classes], [person.id for person in staff]))),
            providers=tuple(draw(_providers(providers, [course.id for course in courses]))),
            trips=tuple(trips),
            locks=tuple(draw(_locks(slot_sets, courses, pupils, rooms, staff))),
            waivers=tuple(draw(_waivers())),
            flexible_hours=draw(_flexible()),
            readings=draw(_readings()),
        )
    )


def _schools() -> st.SearchStrategy[School]:
    return st.builds(
        School,
        name=NAMES,
        county=st.sampled_from(("yueyang", "liangping", "new_county-6")),
        area=st.sampled_from(AreaType),
        ownership=st.sampled_from(Ownership),
        form=st.sampled_from(SchoolForm),
        central_school=st.none() | NAMES,
        boarding=FLAGS,
        county_plan=st.none() | NAMES,
        billed_by_period=FLAGS,
        period_minutes=st.none() | st.integers(10, 120),
        specialist_shortage=FLAGS,
    )


def _terms() -> st.SearchStrategy[Term]:
    return st.builds(
        Term,
        name=NAMES,
        start=st.just(TERM[0]),
        end=st.just(TERM[1]),
        make_up_days=st.lists(
            st.builds(MakeUpDay, day=DATES, follows=st.integers(1, 7)), max_size=2, unique_by=lambda each: each.day
        ).map(tuple),
        holidays=st.lists(DATES, max_size=3, unique=True).map(tuple),
        events=st.lists(
            st.builds(SchoolEvent, day=DATES, name=NAMES, service=FLAGS), max_size=2, unique_by=lambda each: each.day
        ).map(tuple),
        holiday_weeks=st.lists(
            st.builds(
                lambda season, start, days: HolidayWeek(season=season, start=start, end=start + timedelta(days=days)),
                st.sampled_from(HolidaySeason),
                DATES,
                st.integers(0, 30),
            ),
            max_size=2,
            unique_by=lambda each: each.start,
        ).map(tuple),
        weekend_weekday=st.sampled_from((None, 6, 7)),
    )


@st.composite
def _seasons(draw: st.DrawFn) -> list[Season]:
    names = [SeasonId(each) for each in draw(ids("季", 3, 1))]
    cuts = sorted(draw(st.sets(st.integers(1, 130), min_size=len(names) - 1, max_size=len(names) - 1)))
    starts = [TERM[0], *(TERM[0] + timedelta(days=cut) for cut in cuts)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), TERM[1]]
    return [
        Season(
            id=name,
            start=start,
            end=end,
            off_work_time=draw(st.none() | TIMES),
            afternoon_start=draw(st.none() | TIMES),
            kind=draw(st.none() | st.sampled_from(HolidaySeason)),
        )
        for name, start, end in zip(names, starts, ends, strict=True)
    ]


@st.composite
def _slots(draw: st.DrawFn, grades: list[int], seasons: list[SeasonId]) -> list[Slot]:
    slots = []
    for weekday in sorted(draw(st.sets(st.integers(1, 7), min_size=1, max_size=3))):
        for number in range(1, draw(st.integers(1, 3)) + 1):
            shift = draw(st.integers(0, 9))
            slots.append(
                Slot(
                    id=SlotId(f"{draw(st.sampled_from(('s', '时段', '0.')))}{weekday}-{number}"),
                    weekday=weekday,
                    number=number,
                    grades=frozenset(grades),
                    clock_by_season={
                        season: Clock(time(14 + number, shift + place), time(14 + number, 50))
                        for place, season in enumerate(seasons)
                    },
                    service=draw(st.sampled_from(Service)),
                    strand=draw(st.none() | st.sampled_from(Strand)),
                )
            )
    return slots


@st.composite
def _rooms(draw: st.DrawFn, slots: st.SearchStrategy[frozenset[SlotId]]) -> list[Room]:
    return [
        draw(
            st.builds(
                Room,
                id=st.just(RoomId(id)),
                name=NAMES,
                kind=st.sampled_from(RoomKind),
                seats=st.integers(1, 2000),
                groups=st.integers(1, 9),
                features=st.frozensets(WORDS),
                outdoor=FLAGS,
                closed=slots,
                travel_minutes=st.integers(0, 300),
                safe_until=MAYBE_DATES,
            )
        )
        for id in draw(ids("R", 3, 1))
    ]


@st.composite
def _staff(draw: st.DrawFn, slots: st.SearchStrategy[frozenset[SlotId]], providers: list[ProviderId]) -> list[Staff]:
    kinds = [kind for kind in StaffKind if providers or kind is not StaffKind.PROVIDER_STAFF]
    people = []
    for id in draw(ids("T", 3, 1)):
        kind = draw(st.sampled_from(kinds))
        outside = kind is StaffKind.PROVIDER_STAFF
        people.append(
            draw(
                st.builds(
                    Staff,
                    id=st.just(StaffId(id)),
                    name=NAMES,
                    kind=st.just(kind),
                    provider=st.sampled_from(providers) if outside else st.none(),
                    subject=st.none() | NAMES,
                    skills=st.frozensets(WORDS),
                    willing=FLAGS,
                    available=slots,
                    prefers=slots,
                    avoids=slots,
                    max_per_day=st.none() | st.integers(0, 20),
                    max_per_week=st.none() | st.integers(0, 60),
                    roles=st.frozensets(st.sampled_from(Role)),
                    checks=st.dictionaries(st.sampled_from(Check), DATES),
                    approved_until=MAYBE_DATES,
                    bad_record=FLAGS,
                )
            )
        )
    return people


@st.composite
def _courses(
    draw: st.DrawFn,
    grades: st.SearchStrategy[frozenset[int]],
    slots: st.SearchStrategy[frozenset[SlotId]],
    providers: list[ProviderId],
    staff: list[StaffId],
) -> list[Course]:
    """Menu and care; one course of each form of care, so that nobody's need goes without one."""
    care = [(CourseId(f"care{number}"), form) for number, form in enumerate(sorted(CARE))]
    wished = [(CourseId(id), draw(st.sampled_from((Form.CHOSEN, Form.ARRANGED)))) for id in draw(ids("C", 4))]
    courses = []
    for id, form in [*care, *wished]:
        least, most = sorted((draw(st.integers(0, 60)), draw(st.integers(1, 60))))
        courses.append(
            draw(
                st.builds(
                    Course,
                    id=st.just(id),
                    title=NAMES,
                    form=st.just(form),
                    strand=st.none() if form in CARE else st.sampled_from(Strand),
                    category=st.sampled_from(Category),
                    activity=st.sampled_from(Activity),
                    subject=st.none() | NAMES,
                    grades=st.just(frozenset()) if form in CARE else grades,
                    min_size=st.just(least),
                    max_size=st.just(max(most, 1)),
                    pattern=st.sampled_from(Pattern),
                    max_sections=st.none() | st.integers(0, 500),
                    grouping=st.sampled_from(Grouping),
                    skill=st.none() | WORDS,
                    provider=st.sampled_from((None, *providers)),
                    leaders=st.frozensets(st.sampled_from(staff)),
                    room_kinds=st.frozensets(st.sampled_from(RoomKind)),
                    room_features=st.frozensets(WORDS),
                    slots=st.none() | slots,
                    exercise_minutes=st.none() | st.integers(0, 300),
                    outdoor=FLAGS,
                    risk=st.integers(1, 3),
                    commercial=FLAGS,
                    written_homework=FLAGS,
                    pupils_per_adult=st.none() | st.integers(1, 500),
                    online_resource=st.none() | NAMES,
                    off_campus=FLAGS,
                )
            )
        )
    return courses


@st.composite
def _classes(draw: st.DrawFn, grades: list[int], staff: list[StaffId], rooms: list[RoomId]) -> list[HomeClass]:
    return [
        draw(
            st.builds(
                HomeClass,
                id=st.just(HomeClassId(id)),
                name=NAMES,
                grade=st.sampled_from(grades),
                head_teacher=st.sampled_from((None, *staff)),
                room=st.sampled_from((None, *rooms)),
            )
        )
        for id in draw(ids("班", 3, 1))
    ]


@st.composite
def _trips(draw: st.DrawFn, seasons: list[SeasonId]) -> list[BusTrip]:
    return [
        BusTrip(
            id=TripId(id),
            route=RouteId(draw(st.sampled_from(("东线", "=西线", "3路")))),
            vehicle=draw(st.sampled_from(Vehicle)),
            weekday=draw(st.integers(1, 7)),
            departure_by_season={season: draw(TIMES) for season in seasons},
            seats=draw(st.none() | st.integers(0, 500)),
        )
        for id in draw(ids("B", 3))
    ]


@st.composite
def _pupils(
    draw: st.DrawFn, classes: list[HomeClass], slots: list[Slot], courses: list[Course], staff: list[Staff], routes: list[RouteId]
) -> list[Pupil]:
    regular = [slot.id for slot in slots if slot.service is Service.REGULAR]
    extended = any(slot.service is Service.EXTENDED_CARE for slot in slots)
    evening = any(slot.service is Service.EVENING_STUDY for slot in slots)
    items = [course.id for course in courses if course.form is Form.CHOSEN]
    pupils = []
    for id in draw(ids("0", 4, 1)):
        enrolled = draw(FLAGS)
        wishes = (
            draw(st.lists(st.tuples(st.sampled_from(items), st.none() | st.integers(1, 7)), max_size=4, unique=True))
            if items
            else []
        )
        route = draw(st.sampled_from((None, *routes)))
        pupils.append(
            Pupil(
                id=PupilId(id),
                name=draw(NAMES),
                home_class=draw(st.sampled_from(classes)).id,
                enrolled=enrolled,
                stays=draw(st.frozensets(st.sampled_from(regular))) if enrolled and regular else frozenset(),
                wanted=draw(st.integers(1 if wishes else 0, 20)),
                choices=tuple(
                    Choice(rank=rank, course=course, weekday=weekday) for rank, (course, weekday) in enumerate(wishes, 1)
                ),
                accept_any=draw(FLAGS),
                latest_leave=draw(st.dictionaries(st.integers(1, 7), TIMES)),
                route=route,
                only_way_home=route is not None and draw(FLAGS),
                flags=draw(st.frozensets(st.sampled_from(Flag))),
                boarder=draw(FLAGS),
                extended_care=extended and draw(FLAGS),
                evening_study=evening and draw(FLAGS),
                agreement=draw(MAYBE_DATES),
                household=draw(st.none() | NAMES),
            )
        )
    return pupils


@st.composite
def _bells(draw: st.DrawFn, grades: list[int], seasons: list[SeasonId]) -> list[Bell]:
    """Three lessons for everybody, and a few breaks for some."""
    lessons = [
        Bell(
            season=season,
            grades=frozenset(grades),
            kind=BellKind.LESSON,
            number=number,
            clock=Clock(time(8 + number, draw(st.integers(0, 9))), time(8 + number, 40)),
            weekdays=frozenset(range(1, 8)),
        )
        for season in seasons
        for number in (1, 2, 3)
    ]
    others = [
        Bell(
            season=draw(st.sampled_from(seasons)),
            grades=draw(st.frozensets(st.sampled_from(grades), min_size=1)),
            kind=draw(st.sampled_from([kind for kind in BellKind if kind is not BellKind.LESSON])),
            number=number,
            clock=Clock(time(8 + number, 40), time(8 + number, 50)),
            weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return lessons + others


@st.composite
def _lessons(draw: st.DrawFn, classes: list[HomeClassId], staff: list[StaffId]) -> list[Lesson]:
    return [
        Lesson(
            home_class=draw(st.sampled_from(classes)),
            weekday=draw(st.integers(1, 7)),
            number=number,
            subject=draw(NAMES),
            teacher=draw(st.sampled_from((None, *staff))),
            pe=draw(FLAGS),
        )
        for number in range(1, draw(st.integers(1, 4)))
    ]


@st.composite
def _providers(draw: st.DrawFn, providers: list[ProviderId], courses: list[CourseId]) -> list[Provider]:
    return [
        draw(
            st.builds(
                Provider,
                id=st.just(id),
                name=NAMES,
                kind=st.sampled_from(ProviderKind),
                list_status=st.sampled_from(ListStatus),
                vetted=FLAGS,
                approval_ref=st.none() | NAMES,
                approved_from=MAYBE_DATES,
                approved_until=MAYBE_DATES,
                contract_from=MAYBE_DATES,
                contract_until=MAYBE_DATES,
                services=st.frozensets(st.sampled_from(courses)),
                need=st.none() | NAMES,
            )
        )
        for id in providers
    ]


@st.composite
def _locks(
    draw: st.DrawFn,
    slots: st.SearchStrategy[frozenset[SlotId]],
    courses: list[Course],
    pupils: list[Pupil],
    rooms: list[Room],
    staff: list[Staff],
) -> list[Lock]:
    lock = st.builds(
        Lock,
        course=st.sampled_from([each.id for each in courses]),
        by=NAMES,
        why=NAMES,
        pupil=st.sampled_from((None, *(each.id for each in pupils))),
        slots=slots,
        room=st.sampled_from((None, *(each.id for each in rooms))),
        staff=st.sampled_from((None, *(each.id for each in staff))),
    )
    return draw(st.lists(lock, max_size=2))


def _waivers() -> st.SearchStrategy[list[Waiver]]:
    waiver = st.builds(
        lambda start, days, **facts: Waiver(start=start, end=start + timedelta(days=days), **facts),
        start=DATES,
        days=st.integers(0, 100),
        clause=st.sampled_from((ClauseId("yueyang-2.4-end-time"), ClauseId("base-share"))),
        reason=NAMES,
        approver=NAMES,
        approved_on=DATES,
    )
    return st.lists(waiver, max_size=2)


def _flexible() -> st.SearchStrategy[FlexibleHours | None]:
    return st.none() | st.builds(
        FlexibleHours,
        late_after=TIMES,
        late_days_per_week=st.integers(0, 7),
        weekly_minutes=st.integers(0, 5000),
        late_start_until=TIMES,
    )


def _readings() -> st.SearchStrategy[dict[ClauseId, dict[str, str | int | float | bool]]]:
    value = st.one_of(NAMES, st.integers(-999, 99999), st.floats(-1e6, 1e6), FLAGS)
    values = st.dictionaries(st.sampled_from(("after_minutes", "share_percent")), value, min_size=1)
    return st.dictionaries(st.sampled_from((ClauseId("yueyang-2.4-end-time"), ClauseId("base-share"))), values, max_size=2)
