"""On which pages do people come in and go out? A login, a code, and a page that says who one is here."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api import pages
from api.access.allowed import Asked
from api.access.keeper import source_of
from api.identity import doors, invitations
from api.identity.doors import Opened, Refused, TooOften
from api.identity.invitations import NoSuchCode
from api.identity.passwords import weakness
from api.identity.person import Person
from api.language import Language, language_of, told_language
from api.problems import Refusal
from api.service.signing import forget, remember, the_store
from api.store.base import SchoolId
from api.store.people import Account, InvitationKind
from api.store.trouble import Taken
from api.troubles import of_trouble

router = APIRouter(include_in_schema=False)


@router.get("/language/{to}")
def choose_language(to: Language, request: Request, back: str = "/") -> Response:
    """The pages are in this language from now on, and so are notices to whoever is signed in."""
    person = request.state.person
    if isinstance(person, Person) and person.language != to:
        with the_store(request).writing(person.school, person.actor(source_of(request))) as db:
            doors.reads(db.lock(Account, person.account), to)
            db.record("account.language", person.account)
    return pages.language(to, back)


Field = Annotated[str, Form(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/") -> Response:
    return _sign_in(request, next=_inside(next))


@router.post("/sign-in")
def sign_in(request: Request, login: Field, password: Field, next: Field = "/", school: Field = "") -> Response:
    store = the_store(request)
    chosen = SchoolId(school) if school else doors.only_school(store) or SchoolId("")
    try:
        opened = doors.sign_in(store, chosen, login, password, source_of(request), told_language(request))
    except Refused:
        wrong = Refusal("sign-in", "登录名或密码不对。", "The login or the password is wrong.")
        return _sign_in(request, wrong, next=_inside(next), login=login, school=school)
    except TooOften as trouble:
        return _sign_in(request, of_trouble(trouble), next=_inside(next), login=login, school=school)
    return _gone_on(request, opened, _inside(next))


@router.get("/welcome")
def welcome_page(request: Request, code: str = "") -> Response:
    staff = _for_staff(request, code)
    return _welcome(request, code=code, staff=staff is not None, called=staff or "")


@router.post("/welcome")
def welcome(request: Request, code: Field, name: Field = "", login: Field = "", password: Field = "") -> Response:
    """A family is in at once; staff are asked for a login and a password first."""
    person = request.state.person
    invited = _for_staff(request, code)
    staff = invited is not None
    if staff and not (login or password):
        return _welcome(request, code=code, staff=True, called=name or invited or "")
    weak = weakness(password, name, login) if password else None
    if weak is not None:
        return _welcome(request, Refusal("bad-input", *weak), code=code, staff=True, called=name, login=login)
    try:
        opened = doors.come_in(
            the_store(request),
            code,
            source_of(request),
            person=person if isinstance(person, Person) else None,
            name=name,
            login=login or None,
            password=password or None,
            language=told_language(request),
        )
    except Refused:
        missing = Refusal("bad-input", "请设置登录名和密码。", "Please choose a login and a password.")
        return _welcome(request, missing, code=code, staff=True, called=name, login=login)
    except (NoSuchCode, TooOften, Taken) as trouble:
        return _welcome(request, of_trouble(trouble), code=code, staff=staff, called=name, login=login)
    return _gone_on(request, opened, "/")


@router.post("/sign-out")
def sign_out(asked: Asked, request: Request, where: Field = "here") -> Response:
    if where == "everywhere":
        with asked.store.writing(asked.school, asked.actor) as db:
            doors.sign_out_everywhere(db, asked.account)
            db.record("sign_in.close_all", asked.account)
    else:
        doors.sign_out(asked.store, asked.person, asked.source)
    response = RedirectResponse("/sign-in", 303)
    forget(request, response)
    return response


def _for_staff(request: Request, code: str) -> str | None:
    """What whoever invited calls them, where the code is one that needs a login. Who is signed in has theirs."""
    if not code or isinstance(request.state.person, Person):
        return None
    try:
        invitation = invitations.find(the_store(request), code)
    except NoSuchCode:
        return None
    return None if invitation.kind is InvitationKind.FAMILY else invitation.name


def _sign_in(request: Request, refusal: Refusal | None = None, **content: str) -> Response:
    several = doors.only_school(the_store(request)) is None
    return _shown(request, "sign_in.html", refusal, {"login": "", "school": "", "several": several, **content})


def _welcome(request: Request, refusal: Refusal | None = None, **content: str | bool) -> Response:
    return _shown(request, "welcome.html", refusal, {"called": "", "login": "", **content})


def _shown(request: Request, name: str, refusal: Refusal | None, content: dict[str, object]) -> Response:
    problem = None if refusal is None else refusal.problem(language_of(request)).detail
    headers = None if refusal is None else refusal.headers
    return pages.page(request, name, 200 if refusal is None else refusal.status, headers, problem=problem, **content)


def _gone_on(request: Request, opened: Opened, where: str) -> Response:
    response = RedirectResponse(where, 303)
    remember(request, response, opened)
    return response


def _inside(path: str) -> str:
    """A path of our own; anything else would send people who just signed in to somebody else's page."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside else "/"
