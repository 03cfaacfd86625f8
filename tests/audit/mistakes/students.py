"""Mistakes that hit a pupil: places, wishes, care, the way home."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from scheduler.domain import (
    Choice,
    CourseId,
    Flag,
    Form,
    Ownership,
    Pupil,
    PupilId,
    SchoolForm,
    Service,
    SlotId,
    StaffId,
    Stage,
    TripId,
)
from scheduler.timetable import Placement, SectionId
from tests.audit.mistakes.planting import (
    Mistake,
    Plan,
    added,
    clocked,
    course_of,
    meetings_of,
    places_of,
    pupils,
    school,
    sits_in,
    slot_of,
    struck,
    table,
)


def pupil_of(plan: Plan, place: Placement) -> Pupil:
    return plan.scenario.pupil_by_id[place.pupil]


def a_family_asks_for_less(plan: Plan, random: Random) -> Plan:
    pupil = random.choice(pupils(plan))
    return school(plan, "pupils", pupil, stays=pupil.stays - {random.choice(sorted(pupil.stays))})


def a_pupil_is_kept_for_extended_care(plan: Plan, random: Random) -> Plan:
    pupil = random.choice([one for one in pupils(plan) if not one.extended_care])
    care = random.choice(meetings_of(plan, "延时托管"))
    return added(plan, "placements", Placement(pupil=pupil.id, section=care.section, chosen=False))


def a_child_leaves_the_service(plan: Plan, random: Random) -> Plan:
    return school(plan, "pupils", random.choice(pupils(plan)), enrolled=False)


def a_stranger_is_placed(plan: Plan, random: Random) -> Plan:
    place = random.choice(plan.timetable.placements)
    if random.random() < 0.5:
        return table(plan, "placements", place, pupil=PupilId("nobody"))
    return table(plan, "placements", place, section=SectionId("never-1"))


def a_place_is_missing(plan: Plan, random: Random) -> Plan:
    regular = [one for one in places_of(plan) if course_of(plan, one.section).form in (Form.CHOSEN, Form.ARRANGED)]
    return struck(plan, "placements", [random.choice(regular)])


def a_place_ends_early(plan: Plan, random: Random) -> Plan:
    day = plan.timetable.start + timedelta(days=random.randint(1, 20))
    place = random.choice(places_of(plan, form=Form.ARRANGED))
    return table(plan, "placements", place, **random.choice([{"start": day}, {"end": day}]))


def a_meeting_with_pupils_is_missing(plan: Plan, random: Random) -> Plan:
    taken = {place.section for place in places_of(plan, form=Form.ARRANGED)}
    held = [meeting for meeting in plan.timetable.meetings if meeting.section in taken]
    return struck(plan, "meetings", [random.choice(held)])


def an_arranged_place_is_called_a_wish(plan: Plan, random: Random) -> Plan:
    return table(plan, "placements", random.choice([one for one in places_of(plan) if not one.chosen]), chosen=True)


def the_wish_was_never_made(plan: Plan, random: Random) -> Plan:
    place = random.choice([one for one in places_of(plan, form=Form.CHOSEN) if one.pupil != "p70"])
    pupil = pupil_of(plan, place)
    left = tuple(one for one in pupil.choices if one.course != course_of(plan, place.section).id)
    return school(plan, "pupils", pupil, choices=left)


def fewer_are_wanted(plan: Plan, random: Random) -> Plan:
    pupil = pupil_of(plan, random.choice(places_of(plan, form=Form.CHOSEN)))
    return school(plan, "pupils", pupil, wanted=pupil.wanted - 1)


def the_wish_named_another_teacher(plan: Plan, random: Random) -> Plan:
    return _wish_says(plan, random, teacher=StaffId("jiang"))


def the_wish_named_another_day(plan: Plan, random: Random) -> Plan:
    """On Mondays and Wednesdays nothing of Tuesday, Thursday or Friday is held, and the other way round."""
    place = random.choice([one for one in places_of(plan, form=Form.CHOSEN) if one.pupil != "p70"])
    days = {slot_of(plan, meeting).weekday for meeting in plan.timetable.meetings_by_section[place.section]}
    return _wish_says(plan, random, place, weekday=random.choice([day for day in range(1, 6) if {day} != days]))


def _wish_says(plan: Plan, random: Random, place: Placement | None = None, **facts: object) -> Plan:
    place = place or random.choice([one for one in places_of(plan, form=Form.CHOSEN) if one.pupil != "p70"])
    pupil, wanted = pupil_of(plan, place), course_of(plan, place.section).id
    return school(
        plan, "pupils", pupil, choices=tuple(replace(one, **facts) if one.course == wanted else one for one in pupil.choices)
    )


def a_pupil_sits_in_two_sections(plan: Plan, random: Random) -> Plan:
    place = random.choice(places_of(plan, form=Form.CHOSEN))
    section = plan.timetable.section_by_id[place.section]
    second = replace(section, id=SectionId(f"{section.course}-2"), number=2)
    meetings = [replace(one, section=second.id) for one in plan.timetable.meetings_by_section[section.id]]
    plan = added(added(plan, "sections", second), "meetings", *meetings)
    return added(plan, "placements", replace(place, section=second.id))


def the_left_behind_child_is_left_out(plan: Plan, random: Random) -> Plan | None:
    """p20 or p30 loses every wish while somebody else keeps a seat in a course the child listed."""
    pupil = plan.scenario.pupil_by_id[PupilId(random.choice(["p20", "p30"]))]
    listed = {choice.course for choice in pupil.choices}
    others = [one for one in places_of(plan, form=Form.CHOSEN) if Flag.LEFT_BEHIND not in pupil_of(plan, one).flags]
    if not any(course_of(plan, one.section).id in listed for one in others):
        return None
    return struck(plan, "placements", places_of(plan, pupil=pupil.id, form=Form.CHOSEN))


def another_child_comes_first(plan: Plan, random: Random) -> Plan | None:
    """A child without any wish granted turns out to be left behind: p2 and p3 listed what others have."""
    pupil = random.choice([*pupils(plan, grade=2), *pupils(plan, grade=3)])
    seats = [one for one in places_of(plan, form=Form.CHOSEN) if Flag.LEFT_BEHIND not in pupil_of(plan, one).flags]
    seats = [one for one in seats if one.pupil != pupil.id]
    kept = struck(plan, "placements", places_of(plan, pupil=pupil.id, form=Form.CHOSEN))
    fitting = [
        one
        for one in seats
        if {meeting.slot for meeting in plan.timetable.meetings_by_section[one.section]} <= pupil.stays
        and plan.scenario.grade_of(pupil).number in course_of(plan, one.section).grades
    ]
    if not fitting:
        return None
    wish = Choice(rank=1, course=CourseId(course_of(plan, random.choice(fitting).section).id))
    return school(kept, "pupils", pupil, flags=frozenset({Flag.LEFT_BEHIND}), choices=(wish,), wanted=1)


def a_place_of_a_left_behind_child_is_missing(plan: Plan, random: Random) -> Plan:
    flagged = [one for one in places_of(plan, form=Form.ARRANGED) if Flag.LEFT_BEHIND in pupil_of(plan, one).flags]
    return struck(plan, "placements", [random.choice(flagged)])


def a_pupil_loses_every_wish(plan: Plan, random: Random) -> Plan:
    place = random.choice(places_of(plan, form=Form.CHOSEN))
    return struck(plan, "placements", places_of(plan, pupil=place.pupil, form=Form.CHOSEN))


def the_bus_leaves_earlier(plan: Plan, random: Random) -> Plan:
    """Riders end at 18:00, ten minutes before the bus."""
    trip, season = random.choice(plan.scenario.trips), random.choice(plan.scenario.seasons)
    leaves = trip.departure_by_season[season.id].replace(minute=random.randint(0, 9))
    return school(plan, "trips", trip, departure_by_season={**trip.departure_by_season, season.id: leaves})


def the_bus_is_too_small(plan: Plan, random: Random) -> Plan:
    return school(plan, "trips", random.choice(plan.scenario.trips), seats=random.randint(0, 1))


def the_bus_is_taken_on_another_day(plan: Plan, random: Random) -> Plan:
    ride = random.choice(plan.timetable.rides)
    return table(plan, "rides", ride, trip=TripId(random.choice([f"北{day}" for day in range(1, 6) if day != ride.weekday])))


def no_bus_comes(plan: Plan, random: Random) -> Plan:
    gone = random.choice(plan.scenario.trips)
    trips = tuple(trip for trip in plan.scenario.trips if trip is not gone)
    return plan._replace(scenario=replace(plan.scenario, trips=trips))


def a_child_must_leave_earlier(plan: Plan, random: Random) -> Plan:
    pupil = random.choice([one for one in pupils(plan) if one.latest_leave and len(one.stays) == 15])
    weekday = random.randint(1, 5)
    earlier = pupil.latest_leave[weekday].replace(hour=17, minute=random.randint(30, 59))
    return school(plan, "pupils", pupil, latest_leave={**pupil.latest_leave, weekday: earlier})


def the_last_slot_of_a_child_runs_on(plan: Plan, random: Random) -> Plan:
    pupil = random.choice([one for one in pupils(plan) if one.latest_leave and len(one.stays) == 15])
    slot = random.choice([plan.scenario.slot_by_id[one] for one in sorted(pupil.stays) if one[3] == "3"])
    return clocked(plan, slot, random, end=random.randint(1, 10))


def extended_care_is_missing(plan: Plan, random: Random) -> Plan:
    return struck(plan, "placements", [random.choice(places_of(plan, "延时托管"))])


def another_child_needs_extended_care(plan: Plan, random: Random) -> Plan:
    return school(plan, "pupils", random.choice([one for one in pupils(plan) if not one.extended_care]), extended_care=True)


def a_boarder_is_alone(plan: Plan, random: Random) -> Plan:
    return struck(plan, "placements", [random.choice(places_of(plan, "寄宿看护"))])


def another_boarder_did_not_enrol(plan: Plan, random: Random) -> Plan:
    return school(plan, "pupils", random.choice(pupils(plan, grade=7)), enrolled=False, boarder=True)


def care_is_held_in_the_service(plan: Plan, random: Random) -> Plan:
    care = random.choice(meetings_of(plan, "晚自习", "延时托管"))
    regular = [slot for slot in plan.scenario.slots if slot.service is Service.REGULAR]
    return table(plan, "meetings", care, slot=random.choice(regular).id)


def service_is_held_in_the_evening(plan: Plan, random: Random) -> Plan:
    day = random.choice(["mon", "tue", "wed", "thu", "fri"])
    meeting = random.choice(meetings_of(plan, service=Service.REGULAR))
    return table(plan, "meetings", meeting, slot=SlotId(random.choice([f"{day}5j", f"{day}4p"])))


def of_the_school(plan: Plan, **facts: object) -> Plan:
    return plan._replace(scenario=replace(plan.scenario, school=replace(plan.scenario.school, **facts)))


def the_school_is_private(plan: Plan, random: Random) -> Plan:
    return of_the_school(plan, ownership=Ownership.PRIVATE)


def the_school_has_another_form(plan: Plan, random: Random) -> Plan:
    return of_the_school(plan, form=random.choice([one for one in SchoolForm if one is not SchoolForm.NINE_YEAR]))


def a_senior_grade_takes_part(plan: Plan, random: Random) -> Plan:
    return school(plan, "grades", random.choice(plan.scenario.grades), stage=Stage.SENIOR)


def nobody_coordinates(plan: Plan, random: Random) -> Plan:
    return of_the_school(plan, **{random.choice(["central_school", "county_plan"]): None})


def a_second_place_at_once(plan: Plan, random: Random) -> Plan:
    """A pupil sits in another section of the same hour as well."""
    place = random.choice(places_of(plan, form=Form.ARRANGED))
    slot = plan.timetable.meetings_by_section[place.section][0].slot
    others = [one for one in plan.timetable.meetings if one.slot == slot and one.section != place.section]
    if not others:
        number, suffix = slot[3], "p" if slot[4] == "j" else "j"
        others = [one for one in plan.timetable.meetings if one.slot == f"{slot[:3]}{number}{suffix}"]
    mine = {placed.section for placed in sits_in(plan, place.pupil).values()}
    other = random.choice([one for one in others if one.section not in mine])
    return added(plan, "placements", Placement(pupil=place.pupil, section=other.section, chosen=False))


MISTAKES = (
    Mistake("family asks for less", "only_where_asked_for", a_family_asks_for_less),
    Mistake("kept for extended care", "only_where_asked_for", a_pupil_is_kept_for_extended_care),
    Mistake("child left the service", "only_where_asked_for", a_child_leaves_the_service),
    Mistake("stranger placed", "only_where_asked_for", a_stranger_is_placed),
    Mistake("place missing", "nobody_refused", a_place_is_missing),
    Mistake("place for some days only", "nobody_refused", a_place_ends_early),
    Mistake("meeting missing", "nobody_refused", a_meeting_with_pupils_is_missing),
    Mistake("arranged place called a wish", "wishes_kept", an_arranged_place_is_called_a_wish),
    Mistake("wish never made", "wishes_kept", the_wish_was_never_made),
    Mistake("fewer wanted", "wishes_kept", fewer_are_wanted),
    Mistake("another teacher wished for", "wishes_kept", the_wish_named_another_teacher),
    Mistake("another day wished for", "wishes_kept", the_wish_named_another_day),
    Mistake("two sections of one course", "wishes_kept", a_pupil_sits_in_two_sections),
    Mistake("left-behind child left out", "priority_groups", the_left_behind_child_is_left_out),
    Mistake("another child comes first", "priority_groups", another_child_comes_first),
    Mistake("left-behind child without a place", "guaranteed_place", a_place_of_a_left_behind_child_is_missing),
    Mistake("every wish lost", "wishes_granted", a_pupil_loses_every_wish),
    Mistake("bus leaves earlier", "rides_kept", the_bus_leaves_earlier),
    Mistake("bus too small", "rides_kept", the_bus_is_too_small),
    Mistake("bus of another day", "rides_kept", the_bus_is_taken_on_another_day),
    Mistake("no bus", "rides_kept", no_bus_comes),
    Mistake("child must leave earlier", "latest_leave_kept", a_child_must_leave_earlier),
    Mistake("last slot past the leave", "latest_leave_kept", the_last_slot_of_a_child_runs_on),
    Mistake("extended care missing", "extended_care_given", extended_care_is_missing),
    Mistake("extended care needed", "extended_care_given", another_child_needs_extended_care),
    Mistake("boarder alone", "boarders_looked_after", a_boarder_is_alone),
    Mistake("boarder did not enrol", "boarders_looked_after", another_boarder_did_not_enrol),
    Mistake("care held in the service", "care_kept_apart", care_is_held_in_the_service),
    Mistake("service held in the evening", "care_kept_apart", service_is_held_in_the_evening),
    Mistake("private school", "scope_of_service", the_school_is_private),
    Mistake("school of another form", "scope_of_service", the_school_has_another_form),
    Mistake("senior grade", "scope_of_service", a_senior_grade_takes_part),
    Mistake("nobody coordinates", "coordinated_by", nobody_coordinates),
    Mistake("two places at once", "pupils_in_one_place", a_second_place_at_once),
)
