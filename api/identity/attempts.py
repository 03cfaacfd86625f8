"""How often may somebody try? Counted per account and per code, never per address: a whole school shares one."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from api.store.base import now
from api.store.people import Attempts
from api.store.sessions import Writing


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds."""

    tries: int
    seconds: int


SIGN_IN = Limit(10, 15 * 60)
CODE = Limit(10, 60 * 60)


def wait(db: Writing, limit: Limit, *what: str) -> int:
    """Counts one try and says how many seconds to wait before the next is looked at: 0 where this one may be.

    The count stands in the database, so that all processes share it, and survives a restart.
    """
    key = hashlib.sha256("\0".join(what).encode()).hexdigest()
    moment = now()
    row = _locked(db, key)
    if row is None:
        try:
            with db.begin_nested():
                db.add(Attempts(key=key, count=0, until=moment + timedelta(seconds=limit.seconds)))
        except IntegrityError:
            # Somebody else was the first at this moment.
            pass
        row = _locked(db, key)
        assert row is not None
    elif row.until <= moment:
        row.count, row.until = 0, moment + timedelta(seconds=limit.seconds)
    if row.count >= limit.tries:
        return max(1, round((row.until - moment).total_seconds()))
    row.count += 1
    db.flush()
    return 0


def _locked(db: Writing, key: str) -> Attempts | None:
    return db.get(Attempts, (db.school, key), with_for_update=True, populate_existing=True)


def forget(db: Writing, *what: str) -> None:
    """Who came in starts anew."""
    row = db.get(Attempts, (db.school, hashlib.sha256("\0".join(what).encode()).hexdigest()))
    if row is not None:
        db.delete(row)
