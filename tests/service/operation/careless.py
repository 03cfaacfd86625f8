"""What would a careless service do? The controls, in the ways that `CARELESS` names.

`hasty`: it answers before it has written, and logs the addresses it was asked for. `unsynced`: it does not wait for the disk.
`naive`: what goes wrong in the database is a failure of the program. `inside`: it solves where it answers. `reading`: it reads
uploads there. `dying` is as careful as can be, but the processes of its jobs die; `DYING` is the file with the plan that some of
them have by then.
Started as the real one is: `python -m tests.service.operation.careless serve …`.
"""

import asyncio
import copy
import os
import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.pool import Pool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import cli, worker
from api.problems import bad_input
from api.readers import Readers, Upload
from api.service import process
from api.service.runner import Runner
from api.settings import Settings
from api.store.trouble import Full, Unavailable
from scheduler.errors import InputFaults

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
    uvicorn.Config = Talkative  # type: ignore[misc]
    app = careful(settings)
    app.add_middleware(Hasty)
    return app


def unsynced(settings: Settings) -> FastAPI:
    app = careful(settings)

    @event.listens_for(Pool, "checkout")
    def quick(connection: Any, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = NORMAL")
        else:
            connection.execute("SET synchronous_commit = off")
            connection.commit()

    return app


def naive(settings: Settings) -> FastAPI:
    app = careful(settings)
    for trouble in (Full, Unavailable):
        app.exception_handlers.pop(trouble)
    return app


class Inside:
    """A solve is worked on in the web process, and ends it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/solve"):
            os.abort()
        await self.app(scope, receive, send)


def inside(settings: Settings) -> FastAPI:
    app = careful(settings)
    app.add_middleware(Inside)
    return app


def reading(settings: Settings) -> FastAPI:
    async def read_here(self: Readers, task: str, folder: Path, upload: Upload) -> None:
        (folder / "upload").write_bytes(upload.data)
        try:
            await asyncio.to_thread(worker.TASKS[task], folder, worker.Orders(name=upload.name))
        except InputFaults as error:
            raise bad_input(error.faults) from None

    # The control replaces the one method that starts a process; that is what the ignored rule forbids.
    Readers._run = read_here  # type: ignore[method-assign]
    return careful(settings)


def dying(settings: Settings) -> FastAPI:
    # A runner whose work dies, in the place of the real one: a callable where the type says a class.
    process.Runner = partial(Runner, command=(sys.executable, "-m", "tests.service.jobs.dying", os.environ["DYING"]))  # type: ignore[misc, assignment]
    return careful(settings)


class Talkative(uvicorn.Config):
    """As the library has it by itself."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        usual = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
        usual["handlers"]["access"]["stream"] = "ext://sys.stderr"
        super().__init__(*arguments, **{**more, "access_log": True, "log_config": usual})


careful = process.made
if __name__ == "__main__":
    ways = {"hasty": hasty, "unsynced": unsynced, "naive": naive, "inside": inside, "reading": reading, "dying": dying}
    process.made = ways[os.environ["CARELESS"]]
    cli.main()
