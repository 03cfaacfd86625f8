"""Do calendars keep to the wire rules, and does every later change reach the event it belongs to?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import recurring_ical_events
from icalendar import Calendar, Event

from scheduler.calendar import dated_meetings
from scheduler.domain import MakeUpDay, Pattern, RoomId, Scenario, SlotId, StaffId
from scheduler.publish.ical import ics, write_ics
from scheduler.publish.view import Kind
from scheduler.timetable import Change, ChangeKind, SectionId, Timetable
from tests.publish.worlds import cancelled, meeting, plan, school

PUBLISHED = datetime(2025, 8, 30, 4, 0, 0, 123456, tzinfo=UTC)


def events(
    kind: str = "teacher",
    key: str = "t1",
    *,
    timetable: Timetable | None = None,
    scenario: Scenario | None = None,
    earlier: Sequence[Timetable] = (),
) -> dict[str, Event]:
    """Events of one calendar by the part of the UID before the school's mark."""
    data = ics(scenario or school(), timetable or plan(), kind, key, PUBLISHED, earlier=earlier)
    return {str(event["UID"]).partition("@")[0]: event for event in Calendar.from_ical(data).walk("VEVENT")}


def moved(day: date, **told: object) -> Change:
    change = Change(section=SectionId("papercut-1"), slot=SlotId("d1-2"), day=day, kind=ChangeKind.MOVE, why="检修")
    return replace(change, **told)  # type: ignore[arg-type]


def test_lines_end_in_crlf_and_have_at_most_75_octets_none_split_inside_a_character() -> None:
    data = ics(school(title="传统文化与非物质文化遗产剪纸艺术创作社团（中高年级）" * 2), plan(), "teacher", "t1", PUBLISHED)
    lines = data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert max(map(len, lines)) > 60, "no line was long enough to be folded"
    assert all(line.decode("utf-8") is not None for line in lines)


def test_the_same_plan_gives_the_same_bytes() -> None:
    """A random UID on the calendar would change the ETag at every request."""
    first, second = (ics(school(), plan(), "class", "c31", PUBLISHED) for _ in range(2))
    assert first == second
    assert "UID" not in Calendar.from_ical(first)


def test_the_head_says_how_often_to_look_again_and_has_one_clean_time_zone() -> None:
    text = ics(school(), plan(), "class", "c31", PUBLISHED).decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in text
    assert "X-PUBLISHED-TTL:PT6H\r\n" in text
    zone = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE")]
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert zone.split("\r\n")[:-1] == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Shanghai",
        "BEGIN:STANDARD",
        "DTSTART:20000101T000000",
        "TZNAME:CST",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "END:STANDARD",
    ]
    assert "VALARM" not in text
    assert "RRULE" not in text


def test_commas_and_semicolons_in_a_name_are_escaped_in_the_head() -> None:
    scenario = school()
    odd = replace(scenario.staff[0], name="王\\老师;语文,数学")
    scenario = replace(scenario, staff=(odd, *scenario.staff[1:]))
    text = ics(scenario, plan(), "teacher", odd.id, PUBLISHED).decode().replace("\r\n ", "")
    for line in ("NAME", "X-WR-CALNAME"):
        assert f"\r\n{line}:" in text
        assert "王\\\\老师\\;语文\\,数学" in text.partition(f"\r\n{line}:")[2].partition("\r\n")[0]


def test_an_event_carries_time_place_teacher_and_the_time_of_publication() -> None:
    event = events()["papercut-1-20250901"]
    assert event["SUMMARY"] == "剪纸1班"
    assert event["LOCATION"] == "三1班教室"
    assert event["DESCRIPTION"] == "教师：王秀英"
    assert event["DTSTART"].to_ical() == b"20250901T174000"
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event["DTEND"].to_ical() == b"20250901T182000"
    assert event["DTSTAMP"].to_ical() == event["LAST-MODIFIED"].to_ical() == b"20250830T040000Z"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")


def test_a_cancelled_meeting_stays_with_status_and_mark() -> None:
    """Google drops cancelled events in silence, so the title says it too."""
    event = events("room", "field")["football-1-20250908"]
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"] == "【停课】足球1班"
    assert "原因：雨天" in event["DESCRIPTION"]


@pytest.mark.parametrize(("kind", "key"), [("pupil", "p3"), ("class", "c41")])
def test_families_calendars_hold_no_reason(kind: str, key: str) -> None:
    assert "雨天" not in ics(school(), plan(), kind, key, PUBLISHED).decode()


def test_a_pupils_calendar_holds_no_childs_name_and_no_class() -> None:
    for pupil in school().pupils:
        text = ics(school(), plan(), "pupil", pupil.id, PUBLISHED).replace(b"\r\n ", b"").decode()
        assert not [other.name for other in school().pupils if other.name in text]
        assert "（1）班" not in text
        assert "示例小学" not in text


def test_sequence_rises_only_when_time_place_or_status_changes() -> None:
    """Three publications: another teacher, then another room on one date, then that date cancelled."""
    first = replace(plan(), changes=())
    led = replace(first, meetings=(*first.meetings[:2], meeting("papercut-1", "d1-2", "r31", "t2"), first.meetings[3]))
    elsewhere = replace(led, changes=(moved(date(2025, 9, 8), new_room=RoomId("r41")),))
    off = replace(led, changes=(cancelled(date(2025, 9, 8), "papercut-1"),))

    def sequence(now: Timetable, *earlier: Timetable) -> tuple[int, int]:
        found = events("course", "papercut", timetable=now, earlier=earlier)
        return found["papercut-1-20250908"]["SEQUENCE"], found["papercut-1-20250915"]["SEQUENCE"]

    assert sequence(first) == (0, 0)
    assert sequence(led, first) == (0, 0)
    assert sequence(elsewhere, first, led) == (1, 0)
    assert sequence(off, first, led, elsewhere) == (2, 0)
    assert sequence(led, first, led, elsewhere, off) == (3, 0)


def test_a_moved_meeting_keeps_the_uid_of_its_original_date() -> None:
    shifted = replace(plan(), changes=(moved(date(2025, 9, 8), new_day=date(2025, 9, 9), new_slot=SlotId("d2-1")),))
    event = events(timetable=shifted, earlier=[plan()])["papercut-1-20250908"]
    assert event["DTSTART"].to_ical() == b"20250909T164000"
    assert event["SEQUENCE"] == 1
    assert "原定 9月8日" in event["DESCRIPTION"]


def test_a_section_moved_to_another_slot_of_the_same_weekday_keeps_its_uids() -> None:
    later = replace(
        plan(), meetings=tuple(replace(one, slot=SlotId("d1-1")) if one.slot == "d1-2" else one for one in plan().meetings)
    )
    before, after = events("course", "football"), events("course", "football", timetable=later, earlier=[plan()])
    assert before.keys() == after.keys()
    assert after["football-1-20250915"]["SEQUENCE"] == 1


def test_what_the_last_plan_had_and_this_one_has_not_stays_as_cancelled() -> None:
    gone = replace(plan(), meetings=plan().meetings[:3], changes=())
    for kind, key in (("room", "field"), ("pupil", "p3"), ("teacher", "t2"), ("course", "football")):
        found = events(kind, key, timetable=gone, earlier=[replace(plan(), changes=())])
        event = found["football-1-20250915"]
        assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
        assert event["SUMMARY"].startswith("【停课】")


def test_a_pupil_who_changes_course_does_not_see_the_old_one_as_cancelled() -> None:
    others = tuple(one for one in plan().placements if (one.pupil, one.section) != ("p1", "papercut-1"))
    left = replace(plan(), placements=others)
    assert not [uid for uid in events("pupil", "p1", timetable=left, earlier=[plan()]) if uid.startswith("papercut")]


def test_a_placement_that_ends_takes_later_events_out_of_the_childs_calendar() -> None:
    until = tuple(replace(one, end=date(2025, 9, 10)) if one.section == "papercut-1" else one for one in plan().placements)
    found = events("pupil", "p1", timetable=replace(plan(), placements=until))
    assert [uid for uid in found if uid.startswith("papercut")] == ["papercut-1-20250901", "papercut-1-20250908"]


def test_a_substitute_sees_the_meeting_and_the_one_on_leave_does_not() -> None:
    stands_in = moved(date(2025, 9, 8), kind=ChangeKind.SUBSTITUTE, new_staff=(StaffId("t3"),))
    timetable = replace(plan(), changes=(stands_in,))
    assert "papercut-1-20250908" in events("teacher", "t3", timetable=timetable)
    assert "papercut-1-20250908" not in events("teacher", "t1", timetable=timetable)


def test_two_meetings_of_one_section_on_one_date_have_two_uids() -> None:
    scenario = school()
    courses = tuple(replace(one, pattern=Pattern.DOUBLE) if one.id == "football" else one for one in scenario.courses)
    double = replace(
        plan(), meetings=(meeting("football-1", "d1-1", "field", "t2"), meeting("football-1", "d1-2", "field", "t2"))
    )
    found = events("room", "field", timetable=double, scenario=replace(scenario, courses=courses))
    assert {"football-1-20250901", "football-1-20250901-2"} <= found.keys()
    assert found["football-1-20250901"]["DTSTART"].dt < found["football-1-20250901-2"]["DTSTART"].dt


def test_a_make_up_saturday_has_its_own_events() -> None:
    scenario = school()
    term = replace(scenario.term, make_up_days=(MakeUpDay(day=date(2025, 10, 11), follows=1),))
    assert "papercut-1-20251011" in events(scenario=replace(scenario, term=term))


def test_a_draft_is_marked_in_its_name_and_in_every_title() -> None:
    calendar = Calendar.from_ical(ics(school(), plan(), "class", "c31", PUBLISHED, draft=True))
    assert calendar["X-WR-CALNAME"].startswith("【草稿】")
    assert all(event["SUMMARY"].startswith("【草稿】") for event in calendar.walk("VEVENT"))
    assert {event["STATUS"] for event in calendar.walk("VEVENT")} == {"TENTATIVE"}


def test_the_time_of_publication_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ics(school(), plan(), "class", "c31", datetime(2025, 8, 30))


@pytest.mark.parametrize("kind", list(Kind))
def test_what_the_calendars_show_is_the_dated_plan(tmp_path: Path, kind: Kind) -> None:
    """All calendars of one kind together hold each meeting of the plan on its dates, and nothing else."""
    weeks = replace(plan(), end=date(2025, 9, 19))
    planned = {(one.section, one.start) for one in dated_meetings(school(), weeks)}
    shown = set()
    for path in write_ics(school(), weeks, tmp_path, PUBLISHED):
        if path.parent.name == kind.value:
            for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
                shown.add((event["UID"].rpartition("-2025")[0], event["DTSTART"].dt))
    assert shown == planned


def test_another_reader_sees_the_same_week() -> None:
    """recurring-ical-events, from Monday 15 to Sunday 21 September 2025."""
    calendar = Calendar.from_ical(ics(school(), plan(), "pupil", "p1", PUBLISHED))
    seen = recurring_ical_events.of(calendar).between(date(2025, 9, 15), date(2025, 9, 15) + timedelta(days=7))
    assert sorted((event["DTSTART"].dt.isoformat(), str(event["SUMMARY"])) for event in seen) == [
        ("2025-09-15T16:40:00+08:00", "作业辅导1班"),
        ("2025-09-15T17:40:00+08:00", "剪纸1班"),
        ("2025-09-17T16:40:00+08:00", "作业辅导1班"),
    ]
