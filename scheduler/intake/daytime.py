"""Do the clocks fit each other? Bells and lessons, the calendar and the term, and when children have to leave."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import time

from scheduler.domain import Bell, BellKind, Slot
from scheduler.intake.draft import Draft
from scheduler.intake.sheets import Bells, Calendar, Lessons, Pupils


def check_hours(draft: Draft) -> None:
    """Adds a fault for every clock that does not fit."""
    _one_bell_a_lesson(draft)
    _grades_have_bells(draft)
    _lessons_have_bells(draft)
    _calendar_lies_in_the_term(draft)
    _nobody_stays_past_leaving(draft)
    _riders_have_a_bus(draft)


def bell_key(bell: Bell) -> str:
    """By which a bell's row is found again."""
    grades, days = ("-".join(map(str, sorted(each))) for each in (bell.grades, bell.weekdays))
    return f"{bell.season}/{bell.kind}/{bell.number}/{grades}/{days}/{bell.clock.start}"


def _lesson_bells(bells: Iterable[Bell]) -> defaultdict[tuple[str, int, int, int], list[Bell]]:
    """Bells of lessons by season, grade, weekday and number."""
    found: defaultdict[tuple[str, int, int, int], list[Bell]] = defaultdict(list)
    for bell in bells:
        if bell.kind is BellKind.LESSON:
            for grade in bell.grades:
                for weekday in bell.weekdays:
                    found[bell.season, grade, weekday, bell.number].append(bell)
    return found


def _one_bell_a_lesson(draft: Draft) -> None:
    for (season, grade, _, number), bells in _lesson_bells(draft.bells).items():
        if len(bells) > 1:
            draft.row("bells", bell_key(bells[-1])).fault(
                Bells.number,
                f"{grade} 年级在作息“{season}”里有两个第 {number} 节。",
                f"grade {grade} has two lessons of number {number} in the season {season}.",
                "请改正节次、年级或星期。",
                "Correct the number, the grades or the weekdays.",
            )


def _grades_have_bells(draft: Draft) -> None:
    """Without the end of the last lesson nobody can say when the service may start."""
    if not all(draft.whole.get(sheet, True) for sheet in ("bells", "grades", "seasons")):
        return
    known = {(season, grade) for season, grade, _, _ in _lesson_bells(draft.bells)}
    missing = [
        (grade.number, season.id) for season in draft.seasons for grade in draft.grades if (season.id, grade.number) not in known
    ]
    if missing:
        zh = "、".join(f"{grade} 年级“{season}”" for grade, season in missing[:6]) + ("等" if len(missing) > 6 else "")
        en = ", ".join(f"grade {grade} ({season})" for grade, season in missing[:6])
        draft.row("bells", "").fault(
            None,
            f"没有 {zh} 的上课时间，无法核对放学时间。",
            f"no lesson times for {en}: the end of the school day cannot be checked.",
            "请在“作息时间”表里填上每节课的时间。",
            "Write the time of each lesson in the sheet bells.",
            warning=True,
        )


def _lessons_have_bells(draft: Draft) -> None:
    """A lesson without a clock would clash with nothing, in silence."""
    if not all(draft.whole.get(sheet, True) for sheet in ("bells", "seasons")):
        return
    bells = _lesson_bells(draft.bells)
    grades = {home_class.id: home_class.grade for home_class in draft.home_classes}
    for lesson in draft.lessons:
        grade = grades.get(lesson.home_class)
        seasons = [
            season.id
            for season in draft.seasons
            if grade is not None and not bells.get((season.id, grade, lesson.weekday, lesson.number))
        ]
        if seasons:
            draft.row("lessons", f"{lesson.home_class}/{lesson.weekday}/{lesson.number}").fault(
                Lessons.number,
                f"“作息时间”表里没有 {grade} 年级这一天第 {lesson.number} 节的时间（{'、'.join(seasons)}）。",
                f"the sheet bells has no time for lesson {lesson.number} of grade {grade} that day ({', '.join(seasons)}).",
                "请在“作息时间”表里加上，或改正节次。",
                "Add it to the sheet bells, or correct the number.",
            )


def _calendar_lies_in_the_term(draft: Draft) -> None:
    term = draft.term
    if term is None:
        return
    days = [*(each.day for each in term.make_up_days), *(each.day for each in term.events), *term.holidays]
    for day in sorted(set(days)):
        if not term.start <= day <= term.end:
            draft.row("calendar", str(day)).fault(
                Calendar.day,
                f"{day} 不在学期内。",
                f"{day} does not lie in the term.",
                "请看看年份是不是写错了。",
                "See whether the year is right.",
                warning=True,
            )
    for make_up in term.make_up_days:
        if make_up.day.isoweekday() <= 5:
            draft.row("calendar", str(make_up.day)).fault(
                Calendar.day,
                f"{make_up.day} 本来就是上课日（周{'一二三四五'[make_up.day.weekday()]}）。",
                f"{make_up.day} is a school day anyhow.",
                "调休上课日一般在周六或周日，请核对。",
                "Make-up days lie on weekends as a rule; see whether it is right.",
                warning=True,
            )


def _nobody_stays_past_leaving(draft: Draft) -> None:
    slots = {slot.id: slot for slot in draft.slots}
    for pupil in draft.pupils:
        late = sorted(id for id in pupil.stays if id in slots and _ends_after(slots[id], pupil.latest_leave))
        if late:
            draft.row("pupils", pupil.id).fault(
                Pupils.latest_leave,
                f"留校时段 {'、'.join(late)} 在最晚离校时间之后才结束。",
                f"stays in {', '.join(late)}, which end after the latest time to leave.",
                "请改留校时段，或改最晚离校时间。",
                "Change the slots, or the time to leave.",
                warning=True,
            )


def _ends_after(slot: Slot, latest: Mapping[int, time]) -> bool:
    limit = latest.get(slot.weekday)
    return limit is not None and any(clock.end > limit for clock in slot.clock_by_season.values())


def _riders_have_a_bus(draft: Draft) -> None:
    if not draft.whole.get("buses", True):
        return
    slots = {slot.id: slot for slot in draft.slots}
    days = {(str(trip.route), trip.weekday) for trip in draft.trips}
    for pupil in draft.pupils:
        if pupil.route is None or not pupil.only_way_home:
            continue
        served = {day for route, day in days if route == pupil.route}
        stranded = sorted({slots[id].weekday for id in pupil.stays if id in slots} - served)
        if stranded and served:
            named = "、".join("周" + "一二三四五六日"[day - 1] for day in stranded)
            draft.row("pupils", pupil.id).fault(
                Pupils.route,
                f"{named}留校，但线路“{pupil.route}”那天没有车。",
                f"stays on weekdays {', '.join(map(str, stranded))} when the route “{pupil.route}” has no bus.",
                "请在“班车”表里加上车次，或改留校时段。",
                "Add a departure, or change the slots.",
                warning=True,
            )
