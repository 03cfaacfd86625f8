"""What does the school say of itself? The facts of `scenario.toml` or of the workbook's sheet 学校, as one row."""

from collections.abc import Callable

from scheduler.errors import Fault
from scheduler.intake.files import Fact, Source
from scheduler.intake.grid import Grid
from scheduler.intake.rows import Row, rows_of
from scheduler.intake.sheets import SCHOOL, Column, headers_of
from scheduler.intake.tables import nearest, table
from scheduler.intake.text import half_width, tidy

SECTIONS = ("school", "term", "flexible_hours")
HEADINGS = ("项目", "fact", "内容", "名称", "facts", "学校信息")

Counts = Callable[[Row], tuple[int, int]]


def school_row(source: Source) -> tuple[Row, Counts | None]:
    """The row of facts, and how to count its lines once every fault is known."""
    grid = source.grids.get(SCHOOL.name)
    if source.facts is not None:
        row = Row(SCHOOL, source.facts_place, None, source.faults)
        for fact in source.facts:
            _take(row, fact)
        if grid is not None:
            source.faults.append(_both(grid.place))
            row.refused = True
        elif not row.refused or source.facts:
            _require(row)
        return row, None
    if grid is None:
        row = Row(SCHOOL, source.place, None, source.faults, refused=True)
        if source.grids or not source.faults:
            source.faults.append(_no_facts(source.place))
        return row, None
    return _from_grid(grid, source.faults)


def _take(row: Row, fact: Fact) -> None:
    column = _column(fact.section, fact.key)
    if column is None or not fact.plain:
        meant = nearest(fact.key, [each for column in SCHOOL.columns for each in (column.name, column.zh)])
        row.faults.append(
            Fault(
                place=row.place,
                row=fact.line,
                column=fact.key,
                zh=f"没有“{fact.key}”这一项。" if fact.plain else f"“{fact.key}”不能写成列表或表。",
                en="there is no such fact." if fact.plain else "no list or table may stand here.",
                todo_zh=f"是不是“{meant}”？" if meant else "请删去这一行。",
                todo_en=f"Did you mean “{meant}”?" if meant else "Remove this line.",
            )
        )
        row.refused = True
        return
    row.headers[column.name] = fact.key
    if fact.line is not None:
        row.numbers[column.name] = fact.line
    # No spreadsheet opens this file: nothing in it is marked against formulas.
    row.take(column, tidy(fact.text))


def _column(section: str, key: str) -> Column[object] | None:
    folded = half_width(key).strip().strip("*: ").casefold()
    if section == "term" and f"term_{folded}" in {column.name for column in SCHOOL.columns}:
        folded = f"term_{folded}"
    if section and section not in SECTIONS:
        return None
    return next((column for column in SCHOOL.columns if folded in headers_of(column)), None)


def _require(row: Row) -> None:
    for column in SCHOOL.columns:
        if column.required:
            row.require(column)


def _from_grid(grid: Grid, faults: list[Fault]) -> tuple[Row, Counts]:
    """Facts below each other with their values beside them, or headers with one row."""
    down = sum(_column("", cells[0]) is not None for cells in grid.rows if cells)
    across = max((sum(_column("", text) is not None for text in cells) for cells in grid.rows[:5]), default=0)
    if across > max(down, 2):
        found = table(grid, SCHOOL)
        faults += found.faults
        rows = list(rows_of(found, faults))
        row = rows[0] if rows else Row(SCHOOL, grid.place, None, faults, refused=True)
        for more in rows[1:]:
            more.fault(None, "学校信息只能有一行。", "there can be only one school.", "请删去。", "Remove it.")
            row.refused = True
        return row, lambda first: (sum(not each.refused for each in rows), sum(each.refused for each in rows))
    faults += grid.faults
    row = Row(SCHOOL, grid.place, None, faults, refused=any(not fault.warning for fault in grid.faults))
    lines: list[int] = []
    for number, cells in enumerate(grid.rows, 1):
        filled = [index for index, text in enumerate(cells) if text]
        if not filled or (not lines and cells[filled[0]].casefold() in HEADINGS and _column("", cells[filled[0]]) is None):
            continue
        lines.append(number)
        key, value = cells[filled[0]], cells[filled[0] + 1] if filled[0] + 1 < len(cells) else ""
        column = _column("", key)
        if column is not None and column.name in row.texts:
            row.fault(column, "填了两次。", "is there twice.", "请只留一行。", "Keep one of them.")
            continue
        _take(row, Fact("", key, value, number))
        if column is not None and (trouble := grid.troubles.get((number, filled[0] + 2))):
            row.take(column, value, trouble)
    _require(row)
    bad = {fault.row for fault in faults if fault.place == grid.place and not fault.warning}
    return row, lambda first: _counted(lines, bad, first)


def _counted(lines: list[int], bad: set[int | None], row: Row) -> tuple[int, int]:
    told = {fault.row for fault in row.faults if fault.place == row.place and not fault.warning} | bad
    refused = sum(number in told for number in lines)
    return len(lines) - refused, refused


def _both(place: str) -> Fault:
    return Fault(
        place=place,
        zh="scenario.toml 里已有学校信息。",
        en="scenario.toml already holds the school's facts.",
        todo_zh="请只留一处。",
        todo_en="Keep one of them.",
    )


def _no_facts(place: str) -> Fault:
    return Fault(
        place=place,
        zh="缺少学校信息。",
        en="the school's facts are missing.",
        todo_zh="请加上 scenario.toml，或工作表“学校”。",
        todo_en="Add scenario.toml, or a sheet “学校”.",
    )
