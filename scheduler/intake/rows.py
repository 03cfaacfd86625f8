"""What does one row say? Its cells read as values, every doubt told, and the row refused when one is bad."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast

from scheduler.errors import Fault
from scheduler.intake.grid import Trouble
from scheduler.intake.kinds import Kind, Name, Text, Unreadable
from scheduler.intake.sheets import Column, Sheet
from scheduler.intake.tables import Field, Table
from scheduler.intake.text import doubtful

T = TypeVar("T")

_TROUBLES = {
    Trouble.NO_VALUE: (
        "公式还没有算出结果。",
        "the formula has no stored result.",
        "请在表格软件中打开、重新计算后保存，或改填数值。",
        "Open it in a spreadsheet program, recalculate and save, or type the value.",
    ),
    Trouble.LOST_DIGITS: (
        "超过 15 位的数字，末几位已被表格软件改成 0。",
        "a number of more than 15 digits: the spreadsheet has lost its last ones.",
        "请把这一列设为“文本”格式后重新填写。",
        "Format the column as text and type it again.",
    ),
    Trouble.ERROR: ("公式出错了。", "the formula has an error.", "请改正公式，或改填数值。", "Mend it, or type the value."),
    Trouble.MERGED: (
        "单元格跨列合并，看不出属于哪一列。",
        "the cell is merged across columns; it is unclear where it belongs.",
        "请取消合并后分别填写。",
        "Unmerge it and fill in each column.",
    ),
}


class Headed(Protocol):
    """A column, whatever stands in it."""

    @property
    def name(self) -> str: ...
    @property
    def zh(self) -> str: ...


@dataclass(slots=True)
class Row:
    """One row (or, for `school`, all the facts): values by column, and the faults found so far."""

    sheet: Sheet
    place: str
    number: int | None
    faults: list[Fault]
    """Shared by the rows of a reading."""
    refused: bool = False
    values: dict[str, object] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    wishes: dict[int, str] = field(default_factory=dict)
    """By rank, where each wish has a column of its own."""
    headers: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """Row of each fact where they stand below each other."""

    def __getitem__(self, column: Column[T]) -> T | None:
        return cast("T | None", self.values.get(column.name))

    def need(self, column: Column[T]) -> T:
        """The value of a column that cannot be empty in a row that was not refused."""
        value = self[column]
        assert value is not None, column.name
        return value

    def take(self, column: Column[object], text: str, trouble: Trouble | None = None) -> None:
        """Reads one cell."""
        self.texts[column.name] = text
        if trouble is not None:
            zh, en, todo_zh, todo_en = _TROUBLES[trouble]
            self.fault(column, zh, en, todo_zh, todo_en)
        elif text:
            value = self.parsed(column, column.kind, text)
            if value is not None:
                self.values[column.name] = value

    def parsed(self, column: Column[T], kind: Kind[T], text: str, header: str | None = None) -> T | None:
        """The value of the text, or `None` after telling the fault."""
        try:
            value = kind.read(text)
        except Unreadable as reason:
            self.fault(
                column,
                reason.zh,
                reason.en,
                reason.todo_zh or f"请填{kind.zh}。",
                reason.todo_en or f"Please write {kind.en}.",
                header=header,
            )
            return None
        if isinstance(kind, Text):
            self._look_at(column, kind, text, header)
        return value

    def _look_at(self, column: Column[T], kind: Text, text: str, header: str | None) -> None:
        if char := doubtful(text) if isinstance(kind, Name) else ("\ufffd" if "\ufffd" in text else None):
            self.fault(
                column,
                f"“{text}”里有“{char}”，可能是生僻字丢失了。",
                f"“{text}” holds “{char}”: a rare character may have been lost.",
                "请对照原名核实。",
                "Compare it with the original.",
                warning=True,
                header=header,
            )
        if len(text) > kind.usual:
            self.fault(
                column,
                f"有 {len(text)} 个字，比一般的长得多。",
                f"has {len(text)} characters, far more than usual.",
                "请看看是不是填错了列。",
                "See whether it belongs in another column.",
                warning=True,
                header=header,
            )

    def require(self, column: Column[T], zh: str = "", en: str = "") -> None:
        """A fault where the column is empty though it is needed."""
        if column.name in self.values or self.texts.get(column.name):
            return
        kind = column.kind
        self.fault(
            column,
            zh or f"“{column.zh}”没有填。",
            en or f"“{column.name}” is empty.",
            f"请填{kind.zh}。",
            f"Please write {kind.en}.",
        )

    def fault(
        self,
        column: Headed | None,
        zh: str,
        en: str,
        todo_zh: str,
        todo_en: str,
        *,
        warning: bool = False,
        header: str | None = None,
    ) -> None:
        """Tells a fault of this row; it is refused unless that is only a warning."""
        shown = header or (self.headers.get(column.name, column.zh) if column else None)
        number = self.numbers.get(column.name, self.number) if column else self.number
        self.faults.append(
            Fault(
                place=self.place,
                row=number,
                column=shown,
                zh=zh,
                en=en,
                todo_zh=todo_zh,
                todo_en=todo_en,
                warning=warning,
            )
        )
        self.refused = self.refused or not warning


def rows_of(table: Table, faults: list[Fault]) -> Iterator[Row]:
    """The table's rows, each cell read."""
    present = {each.column.name for each in table.fields}
    for line in table.lines:
        row = Row(table.sheet, table.place, line.number, faults, refused=line.number in table.bad_lines)
        for each in table.fields:
            _take(row, each, line.cells.get(each.index, ""), line.troubles.get(each.index))
        for column in table.sheet.columns:
            if column.required and column.name in present:
                row.require(column)
            elif column.required:
                row.refused = True
        yield row


def _take(row: Row, each: Field, text: str, trouble: Trouble | None) -> None:
    if each.rank is None:
        row.headers[each.column.name] = each.header
        row.take(each.column, text, trouble)
        return
    if trouble is not None:
        zh, en, todo_zh, todo_en = _TROUBLES[trouble]
        row.fault(each.column, zh, en, todo_zh, todo_en, header=each.header)
    elif text:
        row.wishes[each.rank] = text
        row.headers.setdefault(each.column.name, each.header)
