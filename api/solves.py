"""Who solves what, and when? A queue over the job folders; each solve in a process of its own, stopped politely or killed."""

import asyncio
import json
import logging
from contextlib import suppress
from pathlib import Path

from api.jobs import MAX_TRIES, Job, Jobs, SolveOptions, State
from api.problems import Refusal
from api.readers import ReadScenario, end, start
from api.settings import Settings
from api.worker import MEMORY, NO_PLAN, Orders

LOOK_SECONDS = 0.2
log = logging.getLogger("oneplusx")


class Solves:
    """Runs the queue. What it knows stands in the job folders, so a new one goes on where an old one was cut off."""

    def __init__(self, jobs: Jobs, settings: Settings) -> None:
        self.jobs = jobs
        self.settings = settings
        self.waiting: asyncio.Queue[str] = asyncio.Queue()
        self.runners: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Takes up what an earlier service left behind, and begins to work."""
        for job in reversed(self.jobs.all()):
            if job.state in {State.QUEUED, State.RUNNING}:
                self.jobs.save(job.model_copy(update={"state": State.QUEUED}))
                self.waiting.put_nowait(job.id)
        self.runners = [asyncio.create_task(self._run()) for _ in range(self.settings.solvers)]

    async def close(self) -> None:
        """Ends all processes; their jobs are taken up again by the next service."""
        while pending := [runner for runner in self.runners if not runner.done()]:
            for runner in pending:
                runner.cancel()
            # A wait that ends in the same moment may swallow one cancellation; then it is asked again.
            await asyncio.wait(pending, timeout=1)

    def add(self, read: ReadScenario, options: SolveOptions) -> Job:
        """A new job at the end of the queue. Raises `Refusal` where the queue is full."""
        if self.waiting.qsize() >= self.settings.queue:
            raise Refusal(
                "busy",
                "排队的任务已满，请稍后再试。",
                "The queue is full. Please try again later.",
                headers={"Retry-After": "30"},
            )
        allowed = options.model_copy(update={"time_limit": min(options.time_limit, self.settings.solve_seconds)})
        job = self.jobs.create(read.scenario, read.text, allowed)
        self.jobs.forget_old(self.settings.keep_jobs)
        self.waiting.put_nowait(job.id)
        return job

    def stop(self, job: Job) -> Job:
        """Asks a job to stop. One that still waits ends at once, without a plan."""
        self.jobs.ask_to_stop(job)
        if job.state is State.QUEUED:
            job = self._failed(job, "在开始之前就被停止了。", "It was stopped before it began.")
        return job

    def ahead_of(self, job: Job) -> int:
        """Jobs that wait in front of this one."""
        waiting = [other for other in self.jobs.all() if other.state is State.QUEUED]
        return sum(other.created < job.created for other in waiting) if job.state is State.QUEUED else 0

    async def _run(self) -> None:
        while True:
            job = self.jobs.find(await self.waiting.get())
            if job is None or job.state is not State.QUEUED:
                continue
            try:
                await self._solve(job)
            except Exception:
                log.exception("job failed")
                self._failed(job, "程序出错，请联系维护人员。", "The program failed; please tell whoever looks after it.")

    async def _solve(self, job: Job) -> None:
        folder = self.jobs.folder(job.id)
        # An earlier service may have died between the end of the solve and the note of it.
        if self._told(job):
            return
        job = job.model_copy(update={"state": State.RUNNING, "tries": job.tries + 1})
        self.jobs.save(job)
        if job.tries <= MAX_TRIES and not self.jobs.stop_asked(job):
            await self._process("solve", job, job.options.time_limit + self.settings.grace_seconds)
        if self._told(job):
            return
        if (folder / "best.json").exists():
            await self._process("rescue", job, self.settings.grace_seconds + 60)
            if self._told(job):
                return
        self._failed(job, *_why(folder))

    def _told(self, job: Job) -> bool:
        """Whether the process left a result or faults behind; then the job ends accordingly."""
        folder = self.jobs.folder(job.id)
        if (folder / "result.json").exists():
            self.jobs.save(job.model_copy(update={"state": State.DONE}))
            return True
        if (folder / "faults.json").exists():
            faults = json.loads((folder / "faults.json").read_text("utf-8"))
            told = [
                " ".join(f"{fault[f'{language}']} {fault[f'todo_{language}']}" for fault in faults) for language in ("zh", "en")
            ]
            self._failed(job, *told)
            return True
        return False

    async def _process(self, task: str, job: Job, seconds: float) -> None:
        """Runs one process to its end; after its time, or some time after a stop, it is killed."""
        options = job.options
        orders = Orders(
            policies=self.settings.policies,
            seed=options.seed,
            time_limit=options.time_limit,
            deterministic=options.deterministic,
            memory_bytes=self.settings.solve_bytes,
        )
        clock = asyncio.get_running_loop().time
        # A deterministic run counts steps, not seconds; only the longest time allowed at all ends it.
        deadline = clock() + (self.settings.solve_seconds if options.deterministic else seconds)
        stopping = False
        process = await start(task, self.jobs.folder(job.id), orders)
        try:
            while process.returncode is None and clock() < deadline:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await process.wait()
                if not stopping and task == "solve" and self.jobs.stop_asked(job):
                    stopping = True
                    deadline = min(deadline, clock() + self.settings.grace_seconds)
        finally:
            await end(process)

    def _failed(self, job: Job, zh: str, en: str) -> Job:
        failed = job.model_copy(update={"state": State.FAILED, "failure_zh": zh, "failure_en": en})
        self.jobs.save(failed)
        return failed


def _why(folder: Path) -> tuple[str, str]:
    if (folder / "stop").exists():
        return "在得到第一个方案之前就被停止了。", "It was stopped before there was any plan."
    reason = json.loads((folder / "failure.json").read_text("utf-8"))["reason"] if (folder / "failure.json").exists() else ""
    if reason == MEMORY:
        return "内存不够，没有得到方案。", "Memory ran out before there was any plan."
    if reason == NO_PLAN:
        return "时间太短，没有得到方案。请放宽时间再试。", "Time ran out before there was any plan. Please allow more."
    return "求解进程意外中断，没有得到方案。", "The solving process died before there was any plan."
