"""What does the service write down while it works? One line of JSON an event, without secrets and without people.

A request is told by its number, its route as the table says it (never the address, which may hold a link or a name), how it
ended, how long it took, and the school and the roles of who asked. Of an exception only its kind and its place are told: its
words may repeat what somebody sent.
"""

import logging
import os
import secrets
import sys
import time
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict, Processor, WrappedLogger

from api.identity.person import Person

if TYPE_CHECKING:
    # That module may be loaded only when its folder is known.
    from api.service.metrics import Metrics

REQUEST_ID = "X-Request-ID"
QUIET = frozenset({"/health", "/metrics", "/static/{path:path}"})
"""Asked for again and again by programs: written down only where they fail."""
log = structlog.get_logger("oneplusx")


def configure(to: TextIO | None = None) -> None:
    """Lets everything that is logged, by us and by the libraries, leave as lines of JSON; to the error output at first."""
    handler = logging.StreamHandler(to or sys.stderr)
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("oneplusx").setLevel(logging.INFO)
    sys.excepthook = _uncaught


def _without_words(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The kind of an exception and where it came from, instead of all that it says."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = [type(each).__qualname__ for each in _chain(error)]
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and what led to it."""
    found: list[BaseException] = []
    here: BaseException | None = error
    while here is not None and here not in found:
        found.append(here)
        here = here.__cause__ or here.__context__
    return found


def _uncaught(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    log.error("the process failed", exc_info=(kind, error, at))


SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_words,
]
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


class RequestLog:
    """Outermost of all: gives each request its number, and writes its line when it has been answered."""

    def __init__(self, app: ASGIApp, metrics: "Metrics") -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        began, status = time.perf_counter(), 0

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = state["request_id"]
            await send(message)

        try:
            await self.app(scope, receive, send_numbered)
        finally:
            self._written(scope["method"], state, status, time.perf_counter() - began)

    def _written(self, method: str, state: dict[str, object], status: int, seconds: float) -> None:
        route = str(state.get("route", "unknown"))
        self.metrics.answered(method, route, status, seconds)
        if route in QUIET and status < 400:
            return
        person = state.get("person")
        who = {"school": person.school, "roles": sorted(person.roles)} if isinstance(person, Person) else {}
        log.info(
            "request",
            id=state["request_id"],
            method=method if method.isalpha() and len(method) < 10 else "other",
            route=route,
            # 0: the connection ended before there was an answer.
            status=status,
            milliseconds=round(seconds * 1000, 1),
            pid=os.getpid(),
            **who,
        )
