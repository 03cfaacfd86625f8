"""What happens when somebody opens the service? It is looked at, its tables are made, and it is told where to go."""

import socket

import typer

from api import selfcheck
from api.identity import doors, invitations
from api.keeping import say_first
from api.service import logs
from api.service.serving import Supervisor
from api.settings import Settings
from api.store import migrate
from api.store.store import Store
from scheduler.__main__ import Tongue
from scheduler.line import Exit
from scheduler.terminal import say, tell


def open_service(host: str, port: int, settings: Settings, language: Tongue) -> None:
    """Serves until it is told to go.

    Errors: `typer.Exit` where it would be unsafe, after every fault was told, or where the address is taken.
    """
    store = Store(settings.database_address)
    faults = selfcheck.faults(settings, store.database, host)
    if faults:
        for zh, en in faults:
            tell(zh if language == "zh" else en)
        raise typer.Exit(Exit.BAD_INPUT)
    listening = listening_at(host, port, language)
    migrate.upgrade(store.database)
    at = shown(host)
    port = listening.getsockname()[1]
    url = f"http://{at}:{port}"
    say(f"请打开 {url}/ （Ctrl-C 结束）" if language == "zh" else f"Open {url}/ (Ctrl-C ends)")
    code = invitations.first_code(store)
    if doors.nobody_yet(store):
        zh = "还没有学校。请先执行：oneplusx school 学校名称 --county 区县"
        say(zh if language == "zh" else "There is no school yet. Please run: oneplusx school NAME --county COUNTY")
    if code is not None:
        say_first(f"{url}/welcome?code={code}", language)
    store.close()
    if selfcheck.loopback(host) and at not in settings.hosts:
        settings = settings.model_copy(update={"hosts": (*settings.hosts, at)})
    logs.configure()
    Supervisor(settings, listening).run()


def listening_at(host: str, port: int, language: Tongue) -> socket.socket:
    """A socket that listens there.

    Errors: `typer.Exit` where somebody else does.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024)
    except OSError:
        zh = f"{host}:{port} 不能用，可能已被别的程序占用。请用 --port 换一个端口。"
        tell(zh if language == "zh" else f"{host}:{port} cannot be used; another program may have it. Choose one with --port.")
        raise typer.Exit(Exit.BAD_INPUT) from None


def shown(host: str) -> str:
    """A host as it stands in an address."""
    return f"[{host}]" if ":" in host else host
