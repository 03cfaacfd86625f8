"""Which tables does this folder, workbook or archive hold? Files in, grids by sheet and the school's facts out."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath

from scheduler.errors import Fault
from scheduler.intake.archive import Limits, Refused, member_name, opened, too_large
from scheduler.intake.encoding import ENCODINGS, decoded
from scheduler.intake.grid import Grid, csv_grid
from scheduler.intake.sheets import OTHER_SHEETS, SHEETS, sheet_named, spellings_of
from scheduler.intake.tables import nearest
from scheduler.intake.workbook import OLD_WORKBOOK, workbook_grids

TomlValue = object
FACTS_FILE = "scenario.toml"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of `scenario.toml`."""

    section: str
    key: str
    text: str
    line: int | None
    plain: bool = True
    """False for lists and tables, which no fact is."""


@dataclass(slots=True)
class Source:
    """Everything found, not yet understood."""

    place: str
    grids: dict[str, Grid] = field(default_factory=dict)
    """By sheet name."""
    facts: list[Fact] | None = None
    facts_place: str = FACTS_FILE
    faults: list[Fault] = field(default_factory=list)


def folder_source(directory: Path, encoding: str | None, limits: Limits) -> Source:
    """The tables of a folder; other files in it are left alone."""
    source = Source(directory.name)
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(directory.iterdir()):
        if path.is_file() and path.suffix.lower() in (".csv", ".xlsx", ".toml", ".xls", ".et") and not _noise(path.name):
            total += path.stat().st_size
            if total > limits.unpacked_bytes:
                source.faults.append(too_large(path.name))
                return source
            files[path.name] = path.read_bytes()
    _fill(source, files, encoding, limits)
    return source


def archive_source(place: str, data: bytes, encoding: str | None, limits: Limits) -> Source:
    """The tables of a zipped folder or of a workbook."""
    source = Source(place)
    try:
        archive = opened(place, data, limits)
    except Refused as refused:
        source.faults.append(refused.fault)
        return source
    if "xl/workbook.xml" in archive.namelist():
        _workbook(source, place, data, limits)
        return source
    files: dict[str, bytes] = {}
    for member in archive.infolist():
        name = PurePosixPath(member_name(member).replace("\\", "/"))
        if member.is_dir() or _noise(str(name)) or name.suffix.lower() not in (".csv", ".xlsx", ".toml", ".xls", ".et"):
            continue
        if name.name in files:
            source.faults.append(_twice(name.name, name.name))
        files[name.name] = archive.read(member)
    if not files:
        source.faults.append(_nothing(place))
        return source
    _fill(source, files, encoding, limits)
    return source


def _noise(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "~$", "__MACOSX")) for part in parts)


def _fill(source: Source, files: Mapping[str, bytes], encoding: str | None, limits: Limits) -> None:
    if FACTS_FILE in files:
        encoding = _read_facts(source, files[FACTS_FILE], encoding)
    for name, data in files.items():
        suffix, stem = PurePosixPath(name).suffix.lower(), PurePosixPath(name).stem
        if suffix == ".csv" and data.startswith((b"PK", OLD_WORKBOOK)):
            source.faults.append(_renamed(name))
        elif suffix == ".csv":
            _add(source, csv_grid(name, stem, data, encoding))
        elif suffix in (".xlsx", ".xls", ".et"):
            _workbook(source, name, data, limits)


def _workbook(source: Source, place: str, data: bytes, limits: Limits) -> None:
    grids, faults = workbook_grids(place, data, limits)
    source.faults += faults
    for grid in grids:
        _add(source, grid)


def _add(source: Source, grid: Grid) -> None:
    sheet = sheet_named(grid.name)
    if sheet is None:
        source.faults += _stranger(grid)
    elif sheet.name in source.grids:
        source.faults.append(_twice(grid.place, sheet.zh))
    else:
        source.grids[sheet.name] = grid


def _stranger(grid: Grid) -> Iterator[Fault]:
    """A fault for a sheet with a name near one of ours, a warning for others with something in them."""
    filled = sum(any(row) for row in grid.rows)
    if (not filled and not grid.faults) or grid.name.strip().casefold() in OTHER_SHEETS:
        return
    names = [name for sheet in SHEETS for name in spellings_of(sheet)]
    meant = nearest(grid.name, names)
    yield Fault(
        place=grid.place,
        zh=f"不是方案的表，{filled} 行没有读入。",
        en=f"this is no sheet of a scenario; its {filled} rows were not read.",
        todo_zh=(f"是不是“{meant}”？" if meant else "") + "请改成模板里的表名，或删去。",
        todo_en=(f"Did you mean “{meant}”? " if meant else "") + "Give it a name of the template, or remove it.",
        warning=meant is None and not re.fullmatch(r"(?i)sheet\d*|工作表\d*", grid.name),
    )


def _read_facts(source: Source, data: bytes, encoding: str | None) -> str | None:
    """Reads `scenario.toml`; returns the encoding it names, or the one already known."""
    result = decoded(data, encoding)
    try:
        if result.text is None:
            raise ValueError("encoding")
        # White space before the first line and the mark of UTF-8 are no TOML.
        tables = tomllib.loads(result.text.replace("\r\n", "\n").replace("\ufeff", ""))
    except (ValueError, RecursionError) as error:
        source.facts = []
        source.faults.append(_no_toml(str(error)))
        return encoding
    lines = result.text.splitlines()
    source.facts = []
    for section, value in tables.items():
        if section == "encoding":
            if not isinstance(value, str) or value.lower() not in ENCODINGS:
                source.faults.append(_no_encoding(_line(lines, "", "encoding")))
            elif encoding is None:
                encoding = value.lower()
        elif isinstance(value, dict):
            source.facts += [_fact(lines, section, key, each) for key, each in value.items()]
        else:
            source.facts.append(_fact(lines, "", section, value))
    return encoding


def _fact(lines: list[str], section: str, key: str, value: object) -> Fact:
    line = _line(lines, section, key)
    if isinstance(value, bool):
        return Fact(section, key, "true" if value else "false", line)
    if isinstance(value, datetime | date | time):
        return Fact(section, key, value.isoformat(), line)
    return Fact(section, key, str(value), line, isinstance(value, str | int | float))


def _line(lines: Iterable[str], section: str, key: str) -> int | None:
    current = ""
    for number, line in enumerate(lines, 1):
        if heading := re.match(r"\s*\[\s*\"?([^\]\"]+?)\"?\s*\]", line):
            current = heading[1]
        elif current == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return None


def unknown_file(place: str) -> Fault:
    """The fault for something that is neither folder, workbook, archive nor JSON."""
    return Fault(
        place=place,
        zh="不认得这种文件，可能是改了扩展名的 CSV 或网页。",
        en="this is neither a workbook nor a zipped folder nor JSON; perhaps a CSV file or web page was renamed.",
        todo_zh="请交方案文件夹、.xlsx 工作簿或方案文件夹的 .zip。",
        todo_en="Give a scenario folder, an .xlsx workbook or a .zip of the folder.",
    )


def _nothing(place: str) -> Fault:
    return Fault(
        place=place,
        zh="压缩包里没有方案的表。",
        en="there are no sheets of a scenario in the archive.",
        todo_zh="请压缩含有 scenario.toml 和 CSV 的文件夹。",
        todo_en="Pack the folder with scenario.toml and the CSV files.",
    )


def _twice(place: str, zh: str) -> Fault:
    return Fault(
        place=place,
        zh=f"“{zh}”出现了两次，这一份没有读入。",
        en=f"“{zh}” is there twice; this one was not read.",
        todo_zh="请合成一个表。",
        todo_en="Make one sheet of them.",
    )


def _renamed(place: str) -> Fault:
    return Fault(
        place=place,
        zh="扩展名是 .csv，内容却是工作簿。",
        en="it is called .csv but holds a workbook.",
        todo_zh="请在表格软件中打开后另存为“CSV UTF-8”，或改回 .xlsx。",
        todo_en='Save it as "CSV UTF-8", or call it .xlsx.',
    )


def _no_toml(reason: str) -> Fault:
    found = re.search(r"line (\d+)", reason)
    return Fault(
        place=FACTS_FILE,
        row=int(found[1]) if found else None,
        zh="写法不对，读不出来。",
        en=f"it is no valid TOML ({reason}).",
        todo_zh="文字要加引号，日期写 2025-09-01，时间写 18:00:00，每行一项。",
        todo_en="Quote words, write dates as 2025-09-01 and times as 18:00:00, one fact a line.",
    )


def _no_encoding(line: int | None) -> Fault:
    return Fault(
        place=FACTS_FILE,
        row=line,
        column="encoding",
        zh="不认得这种编码。",
        en="unknown encoding.",
        todo_zh=f"请填 {'、'.join(ENCODINGS)} 之一。",
        todo_en=f"Write one of {', '.join(ENCODINGS)}.",
    )
