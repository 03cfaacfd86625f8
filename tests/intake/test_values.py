"""Is what people really type understood?"""

from datetime import date, time

import pytest

from scheduler.domain import Flag, StaffKind, Strand
from scheduler.intake.kinds import (
    AnyValue,
    ClockTime,
    Day,
    Grades,
    Identifier,
    Integer,
    LeaveTimes,
    Unreadable,
    Weekdays,
    Word,
    Words,
    YesNo,
)


@pytest.mark.parametrize("text", ["8:00", "08:00", "８：００", "8点", "8点00分", "上午8:00", "08:00:00", "0.3333333333333333"])
def test_eight_o_clock(text: str) -> None:
    assert ClockTime().read(text) == time(8, 0)


@pytest.mark.parametrize("text", ["16:30", "下午4:30", "4:30 PM", "16点30分", "16时30分", "下午4点半", "0.6875"])
def test_half_past_four(text: str) -> None:
    assert ClockTime().read(text) == time(16, 30)


@pytest.mark.parametrize("text", ["25:00", "8", "8:60", "16.30", "一点", "1.5", "-1", ":30"])
def test_no_time(text: str) -> None:
    with pytest.raises(Unreadable):
        ClockTime().read(text)


@pytest.mark.parametrize("text", ["2025-09-01", "2025/9/1", "2025.9.1", "2025年9月1日", "20250901", "45901", "２０２５-9-1"])
def test_first_of_september(text: str) -> None:
    assert Day().read(text) == date(2025, 9, 1)


@pytest.mark.parametrize("text", ["2025-02-30", "25-9-1", "9月1日", "2025", "0", "20251301", "99999"])
def test_no_date(text: str) -> None:
    with pytest.raises(Unreadable):
        Day().read(text)


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("1-3,5", {1, 2, 3, 5}),
        ("１－３、５", {1, 2, 3, 5}),
        ("一年级至三年级", {1, 2, 3}),
        ("1~3", {1, 2, 3}),
        ("七年级", {7}),
        ("初一、初二", {7, 8}),
        ("九", {9}),
        ("全部", set()),
        ("all", set()),
    ],
)
def test_grades(text: str, grades: set[int]) -> None:
    assert Grades().read(text) == grades


@pytest.mark.parametrize("text", ["1月3日", "2025-01-03", "3-1", "0", "13", "甲"])
def test_no_grades(text: str) -> None:
    """1-3 typed into a spreadsheet becomes the third of January."""
    with pytest.raises(Unreadable):
        Grades().read(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("周一至周五", {1, 2, 3, 4, 5}),
        ("Mon-Fri", {1, 2, 3, 4, 5}),
        ("1-5", {1, 2, 3, 4, 5}),
        ("周一、周三", {1, 3}),
        ("星期日", {7}),
        ("工作日", {1, 2, 3, 4, 5}),
        ("tuesday", {2}),
        ("周六 周日", {6, 7}),
    ],
)
def test_weekdays(text: str, days: set[int]) -> None:
    assert Weekdays().read(text) == days


@pytest.mark.parametrize(
    ("text", "answer"),
    [("是", True), ("否", False), ("1", True), ("０", False), ("YES", True), ("√", True), ("×", False), ("true", True)],
)
def test_yes_and_no(text: str, answer: bool) -> None:
    assert YesNo().read(text) is answer


def test_words_of_both_languages_and_the_plain_value() -> None:
    assert {Word(StaffKind).read(text) for text in ("本校教师", "own", "OWN", "在编教师")} == {StaffKind.OWN}
    assert {Word(Strand).read(text) for text in ("x", "Ｘ", "素质拓展", "enrichment")} == {Strand.X}
    assert Words(Flag).read("留守儿童、低保") == {Flag.LEFT_BEHIND, Flag.DIBAO}
    assert Words(Flag).read("left-behind, migrant worker's child") == {Flag.LEFT_BEHIND, Flag.MIGRANT_WORKER_CHILD}


def test_leave_times() -> None:
    assert LeaveTimes().read("17:30") == dict.fromkeys(range(1, 8), time(17, 30))
    assert LeaveTimes().read("周一17:00、周三 17:30") == {1: time(17, 0), 3: time(17, 30)}
    assert LeaveTimes().read("周一至周四17:00，周五16:30") == {
        1: time(17),
        2: time(17),
        3: time(17),
        4: time(17),
        5: time(16, 30),
    }
    assert LeaveTimes().read("Mon 17:00, Wed 17:30") == {1: time(17, 0), 3: time(17, 30)}


def test_numbers_with_a_needless_fraction_are_whole() -> None:
    assert Integer(0, 50).read("45.0") == 45
    assert Identifier().read("20260001.0") == "20260001"
    for text in ("四十五", "4.5", "45人", "1e1"):
        with pytest.raises(Unreadable):
            Integer(0, 50).read(text)


@pytest.mark.parametrize("value", ["5", "five", "true", "", '"x"', "1.0", "NaN", "[1]", 5, 0.5, True, -3, "0x1", "null"])
def test_any_value_comes_back_as_it_was(value: str | int | float | bool) -> None:
    text = AnyValue().write(value)
    assert AnyValue().read(text) == value
    assert type(AnyValue().read(text)) is type(value)
