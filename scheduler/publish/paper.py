"""How does text get onto a printed sheet? Cells of text only, and rows as tall as what stands in them."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from math import ceil
from unicodedata import east_asian_width

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST = 32_767
"""Characters a cell may hold."""
LINE, TALLEST = 13.5, 409.0
"""Points of one line of text, and of the tallest row there may be."""
A4 = 9


class Paper:
    """One sheet of a workbook, set up to be printed."""

    def __init__(self, sheet: Worksheet, name: str, mark: str) -> None:
        self.sheet = sheet
        self._widths: dict[int, float] = {}
        self._lines: defaultdict[int, int] = defaultdict(lambda: 1)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.6, 0.5)
        sheet.set_header(f"&C&20&KA61B1B{mark}" if mark else "")
        sheet.set_footer(f"&L{name}&R&P / &N")

    def columns(self, first: int, last: int, width: float, style: Format | None = None) -> None:
        """The width, in digits of the standard font."""
        self.sheet.set_column(first, last, width, style)
        self._widths.update(dict.fromkeys(range(first, last + 1), width))

    def put(self, row: int, column: int, text: str, style: Format, wrapped: bool = True) -> None:
        """Text and nothing but text; xlsxwriter's `write` would look at what it holds."""
        self.sheet.write_string(row, column, text[:LONGEST], style)
        if wrapped:
            self._lines[row] = max(self._lines[row], _lines(text, self._widths.get(column, 8.4) - 1))

    def line(self, row: int, texts: Iterable[str], style: Format) -> None:
        """A row of cells from the first column on."""
        for column, text in enumerate(texts):
            self.put(row, column, text, style)

    def finish(self) -> None:
        """Gives every row its height: not every spreadsheet program does so by itself."""
        for row, lines in self._lines.items():
            if lines > 1:
                self.sheet.set_row(row, min(TALLEST, lines * LINE + 2))


@lru_cache(maxsize=1000)
def _lines(text: str, room: float) -> int:
    """Lines that the text takes; remembered for a while, since a large table says the same in thousands of rows."""
    return sum(ceil(max(1, _breadth(line)) / room) for line in text.split("\n"))


def _breadth(line: str) -> int:
    """In digits; a Chinese character takes two."""
    if line.isascii():
        return len(line)
    widths = "".join(map(east_asian_width, line))
    return len(line) + widths.count("W") + widths.count("F") + widths.count("A")
