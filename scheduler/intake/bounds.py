"""Could these values have stood in a cell? Scenarios that come whole are held to the same columns as rows."""

from collections.abc import Iterator

from scheduler.domain import Clock, Scenario
from scheduler.errors import Fault
from scheduler.intake.cells import rows_by_sheet, school_facts
from scheduler.intake.kinds import Kind, Unreadable, Wish
from scheduler.intake.sheets import SHEETS, Sheet


def check_bounds(scenario: Scenario, place: str) -> Iterator[Fault]:
    """A fault for every number, id or text that no column would take, and for every clock that runs backwards."""
    if wrong := tuple(_weekdays(scenario, place)):
        yield from wrong
        return
    for column, text in school_facts(scenario, "en"):
        if text:
            yield from _readable(column.kind, text, place, f"school.{column.name}")
    rows = rows_by_sheet(scenario, "en")
    for sheet in SHEETS:
        for number, row in enumerate(rows.get(sheet.name, ())):
            where = f"{sheet.name}.{row.get('id') or row.get('pupil') or number}"
            yield from _of_row(sheet, row, place, where)
    for where, clock in _clocks(scenario):
        if clock.end <= clock.start:
            yield _fault(place, where, "结束不晚于开始。", "the end is not after the start.")


def _weekdays(scenario: Scenario, place: str) -> Iterator[Fault]:
    """Numbers that are no weekday have no word, so they come first."""
    named: list[tuple[str, int | None]] = [("term.weekend_weekday", scenario.term.weekend_weekday)]
    named += [("term.make_up_days", each.follows) for each in scenario.term.make_up_days]
    named += [("lessons", each.weekday) for each in scenario.lessons]
    named += [(f"slots.{each.id}", each.weekday) for each in scenario.slots]
    named += [(f"trips.{each.id}", each.weekday) for each in scenario.trips]
    named += [("bells", day) for each in scenario.bells for day in each.weekdays]
    for pupil in scenario.pupils:
        named += [(f"pupils.{pupil.id}", day) for day in pupil.latest_leave]
        named += [(f"pupils.{pupil.id}", choice.weekday) for choice in pupil.choices]
    for where, weekday in named:
        if weekday is not None and not 1 <= weekday <= 7:
            yield _fault(place, where, f"{weekday} 不是星期几（1 到 7）。", f"{weekday} is not a weekday (1 to 7).")


def _of_row(sheet: Sheet, row: dict[str, str], place: str, where: str) -> Iterator[Fault]:
    columns = {column.name: column for column in sheet.columns}
    for header, text in row.items():
        column = columns.get(header)
        kind = column.kind if column is not None else Wish()
        if text:
            yield from _readable(kind, text, place, f"{where}.{header}")
        elif column is not None and column.required:
            yield _fault(place, f"{where}.{header}", "没有填。", "it is empty.")


def _readable(kind: Kind[object] | Wish, text: str, place: str, where: str) -> Iterator[Fault]:
    try:
        kind.read(text)
    except Unreadable as reason:
        yield _fault(place, where, reason.zh, reason.en)


def _clocks(scenario: Scenario) -> Iterator[tuple[str, Clock]]:
    for slot in scenario.slots:
        yield from ((f"slots.{slot.id}", clock) for clock in slot.clock_by_season.values())
    yield from (("bells", bell.clock) for bell in scenario.bells)


def _fault(place: str, where: str, zh: str, en: str) -> Fault:
    return Fault(place=place, column=where, zh=zh, en=en, todo_zh="请改正。", todo_en="Correct it.")
