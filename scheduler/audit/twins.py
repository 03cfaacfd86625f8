"""Which function measures which rule? The twins of every chapter by the rule's name, written by hand."""

from collections.abc import Callable, Iterator, Mapping
from typing import Never, cast

from scheduler.audit import (
    clashes,
    content,
    exercise,
    homework,
    hours,
    providers,
    rides,
    sections,
    services,
    staff,
    students,
    wishes,
)
from scheduler.audit.report import Deviation
from scheduler.audit.world import World
from scheduler.rulebook import Rule

Twin = Callable[[World, Never], Iterator[Deviation]]
"""Takes the world and the one kind of rule it is named after."""

HOURS: Mapping[str, Twin] = {
    "starts_after_lessons": hours.starts_after_lessons,
    "starts_at": hours.starts_at,
    "latest_end": hours.latest_end,
    "earliest_end": hours.earliest_end,
    "ends_around_off_work": hours.ends_around_off_work,
    "offered_minutes": hours.offered_minutes,
    "period_length": hours.period_length,
    "protected_breaks": hours.protected_breaks,
    "service_days": services.service_days,
    "holiday_opening": services.holiday_opening,
    "slot_order": services.slot_order,
    "afternoon_start": hours.afternoon_start,
    "extended_care_time": services.extended_care_time,
    "evening_study_time": services.evening_study_time,
    "only_these_services": services.only_these_services,
}
CONTENT: Mapping[str, Twin] = {
    "strand_of_category": content.strand_of_category,
    "both_strands": content.both_strands,
    "enrichment_share": content.enrichment_share,
    "no_written_homework": homework.no_written_homework,
    "daily_pe": exercise.daily_pe,
    "class_pe_offered": exercise.class_pe_offered,
    "exercise_minutes": exercise.exercise_minutes,
    "homework_capacity": homework.homework_capacity,
    "homework_groups": homework.homework_groups,
    "room_kinds_of_category": homework.room_kinds_of_category,
    "banned_activities": content.banned_activities,
    "max_risk": content.max_risk,
    "no_commerce": content.no_commerce,
    "on_campus": content.on_campus,
    "online_with_teacher": content.online_with_teacher,
    "outdoor_minutes": exercise.outdoor_minutes,
    "more_of_categories": exercise.more_of_categories,
    "breadth": content.breadth,
}
STAFF: Mapping[str, Twin] = {
    "may_lead": staff.may_lead,
    "not_by_third_parties": providers.not_by_third_parties,
    "provider_kinds": providers.provider_kinds,
    "provider_in_order": providers.provider_in_order,
    "staff_vetted": providers.staff_vetted,
    "own_staff_share": providers.own_staff_share,
    "third_party_share": providers.third_party_share,
    "enough_staff": staff.enough_staff,
    "load_caps": staff.load_caps,
    "flexible_hours_kept": staff.flexible_hours_kept,
    "works_only_when_available": staff.works_only_when_available,
    "duty_each_day": staff.duty_each_day,
    "staff_wishes": staff.staff_wishes,
}
STUDENTS: Mapping[str, Twin] = {
    "only_where_asked_for": students.only_where_asked_for,
    "nobody_refused": students.nobody_refused,
    "wishes_kept": wishes.wishes_kept,
    "priority_groups": wishes.priority_groups,
    "guaranteed_place": students.guaranteed_place,
    "wishes_granted": wishes.wishes_granted,
    "rides_kept": rides.rides_kept,
    "latest_leave_kept": students.latest_leave_kept,
    "extended_care_given": students.extended_care_given,
    "boarders_looked_after": students.boarders_looked_after,
    "care_kept_apart": students.care_kept_apart,
    "scope_of_service": students.scope_of_service,
    "coordinated_by": students.coordinated_by,
}
CLASHES: Mapping[str, Twin] = {
    "staff_in_one_place": clashes.staff_in_one_place,
    "pupils_in_one_place": clashes.pupils_in_one_place,
    "rooms_hold_groups": clashes.rooms_hold_groups,
    "room_suits": clashes.room_suits,
    "section_sizes": sections.section_sizes,
    "pattern_kept": sections.pattern_kept,
    "locks_kept": sections.locks_kept,
    "safe_rooms": clashes.safe_rooms,
}
TWINS: Mapping[str, Twin] = {**HOURS, **CONTENT, **STAFF, **STUDENTS, **CLASHES}
"""What is a finding."""

NOTES: Mapping[str, Twin] = {
    "ends_around_off_work": hours.ends_around_off_work_notes,
    "enrichment_share": content.enrichment_share_notes,
    "daily_pe": exercise.daily_pe_notes,
    "load_caps": staff.load_caps_notes,
    "rides_kept": rides.missed_by_others,
}
"""What a rule has to tell beside its findings."""


def deviations(world: World, rule: Rule) -> Iterator[Deviation]:
    """What the rule's twin finds in this world."""
    return _called(TWINS[rule.name], world, rule)


def notes(world: World, rule: Rule) -> Iterator[Deviation]:
    """What the rule reports and never finds; nothing for most rules."""
    return _called(NOTES[rule.name], world, rule) if rule.name in NOTES else iter(())


def _called(twin: Twin, world: World, rule: Rule) -> Iterator[Deviation]:
    # The name leads a rule to the twin that takes its kind; a test looks at every signature.
    return cast("Callable[[World, Rule], Iterator[Deviation]]", twin)(world, rule)
