"""What happened, what is still to be told, and what was answered before? The log, the outbox and the receipts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import BIG, AccountId, Base, Json, JsonText, OfSchool, Row, now, of_its_school, words


class LogEntry(Base, OfSchool, kw_only=True):
    """One line of the log: one for each write, in the same transaction. Never changed, never deleted.

    `digest` is the SHA-256 of everything else in the line, `previous` included: a chain. Digests of rows stand for their
    contents, so that the log holds no names, phones or secrets.
    """

    __tablename__ = "log_entries"
    __table_args__ = (of_its_school(), Index(None, "school", "object", "sequence"))

    sequence: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    """1, 2, 3 … without gaps within the school."""
    at: Mapped[datetime]
    actor: Mapped[str]
    """Id of the account, or what acted: terminal, runner, nobody."""
    source: Mapped[str]
    """web, api, terminal or runner, and the id of the request."""
    action: Mapped[str]
    """What was done, as `thing.verb`."""
    object: Mapped[str]
    """What it was done to: an id."""
    rows: Mapped[Json] = mapped_column(JsonText)
    """How many rows of each table were touched."""
    before: Mapped[str]
    """Digest of the rows touched, as they were; empty where there were none."""
    after: Mapped[str]
    reason: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]


class LogHead(Base, OfSchool, kw_only=True):
    """Where the school's chain ends. A log that was cut off no longer reaches it."""

    __tablename__ = "log_heads"
    __table_args__ = (of_its_school(),)

    sequence: Mapped[int] = mapped_column(BIG)
    digest: Mapped[str]


class Channel(StrEnum):
    """How a notice travels."""

    IN_APP = "in_app"
    EMAIL = "email"
    WEBHOOK = "webhook"
    """Robots of 企业微信 and 钉钉."""


class Notice(Base, Row, kw_only=True):
    """A message that waits to be sent. Written with what it tells about, sent later: a dead gateway blocks nobody."""

    __tablename__ = "notices"
    __table_args__ = (of_its_school(), UniqueConstraint("school", "key"), Index(None, "sent", "due"))

    channel: Mapped[Channel] = mapped_column(words(Channel))
    account: Mapped[AccountId | None] = mapped_column(default=None)
    address: Mapped[str] = mapped_column(default="")
    key: Mapped[str]
    """Says what is told to whom: the same thing is not told twice."""
    subject: Mapped[str]
    body: Mapped[str]
    created: Mapped[datetime] = mapped_column(default_factory=now)
    due: Mapped[datetime] = mapped_column(default_factory=now)
    """When to try next."""
    attempts: Mapped[int] = mapped_column(default=0)
    sent: Mapped[datetime | None] = mapped_column(default=None)
    read: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str] = mapped_column(default="")


class Receipt(Base, OfSchool, kw_only=True):
    """What was answered to a request that carried a key. The same request again gets the same answer, and has no effect."""

    __tablename__ = "receipts"
    __table_args__ = (of_its_school(), Index(None, "created"))

    account: Mapped[AccountId] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    """Digest of method, address and body: the key may not be used for another request."""
    status: Mapped[int]
    headers: Mapped[Json] = mapped_column(JsonText)
    body: Mapped[str]
    created: Mapped[datetime] = mapped_column(default_factory=now)
