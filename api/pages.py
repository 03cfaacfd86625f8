"""How is a page drawn? In Chinese or English, working without JavaScript and on a phone, offering only what one may do."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import RedirectResponse, Response

from api.access.allowed import Allowed, fits
from api.identity.person import Person
from api.language import COOKIE, Language, language_of, say, word
from api.problems import Refusal

HERE = Path(__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR_SECONDS = 365 * 24 * 3600
templates = Jinja2Templates(directory=HERE / "templates")
templates.env.trim_blocks = True
templates.env.lstrip_blocks = True


def page(request: Request, name: str, status: int = 200, headers: Mapping[str, str] | None = None, **content: object) -> Response:
    """A page in the language of the request."""
    language = language_of(request)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    person = getattr(request.state, "person", None)
    context = {
        **content,
        "csrf": person.csrf if isinstance(person, Person) else "",
        "signed_in": isinstance(person, Person),
        "may": partial(_may, request),
        "when": when,
        "_": partial(say, language),
        "word": partial(word, language),
        "language": language,
        "here": here if request.method == "GET" else "/",
        "quote": partial(quote, safe=""),
    }
    response = templates.TemplateResponse(request, name, context, status_code=status, headers=dict(headers or {}))
    response.headers["Content-Language"] = language
    return response


def refused(request: Request, refusal: Refusal) -> Response:
    """A refusal as a page."""
    problem = refusal.problem(language_of(request))
    return page(
        request, "problem.html", refusal.status, refusal.headers, problem=problem, findings=refusal.more.get("findings") or ()
    )


def language(to: Language, back: str = "/") -> Response:
    """Remembers the language somebody chose, and goes back to where they were."""
    inside = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    response = RedirectResponse(quote(back, safe="/?&=%-_.~") if inside else "/", 303)
    response.set_cookie(COOKIE, to, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return response


def when(moment: datetime) -> str:
    """A moment as the school's clock shows it."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _may(request: Request, method: str, path: str) -> bool:
    """Whether whoever looks at the page may do this: else it is not offered."""
    allowed = getattr(request.state, "allowed", None)
    if not isinstance(allowed, Allowed):
        return False
    line = allowed.table.line(method, path)
    return line is not None and fits(line.rule, allowed.person)
