"""Who is in a home class? As the facts of the newest term say it that knows anything: not whoever asks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from api.store.base import Json, TermId
from api.store.facts import entities, head, text_of
from api.store.planning import Term
from api.store.sessions import Reading
from api.store.trouble import Missing


@dataclass(frozen=True, slots=True)
class HomeClass:
    """A home class and its pupils' names by id, in the order of their ids."""

    id: str
    name: str
    pupils: Mapping[str, str]


def pupils_of(db: Reading, home_class: str) -> frozenset[str]:
    """Ids of the pupils of a home class; nobody where there are no facts yet."""
    return frozenset(_pupils(_facts(db), home_class))


def home_classes(db: Reading) -> Mapping[str, str]:
    """Names of the school's home classes by id, in the order of the facts."""
    return {id: _name(value, id) for id, value in entities(_facts(db), "home_classes").items()}


def named(db: Reading, kind: str) -> Mapping[str, str]:
    """Names of everything of one kind by id; nothing where there are no facts yet."""
    known = _facts(db)
    return {id: _name(value, id) for id, value in entities(known, kind).items()} if kind in known else {}


def home_class(db: Reading, id: str) -> HomeClass:
    """One home class.

    Errors: `Missing`.
    """
    facts = _facts(db)
    found = entities(facts, "home_classes").get(id)
    if found is None:
        raise Missing("home class")
    return HomeClass(id, _name(found, id), _pupils(facts, id))


def _facts(db: Reading) -> Mapping[str, Json]:
    newest = select(Term.id).where(Term.scenario.is_not(None)).order_by(Term.first.desc(), Term.created.desc()).limit(1)
    term = db.scalar(newest)
    if term is None:
        return {"pupils": [], "home_classes": []}
    facts: Mapping[str, Json] = json.loads(text_of(db, head(db, TermId(term)).id))
    return facts


def _pupils(facts: Mapping[str, Json], home_class: str) -> dict[str, str]:
    known = entities(facts, "pupils")
    ours = sorted(id for id, one in known.items() if isinstance(one, dict) and one["home_class"] == home_class)
    return {id: _name(known[id], id) for id in ours}


def _name(value: Json, id: str) -> str:
    return str((value.get("name") if isinstance(value, dict) else "") or id)
