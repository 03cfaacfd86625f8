"""Is an import applied whole or not at all, does its preview come true, and does undo bring back what there was?"""

import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import event, select

from api.store import facts
from api.store.base import TermId
from api.store.facts import Edit
from api.store.planning import ScenarioChange, ScenarioVersion, Term
from api.store.record import LogEntry
from api.store.store import Store
from scheduler.intake import scenario_from_json, scenario_to_json, write_workbook
from tests.service.conftest import CLERK, HERE
from tests.service.facts.conftest import digest, known, tiny
from tests.service.jobs.work import TINY
from tests.service.operation.served import measured
from tests.service.people import Caller
from tests.service.rows import term

ROWS = 1000
PLACES = (1, 500, 1000)
MANY_PLACES = (*range(1, ROWS - 20, 10), ROWS, ROWS + 1)
"""Rows of the import at which it is broken off. The last comes after all rows: before the commit."""


def at(id: str, *rest: str) -> str:
    return "/".join(("/api/v1/terms", id, "facts", *rest))


def with_pupils(count: int) -> str:
    """The tiny school with so many pupils more."""
    school = json.loads(tiny())
    model = school["pupils"][0]
    school["pupils"] += [{**model, "id": f"new-{number}", "name": f"新生{number}"} for number in range(count)]
    return json.dumps(school, ensure_ascii=False)


def changed() -> str:
    """One pupil more, one renamed, one gone."""
    school = json.loads(tiny())
    first, second, *rest = school["pupils"]
    school["pupils"] = [{**first, "name": "改名"}, {**second, "id": "brand-new"}, *rest]
    return json.dumps(school, ensure_ascii=False)


def send(who: Caller, method: str, address: str, text: str, seen: str = "", **headers: str) -> httpx2.Response:
    given = {"Content-Type": "application/json", "If-Match": seen, **headers}
    return who.ask(method, address, content=text.encode(), headers=given)


@pytest.mark.parametrize("large", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_preview_counts_what_happens_and_undo_brings_back_what_there_was(
    office: Caller, store: Store, planned: TermId, large: bool
):
    new = with_pupils(ROWS) if large else changed()
    before, pupils = digest(store, planned), known(store, planned, "pupils")
    preview = send(office, "POST", at(planned, "preview"), new)
    told = preview.json()
    each = {"added": ROWS, "changed": 0, "removed": 0} if large else {"added": 1, "changed": 1, "removed": 1}
    assert told["counts"] == {"pupils": each}
    assert digest(store, planned) == before, "a preview changes nothing"
    done = send(office, "PUT", at(planned) + f"?digest={told['digest']}&reason=new", new, preview.headers["ETag"])
    assert (done.status_code, done.json()["counts"]) == (200, told["counts"])
    assert digest(store, planned) == (told["digest"], 2)
    now = known(store, planned, "pupils")
    assert (len(now.keys() - pupils.keys()), len(pupils.keys() - now.keys())) == (each["added"], each["removed"])
    assert sum(now[id] != pupils[id] for id in now.keys() & pupils.keys()) == each["changed"]

    again = send(office, "PUT", at(planned), new, done.headers["ETag"])
    assert (again.json()["changed"], again.json()["counts"], digest(store, planned)[1]) == (False, {}, 2)

    undone = office.ask("POST", at(planned, "undo"), json={"reason": "too soon"}, headers={"If-Match": done.headers["ETag"]})
    assert undone.status_code == 200
    assert digest(store, planned) == (before[0], 3)
    listed = office.ask("GET", at(planned, "versions")).json()["items"]
    assert [each["reason"] for each in listed] == ["too soon", "new", "import"]


def test_workbook_archive_and_json_are_the_same_import(office: Caller, store: Store, tmp_path: Path):
    id = term(store)
    write_workbook(scenario_from_json(tiny()), tmp_path / "school.xlsx")
    archive = Path(shutil.make_archive(str(tmp_path / "school"), "zip", TINY))
    seen = '"none"'
    for number, path in enumerate((archive, tmp_path / "school.xlsx")):
        answer = office.ask(
            "PUT", at(id), files={"facts": (path.name, path.read_bytes())}, headers={"If-Match": seen}, params={"reason": "x"}
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["changed"] is (number == 0)
        seen = answer.headers["ETag"]
    assert send(office, "PUT", at(id), tiny(), seen).json()["changed"] is False


def test_an_import_over_somebody_elses_change_is_refused(office: Caller, store: Store, planned: TermId):
    seen = send(office, "POST", at(planned, "preview"), changed()).headers["ETag"]
    first = send(office, "PUT", at(planned), with_pupils(1), seen)
    late = send(office, "PUT", at(planned), changed(), seen)
    assert (first.status_code, late.status_code) == (200, 409)
    assert (late.json()["expected"], late.headers["ETag"]) == (seen.strip('"'), first.headers["ETag"])
    assert send(office, "PUT", at(planned), changed()).status_code == 428
    other = send(office, "PUT", at(planned) + "?digest=" + "0" * 64, changed(), first.headers["ETag"])
    assert other.status_code == 409, "not the file that was previewed"
    assert office.ask("POST", at(planned, "undo"), json={}, headers={"If-Match": seen}).status_code == 409
    assert digest(store, planned)[1] == 2


def test_a_file_with_one_bad_row_changes_nothing_and_every_fault_is_told(office: Caller, store: Store, planned: TermId):
    before = digest(store, planned)
    school = json.loads(with_pupils(20))
    school["pupils"][5]["home_class"] = school["pupils"][15]["home_class"] = "nowhere"
    for method, address in (("POST", at(planned, "preview")), ("PUT", at(planned))):
        answer = send(office, method, address, json.dumps(school), '"x"')
        assert (answer.status_code, len(answer.json()["faults"])) == (422, 2)
    junk: list[Any] = [
        {"files": {"facts": ("a.zip", b"PK\3\4junk")}},
        {"files": {"other": ("a.zip", b"x")}},
        {"data": {"a": "b"}},
    ]
    for more in junk:
        assert office.ask("POST", at(planned, "preview"), **more).status_code in (415, 422)
    assert digest(store, planned) == before


class Broken(Exception):
    """What happens in the middle of an import."""


def broken_at(row: int, breaks: Callable[[], None]) -> Callable[..., None]:
    """What counts the rows that an import writes, and breaks it off at one."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == row:
            breaks()

    return count


def everything(store: Store) -> tuple[object, ...]:
    """All that an import may touch."""
    with store.reading(HERE) as db:
        return (
            [(each.id, each.digest) for each in db.scalars(select(ScenarioVersion).order_by(ScenarioVersion.number))],
            sorted(db.scalars(select(ScenarioChange.id))),
            [(each.id, each.scenario, each.version) for each in db.scalars(select(Term))],
            db.scalars(select(LogEntry.digest).order_by(LogEntry.sequence)).all(),
        )


def imported(store: Store, id: TermId, text: str) -> None:
    with store.writing(HERE, CLERK) as db:
        facts.replace(db, id, text, facts.head(db, id).id, None, "import")
        db.record("facts.import", id)


def raised() -> None:
    raise Broken


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def broken_off(row: int, breaks: Callable[[], None]) -> Iterator[None]:
    """The import breaks at a row, or, beyond the last, when its line in the log is written."""
    where: type[ScenarioChange | LogEntry] = ScenarioChange if row <= ROWS else LogEntry
    count = broken_at(row if row <= ROWS else 1, breaks)
    event.listen(where, "before_insert", count)
    try:
        yield
    finally:
        event.remove(where, "before_insert", count)


def in_a_process(database: str, id: TermId, text: str, row: int) -> None:
    with broken_off(row, killed):
        imported(Store(database), id, text)


@pytest.mark.slow
@pytest.mark.parametrize("breaks", ["error", "kill"])
def test_an_import_broken_off_at_any_row_leaves_everything_as_it_was(store: Store, database: str, planned: TermId, breaks: str):
    break_off(store, database, planned, breaks, PLACES)


@pytest.mark.long
@pytest.mark.parametrize("breaks", ["error", "kill"])
def test_an_import_broken_off_at_a_hundred_places_leaves_everything_as_it_was(
    store: Store, database: str, planned: TermId, breaks: str, kind: str
):
    break_off(store, database, planned, breaks, MANY_PLACES)
    measured("C5", kind=kind, rows=ROWS, places=len(MANY_PLACES), broken_by=breaks, changed=0)


def break_off(store: Store, database: str, planned: TermId, breaks: str, places: Sequence[int]) -> None:
    """Breaks an import off at each place, and looks at everything after each; then one goes through."""
    text = scenario_to_json(scenario_from_json(with_pupils(ROWS)))
    before = everything(store)
    for row in places:
        if breaks == "kill":
            # A fork would share the connections of this process.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["tests.service.facts.test_importing"])
            process = context.Process(target=in_a_process, args=(database, planned, text, row))
            process.start()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        else:
            with broken_off(row, raised), pytest.raises(Broken):
                imported(store, planned, text)
        assert everything(store) == before, row
    imported(store, planned, text)
    assert len(known(store, planned, "pupils")) == len(json.loads(tiny())["pupils"]) + ROWS


def test_an_import_that_keeps_each_row_by_itself_is_found_out(store: Store, planned: TermId):
    """The control of the test above."""
    before = everything(store)
    new = json.loads(with_pupils(5))["pupils"][-5:]

    def row_by_row() -> None:
        for pupil in new:
            with store.writing(HERE, CLERK) as db:
                facts.edit(db, planned, [Edit(kind="pupils", entity=pupil["id"], value=pupil, expected=None)], None)
                db.record("facts.edit", planned)

    with broken_off(3, raised), pytest.raises(Broken):
        row_by_row()
    assert everything(store) != before
