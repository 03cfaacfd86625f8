"""Which values do the documents demand that the school has not given? Never a silent default: a fault, or a warning."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from scheduler.domain import BellKind, Form, Grade, Role, Scenario, Season, StaffKind
from scheduler.errors import Fault
from scheduler.policies.clause import Clause, Policy
from scheduler.policies.force import clauses_in_force, faults_of_readings, shares_a_day
from scheduler.rulebook import (
    AfternoonStart,
    DailyPE,
    DutyEachDay,
    EndsAroundOffWork,
    EnoughStaff,
    HolidayOpening,
    HomeworkCapacity,
    LoadCaps,
    PeriodLength,
    ProtectedBreaks,
    Rule,
    Scope,
    ServiceDays,
    StartsAfterLessons,
    StartsAt,
)

NAMED = 8
"""How many names one fault lists before it says how many more there are."""


def missing_facts(policy: Policy, scenario: Scenario) -> tuple[Fault, ...]:
    """Faults of facts that clauses in force need, and warnings where a plan can be made without; each told once."""
    readings = tuple(faults_of_readings(policy, scenario))
    if readings:
        return readings
    found = chain(
        _outside_its_dates(policy, scenario), *(_missing(clause, scenario) for clause in clauses_in_force(policy, scenario))
    )
    return tuple(dict.fromkeys(found))


def grades_bound(scope: Scope, scenario: Scenario) -> tuple[Grade, ...]:
    """Grades of the school that a scope binds, by number."""
    return tuple(
        grade
        for grade in sorted(scenario.grades, key=lambda grade: grade.number)
        if (not scope.stages or grade.stage in scope.stages)
        and (not scope.grades or grade.number in scope.grades)
        and (scope.graduating is None or grade.graduating is scope.graduating)
    )


def _missing(clause: Clause, scenario: Scenario) -> Iterator[Fault]:
    rule = clause.rule
    if rule is None or not grades_bound(rule.scope, scenario):
        return
    for kind, look in LOOKS.items():
        if isinstance(rule, kind):
            yield from look(clause, rule, scenario)


def _off_work_time(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    for season in _seasons(rule, scenario):
        if season.off_work_time is None:
            yield _asked(
                clause,
                "seasons.off_work_time",
                f"“{season.id}”没有填当地正常下班时间。",
                f"the local off-work time of '{season.id}' is not given.",
                "请填这一季的下班时间，例如 17:30。",
                "Give this season's off-work time, e.g. 17:30.",
            )


def _season_of_afternoon(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    for season in _seasons(rule, scenario):
        if season.kind is None:
            yield _asked(
                clause,
                "seasons.kind",
                f"没有说“{season.id}”是夏季还是冬季作息。",
                f"it is not said whether '{season.id}' has summer or winter hours.",
                "请填 summer 或 winter；起止日期由学校按县里通知填写。",
                "Give summer or winter, with the dates of the county's notice.",
            )
        if season.afternoon_start is None:
            yield _asked(
                clause,
                "seasons.afternoon_start",
                f"“{season.id}”没有填下午上课时间。",
                f"the start of afternoon lessons of '{season.id}' is not given.",
                "请填下午第一节课的上课时间。",
                "Give the start of the first afternoon lesson.",
            )


def _homework_minutes(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    for grade in grades_bound(rule.scope, scenario):
        if grade.homework_minutes is None:
            yield _asked(
                clause,
                "grades.homework_minutes",
                f"没有填 {grade.number} 年级每天书面作业的预计时间。",
                f"the written homework of grade {grade.number} in minutes a day is not given.",
                "请填分钟数，没有书面作业填 0。",
                "Give the minutes; 0 where there is none.",
            )


def _period_minutes(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    if not isinstance(rule, PeriodLength) or not scenario.school.billed_by_period or scenario.school.period_minutes is not None:
        return
    if any(grade.stage not in rule.minutes_by_stage for grade in grades_bound(rule.scope, scenario)):
        yield _asked(
            clause,
            "school.period_minutes",
            "按课时收费，但没有填一课时多长。",
            "fees are billed by period, but the length of a period is not given.",
            "请填一课时的分钟数。",
            "Give the minutes of one period.",
        )


def _end_of_lessons(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    for season in _seasons(rule, scenario):
        lessons = [bell for bell in scenario.bells if bell.kind is BellKind.LESSON and bell.season == season.id]
        known = {grade for bell in lessons for grade in bell.grades}
        without = [
            grade for grade in grades_bound(rule.scope, scenario) if grade.number not in known and scenario.slots_of(grade.number)
        ]
        if without:
            names_zh = "、".join(str(grade.number) for grade in without)
            names = ", ".join(str(grade.number) for grade in without)
            yield _asked(
                clause,
                "bells.start",
                f"“{season.id}”没有 {names_zh} 年级的上课作息，不知道几点放学。",
                f"grades {names} have no lessons in the bell schedule of '{season.id}', so the end of lessons is unknown.",
                "请在作息表里填上各节课的时间。",
                "Give the clock of each lesson in the bell schedule.",
            )


def _protected_stretches(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    if not any(bell.kind in (BellKind.LUNCH, BellKind.NAP, BellKind.BREAK) for bell in scenario.bells):
        yield _asked(
            clause,
            "bells.kind",
            "作息表里没有午休和课间，压缩了也看不出来。",
            "the bell schedule has no lunch, nap or break, so nothing shows whether they are cut.",
            "请把午休和课间填进作息表。",
            "Add them to the bell schedule.",
            warning=True,
        )


def _weekend_day(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    if isinstance(rule, ServiceDays) and rule.weekend_days and scenario.term.weekend_weekday is None:
        yield _asked(
            clause,
            "term.weekend_weekday",
            "没有说双休日用哪一天开展服务。",
            "it is not said which weekend day the service uses.",
            "请填 6（星期六）或 7（星期日）。",
            "Give 6 (Saturday) or 7 (Sunday).",
        )


def _holiday_weeks(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    if not scenario.term.holiday_weeks:
        yield _asked(
            clause,
            "calendar.season",
            "没有填假期开放校园的日期。",
            "the weeks in which the campus opens in the holidays are not given.",
            "请填每个开放周的起止日期。",
            "Give the first and last day of each week.",
        )


def _caps(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    teachers = [person for person in scenario.staff if person.willing and person.kind in (StaffKind.OWN, StaffKind.BORROWED)]
    without = [person.name for person in teachers if person.max_per_day is None or person.max_per_week is None]
    if without:
        yield _asked(
            clause,
            "staff.max_per_day",
            f"{_some(without, '、', '等 {} 人')}没有填每天、每周最多几次课，负担轻重无从判断。",
            f"{_some(without, ', ', 'and others, {} in all,')} have no cap a day or a week, so nothing limits their load.",
            "请填上限，0 到 20 之间。",
            "Give caps, 0 to 20.",
            warning=True,
        )


def _ratios(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    service = [course for course in scenario.courses if course.form in (Form.CHOSEN, Form.ARRANGED)]
    without = [course.title for course in service if course.pupils_per_adult is None]
    if without:
        yield _asked(
            clause,
            "courses.pupils_per_adult",
            f"{_some(without, '、', '等 {} 个项目')}没有填每名教师最多带多少学生，按每班一人计。",
            f"{_some(without, ', ', 'and others, {} in all,')} name no number of pupils an adult, so one a section is enough.",
            "请按服务形式填写。",
            "Give one for each form of activity.",
            warning=True,
        )


def _holders(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    if isinstance(rule, DutyEachDay) and not any(rule.role in person.roles for person in scenario.staff):
        zh = {Role.DUTY_LEADER: "值班", Role.INSPECTOR: "督查"}[rule.role]
        yield _asked(
            clause,
            "staff.roles",
            f"没有人承担{zh}。",
            f"nobody has the role {rule.role.value}.",
            f"请在教师表里注明谁可以{zh}。",
            "Say in the staff list who can take it.",
            warning=True,
        )


def _daytime_timetable(clause: Clause, rule: Rule, scenario: Scenario) -> Iterator[Fault]:
    listed = {lesson.home_class for lesson in scenario.lessons}
    without = [home_class.name for home_class in scenario.home_classes if home_class.id not in listed]
    if without:
        yield _asked(
            clause,
            "lessons.home_class",
            f"{_some(without, '、', '等 {} 个班')}没有日课表，只能当作每天都没有体育课。",
            f"{_some(without, ', ', 'and others, {} in all,')} have no daytime timetable, so every day counts as one without PE.",
            "请填写日课表。",
            "Give the daytime timetable.",
            warning=True,
        )


def _outside_its_dates(policy: Policy, scenario: Scenario) -> Iterator[Fault]:
    term = scenario.term
    early = policy.effective_from is not None and term.start < policy.effective_from
    late = policy.effective_until is not None and term.end > policy.effective_until
    if early or late:
        until = f" — {policy.effective_until}" if policy.effective_until else " —"
        yield Fault(
            place="scenario.toml",
            column="start" if early else "end",
            zh=f"本学期有日期不在《{policy.title}》的施行期内（{policy.effective_from}{until}）。",
            en=f"some dates of the term lie outside those of this document ({policy.effective_from}{until}).",
            todo_zh="请向教育局确认适用的文件。",
            todo_en="Ask the bureau which document holds.",
            warning=True,
        )


LOOKS: Mapping[type[Rule], Callable[[Clause, Rule, Scenario], Iterator[Fault]]] = {
    EndsAroundOffWork: _off_work_time,
    AfternoonStart: _season_of_afternoon,
    HomeworkCapacity: _homework_minutes,
    PeriodLength: _period_minutes,
    StartsAfterLessons: _end_of_lessons,
    StartsAt: _end_of_lessons,
    ProtectedBreaks: _protected_stretches,
    ServiceDays: _weekend_day,
    HolidayOpening: _holiday_weeks,
    LoadCaps: _caps,
    EnoughStaff: _ratios,
    DutyEachDay: _holders,
    DailyPE: _daytime_timetable,
}


def _seasons(rule: Rule, scenario: Scenario) -> tuple[Season, ...]:
    return tuple(season for season in scenario.seasons if shares_a_day(rule.scope, season.start, season.end))


def _some(names: list[str], comma: str, more: str) -> str:
    shown = comma.join(names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown}{' ' if more.isascii() else ''}{more.format(len(names))}"


def _asked(clause: Clause, where: str, zh: str, en: str, todo_zh: str, todo_en: str, warning: bool = False) -> Fault:
    """A fault at `sheet.column` that names the clause which asks; the baseline's ids show that it is not law."""
    sheet, column = where.split(".")
    return Fault(
        place="scenario.toml" if sheet in ("school", "term") else f"{sheet}.csv",
        column=column,
        zh=zh,
        en=en,
        todo_zh=f"{todo_zh}（{clause.at} {clause.id}）",
        todo_en=f"{todo_en} ({clause.id})",
        warning=warning,
    )
