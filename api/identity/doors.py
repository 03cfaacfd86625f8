"""How does one come in, and out again? By a code, by a password; out of one browser or out of all."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, func, select

from api.identity import attempts, invitations
from api.identity.passwords import is_password, password_hash
from api.identity.person import Person
from api.identity.secret import code_hash, hashed, token
from api.store.base import AccountId, SchoolId, now
from api.store.log import Actor
from api.store.people import Account, ApiToken, InvitationKind, Role, RoleHeld, School, SignIn
from api.store.sessions import Everywhere, Writing
from api.store.store import Store

FAMILY_STAYS = timedelta(days=180)
"""Families have no password and come rarely: their browser remembers them."""
STAFF_STAYS = timedelta(hours=12)
FAMILY = frozenset({Role.GUARDIAN, Role.PUPIL})


class Refused(Exception):
    """Not let in; the same for an unknown login and a wrong password."""


class TooOften(Exception):
    """Tried too often; `seconds` to wait."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"wait {seconds} s")


@dataclass(frozen=True, slots=True)
class Opened:
    """A browser that is signed in from now on."""

    school: SchoolId
    account: AccountId
    cookie: str = field(repr=False)
    seconds: int
    """How long the browser should keep the cookie."""


def sign_in(store: Store, school: SchoolId, login: str, password: str, source: str, language: str | None = None) -> Opened:
    """By login and password. Each try leaves a line in the log. `language`: the one they read now, where they said it.

    Errors: `Refused`; `TooOften`, then even the right password is not looked at.
    """
    name = login.strip().lower()
    with store.reading(school) as db:
        account = db.scalar(select(Account).where(Account.login == name))
    if account is None and not _exists(store, school):
        is_password(password, None)
        raise Refused
    who = Actor(account.id if account else "nobody", source)
    with store.writing(school, who) as db:
        seconds = attempts.wait(db, attempts.SIGN_IN, "sign-in", name)
        if seconds:
            db.record("sign_in.too_often", who.name)
    if seconds:
        raise TooOften(seconds)
    # Outside of any transaction: nobody else waits for it.
    right = is_password(password, account.password if account and account.active else None)
    with store.writing(school, who) as db:
        if not right or account is None:
            db.record("sign_in.refuse", who.name)
        else:
            attempts.forget(db, "sign-in", name)
            opened = _opened(db, account)
            reads(db.lock(Account, account.id), language)
            db.record("sign_in.open", account.id)
    if not right or account is None:
        raise Refused
    return opened


def come_in(
    store: Store,
    secret: str,
    source: str,
    *,
    person: Person | None = None,
    name: str = "",
    login: str | None = None,
    password: str | None = None,
    language: str | None = None,
) -> Opened:
    """By a code, which makes an account; or adds to the one of `person`, who is signed in: a second child, another role.

    Errors: `NoSuchCode`; `TooOften`; `Taken` for a login that somebody else has; `Refused` where a code for staff comes
    without login and password.
    """
    invitation = invitations.find(store, secret)
    if person is not None and person.school != invitation.school:
        person = None
    if person is None and invitation.kind is not InvitationKind.FAMILY and not (login and password):
        raise Refused
    kept = password_hash(password) if password else None
    if person is None:
        given = login.strip().lower() if login else None
        account = Account(name=name or invitation.name, login=given, password=kept)
        who = Actor(account.id, source)
    else:
        who = person.actor(source)
    with store.writing(invitation.school, who) as db:
        seconds = attempts.wait(db, attempts.CODE, "code", code_hash(secret))
        if seconds:
            raise TooOften(seconds)
        if person is not None:
            account = db.lock(Account, person.account)
        invitations.use(db, secret, account)
        opened = _opened(db, account)
        reads(account, language)
        db.record("invitation.use", invitation.id)
    return opened


def reads(account: Account, language: str | None) -> None:
    """In this language notices are written to them from now on; nothing was said, or nothing new: as before."""
    if language is not None and account.language != language:
        account.language = language


def sign_out(store: Store, person: Person, source: str) -> None:
    """Out of this browser."""
    with store.writing(person.school, person.actor(source)) as db:
        db.execute(delete(SignIn).where(SignIn.id == person.sign_in))
        db.record("sign_in.close", person.account)


def sign_out_everywhere(db: Writing, account: AccountId) -> None:
    """Out of every browser and every program. Call `record` after it."""
    db.execute(delete(SignIn).where(SignIn.account == account))
    for each in db.scalars(select(ApiToken).where(ApiToken.account == account, ApiToken.revoked.is_(None))):
        each.revoked = now()


def change_password(store: Store, person: Person, old: str, new: str, source: str) -> None:
    """A new password; every other browser is signed out. An account without one gets its first.

    Errors: `Refused`, `TooOften`.
    """
    with store.reading(person.school) as db:
        kept = db.find(Account, person.account).password
    with store.bookkeeping(person.school) as db:
        seconds = attempts.wait(db, attempts.SIGN_IN, "password", person.account)
    if seconds:
        raise TooOften(seconds)
    if kept is not None and not is_password(old, kept):
        raise Refused
    made = password_hash(new)
    with store.writing(person.school, person.actor(source)) as db:
        account = db.lock(Account, person.account)
        account.password = made
        db.execute(delete(SignIn).where(SignIn.account == person.account, SignIn.id != person.sign_in))
        db.record("account.password", account.id)


def give_token(db: Writing, account: AccountId, name: str, purposes: list[str], days: int) -> tuple[ApiToken, str]:
    """A token for a program, told this once. Call `record` after it."""
    secret = token()
    row = ApiToken(
        account=account, name=name, token_hash=hashed(secret), purposes=list(purposes), expires=now() + timedelta(days=days)
    )
    db.add(row)
    return row, secret


def only_school(store: Store) -> SchoolId | None:
    """The school, where there is only one: then nobody has to name theirs."""
    with store.reading(Everywhere("is there only one")) as db:
        schools = db.scalars(select(School.school).limit(2)).all()
    return schools[0] if len(schools) == 1 else None


def nobody_yet(store: Store) -> bool:
    """Whether no school was opened so far."""
    with store.reading(Everywhere("is there any school")) as db:
        return db.scalar(select(School.school).limit(1)) is None


def _exists(store: Store, school: SchoolId) -> bool:
    with store.reading(school) as db:
        return bool(db.scalar(select(func.count()).select_from(School)))


def _opened(db: Writing, account: Account) -> Opened:
    roles = set(db.scalars(select(RoleHeld.role).where(RoleHeld.account == account.id)))
    stays = FAMILY_STAYS if roles <= FAMILY else STAFF_STAYS
    cookie = token()
    db.add(SignIn(account=AccountId(account.id), token_hash=hashed(cookie), expires=now() + stays))
    return Opened(db.school, AccountId(account.id), cookie, int(stays.total_seconds()))
