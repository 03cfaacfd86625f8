"""What has somebody sent us? Uploads are read and audited in processes apart, which may be killed and never hurt the service."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from api.problems import Refusal, bad_input
from api.settings import Settings
from api.worker import FaultRecord, Orders
from scheduler import line
from scheduler.domain import Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.intake import Reading, read, scenario_from_json, scenario_to_json
from scheduler.telling import ReportRecord


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ReadScenario:
    """A scenario that can be planned, and what was counted while reading it."""

    scenario: Scenario
    text: str
    rows: dict[str, tuple[int, int]]
    warnings: tuple[Fault, ...]


class Readers:
    """Reads uploads, a few at a time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.places = asyncio.Semaphore(settings.readers)

    async def scenario_of_file(self, upload: Upload) -> ReadScenario:
        """The scenario in a zip or a workbook. Raises `Refusal` with every fault."""
        with tempfile.TemporaryDirectory(prefix="oneplusx-") as name:
            folder = Path(name)
            await self._run("read", folder, upload)
            text = (folder / "scenario.json").read_text("utf-8")
            counted = json.loads((folder / "reading.json").read_text("utf-8"))
        scenario = await asyncio.to_thread(scenario_from_json, text)
        return ReadScenario(scenario, text, counted["rows"], _faults(counted["warnings"]))

    async def sample(self, name: str) -> ReadScenario:
        """A sample school. Raises `Refusal` where there is none of this name."""
        folders = self.settings.sample_folders()
        if name not in folders:
            raise bad_input([_no_sample(name, list(folders))])
        return await asyncio.to_thread(self.scenario_of_folder, folders[name])

    def scenario_of_folder(self, folder: Path) -> ReadScenario:
        """A sample school of ours; read here, because nobody from outside wrote it."""
        reading = read(folder)
        try:
            ready = line.prepared(reading, self.settings.policies)
        except InputFaults as error:
            raise bad_input(error.faults) from None
        return ReadScenario(ready.scenario, scenario_to_json(ready.scenario), dict(reading.rows), ready.warnings)

    async def scenario_of_json(self, text: str) -> ReadScenario:
        """The scenario written out as JSON. Raises `Refusal` with every fault."""
        return await asyncio.to_thread(self._scenario_of_json, text)

    def _scenario_of_json(self, text: str) -> ReadScenario:
        try:
            scenario = scenario_from_json(text)
            ready = line.prepared(Reading(scenario=scenario, faults=(), rows={}), self.settings.policies)
        except InputFaults as error:
            raise bad_input(error.faults) from None
        return ReadScenario(scenario, text, {}, ready.warnings)

    async def report_of(self, scenario_text: str, table: Upload) -> tuple[ReportRecord, tuple[Fault, ...]]:
        """The audit of an uploaded table, with the warnings of reading it. Raises `Refusal` where it cannot be read."""
        with tempfile.TemporaryDirectory(prefix="oneplusx-") as name:
            folder = Path(name)
            line.write_text(folder / "scenario.json", scenario_text)
            await self._run("audit", folder, table)
            report: ReportRecord = json.loads((folder / "report.json").read_text("utf-8"))
            warnings = _faults(json.loads((folder / "warnings.json").read_text("utf-8")))
        return report, warnings

    async def _run(self, task: str, folder: Path, upload: Upload) -> None:
        orders = Orders(
            name=upload.name,
            policies=self.settings.policies,
            cpu_seconds=self.settings.read_seconds,
            memory_bytes=self.settings.read_bytes,
        )
        (folder / "upload").write_bytes(upload.data)
        async with self.places:
            process = await start(task, folder, orders)
            try:
                # Wall time is only a safety: a loaded machine is slow, a stuck process does not use its processor time.
                await asyncio.wait_for(process.wait(), timeout=self.settings.read_seconds * 4)
            except TimeoutError:
                pass
            finally:
                await end(process)
        if (folder / "faults.json").exists():
            raise bad_input(_faults(json.loads((folder / "faults.json").read_text("utf-8"))))
        if process.returncode != 0 or (folder / "failure.json").exists():
            raise _too_heavy(upload.name, process.returncode)


async def start(task: str, folder: Path, orders: Orders) -> asyncio.subprocess.Process:
    """A process of `api.worker` on its way, in a session of its own so that Ctrl-C on the service does not reach it."""
    line.write_text(folder / "orders.json", orders.model_dump_json())
    with (folder / "worker.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "api.worker", task, str(folder)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """Makes sure that a process is gone."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _faults(records: Sequence[FaultRecord]) -> tuple[Fault, ...]:
    return tuple(Fault(**record) for record in records)


def _no_sample(name: str, known: Sequence[str]) -> Fault:
    return Fault(
        place="sample",
        zh=f"没有名为“{name}”的示例学校。",
        en=f"there is no sample school {name!r}.",
        todo_zh=f"可选：{'、'.join(known)}。",
        todo_en=f"Choose one of: {', '.join(known)}.",
    )


def _too_heavy(name: str, returncode: int | None) -> Refusal:
    return bad_input(
        [
            Fault(
                place=name,
                zh="文件读不完：内容过多，或者已经损坏。",
                en="could not be read: it holds too much, or it is damaged.",
                todo_zh="请用模板重新填写，只保留需要的行和列。",
                todo_en="Please fill in the template again and keep only the rows and columns that are needed.",
            )
        ]
    )
