"""How does a command speak on a terminal? Faults and failures as sentences, news as a bar, or as lines where nobody looks on."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TypeVar

import typer
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from scheduler.errors import Fault, InputFaults
from scheduler.line import Exit
from scheduler.news import progress_line, progress_sentence
from scheduler.solver.outcome import Progress as News

T = TypeVar("T")
POLL_SECONDS = 0.1


def say(text: str = "") -> None:
    """A line for people on standard output, as it is."""
    typer.echo(text)


def say_table(rows: Sequence[Sequence[str]]) -> None:
    """Rows for people, the first of them headings, in columns as wide as they must be; Chinese characters count as two."""
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    for row in rows:
        first, *rest = zip(row, widths, strict=True)
        cells = [set_cell_size(*first)] + [" " * (width - cell_len(text)) + text for text, width in rest]
        say("  ".join(cells).rstrip())


def tell(text: str) -> None:
    """A line for people on standard error."""
    typer.echo(text, err=True)


@contextmanager
def told(language: str) -> Iterator[None]:
    """Whatever goes wrong inside becomes sentences and an exit code, never a traceback (but ONEPLUSX_DEBUG=1 shows it)."""
    try:
        yield
    except typer.Exit:
        raise
    except InputFaults as error:
        tell_faults(error.faults, language)
        raise typer.Exit(Exit.BAD_INPUT) from None
    except BrokenPipeError:
        # Whoever read our lines (`head`, a pager) has seen enough; nothing more is written, also not at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + signal.SIGPIPE) from None
    except OSError as error:
        tell(_trouble_with_files(error, language))
        raise typer.Exit(Exit.BAD_INPUT) from None
    except Exception as error:
        if os.environ.get("ONEPLUSX_DEBUG"):
            raise
        kind = f"{type(error).__name__}: {error}"
        zh = f"这是程序的错误，不是您的（{kind}）。设置 ONEPLUSX_DEBUG=1 再运行一次，可以看到详细信息，请发给维护人员。"
        en = f"This is our fault, not yours ({kind}). Run it again with ONEPLUSX_DEBUG=1 for the details and send them to us."
        tell(zh if language == "zh" else en)
        raise typer.Exit(Exit.OUR_FAULT) from None


def _trouble_with_files(error: OSError, language: str) -> str:
    reasons = {FileNotFoundError: "没有这个文件或文件夹", PermissionError: "没有权限", IsADirectoryError: "这是文件夹，不是文件"}
    where = error.filename or ""
    if language == "zh":
        return f"{where}：{reasons.get(type(error), '无法读写')}。请检查路径、权限和磁盘空间。"
    return f"{where}: {error.strerror or error}. Please check the path, its permissions and the space on the disk."


def tell_faults(faults: Sequence[Fault], language: str) -> None:
    """Every fault on a line of its own, errors before warnings, and how many there are."""
    errors = [fault for fault in faults if not fault.warning]
    warnings = [fault for fault in faults if fault.warning]
    for fault in errors:
        tell(fault.text(language))
    tell_warnings(warnings, language)
    if errors:
        zh = f"共 {len(errors)} 处错误，请修改后再试。"
        tell(zh if language == "zh" else f"Faults: {len(errors)}. Please mend them and try again.")


def tell_warnings(warnings: Sequence[Fault], language: str) -> None:
    """Faults that do not stand in the way."""
    for fault in warnings:
        tell(f"{'提醒：' if language == 'zh' else 'Note: '}{fault.text(language)}")


class Watch:
    """Shows the news of a solve: a bar on a terminal, lines elsewhere. Use it as a context."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.console = Console(stderr=True)
        self.bar: Progress | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> "Watch":
        if self.console.is_terminal:
            self.bar = Progress(
                BarColumn(bar_width=24),
                TimeElapsedColumn(),
                TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis")),
                console=self.console,
            )
            start = "准备数据" if self.language == "zh" else "preparing"
            self.task = self.bar.add_task(start, total=1.0)
            self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()

    def __call__(self, news: News) -> None:
        if self.bar is None or self.task is None:
            tell(progress_line(news, self.language))
            return
        self.bar.update(self.task, description=progress_sentence(news, self.language), completed=news.share)


def stoppable(work: Callable[[Callable[[], bool]], T], language: str) -> T:
    """Runs `work(stop)`; Ctrl-C or a polite kill raises the stop flag, a second one ends the program.

    The work runs in a thread of its own, because Python hears signals only in the main thread, and only between two of
    its own steps: a solver at work in the main thread would make it deaf.
    """
    stop = threading.Event()
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work(stop.is_set))
        except BaseException as error:
            failures.append(error)

    def heard(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            sys.exit(128 + number)
        stop.set()
        tell("正在停止，保留目前最好的方案……" if language == "zh" else "Stopping; the best plan so far is kept …")

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    thread = threading.Thread(target=run, name="work", daemon=True)
    try:
        thread.start()
        while thread.is_alive():
            thread.join(POLL_SECONDS)
    finally:
        for number_, handler in before.items():
            signal.signal(number_, handler)
    if failures:
        raise failures[0]
    return results[0]
