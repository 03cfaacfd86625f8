"""Does a request that is sent again have one effect and one answer?"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from api.store.base import AccountId
from api.store.once import Answer, KeyReused, fingerprint, once
from api.store.people import Account
from api.store.sessions import Writing
from api.store.store import Store
from tests.service.conftest import CLERK, HERE

ASKER = AccountId("wang")


def added(db: Writing) -> Answer:
    row = Account(name="new")
    db.add(row)
    db.record("account.add", row.id)
    return Answer(201, row.id, {"Location": f"/accounts/{row.id}"})


def ask(store: Store, key: str, body: bytes = b"{}") -> Answer:
    return once(store, HERE, CLERK, ASKER, key, fingerprint("POST", "/accounts", body), added)


def accounts(store: Store) -> int:
    with store.reading(HERE) as db:
        return db.scalar(select(func.count()).select_from(Account)) or 0


def test_the_same_request_again_has_no_effect_and_the_same_answer(store: Store):
    answers = [ask(store, "k") for _ in range(5)]
    assert len(set(map(str, answers))) == 1
    assert accounts(store) == 1
    assert ask(store, "other") != answers[0]
    assert accounts(store) == 2


def test_the_same_request_five_times_at_once_has_one_effect(store: Store):
    with ThreadPoolExecutor(5) as pool:
        for key in "abc":
            answers = set(pool.map(lambda _, key=key: str(ask(store, key)), range(5)))
            assert len(answers) == 1
    assert accounts(store) == 3


def test_without_a_key_the_same_requests_have_their_effect_each_time(store: Store):
    """The control of the tests above."""
    for _ in range(5):
        with store.writing(HERE, CLERK) as db:
            added(db)
    assert accounts(store) == 5


def test_a_key_cannot_be_used_for_another_request(store: Store):
    ask(store, "k")
    with pytest.raises(KeyReused):
        ask(store, "k", b'{"other": 1}')
    assert accounts(store) == 1


def test_work_that_failed_may_be_tried_again_with_the_same_key(store: Store):
    def failing(db: Writing) -> Answer:
        added(db)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        once(store, HERE, CLERK, ASKER, "k", fingerprint("POST", "/accounts", b"{}"), failing)
    assert accounts(store) == 0
    assert ask(store, "k").status == 201
    assert accounts(store) == 1
