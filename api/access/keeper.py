"""May this request go on? Asked before any route runs, of the table alone: what the table does not name is not there.

The keeper finds out who asks, so that handlers need not, and puts what it found where `Asked` takes it from. A browser's
request that changes something must carry the token of our own pages: in `X-CSRF-Token`, in the field `csrf` of a plain form,
or, of a form with files, in the address.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.allowed import Allowed, fits
from api.access.table import Table
from api.identity.person import Person, by_cookie, by_token
from api.problems import Answer, Refusal, not_found
from api.store.store import Store
from api.store.trouble import Unavailable
from api.troubles import TROUBLES, of_trouble

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORM_BYTES = 256 * 1024
"""Longest plain form; files come in forms of the other kind."""


class Keeper:
    """Stands in front of the whole application, mounts and hidden routes included."""

    def __init__(self, app: ASGIApp, table: Table, store: Store, answer: Answer, cookie: str) -> None:
        self.app, self.table, self.store, self.answer, self.cookie = app, table, store, answer, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError("only HTTP is spoken here")
        request = Request(scope, receive)
        if not hasattr(request.state, "request_id"):
            request.state.request_id = secrets.token_hex(8)
        try:
            outcome = await self._looked_at(request)
        except TROUBLES as trouble:
            outcome = of_trouble(trouble)
        if isinstance(outcome, Refusal):
            response = self.answer(request, outcome)
            person = getattr(request.state, "person", None)
            if isinstance(person, Person) and outcome.kind in ("not-allowed", "foreign-page"):
                response.background = BackgroundTask(self._told, request, person, outcome.kind)
            await response(scope, receive, send)
            return
        await self.app(scope, outcome, send)

    async def _looked_at(self, request: Request) -> "Refusal | Callable[[], Awaitable[Message]]":
        """Why it may not go on, or how its body is to be received."""
        # No database key holds a NUL, and PostgreSQL would stumble over one.
        line = None if "\0" in request.scope["path"] else self.table.line(request.method, request.scope["path"])
        if line is None:
            return self._not_there(request)
        request.state.route = line.path
        try:
            person = await run_sync(self._person, request)
        except Unavailable:
            # What is for anyone does not depend on who asks.
            if not line.rule.anyone:
                raise
            person = None
        request.state.person = person
        if person is None:
            if line.rule.anyone:
                return request.receive
            return Refusal("sign-in", "请先登录。", "Please sign in first.", headers={"WWW-Authenticate": "Bearer"})
        if not fits(line.rule, person):
            return Refusal("not-allowed", "您的账号没有这个权限。", "Your account may not do this.")
        request.state.allowed = Allowed(person, line.rule, self.table, self.store, source_of(request))
        if request.method not in UNSAFE or not person.csrf:
            return request.receive
        return await self._ours(request, person.csrf)

    def _not_there(self, request: Request) -> Refusal:
        methods = self.table.methods(request.scope["path"])
        if not methods or "\0" in request.scope["path"]:
            return not_found()
        return Refusal(
            "wrong-method",
            "请看接口说明中列出的方法。",
            "See the methods listed in the API description.",
            headers={"Allow": ", ".join(methods)},
        )

    def _person(self, request: Request) -> Person | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return by_token(self.store, token.strip())
        cookie = request.cookies.get(self.cookie, "")
        return by_cookie(self.store, cookie) if cookie else None

    async def _ours(self, request: Request, expected: str) -> "Refusal | Callable[[], Awaitable[Message]]":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        given = request.headers.get("x-csrf-token", "")
        receive: Callable[[], Awaitable[Message]] = request.receive
        if not given and kind == "multipart/form-data":
            given = request.query_params.get("csrf", "")
        elif not given and kind == "application/x-www-form-urlencoded":
            body = b""
            async for chunk in request.stream():
                body += chunk
                if len(body) > FORM_BYTES:
                    return Refusal("too-large", "表单太长。", "The form is too long.", headers={"Connection": "close"})
            given = parse_qs(body.decode("utf-8", "replace")).get("csrf", [""])[0]
            receive = _again(body, request.receive)
        if not hmac.compare_digest(given.encode(), expected.encode()):
            return Refusal(
                "foreign-page",
                "这个页面已经过期，或请求不是从本服务的页面发出的。请刷新页面后重试。",
                "This page is out of date, or the request comes from elsewhere. Please reload the page and try again.",
            )
        return receive

    def _told(self, request: Request, person: Person, kind: str) -> None:
        """A refusal leaves its line in the log, after the answer, so that its time tells nobody anything."""
        with self.store.writing(person.school, person.actor(source_of(request))) as db:
            db.record("access.refuse", f"{request.method} {line_path(self.table, request)}", kind)


def source_of(request: Request) -> str:
    """web or api, and the id of the request: for the log."""
    kind = "api" if request.headers.get("authorization") else "web"
    return f"{kind} {getattr(request.state, 'request_id', '')}".strip()


def line_path(table: Table, request: Request) -> str:
    """The address as the table says it, without ids and tokens."""
    line = table.line(request.method, request.scope["path"])
    return line.path if line else "unknown"


def _again(body: bytes, rest: Receive) -> Callable[[], Awaitable[Message]]:
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            return await rest()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
