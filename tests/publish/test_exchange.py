"""Does the JSON of a plan say the whole plan, and nothing but a plan?"""

import json
import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.domain import CourseId, PupilId, Role, RoomId, SlotId, StaffId, TripId
from scheduler.errors import InputFaults
from scheduler.publish.exchange import canonical, timetable_from_json, timetable_to_json
from scheduler.timetable import Change, ChangeKind, Duty, Meeting, Placement, Ride, Section, SectionId, Timetable
from tests.publish.worlds import plan

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    ids = draw(st.lists(NAMES.map(SectionId), min_size=1, max_size=4, unique=True))
    of = st.sampled_from(ids)
    slot = NAMES.map(SlotId)
    staff = st.lists(NAMES.map(StaffId), max_size=3).map(tuple)
    start, end = sorted((draw(DAYS), draw(DAYS)))
    days = st.none() | DAYS
    return Timetable(
        county=draw(NAMES),
        scenario_digest=draw(st.text("0123456789abcdef", max_size=8)),
        start=start,
        end=end,
        sections=tuple(Section(id=key, course=CourseId(draw(NAMES)), number=draw(st.integers(1, 99))) for key in ids),
        meetings=tuple(
            draw(
                st.lists(
                    st.builds(Meeting, section=of, slot=slot, room=st.none() | NAMES.map(RoomId), staff=staff),
                    max_size=5,
                    unique_by=lambda row: (row.section, row.slot),
                )
            )
        ),
        placements=tuple(
            draw(
                st.lists(
                    st.builds(Placement, pupil=NAMES.map(PupilId), section=of, chosen=st.booleans(), start=days, end=days),
                    max_size=5,
                    unique_by=lambda row: (row.pupil, row.section, row.start),
                )
            )
        ),
        rides=tuple(draw(st.lists(st.builds(Ride, pupil=NAMES.map(PupilId), weekday=st.integers(1, 7), trip=NAMES.map(TripId))))),
        duties=tuple(draw(st.lists(st.builds(Duty, day=DAYS, role=st.sampled_from(Role), staff=NAMES.map(StaffId)), max_size=3))),
        changes=tuple(
            draw(
                st.lists(
                    st.builds(
                        Change,
                        section=of,
                        slot=slot,
                        day=DAYS,
                        kind=st.sampled_from(ChangeKind),
                        why=st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
                        new_day=days,
                        new_slot=st.none() | slot,
                        new_room=st.none() | NAMES.map(RoomId),
                        new_staff=staff,
                    ),
                    max_size=3,
                )
            )
        ),
        seed=draw(st.none() | st.integers(0, 2**40)),
        program=draw(st.none() | NAMES),
    )


@settings(max_examples=40, derandomize=True, deadline=None)
@given(timetables())
def test_any_plan_comes_back_as_it_was(timetable: Timetable) -> None:
    assert timetable_from_json(timetable_to_json(timetable)) == canonical(timetable)


def test_the_order_of_rows_does_not_change_a_byte() -> None:
    dice = random.Random(7)
    shuffled = plan()
    for name in ("sections", "meetings", "placements", "rides", "duties", "changes"):
        rows = list(getattr(shuffled, name))
        dice.shuffle(rows)
        shuffled = replace(shuffled, **{name: tuple(rows)})
    assert timetable_to_json(shuffled) == timetable_to_json(plan())


def test_every_row_has_a_line_of_its_own() -> None:
    lines = timetable_to_json(plan()).splitlines()
    assert '    {"pupil": "p1", "section": "papercut-1", "chosen": true},' in lines


def test_a_number_as_text_an_unknown_item_and_a_missing_one_are_told_together() -> None:
    broken = json.loads(timetable_to_json(plan()))
    broken["sections"][0]["number"] = "1"
    broken["meetings"][1]["colour"] = "red"
    del broken["start"]
    with pytest.raises(InputFaults) as caught:
        timetable_from_json(json.dumps(broken))
    assert {fault.column for fault in caught.value.faults} == {"sections[1].number", "meetings[2].colour", "start"}


def test_a_placement_in_a_section_that_does_not_exist_is_a_fault() -> None:
    broken = json.loads(timetable_to_json(plan()))
    broken["placements"][0]["section"] = "ghost"
    with pytest.raises(InputFaults, match="ghost"):
        timetable_from_json(json.dumps(broken))


def test_a_section_given_twice_is_a_fault() -> None:
    broken = json.loads(timetable_to_json(plan()))
    broken["sections"].append(broken["sections"][0])
    with pytest.raises(InputFaults, match="more than once"):
        timetable_from_json(json.dumps(broken))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000, '{"format": "other"}', '"\\ud800"', "\x00"])
def test_what_is_no_plan_is_refused_with_faults(text: str) -> None:
    with pytest.raises(InputFaults):
        timetable_from_json(text)
