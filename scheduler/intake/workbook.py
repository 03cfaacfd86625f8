"""What stands in this workbook? Its sheets as grids of texts, with the traps of spreadsheets made visible."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError

import python_calamine
from defusedxml.common import DefusedXmlException

from scheduler.errors import Fault
from scheduler.intake.archive import Limits, Refused, opened
from scheduler.intake.grid import Grid, Trouble
from scheduler.intake.text import clean
from scheduler.intake.xml_scan import Scan, TooLarge, blank_strings, column_letters, scanned, sheet_parts

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
Cell = int | float | str | bool | time | date | datetime | timedelta


def workbook_grids(place: str, data: bytes, limits: Limits | None = None) -> tuple[tuple[Grid, ...], tuple[Fault, ...]]:
    """Every sheet of an .xlsx, hidden ones too, and the faults of the file as a whole."""
    limits = limits or Limits()
    if data.startswith(OLD_WORKBOOK):
        return (), (_old(place),)
    if not data.startswith(b"PK"):
        return (), (_no_workbook(place),)
    try:
        archive = opened(place, data, limits)
        scans = _scans(place, archive)
        book = python_calamine.load_workbook(io.BytesIO(data))
        grids = []
        for name, (scan, hidden) in scans.items():
            if name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                grids.append(_grid(name, rows, scan, hidden))
    except Refused as refused:
        return (), (refused.fault,)
    except (python_calamine.CalamineError, ParseError, DefusedXmlException, KeyError, ValueError, OSError, zipfile.BadZipFile):
        return (), (_broken(place),)
    missing = [name for name, (scan, _) in scans.items() if scan.filled_rows and name not in book.sheet_names]
    return tuple(grids), tuple(_lost(name, 0) for name in missing)


def _scans(place: str, archive: zipfile.ZipFile) -> dict[str, tuple[Scan, bool]]:
    blank = blank_strings(archive)
    scans: dict[str, tuple[Scan, bool]] = {}
    for name, part, hidden in sheet_parts(archive):
        if not part.startswith("xl/worksheets/"):
            continue
        try:
            with archive.open(part) as xml:
                scans[name] = scanned(xml, blank), hidden
        except TooLarge as error:
            raise Refused(_far(name, error.where)) from error
    return scans


def _grid(name: str, rows: Sequence[Sequence[Cell]], scan: Scan, hidden: bool) -> Grid:
    texts = [[_text(cell) for cell in row] for row in rows]
    last = max(scan.filled_rows, default=0)
    texts += [[] for _ in range(last - len(texts))]
    troubles = dict.fromkeys(scan.valueless, Trouble.NO_VALUE) | dict.fromkeys(scan.long_numbers, Trouble.LOST_DIGITS)
    # The reader gives error values as empty cells.
    troubles |= dict.fromkeys(scan.errors, Trouble.ERROR)
    faults = list(_unmerge(name, texts, scan, troubles))
    seen = {r for r, row in enumerate(texts, 1) if any(row)} | {r for r, _ in scan.valueless | scan.errors}
    if lost := scan.filled_rows - seen:
        faults.append(_lost(name, min(lost)))
    faults += _hidden(name, scan, hidden)
    return Grid(name, name, [tuple(row) for row in texts], troubles, tuple(faults))


def _text(cell: Cell) -> str:
    """What the person sees in a cell formatted as text; whole numbers without `.0`."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, time):
        # Excel keeps fractions of a day: 16:30 may come as 16:29:59.999999.
        seconds = round((cell.hour * 60 + cell.minute) * 60 + cell.second + cell.microsecond / 1e6)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}" + (f":{seconds % 60:02d}" if seconds % 60 else "")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return clean(str(cell))


def _unmerge(name: str, texts: list[list[str]], scan: Scan, troubles: dict[tuple[int, int], Trouble]) -> list[Fault]:
    """Values of cells merged downwards are written into each of their rows that has something of its own."""
    faults = []
    for top, left, bottom, right in scan.merged:
        value = texts[top - 1][left - 1] if top <= len(texts) and left <= len(texts[top - 1]) else ""
        if not value:
            continue
        if right > left:
            troubles.update(
                {(row, column): Trouble.MERGED for row in range(top, bottom + 1) for column in range(left, right + 1)}
            )
        filled = [row for row in range(top + 1, min(bottom, len(texts)) + 1) if any(texts[row - 1])]
        for row in filled:
            texts[row - 1] += [""] * (left - len(texts[row - 1]))
            texts[row - 1][left - 1] = value
        if filled:
            faults.append(
                Fault(
                    place=name,
                    row=top,
                    column=f"{column_letters(left)} 列",
                    zh=f"合并单元格“{value}”按每行都填了处理（第 {top} 至 {filled[-1]} 行）。",
                    en=f"the merged cell “{value}” was read as filled in rows {top} to {filled[-1]}.",
                    todo_zh="如不对，请取消合并后逐行填写。",
                    todo_en="If that is wrong, unmerge it and fill in each row.",
                    warning=True,
                )
            )
    return faults


def _hidden(name: str, scan: Scan, hidden: bool) -> list[Fault]:
    parts = []
    rows = sorted(scan.hidden_rows & scan.filled_rows)
    if hidden:
        parts.append(("整个工作表是隐藏的", "the whole sheet is hidden"))
    if rows:
        shown = "、".join(map(str, rows[:8])) + ("……" if len(rows) > 8 else "")
        parts.append((f"有 {len(rows)} 行是隐藏的（第 {shown} 行）", f"{len(rows)} rows are hidden ({shown})"))
    if scan.hidden_columns:
        letters = "、".join(column_letters(column) for column in sorted(scan.hidden_columns)[:8])
        parts.append((f"有隐藏的列（{letters}）", f"columns are hidden ({letters})"))
    return [
        Fault(
            place=name,
            row=rows[0] if rows and "行是" in zh else None,
            zh=f"{zh}，仍然读入了。",
            en=f"{en}, and were read all the same.",
            todo_zh="如不需要，请删除后再交。",
            todo_en="Delete what is not meant to be read.",
            warning=True,
        )
        for zh, en in parts
        if scan.filled_rows
    ]


def _old(place: str) -> Fault:
    return Fault(
        place=place,
        zh="这是旧版 .xls（或 .et）文件，或加了密码。",
        en="this is an old .xls (or .et) file, or it has a password.",
        todo_zh="请在表格软件中去掉密码，另存为 .xlsx。",
        todo_en="Remove the password and save it as .xlsx.",
    )


def _no_workbook(place: str) -> Fault:
    return Fault(
        place=place,
        zh="这不是 .xlsx 工作簿，可能是改了扩展名的 CSV 或网页。",
        en="this is no .xlsx workbook; perhaps a CSV file or web page was renamed.",
        todo_zh="请在表格软件中打开后另存为 .xlsx。",
        todo_en="Open it in a spreadsheet program and save it as .xlsx.",
    )


def _broken(place: str) -> Fault:
    return Fault(
        place=place,
        zh="工作簿已损坏，或含有不允许的内容。",
        en="the workbook is damaged or holds something that is not allowed.",
        todo_zh="请在表格软件中打开后另存一份。",
        todo_en="Open it in a spreadsheet program and save it again.",
    )


def _far(name: str, where: str) -> Fault:
    return Fault(
        place=name,
        zh=f"内容一直排到 {where}，不像一所学校的数据。",
        en=f"it reaches as far as {where}, more than any school's data.",
        todo_zh="请删除多余的行和列，或只复制数据到模板中。",
        todo_en="Delete spare rows and columns, or copy only the data into the template.",
    )


def _lost(name: str, row: int) -> Fault:
    return Fault(
        place=name,
        row=row or None,
        zh="有的行没能读出来。",
        en="some rows could not be read.",
        todo_zh="请在表格软件中打开后另存一份再交。",
        todo_en="Open it in a spreadsheet program, save it and try again.",
    )
