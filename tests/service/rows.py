"""Which rows do the tests of the store need again and again?"""

from datetime import date

from api.store.base import TermId
from api.store.people import Account
from api.store.planning import ScenarioVersion, Term
from api.store.store import Store
from tests.service.conftest import CLERK, HERE


def account(store: Store, name: str = "wang") -> str:
    """A new account's id."""
    with store.writing(HERE, CLERK) as db:
        row = Account(name=name)
        db.add(row)
        db.record("account.add", row.id)
    return row.id


def term(store: Store) -> TermId:
    """A new term without facts."""
    with store.writing(HERE, CLERK) as db:
        row = Term(name="2026 秋", first=date(2026, 9, 1), last=date(2027, 1, 22))
        db.add(row)
        db.record("term.open", row.id)
    return TermId(row.id)


def term_with_facts(store: Store, text: str = "{}") -> TermId:
    """A new term whose facts are any text."""
    id = term(store)
    with store.writing(HERE, CLERK) as db:
        db.add(ScenarioVersion(term=id, number=1, digest="x", text=text))
        db.record("facts.write", id)
    return id
