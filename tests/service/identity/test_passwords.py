"""Are passwords kept and compared as they should be, and codes read as they were meant?"""

import time

import pytest

from api.identity import secret
from api.identity.passwords import is_password, password_hash, weakness

GOOD = "warm rain on slate"


def test_only_the_right_password_fits():
    kept = password_hash(GOOD)
    assert kept.startswith("$argon2id$")
    assert is_password(GOOD, kept)
    assert not is_password(GOOD + "r", kept)
    assert not is_password(GOOD, None)
    assert password_hash(GOOD) != kept


def test_comparing_takes_tens_of_milliseconds_and_as_long_without_an_account():
    kept = password_hash(GOOD)
    is_password("x", None)
    spent: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(7):
        for known in (True, False):
            before = time.thread_time()
            is_password("wrong", kept if known else None)
            spent[known].append(time.thread_time() - before)
    there, nobody = (sorted(spent[known])[3] for known in (True, False))
    assert 0.005 < there < 0.2
    assert 0.5 < there / nobody < 2


@pytest.mark.parametrize("password", ["short", "88888888", "Password", "12345678", "x" * 129, "王小明wangxiaoming"])
def test_a_weak_password_is_refused_with_a_reason(password: str):
    assert weakness(password, "wangxiaoming")


def test_a_long_sentence_will_do():
    assert weakness(GOOD, "wang") is None
    assert weakness("课后服务真有意思呀", "王老师") is None


def test_a_code_has_at_least_128_bits_and_survives_being_typed():
    code = secret.code()
    letters = code.replace("-", "")
    assert len(letters) * 5 >= 128
    assert len({secret.code() for _ in range(100)}) == 100
    for typed in (code.upper(), f"  {code.replace('-', ' ')} ", letters, code.replace("0", "O").replace("1", "l")):
        assert secret.code_hash(typed) == secret.code_hash(code)
    assert secret.code_hash(code) != secret.code_hash(secret.code())


def test_nothing_that_is_printed_shows_a_secret():
    from api.identity.doors import Opened
    from api.identity.invitations import FamilyCode
    from api.store.base import AccountId, SchoolId, now
    from api.store.people import Account

    told = repr([Opened(SchoolId("s"), AccountId("a"), "SECRET", 1), FamilyCode("p", "SECRET", now()), Account(name="SECRET")])
    assert "SECRET" not in told
