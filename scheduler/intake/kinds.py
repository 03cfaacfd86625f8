"""What can stand in a cell? Each kind of value reads what people type and writes what they expect to see."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from scheduler.intake.text import clean, half_width, inert, split_list
from scheduler.intake.words import (
    ALL,
    COUNTIES,
    NO,
    NONE,
    WEEKDAY_KEYS,
    WEEKDAYS_EN,
    WEEKDAYS_ZH,
    YES,
    words_of,
)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Scalar = str | int | float | bool


class Unreadable(ValueError):
    """The text is no value of this kind; says what is wrong and what to write instead."""

    def __init__(self, zh: str, en: str, todo_zh: str | None = None, todo_en: str | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.todo_zh, self.todo_en = zh, en, todo_zh, todo_en


class Kind(ABC, Generic[T]):
    """A kind of value: reading, writing and how to describe it."""

    zh: str
    en: str
    """What to write, as the end of "Please write …"."""
    choices_zh: tuple[str, ...] = ()
    choices_en: tuple[str, ...] = ()
    """Words of a drop-down."""
    one_of: bool = False
    """Exactly one of the choices may stand in the cell."""
    as_text: bool = True
    """The template formats the column as text, so that a spreadsheet leaves it alone."""

    @abstractmethod
    def read(self, text: str) -> T:
        """The value; `text` is trimmed and never empty."""

    @abstractmethod
    def write(self, value: T, language: str = "zh") -> str:
        """Text that reads back as `value`."""


class Text(Kind[str]):
    """Any words, kept as they are."""

    zh, en = "文字", "some words"

    def __init__(self, longest: int = 200, usual: int = 60) -> None:
        self.longest, self.usual = longest, usual

    def read(self, text: str) -> str:
        if len(text) > self.longest:
            raise Unreadable(f"有 {len(text)} 个字，太长了。", f"has {len(text)} characters, which is too long.")
        return text

    def write(self, value: str, language: str = "zh") -> str:
        return value


class Name(Text):
    """A name of somebody or something; question marks in it are suspicious."""

    zh, en = "名称", "a name"


class County(Text):
    """A policy pack by its folder's name, or by the Chinese name of one we bring."""

    zh, en = "县区名称，如 岳阳", "a county, e.g. yueyang"

    def read(self, text: str) -> str:
        name = COUNTIES.get(text, half_width(text).lower())
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
            raise Unreadable(f"没有“{text}”的政策包。", f"there is no policy pack “{text}”.")
        return name


class Identifier(Kind[str]):
    """An id: no spaces, no list separators, so that ids can be listed."""

    zh, en = "编号（不含空格、逗号、顿号、分号、斜杠、@）", "an id without spaces, commas, semicolons, slashes or @"

    def read(self, text: str) -> str:
        text = half_width(text)
        if re.search(r"[\s,;、/|@\"]", text):
            raise Unreadable(
                f"“{text}”含有空格或分隔符，不能作编号。", f"“{text}” has a space or a separator and cannot be an id."
            )
        if re.fullmatch(r"[+-]?\d+(\.\d+)?[eE][+]?\d+", text):
            raise Unreadable(
                f"“{text}”是科学记数法，原来的编号已经丢失。",
                f"“{text}” is in scientific notation; the id itself is lost.",
                "请把这一列设为“文本”格式后重新填写。",
                "Format the column as text and type the id again.",
            )
        if text in NONE or text in ALL or text.lower() in ALL:
            raise Unreadable(f"“{text}”有别的意思，不能作编号。", f"“{text}” means something else and cannot be an id.")
        if len(text) > 80:
            raise Unreadable("编号太长。", "the id is too long.")
        return re.sub(r"^(\d+)\.0+$", r"\1", text)

    def write(self, value: str, language: str = "zh") -> str:
        return value


class Reference(Text):
    """An id, or the name where only one has it."""

    def __init__(self, sheet: str, zh: str, en: str) -> None:
        super().__init__()
        self.sheet = sheet
        self.zh, self.en = f"{zh}的编号或名称", f"the id or name of {en}"


class References(Kind[tuple[str, ...]]):
    """Several ids or names."""

    def __init__(self, sheet: str, zh: str, en: str) -> None:
        self.sheet = sheet
        self.zh, self.en = f"{zh}的编号或名称，用顿号隔开", f"ids or names of {en}, separated by commas"

    def read(self, text: str) -> tuple[str, ...]:
        return () if text.lower() in NONE else split_list(text)

    def write(self, value: Iterable[str], language: str = "zh") -> str:
        return "、".join(sorted(value))


class TextSet(Kind[frozenset[str]]):
    """Several words."""

    zh, en = "若干词，用顿号隔开", "words separated by commas"

    def read(self, text: str) -> frozenset[str]:
        return frozenset() if text.lower() in NONE else frozenset(split_list(text))

    def write(self, value: Iterable[str], language: str = "zh") -> str:
        return "、".join(sorted(value))


class Integer(Kind[int]):
    """A whole number within bounds."""

    as_text = False

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most
        self.zh, self.en = f"{least} 到 {most} 之间的整数", f"a whole number between {least} and {most}"

    def read(self, text: str) -> int:
        text = half_width(text)
        if not re.fullmatch(r"[+-]?\d{1,12}(\.0+)?", text):
            raise Unreadable(f"“{text}”不是整数。", f"“{text}” is not a whole number.")
        number = int(text.split(".")[0])
        if not self.least <= number <= self.most:
            raise Unreadable(f"{number} 超出范围。", f"{number} is out of range.")
        return number

    def write(self, value: int, language: str = "zh") -> str:
        return str(value)


class YesNo(Kind[bool]):
    """是 or 否."""

    zh, en = "是 或 否", "yes or no"
    choices_zh, choices_en = ("是", "否"), ("yes", "no")
    one_of = True

    def read(self, text: str) -> bool:
        word = half_width(text).lower().removesuffix(".0")
        if word in YES:
            return True
        if word in NO:
            return False
        raise Unreadable(f"“{text}”既不是“是”也不是“否”。", f"“{text}” is neither yes nor no.")

    def write(self, value: bool, language: str = "zh") -> str:
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")


class Day(Kind[date]):
    """A date."""

    zh, en = "日期，如 2025-09-01", "a date such as 2025-09-01"

    def read(self, text: str) -> date:
        text = half_width(text)
        parts = re.fullmatch(
            r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?(?:[T ]00:00(?::00)?)?", text
        ) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
        try:
            if parts:
                return date(int(parts[1]), int(parts[2]), int(parts[3]))
            if re.fullmatch(r"\d{5}(\.0+)?", text) and 36526 <= float(text) <= 73050:
                return date(1899, 12, 30) + timedelta(days=int(float(text)))
        except ValueError:
            raise Unreadable(f"没有“{text}”这一天。", f"there is no such day as “{text}”.") from None
        raise Unreadable(f"“{text}”不是日期。", f"“{text}” is not a date.")

    def write(self, value: date, language: str = "zh") -> str:
        return value.isoformat()


class ClockTime(Kind[time]):
    """A time of the day, to the minute."""

    zh, en = "24 小时制时间，如 16:30", "a time such as 16:30"

    def read(self, text: str) -> time:
        word = half_width(text).replace(" ", "")
        later = 12 if re.search(r"下午|晚上|傍晚|[pP]\.?[mM]", word) else 0
        word = re.sub(r"上午|下午|晚上|傍晚|早上|[aApP]\.?[mM]\.?", "", word)
        parts = re.fullmatch(r"(\d{1,2})[:点时](\d{1,2})?分?(?::00(?:\.0+)?)?", word)
        if word.endswith("点半"):
            parts = re.fullmatch(r"(\d{1,2})[点时](30)", word.replace("半", "30"))
        if parts and (parts[2] or word[-1] in "点时"):
            hour, minute = int(parts[1]), int(parts[2] or 0)
            hour += later if hour < 12 else 0
            if hour < 24 and minute < 60:
                return time(hour, minute)
        elif re.fullmatch(r"0?\.\d+", word):
            minutes = round(float(word) * 24 * 60)
            if minutes < 24 * 60:
                return time(minutes // 60, minutes % 60)
        raise Unreadable(f"“{text}”不是时间。", f"“{text}” is not a time of the day.")

    def write(self, value: time, language: str = "zh") -> str:
        return value.strftime("%H:%M")


_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}
_MIDDLE = {"初一": 7, "初二": 8, "初三": 9, "高一": 10, "高二": 11, "高三": 12}


def _grade(word: str, text: str) -> int:
    word = re.sub(r"年级|年|grade|级", "", word.lower()).strip()
    number = _MIDDLE.get(word) or _NUMERALS.get(word) or (int(word) if re.fullmatch(r"\d{1,2}", word) else 0)
    if not 1 <= number <= 12:
        raise Unreadable(f"“{text}”不是年级。", f"“{text}” is not a grade.")
    return number


class GradeNumber(Kind[int]):
    """One grade, 1 to 12."""

    zh, en = "年级，1 到 12", "a grade from 1 to 12"
    as_text = False

    def read(self, text: str) -> int:
        return _grade(re.sub(r"\.0+$", "", half_width(text)), text)

    def write(self, value: int, language: str = "zh") -> str:
        return str(value)


class Grades(Kind[frozenset[int]]):
    """Grades as numbers and ranges; the empty set means all."""

    zh, en = "年级，如 1-3,5 或 全部", "grades such as 1-3,5 or all"

    def read(self, text: str) -> frozenset[int]:
        word = half_width(text)
        if word.lower() in (*ALL, "全校"):
            return frozenset()
        grades: set[int] = set()
        for part in split_list(word):
            first, *rest = re.split(r"\s*(?:[-~－—–至到])\s*", part)
            if len(rest) > 1:
                raise Unreadable(f"“{text}”不是年级。", f"“{text}” does not name grades.")
            start, end = _grade(first, text), _grade(rest[0] if rest else first, text)
            if end < start:
                raise Unreadable(f"“{part}”前后颠倒。", f"“{part}” runs backwards.")
            grades.update(range(start, end + 1))
        return frozenset(grades)

    def write(self, value: Iterable[int], language: str = "zh") -> str:
        """Never `1-3`: a spreadsheet would make the third of January of it."""
        return "、".join(str(grade) for grade in sorted(value)) or ("全部" if language == "zh" else "all")


def read_weekdays(text: str) -> frozenset[int] | None:
    """Weekdays named by `text` (周一, 周一至周五, mon, 1, 每天 …), or `None`."""
    word = half_width(text).lower().strip()
    if word in ("每天", "工作日", "daily", "weekdays", "周一至周五全部"):
        return frozenset(range(1, 6))
    if word in ("周末", "weekend"):
        return frozenset({6, 7})
    first, *rest = re.split(r"\s*(?:[-~—–至到])\s*", word)
    start = _weekday(first)
    end = _weekday(rest[0]) if len(rest) == 1 else start
    if start is None or end is None or len(rest) > 1 or end < start:
        return None
    return frozenset(range(start, end + 1))


def _weekday(word: str) -> int | None:
    word = re.sub(r"^(周|星期|礼拜)", "", word.strip()).removesuffix(".0")
    if re.fullmatch(r"[1-7]", word):
        return int(word)
    if word in ("日", "天"):
        return 7
    if word in tuple("一二三四五六"):
        return "一二三四五六".index(word) + 1
    key = word[:3]
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return next((n + 1 for n, name in enumerate(full) if word and key == name[:3] and name.startswith(word[:4])), None)


class Weekday(Kind[int]):
    """One day of the week."""

    zh, en = "星期，如 周一", "a weekday such as Mon"
    choices_zh, choices_en = WEEKDAYS_ZH, WEEKDAYS_EN
    one_of = True

    def read(self, text: str) -> int:
        days = read_weekdays(text)
        if days is None or len(days) != 1:
            raise Unreadable(f"“{text}”不是星期几。", f"“{text}” is not a weekday.")
        return next(iter(days))

    def write(self, value: int, language: str = "zh") -> str:
        return (WEEKDAYS_ZH if language == "zh" else WEEKDAYS_EN)[value - 1]


class Weekdays(Kind[frozenset[int]]):
    """One or more days of the week."""

    zh, en = "星期，如 周一至周五、周六", "weekdays such as Mon-Fri, Sat"

    def read(self, text: str) -> frozenset[int]:
        days: set[int] = set()
        for part in split_list(text):
            named = read_weekdays(part)
            if named is None:
                raise Unreadable(f"“{part}”不是星期几。", f"“{part}” is not a weekday.")
            days |= named
        return frozenset(days)

    def write(self, value: Iterable[int], language: str = "zh") -> str:
        one = Weekday()
        return "、".join(one.write(day, language) for day in sorted(value))


class LeaveTimes(Kind[Mapping[int, time]]):
    """By weekday, the latest time to leave; one time alone holds for every day."""

    zh, en = "时间，如 17:30；各天不同写 周一17:00、周三17:30", "a time such as 17:30, or Mon 17:00, Wed 17:30"

    def read(self, text: str) -> Mapping[int, time]:
        clock = ClockTime()
        try:
            return dict.fromkeys(range(1, 8), clock.read(text))
        except Unreadable:
            pass
        times: dict[int, time] = {}
        for part in split_list(re.sub(r"(?<=\D)\s+(?=\d{1,2}[:点])", "", half_width(text))):
            cut = re.search(r"\d{1,2}[:点]", part)
            days = read_weekdays(part[: cut.start()]) if cut else None
            if cut is None or days is None:
                raise Unreadable(f"看不懂“{part}”。", f"“{part}” is not a weekday with a time.")
            times.update(dict.fromkeys(days, clock.read(part[cut.start() :])))
        return times

    def write(self, value: Mapping[int, time], language: str = "zh") -> str:
        clock, day = ClockTime(), Weekday()
        if len(value) == 7 and len(set(value.values())) == 1:
            return clock.write(next(iter(value.values())))
        return "、".join(day.write(number, language) + clock.write(value[number]) for number in sorted(value))


class SlotTokens(Kind[str]):
    """Slots by id, or by weekday and number; which they are is decided once the slots are known."""

    zh, en = "时段，如 周一1、周三1-2、每天1 或 全部", "slots such as mon-1, wed-1-2, daily-1 or all"

    def read(self, text: str) -> str:
        return half_width(text)

    def write(self, value: Iterable[str] | str, language: str = "zh") -> str:
        if isinstance(value, str):
            return value if language == "zh" else _in_english(value)
        return "、".join(sorted(value)) or ("无" if language == "zh" else "none")


def _in_english(tokens: str) -> str:
    """周一1-2 as mon-1-2; ids of the school's own stay as they are."""
    words = {"全部": "all", "无": "none", "每天": "daily-", "、": ", "}
    words |= {day: f"{key}-" for day, key in zip(WEEKDAYS_ZH, WEEKDAY_KEYS, strict=True)}
    for word, english in words.items():
        tokens = tokens.replace(word, english)
    return tokens


class Wish(Text):
    """A course, with a teacher after a slash and a weekday after @ where the family named them."""

    zh, en = "项目；指定教师写 项目/教师，指定星期写 项目@周三", "a course, course/teacher or course@Wed"


class AnyValue(Kind[Scalar]):
    """A number, yes or no, or words, for a parameter that a clause leaves open."""

    zh, en = "数字、true/false 或文字", "a number, true/false or words"

    def read(self, text: str) -> Scalar:
        try:
            value = json.loads(half_width(text).lower() if half_width(text).lower() in ("true", "false") else text)
        except (ValueError, RecursionError):
            return text
        if isinstance(value, float) and value not in (float("inf"), float("-inf")) and value == value:
            return value
        return value if isinstance(value, str | int) else text

    def write(self, value: Scalar, language: str = "zh") -> str:
        if isinstance(value, str):
            # Words that look like a number or a truth are quoted; so are the empty text and edge spaces.
            plain = bool(value) and clean(inert(value)) == value and self.read(value) == value
            return value if plain and isinstance(self.read(value), str) else json.dumps(value)
        return json.dumps(value)


class Word(Kind[E]):
    """One word of a closed list."""

    one_of = True

    def __init__(self, members: type[E]) -> None:
        self.members = members
        self.words = words_of(members)
        self.choices_zh = tuple(words[0] for words in self.words.values())
        self.choices_en = tuple(words[1] for words in self.words.values())
        self.zh, self.en = "、".join(self.choices_zh) + " 之一", "one of " + ", ".join(self.choices_en)
        self._by_word = {value.casefold(): members(value) for value in self.words}
        self._by_word |= {word.casefold(): members(value) for value, words in self.words.items() for word in words}

    def read(self, text: str) -> E:
        word = half_width(text).casefold().removesuffix(".0")
        member = self._by_word.get(word) or self._by_word.get(word.replace("-", "_").replace(" ", "_"))
        if member is None:
            raise Unreadable(f"“{text}”不在可选范围内。", f"“{text}” is not on the list.")
        return member

    def write(self, value: E, language: str = "zh") -> str:
        return self.words[value.value][0 if language == "zh" else 1]


class Words(Kind[frozenset[E]]):
    """Several words of a closed list."""

    def __init__(self, members: type[E]) -> None:
        self.one = Word(members)
        self.choices_zh, self.choices_en = self.one.choices_zh, self.one.choices_en
        self.zh = "可多选，用顿号隔开：" + "、".join(self.choices_zh)
        self.en = "any of these, separated by commas: " + ", ".join(self.choices_en)

    def read(self, text: str) -> frozenset[E]:
        if text.lower() in NONE:
            return frozenset()
        try:
            return frozenset({self.one.read(text)})
        except Unreadable:
            return frozenset(self.one.read(part) for part in split_list(text, spaces=False))

    def write(self, value: Iterable[E], language: str = "zh") -> str:
        return "、".join(self.one.write(member, language) for member in sorted(value))


def slot_key(weekday: int, number: int) -> str:
    """The id a slot gets when its row gives none: `mon-1`."""
    return f"{WEEKDAY_KEYS[weekday - 1]}-{number}"
