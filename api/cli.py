"""What can one ask of `oneplusx`? The scheduler's own commands, and those that serve the pages and the HTTP interface."""

import ipaddress
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.keeping import say_first
from scheduler.__main__ import InLanguage, Tongue, app, planned, told_and_written
from scheduler.line import Exit
from scheduler.solver.outcome import Options
from scheduler.terminal import say, tell, told

if TYPE_CHECKING:
    from api.settings import Settings

Host = Annotated[str, typer.Option("--host", help="监听地址 · address to listen on")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="端口 · port")]
State = Annotated[Path | None, typer.Option("--state", help="保存任务的文件夹 · folder that keeps the jobs")]
Accounts = Annotated[bool, typer.Option("--accounts", help="带账号的新服务，还在建设 · with accounts; still being built")]
SAMPLE = "yueyang"
SEED = 7


@app.command()
def serve(
    host: Host = "127.0.0.1", port: Port = 8000, state: State = None, language: InLanguage = "zh", accounts: Accounts = False
) -> None:
    """打开网页和接口 · Serves the pages and the HTTP interface, to this computer only unless another address is given."""
    from api.settings import Settings

    with told(language):
        settings = Settings() if state is None else Settings(state=state)
        if accounts:
            _serve_accounts(host, port, settings, language)
        else:
            _serve(host, port, settings, language)


@app.command()
def runner(language: InLanguage = "zh") -> None:
    """在网页进程之外排课 · Works on jobs beside the web processes, until it is stopped."""
    import signal
    import threading

    from api.service.runner import Runner
    from api.settings import Settings
    from api.store.store import Store

    with told(language):
        settings = Settings()
        store = Store(settings.database_address)
        stopped = threading.Event()
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, lambda *_: stopped.set())
        at_work = Runner(store, settings)
        at_work.start()
        say("开始工作（Ctrl-C 结束）" if language == "zh" else "At work (Ctrl-C ends)")
        stopped.wait()
        at_work.close()
        store.close()


@app.command()
def run(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    time_limit: Annotated[float, typer.Option(min=1, help="秒 · seconds")] = 60.0,
    language: InLanguage = "zh",
) -> None:
    """求解岳阳示例学校，然后打开网页 · Solves the sample school of Yueyang, prints the summary, and serves."""
    from api.jobs import Jobs, SolveOptions, State
    from api.settings import Settings
    from api.worker import finish
    from scheduler.intake import scenario_to_json

    with told(language):
        settings = Settings()
        folder = settings.sample_folders()[SAMPLE]
        out = Path("out") / SAMPLE
        scenario, outcome = planned(folder, Options(seed=SEED, time_limit=time_limit), out, None, language)
        ended = told_and_written(scenario, outcome, folder, out, language)
        page = ""
        if ended is not Exit.NO_PLAN:
            jobs = Jobs(settings.state / "jobs")
            job = jobs.create(scenario, scenario_to_json(scenario), SolveOptions(time_limit=int(time_limit), seed=SEED))
            finish(jobs.folder(job.id), outcome, scenario)
            jobs.save(job.model_copy(update={"state": State.DONE}))
            page = f"jobs/{job.id}"
        _serve(host, port, settings, language, page)


def _serve(host: str, port: int, settings: "Settings", language: Tongue, page: str = "") -> None:
    import uvicorn

    from api.app import create_app

    if _loopback(host):
        settings = settings.model_copy(update={"hosts": (*settings.hosts, _shown(host))})
    else:
        # No accounts yet: whoever can reach the page may use it, but nobody is shown other people's jobs.
        settings = settings.model_copy(update={"list_jobs": False, "hosts": ("*",)})
        zh = "注意：这个地址能被其他电脑访问，而本服务还没有账号。"
        say(zh if language == "zh" else "Mind: other computers can reach this address, and the service has no accounts yet.")
    listening = _listening(host, port, language)
    url = f"http://{_shown(host)}:{port}/{page}"
    say(f"请打开 {url} （Ctrl-C 结束）" if language == "zh" else f"Open {url} (Ctrl-C ends)")
    # The ids of jobs are secrets and stand in the addresses, so there is no access log. Pages that listen to the news
    # of a solve never hang up by themselves, hence the limit on waiting for them.
    config = uvicorn.Config(
        create_app(settings), access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listening])


def _serve_accounts(host: str, port: int, settings: "Settings", language: Tongue) -> None:
    import uvicorn

    from api import selfcheck
    from api.identity import doors, invitations
    from api.service.app import create_service
    from api.store import migrate
    from api.store.store import Store

    store = Store(settings.database_address)
    faults = selfcheck.faults(settings, store.database, host)
    if faults:
        for zh, en in faults:
            tell(zh if language == "zh" else en)
        raise typer.Exit(Exit.BAD_INPUT)
    listening = _listening(host, port, language)
    migrate.upgrade(store.database)
    url = f"http://{_shown(host)}:{port}"
    say(f"请打开 {url}/ （Ctrl-C 结束）" if language == "zh" else f"Open {url}/ (Ctrl-C ends)")
    code = invitations.first_code(store)
    if doors.nobody_yet(store):
        zh = "还没有学校。请先执行：oneplusx school 学校名称 --county 区县"
        say(zh if language == "zh" else "There is no school yet. Please run: oneplusx school NAME --county COUNTY")
    if code is not None:
        say_first(f"{url}/welcome?code={code}", language)
    # Addresses may hold codes, so there is no access log.
    config = uvicorn.Config(create_service(settings, store), access_log=False, log_level="warning", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int, language: Tongue) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        zh = f"{host}:{port} 不能用，可能已被别的程序占用。请用 --port 换一个端口。"
        tell(zh if language == "zh" else f"{host}:{port} cannot be used; another program may have it. Choose one with --port.")
        raise typer.Exit(Exit.BAD_INPUT) from None


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def main() -> None:
    """`oneplusx`."""
    app()


if __name__ == "__main__":
    main()
