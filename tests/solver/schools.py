"""What does a random small school look like? Every kind of fact that a rule can ask about, in a school of a few children."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from random import Random
from typing import TypeVar

from scheduler.domain import (
    Activity,
    AreaType,
    BellKind,
    Category,
    Check,
    Choice,
    CourseId,
    Flag,
    FlexibleHours,
    Form,
    Grouping,
    HolidaySeason,
    HolidayWeek,
    ListStatus,
    Lock,
    MakeUpDay,
    Pattern,
    ProviderId,
    ProviderKind,
    PupilId,
    Role,
    RoomId,
    RoomKind,
    RouteId,
    Scenario,
    SchoolForm,
    Service,
    SlotId,
    StaffId,
    StaffKind,
    Stage,
    Strand,
)
from tests.rules.worlds import Drawing

T = TypeVar("T")

FIRST, LAST = date(2025, 9, 22), date(2025, 10, 12)
"""Three weeks with a public holiday, two make-up days and a change of season."""
STARTS = {1: ("15:40-16:20", "15:45-16:30"), 2: ("16:30-17:10", "16:35-17:20"), 3: ("17:20-18:00", "17:25-18:15")}
"""Clocks of primary and junior, by number: those of one number overlap, others do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many there are at most."""

    pupils: int = 10
    days: int = 2
    slots: int = 3
    courses: int = 4
    staff: int = 4
    rooms: int = 3


def some(random: Random, things: Sequence[T], share: float = 0.5) -> frozenset[T]:
    """Each of the things with that chance."""
    return frozenset(one for one in things if random.random() < share)


def maybe(random: Random, value: T, share: float = 0.5) -> T | None:
    """The value with that chance."""
    return value if random.random() < share else None


def school(random: Random, size: Size) -> Scenario:
    """A school, the same for the same luck and size."""
    drawing = Drawing(grade=3, home_class="三1")
    drawing.start, drawing.end = FIRST, LAST
    _calendar(drawing, random)
    _grades(drawing, random)
    _slots(drawing, random, size)
    _daytime(drawing, random)
    _rooms(drawing, random, size)
    gentle = random.random() < 0.5
    _staff(drawing, random, size, gentle)
    _courses(drawing, random, size, gentle)
    _pupils(drawing, random, size)
    _locks(drawing, random)
    _lessons(drawing, random)
    return drawing.scenario()


def _calendar(drawing: Drawing, random: Random) -> None:
    week = HolidayWeek(season=HolidaySeason.WINTER, start=date(2026, 1, 26), end=date(2026, 1, 30))
    drawing.in_term(
        start=FIRST,
        end=LAST,
        holiday_weeks=(week,) if random.random() < 0.3 else (),
        make_up_days=(MakeUpDay(day=date(2025, 9, 28), follows=random.choice([2, 3])),) if random.random() < 0.5 else (),
        weekend_weekday=maybe(random, 6, 0.3),
    )
    drawing.at_school(
        area=random.choice(list(AreaType)),
        form=random.choice([SchoolForm.PRIMARY, SchoolForm.NINE_YEAR]),
        boarding=random.random() < 0.3,
        billed_by_period=random.random() < 0.5,
        period_minutes=random.choice([None, 30, 40]),
    )
    del drawing.seasons["autumn"]
    off_work = maybe(random, time(17, 30), 0.8)
    if random.random() < 0.5:
        drawing.season("all", date(2025, 9, 1), date(2026, 1, 31), off_work_time=off_work)
    else:
        kinds = {"kind": HolidaySeason.SUMMER, "afternoon_start": time(14, random.choice([0, 10]))}
        drawing.season("summer", date(2025, 9, 1), date(2025, 9, 30), off_work_time=off_work, **kinds)
        drawing.season("winter", date(2025, 10, 1), date(2026, 1, 31), off_work_time=time(17, 0), kind=HolidaySeason.WINTER)
    if random.random() < 0.3:
        drawing.season("spring", date(2026, 2, 1), date(2026, 6, 30), off_work_time=off_work)


def _grades(drawing: Drawing, random: Random) -> None:
    del drawing.grades[3], drawing.home_classes["三1"]
    chosen = random.choice([(3,), (2, 3), (3, 7), (2, 3, 7)])
    for grade in chosen:
        stage = Stage.JUNIOR if grade == 7 else Stage.PRIMARY
        drawing.grade(
            grade, stage, graduating=grade == 7 and random.random() < 0.5, homework_minutes=random.choice([None, 0, 30, 55])
        )
        for number in range(random.choice([1, 1, 2])):
            drawing.home_class(f"{grade}.{number + 1}", grade)


def _slots(drawing: Drawing, random: Random, size: Size) -> None:
    primary = {grade for grade in drawing.grades if grade < 7}
    junior = set(drawing.grades) - primary
    days = random.sample(["Mon", "Tue", "Wed", "Thu", "Fri"], size.days) + (["Sat"] if random.random() < 0.3 else [])
    apart = bool(junior) and random.random() < 0.6
    for day in days:
        for number in range(1, random.randint(1, size.slots) + 1):
            strand = random.choice([None, None, None, Strand.ONE, Strand.X])
            if apart:
                _slot(drawing, random, f"{day}{number}p", day, number, primary, STARTS[number][0], strand)
                _slot(drawing, random, f"{day}{number}j", day, number, junior, STARTS[number][1], strand)
            else:
                grades = set(drawing.grades) if random.random() < 0.8 else primary
                _slot(drawing, random, f"{day}{number}", day, number, grades, STARTS[number][0], strand)
        if random.random() < 0.3:
            grades = set(drawing.grades)
            drawing.slot(f"{day}ext", f"{day} 18:00-18:30", number=8, grades=grades, service=Service.EXTENDED_CARE)
        if random.random() < 0.3:
            grades = set(drawing.grades) if random.random() < 0.5 else junior or primary
            drawing.slot(f"{day}eve", f"{day} 19:00-20:30", number=9, grades=grades, service=Service.EVENING_STUDY)


def _slot(
    drawing: Drawing, random: Random, id: str, day: str, number: int, grades: set[int], hours: str, strand: Strand | None
) -> None:
    clocks = {"winter": STARTS[number][random.choice([0, 1])]} if "winter" in drawing.seasons else {}
    if random.random() < (0.3 if day == "Sat" else 0.05):
        hours = f"{8 + number:02}:00-{8 + number:02}:40"
    drawing.slot(id, f"{day} {hours}", number=number, grades=grades, strand=strand, clocks=clocks)


def _daytime(drawing: Drawing, random: Random) -> None:
    """Two lessons, and now and then a break or a lunch that runs into the afternoon."""
    drawing.bell("08:20-09:00", number=1)
    drawing.bell(random.choice(["14:50-15:30", "15:10-15:50", "15:50-16:30"]), number=6)
    if random.random() < 0.3:
        drawing.bell("16:00-16:25", number=1, kind=random.choice([BellKind.BREAK, BellKind.NAP, BellKind.LUNCH]))


def _rooms(drawing: Drawing, random: Random, size: Size) -> None:
    seats = [3, 3, 4, 5, 8, 12]
    for number in range(random.randint(1, size.rooms)):
        kind = random.choice([RoomKind.CLASSROOM, RoomKind.CLASSROOM, RoomKind.PLAYGROUND, RoomKind.OFF_SITE])
        drawing.room(
            f"r{number}",
            kind=kind,
            seats=random.choice(seats),
            groups=random.choice([1, 1, 2]),
            outdoor=kind is RoomKind.PLAYGROUND,
            features=some(random, ["钢琴"], 0.4),
            closed=some(random, [SlotId(slot) for slot in drawing.slots], 0.1) if random.random() < 0.6 else frozenset(),
            safe_until=random.choice([None, date(2025, 10, 1), LAST, date(2026, 1, 31)]),
        )


def _staff(drawing: Drawing, random: Random, size: Size, gentle: bool) -> None:
    """Where facts are gentle, nobody is capped and most people are teachers of the school."""
    slots = list(drawing.slots)
    if random.random() < 0.6:
        status = random.choice(list(ListStatus))
        drawing.provider(
            "机构",
            kind=random.choice([ProviderKind.YOUTH_PALACE, ProviderKind.TRAINING_ACADEMIC]),
            list_status=status,
            vetted=random.random() < 0.5,
            approved_from=maybe(random, FIRST),
            approved_until=maybe(random, LAST),
            contract_from=maybe(random, random.choice([FIRST, date(2025, 9, 25)]), 0.8),
            contract_until=maybe(random, random.choice([LAST, date(2025, 10, 1)]), 0.8),
            services=some(random, [CourseId("选0")], 0.4),
            need=random.choice([None, " ", "缺教师"]),
        )
    for number in range(random.randint(min(2, size.staff), size.staff)):
        kinds = [StaffKind.OWN, StaffKind.OWN, StaffKind.BORROWED, StaffKind.VOLUNTEER, StaffKind.PROVIDER_STAFF]
        kind = random.choice(kinds[:3] if gentle else kinds)
        outside = kind is StaffKind.PROVIDER_STAFF or (kind is not StaffKind.OWN and random.random() < 0.4)
        drawing.staff(
            f"t{number}",
            kind=kind,
            provider=ProviderId("机构") if outside and drawing.providers else None,
            skills=some(random, ["球", "画"], 0.6),
            willing=random.random() < 0.9,
            available=some(random, slots, 0.85),
            avoids=some(random, slots, 0.2),
            max_per_day=None if gentle else random.choice([None, None, 0, 1, 2]),
            max_per_week=None if gentle else random.choice([None, None, 1, 2, 4]),
            roles=some(random, list(Role), 0.35),
            checks={check: random.choice([LAST, date(2025, 10, 1)]) for check in some(random, list(Check)[:3], 0.6)},
            approved_until=random.choice([None, LAST, date(2025, 10, 1)]),
            bad_record=random.random() < 0.1,
        )
    if random.random() < (0.2 if gentle else 0.5):
        drawing.more["flexible_hours"] = FlexibleHours(
            late_after=random.choice([time(16, 0), time(17, 0), time(18, 0)]),
            late_days_per_week=random.choice([0, 1]),
            weekly_minutes=random.choice([40, 80, 200]),
            late_start_until=time(9, 0),
        )


def _courses(drawing: Drawing, random: Random, size: Size, gentle: bool) -> None:
    """Where facts are gentle, most courses take place in any room, led by anybody."""
    drawing.course("托管", form=Form.BASE_CARE, activity=Activity.SUPERVISION)
    drawing.course("延时", form=Form.EXTENDED_CARE, activity=Activity.SUPERVISION)
    drawing.course("晚自习", form=Form.EVENING_STUDY, activity=Activity.SUPERVISION, subject=maybe(random, "数学", 0.3))
    drawing.course("看护", form=Form.BOARDER_CARE, activity=Activity.SUPERVISION)
    for number in range(random.randint(1, size.courses)):
        form = random.choice([Form.CHOSEN, Form.CHOSEN, Form.ARRANGED])
        category = random.choice([Category.PE, Category.ARTS, Category.HOMEWORK, Category.READING])
        written = category is Category.HOMEWORK and random.random() < 0.7
        max_size = random.choice([3, 4, 6, 45])
        drawing.course(
            f"{'选' if form is Form.CHOSEN else '排'}{number}",
            form=form,
            strand=random.choice([Strand.ONE, Strand.X, Strand.X]),
            category=category,
            activity=random.choice([Activity.ENRICHMENT, Activity.READING, Activity.EXAM_DRILL, Activity.LUNCH_CARE]),
            subject=maybe(random, "数学", 0.2),
            grades=some(random, list(drawing.grades)) if random.random() < 0.4 else frozenset(),
            min_size=random.choice([1, 1, 2] if gentle else [1, 2, 3]) if form is Form.CHOSEN else 1,
            max_size=max_size,
            pattern=random.choice([Pattern.SINGLE, Pattern.SINGLE, Pattern.TWO_DAYS, Pattern.DOUBLE]),
            max_sections=random.choice([None, None, 1, 2]),
            grouping=random.choice([Grouping.MIXED, Grouping.MIXED, Grouping.GRADE, Grouping.HOME_CLASS]),
            skill=maybe(random, random.choice(["球", "画"]), 0.1 if gentle else 0.5),
            provider=maybe(random, ProviderId("机构"), 0.1 if gentle else 0.4) if drawing.providers else None,
            leaders=some(random, [StaffId(one) for one in drawing.staff_by_id], 0.5) if random.random() < 0.15 else frozenset(),
            room_kinds=some(random, [RoomKind.CLASSROOM, RoomKind.PLAYGROUND], 0.2 if gentle else 0.5),
            room_features=some(random, ["钢琴"], 0.15),
            slots=some(random, [SlotId(one) for one in drawing.slots], 0.7) if random.random() < 0.3 else None,
            exercise_minutes=random.choice([None, None, 5, 20, 60]),
            outdoor=random.random() < 0.2,
            risk=random.choice([1, 1, 2, 3]),
            commercial=random.random() < 0.1,
            written_homework=written,
            pupils_per_adult=random.choice([None, None, 2, 3, 50]),
            online_resource=maybe(random, "平台", 0.2),
            off_campus=random.random() < 0.15,
        )


def _pupils(drawing: Drawing, random: Random, size: Size) -> None:
    chosen = [course for course in drawing.courses.values() if course.form is Form.CHOSEN]
    for number in range(random.randint((size.pupils + 1) // 2, size.pupils)):
        home_class = random.choice(list(drawing.home_classes.values()))
        own = [slot for slot in drawing.slots.values() if home_class.grade in slot.grades and slot.service is Service.REGULAR]
        whole_week = random.random() < 0.6
        enrolled = random.random() < 0.9
        wishes = random.sample(chosen, random.randint(len(chosen) // 2, len(chosen)))
        choices = tuple(
            Choice(
                rank=rank,
                course=course.id,
                teacher=maybe(random, StaffId(random.choice(list(drawing.staff_by_id))), 0.15),
                weekday=maybe(random, random.choice(own).weekday, 0.15) if own else None,
            )
            for rank, course in enumerate(wishes, start=1)
        )
        stays = [slot.id for slot in own if whole_week or random.random() < 0.7] if enrolled else []
        drawing.pupil(
            f"p{number}",
            stays=" ".join(stays),
            home_class=home_class.id,
            enrolled=enrolled,
            choices=choices,
            wanted=random.choice([0, 1, 2, 2, 3]),
            accept_any=random.random() < 0.35,
            latest_leave={weekday: time(17, 30) for weekday in range(1, 7)} if random.random() < 0.2 else {},
            route=maybe(random, RouteId("北"), 0.4),
            only_way_home=random.random() < 0.6,
            flags=some(random, [Flag.LEFT_BEHIND, Flag.DISABILITY], 0.2),
            boarder=random.random() < (0.2 if enrolled else 0.7),
            extended_care=enrolled and random.random() < 0.3,
            evening_study=random.random() < 0.2,
        )
    for weekday in some(random, range(1, 7), 0.7):
        departs = random.choice(["16:30", "17:30", "18:15"])
        drawing.trip(f"早{weekday}", "北", weekday, departs, seats=random.choice([None] * 5 + [1]))
        if random.random() < 0.4:
            drawing.trip(f"晚{weekday}", "北", weekday, "18:30", seats=random.choice([None] * 5 + [1, 2]))


def _locks(drawing: Drawing, random: Random) -> None:
    courses = [course for course in drawing.courses.values() if course.form in (Form.CHOSEN, Form.ARRANGED)]
    slots = [SlotId(slot.id) for slot in drawing.slots.values() if slot.service is Service.REGULAR]
    for _ in range(random.choice([0, 1, 2, 3]) if slots else 0):
        course = random.choice(courses)
        if random.random() < 0.5 and course.form is Form.CHOSEN:
            pupil = PupilId(random.choice(list(drawing.pupils)))
            drawing.locks.append(Lock(course=course.id, by="教务处", why="校队", pupil=pupil))
        else:
            drawing.locks.append(
                Lock(
                    course=course.id,
                    by="教务处",
                    why="校队",
                    slots=frozenset(random.sample(slots, 1)) if random.random() < 0.5 else frozenset(),
                    room=maybe(random, RoomId(random.choice(list(drawing.rooms)))),
                    staff=maybe(random, StaffId(random.choice(list(drawing.staff_by_id)))),
                )
            )


def _lessons(drawing: Drawing, random: Random) -> None:
    for home_class in drawing.home_classes:
        for weekday in range(1, 6):
            teacher = maybe(random, StaffId(random.choice(list(drawing.staff_by_id))), 0.5)
            number = random.choice([1, 6])
            drawing.lesson(weekday, number, home_class=home_class, teacher=teacher, pe=random.random() < 0.3)
