"""What may this person reach on this route? Handlers ask here and nowhere else whose thing it is.

@router.get("/api/v1/pupils/{pupil}")
def one(pupil: str, asked: Asked) -> PupilView:
    with asked.store.reading(asked.school) as db:
        found = …
        asked.to(pupil=found.id, home_class=found.home_class)   # NotYours, told as 404, where nothing of it is theirs
        phone = … if asked.sees("phone", pupil=found.id, home_class=found.home_class) else None
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from api.access.table import Reach, Rule, Table
from api.identity.person import BELONGS, Person
from api.store.base import AccountId, SchoolId
from api.store.log import Actor
from api.store.people import Role
from api.store.store import Store
from api.store.trouble import Missing


class NotYours(Missing):
    """It is there, but not for this person: told as if it were not."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A person on a route they may use."""

    person: Person
    rule: Rule
    table: Table
    store: Store
    source: str
    """For the log: web or api, and the request."""
    seen: set[str] = field(default_factory=set)
    """Sensitive fields of other people that were shown: the log will say so."""

    @property
    def school(self) -> SchoolId:
        return self.person.school

    @property
    def account(self) -> AccountId:
        return self.person.account

    @property
    def actor(self) -> Actor:
        return self.person.actor(self.source)

    def to(self, **things: str | Iterable[str]) -> None:
        """Lets pass whom a thing belongs to, said by what it has to do with: `pupil=…, home_class=…, staff=…, provider=…`.

        Errors: `NotYours`.
        """
        if not _reaches(self.rule, self.person, things):
            raise NotYours

    def own(self, kind: str) -> frozenset[str] | None:
        """Ids of one's own home classes, staff, providers or pupils, to narrow a list; `None`: everything of the school."""
        if _whole_school(self.rule, self.person):
            return None
        return _belongings(self.rule, self.person).get(kind, frozenset())

    def sees(self, field: str, **things: str | Iterable[str]) -> bool:
        """Whether a sensitive field of a thing may be shown to this person."""
        shown = _reaches(self.table.fields[field], self.person, things)
        if shown and not _oneself(self.person, things):
            self.seen.add(field)
        return shown


def fits(rule: Rule, person: Person) -> bool:
    """Whether a route is this person's at all; what they may reach there is said by `Allowed`."""
    if rule.anyone:
        return True
    if person.purposes is not None and rule.part not in person.purposes:
        return False
    return rule.everybody or any(role in person.roles for role in rule.reach)


def allowed(request: Request) -> Iterator[Allowed]:
    """The person behind a request, as the keeper found them. Before an answer with sensitive fields leaves, the log has its line.

    Errors: `RuntimeError` on a route for anyone, where nobody need be signed in.
    """
    found = getattr(request.state, "allowed", None)
    if not isinstance(found, Allowed):
        raise RuntimeError("this route has no person")
    yield found
    if found.seen:
        with found.store.writing(found.school, found.actor) as db:
            db.record("sensitive.read", f"{request.method} {request.state.route}", ", ".join(sorted(found.seen)))


Asked = Annotated[Allowed, Depends(allowed, scope="function")]


def _reaches(rule: Rule, person: Person, things: Mapping[str, str | Iterable[str]]) -> bool:
    if _whole_school(rule, person):
        return True
    belongings = _belongings(rule, person)
    named = {kind: [ids] if isinstance(ids, str) else ids for kind, ids in things.items()}
    return any(not belongings.get(kind, frozenset()).isdisjoint(ids) for kind, ids in named.items())


def _oneself(person: Person, things: Mapping[str, str | Iterable[str]]) -> bool:
    """Whether it is about this person, or their own child."""
    family = person.roles.get(Role.GUARDIAN, frozenset()) | person.roles.get(Role.PUPIL, frozenset())
    return things.get("account") == person.account or things.get("pupil") in family


def _whole_school(rule: Rule, person: Person) -> bool:
    return any(rule.reach.get(role) is Reach.SCHOOL for role in person.roles)


def _belongings(rule: Rule, person: Person) -> dict[str, frozenset[str]]:
    """What is theirs in the roles that count here: a teacher's own child is not theirs as a teacher."""
    found: dict[str, frozenset[str]] = {"account": frozenset({person.account})}
    for role, subjects in person.roles.items():
        if role in BELONGS and (rule.everybody or role in rule.reach):
            found[BELONGS[role]] = found.get(BELONGS[role], frozenset()) | subjects
    return found
