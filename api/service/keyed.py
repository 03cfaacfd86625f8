"""Was this request sent before? One that carries an `Idempotency-Key` has one effect and one answer, however often it comes."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

from api.access.allowed import Allowed
from api.store.once import Answer, fingerprint, once
from api.store.sessions import Writing

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="A key of your own: the same request with the same key has its effect once.",
    ),
]


def told(view: BaseModel, status: int = 200, version: str = "") -> Answer:
    """What is to be answered, with the ETag of `version` where one is given."""
    return Answer(status, view.model_dump_json(), {"ETag": version} if version else {})


def done(asked: Allowed, key: str | None, request: tuple[str, str, str | bytes], work: Callable[[Writing], Answer]) -> Response:
    """The answer of `work`, which runs in one transaction; at a second time with the same key, the first answer.

    `request` is what makes two requests the same: method, address and all that was sent.
    Errors: `KeyReused`; whatever `work` raises.
    """
    if key is None:
        with asked.store.writing(asked.school, asked.actor) as db:
            answer = work(db)
    else:
        method, address, sent = request
        body = sent if isinstance(sent, bytes) else sent.encode()
        answer = once(asked.store, asked.school, asked.actor, asked.account, key, fingerprint(method, address, body), work)
    return Response(answer.body, answer.status, dict(answer.headers), "application/json")
