"""Mistakes in who leads: the wrong person, papers out of date, too few, too much."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from scheduler.domain import (
    Check,
    Clock,
    CourseId,
    FlexibleHours,
    ListStatus,
    ProviderId,
    ProviderKind,
    Role,
    Staff,
    StaffId,
    StaffKind,
)
from scheduler.timetable import Duty
from tests.audit.mistakes.planting import (
    Mistake,
    Plan,
    Plant,
    course,
    later,
    meetings_of,
    places_of,
    regular,
    school,
    slot_of,
    struck,
    table,
)

DAY = timedelta(days=1)


def person(plan: Plan, id: str) -> Staff:
    return plan.scenario.staff_by_id[StaffId(id)]


def led_by(*courses: str, people: tuple[str, ...]) -> Plant:
    """A meeting of these courses is led by one of these people instead."""

    def plant(plan: Plan, random: Random) -> Plan | None:
        held = meetings_of(plan, *courses)
        return table(plan, "meetings", random.choice(held), staff=(StaffId(random.choice(people)),)) if held else None

    return plant


def with_helper(*courses: str, people: tuple[str, ...]) -> Plant:
    """One of these people helps in a meeting of these courses."""

    def plant(plan: Plan, random: Random) -> Plan | None:
        held = meetings_of(plan, *courses)
        if not held:
            return None
        meeting = random.choice(held)
        return table(plan, "meetings", meeting, staff=(*meeting.staff, StaffId(random.choice(people))))

    return plant


def nobody_leads(plan: Plan, random: Random) -> Plan:
    return table(plan, "meetings", random.choice(plan.timetable.meetings), staff=())


def a_leader_backs_out(plan: Plan, random: Random) -> Plan:
    busy = {one for meeting in plan.timetable.meetings for one in meeting.staff}
    return school(plan, "staff", person(plan, random.choice(sorted(busy))), willing=False)


def a_provider_has_strand_one(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", course(plan, random.choice(["阅读", "作业辅导"])), provider=ProviderId("少年宫"))


def provider_with(*choices: Callable[[Plan], dict[str, object]]) -> Plant:
    """The provider's papers say something else."""

    def plant(plan: Plan, random: Random) -> Plan | None:
        if not meetings_of(plan, "陶艺"):
            return None
        return school(plan, "providers", plan.scenario.providers[0], **random.choice(choices)(plan))

    return plant


def outsider_with(**facts: Callable[[Plan], object]) -> Plant:
    """Somebody from outside who leads has other papers."""

    def plant(plan: Plan, random: Random) -> Plan | None:
        busy = {one for meeting in meetings_of(plan, "陶艺", "种植") for one in meeting.staff}
        if not busy:
            return None
        who = person(plan, random.choice(sorted(busy)))
        return school(plan, "staff", who, **{name: make(plan) for name, make in facts.items()})

    return plant


def a_teacher_turns_out_a_volunteer(plan: Plan, random: Random) -> Plan:
    return school(plan, "staff", person(plan, random.choice(["zhang", "li", "wang", "xu"])), kind=StaffKind.VOLUNTEER)


def heads_are_borrowed(plan: Plan, random: Random) -> Plan:
    for head in ("zhang", "li", "wang"):
        plan = school(plan, "staff", person(plan, head), kind=StaffKind.BORROWED)
    return plan


def a_provider_has_class_pe(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", course(plan, "班级体锻"), provider=ProviderId("少年宫"))


def an_adult_is_missing(plan: Plan, random: Random) -> Plan | None:
    """种植 takes one adult for three or four pupils."""
    farm = meetings_of(plan, "种植")
    ratio = course(plan, "种植").pupils_per_adult or 1
    if not farm or len(places_of(plan, "种植")) <= ratio:
        return None
    return table(plan, "meetings", farm[0], staff=farm[0].staff[:1])


def the_ratio_is_tighter(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", course(plan, random.choice(["作业辅导", "班级体锻"])), pupils_per_adult=random.randint(1, 2))


def the_cap_is_lower(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(plan.timetable.meetings)
    who, day = meeting.staff[0], slot_of(plan, meeting).weekday
    theirs = [one for one in plan.timetable.meetings if who in one.staff]
    if random.random() < 0.5:
        return school(plan, "staff", person(plan, who), max_per_week=len(theirs) - 1)
    return school(plan, "staff", person(plan, who), max_per_day=sum(slot_of(plan, one).weekday == day for one in theirs) - 1)


def terms(plan: Plan, **facts: object) -> Plan:
    flexible = plan.scenario.flexible_hours
    assert isinstance(flexible, FlexibleHours)
    return plan._replace(scenario=replace(plan.scenario, flexible_hours=replace(flexible, **facts)))


def fewer_minutes_a_week(plan: Plan, random: Random) -> Plan:
    """lu watches over boarders for 15 times 45 minutes, 675."""
    return terms(plan, weekly_minutes=random.randint(400, 674))


def fewer_late_days(plan: Plan, random: Random) -> Plan:
    return terms(plan, late_days_per_week=random.randint(0, 1))


def an_early_lesson_after_a_late_finish(plan: Plan, random: Random) -> Plan:
    """Whoever leads evening study one day teaches lesson 1 at 8:20 the next."""
    late = random.choice([one for one in meetings_of(plan, "晚自习") if slot_of(plan, one).weekday < 5])
    lesson = random.choice([one for one in plan.scenario.lessons if one.weekday == slot_of(plan, late).weekday + 1])
    return school(plan, "lessons", lesson, teacher=late.staff[0], number=1)


def a_leader_is_not_free(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(plan.timetable.meetings)
    who = person(plan, random.choice(meeting.staff))
    return school(plan, "staff", who, available=who.available - {meeting.slot})


def nobody_on_duty(plan: Plan, random: Random) -> Plan:
    return struck(plan, "duties", [random.choice(plan.timetable.duties)])


def duty_by_somebody_else(plan: Plan, random: Random) -> Plan:
    duty = random.choice(plan.timetable.duties)
    wrong = "ce" if duty.role is Role.DUTY_LEADER else "an"
    return table(plan, "duties", duty, staff=StaffId(random.choice([wrong, "zhang", "nobody"])))


def duty_on_another_day(plan: Plan, random: Random) -> Plan:
    duty = random.choice(plan.timetable.duties)
    other = random.choice([one for one in plan.timetable.duties if one.role is duty.role and one.day != duty.day])
    return table(plan, "duties", duty, day=other.day)


def the_duty_leader_teaches(plan: Plan, random: Random) -> Plan:
    meeting = random.choice([one for one in plan.timetable.meetings if slot_of(plan, one) in regular(plan)])
    return table(plan, "meetings", meeting, staff=(*meeting.staff, StaffId(random.choice(["an", "bo", "ce", "de"]))))


def duty_is_unfair(plan: Plan, random: Random) -> Plan:
    """Two turns change hands: the two are now at least three apart."""
    role = random.choice([Role.DUTY_LEADER, Role.INSPECTOR])
    pair = sorted({duty.staff for duty in plan.timetable.duties if duty.role is role})
    giver, taker = random.sample(pair, 2)
    for duty in random.sample([one for one in plan.timetable.duties if one.staff == giver], 2):
        same: Duty = next(one for one in plan.timetable.duties if one == duty)
        plan = table(plan, "duties", same, staff=taker)
    return plan


def a_slot_is_avoided(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(plan.timetable.meetings)
    return school(plan, "staff", person(plan, random.choice(meeting.staff)), avoids=frozenset({meeting.slot}))


def the_morning_bell_is_a_lesson_at_four(plan: Plan, random: Random) -> Plan:
    """The heads' lesson 2 moves to 16:00, when they lead slot 1."""
    bell = random.choice([one for one in plan.scenario.bells if one.number == 2])
    start = later(bell.clock.start, 7 * 60 - 10)
    return school(plan, "bells", bell, clock=Clock(start, later(start, 40)))


def _last(plan: Plan) -> date:
    return plan.timetable.end


MISTAKES = (
    Mistake("retired teacher leads", "may_lead", led_by("阅读", "作业辅导", "班级活动", "托管", people=("liu", "shen"))),
    Mistake("unskilled teacher leads", "may_lead", led_by("剪纸", "合唱", "编程", "种植", "篮球", people=("feng", "liu"))),
    Mistake("own teacher leads the provider's course", "may_lead", led_by("陶艺", people=("sun", "zhou"))),
    Mistake("volunteer helps where only teachers may", "may_lead", with_helper("作业辅导", "班级体锻", people=("han", "wu"))),
    Mistake("nobody leads", "may_lead", nobody_leads),
    Mistake("leader backs out", "may_lead", a_leader_backs_out),
    Mistake("provider's person leads strand 1", "not_by_third_parties", led_by("阅读", "作业辅导", people=("wu",))),
    Mistake("provider's person helps in strand 1", "not_by_third_parties", with_helper("阅读", "作业辅导", people=("wu",))),
    Mistake("strand 1 is a provider's", "not_by_third_parties", a_provider_has_strand_one),
    Mistake(
        "provider of another kind",
        "provider_kinds",
        provider_with(lambda _: {"kind": ProviderKind.ENTERPRISE}, lambda _: {"kind": ProviderKind.TRAINING_ACADEMIC}),
    ),
    Mistake(
        "provider not on the white list",
        "provider_in_order",
        provider_with(*(lambda _, status=status: {"list_status": status} for status in ListStatus if status != "white")),
    ),
    Mistake("provider not vetted", "provider_in_order", provider_with(lambda _: {"vetted": False})),
    Mistake(
        "approval runs out",
        "provider_in_order",
        provider_with(lambda plan: {"approved_until": _last(plan) - DAY}, lambda plan: {"approved_from": None}),
    ),
    Mistake(
        "contract runs out",
        "provider_in_order",
        provider_with(
            lambda plan: {"contract_until": _last(plan) - DAY},
            lambda plan: {"contract_from": plan.timetable.start + DAY},
        ),
    ),
    Mistake("course not in the contract", "provider_in_order", provider_with(lambda _: {"services": frozenset({CourseId("x")})})),
    Mistake("no stated need", "provider_in_order", provider_with(lambda _: {"need": None}, lambda _: {"need": ""})),
    Mistake("check missing", "staff_vetted", outsider_with(checks=lambda plan: {Check.HEALTH: _last(plan)})),
    Mistake(
        "check run out",
        "staff_vetted",
        outsider_with(checks=lambda plan: {Check.HEALTH: _last(plan), Check.CRIMINAL_RECORD: _last(plan) - DAY}),
    ),
    Mistake("approval of a person run out", "staff_vetted", outsider_with(approved_until=lambda plan: _last(plan) - DAY)),
    Mistake("bad record", "staff_vetted", outsider_with(bad_record=lambda _: True)),
    Mistake("teacher is a volunteer", "staff_vetted", a_teacher_turns_out_a_volunteer),
    Mistake("heads are borrowed", "own_staff_share", heads_are_borrowed),
    Mistake("class PE is a provider's", "third_party_share", a_provider_has_class_pe),
    Mistake("adult missing", "enough_staff", an_adult_is_missing),
    Mistake("tighter ratio", "enough_staff", the_ratio_is_tighter),
    Mistake("nobody there", "enough_staff", nobody_leads),
    Mistake("lower cap", "load_caps", the_cap_is_lower),
    Mistake("fewer minutes a week", "flexible_hours_kept", fewer_minutes_a_week),
    Mistake("fewer late days", "flexible_hours_kept", fewer_late_days),
    Mistake("early lesson after a late finish", "flexible_hours_kept", an_early_lesson_after_a_late_finish),
    Mistake("leader not free", "works_only_when_available", a_leader_is_not_free),
    Mistake("substitute not free", "works_only_when_available", led_by(people=("liu", "ce", "de"))),
    Mistake("nobody on duty", "duty_each_day", nobody_on_duty),
    Mistake("duty by somebody else", "duty_each_day", duty_by_somebody_else),
    Mistake("duty on another day", "duty_each_day", duty_on_another_day),
    Mistake("duty leader teaches", "duty_each_day", the_duty_leader_teaches),
    Mistake("duty unfair", "duty_each_day", duty_is_unfair),
    Mistake("slot avoided", "staff_wishes", a_slot_is_avoided),
    Mistake("lesson at the time of a meeting", "staff_in_one_place", the_morning_bell_is_a_lesson_at_four),
)
