"""What stands between the network and the application? Size limits, host names, foreign pages and response headers."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Answer, Refusal, our_fault

CONTENT_SECURITY_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Guard:
    """Refuses before the application reads anything, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, upload_bytes: int, hosts: tuple[str, ...], answer: Answer) -> None:
        self.app = app
        self.upload_bytes = upload_bytes
        self.hosts = hosts
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                headers.add_vary_header("Accept-Language, Cookie")
            await send(message)

        request = Request(scope)
        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is not None:
            await self.answer(request, refusal)(scope, receive, send_guarded)
            return

        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.upload_bytes:
                raise _Overflow
            return message

        try:
            await self.app(scope, receive_limited, send_guarded)
        except _Overflow:
            if started:
                raise
            await self.answer(request, self._too_large())(scope, receive, send_guarded)
        except Exception as error:
            if started:
                raise
            await self.answer(request, our_fault(error))(scope, receive, send_guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> Refusal | None:
        host = headers.get("host", "")
        if "*" not in self.hosts and _name(host) not in self.hosts:
            return Refusal(
                "unknown-host",
                "请用启动服务时给出的地址访问。",
                "Please use the address that was printed when the service started.",
            )
        if scope["method"] in UNSAFE and _from_elsewhere(headers):
            return Refusal(
                "foreign-page",
                "请求来自其他网页，已拒绝。请直接打开本服务的页面操作。",
                "A page of another site sent this request. Please open the pages of this service itself.",
            )
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self.upload_bytes:
            return self._too_large()
        return None

    def _too_large(self) -> Refusal:
        megabytes = self.upload_bytes / (1024 * 1024)
        return Refusal(
            "too-large",
            f"上传内容不能超过 {megabytes:g} MB。请只保留需要的工作表和列。",
            f"An upload may have {megabytes:g} MB at most. Please keep only the sheets and columns that are needed.",
            headers={"Connection": "close"},
        )


def _from_elsewhere(headers: Headers) -> bool:
    """A browser says where a request comes from; a program says nothing, and no foreign page can make it speak."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and _host_of(origin) != headers.get("host", "")


class _Overflow(BaseException):
    """More bytes than allowed. Not an `Exception`, so that no parser on the way takes it for its own trouble."""


def _name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host


def _host_of(origin: str) -> str | None:
    """Host and port of an Origin header; `None` where it names none."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
