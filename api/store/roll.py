"""Who is in a home class? As the facts of the newest term say it that knows anything: not whoever asks."""

import json

from sqlalchemy import select

from api.store.base import TermId
from api.store.facts import entities, head, text_of
from api.store.planning import Term
from api.store.sessions import Reading


def pupils_of(db: Reading, home_class: str) -> frozenset[str]:
    """Ids of the pupils of a home class; nobody where there are no facts yet."""
    newest = select(Term.id).where(Term.scenario.is_not(None)).order_by(Term.first.desc(), Term.created.desc()).limit(1)
    term = db.scalar(newest)
    if term is None:
        return frozenset()
    known = entities(json.loads(text_of(db, head(db, TermId(term)).id)), "pupils")
    return frozenset(id for id, pupil in known.items() if isinstance(pupil, dict) and pupil["home_class"] == home_class)
