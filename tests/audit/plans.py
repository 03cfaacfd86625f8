"""What does a plan without any fault look like? A small school with everything a rule can ask about, and its week.

A boarding nine-year school in a village: grades 2, 3 and 7, one home class each. Every day has three regular slots: first "1"
(reading or homework by class), then class PE, then a chosen course, a class activity or base care. Extended care follows,
grade 7 has evening study, one boarder did not enrol. Numbers, wishes, days and people differ from seed to seed; the plan is
without fault by construction, so the audit must find nothing whatever the seed.
"""

from datetime import date, time
from random import Random

from scheduler.calendar import service_dates
from scheduler.domain import (
    Activity,
    AreaType,
    BellKind,
    Category,
    Check,
    CourseId,
    Flag,
    FlexibleHours,
    Form,
    Grouping,
    HolidaySeason,
    HolidayWeek,
    ListStatus,
    Lock,
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
from scheduler.timetable import Duty, Timetable
from tests.rules.worlds import Drawing

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
CLASSES = {2: "二1", 3: "三1", 7: "七1"}
HEADS = {2: "zhang", 3: "li", 7: "wang"}
FIRST, LAST = date(2025, 9, 15), date(2025, 10, 17)
VETTED = {
    "checks": {Check.HEALTH: LAST, Check.CRIMINAL_RECORD: LAST},
    "approved_until": LAST,
}
PRIMARY, JUNIOR = frozenset({2, 3}), frozenset({7})


def plan(seed: int) -> tuple[Scenario, Timetable]:
    """A school and a faultless week of it, the same for the same seed."""
    random = Random(seed)
    week = Drawing(grade=2, home_class=CLASSES[2])
    _school(week)
    _days(week)
    _rooms(week)
    _staff(week, random)
    _courses(week, random)
    _pupils(week, random)
    _classes_meet(week)
    _chosen(week, random)
    _care(week, random)
    _everyone_else(week)
    _duties(week)
    _locks(week)
    return week.scenario(), week.timetable()


def _school(week: Drawing) -> None:
    week.at_school(
        area=AreaType.VILLAGE,
        form=SchoolForm.NINE_YEAR,
        central_school="中心学校",
        boarding=True,
        county_plan="县教字〔2025〕1号",
        billed_by_period=True,
    )
    week.start, week.end = FIRST, LAST
    winter = HolidayWeek(season=HolidaySeason.WINTER, start=date(2026, 1, 26), end=date(2026, 1, 30))
    week.in_term(holiday_weeks=(winter,))
    del week.seasons["autumn"]
    week.season("summer", date(2025, 9, 1), date(2025, 9, 30), kind=HolidaySeason.SUMMER, afternoon_start=time(14, 0))
    week.season("winter", date(2025, 10, 1), date(2026, 1, 23), kind=HolidaySeason.WINTER, afternoon_start=time(13, 30))
    for season in week.seasons:
        week.in_season(season, off_work_time=time(17, 30))
    week.grade(2, homework_minutes=0)
    week.grade(3, homework_minutes=50)
    week.grade(7, Stage.JUNIOR, homework_minutes=50, graduating=True)
    for grade in (3, 7):
        week.home_class(CLASSES[grade], grade)
    week.more["flexible_hours"] = FlexibleHours(
        late_after=time(18, 45), late_days_per_week=2, weekly_minutes=700, late_start_until=time(9, 0)
    )


def _days(week: Drawing) -> None:
    """Regular slots 1 to 3, extended care as 4, evening study as 5; lessons until 15:30, PE lessons on Tuesday."""
    for day in DAYS:
        key = day.lower()
        for number, hours in enumerate(("15:40-16:20", "16:30-17:10", "17:20-18:00"), start=1):
            week.slot(f"{key}{number}p", f"{day} {hours}", number=number, grades=set(PRIMARY))
        for number, hours in enumerate(("15:40-16:25", "16:35-17:20", "17:30-18:15"), start=1):
            week.slot(f"{key}{number}j", f"{day} {hours}", number=number, grades=set(JUNIOR))
        extended, evening = Service.EXTENDED_CARE, Service.EVENING_STUDY
        week.slot(f"{key}4p", f"{day} 18:00-18:30", number=4, grades=set(PRIMARY), service=extended)
        week.slot(f"{key}4j", f"{day} 18:15-18:45", number=4, grades=set(JUNIOR), service=extended)
        week.slot(f"{key}5j", f"{day} 19:00-20:30", number=5, grades=set(JUNIOR), service=evening)
    week.bell("08:20-09:00", number=1)
    week.bell("09:10-09:50", number=2)
    week.bell("09:50-10:10", number=1, kind=BellKind.BREAK)
    week.bell("12:00-13:20", number=1, kind=BellKind.LUNCH)
    week.bell("14:50-15:30", number=6)
    for grade, head in HEADS.items():
        for weekday in range(1, 6):
            week.lesson(weekday, 2, home_class=CLASSES[grade], teacher=StaffId(head))
        week.lesson(2, 6, "体育", home_class=CLASSES[grade], teacher=StaffId(head), pe=True)


def _rooms(week: Drawing) -> None:
    safe = {"safe_until": LAST}
    for grade in CLASSES:
        week.room(CLASSES[grade] + "教室", **safe)
    week.room("操场", kind=RoomKind.PLAYGROUND, groups=4, outdoor=True, **safe)
    week.room("音乐室", kind=RoomKind.FUNCTION_ROOM, features=frozenset({"钢琴"}), seats=12, **safe)
    week.room("陶艺室", kind=RoomKind.FUNCTION_ROOM, features=frozenset({"窑炉"}), seats=12, **safe)
    week.room("美术室", kind=RoomKind.FUNCTION_ROOM, seats=12, closed=frozenset({SlotId("mon1p")}), **safe)
    week.room("机房", kind=RoomKind.FUNCTION_ROOM, seats=12, **safe)
    week.room("农场", kind=RoomKind.OFF_SITE, outdoor=True, travel_minutes=20, **safe)
    week.room("阅览室", kind=RoomKind.READING_ROOM, seats=40, **safe)
    week.room("自修室", seats=40, **safe)


def _staff(week: Drawing, random: Random) -> None:
    for head in HEADS.values():
        week.staff(head, max_per_day=2, max_per_week=10)
    week.staff("sun", skills="剪纸", max_per_day=1, max_per_week=2)
    week.staff("zhou", skills="合唱", max_per_day=1, max_per_week=2)
    week.staff("he", kind=StaffKind.BORROWED, skills="编程", max_per_day=1, max_per_week=1)
    week.staff("chen", skills="篮球", max_per_day=2, max_per_week=2)
    week.staff("shen", kind=StaffKind.VOLUNTEER, skills="种植", **VETTED)
    week.staff("han", kind=StaffKind.VOLUNTEER, skills="种植", **VETTED)
    week.staff("wu", kind=StaffKind.PROVIDER_STAFF, provider=ProviderId("少年宫"), skills="陶艺", **VETTED)
    week.provider(
        "少年宫",
        kind=ProviderKind.YOUTH_PALACE,
        list_status=ListStatus.WHITE,
        vetted=True,
        approved_from=FIRST,
        approved_until=LAST,
        contract_from=FIRST,
        contract_until=LAST,
        services=frozenset({CourseId("陶艺")}),
        need="本校没有陶艺教师",
    )
    for one in ("feng", "qian", "jiang", "xu", "lu", "ma"):
        week.staff(one, max_per_day=4)
    for one in ("an", "bo"):
        week.staff(one, roles=frozenset({Role.DUTY_LEADER}), willing=False)
    for one in ("ce", "de"):
        week.staff(one, roles=frozenset({Role.INSPECTOR}), available=frozenset())
    week.staff("liu", kind=StaffKind.RETIRED, available=frozenset())
    unavoidable = random.choice(["feng", "qian"])
    week.staff(unavoidable, avoids="mon5j", max_per_day=4)


def _courses(week: Drawing, random: Random) -> None:
    one = {"form": Form.ARRANGED, "strand": Strand.ONE, "grouping": Grouping.HOME_CLASS}
    written = {"category": Category.HOMEWORK, "activity": Activity.HOMEWORK_GUIDANCE, "written_homework": True}
    kinds = {"room_kinds": frozenset({RoomKind.CLASSROOM})}
    week.course("阅读", **one, category=Category.READING, activity=Activity.READING, grades=frozenset({2}))
    week.course("作业辅导", **one, **written, **kinds, grades=frozenset({3, 7}))
    ground = {"room_kinds": frozenset({RoomKind.PLAYGROUND}), "outdoor": True}
    week.course("班级体锻", form=Form.ARRANGED, category=Category.PE, grouping=Grouping.HOME_CLASS, **ground)
    week.course("班级活动", form=Form.ARRANGED, category=Category.MORAL, grouping=Grouping.GRADE, grades=PRIMARY)
    for title, form in (("托管", Form.BASE_CARE), ("延时托管", Form.EXTENDED_CARE)):
        week.course(title, form=form, activity=Activity.SUPERVISION)
    week.course("晚自习", form=Form.EVENING_STUDY, activity=Activity.SUPERVISION, grades=JUNIOR)
    week.course("寄宿看护", form=Form.BOARDER_CARE, activity=Activity.SUPERVISION, grades=JUNIOR)
    chosen = {"min_size": 2, "max_size": 12, "grades": PRIMARY}
    room = {"room_kinds": frozenset({RoomKind.FUNCTION_ROOM})}
    week.course("剪纸", **chosen, **room, skill="剪纸", max_sections=1, slots=frozenset({SlotId("mon3p"), SlotId("wed3p")}))
    week.course("合唱", **chosen, **room, skill="合唱", pattern=Pattern.TWO_DAYS, room_features=frozenset({"钢琴"}))
    week.course("陶艺", **chosen, **room, provider=ProviderId("少年宫"), skill="陶艺", room_features=frozenset({"窑炉"}))
    week.course("编程", **chosen, **room, category=Category.SCIENCE, skill="编程", online_resource="国家中小学智慧教育平台")
    farm = {"room_kinds": frozenset({RoomKind.OFF_SITE}), "off_campus": True, "outdoor": True}
    week.course("种植", **chosen, **farm, category=Category.LABOUR, skill="种植", pupils_per_adult=random.randint(3, 4))
    ball = {"category": Category.PE, "grades": JUNIOR, "skill": "篮球", "pattern": Pattern.DOUBLE}
    week.course("篮球", **ball, **ground, min_size=2, max_size=12)


def _pupils(week: Drawing, random: Random) -> None:
    """Four to six pupils a class; the last of each stays three days only; one boarder of grade 7 did not enrol."""
    for grade, home_class in CLASSES.items():
        suffix = "j" if grade == 7 else "p"
        number = random.randint(4, 6)
        for index in range(number):
            days = random.sample(DAYS, 3) if index == number - 1 else DAYS
            stays = " ".join(f"{day.lower()}{one}{suffix}" for day in days for one in (1, 2, 3))
            facts: dict[str, object] = {"home_class": home_class, "agreement": date(2025, 9, 1)}
            if index == 0:
                facts |= {"extended_care": True, "flags": frozenset({Flag.LEFT_BEHIND})}
            if index == 1 and grade != 7:
                facts |= {"route": RouteId("北"), "only_way_home": True}
            if index == 2:
                ends = time(18, 15) if grade == 7 else time(18, 0)
                facts |= {"latest_leave": dict.fromkeys(range(1, 6), ends)}
            facts |= {"evening_study": grade == 7 and index != 2}
            week.pupil(f"p{grade}{index}", stays=stays, **facts)
    week.pupil("boarder", home_class=CLASSES[7], enrolled=False, boarder=True)
    for weekday in range(1, 6):
        week.trip(f"北{weekday}", "北", weekday, "18:10", seats=2)


def _classes_meet(week: Drawing) -> None:
    """Slot 1 is "1" and slot 2 PE, by home class; every pupil who stays is in both."""
    number = 0
    for grade, home_class in CLASSES.items():
        suffix, title = ("j" if grade == 7 else "p"), ("阅读" if grade == 2 else "作业辅导")
        room = "阅览室" if grade == 2 else home_class + "教室"
        for day in DAYS:
            number += 1
            for course, slot, where in ((title, 1, room), ("班级体锻", 2, "操场")):
                week.meeting(course, f"{day.lower()}{slot}{suffix}", number=number, staff=HEADS[grade], room=where)


def _chosen(week: Drawing, random: Random) -> None:
    """Every full-week primary pupil has two to four wishes granted, every one of grade 7 the ball game on Fridays."""
    week.meeting("剪纸", random.choice(["mon3p", "wed3p"]), staff="sun", room="美术室")
    week.meeting("合唱", "tue3p", staff="zhou", room="音乐室")
    week.meeting("合唱", "thu3p", staff="zhou", room="音乐室")
    week.meeting("陶艺", random.choice(["mon3p", "wed3p"]), staff="wu", room="陶艺室")
    week.meeting("编程", random.choice(["tue3p", "thu3p"]), staff="he", room="机房")
    week.meeting("种植", "fri3p", staff="shen han", room="农场")
    for slot in ("fri2j", "fri3j"):
        week.meeting("篮球", slot, staff="chen", room="操场")
    whole = [pupil for pupil in week.pupils.values() if len(pupil.stays) == 15]
    young = [pupil.id for pupil in whole if pupil.home_class != CLASSES[7]]
    sections: dict[str, set[str]] = {}
    for meeting in week.meetings:
        sections.setdefault(meeting.section.split("-")[0], set()).add(meeting.slot)
    for course in ("剪纸", "合唱", "陶艺", "编程", "种植"):
        sections[course] = {slot[:3] for slot in sections[course]}
    taken: dict[str, set[str]] = {pupil: set() for pupil in young}
    granted: dict[str, list[str]] = {pupil: [] for pupil in young}
    for course in random.sample(["剪纸", "合唱", "陶艺", "编程", "种植"], 5):
        free = [pupil for pupil in young if not taken[pupil] & sections[course]]
        ratio = week.courses[course].pupils_per_adult
        seats = 2 * ratio if ratio else 12
        # The wishes of those who are left out stay unmet; nobody who comes first is among them.
        for pupil in free[: min(len(free), seats)] if len(free) >= 2 else []:
            taken[pupil] |= sections[course]
            granted[pupil].append(course)
    for pupil in young:
        _wish(week, random, pupil, granted[pupil])
    for pupil in (one for one in whole if one.home_class == CLASSES[7] and one.enrolled):
        _wish(week, random, pupil.id, ["篮球"])
    for course in [one for one in ("剪纸", "合唱", "陶艺", "编程", "种植") if not any(one in got for got in granted.values())]:
        del week.sections[f"{course}-1"]
        week.meetings = [meeting for meeting in week.meetings if meeting.section != f"{course}-1"]


def _wish(week: Drawing, random: Random, id: str, granted: list[str]) -> None:
    """The pupil wished for what is granted, in any order, and one more course that is not."""
    menu = ["篮球"] if granted == ["篮球"] else ["剪纸", "合唱", "陶艺", "编程", "种植"]
    others = [course for course in menu if course not in granted][:1]
    wishes = random.sample(granted + others, len(granted + others))
    pupil = week.pupils[id]
    facts = {
        name: getattr(pupil, name)
        for name in ("agreement", "extended_care", "flags", "route", "only_way_home", "latest_leave", "evening_study")
    }
    week.pupil(
        id, stays=" ".join(pupil.stays), wishes=" ".join(wishes), home_class=pupil.home_class, wanted=len(granted), **facts
    )
    for course in granted:
        week.place(id, course)


def _care(week: Drawing, random: Random) -> None:
    """Extended care, evening study and boarders' supervision, one section a day."""
    late = dict(zip(DAYS, random.sample(["feng", "feng", "qian", "qian", "jiang"], 5), strict=True))
    for staff in week.staff_by_id.values():
        if "mon5j" in staff.avoids and late["Mon"] == staff.id:
            other = next(day for day in DAYS if late[day] != staff.id)
            late["Mon"], late[other] = late[other], late["Mon"]
    for number, day in enumerate(DAYS, start=1):
        key = day.lower()
        week.meeting("晚自习", f"{key}5j", number=number, staff=late[day], room="自修室")
        week.meeting("延时托管", f"{key}4p", number=number, staff="xu", room="二1教室")
        week.meeting("延时托管", f"{key}4j", number=number + 5, staff="lu", room="七1教室")
        for slot in (1, 2, 3):
            week.meeting("寄宿看护", f"{key}{slot}j", number=3 * number + slot, staff="lu", room="自修室")
            week.place("boarder", "寄宿看护", number=3 * number + slot, arranged=True)
        week.meeting("班级活动", f"{key}3p", number=number, staff="xu", room="二1教室")
        week.meeting("班级活动", f"{key}3p", number=number + 5, staff="feng" if late[day] != "feng" else "jiang", room="三1教室")
        week.meeting("托管", f"{key}3j", number=number, staff="ma", room="七1教室")


def _everyone_else(week: Drawing) -> None:
    """Who stays and sits nowhere yet goes to the class's own meeting of that slot."""
    slots = {section: {meeting.slot for meeting in week.meetings if meeting.section == section} for section in week.sections}
    busy = {(place.pupil, slot) for place in week.placements for slot in slots[place.section]}
    for pupil in week.pupils.values():
        grade = next(grade for grade, name in CLASSES.items() if name == pupil.home_class)
        for slot in sorted(week.scenario().cells_of(pupil)):
            if (pupil.id, slot) in busy:
                continue
            day, number = DAYS.index(slot[:3].capitalize()), int(slot[3])
            offset = {2: 0, 3: 5, 7: 10}[grade]
            course, section = {
                1: ("阅读" if grade == 2 else "作业辅导", offset + day + 1),
                2: ("班级体锻", offset + day + 1),
                3: ("托管", day + 1) if grade == 7 else ("班级活动", day + 1 + (5 if grade == 3 else 0)),
                4: ("延时托管", day + 1 + (5 if grade == 7 else 0)),
                5: ("晚自习", day + 1),
            }[number]
            week.place(pupil.id, course, number=section, arranged=True)
    for rider in ("p21", "p31"):
        for weekday in range(1, 6):
            week.ride(rider, weekday, f"北{weekday}")


def _duties(week: Drawing) -> None:
    days = [day for day in service_dates(week.scenario()) if FIRST <= day <= LAST]
    for role, pair in ((Role.DUTY_LEADER, ("an", "bo")), (Role.INSPECTOR, ("ce", "de"))):
        week.duties += [Duty(day=day, role=role, staff=StaffId(pair[turn % 2])) for turn, day in enumerate(days)]


def _locks(week: Drawing) -> None:
    """One section and one pupil's place are fixed by hand, as they stand."""
    ball = frozenset({SlotId("fri2j"), SlotId("fri3j")})
    by = {"by": "教务处", "why": "校队训练"}
    week.locks.append(Lock(course=CourseId("篮球"), slots=ball, room=RoomId("操场"), staff=StaffId("chen"), **by))
    week.locks.append(Lock(course=CourseId("篮球"), pupil=PupilId("p70"), **by))
