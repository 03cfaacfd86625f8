"""Who asks? Looked up once a request, in the database, so that whatever was taken away is gone at the next request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from api.identity.secret import csrf_token, hashed
from api.store.base import AccountId, SchoolId, now
from api.store.log import Actor
from api.store.people import Account, ApiToken, Guardianship, Role, RoleHeld, SignIn
from api.store.sessions import Everywhere, Reading
from api.store.store import Store

SIGN_OF_LIFE = timedelta(minutes=10)
"""How exactly we remember when a browser was last seen."""

BELONGS: Mapping[Role, str] = {
    Role.HEAD_TEACHER: "home_class",
    Role.TEACHER: "staff",
    Role.PROVIDER: "provider",
    Role.PUPIL: "pupil",
    Role.GUARDIAN: "pupil",
}
"""What the subject of a role names; a guardian's stand in `Guardianship`. Other roles are for the whole school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is signed in, or a program that acts for them, as of this request."""

    account: AccountId
    school: SchoolId
    name: str
    language: str
    roles: Mapping[Role, frozenset[str]]
    """What each role held today is over: ids of home classes, staff, providers or pupils; nothing for the whole school."""
    purposes: frozenset[str] | None = None
    """What a program may ask for: names of parts of the table of permissions. `None`: a person, who may ask for everything."""
    sign_in: str | None = None
    """The row of the signed-in browser; `None` for programs."""
    csrf: str = field(default="", repr=False)
    nicknames: Mapping[str, str] = field(default_factory=dict)
    """Of the own children, by pupil."""

    def actor(self, source: str) -> Actor:
        """This person, for the log."""
        return Actor(self.account, source)


def by_cookie(store: Store, cookie: str) -> Person | None:
    """Who signed in with this browser; nobody where the cookie is unknown, too old, or its account was shut."""
    with store.reading(Everywhere("who holds this cookie")) as db:
        found = db.scalar(select(SignIn).where(SignIn.token_hash == hashed(cookie)))
    if found is None or found.expires <= now():
        return None
    with store.reading(found.school) as db:
        person = _person(db, found.account, sign_in=found.id, csrf=csrf_token(cookie))
    if person is not None and now() - found.seen > SIGN_OF_LIFE:
        with store.bookkeeping(found.school) as db:
            row = db.get(SignIn, (found.school, found.id))
            if row is not None:
                # Whoever comes back often stays signed in.
                row.expires += now() - row.seen
                row.seen = now()
    return person


def by_token(store: Store, token: str) -> Person | None:
    """For whom this program acts, and what for."""
    with store.reading(Everywhere("whose token is this")) as db:
        found = db.scalar(select(ApiToken).where(ApiToken.token_hash == hashed(token)))
    if found is None or found.revoked is not None or found.expires <= now():
        return None
    purposes = frozenset(map(str, found.purposes)) if isinstance(found.purposes, list) else frozenset()
    with store.reading(found.school) as db:
        return _person(db, found.account, purposes=purposes)


def of_account(db: Reading, account: AccountId) -> Person | None:
    """Whoever owns this account, as of now, without having signed in; nobody where it was shut."""
    return _person(db, account)


def _person(
    db: Reading, account: AccountId, *, purposes: frozenset[str] | None = None, sign_in: str | None = None, csrf: str = ""
) -> Person | None:
    owner = db.get(Account, (db.school, account))
    if owner is None or not owner.active:
        return None
    moment = now()
    roles: dict[Role, frozenset[str]] = {}
    for held in db.scalars(select(RoleHeld).where(RoleHeld.account == account, RoleHeld.since <= moment)):
        if held.until is None or held.until > moment:
            roles[held.role] = roles.get(held.role, frozenset()) | ({held.subject} if held.subject else set())
    nicknames = {}
    if Role.GUARDIAN in roles:
        links = db.scalars(select(Guardianship).where(Guardianship.account == account, Guardianship.ended.is_(None)))
        nicknames = {link.pupil: link.nickname for link in links}
        roles[Role.GUARDIAN] = frozenset(nicknames)
    return Person(
        account=account,
        school=db.school,
        name=owner.name,
        language=owner.language,
        roles=roles,
        purposes=purposes,
        sign_in=sign_in,
        csrf=csrf,
        nicknames=nicknames,
    )
