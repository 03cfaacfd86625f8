"""How does the office look after accounts, roles, invitations and family codes, and read the log?"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import func, select

from api.access.allowed import Asked
from api.identity import doors, invitations
from api.problems import Refusal, bad_input
from api.service.answers import Body, Count, IfMatch, Moment, Offset, Page, View, changed, expected_version, with_etag
from api.store import roll
from api.store.base import AccountId, now
from api.store.log import newest
from api.store.people import Account, Guardianship, Invitation, InvitationKind, Role, RoleHeld
from api.store.record import LogEntry
from api.store.sessions import Reading
from api.store.trouble import Missing, Stale
from scheduler.errors import Fault

router = APIRouter(prefix="/api/v1", tags=["accounts"])
Text = Annotated[str, Field(min_length=1, max_length=100)]


class RoleView(View):
    """A role that somebody holds."""

    id: str
    role: Role
    subject: str
    until: datetime | None


class AccountView(View):
    """An account, without what proves who it is."""

    id: str
    name: str
    login: str | None
    phone: str | None = Field(description="Only for those who need it.")
    active: bool
    version: int
    roles: list[RoleView]


class AccountAsked(Body):
    """What may be changed of an account. What is not given stays."""

    name: Text | None = None
    phone: Annotated[str, Field(max_length=30)] | None = None
    active: bool | None = None


class RoleAsked(Body):
    """A role to give."""

    role: Annotated[Role, Field(strict=False)]
    subject: Annotated[str, Field(max_length=100, description="Home class, staff, provider or pupil.")] = ""
    until: Moment | None = None


class InvitationAsked(RoleAsked):
    """Somebody to invite."""

    name: Text


class InvitationView(View):
    """An invitation, without its code."""

    id: str
    role: Role
    subject: str
    name: str
    expires: datetime
    used: datetime | None
    revoked: datetime | None


class InvitationMade(InvitationView):
    """A new invitation; the code is told this once."""

    code: str


class CodesAsked(Body):
    """Whose families get codes, and how many each."""

    pupils: Annotated[list[Text], Field(min_length=1, max_length=200)]
    each: Annotated[int, Field(ge=1, le=4)] = 1


class CodeView(View):
    """One family code, told this once."""

    pupil: str
    code: str
    expires: datetime


class GuardianView(View):
    """Which account is whose family."""

    id: str
    account: str
    name: str
    phone: str | None = Field(description="Only for those who need it.")
    pupil: str
    since: datetime


class LogView(View):
    """One line of the log."""

    sequence: int
    at: datetime
    actor: str
    source: str
    action: str
    object: str
    reason: str
    digest: str


@router.get("/accounts", summary="All accounts")
def accounts(asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[AccountView]:
    with asked.store.reading(asked.school) as db:
        total = db.scalar(select(func.count()).select_from(Account)) or 0
        rows = db.scalars(select(Account).order_by(Account.created, Account.id).offset(offset).limit(count)).all()
        return Page(items=[_view(db, asked, row) for row in rows], total=total)


@router.get("/accounts/{account}", summary="One account")
def account(account: str, asked: Asked, response: Response) -> AccountView:
    with asked.store.reading(asked.school) as db:
        row = db.find(Account, account)
        with_etag(response, row.version)
        return _view(db, asked, row)


@router.patch("/accounts/{account}", summary="Change or shut an account")
def change(account: str, body: AccountAsked, asked: Asked, response: Response, if_match: IfMatch = None) -> AccountView:
    expected = expected_version(if_match)
    if account == asked.account and body.active is False:
        raise Refusal("not-allowed", "不能停用自己的账号。", "Nobody can shut their own account.")
    try:
        with asked.store.writing(asked.school, asked.actor) as db:
            row = db.edit(Account, account, expected)
            for field, value in body.model_dump(exclude_none=True).items():
                setattr(row, field, value)
            if body.active is False:
                doors.sign_out_everywhere(db, AccountId(row.id))
            db.record("account.change", row.id)
            db.flush()
            view = _view(db, asked, row)
    except Stale as stale:
        with asked.store.reading(asked.school) as db:
            current = _view(db, asked, db.find(Account, account))
            raise changed(stale, current, body, newest(db, account)) from None
    with_etag(response, view.version)
    return view


@router.post("/accounts/{account}/sign-out", status_code=204, summary="Sign somebody out everywhere")
def sign_out(account: str, asked: Asked) -> None:
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.find(Account, account)
        doors.sign_out_everywhere(db, AccountId(row.id))
        db.record("sign_in.close_all", row.id)


@router.post("/accounts/{account}/roles", status_code=201, summary="Give a role")
def give_role(account: str, body: RoleAsked, asked: Asked) -> RoleView:
    _needs_subject(body.role, body.subject)
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(Account, account)
        held = RoleHeld(account=AccountId(row.id), role=body.role, subject=body.subject, until=body.until)
        db.add(held)
        db.record("role.give", row.id, f"{body.role} {body.subject}".strip())
    return RoleView(id=held.id, role=held.role, subject=held.subject, until=held.until)


@router.delete("/accounts/{account}/roles/{held}", status_code=204, summary="Take a role back")
def take_role(account: str, held: str, asked: Asked) -> None:
    if account == asked.account:
        raise Refusal("not-allowed", "不能取消自己的角色。", "Nobody can take back a role of their own.")
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(RoleHeld, held)
        if row.account != account:
            raise Missing("role")
        db.delete(row)
        db.record("role.take", account, f"{row.role} {row.subject}".strip())


@router.get("/invitations", summary="Invitations of staff")
def invited(asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[InvitationView]:
    staff = Invitation.kind == InvitationKind.STAFF
    newest = (Invitation.created.desc(), Invitation.id)
    with asked.store.reading(asked.school) as db:
        total = db.scalar(select(func.count()).select_from(Invitation).where(staff)) or 0
        rows = db.scalars(select(Invitation).where(staff).order_by(*newest).offset(offset).limit(count))
        return Page(items=[InvitationView(**_invitation(row)) for row in rows], total=total)


@router.post("/invitations", status_code=201, summary="Invite somebody")
def invite(body: InvitationAsked, asked: Asked) -> InvitationMade:
    if body.role not in invitations.INVITED:
        raise Refusal("bad-input", "家长和学生用家庭码进入，不用邀请。", "Families come in with family codes, not by invitation.")
    _needs_subject(body.role, body.subject)
    with asked.store.writing(asked.school, asked.actor) as db:
        row, code = invitations.invite(db, asked.account, body.role, body.name, body.subject, body.until)
        db.record("invitation.make", row.id, f"{body.role} {body.subject}".strip())
    return InvitationMade(**_invitation(row), code=code)


@router.delete("/invitations/{invitation}", status_code=204, summary="Take an invitation back")
def uninvite(invitation: str, asked: Asked) -> None:
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(Invitation, invitation)
        row.revoked = row.revoked or now()
        db.record("invitation.revoke", row.id)


@router.post("/home-classes/{home_class}/family-codes", status_code=201, summary="Codes for the families of a home class")
def family_codes(home_class: str, body: CodesAsked, asked: Asked) -> list[CodeView]:
    asked.to(home_class=home_class)
    with asked.store.writing(asked.school, asked.actor) as db:
        strangers = sorted(set(body.pupils) - roll.pupils_of(db, home_class))
        if strangers:
            raise bad_input([stranger(pupil) for pupil in strangers])
        made = invitations.family_codes(db, asked.account, home_class, dict.fromkeys(body.pupils), body.each)
        db.record("family_codes.make", home_class, f"{len(made)}")
    return [CodeView(pupil=each.pupil, code=each.code, expires=each.expires) for each in made]


@router.get("/home-classes/{home_class}/guardians", summary="Which families of a home class are in")
def guardians(home_class: str, asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[GuardianView]:
    asked.to(home_class=home_class)
    # A family belongs to the class whose code it came in with.
    pupils = select(Invitation.subject).where(Invitation.home_class == home_class)
    here = (Guardianship.pupil.in_(pupils), Guardianship.ended.is_(None))
    shown = asked.sees("phone", home_class=home_class)
    with asked.store.reading(asked.school) as db:
        total = db.scalar(select(func.count()).select_from(Guardianship).where(*here)) or 0
        rows = db.execute(
            select(Guardianship, Account)
            .join(Account, Account.id == Guardianship.account)
            .where(*here)
            .order_by(Guardianship.pupil, Guardianship.id)
            .offset(offset)
            .limit(count)
        )
        items = [
            GuardianView(
                id=link.id,
                account=owner.id,
                name=owner.name,
                phone=owner.phone if shown else None,
                pupil=link.pupil,
                since=link.since,
            )
            for link, owner in rows
        ]
        return Page(items=items, total=total)


@router.delete("/guardianships/{guardianship}", status_code=204, summary="End a link between a guardian and a child")
def end_guardianship(guardianship: str, asked: Asked) -> None:
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(Guardianship, guardianship)
        row.ended = row.ended or now()
        db.record("guardianship.end", row.id)


@router.get("/log", summary="What happened, the newest first")
def log(asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[LogView]:
    with asked.store.reading(asked.school) as db:
        total = db.scalar(select(func.count()).select_from(LogEntry)) or 0
        rows = db.scalars(select(LogEntry).order_by(LogEntry.sequence.desc()).offset(offset).limit(count))
        return Page(items=[LogView.model_validate(row, from_attributes=True) for row in rows], total=total)


def _view(db: Reading, asked: Asked, row: Account) -> AccountView:
    held = db.scalars(select(RoleHeld).where(RoleHeld.account == row.id).order_by(RoleHeld.role, RoleHeld.subject))
    return AccountView(
        id=row.id,
        name=row.name,
        login=row.login,
        phone=row.phone if row.phone and asked.sees("phone", account=row.id) else None,
        active=row.active,
        version=row.version,
        roles=[RoleView(id=each.id, role=each.role, subject=each.subject, until=each.until) for each in held],
    )


def stranger(pupil: str) -> Fault:
    """The same for a pupil of another class and for one there is not."""
    return Fault(
        place="pupils",
        zh=f"“{pupil}”不在这个班。",
        en=f"“{pupil}” is not in this home class.",
        todo_zh="请核对学号；新生请先由教务处录入。",
        todo_en="Please check the id; the office enters new pupils first.",
    )


def _invitation(row: Invitation) -> dict[str, object]:
    return {name: getattr(row, name) for name in InvitationView.model_fields}


def _needs_subject(role: Role, subject: str) -> None:
    needed = role in (Role.HEAD_TEACHER, Role.TEACHER, Role.PROVIDER, Role.PUPIL)
    if needed != bool(subject):
        raise Refusal(
            "bad-input",
            "班主任、教师、机构人员和学生要写明对应的班级、人员、机构或学生；其他角色不写。",
            "Head teachers, teachers, providers and pupils need their home class, staff, provider or pupil; other roles none.",
        )
