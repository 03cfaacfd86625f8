"""Mistakes in the hours: clocks, days and the order of the day."""

from dataclasses import replace
from datetime import time
from random import Random

from scheduler.domain import Activity, BellKind, Clock, HolidaySeason, Service, SlotId
from tests.audit.mistakes.planting import (
    Mistake,
    Plan,
    clocked,
    courses_held,
    later,
    meetings_of,
    regular,
    school,
    table,
)


def a_slot_starts_before_the_last_lesson_is_over(plan: Plan, random: Random) -> Plan:
    return clocked(plan, random.choice(regular(plan, 1)), random, start=-random.randint(1, 30))


def the_last_lesson_runs_on(plan: Plan, random: Random) -> Plan:
    bell = random.choice([bell for bell in plan.scenario.bells if bell.kind is BellKind.LESSON and bell.number == 6])
    return school(plan, "bells", bell, clock=Clock(bell.clock.start, later(bell.clock.end, random.randint(1, 9))))


def the_first_slot_starts_late(plan: Plan, random: Random) -> Plan:
    return clocked(plan, random.choice(regular(plan, 1)), random, start=random.randint(1, 15))


def the_last_slot_runs_on(plan: Plan, random: Random) -> Plan:
    return clocked(plan, random.choice(regular(plan, 3, 7)), random, end=random.randint(1, 40))


def the_last_slot_ends_early(plan: Plan, random: Random) -> Plan:
    return clocked(plan, random.choice(regular(plan, 3, 2)), random, end=-random.randint(1, 20))


def people_leave_work_later(plan: Plan, random: Random) -> Plan:
    season = random.choice(plan.scenario.seasons)
    return school(plan, "seasons", season, off_work_time=time(18, random.randint(1, 59)))


def people_leave_work_earlier(plan: Plan, random: Random) -> Plan:
    season = random.choice(plan.scenario.seasons)
    return school(plan, "seasons", season, off_work_time=time(17, random.randint(0, 14)))


def a_slot_is_cut_short(plan: Plan, random: Random) -> Plan:
    return clocked(plan, random.choice(regular(plan, 2, 3)), random, end=-random.randint(1, 20))


def a_slot_is_no_multiple_of_the_period(plan: Plan, random: Random) -> Plan:
    return clocked(plan, random.choice(regular(plan)), random, end=random.choice([-7, -3, -1, 1, 4, 9]))


def the_break_is_too_short(plan: Plan, random: Random) -> Plan:
    return clocked(plan, random.choice(regular(plan, random.choice([2, 3]))), random, start=-random.randint(1, 9))


def lunch_lies_in_a_slot(plan: Plan, random: Random) -> Plan:
    lunch = random.choice([bell for bell in plan.scenario.bells if bell.kind is BellKind.LUNCH])
    return school(plan, "bells", lunch, clock=Clock(time(16, 0), time(16, random.randint(5, 15))))


def a_day_has_no_slot(plan: Plan, random: Random) -> Plan:
    day, grade = random.randint(1, 5), random.choice([3, 7])
    kept = tuple(slot for slot in plan.scenario.slots if not (slot.weekday == day and grade in slot.grades))
    return plan._replace(scenario=replace(plan.scenario, slots=kept))


def a_meeting_is_on_sunday(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(meetings_of(plan, "班级活动"))
    slot = plan.scenario.slot_by_id[meeting.slot]
    sunday = replace(slot, id=SlotId("sun3p"), weekday=7)
    plan = plan._replace(scenario=replace(plan.scenario, slots=(*plan.scenario.slots, sunday)))
    return table(plan, "meetings", meeting, slot=sunday.id)


def no_holiday_week(plan: Plan, random: Random) -> Plan:
    return plan._replace(scenario=replace(plan.scenario, term=replace(plan.scenario.term, holiday_weeks=())))


def the_holiday_week_is_of_another_holiday(plan: Plan, random: Random) -> Plan:
    week = replace(plan.scenario.term.holiday_weeks[0], season=HolidaySeason.SUMMER)
    return plan._replace(scenario=replace(plan.scenario, term=replace(plan.scenario.term, holiday_weeks=(week,))))


def a_day_has_another_slot(plan: Plan, random: Random) -> Plan:
    slot = random.choice(regular(plan, 3))
    clocks = {season: Clock(later(clock.end, 10), later(clock.end, 50)) for season, clock in slot.clock_by_season.items()}
    more = replace(slot, id=SlotId(f"{slot.id}x"), number=4, clock_by_season=clocks)
    return plan._replace(scenario=replace(plan.scenario, slots=(*plan.scenario.slots, more)))


def class_pe_comes_first(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(meetings_of(plan, "班级体锻"))
    slot = plan.scenario.slot_by_id[meeting.slot]
    first = next(one for one in regular(plan, 1) if one.weekday == slot.weekday and one.grades == slot.grades)
    section = {place.section for place in plan.timetable.placements if place.section == meeting.section}
    return table(plan, "meetings", meeting, slot=first.id) if section else plan


def the_afternoon_starts_off_the_hour(plan: Plan, random: Random) -> Plan:
    season = random.choice(plan.scenario.seasons)
    start = season.afternoon_start or time(14, 0)
    return school(plan, "seasons", season, afternoon_start=later(start, random.choice([-30, -10, 5, 30])))


def extended_care_starts_off(plan: Plan, random: Random) -> Plan:
    slot = random.choice([slot for slot in plan.scenario.slots if slot.service is Service.EXTENDED_CARE])
    move = random.choice([-20, -5, 11, 25])
    return clocked(plan, slot, random, start=move, end=move)


def extended_care_lasts_too_long(plan: Plan, random: Random) -> Plan:
    slot = random.choice([slot for slot in plan.scenario.slots if slot.service is Service.EXTENDED_CARE])
    return clocked(plan, slot, random, end=random.choice([-15, -1, 1, 30]))


def evening_study_ends_late(plan: Plan, random: Random) -> Plan:
    slot = random.choice([slot for slot in plan.scenario.slots if slot.service is Service.EVENING_STUDY])
    return clocked(plan, slot, random, end=random.randint(1, 60))


def evening_study_starts_early(plan: Plan, random: Random) -> Plan:
    slot = random.choice([slot for slot in plan.scenario.slots if slot.service is Service.EVENING_STUDY])
    return clocked(plan, slot, random, start=-random.randint(11, 40))


def evening_study_is_offered_to_little_ones(plan: Plan, random: Random) -> Plan:
    slot = random.choice([slot for slot in plan.scenario.slots if slot.service is Service.EVENING_STUDY])
    return school(plan, "slots", slot, grades=slot.grades | {3})


def early_arrival_is_called_service(plan: Plan, random: Random) -> Plan:
    banned = random.choice([Activity.EARLY_ARRIVAL_CARE, Activity.LUNCH_CARE])
    return school(plan, "courses", random.choice(courses_held(plan)), activity=banned)


def a_slot_is_in_the_morning(plan: Plan, random: Random) -> Plan:
    slot = random.choice(regular(plan, 3))
    clocks = dict.fromkeys(slot.clock_by_season, Clock(time(10, 20), time(11, 0)))
    return school(plan, "slots", slot, clock_by_season=clocks)


MISTAKES = (
    Mistake("slot before the last lesson is over", "starts_after_lessons", a_slot_starts_before_the_last_lesson_is_over),
    Mistake("last lesson runs on", "starts_after_lessons", the_last_lesson_runs_on),
    Mistake("first slot early", "starts_at", a_slot_starts_before_the_last_lesson_is_over),
    Mistake("first slot late", "starts_at", the_first_slot_starts_late),
    Mistake("last slot runs on", "latest_end", the_last_slot_runs_on),
    Mistake("last slot ends early", "earliest_end", the_last_slot_ends_early),
    Mistake("people leave work later", "ends_around_off_work", people_leave_work_later),
    Mistake("people leave work earlier", "ends_around_off_work", people_leave_work_earlier),
    Mistake("slot cut short", "offered_minutes", a_slot_is_cut_short),
    Mistake("slot no multiple of the period", "period_length", a_slot_is_no_multiple_of_the_period),
    Mistake("break too short", "protected_breaks", the_break_is_too_short),
    Mistake("lunch in a slot", "protected_breaks", lunch_lies_in_a_slot),
    Mistake("day without slots", "service_days", a_day_has_no_slot),
    Mistake("meeting on Sunday", "service_days", a_meeting_is_on_sunday),
    Mistake("no holiday week", "holiday_opening", no_holiday_week),
    Mistake("holiday week of another holiday", "holiday_opening", the_holiday_week_is_of_another_holiday),
    Mistake("one slot more", "slot_order", a_day_has_another_slot),
    Mistake("class PE first", "slot_order", class_pe_comes_first),
    Mistake("afternoon off the hour", "afternoon_start", the_afternoon_starts_off_the_hour),
    Mistake("extended care starts off", "extended_care_time", extended_care_starts_off),
    Mistake("extended care of another length", "extended_care_time", extended_care_lasts_too_long),
    Mistake("evening study ends late", "evening_study_time", evening_study_ends_late),
    Mistake("evening study starts early", "evening_study_time", evening_study_starts_early),
    Mistake("evening study for grade 3", "evening_study_time", evening_study_is_offered_to_little_ones),
    Mistake("early arrival called service", "only_these_services", early_arrival_is_called_service),
    Mistake("slot in the morning", "only_these_services", a_slot_is_in_the_morning),
)
