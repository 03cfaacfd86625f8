"""Do the facts fit each other? Everything that one row alone cannot show; nothing here depends on a county."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from itertools import combinations

from scheduler.domain import Choice, Course, Form, Pupil, Service, Slot, SlotId, Staff
from scheduler.intake.daytime import check_hours
from scheduler.intake.draft import Draft
from scheduler.intake.rows import Row
from scheduler.intake.sheets import Choices, Courses, Pupils, Seasons, Slots, StaffRows
from scheduler.intake.text import same_look


def check(draft: Draft) -> None:
    """Adds a fault for everything that does not fit."""
    _seasons_cover_the_term(draft)
    _slots_do_not_overlap(draft)
    _pupils_stay_where_their_grade_may(draft)
    _routes_exist(draft)
    _needs_have_courses(draft)
    _wishes_can_be_meant(draft)
    _skills_and_caps(draft)
    _names_look_alike(draft)
    check_hours(draft)


def _seasons_cover_the_term(draft: Draft) -> None:
    seasons = sorted(draft.seasons, key=lambda season: (season.start, season.end, season.id))
    for first, second in combinations(seasons, 2):
        if second.start <= first.end:
            draft.row("seasons", second.id).fault(
                Seasons.start,
                f"“{second.id}”与“{first.id}”的日期重叠。",
                f"“{second.id}” overlaps “{first.id}”.",
                "同一天只能属于一种作息，请改正日期。",
                "A day belongs to one season; correct the dates.",
            )
    if draft.term is None or not seasons or not draft.whole.get("seasons", True):
        return
    day = draft.term.start
    for season in seasons:
        if season.start > day:
            break
        day = max(day, season.end + timedelta(days=1))
    if day <= draft.term.end:
        draft.row("seasons", seasons[-1].id).fault(
            Seasons.end,
            f"学期中 {day} 不属于任何作息。",
            f"{day} lies in the term but in no season.",
            "请让各种作息的日期连起来，盖住整个学期。",
            "Let the seasons cover the whole term.",
        )


def _slots_do_not_overlap(draft: Draft) -> None:
    by_weekday: defaultdict[int, list[Slot]] = defaultdict(list)
    for slot in draft.slots:
        by_weekday[slot.weekday].append(slot)
    for slots in by_weekday.values():
        for first, second in combinations(slots, 2):
            shared = first.grades & second.grades
            if not shared:
                continue
            row = draft.row("slots", second.id)
            if first.number == second.number:
                row.fault(
                    Slots.number,
                    f"{min(shared)} 年级这一天有两个序号为 {second.number} 的时段（{first.id}、{second.id}）。",
                    f"grade {min(shared)} has two slots of number {second.number} that day ({first.id}, {second.id}).",
                    "请按先后另编序号。",
                    "Number them in their order.",
                )
            elif any(
                clock.overlaps(second.clock_by_season[season])
                for season, clock in first.clock_by_season.items()
                if season in second.clock_by_season
            ):
                row.fault(
                    Slots.start,
                    f"与 {first.id} 的时间重叠，{min(shared)} 年级不能同时在两个时段。",
                    f"it overlaps {first.id}: grade {min(shared)} cannot be in both.",
                    "请改正时间。",
                    "Correct the times.",
                )


def _pupils_stay_where_their_grade_may(draft: Draft) -> None:
    grades = {home_class.id: home_class.grade for home_class in draft.home_classes}
    slots = {slot.id: slot for slot in draft.slots}
    for pupil in draft.pupils:
        row = draft.row("pupils", pupil.id)
        if pupil.home_class in grades:
            stays_fit(row, pupil.stays, grades[pupil.home_class], slots)
        if pupil.stays and not pupil.enrolled:
            row.fault(
                Pupils.enrolled,
                "没有参加课后服务，却填了留校时段。",
                "is not enrolled but has slots to stay.",
                "请改为“是”，或清空留校时段。",
                "Write yes, or empty the slots.",
            )
        if pupil.enrolled and not pupil.stays and draft.whole.get("slots", True):
            row.fault(
                Pupils.stays,
                "参加了课后服务，却没有留校时段。",
                "is enrolled but stays in no slot.",
                "请填留校时段，不参加的把“参加课后服务”改为“否”。",
                "Write the slots, or “no” for enrolled.",
                warning=True,
            )


def stays_fit(row: Row, stays: Iterable[SlotId], grade: int, slots: Mapping[SlotId, Slot]) -> None:
    """A fault where a pupil stays in a slot that is not a regular one of the grade."""
    wrong = sorted(
        id for id in stays if id in slots and (grade not in slots[id].grades or slots[id].service is not Service.REGULAR)
    )
    if wrong:
        row.fault(
            Pupils.stays,
            f"{'、'.join(wrong)} 不是 {grade} 年级的课后服务时段。",
            f"{', '.join(wrong)}: no slot of the service for grade {grade}.",
            "请改填该年级的时段；延时托管、晚自习另有专列。",
            "Choose slots of that grade; extended care and evening study have columns of their own.",
        )


def _routes_exist(draft: Draft) -> None:
    routes = {str(trip.route) for trip in draft.trips}
    if draft.whole.get("buses", True):
        for pupil in draft.pupils:
            route_known(draft.row("pupils", pupil.id), pupil.route, routes)


def route_known(row: Row, route: str | None, routes: Collection[str]) -> None:
    """A fault where no bus has that route."""
    if route is not None and route not in routes:
        row.fault(
            Pupils.route,
            f"“班车”表里没有线路“{route}”。",
            f"there is no route “{route}” in the sheet buses.",
            "请改正线路，或在“班车”表里加上车次。",
            "Correct it, or add the departures.",
        )


def _needs_have_courses(draft: Draft) -> None:
    """Care that somebody asked for needs a course and slots of its own."""
    if not draft.whole.get("courses", True) or not draft.whole.get("slots", True):
        return
    grades = {home_class.id: home_class.grade for home_class in draft.home_classes}
    for pupil in draft.pupils:
        grade = grades.get(pupil.home_class)
        if grade is None:
            continue
        row = draft.row("pupils", pupil.id)
        if pupil.extended_care and not _offered(draft, Form.EXTENDED_CARE, Service.EXTENDED_CARE, grade):
            row.fault(Pupils.extended_care, *_no_care("延时托管", "extended care", grade))
        if pupil.evening_study and not _offered(draft, Form.EVENING_STUDY, Service.EVENING_STUDY, grade):
            row.fault(Pupils.evening_study, *_no_care("晚自习", "evening study", grade))
        if pupil.boarder and not pupil.enrolled and not _course_for(draft, Form.BOARDER_CARE, grade):
            row.fault(Pupils.boarder, *_no_care("住校生看护", "boarder care", grade))


def _offered(draft: Draft, form: Form, service: Service, grade: int) -> bool:
    slots = any(slot.service is service and grade in slot.grades for slot in draft.slots)
    return slots and _course_for(draft, form, grade)


def _course_for(draft: Draft, form: Form, grade: int) -> bool:
    return any(course.form is form and (not course.grades or grade in course.grades) for course in draft.courses)


def _no_care(zh: str, en: str, grade: int) -> tuple[str, str, str, str]:
    return (
        f"登记了{zh}，但 {grade} 年级没有{zh}的项目或时段。",
        f"asks for {en}, but grade {grade} has no course or slot for it.",
        f"请在“项目”表加一行形式为“{zh}”的项目，需要时在“时段”表加时段。",
        f"Add a course of the form “{en}” and, where needed, its slots.",
    )


def may_lead(course: Course, person: Staff) -> bool:
    """The person is willing and is among those whom the course lets lead it."""
    if not person.willing:
        return False
    if course.provider is not None and person.provider != course.provider:
        return False
    if course.leaders:
        return person.id in course.leaders
    return course.skill is None or course.skill in person.skills


def _wishes_can_be_meant(draft: Draft) -> None:
    courses = {course.id: course for course in draft.courses}
    people = {person.id: person for person in draft.staff}
    grades = {home_class.id: home_class.grade for home_class in draft.home_classes}
    grade_of = {pupil.id: grades.get(pupil.home_class) for pupil in draft.pupils}
    for pupil, choices in draft.choices.items():
        row = draft.row("choices", pupil)
        for choice in choices:
            if (course := courses.get(choice.course)) is not None:
                person = people.get(choice.teacher) if choice.teacher is not None else None
                _wish_fits(row, choice, course, person, grade_of.get(pupil))
    for child in draft.pupils:
        if draft.choices.get(child.id) and not child.wanted:
            draft.row("pupils", child.id).fault(
                Pupils.wanted,
                "填了志愿，却没有填每周想上几项。",
                "has wishes but does not say how many a week are wanted.",
                "请填 1 到 20 之间的整数。",
                "Write a whole number from 1 to 20.",
            )


def _wish_fits(row: Row, choice: Choice, course: Course, person: Staff | None, grade: int | None) -> None:
    header = f"志愿{choice.rank}" if not row.texts.get(Choices.course.name) else None
    if course.form is not Form.CHOSEN:
        row.fault(
            Choices.wish,
            f"“{course.title}”由学校安排，不能填作志愿。",
            f"“{course.title}” is arranged by the school and cannot be a wish.",
            "请换一个自选项目。",
            "Choose another course.",
            header=header,
        )
    elif person is not None and not may_lead(course, person):
        row.fault(
            Choices.wish,
            f"{person.name}不带“{course.title}”。",
            f"{person.name} cannot lead “{course.title}”.",
            "请换一位教师，或在“人员”表里补上专长。",
            "Choose another teacher, or add the skill to the sheet staff.",
            header=header,
        )
    if course.grades and grade is not None and grade not in course.grades:
        row.fault(
            Choices.wish,
            f"“{course.title}”不面向 {grade} 年级，这个志愿不会被满足。",
            f"“{course.title}” is not for grade {grade}; the wish cannot be granted.",
            "请换一个项目。",
            "Choose another course.",
            warning=True,
            header=header,
        )


def _skills_and_caps(draft: Draft) -> None:
    """Courses nobody can lead, and people without a cap: worth a look."""
    if draft.whole.get("staff", True):
        for course in draft.courses:
            if not any(may_lead(course, person) and person.available for person in draft.staff):
                draft.row("courses", course.id).fault(
                    Courses.skill if course.skill else Courses.title,
                    f"没有人能带“{course.title}”。",
                    f"nobody can lead “{course.title}”.",
                    "请在“人员”表里补上专长和可用时段，或改“所需专长”“指定教师”“机构”。",
                    "Add skills and slots in the sheet staff, or change what the course asks for.",
                    warning=True,
                )
    uncapped = [person for person in draft.staff if person.willing and None in (person.max_per_day, person.max_per_week)]
    if uncapped:
        names = "、".join(person.name for person in uncapped[:5]) + ("等" if len(uncapped) > 5 else "")
        draft.row("staff", uncapped[0].id).fault(
            StaffRows.max_per_day,
            f"{names}共 {len(uncapped)} 人没有填每日或每周最多次数，将不限。",
            f"{len(uncapped)} people have no cap a day or a week and will not be limited.",
            "请填上，以免负担过重。",
            "Write the caps, so that nobody is overloaded.",
            warning=True,
        )


def _names_look_alike(draft: Draft) -> None:
    seen: dict[tuple[str, str], Pupil] = {}
    for pupil in draft.pupils:
        key = (pupil.home_class, same_look(pupil.name))
        if key in seen:
            first = draft.row("pupils", seen[key].id)
            draft.row("pupils", pupil.id).fault(
                Pupils.name,
                f"与第 {first.number} 行的“{seen[key].name}”同班同名。",
                f"has the name of “{seen[key].name}” in row {first.number}, in the same class.",
                "请核实是不是同一名学生。",
                "See whether they are one child.",
                warning=True,
            )
        seen.setdefault(key, pupil)
