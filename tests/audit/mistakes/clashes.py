"""Mistakes against nature: two places at once, rooms, sections, locks."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from scheduler.domain import CourseId, Form, Room, RoomId, SlotId, StaffId
from scheduler.timetable import SectionId
from tests.audit.mistakes.planting import (
    Mistake,
    Plan,
    added,
    course,
    course_of,
    meetings_of,
    places_of,
    pupils,
    school,
    slot_of,
    struck,
    table,
)

DAY = timedelta(days=1)


def room(plan: Plan, id: str | None) -> Room:
    return plan.scenario.room_by_id[RoomId(id or "")]


def a_leader_is_also_next_door(plan: Plan, random: Random) -> Plan:
    """Whoever leads one meeting also leads another one of the same slot, or of the other stage's slot beside it."""
    meeting = random.choice(plan.timetable.meetings)
    slot = slot_of(plan, meeting)
    others = [
        one
        for one in plan.timetable.meetings
        if slot_of(plan, one).weekday == slot.weekday
        and slot_of(plan, one).number == slot.number
        and not set(one.staff) & set(meeting.staff)
    ]
    if not others or slot.number > 3:
        return a_leader_is_also_next_door(plan, random)
    other = random.choice(others)
    return table(plan, "meetings", other, staff=(meeting.staff[0], *other.staff[1:]))


def a_lesson_is_at_the_same_time(plan: Plan, random: Random) -> Plan:
    """Whoever leads slot 1 also teaches a daytime lesson that ends twenty minutes into it."""
    meeting = random.choice([one for one in plan.timetable.meetings if slot_of(plan, one).number == 1])
    lesson = random.choice([one for one in plan.scenario.lessons if one.number == 6])
    for bell in [one for one in plan.scenario.bells if one.number == 6]:
        plan = school(plan, "bells", bell, clock=replace(bell.clock, end=bell.clock.end.replace(hour=16, minute=0)))
    return school(plan, "lessons", lesson, teacher=meeting.staff[0], weekday=slot_of(plan, meeting).weekday)


def a_room_is_taken_twice(plan: Plan, random: Random) -> Plan:
    meeting = random.choice([one for one in plan.timetable.meetings if one.room != "操场" and slot_of(plan, one).number < 4])
    others = [one for one in plan.timetable.meetings if one.slot == meeting.slot and one.room not in (meeting.room, "操场")]
    if not others:
        return a_room_is_taken_twice(plan, random)
    return table(plan, "meetings", random.choice(others), room=meeting.room)


def the_ground_holds_fewer_groups(plan: Plan, random: Random) -> Plan:
    return school(plan, "rooms", room(plan, "操场"), groups=random.randint(1, 2))


def a_room_is_closed(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(plan.timetable.meetings)
    return school(plan, "rooms", room(plan, meeting.room), closed=frozenset({meeting.slot}))


def a_meeting_has_no_room(plan: Plan, random: Random) -> Plan:
    where = random.choice([None, RoomId("nowhere")])
    return table(plan, "meetings", random.choice(plan.timetable.meetings), room=where)


def a_room_is_of_the_wrong_kind(plan: Plan, random: Random) -> Plan:
    meeting = random.choice([one for one in plan.timetable.meetings if course_of(plan, one.section).room_kinds])
    kinds = course_of(plan, meeting.section).room_kinds
    others = [one for one in plan.scenario.rooms if one.kind not in kinds]
    return table(plan, "meetings", meeting, room=random.choice(others).id)


def a_room_lost_its_piano(plan: Plan, random: Random) -> Plan | None:
    held = meetings_of(plan, "合唱", "陶艺")
    return school(plan, "rooms", room(plan, random.choice(held).room), features=frozenset()) if held else None


def a_room_has_too_few_seats(plan: Plan, random: Random) -> Plan:
    taken = [one for one in plan.timetable.meetings if plan.timetable.placements_by_section.get(one.section)]
    meeting = random.choice(taken)
    number = len(plan.timetable.placements_by_section[meeting.section])
    return school(plan, "rooms", room(plan, meeting.room), seats=random.randint(0, number - 1))


def a_section_is_over_full(plan: Plan, random: Random) -> Plan:
    section = random.choice(places_of(plan)).section
    number = len(plan.timetable.placements_by_section[section])
    return school(plan, "courses", course_of(plan, section), max_size=random.randint(0, number - 1), min_size=0)


def a_section_is_too_small(plan: Plan, random: Random) -> Plan:
    section = random.choice(places_of(plan, form=Form.CHOSEN)).section
    number = len(plan.timetable.placements_by_section[section])
    return school(plan, "courses", course_of(plan, section), min_size=number + random.randint(1, 5), max_size=40)


def an_empty_section_opens(plan: Plan, random: Random) -> Plan:
    section = random.choice(places_of(plan, form=Form.CHOSEN)).section
    return struck(plan, "placements", plan.timetable.placements_by_section[section])


def a_pupil_of_another_grade_sits_there(plan: Plan, random: Random) -> Plan:
    chosen = random.choice([one for one in places_of(plan, form=Form.CHOSEN) if course_of(plan, one.section).id != "篮球"])
    return added(plan, "placements", replace(chosen, pupil=random.choice(pupils(plan, grade=7)).id))


def two_classes_are_mixed(plan: Plan, random: Random) -> Plan:
    place = random.choice(places_of(plan, "班级体锻"))
    mine = plan.scenario.pupil_by_id[place.pupil].home_class
    taken = plan.timetable.placements_by_section[place.section]
    others = [one for one in places_of(plan, "班级体锻") if plan.scenario.pupil_by_id[one.pupil].home_class != mine]
    return table(plan, "placements", random.choice(others), section=random.choice(taken).section)


def too_many_sections(plan: Plan, random: Random) -> Plan:
    number = len({one.section for one in meetings_of(plan, "班级体锻")})
    return school(plan, "courses", course(plan, "班级体锻"), max_sections=random.randint(1, number - 1))


def half_a_pattern_is_missing(plan: Plan, random: Random) -> Plan:
    return struck(plan, "meetings", [random.choice(meetings_of(plan, "合唱", "篮球"))])


def a_section_meets_once_more(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(plan.timetable.meetings)
    same = [slot for slot in plan.scenario.slots if slot.grades == slot_of(plan, meeting).grades and slot.id != meeting.slot]
    return added(plan, "meetings", replace(meeting, slot=random.choice(same).id))


def the_days_do_not_match(plan: Plan, random: Random) -> Plan:
    """合唱 and 篮球 move one of their two meetings to the first slot of its day."""
    meeting = random.choice([*meetings_of(plan, "合唱"), *(one for one in meetings_of(plan, "篮球") if one.slot == "fri2j")])
    slot = slot_of(plan, meeting)
    first = next(one for one in plan.scenario.slots if (one.weekday, one.number, one.grades) == (slot.weekday, 1, slot.grades))
    wednesday = next(one for one in plan.scenario.slots if (one.weekday, one.number, one.grades) == (3, 1, slot.grades))
    return table(plan, "meetings", meeting, slot=(first if meeting.slot != "fri2j" else wednesday).id)


def a_course_meets_outside_its_slots(plan: Plan, random: Random) -> Plan | None:
    held = meetings_of(plan, "剪纸")
    return table(plan, "meetings", held[0], slot=SlotId(random.choice(["tue3p", "fri3p", "mon2p"]))) if held else None


def a_slot_is_for_other_grades(plan: Plan, random: Random) -> Plan:
    meeting = random.choice([one for one in plan.timetable.meetings if course_of(plan, one.section).grades <= {2, 3}])
    if not course_of(plan, meeting.section).grades:
        return a_slot_is_for_other_grades(plan, random)
    return table(plan, "meetings", meeting, slot=SlotId(f"{meeting.slot[:4]}j"))


def the_school_does_not_have_it(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(plan.timetable.meetings)
    unknown = [{"slot": SlotId("x")}, {"section": SectionId("x")}, {"room": RoomId("x")}, {"staff": (StaffId("x"),)}]
    if random.random() < 0.2:
        section = random.choice(plan.timetable.sections)
        return table(plan, "sections", section, course=CourseId("x"))
    return table(plan, "meetings", meeting, **random.choice(unknown))


def a_lock_is_broken(plan: Plan, random: Random) -> Plan:
    meeting = random.choice(meetings_of(plan, "篮球"))
    broken = [{"room": RoomId("自修室")}, {"staff": (StaffId("wang"),)}, {"slot": SlotId("thu3j")}]
    return table(plan, "meetings", meeting, **random.choice(broken))


def a_locked_place_is_missing(plan: Plan, random: Random) -> Plan:
    return struck(plan, "placements", places_of(plan, "篮球", pupil="p70"))


def a_room_is_not_safe(plan: Plan, random: Random) -> Plan:
    used = room(plan, random.choice(plan.timetable.meetings).room)
    return school(plan, "rooms", used, safe_until=random.choice([None, plan.timetable.end - DAY, plan.timetable.start]))


MISTAKES = (
    Mistake("leader also next door", "staff_in_one_place", a_leader_is_also_next_door),
    Mistake("lesson at the same time", "staff_in_one_place", a_lesson_is_at_the_same_time),
    Mistake("room taken twice", "rooms_hold_groups", a_room_is_taken_twice),
    Mistake("fewer groups on the ground", "rooms_hold_groups", the_ground_holds_fewer_groups),
    Mistake("room closed", "rooms_hold_groups", a_room_is_closed),
    Mistake("no room", "rooms_hold_groups", a_meeting_has_no_room),
    Mistake("room of the wrong kind", "room_suits", a_room_is_of_the_wrong_kind),
    Mistake("feature missing", "room_suits", a_room_lost_its_piano),
    Mistake("too few seats", "room_suits", a_room_has_too_few_seats),
    Mistake("section over-full", "section_sizes", a_section_is_over_full),
    Mistake("section too small", "section_sizes", a_section_is_too_small),
    Mistake("empty section opens", "section_sizes", an_empty_section_opens),
    Mistake("pupil of another grade", "section_sizes", a_pupil_of_another_grade_sits_there),
    Mistake("two classes mixed", "section_sizes", two_classes_are_mixed),
    Mistake("too many sections", "section_sizes", too_many_sections),
    Mistake("half a pattern", "pattern_kept", half_a_pattern_is_missing),
    Mistake("one meeting more", "pattern_kept", a_section_meets_once_more),
    Mistake("days do not match", "pattern_kept", the_days_do_not_match),
    Mistake("outside the course's slots", "pattern_kept", a_course_meets_outside_its_slots),
    Mistake("slot of other grades", "pattern_kept", a_slot_is_for_other_grades),
    Mistake("school does not have it", "pattern_kept", the_school_does_not_have_it),
    Mistake("lock broken", "locks_kept", a_lock_is_broken),
    Mistake("locked place missing", "locks_kept", a_locked_place_is_missing),
    Mistake("room not safe", "safe_rooms", a_room_is_not_safe),
)
