"""How does a notice leave the house? By a mail server, or by the robot of a group at 企业微信 or 钉钉.

Whatever answers badly, slowly or not at all ends in one of two words: `Trouble` (later, perhaps) or `Hopeless` (never).
"""

import http.client
import json
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from api.identity.secret import hashed
from api.store.record import Notice

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_BYTES = 64 * 1024
"""Of a robot's answer, so much is read."""
BUSY = frozenset({-1, 45009, 45033, 130101})
"""What robots say when they are asked too often, or are busy."""


class Trouble(Exception):
    """It did not arrive, and may do so later. Says why in a few letters that hold no address and no secret."""

    def __init__(self, why: str, gateway: bool = True) -> None:
        self.gateway = gateway
        """Others would fare no better there now."""
        super().__init__(why)


class Hopeless(Exception):
    """It will never arrive like this; says why in a few letters, too."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed in."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted: bool = False
    """From the first byte on; otherwise once the server offers it, and without that no password leaves this computer."""


def mail_server(address: str, sender: str) -> MailServer:
    """Reads `smtp://host:25` or `smtps://user:password@host:465`.

    Errors: `ValueError`, which says what is wrong and not what the address holds.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("the mail server is written smtp://host:port or smtps://user:password@host:port")
    if "@" not in parseaddr(sender)[1]:
        raise ValueError("letters need the address they come from")
    encrypted = parts.scheme == "smtps"
    port = parts.port or (465 if encrypted else 25)
    return MailServer(parts.hostname, port, sender, unquote(parts.username or ""), unquote(parts.password or ""), encrypted)


def letter(notice: Notice, sender: str) -> EmailMessage:
    """A notice as a letter. Its Message-ID stays the same at each try, so that a mailbox can tell a second copy.

    Errors: `Hopeless` for an address that is none.
    """
    message = EmailMessage()
    try:
        message["Subject"] = notice.subject
        message["From"] = sender
        message["To"] = notice.address
        message["Date"] = format_datetime(notice.created)
        message["Message-ID"] = f"<{notice.id}@{_domain(sender)}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notice.body)
    except (ValueError, MessageError):
        raise Hopeless("bad-address") from None
    if "@" not in parseaddr(notice.address)[1]:
        raise Hopeless("bad-address")
    return message


def mail(notice: Notice, server: MailServer, seconds: float) -> None:
    """Hands in one letter.

    Errors: `Trouble`, `Hopeless`.
    """
    message = letter(notice, server.sender)
    with _told():
        client = _connected(server, seconds)
        try:
            with _cut_after(seconds, lambda: client.sock):
                client.ehlo()
                if not server.encrypted and client.has_extn("starttls"):
                    client.starttls(context=ssl.create_default_context())
                    client.ehlo()
                elif not server.encrypted and server.user and server.host not in LOOPBACK:
                    raise Trouble("not-encrypted")
                if server.user:
                    client.login(server.user, server.password)
                client.send_message(message)
        finally:
            # The letter is handed in or not; no farewell changes that.
            client.close()


def _connected(server: MailServer, seconds: float) -> smtplib.SMTP:
    name = _domain(server.sender)
    if server.encrypted:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, local_hostname=name, timeout=seconds, context=context)
    return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=seconds)


def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2]


def robot(notice: Notice, address: str, seconds: float) -> None:
    """Says a notice in a group. Both kinds of robot take the same text and answer with `errcode`; 0 is well.

    Errors: `Trouble`, `Hopeless`.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Hopeless("bad-address")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    client = kind(parts.hostname, parts.port, timeout=seconds)
    said = {"msgtype": "text", "text": {"content": f"{notice.subject}\n{notice.body}"}}
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    with _told():
        try:
            with _cut_after(seconds, lambda: client.sock):
                client.request("POST", path, json.dumps(said).encode(), {"Content-Type": "application/json"})
                answer = client.getresponse()
                status, told = answer.status, answer.read(MOST_BYTES)
        finally:
            client.close()
    if status in (408, 429) or status >= 500:
        raise Trouble(f"answer {status}")
    # Where it sends us on, nobody has said that we may write.
    if status != 200:
        raise Hopeless(f"answer {status}")
    code = _errcode(told)
    if code in BUSY:
        raise Trouble(f"robot {code}")
    if code != 0:
        raise Hopeless(f"robot {code}")


def gateway_of(address: str) -> str:
    """A name for an address that is a secret."""
    return hashed(address)[:12]


def _errcode(told: bytes) -> int:
    try:
        answer = json.loads(told)
    except ValueError:
        raise Trouble("no-answer") from None
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if not isinstance(code, int):
        raise Trouble("no-answer")
    return code


@contextmanager
def _told() -> Iterator[None]:
    """What libraries raise, in our two words."""
    try:
        yield
    except TimeoutError:
        raise Trouble("timeout") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _by_code(codes[0] if codes else 550) from None
    except smtplib.SMTPNotSupportedError:
        raise Hopeless("not-supported") from None
    except smtplib.SMTPAuthenticationError as error:
        # That is for the office to mend, and then the letter can go.
        raise Trouble(f"sign-in {error.smtp_code}") from None
    except smtplib.SMTPDataError as error:
        raise _by_code(error.smtp_code) from None
    except smtplib.SMTPResponseException as error:
        raise Trouble(f"refused {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException, http.client.HTTPException) as error:
        # smtplib wraps it.
        raise Trouble("timeout" if isinstance(error.__context__, TimeoutError) else "no-connection") from None


def _by_code(code: int) -> Exception:
    """A mail server's `4…` means later, its `5…` means never."""
    return Hopeless(f"refused {code}") if code >= 500 else Trouble(f"refused {code}", gateway=False)


@contextmanager
def _cut_after(seconds: float, found: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Ends a conversation that drags on: each byte may come in time, and the whole never."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        sock = found()
        if sock is not None:
            # It may be closed at this very moment.
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        # A connection that was cut by the timer fails in whatever way its library has; in time, its own error is told.
        if late.is_set():
            raise Trouble("timeout") from None
        raise
    finally:
        timer.cancel()
