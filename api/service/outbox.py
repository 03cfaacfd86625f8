"""Who sends the notices that wait in the outbox? One thread a way out, so that a dead gateway holds up nothing else.

Any number of processes may send from one outbox. A notice is claimed before it is sent: `due` moves ahead by a lease, and
`attempts` counts up, which is also the mark by which a sender knows the claim for its own. What was not sent waits longer
each time, and after the last try it is left, with the reason, for an administrator to see.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import ColumnElement, and_, select

from api.service.claims import moment
from api.service.gateways import Hopeless, MailServer, Trouble, gateway_of, mail, mail_server, robot
from api.settings import Settings
from api.store.base import SchoolId, now
from api.store.record import Channel, Notice
from api.store.sessions import Everywhere
from api.store.store import Store
from api.store.trouble import Full, Missing, Unavailable

MOST_TRIES = 10
KEEP = timedelta(days=3)
"""After so long nobody is told of it any more: it stands in the pages, and old news frightens."""
ROUND = 200
"""Notices looked at in one go."""
GOING = 5.0
"""Seconds that a conversation with a gateway is given to end when the service goes."""
log = logging.getLogger("oneplusx")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait for what, in seconds."""

    gateway: float = 60.0
    """For one conversation with a gateway."""
    first: float = 30.0
    """After the first failure; then three times as long each time."""
    most: float = 6 * 3600.0
    idle: float = 2.0
    """Between two looks into an empty outbox."""

    @property
    def lease(self) -> float:
        """A sender who has not come back by then is dead."""
        return 2 * self.gateway + 30

    def wait(self, attempts: int) -> float:
        return float(min(self.most, self.first * 3 ** (attempts - 1)))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice in our hands, as it is to be sent."""

    school: SchoolId
    notice: Notice
    attempt: int


class Fared(Enum):
    """What came of one try."""

    SENT = auto()
    NOT_YET = auto()
    GATEWAY_DEAD = auto()
    NEVER = auto()


Send = Callable[[Notice, float], None]


class Sender:
    """Sends what is due, by the ways that the settings know."""

    def __init__(self, store: Store, settings: Settings, pace: Pace | None = None) -> None:
        self.store, self.pace = store, pace or Pace()
        self.robots: Mapping[str, str] = settings.robots
        self.server: MailServer | None = mail_server(settings.mail, settings.mail_from) if settings.mail else None
        self.closing = threading.Event()
        self.threads: list[threading.Thread] = []

    @property
    def channels(self) -> list[Channel]:
        """The ways out that there are."""
        ways = [(Channel.EMAIL, self.server is not None), (Channel.WEBHOOK, bool(self.robots))]
        return [channel for channel, open in ways if open]

    def start(self) -> None:
        """Begins to send, in threads of its own."""
        self.threads = [
            threading.Thread(target=self._work, args=(channel,), name=f"outbox-{channel}", daemon=True)
            for channel in self.channels
        ]
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """Sends no more. What was being said just then may be said again, once its lease is over."""
        self.closing.set()
        until = time.monotonic() + GOING
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))

    def sent(self, channel: Channel) -> int:
        """Sends what is due on one way, each once; how many went out.

        A gateway that fails is left alone for the rest of the round: its other notices keep their tries.
        """
        count, dead = 0, set[str]()
        with self.store.reading(Everywhere("which notices are due")) as db:
            chosen = select(Notice).where(_due(channel, moment(db)))
            if channel is Channel.WEBHOOK:
                chosen = chosen.where(Notice.school.in_(sorted(self.robots)))
            waiting = db.scalars(chosen.order_by(Notice.due, Notice.id).limit(ROUND)).all()
        for notice in waiting:
            way = self._way(notice)
            if way is None or way[0] in dead or self.closing.is_set():
                continue
            claimed = self._claimed(notice)
            if claimed is None:
                continue
            fared = self._tried(claimed, way[1])
            count += fared is Fared.SENT
            if fared is Fared.GATEWAY_DEAD:
                dead.add(way[0])
        return count

    def _work(self, channel: Channel) -> None:
        while not self.closing.is_set():
            count = 0
            try:
                count = self.sent(channel)
            except (Unavailable, Full):
                log.warning("the outbox cannot be read now")
            except Exception:
                # A row that cannot be read must not end the thread that would send all others.
                log.exception("the outbox cannot be read")
            if not count:
                self.closing.wait(self.pace.idle)

    def _way(self, notice: Notice) -> tuple[str, Send] | None:
        """The gateway that a notice goes by, and how; `None` where nobody has set one."""
        if notice.channel is Channel.EMAIL and (server := self.server) is not None:
            return "mail", lambda one, seconds: mail(one, server, seconds)
        address = self.robots.get(notice.school, "")
        if notice.channel is Channel.WEBHOOK and address:
            return gateway_of(address), lambda one, seconds: robot(one, address, seconds)
        return None

    def _claimed(self, notice: Notice) -> Claimed | None:
        """The notice, ours for the time of a lease; `None` where somebody else was first."""
        with self.store.bookkeeping(notice.school) as db:
            try:
                row = db.lock(Notice, notice.id)
            except Missing:
                return None
            at = moment(db)
            if row.sent is not None or row.due > at or row.attempts >= MOST_TRIES:
                return None
            row.attempts += 1
            row.due = at + timedelta(seconds=self.pace.lease)
            return Claimed(notice.school, row, row.attempts)

    def _tried(self, claimed: Claimed, send: Send) -> Fared:
        """Tries once, and puts down what came of it."""
        fared, why = Fared.SENT, ""
        try:
            send(claimed.notice, self.pace.gateway)
        except Trouble as trouble:
            fared, why = Fared.GATEWAY_DEAD if trouble.gateway else Fared.NOT_YET, str(trouble)
        except Hopeless as reason:
            fared, why = Fared.NEVER, str(reason)
        except Exception:
            # A fault of ours with one notice: it is tried again, and the others go their way.
            log.exception("notice %s cannot be sent", claimed.notice.id)
            fared, why = Fared.NOT_YET, "our-fault"
        with self.store.bookkeeping(claimed.school) as db:
            row = db.lock(Notice, claimed.notice.id)
            if row.sent is None and fared is Fared.SENT:
                # Whoever holds it now, it has arrived.
                row.sent, row.failure = moment(db), ""
            elif row.sent is None and row.attempts == claimed.attempt:
                row.failure = why
                row.attempts = MOST_TRIES if fared is Fared.NEVER else row.attempts
                row.due = moment(db) + timedelta(seconds=self.pace.wait(claimed.attempt))
        if why:
            log.warning("notice %s was not sent: %s", claimed.notice.id, why)
        return fared


def given_up() -> ColumnElement[bool]:
    """Notices that nobody will send any more, although they were not sent."""
    return and_(Notice.sent.is_(None), (Notice.attempts >= MOST_TRIES) | (Notice.created <= now() - KEEP))


def _due(channel: Channel, at: datetime) -> ColumnElement[bool]:
    return and_(
        Notice.channel == channel,
        Notice.sent.is_(None),
        Notice.due <= at,
        Notice.attempts < MOST_TRIES,
        Notice.created > now() - KEEP,
    )
