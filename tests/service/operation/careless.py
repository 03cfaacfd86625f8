"""What would a careless service do? The controls: it answers before it has written, and logs the addresses it was asked for.

Started as the real one is: `python -m tests.service.operation.careless serve …`.
"""

import asyncio
import copy
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import cli
from api.service import process
from api.settings import Settings

HASTE = 0.02
"""Seconds between the answer and the work."""


class Hasty:
    """Says that a term was opened, and then opens it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", "/api/v1/terms"):
            await self.app(scope, receive, send)
            return
        body = await receive()
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        await asyncio.sleep(HASTE)

        async def again() -> Message:
            return body

        async def nowhere(_: Message) -> None:
            pass

        await self.app(scope, again, nowhere)


def hasty(settings: Settings) -> FastAPI:
    app = careful(settings)
    app.add_middleware(Hasty)
    return app


class Talkative(uvicorn.Config):
    """As the library has it by itself."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        usual = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
        usual["handlers"]["access"]["stream"] = "ext://sys.stderr"
        super().__init__(*arguments, **{**more, "access_log": True, "log_config": usual})


careful = process.made
if __name__ == "__main__":
    process.made = hasty
    uvicorn.Config = Talkative  # type: ignore[misc]
    cli.main()
