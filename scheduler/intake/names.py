"""Who is meant? Ids and names that rows mention, and slots by weekday and number, found among what the school listed."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from scheduler.domain import SeasonId, Service, Slot, SlotId
from scheduler.intake.kinds import read_weekdays
from scheduler.intake.rows import Row
from scheduler.intake.sheets import SHEETS, Column
from scheduler.intake.tables import nearest
from scheduler.intake.text import half_width, same_look, split_list
from scheduler.intake.words import ALL, NONE

T = TypeVar("T")


@dataclass(slots=True)
class Index:
    """Ids and names of one sheet."""

    ids: dict[str, str] = field(default_factory=dict)
    """Folded id → id."""
    by_name: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    complete: bool = True
    """False where a row has no readable id: an unknown mention may be that row."""

    def add(self, id: str, name: str | None) -> None:
        self.ids.setdefault(id.casefold(), id)
        if name:
            self.by_name[same_look(name)].add(id)


@dataclass(slots=True)
class Names:
    """Everything that can be mentioned, by sheet."""

    indexes: Mapping[str, Index]
    grades: frozenset[int] = frozenset()
    grade_by_class: Mapping[str, int] = field(default_factory=dict)
    routes: frozenset[str] = frozenset()
    slots: Sequence[Slot] = ()
    slots_complete: bool = True

    @property
    def seasons(self) -> tuple[SeasonId, ...]:
        """Every season listed."""
        return tuple(SeasonId(id) for id in self.indexes["seasons"].ids.values())

    def one(self, row: Row, column: Column[str], make: Callable[[str], T], text: str | None = None) -> T | None:
        """The id that the cell names, by id or by a name only one has."""
        said = text if text is not None else row[column]
        sheet = getattr(column.kind, "sheet", "")
        found = self.find(row, column, sheet, said) if said is not None else None
        return make(found) if found is not None else None

    def many(self, row: Row, column: Column[tuple[str, ...]], make: Callable[[str], T]) -> frozenset[T]:
        """The ids that the cell lists."""
        sheet = getattr(column.kind, "sheet", "")
        found = (self.find(row, column, sheet, text) for text in row[column] or ())
        return frozenset(make(id) for id in found if id is not None)

    def find(self, row: Row, column: Column[T], sheet: str, text: str, quiet: bool = False) -> str | None:
        """The id, or `None` after telling the fault (`quiet`: without telling)."""
        index = self.indexes[sheet]
        word = half_width(text)
        word = re.sub(r"^(\d+)\.0+$", r"\1", word)
        if (id := index.ids.get(word.casefold())) is not None:
            return id
        named = index.by_name.get(same_look(text), set())
        if len(named) == 1:
            return next(iter(named))
        if quiet:
            return None
        zh = next(each.zh for each in SHEETS if each.name == sheet)
        if named:
            row.fault(
                column,
                f"“{text}”有 {len(named)} 个，不知是哪一个。",
                f"there are {len(named)} called “{text}”.",
                f"请改填编号：{'、'.join(sorted(named)[:6])}。",
                f"Write the id instead: {', '.join(sorted(named)[:6])}.",
            )
        elif index.complete:
            meant = nearest(text, [*index.ids.values(), *(index.by_name.keys())])
            row.fault(
                column,
                f"“{zh}”表里没有“{text}”。",
                f"there is no “{text}” in the sheet {sheet}.",
                (f"是不是“{meant}”？" if meant else "") + f"请改正，或在“{zh}”表里加上。",
                (f"Did you mean “{meant}”? " if meant else "") + f"Correct it, or add it to the sheet {sheet}.",
            )
        else:
            row.refused = True
        return None

    def slots_at(self, row: Row, column: Column[str], grade: int | None = None, regular: bool = False) -> frozenset[SlotId]:
        """The slots that the cell names.

        With a grade only the slots offered to it answer to a weekday and number; `regular` leaves other services out,
        and weekends too unless they are named.
        """
        text = row[column]
        if text is None or text.lower() in NONE:
            return frozenset()
        eligible = [
            slot
            for slot in self.slots
            if (grade is None or grade in slot.grades) and (not regular or slot.service is Service.REGULAR)
        ]
        if text.lower() in ALL:
            return frozenset(slot.id for slot in eligible if not regular or slot.weekday <= 5)
        found: set[SlotId] = set()
        days: frozenset[int] | None = None
        by_id = {slot.id.casefold(): slot.id for slot in self.slots}
        for token in split_list(_joined(text)):
            if token.casefold() in by_id:
                found.add(by_id[token.casefold()])
                continue
            days, numbers = _day_and_numbers(token, days)
            ids = {
                slot.id
                for slot in eligible
                if days is not None and slot.weekday in days and (numbers is None or slot.number in numbers)
            }
            if not ids and self.slots_complete:
                self._no_slot(row, column, token, grade)
            row.refused = row.refused or not ids
            found |= ids
        return frozenset(found)

    def _no_slot(self, row: Row, column: Column[str], token: str, grade: int | None) -> None:
        whose = f"{grade} 年级" if grade else "“时段”表里"
        row.fault(
            column,
            f"{whose}没有“{token}”这个时段。",
            f"there is no slot “{token}”" + (f" for grade {grade}." if grade else "."),
            f"请填{column.kind.zh}。",
            f"Please write {column.kind.en}.",
        )


def _joined(text: str) -> str:
    """`周一 1` and `周一至周五 1-2` as one token each."""
    text = re.sub(r"\s*([-~－—–至到])\s*", r"\1", text)
    return re.sub(r"(周.|星期.|每天|工作日|[A-Za-z]{3,9})\s+(?=第?\d)", r"\1", text)


def _day_and_numbers(token: str, before: frozenset[int] | None) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """Weekdays and numbers of one token; a bare number belongs to the weekday before it."""
    token = re.sub(r"(节|时段|段)$", "", token.lower()).replace("第", "")
    for cut in range(len(token), 0, -1):
        days = read_weekdays(token[:cut].rstrip("-_:."))
        if days is None or token[:cut].strip().isdigit():
            continue
        rest = token[cut:].lstrip("-_:.")
        if not rest:
            return days, None
        if numbers := _numbers(rest):
            return days, numbers
    return (before, _numbers(token)) if before is not None and _numbers(token) else (None, None)


def _numbers(text: str) -> frozenset[int]:
    parts = re.fullmatch(r"(\d{1,2})(?:[-~至到](\d{1,2}))?", text)
    if not parts:
        return frozenset()
    return frozenset(range(int(parts[1]), int(parts[2] or parts[1]) + 1))


def indexed(rows: Mapping[str, Iterable[Row]]) -> dict[str, Index]:
    """Ids and names of every row, refused ones too: mentioning them is no second fault."""
    indexes = {sheet.name: Index() for sheet in SHEETS}
    for sheet in SHEETS:
        for row in rows.get(sheet.name, ()):
            id = row.values.get("id")
            name = row.values.get("name", row.values.get("title"))
            if isinstance(id, str):
                indexes[sheet.name].add(id, name if isinstance(name, str) else None)
            elif row.texts.get("id") or any(column.name == "id" and column.required for column in sheet.columns):
                indexes[sheet.name].complete = False
    return indexes
