"""Was this asked before? A request that carries a key has one effect, however often it is sent, and always the same answer.

A sender who got no answer does not know whether the work was done. With the key they may just ask again.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from api.store.base import AccountId, Json, SchoolId
from api.store.log import Actor
from api.store.record import Receipt
from api.store.sessions import Writing
from api.store.store import Store
from api.store.trouble import Taken


class KeyReused(Exception):
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was or will be answered."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()


def kept(store: Store, school: SchoolId, account: AccountId, key: str, request: str) -> Answer | None:
    """The answer of an earlier run; `None` where there was none.

    Errors: `KeyReused`.
    """
    with store.reading(school) as db:
        receipt = db.get(Receipt, (school, account, key))
    return None if receipt is None else _answer(receipt, request)


def once(
    store: Store, school: SchoolId, actor: Actor, account: AccountId, key: str, request: str, work: Callable[[Writing], Answer]
) -> Answer:
    """The answer of `work`, which runs in one transaction with the receipt, or the receipt of an earlier run.

    Refusals are not kept: work that raises may be tried again with the same key.
    Errors: `KeyReused`; whatever `work` raises.
    """
    for attempt in (1, 2):
        try:
            with store.writing(school, actor) as db:
                earlier = db.get(Receipt, (school, account, key))
                if earlier is not None:
                    return _answer(earlier, request)
                receipt = Receipt(account=account, key=key, request=request, status=0, headers={}, body="")
                db.add(receipt)
                # Whoever asks the same at this moment waits here, and finds the receipt the second time.
                db.flush()
                answer = work(db)
                headers: dict[str, Json] = dict(answer.headers)
                receipt.status, receipt.headers, receipt.body = answer.status, headers, answer.body
            return answer
        except Taken:
            if attempt == 2:
                raise
    raise AssertionError


def _answer(receipt: Receipt, request: str) -> Answer:
    if receipt.request != request:
        raise KeyReused(receipt.key)
    headers = receipt.headers if isinstance(receipt.headers, dict) else {}
    return Answer(receipt.status, receipt.body, {name: str(value) for name, value in headers.items()})
