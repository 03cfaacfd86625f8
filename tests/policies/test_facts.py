"""Do the facts of the program honour the clauses that need no rule? One claim each, as the packs cite it."""

import re
from datetime import date, time

from scheduler.audit.clashes import room_suits
from scheduler.audit.content import on_campus, strand_of_category
from scheduler.audit.providers import provider_kinds
from scheduler.audit.staff import duty_each_day, may_lead
from scheduler.calendar import service_dates
from scheduler.domain import (
    Activity,
    Category,
    Clock,
    Course,
    Form,
    Grouping,
    ProviderId,
    ProviderKind,
    Role,
    RoomKind,
    SeasonId,
    Service,
    StaffId,
    StaffKind,
    Stage,
    Strand,
)
from scheduler.policy import clauses_in_force, counties, load_policy, missing_facts
from scheduler.rulebook import DutyEachDay, LatestEnd, MayLead, OnCampus, ProviderKinds, RoomSuits, StartsAt, StrandOfCategory
from scheduler.timetable import Duty
from tests.rules.worlds import Drawing, amounts


def test_a_demand_made_twice_is_carried_by_a_rule() -> None:
    for county in counties():
        clauses = load_policy(county).clauses
        ruled = {clause.id for clause in clauses if clause.rule is not None}
        for clause in clauses:
            if clause.fact is not None and "同一要求" in clause.fact:
                named = re.findall(r"[a-z]+-[0-9][\w.-]*", clause.fact)
                assert named
                assert set(named) <= ruled, clause.id


def test_each_grade_and_season_has_its_own_hours() -> None:
    week = Drawing()
    week.grade(7, Stage.JUNIOR)
    week.season("winter", date(2025, 11, 1), date(2026, 1, 23))
    week.slot("young", "Mon 16:00-16:40", grades={3}, clocks={"winter": "15:40-16:20"})
    week.slot("old", "Mon 16:50-17:35", grades={7})
    school = week.scenario()
    (young,), (old,) = school.slots_of(3), school.slots_of(7)
    assert young.clock_by_season[SeasonId("winter")] == Clock(time(15, 40), time(16, 20))
    assert old.clock_by_season[SeasonId("autumn")].minutes == 45


def test_extended_care_is_a_slot_of_its_own() -> None:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("late", "Mon 17:30-18:00", service=Service.EXTENDED_CARE)
    week.pupil("li", stays="mon1", extended_care=True)
    week.pupil("an", stays="mon1")
    school = week.scenario()
    li, an = (school.cells_of(pupil) for pupil in school.pupils)
    assert [cell for cell, forms in li.items() if Form.EXTENDED_CARE in forms] == ["late"]
    assert "late" not in an
    assert [slot.id for slot in school.slots_of(3)] == ["mon1"]


def test_families_ask_slot_by_slot() -> None:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("mon2", "Mon 17:20-18:00")
    week.slot("tue1", "Tue 16:30-17:10")
    week.pupil("li", stays="mon1 mon2")
    week.pupil("an", stays="tue1")
    school = week.scenario()
    assert [set(school.cells_of(pupil)) for pupil in school.pupils] == [{"mon1", "mon2"}, {"tue1"}]


def test_a_pack_warns_outside_its_dates() -> None:
    printed = (
        ("yueyang", date(2023, 9, 1), date(2029, 9, 1)),
        ("liangping", date(2020, 9, 1), None),
        ("suifenhe", date(2020, 9, 1), None),
    )
    for county, early, late in printed:
        policy = load_policy(county)
        assert not told_of_dates(county, date(2025, 9, 1))
        assert told_of_dates(county, early)
        assert late is None or told_of_dates(county, late)
        assert (policy.effective_until is None) is (late is None)


def told_of_dates(county: str, start: date) -> bool:
    """Whether a term that begins then is warned to lie outside the document's dates."""
    week = Drawing()
    week.in_term(start=start, end=date(start.year + 1, 1, 20))
    found = missing_facts(load_policy(county), week.scenario())
    return any(fault.column in {"start", "end"} and fault.warning for fault in found)


def test_a_county_pack_prevails_over_the_baseline() -> None:
    week = Drawing()
    in_force = [clause.id for clause in clauses_in_force(load_policy("yueyang"), week.scenario())]
    assert "yueyang-2.5-enrichment-50" in in_force
    assert "base-enrichment-50" not in in_force


def test_borrowed_teachers_may_lead_like_own_ones() -> None:
    assert not leads_badly(StaffKind.BORROWED)
    assert leads_badly(StaffKind.VOLUNTEER)


def test_people_from_outside_may_lead_what_they_can() -> None:
    outside = (StaffKind.VOLUNTEER, StaffKind.PARENT, StaffKind.RETIRED, StaffKind.PROFESSIONAL)
    assert not any(leads_badly(kind, skills="剪纸") for kind in outside)
    assert all(leads_badly(kind, skills="书法") for kind in outside)


def leads_badly(kind: StaffKind, skills: str = "") -> bool:
    """Whether somebody of this kind may not lead a course, which asks for the skill 剪纸 where skills are spoken of."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("剪纸", skill="剪纸" if skills else None)
    week.staff("wang", kind=kind, skills=skills)
    week.meeting("剪纸", "mon1")
    return leads_badly_at(week)


def leads_badly_at(week: Drawing) -> bool:
    return bool(list(may_lead(week.world(), MayLead())))


def test_rooms_may_lie_off_the_site() -> None:
    """The museum is a room like any other, and its minutes are known to be off campus."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("参观")
    week.room("博物馆", kind=RoomKind.OFF_SITE, travel_minutes=20)
    week.meeting("参观", "mon1", room="博物馆")
    assert amounts(on_campus(week.world(), OnCampus(max_percent=50))) == [20]


def test_an_online_course_names_its_resource_and_no_price() -> None:
    week = Drawing()
    week.course("云上美术", online_resource="国家中小学智慧教育平台")
    assert week.scenario().courses[0].online_resource == "国家中小学智慧教育平台"
    assert not [name for name in Course.__dataclass_fields__ if "fee" in name or "price" in name or "yuan" in name]


def test_sections_may_mix_grades_and_classes() -> None:
    week = Drawing()
    week.course("合唱", grades=frozenset({3, 4, 5}))
    week.course("作业", form=Form.ARRANGED, strand=Strand.ONE, category=Category.HOMEWORK, grouping=Grouping.HOME_CLASS)
    choir, homework = week.scenario().courses
    assert (choir.grouping, homework.grouping) == (Grouping.MIXED, Grouping.HOME_CLASS)


def test_rooms_are_used_by_sections_only() -> None:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("剪纸")
    week.meeting("剪纸", "mon1")
    table = week.timetable()
    assert all(table.section_by_id[meeting.section].course in week.scenario().course_by_id for meeting in table.meetings)


def test_a_parent_may_stand_on_the_duty_roster() -> None:
    week = Drawing()
    week.start = week.end = date(2025, 9, 1)
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("剪纸")
    week.meeting("剪纸", "mon1")
    week.staff("妈妈", kind=StaffKind.PARENT, roles=frozenset({Role.DUTY_LEADER}))
    week.duties.append(Duty(day=week.start, role=Role.DUTY_LEADER, staff=StaffId("妈妈")))
    assert not list(duty_each_day(week.world(), DutyEachDay(role=Role.DUTY_LEADER)))


def test_holiday_service_is_never_made_up() -> None:
    week = Drawing(grade=12, stage=Stage.SENIOR)
    week.in_term(start=date(2025, 9, 1), end=date(2026, 1, 20))
    week.slot("mon1", "Mon 17:00-17:45")
    assert max(service_dates(week.scenario())) <= date(2026, 1, 20)


def test_trial_hours_hold_on_their_dates_only() -> None:
    assert hours_of("suifenhe", date(2021, 9, 1), date(2022, 1, 10)) == {("starts_at", "15:30"), ("latest_end", "17:30")}
    assert hours_of("suifenhe", date(2022, 3, 1), date(2022, 7, 10)) == {("starts_at", "15:30"), ("latest_end", "18:30")}
    across = hours_of("suifenhe", date(2022, 2, 21), date(2022, 7, 10))
    assert across == {("starts_at", "15:30"), ("latest_end", "17:30"), ("latest_end", "18:30")}


def hours_of(county: str, start: date, end: date) -> set[tuple[str, str]]:
    """Clock times that bind primary grades in a term."""
    week = Drawing()
    week.in_term(start=start, end=end)
    found = set()
    for clause in clauses_in_force(load_policy(county), week.scenario()):
        rule = clause.rule
        if isinstance(rule, StartsAt) and Stage.PRIMARY in rule.scope.stages:
            found.add((rule.name, f"{rule.start:%H:%M}"))
        if isinstance(rule, LatestEnd) and Stage.PRIMARY in rule.scope.stages:
            found.add((rule.name, f"{rule.latest:%H:%M}"))
    return found


def test_help_and_answers_are_activities_of_strand_one() -> None:
    for county in ("suifenhe", "helan", "changzhi"):
        rules = [clause.rule for clause in load_policy(county).clauses]
        definitions = [rule for rule in rules if isinstance(rule, StrandOfCategory)]
        week = Drawing()
        week.slot("mon1", "Mon 16:30-17:10")
        week.course("答疑", category=Category.TUTORING, activity=Activity.TUTORING_QA, strand=Strand.X)
        week.meeting("答疑", "mon1")
        assert sum(len(list(strand_of_category(week.world(), rule))) for rule in definitions) == 1


def test_public_benefit_bodies_may_take_part() -> None:
    welcome = (ProviderKind.PUBLIC_BENEFIT, ProviderKind.YOUTH_CENTER, ProviderKind.PRACTICE_BASE, ProviderKind.YOUTH_PALACE)
    for county in ("suifenhe", "helan"):
        assert [kind for kind in welcome if barred(county, kind)] == []
        assert barred(county, ProviderKind.TRAINING_ACADEMIC)


def barred(county: str, kind: ProviderKind) -> bool:
    """Whether the county's lists keep out a provider of this kind that leads a course with its own person."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.provider("少年宫", kind=kind)
    week.staff("chen", kind=StaffKind.PROVIDER_STAFF, provider=ProviderId("少年宫"))
    week.course("舞蹈", provider=ProviderId("少年宫"))
    week.meeting("舞蹈", "mon1", staff="chen")
    rules = [clause.rule for clause in load_policy(county).clauses]
    lists = [rule for rule in rules if isinstance(rule, ProviderKinds)]
    assert lists
    assert not leads_badly_at(week)
    return any(list(provider_kinds(week.world(), rule)) for rule in lists)


def test_a_section_is_of_one_category() -> None:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("剪纸", category=Category.ARTS)
    week.meeting("剪纸", "mon1")
    (section,) = week.timetable().sections
    assert week.scenario().course_by_id[section.course].category is Category.ARTS


def test_courses_name_the_features_they_need() -> None:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("钢琴", room_features=frozenset({"钢琴"}))
    week.room("音乐室", kind=RoomKind.FUNCTION_ROOM, features=frozenset({"钢琴"}))
    week.meeting("钢琴", "mon1", room="音乐室")
    week.meeting("钢琴", "mon1", number=2, room="教室")
    assert amounts(room_suits(week.world(), RoomSuits())) == [1]
