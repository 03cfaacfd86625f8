"""What do notices meet on their way out? A mail server and a group's robot on loopback, well or unwell as they are told."""

import json
import ssl
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

NEVER = 60.0
SLOW = 0.3


@dataclass
class Moods:
    """How the next conversations go, one after the other; then well."""

    waiting: deque[str] = field(default_factory=deque)
    over: threading.Event = field(default_factory=threading.Event)
    """The test has ended, and nobody need be kept waiting."""
    seen: list[str] = field(default_factory=list)

    def next(self) -> str:
        mood = self.waiting.popleft() if self.waiting else "well"
        self.seen.append(mood)
        if mood in ("hang", "slow"):
            self.over.wait(NEVER if mood == "hang" else SLOW)
        return mood


@dataclass
class Gateway:
    """A server that listens, and what has arrived there."""

    port: int
    moods: Moods
    letters: list[EmailMessage] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    """Commands to the mail server that anybody on the way could read."""
    sealed: list[bytes] = field(default_factory=list)
    """Those under TLS."""
    said: list[dict[str, object]] = field(default_factory=list)


class _Server(ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    gateway: Gateway


@contextmanager
def mail_server(*moods: str, host: str = "127.0.0.1", identity: Path | None = None) -> Iterator[Gateway]:
    """A mail server; with an `identity` (key and certificate in one file) it offers STARTTLS, and passwords under it.

    Moods: `hang` never answers, `busy` says 421, `later` 451 and `unknown` 550 to the recipient; `plain` says 454 to STARTTLS.
    """
    tls = None
    if identity is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(identity)

    class Conversation(StreamRequestHandler):
        def handle(self) -> None:
            mood = gateway.moods.next()
            self.say("421 busy" if mood == "busy" else "220 here")
            heard, sealed = gateway.heard, False
            while mood not in ("hang", "busy") and (line := self.rfile.readline()):
                heard.append(line)
                word = line[:4].upper()
                if word == b"EHLO" and tls is not None:
                    self.say("250-here\r\n250 AUTH PLAIN" if sealed else "250-here\r\n250 STARTTLS")
                    continue
                if word == b"STAR" and tls is not None:
                    self.say("454 not now" if mood == "plain" else "220 go on")
                    if mood == "plain":
                        continue
                    try:
                        self.seal(tls)
                    except (ssl.SSLError, ConnectionError):
                        return
                    heard, sealed = gateway.sealed, True
                    continue
                if word == b"AUTH":
                    self.say("235 well")
                    continue
                if word == b"DATA":
                    self.say("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    gateway.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
                refusal = {"later": "451 later", "unknown": "550 nobody"}.get(mood)
                self.say(refusal if word == b"RCPT" and refusal else "221 bye" if word == b"QUIT" else "250 well")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def seal(self, tls: ssl.SSLContext) -> None:
            self.request = tls.wrap_socket(self.request, server_side=True)
            self.setup()

    with _Server((host, 0), Conversation) as server:
        gateway = Gateway(server.server_address[1], Moods(deque(moods)))
        with _served(server, gateway):
            yield gateway


def certified(host: str, folder: Path) -> Path:
    """A key and a certificate for an address, in one file. It vouches for itself: who trusts the file trusts the server."""
    both = folder / f"{host}.pem"
    asked = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={host}"
    names = ["-addext", f"subjectAltName=IP:{host}", "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*asked.split(), *names], check=True, capture_output=True, timeout=30)
    both.write_text("".join((folder / name).read_text() for name in ("key.pem", "certificate.pem")))
    return both


@contextmanager
def robot(*moods: str) -> Iterator[Gateway]:
    """A group's robot.

    Moods: `hang` never answers, `drip` a letter at a time, `500` fails, `45009` asks for patience, `93000` knows no such group.
    """

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            mood = gateway.moods.next()
            if mood == "hang":
                return
            while mood == "drip" and not gateway.moods.over.wait(SLOW):
                self.wfile.write(b"H")
            if mood in ("well", "slow"):
                gateway.said.append(body)
            told = json.dumps({"errcode": int(mood) if mood in ("45009", "93000") else 0, "errmsg": "x"}).encode()
            self.send_response(500 if mood == "500" else 200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        gateway = Gateway(server.server_address[1], Moods(deque(moods)))
        with _served(server, gateway):
            yield gateway


@contextmanager
def _served(server: ThreadingTCPServer | ThreadingHTTPServer, gateway: Gateway) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        gateway.moods.over.set()
        server.shutdown()
        thread.join()
