"""Which pupils join a school that is already there? Their two tables, read and looked at like the school's own."""

from dataclasses import replace

from scheduler.domain import Pupil, Scenario
from scheduler.errors import Fault
from scheduler.intake.checks import check
from scheduler.intake.decisions import choices as choices_of
from scheduler.intake.grid import Grid
from scheduler.intake.names import Index, Names, indexed
from scheduler.intake.people import pupil as pupil_of
from scheduler.intake.references import draft_of
from scheduler.intake.rows import Row, rows_of
from scheduler.intake.sheets import CHOICES, PUPILS, Pupils, Sheet
from scheduler.intake.tables import table


def pupils_joining(scenario: Scenario, pupils: Grid, choices: Grid | None = None) -> tuple[tuple[Pupil, ...], tuple[Fault, ...]]:
    """The new pupils with their wishes, and every fault of the two tables; wishes of others are faults."""
    faults: list[Fault] = []
    rows = {"pupils": _rows(pupils, PUPILS, faults), "choices": _rows(choices, CHOICES, faults) if choices else []}
    names = _names(scenario, rows["pupils"])
    draft = draft_of(replace(scenario, pupils=(), locks=()), pupils.place)
    draft.faults = faults
    seen: dict[str, Row] = {}
    for row in rows["pupils"]:
        _not_there_yet(row, scenario, seen)
        made = pupil_of(row, names)
        if made is not None:
            draft.pupils.append(made)
            draft.origins["pupils", made.id] = row
    draft.choices = choices_of(rows["choices"], names, draft.origins)
    draft.pupils = [replace(one, choices=draft.choices.get(one.id, ())) for one in draft.pupils]
    check(draft)
    ours = {pupils.place} | ({choices.place} if choices else set())
    told = tuple(dict.fromkeys(fault for fault in faults if fault.place in ours))
    return tuple(draft.pupils), told


def _rows(grid: Grid, sheet: Sheet, faults: list[Fault]) -> list[Row]:
    found = table(grid, sheet)
    faults += found.faults
    return list(rows_of(found, faults))


def _names(scenario: Scenario, pupils: list[Row]) -> Names:
    """What the rows may mention: everything the school has, and the new pupils."""
    indexes = indexed({"pupils": pupils})
    for sheet, things in (
        ("classes", [(one.id, one.name) for one in scenario.home_classes]),
        ("courses", [(one.id, one.title) for one in scenario.courses]),
        ("staff", [(one.id, one.name) for one in scenario.staff]),
        ("seasons", [(one.id, None) for one in scenario.seasons]),
    ):
        index = Index()
        for id, name in things:
            index.add(id, name)
        indexes[sheet] = index
    names = Names(indexes)
    names.grades = frozenset(scenario.grade_by_number)
    names.slots = list(scenario.slots)
    names.routes = frozenset(trip.route for trip in scenario.trips)
    names.grade_by_class = {one.id: one.grade for one in scenario.home_classes}
    return names


def _not_there_yet(row: Row, scenario: Scenario, seen: dict[str, Row]) -> None:
    id = row[Pupils.id]
    if id is None:
        return
    if id in scenario.pupil_by_id:
        row.fault(
            Pupils.id,
            f"“{id}”已在学校名单里（{scenario.pupil_by_id[id].name}）。",  # type: ignore[index]
            f"“{id}” is in the school already.",
            "新加入的学生请用新的学号。",
            "Give the pupil who joins another id.",
        )
    elif id in seen:
        row.fault(
            Pupils.id,
            f"“{id}”与第 {seen[id].number} 行重复。",
            f"“{id}” is already in row {seen[id].number}.",
            "请删去一行，或改正编号。",
            "Remove one of them, or correct it.",
        )
    seen.setdefault(id, row)
