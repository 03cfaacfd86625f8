"""What is wrong for a pupil? Students (对象): places, wishes, care and the way home."""

from collections.abc import Iterator, Mapping
from datetime import time

from scheduler.audit import naming
from scheduler.audit.days import of_season, season_en, season_zh
from scheduler.audit.report import Deviation
from scheduler.audit.world import World
from scheduler.domain import AreaType, Form, Pupil, Season, Service, Slot, SlotId, minutes_between
from scheduler.rulebook import (
    BoardersLookedAfter,
    CareKeptApart,
    CoordinatedBy,
    ExtendedCareGiven,
    GuaranteedPlace,
    LatestLeaveKept,
    NobodyRefused,
    OnlyWhereAskedFor,
    ScopeOfService,
)

SERVICES_ZH: Mapping[Service, str] = {
    Service.REGULAR: "课后服务时段",
    Service.EXTENDED_CARE: "延时托管时段",
    Service.EVENING_STUDY: "晚自习时段",
}
HOME_OF_FORM: Mapping[Form, Service] = {
    Form.CHOSEN: Service.REGULAR,
    Form.ARRANGED: Service.REGULAR,
    Form.BASE_CARE: Service.REGULAR,
    Form.BOARDER_CARE: Service.REGULAR,
    Form.EXTENDED_CARE: Service.EXTENDED_CARE,
    Form.EVENING_STUDY: Service.EVENING_STUDY,
}


def only_where_asked_for(world: World, rule: OnlyWhereAskedFor) -> Iterator[Deviation]:
    """1 per pupil and slot nobody asked for, per placement in a form that is not theirs, per unknown name."""
    if world.in_force(rule.scope):
        yield from world.unknown_in_placements
    for pupil in world.pupils_bound(rule.scope):
        allowed = world.scenario.cells_of(pupil)
        cells = world.cells_by_pupil[pupil.id]
        for slot in dict.fromkeys(cell.slot.id for cell in cells if cell.slot.id not in allowed):
            cell = next(cell for cell in cells if cell.slot.id == slot)
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil), *cell.held.subjects),
                zh=f"{pupil.name}没有申请{naming.slot_zh(cell.slot)}，却被安排在{cell.held.zh}。",
                en=f"{pupil.name} did not ask for {naming.slot_en(cell.slot)} but sits in {cell.held.en}.",
            )
        misplaced = [cell for cell in cells if cell.slot.id in allowed and cell.course.form not in allowed[cell.slot.id]]
        for cell in {cell.section.id: cell for cell in reversed(misplaced)}.values():
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil), *cell.held.subjects),
                zh=f"{pupil.name}在{naming.slot_zh(cell.slot)}不应安排{naming.FORMS_ZH[cell.course.form]}：{cell.held.zh}。",
                en=f"{pupil.name} must not have {naming.words(cell.course.form)} there: {cell.held.en}.",
            )


def nobody_refused(world: World, rule: NobodyRefused) -> Iterator[Deviation]:
    """1 per enrolled pupil and slot asked for without a place."""
    for pupil in world.pupils_bound(rule.scope):
        yield from _slots_without_place(world, pupil)


def guaranteed_place(world: World, rule: GuaranteedPlace) -> Iterator[Deviation]:
    """1 per enrolled pupil of the groups and slot asked for without a place."""
    for pupil in world.pupils_bound(rule.scope):
        if pupil.flags & rule.flags or world.grade(pupil).number in rule.grades:
            yield from _slots_without_place(world, pupil)


def _slots_without_place(world: World, pupil: Pupil) -> Iterator[Deviation]:
    placed = {cell.slot.id for cell in world.cells_by_pupil[pupil.id]}
    for slot in world.stays_of(pupil):
        if pupil.enrolled and slot.id not in placed:
            yield _without(pupil, slot, "任何安排", "no place")


def _without(pupil: Pupil, slot: Slot, what_zh: str, what_en: str) -> Deviation:
    return Deviation(
        amount=1,
        subjects=(naming.pupil(pupil), naming.slot(slot)),
        zh=f"{pupil.name}在{naming.slot_zh(slot)}没有{what_zh}。",
        en=f"{pupil.name} has {what_en} in {naming.slot_en(slot)}.",
    )


def latest_leave_kept(world: World, rule: LatestLeaveKept) -> Iterator[Deviation]:
    """Minutes by which a day's last place ends after the hour the family named, per season."""
    for pupil in world.pupils_bound(rule.scope):
        for weekday, latest in sorted(pupil.latest_leave.items()):
            for season in world.seasons_bound(rule.scope):
                ends = _ends(world, pupil, weekday, season)
                if not ends or max(ends)[0] <= latest:
                    continue
                end, place = max(ends)
                late = minutes_between(latest, end)
                yield Deviation(
                    amount=late,
                    subjects=(naming.pupil(pupil), *of_season(world, season)),
                    zh=f"{pupil.name}{naming.weekday_zh(weekday)}最晚{naming.at(latest)}离校，"
                    f"{place}到{naming.at(end)}才结束{season_zh(world, season)}，晚{late}分钟。",
                    en=f"{pupil.name} must leave by {naming.at(latest)} on {naming.weekday_en(weekday)}; "
                    f"{place} ends at {naming.at(end)}{season_en(world, season)}, {late} minutes later.",
                )


def _ends(world: World, pupil: Pupil, weekday: int, season: Season) -> list[tuple[time, str]]:
    """When the pupil's places of that weekday end, and what they are."""
    cells = (cell for cell in world.cells_by_pupil[pupil.id] if cell.slot.weekday == weekday)
    clocks = ((cell, world.clock(cell.slot, season)) for cell in cells)
    return [(clock.end, naming.section_name(cell.section, cell.course)) for cell, clock in clocks if clock is not None]


def extended_care_given(world: World, rule: ExtendedCareGiven) -> Iterator[Deviation]:
    """1 per child who needs it and slot without extended care, or whose grade is offered none."""
    for pupil in world.pupils_bound(rule.scope):
        if not pupil.extended_care:
            continue
        grade = world.grade(pupil).number
        if not world.scenario.slots_of(grade, Service.EXTENDED_CARE):
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil), naming.grade(grade)),
                zh=f"{pupil.name}需要延时托管，但{naming.grade_zh(grade)}没有延时托管时段。",
                en=f"{pupil.name} needs extended care, but {naming.grade_en(grade)} is offered none.",
            )
        yield from _slots_without_care(world, pupil, Form.EXTENDED_CARE)


def boarders_looked_after(world: World, rule: BoardersLookedAfter) -> Iterator[Deviation]:
    """1 per boarder who did not enrol and regular slot without supervision."""
    for pupil in world.pupils_bound(rule.scope):
        if pupil.boarder and not pupil.enrolled:
            yield from _slots_without_care(world, pupil, Form.BOARDER_CARE)


def _slots_without_care(world: World, pupil: Pupil, form: Form) -> Iterator[Deviation]:
    """Cells kept for this form of care in which the pupil has no place of it."""
    given: set[SlotId] = {cell.slot.id for cell in world.cells_by_pupil[pupil.id] if cell.course.form is form}
    for slot, forms in world.scenario.cells_of(pupil).items():
        if form in forms and slot not in given and slot in world.scenario.slot_by_id:
            yield _without(pupil, world.scenario.slot_by_id[slot], naming.FORMS_ZH[form], f"no {naming.words(form)}")


def care_kept_apart(world: World, rule: CareKeptApart) -> Iterator[Deviation]:
    """1 per meeting whose form does not belong in its slot's service."""
    for held in world.held_bound(rule.scope):
        if HOME_OF_FORM[held.course.form] is not held.slot.service:
            yield Deviation(
                amount=1,
                subjects=held.subjects,
                zh=f"{held.zh}是{naming.FORMS_ZH[held.course.form]}，不应排在{SERVICES_ZH[held.slot.service]}。",
                en=f"{held.en} is {naming.words(held.course.form)}: it does not go into {naming.words(held.slot.service)} slots.",
            )


def scope_of_service(world: World, rule: ScopeOfService) -> Iterator[Deviation]:
    """1 per participant of another stage, 1 for another ownership, 1 for another form of school."""
    if not world.in_force(rule.scope):
        return
    school = world.scenario.school
    for wrong, zh, en in (
        (rule.ownership and school.ownership not in rule.ownership, "办学性质", "an ownership"),
        (rule.forms and school.form not in rule.forms, "办学形式", "a form"),
    ):
        if wrong:
            yield Deviation(
                amount=1,
                subjects=(naming.school(school),),
                zh=f"{school.name}的{zh}不在课后服务的实施范围之内。",
                en=f"{school.name} is of {en} that the service does not cover.",
            )
    for pupil in world.participants_bound(rule.scope):
        if rule.stages and world.grade(pupil).stage not in rule.stages:
            grade = world.grade(pupil).number
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil), naming.grade(grade)),
                zh=f"{pupil.name}是{naming.grade_zh(grade)}学生，不在课后服务的对象范围之内。",
                en=f"{pupil.name} of {naming.grade_en(grade)} is outside the stages the service is for.",
            )


def coordinated_by(world: World, rule: CoordinatedBy) -> Iterator[Deviation]:
    """1 per name missing: the central school of a village school, the county's plan of a boarding school."""
    school = world.scenario.school
    if not world.in_force(rule.scope):
        return
    if school.area is AreaType.VILLAGE and not school.central_school:
        zh, en = "是村小学，没有写明统筹的中心学校", "is a village school without a named central school"
        yield Deviation(amount=1, subjects=(naming.school(school),), zh=f"{school.name}{zh}。", en=f"{school.name} {en}.")
    if school.boarding and not school.county_plan:
        zh, en = "是寄宿制学校，没有写明县级统筹安排的文件", "is a boarding school without a named county plan"
        yield Deviation(amount=1, subjects=(naming.school(school),), zh=f"{school.name}{zh}。", en=f"{school.name} {en}.")
