"""What do all endpoints of the service share? Strict bodies, versions in `ETag` and `If-Match`, pages of lists."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar, cast
from urllib.parse import quote

from fastapi import Header, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from api.problems import Refusal
from api.settings import Settings
from api.store.record import LogEntry
from api.store.trouble import Stale

T = TypeVar("T")
PAGE = 200
Moment = Annotated[
    AwareDatetime,
    Field(
        strict=False, ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC), description="With its time zone."
    ),
]


class Body(BaseModel):
    """What is sent to us: exactly the fields we know, each of its own type. Nothing else is taken in."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _no_nul(cls, given: object) -> object:
        """PostgreSQL keeps no NUL, and nobody types one."""
        if _holds_nul(given):
            raise ValueError("a NUL character")
        return given


def _holds_nul(given: object) -> bool:
    """Looks without calling itself: what is sent may be nested deeper than calls may be."""
    waiting = [given]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and "\0" in each:
            return True
        if isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            waiting += each
    return False


class View(BaseModel):
    """What we tell: named field by field, never a row as it is."""

    model_config = ConfigDict(frozen=True)


class Page(View, Generic[T]):
    """A part of a list."""

    items: Sequence[T]
    total: int = Field(description="How many there are in all.")


Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")]
Count = Annotated[int, Query(ge=1, le=PAGE, description="How many to tell.")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of what you saw.")]


def etag(version: int | str) -> str:
    """A version as a strong ETag."""
    return f'"{version}"'


def with_etag(response: Response, version: int | str) -> None:
    response.headers["ETag"] = etag(version)


def site(request: Request) -> str:
    """Where people reach us, as they asked for it: what they scan and click begins with this."""
    settings = cast(Settings, request.app.state.settings)
    return f"{'https' if settings.https else 'http'}://{request.headers.get('host', '')}"


def attachment(name: str) -> dict[str, str]:
    """Headers of a file to keep, whatever letters its name has."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def expected_version(if_match: str | None) -> int:
    """The version that a person saw, from `If-Match`.

    Errors: `Refusal` where it is missing or none of ours.
    """
    found = re.fullmatch(r'"(\d{1,9})"', (if_match or "").strip())
    if found is None:
        raise Refusal(
            "no-version",
            "请带上您看到的版本（If-Match），以免覆盖别人的修改。",
            "Please send the version you saw (If-Match), so that nobody's change is overwritten.",
        )
    return int(found[1])


def changed(stale: Stale, current: BaseModel, yours: BaseModel | None = None, line: LogEntry | None = None) -> Refusal:
    """Both versions, for the second of two who changed the same thing.

    `yours`: what the second sent; `line`: what the log last said of the thing, so that it can be told who was first.
    """
    both: Mapping[str, object] = {
        "expected": stale.expected,
        "version": stale.version,
        "current": current.model_dump(mode="json"),
        "yours": None if yours is None else yours.model_dump(mode="json", exclude_none=True),
        "by": None if line is None else line.actor,
        "at": None if line is None else line.at.isoformat(),
    }
    return Refusal(
        "changed",
        "您打开之后，别人改过这项内容。请看现在的内容，再决定要不要改。",
        "Somebody changed this after you opened it. Please look at what is there now, and decide again.",
        headers={"ETag": etag(stale.version)},
        more=both,
    )
