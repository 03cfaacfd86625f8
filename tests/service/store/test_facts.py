"""Do edits of the facts make versions, keep out of each other's way, and come back by undo?"""

import json
from collections.abc import Callable

import pytest

from api.store import facts
from api.store.base import AccountId, Json, TermId
from api.store.facts import Difference, Edit, Moved
from api.store.planning import Change
from api.store.store import Store
from api.store.trouble import Missing
from scheduler.errors import InputFaults
from scheduler.intake import read_scenario, scenario_to_json
from tests.service.conftest import CLERK, HERE
from tests.service.jobs.work import TINY
from tests.service.rows import term

WANG, LI = AccountId("wang"), AccountId("li")


@pytest.fixture(scope="module")
def tiny() -> str:
    return scenario_to_json(read_scenario(TINY))


@pytest.fixture
def planned(store: Store, tiny: str) -> TermId:
    """A term that knows the tiny school."""
    id = term(store)
    with store.writing(HERE, CLERK) as db:
        facts.replace(db, id, tiny, None, WANG, "import")
        db.record("facts.import", id)
    return id


def current(store: Store, id: TermId, kind: str) -> dict[str, dict[str, Json]]:
    with store.reading(HERE) as db:
        text = facts.text_of(db, facts.head(db, id).id)
    return facts.entities(json.loads(text), kind)  # type: ignore[return-value]


def edit(store: Store, id: TermId, *edits: Edit, by: AccountId = WANG) -> int:
    """Number of the version that the edits made."""
    with store.writing(HERE, CLERK) as db:
        version = facts.edit(db, id, edits, by)
        db.record("facts.edit", id)
    return version.number


def renamed(store: Store, id: TermId, kind: str, entity: str, name: str) -> Edit:
    seen = current(store, id, kind)[entity]
    return Edit(kind=kind, entity=entity, value={**seen, "name": name}, expected=facts.tag(seen))


def test_an_edit_makes_the_next_version_and_leaves_the_one_before_as_it_was(store: Store, planned: TermId, tiny: str):
    room = next(iter(current(store, planned, "rooms")))
    assert edit(store, planned, renamed(store, planned, "rooms", room, "新名字")) == 2
    assert current(store, planned, "rooms")[room]["name"] == "新名字"
    with store.reading(HERE) as db:
        newest = facts.head(db, planned)
        assert newest.parent is not None
        assert facts.text_of(db, newest.parent) == tiny
        assert facts.differences(tiny, facts.text_of(db, newest.id)) == [Difference("rooms", room, Change.CHANGED)]


def test_two_clerks_who_edit_different_things_do_not_disturb_each_other(store: Store, planned: TermId):
    first, second = list(current(store, planned, "rooms"))[:2]
    both = [renamed(store, planned, "rooms", room, f"new {room}") for room in (first, second)]
    assert [edit(store, planned, each) for each in both] == [2, 3]
    names = {id: room["name"] for id, room in current(store, planned, "rooms").items()}
    assert (names[first], names[second]) == (f"new {first}", f"new {second}")


def test_the_second_of_two_who_edit_the_same_thing_is_told_what_is_there_by_whom_and_when(store: Store, planned: TermId):
    room = next(iter(current(store, planned, "rooms")))
    both = [renamed(store, planned, "rooms", room, name) for name in ("first", "second")]
    edit(store, planned, both[0], by=LI)
    with pytest.raises(Moved) as told:
        edit(store, planned, both[1])
    assert isinstance(told.value.current, dict)
    assert told.value.current["name"] == "first"
    assert told.value.by == LI
    assert told.value.at is not None
    assert current(store, planned, "rooms")[room]["name"] == "first"


def test_things_are_added_and_removed_one_by_one(store: Store, planned: TermId):
    rooms = current(store, planned, "rooms")
    pattern = next(iter(rooms.values()))
    added = Edit(kind="rooms", entity="new", value={**pattern, "id": "new"}, expected=None)
    edit(store, planned, added)
    assert set(current(store, planned, "rooms")) == {*rooms, "new"}
    with pytest.raises(Moved):
        edit(store, planned, added)
    edit(store, planned, Edit(kind="rooms", entity="new", value=None, expected=facts.tag({**pattern, "id": "new"})))
    assert current(store, planned, "rooms") == rooms


def test_what_has_no_ids_is_edited_as_a_whole(store: Store, planned: TermId):
    seen = current(store, planned, "term")[""]
    edit(store, planned, Edit(kind="term", value={**seen, "name": "秋季"}, expected=facts.tag(seen)))
    assert current(store, planned, "term")[""]["name"] == "秋季"


@pytest.mark.parametrize(
    "spoil",
    [lambda room: {**room, "seats": "many"}, lambda room: {**room, "price": 1}, lambda room: "a room"],
    ids=["wrong type", "unknown key", "no object"],
)
def test_a_wrong_shape_is_refused_and_changes_nothing(store: Store, planned: TermId, spoil: Callable[[Json], Json]):
    id, seen = next(iter(current(store, planned, "rooms").items()))
    with pytest.raises(InputFaults):
        edit(store, planned, Edit(kind="rooms", entity=id, value=spoil(dict(seen)), expected=facts.tag(seen)))
    with store.reading(HERE) as db:
        assert facts.head(db, planned).number == 1


def test_a_kind_there_is_not_is_missing(store: Store, planned: TermId):
    with pytest.raises(Missing):
        edit(store, planned, Edit(kind="planes", entity="1", value={}, expected=None))


def test_an_import_does_what_its_preview_said_and_undo_takes_it_back(store: Store, planned: TermId, tiny: str):
    school = json.loads(tiny)
    school["pupils"] = school["pupils"][1:]
    school["rooms"][0]["name"] = "other"
    text = json.dumps(school)
    promised = facts.counts(facts.differences(tiny, text))
    assert promised == {
        "pupils": {"added": 0, "changed": 0, "removed": 1},
        "rooms": {"added": 0, "changed": 1, "removed": 0},
    }
    with store.reading(HERE) as db:
        before = facts.head(db, planned)
    with store.writing(HERE, CLERK) as db:
        imported = facts.replace(db, planned, text, before.id, WANG)
        db.record("facts.import", planned)
    with store.reading(HERE) as db:
        assert facts.counts(facts.differences(tiny, facts.text_of(db, imported.id))) == promised
    with store.writing(HERE, CLERK) as db:
        undone = facts.undo(db, planned, imported.id, WANG)
        db.record("facts.undo", planned)
    assert undone.number == 3
    assert undone.digest == before.digest


def test_the_same_file_twice_makes_no_version(store: Store, planned: TermId, tiny: str):
    with store.writing(HERE, CLERK) as db:
        head = facts.head(db, planned)
        assert facts.replace(db, planned, tiny, head.id, WANG).id == head.id


def test_an_import_against_a_preview_that_is_no_longer_true_is_refused(store: Store, planned: TermId, tiny: str):
    with store.reading(HERE) as db:
        before = facts.head(db, planned).id
    edit(store, planned, renamed(store, planned, "rooms", next(iter(current(store, planned, "rooms"))), "other"), by=LI)

    def imported() -> None:
        with store.writing(HERE, CLERK) as db:
            facts.replace(db, planned, tiny, before, WANG)
            db.record("facts.import", planned)

    with pytest.raises(Moved) as told:
        imported()
    assert told.value.by == LI
