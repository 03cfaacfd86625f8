"""Does each meeting fall on its dates, by the clock of the season, with every change applied?"""

from dataclasses import replace
from datetime import date, datetime

from scheduler.calendar import SHANGHAI, DatedMeeting, Standing, dated_meetings, idle_changes
from scheduler.domain import MakeUpDay, RoomId, Season, SeasonId, SlotId, StaffId
from scheduler.timetable import Change, ChangeKind, SectionId, Timetable
from tests.publish.worlds import SUMMER, cancelled, plan, school


def of(section: str, timetable: Timetable | None = None) -> list[DatedMeeting]:
    return [meeting for meeting in dated_meetings(school(), timetable or plan()) if meeting.section == section]


def change(kind: ChangeKind, **told: object) -> Change:
    base = Change(section=SectionId("papercut-1"), slot=SlotId("d1-2"), day=date(2025, 9, 8), kind=kind, why="校务会")
    return replace(base, **told)  # type: ignore[arg-type]


def changed(*changes: Change) -> DatedMeeting:
    timetable = replace(plan(), changes=changes)
    return next(meeting for meeting in of("papercut-1", timetable) if meeting.original_day == date(2025, 9, 8))


def test_a_monday_meeting_takes_place_on_every_monday_of_the_term_but_the_holiday_one() -> None:
    assert [f"{meeting.day:%m-%d}" for meeting in of("papercut-1")] == [
        "09-01", "09-08", "09-15", "09-22", "09-29", "10-13", "10-20",
    ]  # fmt: skip


def test_the_clock_changes_with_the_season() -> None:
    starts = {meeting.day: meeting.start for meeting in of("papercut-1")}
    assert starts[date(2025, 9, 29)] == datetime(2025, 9, 29, 17, 40, tzinfo=SHANGHAI)
    assert starts[date(2025, 10, 13)] == datetime(2025, 10, 13, 16, 40, tzinfo=SHANGHAI)


def test_a_make_up_saturday_takes_the_lessons_of_the_weekday_it_follows() -> None:
    scenario = school()
    scenario = replace(scenario, term=replace(scenario.term, make_up_days=(MakeUpDay(day=date(2025, 10, 11), follows=1),)))
    held = {meeting.section for meeting in dated_meetings(scenario, plan()) if meeting.day == date(2025, 10, 11)}
    assert held == {"homework-1", "papercut-1", "football-1"}


def test_a_cancelled_meeting_stays_and_says_so() -> None:
    standings = {meeting.day: meeting.standing for meeting in of("football-1")}
    assert standings[date(2025, 9, 8)] is Standing.CANCELLED
    assert list(standings.values()).count(Standing.CONFIRMED) == 6


def test_a_moved_meeting_keeps_its_original_date_and_takes_slot_day_and_room() -> None:
    moved = changed(change(ChangeKind.MOVE, new_day=date(2025, 9, 9), new_slot=SlotId("d2-1"), new_room=RoomId("r41")))
    assert (moved.original_day, moved.day, moved.room) == (date(2025, 9, 8), date(2025, 9, 9), "r41")
    assert moved.start == datetime(2025, 9, 9, 16, 40, tzinfo=SHANGHAI)
    assert moved.moved
    assert not moved.cancelled


def test_a_substitute_leads_instead() -> None:
    led = changed(change(ChangeKind.SUBSTITUTE, new_staff=(StaffId("t3"),)))
    assert led.staff == ("t3",)
    assert led.substituted
    assert led.start.hour == 17


def test_two_changes_of_one_meeting_are_both_applied() -> None:
    both = changed(change(ChangeKind.SUBSTITUTE, new_staff=(StaffId("t3"),)), change(ChangeKind.MOVE, new_room=RoomId("r41")))
    assert (both.staff, both.room, len(both.changes)) == (("t3",), "r41", 2)


def test_nothing_is_dated_outside_the_plan() -> None:
    short = replace(plan(), start=date(2025, 9, 8), end=date(2025, 9, 14), changes=())
    assert {meeting.day for meeting in dated_meetings(school(), short)} == {date(2025, 9, 8), date(2025, 9, 10)}


def test_a_slot_without_a_clock_in_a_season_does_not_meet_in_it() -> None:
    scenario = school()
    summer_only = tuple(replace(slot, clock_by_season={SUMMER.id: slot.clock_by_season[SUMMER.id]}) for slot in scenario.slots)
    held = dated_meetings(replace(scenario, slots=summer_only), plan())
    assert max(meeting.day for meeting in held) == date(2025, 9, 29)


def test_a_season_that_begins_in_mid_term_changes_only_the_days_after_it() -> None:
    scenario = school()
    late = Season(id=SeasonId("winter"), start=date(2025, 9, 15), end=date(2026, 1, 23))
    early = replace(SUMMER, end=date(2025, 9, 14))
    hours = [
        meeting.start.hour
        for meeting in dated_meetings(replace(scenario, seasons=(early, late)), plan())
        if meeting.section == "papercut-1"
    ]
    assert hours == [17, 17, 16, 16, 16, 16, 16]


def test_a_change_of_a_day_without_that_meeting_is_named() -> None:
    idle = cancelled(date(2025, 9, 9))
    assert idle_changes(school(), replace(plan(), changes=(idle, cancelled(date(2025, 9, 8))))) == (idle,)
