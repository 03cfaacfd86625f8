"""How does one sign in and out over HTTP, and look after one's own account?"""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from sqlalchemy import delete, select

from api.access.allowed import Allowed, Asked
from api.access.keeper import source_of
from api.access.table import permissions
from api.identity import doors
from api.identity.doors import Opened, Refused
from api.identity.passwords import weakness
from api.identity.person import Person
from api.identity.secret import csrf_token
from api.language import told_language
from api.problems import Refusal
from api.service.answers import Body, View
from api.settings import Settings
from api.store.base import SchoolId
from api.store.people import ApiToken, Guardianship
from api.store.store import Store
from api.store.trouble import Missing

router = APIRouter(prefix="/api/v1", tags=["identity"])
Text = Annotated[str, Field(min_length=1, max_length=100)]
Password = Annotated[str, Field(max_length=200)]


def the_store(request: Request) -> Store:
    return cast(Store, request.app.state.store)


TheStore = Annotated[Store, Depends(the_store)]


class SignInAsked(Body):
    """By login and password."""

    login: Text
    password: Password
    school: Annotated[str, Field(max_length=40, description="Needed where several schools share the service.")] = ""


class CodeAsked(Body):
    """By a code from paper or a message. Staff choose a login and a password with it; families need none."""

    code: Annotated[str, Field(min_length=1, max_length=80)]
    name: Annotated[str, Field(max_length=100)] = ""
    login: Text | None = None
    password: Password | None = None


class SignedIn(View):
    """Signed in from now on. The cookie is in the answer's headers."""

    csrf: str = Field(description="Send it as X-CSRF-Token with whatever changes something.")


class Me(View):
    """Who I am here."""

    account: str
    name: str
    school: str
    language: str
    roles: dict[str, list[str]] = Field(description="Each role, and what it is over; nothing: the whole school.")
    children: dict[str, str] = Field(description="Nicknames of my children, by pupil.")
    csrf: str


class PasswordAsked(Body):
    """A new password; the old one where there is one."""

    old: Password = ""
    new: Password


class TokenAsked(Body):
    """A token for a program."""

    name: Text
    purposes: Annotated[list[str], Field(min_length=1, max_length=20, description="Parts of the table of permissions.")]
    days: Annotated[int, Field(ge=1, le=365)] = 90


class TokenView(View):
    """A token, without its secret."""

    id: str
    name: str
    purposes: list[str]
    expires: str


class TokenMade(TokenView):
    """A new token; the secret is told this once."""

    secret: str


class NicknameAsked(Body):
    """What calendars call a child."""

    nickname: Annotated[str, Field(max_length=20)]


@router.post("/sign-in", summary="Sign in with a password")
def sign_in(body: SignInAsked, request: Request, response: Response, store: TheStore) -> SignedIn:
    school = SchoolId(body.school) if body.school else doors.only_school(store) or SchoolId("")
    try:
        opened = doors.sign_in(store, school, body.login, body.password, source_of(request), told_language(request))
    except Refused:
        raise Refusal("sign-in", "登录名或密码不对。", "The login or the password is wrong.") from None
    remember(request, response, opened)
    return SignedIn(csrf=csrf_token(opened.cookie))


@router.post("/codes", summary="Come in with a code")
def use_code(body: CodeAsked, request: Request, response: Response, store: TheStore) -> SignedIn:
    person = request.state.person
    if body.password is not None:
        _strong(body.password, body.name, body.login or "")
    try:
        opened = doors.come_in(
            store,
            body.code,
            source_of(request),
            person=person if isinstance(person, Person) else None,
            name=body.name,
            login=body.login,
            password=body.password,
            language=told_language(request),
        )
    except Refused:
        raise Refusal("bad-input", "请设置登录名和密码。", "Please choose a login and a password.") from None
    remember(request, response, opened)
    return SignedIn(csrf=csrf_token(opened.cookie))


@router.get("/me", summary="Who am I")
def me(asked: Asked) -> Me:
    person = asked.person
    return Me(
        account=person.account,
        name=person.name,
        school=person.school,
        language=person.language,
        roles={role.value: sorted(subjects) for role, subjects in sorted(person.roles.items())},
        children=dict(person.nicknames),
        csrf=person.csrf,
    )


@router.post("/sign-out", status_code=204, summary="Sign out of this browser")
def sign_out(asked: Asked, request: Request, response: Response) -> None:
    doors.sign_out(asked.store, asked.person, asked.source)
    forget(request, response)


@router.post("/sign-out-everywhere", status_code=204, summary="Sign out of all browsers and programs")
def sign_out_everywhere(asked: Asked, request: Request, response: Response) -> None:
    with asked.store.writing(asked.school, asked.actor) as db:
        doors.sign_out_everywhere(db, asked.account)
        db.record("sign_in.close_all", asked.account)
    forget(request, response)


@router.put("/me/password", status_code=204, summary="Change my password")
def change_password(body: PasswordAsked, asked: Asked) -> None:
    _strong(body.new, asked.person.name)
    try:
        doors.change_password(asked.store, asked.person, body.old, body.new, asked.source)
    except Refused:
        raise Refusal("bad-input", "原密码不对。", "The old password is wrong.") from None


@router.get("/me/tokens", summary="My tokens for programs")
def tokens(asked: Asked) -> list[TokenView]:
    with asked.store.reading(asked.school) as db:
        rows = db.scalars(
            select(ApiToken).where(ApiToken.account == asked.account, ApiToken.revoked.is_(None)).order_by(ApiToken.created)
        )
        return [TokenView(**_told(row)) for row in rows]


@router.post("/me/tokens", status_code=201, summary="A new token for a program")
def give_token(body: TokenAsked, asked: Asked) -> TokenMade:
    parts = set(permissions().titles) - {"open", "fields"}
    unknown = sorted(set(body.purposes) - parts)
    if unknown:
        names = ", ".join(sorted(parts))
        raise Refusal("bad-input", f"没有这些用途：{'、'.join(unknown)}。可用：{names}。", f"There are these purposes: {names}.")
    if asked.person.purposes is not None and not set(body.purposes) <= asked.person.purposes:
        raise Refusal("not-allowed", "程序不能给自己更多权限。", "A program cannot give itself more.")
    with asked.store.writing(asked.school, asked.actor) as db:
        row, secret = doors.give_token(db, asked.account, body.name, body.purposes, body.days)
        db.record("token.give", row.id)
    return TokenMade(**_told(row), secret=secret)


@router.delete("/me/tokens/{token}", status_code=204, summary="Take a token back")
def take_token(token: str, asked: Asked) -> None:
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(ApiToken, token)
        asked.to(account=row.account)
        db.execute(delete(ApiToken).where(ApiToken.id == row.id))
        db.record("token.take", row.id)


@router.put("/me/children/{pupil}/nickname", status_code=204, summary="What calendars call my child")
def nickname(pupil: str, body: NicknameAsked, asked: Asked) -> None:
    call_child(asked, pupil, body.nickname)


def call_child(asked: Allowed, pupil: str, nickname: str) -> None:
    """What calendars call an own child from now on.

    Errors: `Missing`.
    """
    asked.to(pupil=pupil)
    with asked.store.writing(asked.school, asked.actor) as db:
        link = db.scalar(
            select(Guardianship).where(
                Guardianship.account == asked.account, Guardianship.pupil == pupil, Guardianship.ended.is_(None)
            )
        )
        if link is None:
            raise Missing("child")
        link.nickname = nickname
        db.record("child.nickname", link.id)


def _told(row: ApiToken) -> dict[str, object]:
    purposes = row.purposes if isinstance(row.purposes, list) else []
    return {"id": row.id, "name": row.name, "purposes": purposes, "expires": row.expires.isoformat()}


def _strong(password: str, *names: str) -> None:
    fault = weakness(password, *names)
    if fault is not None:
        raise Refusal("bad-input", *fault)


def remember(request: Request, response: Response, opened: Opened) -> None:
    """Gives the browser its cookie."""
    settings = cast(Settings, request.app.state.settings)
    response.set_cookie(
        settings.cookie,
        opened.cookie,
        max_age=opened.seconds,
        path="/",
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )


def forget(request: Request, response: Response) -> None:
    """Takes the cookie away, and whatever the browser kept."""
    settings = cast(Settings, request.app.state.settings)
    response.delete_cookie(settings.cookie, path="/", secure=settings.https, httponly=True, samesite="lax")
    # Nothing of what was shown stays behind in a shared computer.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
