"""Mistakes in what is done: strands, homework, exercise, and what must not take place."""

from random import Random

from scheduler.domain import Activity, Category, Form, RoomId, RoomKind, StaffId, Strand
from tests.audit.mistakes.planting import (
    Mistake,
    Plan,
    added,
    course,
    course_of,
    courses_held,
    meetings_of,
    places_of,
    pupils,
    school,
    sits_in,
    struck,
    table,
)


def a_course_declares_the_other_strand(plan: Plan, random: Random) -> Plan:
    listed = {Category.HOMEWORK, Category.READING, Category.PE, Category.ARTS, Category.LABOUR}
    wrong = random.choice([one for one in courses_held(plan) if one.strand is not None and one.category in listed])
    return school(plan, "courses", wrong, strand=Strand.X if wrong.strand is Strand.ONE else Strand.ONE)


def a_pupil_has_nothing_of_one(plan: Plan, random: Random) -> Plan:
    pupil = random.choice(pupils(plan, whole_week=True))
    return struck(plan, "placements", places_of(plan, "阅读", "作业辅导", pupil=pupil.id))


def class_pe_counts_as_one(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", course(plan, "班级体锻"), strand=Strand.ONE)


def grade_two_writes(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", course(plan, "阅读"), written_homework=True)


def one_child_of_grade_two_writes(plan: Plan, random: Random) -> Plan:
    place = random.choice([one for one in places_of(plan, "阅读") if one.pupil in {one.id for one in pupils(plan, grade=2)}])
    slot = plan.timetable.meetings_by_section[place.section][0].slot
    homework = next(meeting for meeting in meetings_of(plan, "作业辅导") if meeting.slot == slot)
    return table(plan, "placements", place, section=homework.section)


def a_pupil_misses_pe(plan: Plan, random: Random) -> Plan | None:
    """On a day without a PE lesson and without the ball game."""
    pupil = random.choice(pupils(plan))
    ball = {slot[:3] for slot, place in sits_in(plan, pupil.id).items() if course_of(plan, place.section).id == "篮球"}
    places = {
        slot[:3]: place
        for slot, place in sits_in(plan, pupil.id).items()
        if course_of(plan, place.section).id == "班级体锻" and slot[:3] != "tue" and slot[:3] not in ball
    }
    return struck(plan, "placements", [places[random.choice(sorted(places))]]) if places else None


def class_pe_is_no_pe(plan: Plan, random: Random) -> Plan:
    category = random.choice([Category.MORAL, Category.GAMES, Category.CLUB])
    return school(plan, "courses", course(plan, "班级体锻"), category=category)


def class_pe_is_little_exercise(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", course(plan, "班级体锻"), exercise_minutes=random.randint(0, 29))


def homework_takes_longer(plan: Plan, random: Random) -> Plan:
    """40 minutes are 80 % of 50, and 45 of 56."""
    grade = random.choice([one for one in plan.scenario.grades if one.number in (3, 7)])
    return school(plan, "grades", grade, homework_minutes=random.randint(57, 90))


def a_pupil_misses_homework(plan: Plan, random: Random) -> Plan:
    pupil = random.choice(pupils(plan, whole_week=True, grade=random.choice([3, 7])))
    return struck(plan, "placements", [random.choice(places_of(plan, "作业辅导", pupil=pupil.id))])


def homework_meets_in_the_reading_room(plan: Plan, random: Random) -> Plan:
    return table(plan, "meetings", random.choice(meetings_of(plan, "作业辅导")), room=RoomId("阅览室"))


def two_grades_write_together(plan: Plan, random: Random) -> Plan:
    place = random.choice(places_of(plan, "作业辅导"))
    others = {pupil.id for pupil in plan.scenario.pupils if pupil.home_class == "七1"}
    strangers = [one for one in places_of(plan, "作业辅导") if (one.pupil in others) != (place.pupil in others)]
    return table(plan, "placements", place, section=random.choice(strangers).section)


def pe_meets_in_a_classroom(plan: Plan, random: Random) -> Plan:
    return table(plan, "meetings", random.choice(meetings_of(plan, "班级体锻", "篮球")), room=RoomId("自修室"))


def a_new_lesson_is_taught(plan: Plan, random: Random) -> Plan:
    banned = random.choice([Activity.NEW_LESSON, Activity.EXAM_DRILL])
    return school(plan, "courses", random.choice(courses_held(plan)), activity=banned)


def an_activity_is_dangerous(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", random.choice(courses_held(plan)), risk=3)


def an_activity_sells_something(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", random.choice(courses_held(plan)), commercial=True)


def class_pe_is_off_campus(plan: Plan, random: Random) -> Plan:
    if random.random() < 0.5:
        return school(plan, "courses", course(plan, "班级体锻"), off_campus=True)
    return school(plan, "rooms", plan.scenario.room_by_id[RoomId("操场")], kind=RoomKind.OFF_SITE)


def nobody_is_beside_the_screen(plan: Plan, random: Random) -> Plan | None:
    online = meetings_of(plan, "编程")
    if not online:
        return None
    return table(plan, "meetings", online[0], staff=random.choice([(), (StaffId("shen"),), (StaffId("wu"),)]))


def a_pupil_has_no_pe_at_all(plan: Plan, random: Random) -> Plan:
    pupil = random.choice([*pupils(plan, grade=2), *pupils(plan, grade=3)])
    return struck(plan, "placements", places_of(plan, "班级体锻", pupil=pupil.id))


def nobody_reads(plan: Plan, random: Random) -> Plan:
    return school(plan, "courses", course(plan, "阅读"), category=Category.HOMEWORK)


def care_counts_as_a_strand(plan: Plan, random: Random) -> Plan:
    """Reading becomes base care: children of grade 2 keep nothing of "1"."""
    return school(plan, "courses", course(plan, "阅读"), form=Form.BASE_CARE, strand=None)


def a_meeting_is_named_twice(plan: Plan, random: Random) -> Plan:
    """The homework of one class on one day is drawn a second time, in a library."""
    meeting = random.choice(meetings_of(plan, "作业辅导"))
    twin = type(meeting)(section=meeting.section, slot=meeting.slot, room=RoomId("阅览室"), staff=meeting.staff)
    return added(plan, "meetings", twin)


MISTAKES = (
    Mistake("course of the other strand", "strand_of_category", a_course_declares_the_other_strand),
    Mistake("pupil with nothing of 1", "both_strands", a_pupil_has_nothing_of_one),
    Mistake("care instead of reading", "both_strands", care_counts_as_a_strand),
    Mistake("class PE counts as 1", "enrichment_share", class_pe_counts_as_one),
    Mistake("grade 2 writes", "no_written_homework", grade_two_writes),
    Mistake("one child of grade 2 writes", "no_written_homework", one_child_of_grade_two_writes),
    Mistake("pupil without PE", "daily_pe", a_pupil_misses_pe),
    Mistake("class PE is no PE", "daily_pe", class_pe_is_no_pe),
    Mistake("no PE offered", "class_pe_offered", class_pe_is_no_pe),
    Mistake("pupil without exercise", "exercise_minutes", a_pupil_misses_pe),
    Mistake("too little exercise", "exercise_minutes", class_pe_is_little_exercise),
    Mistake("more homework than time", "homework_capacity", homework_takes_longer),
    Mistake("pupil without homework time", "homework_capacity", a_pupil_misses_homework),
    Mistake("homework in the reading room", "homework_groups", homework_meets_in_the_reading_room),
    Mistake("homework drawn twice", "homework_groups", a_meeting_is_named_twice),
    Mistake("two grades write together", "homework_groups", two_grades_write_together),
    Mistake("PE in a classroom", "room_kinds_of_category", pe_meets_in_a_classroom),
    Mistake("new lesson or drill", "banned_activities", a_new_lesson_is_taught),
    Mistake("dangerous activity", "max_risk", an_activity_is_dangerous),
    Mistake("commercial activity", "no_commerce", an_activity_sells_something),
    Mistake("PE off campus", "on_campus", class_pe_is_off_campus),
    Mistake("nobody beside the screen", "online_with_teacher", nobody_is_beside_the_screen),
    Mistake("pupil without any PE", "more_of_categories", a_pupil_has_no_pe_at_all),
    Mistake("nobody reads", "breadth", nobody_reads),
)
