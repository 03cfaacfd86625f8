"""What does the table name that the school does not have? Each told once, so that no rule needs to look again."""

from collections import Counter
from collections.abc import Collection, Mapping

from scheduler.audit.report import Deviation, Subject, SubjectKind
from scheduler.domain import PupilId, Scenario
from scheduler.timetable import Timetable

KINDS_ZH: Mapping[SubjectKind, str] = {
    SubjectKind.COURSE: "项目",
    SubjectKind.SECTION: "教学班",
    SubjectKind.SLOT: "时段",
    SubjectKind.ROOM: "场地",
    SubjectKind.STAFF: "人员",
    SubjectKind.PUPIL: "学生",
}


def strangers_in_meetings(scenario: Scenario, timetable: Timetable) -> tuple[Deviation, ...]:
    """1 per unknown course of a section, and unknown section, slot, room or person of a meeting; 1 per section id given twice."""
    found: list[Deviation] = []
    for section in timetable.sections:
        if section.course not in scenario.course_by_id:
            found.append(_unknown(SubjectKind.COURSE, section.course, f"教学班 {section.id}", f"Section {section.id}"))
    for id, times in Counter(section.id for section in timetable.sections).items():
        if times > 1:
            found.append(
                Deviation(
                    amount=1,
                    subjects=(Subject(SubjectKind.SECTION, id, id),),
                    zh=f"教学班编号“{id}”用了{times}次。",
                    en=f"The section id “{id}” is used {times} times.",
                )
            )
    for meeting in timetable.meetings:
        zh, en = f"教学班 {meeting.section} 的课", f"A meeting of section {meeting.section}"
        if meeting.section not in timetable.section_by_id:
            found.append(_unknown(SubjectKind.SECTION, meeting.section, "一次课", "A meeting"))
        if meeting.slot not in scenario.slot_by_id:
            found.append(_unknown(SubjectKind.SLOT, meeting.slot, zh, en))
        if meeting.room is not None and meeting.room not in scenario.room_by_id:
            found.append(_unknown(SubjectKind.ROOM, meeting.room, zh, en))
        for person in meeting.staff:
            if person not in scenario.staff_by_id:
                found.append(_unknown(SubjectKind.STAFF, person, zh, en))
    return tuple(dict.fromkeys(found))


def strangers_in_placements(timetable: Timetable, pupils: Collection[PupilId]) -> tuple[Deviation, ...]:
    """1 per pupil or section unknown that a placement names."""
    found: list[Deviation] = []
    for placement in timetable.placements:
        if placement.pupil not in pupils:
            found.append(_unknown(SubjectKind.PUPIL, placement.pupil, "选课结果", "A placement"))
        if placement.section not in timetable.section_by_id:
            zh, en = f"学生 {placement.pupil} 的选课结果", f"A placement of pupil {placement.pupil}"
            found.append(_unknown(SubjectKind.SECTION, placement.section, zh, en))
    return tuple(dict.fromkeys(found))


def _unknown(kind: SubjectKind, id: str, place_zh: str, place_en: str) -> Deviation:
    return Deviation(
        amount=1,
        subjects=(Subject(kind, id, id),),
        zh=f"{place_zh}写了本校没有的{KINDS_ZH[kind]}“{id}”。",
        en=f"{place_en} names the {kind.value} “{id}”, which the school does not have.",
    )
