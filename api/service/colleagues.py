"""On which page does an administrator take roles back and shut accounts, and anybody change their password?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from api.access.allowed import Asked
from api.language import language_of
from api.pages import page
from api.problems import Refusal
from api.service import accounts, signing
from api.service.accounts import AccountAsked
from api.service.signing import PasswordAsked
from api.store.people import Account, Role, RoleHeld
from api.store.sessions import Reading

router = APIRouter(include_in_schema=False)
FAMILY = (Role.GUARDIAN, Role.PUPIL)
HERE = "/invitations"
Secret = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who came in and is no family."""

    account: Account
    roles: Sequence[RoleHeld]


def colleagues(db: Reading) -> Sequence[Colleague]:
    """Everybody with a role at the school, or shut out of it, the oldest account first."""
    held: dict[str, list[RoleHeld]] = {}
    for row in db.scalars(select(RoleHeld).order_by(RoleHeld.role, RoleHeld.subject)):
        held.setdefault(row.account, []).append(row)
    rows = db.scalars(select(Account).order_by(Account.created, Account.id)).all()
    staff = [row for row in rows if not held.get(row.id) or any(one.role not in FAMILY for one in held[row.id])]
    return [Colleague(row, held.get(row.id, [])) for row in staff]


@router.post("/accounts/{account}/active")
def open_or_shut(account: str, asked: Asked, version: Annotated[int, Form(ge=1)], active: Annotated[bool, Form()]) -> Response:
    """Shuts an account, or opens it again; it is signed out everywhere when it is shut."""
    accounts.change(account, AccountAsked(active=active), asked, Response(), f'"{version}"')
    return RedirectResponse(HERE, 303)


@router.post("/accounts/{account}/sign-out")
def sign_out(account: str, asked: Asked) -> Response:
    """Out of all browsers and programs: a phone was lost."""
    accounts.sign_out(account, asked)
    return RedirectResponse(HERE, 303)


@router.post("/accounts/{account}/roles/{held}/take")
def take(account: str, held: str, asked: Asked) -> Response:
    """A role is taken back; it holds at the next request."""
    accounts.take_role(account, held, asked)
    return RedirectResponse(HERE, 303)


@router.get("/my/password")
def password(asked: Asked, request: Request) -> Response:
    """The form."""
    return _form(request, None)


@router.post("/my/password")
def change(asked: Asked, request: Request, new: Secret, old: Secret = "") -> Response:
    """A new password; every other browser is signed out."""
    try:
        signing.change_password(PasswordAsked(old=old, new=new), asked)
    except Refusal as refusal:
        return _form(request, refusal)
    return RedirectResponse("/", 303)


def _form(request: Request, refusal: Refusal | None) -> Response:
    problem = None if refusal is None else refusal.problem(language_of(request)).detail
    headers: Mapping[str, str] | None = None if refusal is None else refusal.headers
    return page(request, "password.html", 200 if refusal is None else refusal.status, headers, problem=problem)
