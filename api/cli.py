"""What can one ask of `oneplusx`? The scheduler's own commands, and those that serve the pages and the HTTP interface."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

import api.keeping  # noqa: F401 - importing it adds its commands to the application
from scheduler.__main__ import InLanguage, app, planned, told_and_written
from scheduler.line import Exit
from scheduler.solver.outcome import Options
from scheduler.terminal import say, tell, told

Host = Annotated[str, typer.Option("--host", help="监听地址 · address to listen on")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 · port")]
State = Annotated[Path | None, typer.Option("--state", help="保存数据的文件夹 · folder that keeps everything")]
SAMPLE = "yueyang"
SEED = 7


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, state: State = None, language: InLanguage = "zh") -> None:
    """打开网页和接口 · Serves the pages and the HTTP interface, to this computer only unless another address is given."""
    from api.opening import open_service
    from api.settings import Settings

    with told(language):
        settings = Settings() if state is None else Settings(state=state)
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
    """排好岳阳示例学校的本学期，附上试用账号，打开服务 · Plans this term of a sample school, gives it accounts, and serves."""
    from api import demo, selfcheck
    from api.opening import open_service
    from api.settings import Settings
    from api.store import migrate
    from api.store.store import Store
    from scheduler.calendar import SHANGHAI
    from scheduler.generate.living import in_living_term
    from scheduler.intake import read_scenario, scenario_to_json, write_folder

    with told(language):
        if not selfcheck.loopback(host):
            tell(
                "示例学校的账号只在这台电脑上用。"
                if language == "zh"
                else "The accounts of the sample are for this computer only."
            )
            raise typer.Exit(Exit.BAD_INPUT)
        settings = Settings()
        store = Store(settings.database_address)
        migrate.upgrade(store.database)
        today = datetime.now(SHANGHAI).date()
        if not demo.lives(store, today):
            out = Path("out") / SAMPLE
            folder = out / "school"
            write_folder(in_living_term(read_scenario(settings.sample_folders()[SAMPLE]), today), folder, language)
            scenario, outcome = planned(folder, Options(seed=SEED, time_limit=time_limit), out, None, language)
            if told_and_written(scenario, outcome, folder, out, language) is Exit.NO_PLAN:
                raise typer.Exit(Exit.NO_PLAN)
            demo.found(store, scenario, scenario_to_json(scenario), outcome, SEED, settings)
        for row in demo.told_accounts(store, settings, language):
            say(row)
        store.close()
        open_service(host, port, settings, language)


def main() -> None:
    """`oneplusx`."""
    app()


if __name__ == "__main__":
    main()
