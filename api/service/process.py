"""What runs in each process of the service? `web` answers requests on a socket it was given, `jobs` works on jobs."""

import signal
import socket
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.service.app import create_service
from api.service.hands import die_with
from api.service.runner import Runner
from api.settings import Settings
from api.store.store import Store


class Server(uvicorn.Server):
    """Tells the application at once that it is to end, so that answers without an end find one."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.app.state.closing = True
        super().handle_exit(sig, frame)


def made(settings: Settings) -> FastAPI:
    """The application as all web processes have it. It holds no connection that several of them would share."""
    app = create_service(settings.model_copy(update={"run_jobs": False}))
    app.state.store.close()
    return app


def web(app: FastAPI, settings: Settings, listening: socket.socket) -> None:
    """Answers requests until it is told to go; then those under way are answered still."""
    config = uvicorn.Config(
        app,
        # Addresses may hold codes and links: the service writes its own lines, with the routes only.
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=int(settings.close_seconds),
    )
    Server(config, app).run(sockets=[listening])


def jobs(settings: Settings) -> None:
    """Works on jobs until it is told to go; then those under way are given back."""
    stopped = threading.Event()
    store = Store(settings.database_address)
    at_work = Runner(store, settings)

    def stop(number: int, frame: FrameType | None) -> None:
        # In a thread of its own: this one may hold the event's lock at this moment.
        threading.Thread(target=stopped.set).start()

    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, stop)
    at_work.start()
    stopped.wait()
    at_work.close()
    store.close()


def live(task: str, app: FastAPI, settings: Settings, listening: socket.socket, parent: int) -> None:
    """The life of one process, from its start until it is told to go."""
    # Who started us answers for us: without it, nobody would ever end us.
    die_with(parent)
    if task == "web":
        web(app, settings, listening)
    else:
        listening.close()
        jobs(settings)
