"""Who acts in the tests of the service? One person of each role in each of two schools, and how they ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from api.identity.secret import csrf_token, hashed, token
from api.store.base import AccountId, SchoolId, now
from api.store.people import Account, Guardianship, Role, RoleHeld, SignIn
from api.store.store import Store
from tests.service.conftest import CLERK, HERE, THERE

PASSWORD = "warm rain on slate"
SUBJECTS: Mapping[Role, str] = {
    Role.HEAD_TEACHER: "class-1",
    Role.TEACHER: "wang",
    Role.PROVIDER: "provider-1",
    Role.PUPIL: "pupil-1",
}
"""What the people of `HERE` have their roles over; their children are pupil-1 and pupil-2."""


def said(answer: httpx2.Response) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and body of a refusal but for its number, which no two answers share."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "content-length"}}
    return answer.status_code, headers, {**answer.json(), "instance": ""}


@dataclass
class Caller:
    """Somebody with a browser of their own."""

    role: Role | None
    school: SchoolId
    account: AccountId
    http: TestClient = field(repr=False)
    """Several may share it: it keeps no cookies."""
    cookie: str = field(repr=False)

    @property
    def csrf(self) -> str:
        return csrf_token(self.cookie) if self.cookie else ""

    def ask(self, method: str, path: str, token: bool = True, **more: Any) -> httpx2.Response:
        """As a page of ours would, with its token, or as another would."""
        headers = {"Cookie": f"oneplusx={self.cookie}"} if self.cookie else {}
        if token:
            headers["X-CSRF-Token"] = self.csrf
        answer = self.http.request(method, path, headers={**headers, **more.pop("headers", {})}, **more)
        self.http.cookies.clear()
        return answer


def add(store: Store, school: SchoolId, role: Role | None, subject: str = "", login: str | None = None) -> AccountId:
    """An account with one role, or none."""
    with store.writing(school, CLERK) as db:
        row = Account(name=f"{role} of {school}", login=login, phone="13800000000")
        db.add(row)
        db.flush()
        if role is not None:
            db.add(RoleHeld(account=AccountId(row.id), role=role, subject=subject))
        if role is Role.GUARDIAN:
            for pupil in ("pupil-1", "pupil-2"):
                db.add(Guardianship(account=AccountId(row.id), pupil=f"{pupil}" if school == HERE else f"far-{pupil}"))
        db.record("account.add", row.id)
    return AccountId(row.id)


def signed_in(http: TestClient, store: Store, school: SchoolId, role: Role | None, account: AccountId) -> Caller:
    """A browser of this account, signed in without a password."""
    cookie = token()
    with store.bookkeeping(school) as db:
        db.add(SignIn(account=account, token_hash=hashed(cookie), expires=now() + timedelta(days=1)))
    return Caller(role, school, account, http, cookie)


def everybody(http: TestClient, store: Store) -> dict[str, Caller]:
    """One caller of each role by `role@school`, one without a role, and nobody."""
    callers = {}
    for school in (HERE, THERE):
        for role in Role:
            subject = SUBJECTS.get(role, "")
            if school == THERE and subject:
                subject = f"far-{subject}"
            callers[f"{role}@{school}"] = signed_in(http, store, school, role, add(store, school, role, subject))
    callers["none@here"] = signed_in(http, store, HERE, None, add(store, HERE, None))
    callers["nobody"] = Caller(None, HERE, AccountId(""), http, "")
    return callers
