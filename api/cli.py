"""What can one ask of `oneplusx`? The scheduler's own commands, and those that serve the pages and the HTTP interface."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import api.keeping  # noqa: F401, its commands
from scheduler.__main__ import InLanguage, Tongue, app, planned, told_and_written
from scheduler.line import Exit
from scheduler.solver.outcome import Options
from scheduler.terminal import say, told

if TYPE_CHECKING:
    from api.settings import Settings

Host = Annotated[str, typer.Option("--host", help="监听地址 · address to listen on")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 · port")]
State = Annotated[Path | None, typer.Option("--state", help="保存任务的文件夹 · folder that keeps the jobs")]
WithoutAccounts = Annotated[
    bool, typer.Option("--without-accounts", hidden=True, help="不带账号的旧服务 · the service as it was, without accounts")
]
SAMPLE = "yueyang"
SEED = 7


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    state: State = None,
    language: InLanguage = "zh",
    without_accounts: WithoutAccounts = False,
) -> None:
    """打开网页和接口 · Serves the pages and the HTTP interface, to this computer only unless another address is given."""
    from api.opening import open_service
    from api.settings import Settings

    with told(language):
        settings = Settings() if state is None else Settings(state=state)
        if without_accounts:
            _serve(host, port, settings, language)
        else:
            open_service(host, port, settings, language)


@app.command()
def runner(language: InLanguage = "zh") -> None:
    """在网页进程之外排课 · Works on jobs beside the web processes, until it is stopped."""
    from api.service import logs
    from api.service.process import jobs
    from api.settings import Settings

    with told(language):
        settings = Settings()
        logs.configure()
        say("开始工作（Ctrl-C 结束）" if language == "zh" else "At work (Ctrl-C ends)")
        jobs(settings)


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
    from api.opening import listening_at, shown
    from api.selfcheck import loopback

    if loopback(host):
        settings = settings.model_copy(update={"hosts": (*settings.hosts, shown(host))})
    else:
        # No accounts yet: whoever can reach the page may use it, but nobody is shown other people's jobs.
        settings = settings.model_copy(update={"list_jobs": False, "hosts": ("*",)})
        zh = "注意：这个地址能被其他电脑访问，而本服务还没有账号。"
        say(zh if language == "zh" else "Mind: other computers can reach this address, and the service has no accounts yet.")
    listening = listening_at(host, port, language)
    url = f"http://{shown(host)}:{port}/{page}"
    say(f"请打开 {url} （Ctrl-C 结束）" if language == "zh" else f"Open {url} (Ctrl-C ends)")
    # The ids of jobs are secrets and stand in the addresses, so there is no access log. Pages that listen to the news
    # of a solve never hang up by themselves, hence the limit on waiting for them.
    config = uvicorn.Config(
        create_app(settings), access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listening])


def main() -> None:
    """`oneplusx`."""
    app()


if __name__ == "__main__":
    main()
