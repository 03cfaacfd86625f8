"""With which codes do people come in? One for the first administrator, one for each member of staff, one for each family."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from api.identity.secret import code, code_hash
from api.store.base import AccountId, SchoolId, new_id, now
from api.store.log import Actor
from api.store.people import Account, Guardianship, Invitation, InvitationKind, Role, RoleHeld, School
from api.store.sessions import Everywhere, Writing
from api.store.store import Store

FIRST = timedelta(days=1)
STAFF = timedelta(days=14)
FAMILY = timedelta(days=60)
INVITED = (Role.OFFICE, Role.LEADER, Role.HEAD_TEACHER, Role.TEACHER, Role.PROVIDER, Role.BUREAU, Role.ADMINISTRATOR)
"""What staff may be invited as; families have codes of their own."""
TERMINAL = Actor("terminal", "terminal")


class NoSuchCode(Exception):
    """The code is unknown, used, taken back or too old: the same answer for all."""


@dataclass(frozen=True, slots=True)
class FamilyCode:
    """One line of a home class's sheet. The code is told this once; we keep its hash."""

    pupil: str
    code: str = field(repr=False)
    expires: datetime


def open_school(store: Store, name: str, county: str) -> tuple[SchoolId, str]:
    """A new school, and the code of its first administrator, to be shown on the terminal."""
    school, secret = SchoolId(new_id()), code()
    with store.writing(school, TERMINAL) as db:
        db.add(School(name=name, county=county))
        db.flush()
        db.add(_first(secret))
        db.record("school.open", school)
    return school, secret


def first_code(store: Store) -> str | None:
    """A new code for the only school's first administrator, while nobody has used one; the codes before it are dead."""
    with store.reading(Everywhere("is there anybody yet")) as db:
        schools = db.scalars(select(School.school)).all()
        if len(schools) != 1 or db.scalar(select(Account.id).limit(1)) is not None:
            return None
    secret = code()
    with store.writing(schools[0], TERMINAL) as db:
        for older in db.scalars(select(Invitation).where(Invitation.kind == InvitationKind.FIRST, Invitation.used.is_(None))):
            older.revoked = older.revoked or now()
        db.add(_first(secret))
        db.record("invitation.first", schools[0])
    return secret


def invite(
    db: Writing, by: AccountId | None, role: Role, name: str, subject: str = "", role_until: datetime | None = None
) -> tuple[Invitation, str]:
    """A code for one member of staff. Call `record` after it.

    Errors: `ValueError` for roles that nobody is invited as, and for a role that needs a subject and has none.
    """
    if role not in INVITED:
        raise ValueError(f"nobody is invited as {role}")
    if role in (Role.HEAD_TEACHER, Role.TEACHER, Role.PROVIDER) and not subject:
        raise ValueError(f"{role} of whom?")
    secret = code()
    invitation = Invitation(
        kind=InvitationKind.STAFF,
        code_hash=code_hash(secret),
        role=role,
        subject=subject,
        name=name,
        role_until=role_until,
        expires=now() + STAFF,
        made_by=by,
    )
    db.add(invitation)
    return invitation, secret


def family_codes(
    db: Writing, by: AccountId | None, home_class: str, pupils: Iterable[str], each: int = 1
) -> Sequence[FamilyCode]:
    """New codes for the families of a home class, `each` for every pupil; unused ones of these pupils are dead from now on.

    Call `record` after it. Families that are in already stay in.
    """
    wanted = list(pupils)
    older = db.scalars(
        select(Invitation).where(
            Invitation.kind == InvitationKind.FAMILY,
            Invitation.home_class == home_class,
            Invitation.subject.in_(wanted),
            Invitation.used.is_(None),
            Invitation.revoked.is_(None),
        )
    )
    for invitation in older:
        invitation.revoked = now()
    made = []
    for pupil in wanted:
        for _ in range(each):
            secret, expires = code(), now() + FAMILY
            db.add(
                Invitation(
                    kind=InvitationKind.FAMILY,
                    code_hash=code_hash(secret),
                    role=Role.GUARDIAN,
                    subject=pupil,
                    home_class=home_class,
                    expires=expires,
                    made_by=by,
                )
            )
            made.append(FamilyCode(pupil, secret, expires))
    return made


def find(store: Store, secret: str) -> Invitation:
    """The open invitation that a code belongs to.

    Errors: `NoSuchCode`.
    """
    with store.reading(Everywhere("whose code is this")) as db:
        found = db.scalar(select(Invitation).where(Invitation.code_hash == code_hash(secret)))
    if found is None or not _open(found):
        raise NoSuchCode
    return found


def use(db: Writing, secret: str, account: Account) -> Invitation:
    """Spends the code: the account gets its role, and its child where it is a family's. Nobody else can spend it too.

    Errors: `NoSuchCode`.
    """
    kept = db.scalar(select(Invitation).where(Invitation.code_hash == code_hash(secret)).with_for_update())
    if kept is None or not _open(kept):
        raise NoSuchCode
    kept.used, kept.used_by = now(), AccountId(account.id)
    db.add(account)
    db.flush()
    subject = "" if kept.kind is InvitationKind.FAMILY else kept.subject
    held = db.scalar(
        select(RoleHeld).where(RoleHeld.account == account.id, RoleHeld.role == kept.role, RoleHeld.subject == subject)
    )
    if held is None:
        db.add(RoleHeld(account=AccountId(account.id), role=kept.role, subject=subject, until=kept.role_until))
    if kept.kind is InvitationKind.FAMILY:
        link = db.scalar(
            select(Guardianship).where(
                Guardianship.account == account.id, Guardianship.pupil == kept.subject, Guardianship.ended.is_(None)
            )
        )
        if link is None:
            db.add(Guardianship(account=AccountId(account.id), pupil=kept.subject))
    return kept


def _first(secret: str) -> Invitation:
    return Invitation(kind=InvitationKind.FIRST, code_hash=code_hash(secret), role=Role.ADMINISTRATOR, expires=now() + FIRST)


def _open(invitation: Invitation) -> bool:
    return invitation.used is None and invitation.revoked is None and invitation.expires > now()
