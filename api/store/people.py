"""Who may come in? Schools, accounts, what they may do, the children they belong to, and what proves who they are.

Secrets (codes, cookies, tokens) are random and long, so their SHA-256 is all we keep: who reads the database cannot use them.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import AccountId, Base, Json, JsonText, OfSchool, Row, Versioned, now, of, of_its_school, words


class Role(StrEnum):
    """角色. What each may do stands in the table of permissions."""

    ADMINISTRATOR = "administrator"
    """系统管理员: accounts and settings of the school."""
    OFFICE = "office"
    """教务处."""
    LEADER = "leader"
    """学校负责人."""
    HEAD_TEACHER = "head_teacher"
    """班主任; `subject` is the home class."""
    TEACHER = "teacher"
    """教师; `subject` is their id among the staff."""
    PROVIDER = "provider"
    """机构人员; `subject` is the provider."""
    GUARDIAN = "guardian"
    """家长; their children stand in `Guardianship`."""
    PUPIL = "pupil"
    """学生; `subject` is the pupil."""
    BUREAU = "bureau"
    """教育局: figures without names."""


class School(Base, OfSchool, Versioned, kw_only=True):
    """学校: the owner of every other row."""

    __tablename__ = "schools"

    name: Mapped[str]
    county: Mapped[str]
    created: Mapped[datetime] = mapped_column(default_factory=now)


class Account(Base, Row, Versioned, kw_only=True):
    """账号: one person at one school. A person with children at two schools has two."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("school", "login"), of_its_school())

    name: Mapped[str]
    """As the school calls this person."""
    login: Mapped[str | None] = mapped_column(default=None)
    """What they type to sign in with a password; families need none."""
    password: Mapped[str | None] = mapped_column(default=None)
    """Argon2id, with its salt and costs."""
    phone: Mapped[str | None] = mapped_column(default=None)
    active: Mapped[bool] = mapped_column(default=True)
    """False: every door is shut from the next request on."""
    language: Mapped[str] = mapped_column(default="zh")
    created: Mapped[datetime] = mapped_column(default_factory=now)


class RoleHeld(Base, Row, kw_only=True):
    """What an account may act as, over what, and until when. Looked at anew with each request."""

    __tablename__ = "roles_held"
    __table_args__ = (UniqueConstraint("school", "account", "role", "subject"), of("account", "accounts"))

    account: Mapped[AccountId]
    role: Mapped[Role] = mapped_column(words(Role))
    subject: Mapped[str] = mapped_column(default="")
    """Home class, staff, provider or pupil id of the scenario; empty for the whole school."""
    since: Mapped[datetime] = mapped_column(default_factory=now)
    until: Mapped[datetime | None] = mapped_column(default=None)
    """A provider's contract ends; `None`: until taken back."""


class Guardianship(Base, Row, kw_only=True):
    """Which child is whose. Ended, never deleted: a feed that followed it dies with it."""

    __tablename__ = "guardianships"
    __table_args__ = (of("account", "accounts"), Index(None, "school", "account"), Index(None, "school", "pupil"))

    account: Mapped[AccountId]
    pupil: Mapped[str]
    """Id of the pupil in the scenario, the same in each of its versions."""
    nickname: Mapped[str] = mapped_column(default="")
    """What the guardian calls the child in calendars."""
    since: Mapped[datetime] = mapped_column(default_factory=now)
    ended: Mapped[datetime | None] = mapped_column(default=None)


class InvitationKind(StrEnum):
    """What a code opens."""

    FIRST = "first"
    """The first administrator of a fresh school; printed on the terminal."""
    STAFF = "staff"
    """Somebody who works at the school, or for a provider."""
    FAMILY = "family"
    """A guardian of one child; printed per home class."""


class Invitation(Base, Row, kw_only=True):
    """邀请码: opens once, until it expires."""

    __tablename__ = "invitations"
    __table_args__ = (of_its_school(), Index(None, "school", "home_class"))

    kind: Mapped[InvitationKind] = mapped_column(words(InvitationKind))
    code_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of at least 128 random bits, in hexadecimal."""
    role: Mapped[Role] = mapped_column(words(Role))
    subject: Mapped[str] = mapped_column(default="")
    """What the role is over; the pupil, of a family code."""
    home_class: Mapped[str] = mapped_column(default="")
    """On whose sheet a family code is printed."""
    name: Mapped[str] = mapped_column(default="")
    role_until: Mapped[datetime | None] = mapped_column(default=None)
    expires: Mapped[datetime]
    created: Mapped[datetime] = mapped_column(default_factory=now)
    made_by: Mapped[AccountId | None] = mapped_column(default=None)
    used: Mapped[datetime | None] = mapped_column(default=None)
    used_by: Mapped[AccountId | None] = mapped_column(default=None)
    revoked: Mapped[datetime | None] = mapped_column(default=None)


class SignIn(Base, Row, kw_only=True):
    """A browser that is signed in. Deleting the row signs it out, in every process, at its next request."""

    __tablename__ = "sign_ins"
    __table_args__ = (of("account", "accounts"), Index(None, "school", "account"))

    account: Mapped[AccountId]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created: Mapped[datetime] = mapped_column(default_factory=now)
    seen: Mapped[datetime] = mapped_column(default_factory=now)
    expires: Mapped[datetime]


class ApiToken(Base, Row, kw_only=True):
    """A program that acts for an account, for some purposes only."""

    __tablename__ = "api_tokens"
    __table_args__ = (of("account", "accounts"), Index(None, "school", "account"))

    account: Mapped[AccountId]
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    purposes: Mapped[Json] = mapped_column(JsonText)
    """Names of the permissions it may use: a part of what the account may do, never more."""
    created: Mapped[datetime] = mapped_column(default_factory=now)
    expires: Mapped[datetime]
    revoked: Mapped[datetime | None] = mapped_column(default=None)


class Attempts(Base, OfSchool, kw_only=True):
    """How often somebody tried a door lately. The key is a hash: no login or code is kept here."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    until: Mapped[datetime]


class FeedKind(StrEnum):
    """Whose days a calendar shows."""

    PUPIL = "pupil"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    HOME_CLASS = "home_class"
    ROOM = "room"
    COURSE = "course"


class CalendarToken(Base, Row, kw_only=True):
    """A secret calendar link. Whoever holds it reads the feed until it is reset, so only its hash is kept."""

    __tablename__ = "calendar_tokens"
    __table_args__ = (of("account", "accounts"), of("term", "terms"), Index(None, "school", "account"))

    account: Mapped[AccountId]
    """Who asked for the link, and may reset it."""
    term: Mapped[str]
    """The link is dead when the term is over."""
    kind: Mapped[FeedKind] = mapped_column(words(FeedKind))
    subject: Mapped[str] = mapped_column(default="")
    """Pupil, staff, home class, room or course; empty for all own children."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    created: Mapped[datetime] = mapped_column(default_factory=now)
    expires: Mapped[datetime]
    revoked: Mapped[datetime | None] = mapped_column(default=None)
