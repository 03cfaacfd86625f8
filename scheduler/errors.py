"""What went wrong in what somebody gave us? Faults are collected and told all at once, in Chinese and in English."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong at one place, and what to do about it. Sentences end without a line break."""

    place: str
    """File or sheet, e.g. `staff.csv` or `教师`."""
    row: int | None = None
    """Line as the person sees it, the header being 1."""
    column: str | None = None
    """Column header as the person wrote it."""
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    warning: bool = False
    """True: worth a look, but the input can be used."""

    def text(self, language: str = "zh") -> str:
        """One line: where, what, what now."""
        if language == "zh":
            row = f" 第 {self.row} 行" if self.row is not None else ""
            column = f" {self.column}" if self.column else ""
            return f"{self.place}{row}{column}：{self.zh}{self.todo_zh}"
        row = f", row {self.row}" if self.row is not None else ""
        column = f", {self.column}" if self.column else ""
        return f"{self.place}{row}{column}: {self.en} {self.todo_en}"


class InputFaults(Exception):
    """Input that cannot be used, with every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.text("en") for fault in self.faults))
