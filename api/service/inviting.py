"""On which page are colleagues invited? A name, a role, and what it is over; the link is shown once."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from api.access.allowed import Asked
from api.identity import invitations
from api.pages import page
from api.problems import Refusal
from api.service import accounts
from api.service.accounts import InvitationAsked
from api.service.answers import site
from api.service.colleagues import colleagues
from api.store import roll
from api.store.base import now
from api.store.people import Invitation, InvitationKind, Role

router = APIRouter(prefix="/invitations", include_in_schema=False)
Text = Annotated[str, Form(max_length=100, pattern=r"^[^\x00]*$")]


@router.get("")
def waiting(asked: Asked, request: Request) -> Response:
    """Who was invited and has not come in yet, and the form for the next."""
    return _shown(asked, request, None)


@router.post("")
def invite(asked: Asked, request: Request, name: Text, role: Annotated[Role, Form()], subject: Text = "") -> Response:
    """Shows the link; nobody can see it again."""
    if role in OVER:
        with asked.store.reading(asked.school) as db:
            known = roll.named(db, OVER[role])
        if subject not in known:
            raise Refusal(
                "bad-input",
                "请给班主任选一个班，给教师选人员中的一位，给机构人员选一家机构。",
                "Please choose a class for a head teacher, somebody of the staff for a teacher, a provider for their people.",
            )
    body = InvitationAsked(name=name.strip() or "—", role=role, subject=subject if role in OVER else "")
    made = accounts.invite(body, asked)
    return _shown(asked, request, f"{site(request)}/welcome?code={made.code}", made.name)


@router.post("/{invitation}/revoke")
def revoke(invitation: str, asked: Asked) -> Response:
    accounts.uninvite(invitation, asked)
    return RedirectResponse("/invitations", 303)


OVER = {Role.HEAD_TEACHER: "home_classes", Role.TEACHER: "staff", Role.PROVIDER: "providers"}
"""Roles over something, and of which kind it is."""


def _shown(asked: Asked, request: Request, link: str | None, name: str = "") -> Response:
    open_ones = Invitation.used.is_(None) & Invitation.revoked.is_(None) & (Invitation.expires > now())
    with asked.store.reading(asked.school) as db:
        rows = db.scalars(
            select(Invitation).where(Invitation.kind == InvitationKind.STAFF, open_ones).order_by(Invitation.created.desc())
        ).all()
        subjects = {kind: roll.named(db, kind) for kind in OVER.values()}
        inside = colleagues(db)
    told = page(
        request,
        "invitations.html",
        rows=rows,
        roles=invitations.INVITED,
        subjects=subjects,
        link=link,
        invited=name,
        colleagues=inside,
        me=asked.account,
    )
    told.headers["Cache-Control"] = "no-store"
    return told
