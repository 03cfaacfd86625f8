"""What can one ask of `oneplusx`? The scheduler's own commands, and those that serve the pages and the HTTP interface."""

import ipaddress
from pathlib import Path
from typing import Annotated

import typer

from scheduler.__main__ import InLanguage, Tongue, app, solved
from scheduler.solver.outcome import Options
from scheduler.terminal import say, told

Host = Annotated[str, typer.Option("--host", help="监听地址 · address to listen on")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="端口 · port")]
State = Annotated[Path | None, typer.Option("--state", help="保存任务的文件夹 · folder that keeps the jobs")]
SAMPLE = "yueyang"


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, state: State = None, language: InLanguage = "zh") -> None:
    """打开网页和接口 · Serves the pages and the HTTP interface, to this computer only unless another address is given."""
    with told(language):
        _serve(host, port, state, language)


@app.command()
def run(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    time_limit: Annotated[float, typer.Option(min=1, help="秒 · seconds")] = 60.0,
    language: InLanguage = "zh",
) -> None:
    """求解岳阳示例学校，然后打开网页 · Solves the sample school of Yueyang, prints the summary, and serves."""
    from api.settings import Settings

    with told(language):
        folder = Settings().sample_folders()[SAMPLE]
        out = Path("out") / SAMPLE
        solved(folder, out, Options(seed=7, time_limit=time_limit), None, language)
        _serve(host, port, None, language)


def _serve(host: str, port: int, state: Path | None, language: Tongue) -> None:
    import uvicorn

    from api.app import create_app
    from api.settings import Settings

    settings = Settings() if state is None else Settings(state=state)
    if not _loopback(host):
        # No accounts yet: whoever can reach the page may use it, but nobody is shown other people's jobs.
        settings = settings.model_copy(update={"list_jobs": False, "hosts": ("*",)})
        zh = "注意：这个地址能被其他电脑访问，而本服务还没有账号。"
        say(zh if language == "zh" else "Mind: other computers can reach this address, and the service has no accounts yet.")
    shown = f"[{host}]" if ":" in host else host
    say(f"请打开 http://{shown}:{port}/ （Ctrl-C 结束）" if language == "zh" else f"Open http://{shown}:{port}/ (Ctrl-C ends)")
    # The ids of jobs are secrets and stand in the addresses, so there is no access log.
    uvicorn.run(create_app(settings), host=host, port=port, access_log=False, log_level="warning", server_header=False)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def main() -> None:
    """`oneplusx`."""
    app()
