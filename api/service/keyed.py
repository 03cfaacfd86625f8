"""Was this request sent before? One that carries an `Idempotency-Key` has one effect and one answer, however often it comes."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

from api.access.allowed import Allowed
from api.problems import Refusal
from api.store.once import Answer, fingerprint, kept, once
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


Work = Callable[[Writing], Answer]


def told(view: BaseModel, status: int = 200, version: str = "") -> Answer:
    """What is to be answered, with the ETag of `version` where one is given."""
    return Answer(status, view.model_dump_json(), {"ETag": version} if version else {})


def done(asked: Allowed, key: str | None, request: tuple[str, str, str | bytes], work: Work) -> Response:
    """The answer of `work`, which runs in one transaction; at a second time with the same key, the first answer.

    `request` is what makes two requests the same: method, address and all that was sent.
    Errors: `KeyReused`; whatever `work` raises.
    """
    if key is None:
        with asked.store.writing(asked.school, asked.actor) as db:
            answer = work(db)
    else:
        answer = once(asked.store, asked.school, asked.actor, asked.account, key, _fingerprint(request), work)
    return _sent(answer)


def looked_at_and_done(
    asked: Allowed, key: str | None, request: tuple[str, str, str | bytes], look: Callable[[], Work]
) -> Response:
    """As `done`, of work that is first looked at for a while, without holding anybody up.

    Errors: `KeyReused`; whatever `look` or its work raises.
    """

    def earlier() -> Answer | None:
        return None if key is None else kept(asked.store, asked.school, asked.account, key, _fingerprint(request))

    answer = earlier()
    if answer is not None:
        return _sent(answer)
    try:
        work = look()
    except Refusal:
        # The same request may have been answered in between; what it did is what stands in the way of this one.
        answer = earlier()
        if answer is None:
            raise
        return _sent(answer)
    return done(asked, key, request, work)


def _fingerprint(request: tuple[str, str, str | bytes]) -> str:
    method, address, sent = request
    return fingerprint(method, address, sent if isinstance(sent, bytes) else sent.encode())


def _sent(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers), "application/json")
