"""Who does the work? A runner: takes jobs from the table, each in a process of its own, and puts down what came of it.

Any number of runners may share a database, in the web processes or beside them. What a runner knows it has put down in the
row, so that another can go on where it was cut off; the folder of a job is scratch paper.
"""

import fcntl
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from api.service.claims import Claim, Lost, beat, claim_next, ended, failed, news_of, release, stop_asked
from api.service.hands import JobOrders
from api.service.keeping import forget_all_archives, keep_work
from api.service.outbox import Sender
from api.service.publishing import waivers_of, with_waivers
from api.settings import Settings
from api.store.base import Json
from api.store.facts import Moved, text_of
from api.store.log import Actor
from api.store.planning import MAX_TRIES, Job, JobKind, JobState, PlanVersion
from api.store.sessions import Writing
from api.store.store import Store
from api.store.trouble import Full, Unavailable
from api.worker import MEMORY, NO_PLAN
from scheduler.intake import scenario_from_json, scenario_to_json
from scheduler.line import write_text
from scheduler.solver.outcome import Mode

LOOK_SECONDS = 0.2
"""How often the process, its news and the stop flag are looked at."""
IDLE_SECONDS = 0.5
"""How often an idle runner asks for work."""
TIDY_SECONDS = 600.0
"""How often what is too old is looked for."""
MOST_NEWS = 300
"""News kept with a job; of more, the last."""
COMMAND = (sys.executable, "-m", "api.service.hands")
AWAY = (Unavailable, Full)
log = logging.getLogger("oneplusx")


class Runner:
    """Works on `settings.solvers` jobs at a time. `command` starts the process of a job."""

    def __init__(self, store: Store, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self.store, self.settings, self.command = store, settings, tuple(command)
        self.holder = secrets.token_hex(8)
        """A name of its own for each start, so that nobody takes an earlier runner's jobs for its own."""
        self.root = settings.state.absolute() / "work"
        self.folder = self.root / self.holder
        self.working: dict[str, subprocess.Popen[bytes]] = {}
        """Processes at work, by job."""
        self.closing = threading.Event()
        self.woken = threading.Event()
        self.places: list[threading.Thread] = []
        self.lock = -1
        self.sender = Sender(store, settings)
        """What waits in the outbox leaves from the same process, in threads of its own."""
        self.tidied = float("-inf")
        """When what is too old was last looked for."""

    def start(self) -> None:
        """Begins to work, in threads of its own."""
        self.folder.mkdir(parents=True, mode=0o700)
        self.lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self._sweep()
        self.places = [threading.Thread(target=self._work, name=f"runner-{n}") for n in range(self.settings.solvers)]
        for place in self.places:
            place.start()
        self.sender.start()

    def wake(self) -> None:
        """There is a new job."""
        self.woken.set()

    def close(self) -> None:
        """Ends all processes and gives their jobs back to the queue."""
        self.closing.set()
        self.woken.set()
        self.sender.closing.set()
        for place in self.places:
            place.join()
        self.sender.close()
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1
        shutil.rmtree(self.folder, ignore_errors=True)

    def _work(self) -> None:
        while not self.closing.is_set():
            try:
                self._tidy()
                claim = claim_next(self.store, self.holder, self.settings.lease_seconds)
            except AWAY:
                claim = None
            except Exception:
                # A row that cannot be read must not end the thread that would serve all others.
                log.exception("the queue cannot be read")
                claim = None
            if claim is None:
                self.woken.wait(IDLE_SECONDS)
                self.woken.clear()
                continue
            Work(self, claim).done()

    def _tidy(self) -> None:
        if time.monotonic() - self.tidied > TIDY_SECONDS:
            self.tidied = time.monotonic()
            forget_all_archives(self.store, Actor("runner", f"runner {self.holder}"))

    def _sweep(self) -> None:
        """Takes away what runners left that were killed: the folders that nobody holds any more."""
        for folder in self.root.iterdir():
            try:
                descriptor = os.open(folder / "lock", os.O_RDWR)
            except OSError:
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            except BlockingIOError:
                pass
            finally:
                os.close(descriptor)


class Work:
    """One job in one pair of hands."""

    def __init__(self, runner: Runner, claim: Claim) -> None:
        self.runner, self.claim = runner, claim
        self.store, self.settings = runner.store, runner.settings
        self.folder = runner.folder / claim.id
        self.heard = 0
        """Bytes of news read so far."""
        self.best_seen = 0
        """Time of writing of the best plan last read."""
        self.last_beat = time.monotonic()
        self.stopping = False
        self.asked: dict[str, Json] = {}

    def done(self) -> None:
        """Works on the job until it has ended, is given back, or is lost to another runner."""
        try:
            self._prepared()
            self._done()
        except Lost:
            log.warning("job %s was taken over", self.claim.id)
        except AWAY:
            # The lease runs out, and whoever reaches the database again takes it up.
            log.warning("job %s: the database is away", self.claim.id)
        except Exception:
            # Whatever it was, the job ends with words, and the thread goes on to the next.
            log.exception("job %s failed", self.claim.id)
            with suppress(Lost, *AWAY):
                self._end_badly("程序出错，请联系维护人员。", "The program failed; please tell whoever looks after it.")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _prepared(self) -> None:
        """Lays out in the folder what the process needs."""
        with self.store.reading(self.claim.school) as db:
            job = db.find(Job, self.claim.id)
            self.asked = job.asked if isinstance(job.asked, dict) else {}
            texts = {"scenario.json": text_of(db, job.scenario or "")}
            waivers = waivers_of(db, job.term) if job.kind is JobKind.EXPORT else ()
            if job.best is not None:
                texts["best.json"] = job.best
            if isinstance(plan := self.asked.get("plan"), str):
                texts["before.json"] = db.find(PlanVersion, plan).timetable
        if isinstance(changes := self.asked.get("changes"), str):
            texts["changes.toml"] = changes
        if waivers:
            # As when it is published: what was recorded since the facts were kept counts too.
            texts["scenario.json"] = scenario_to_json(with_waivers(scenario_from_json(texts["scenario.json"]), waivers))
        self.folder.mkdir(mode=0o700)
        for name, text in texts.items():
            write_text(self.folder / name, text)

    def _done(self) -> None:
        if not self.claim.spent:
            limit = _number(self.asked.get("time_limit"), 60)
            # A deterministic run counts steps, not seconds; only the longest time allowed at all ends it.
            longest = self.settings.solve_seconds if self.asked.get("deterministic") else limit
            if not self._process(self.claim.kind.value, longest + self.settings.grace_seconds):
                release(self.store, self.claim)
                return
            if self._told(whole=not self.stopping):
                return
        if (self.folder / "best.json").exists() and self.claim.kind is JobKind.SOLVE:
            if not self._process("rescue", self.settings.grace_seconds + 60):
                release(self.store, self.claim)
                return
            if self._told(whole=False):
                return
        elif not self.stopping and self.claim.attempt < MAX_TRIES and self._worth_another():
            self._again()
            return
        self._end_badly(*self._why())

    def _process(self, task: str, seconds: float) -> bool:
        """One process from start to end; false where it was cut short because the runner goes."""
        orders = JobOrders(
            parent=os.getpid(),
            policies=self.settings.policies,
            seed=int(_number(self.asked.get("seed"), 0)),
            time_limit=_number(self.asked.get("time_limit"), 60),
            deterministic=bool(self.asked.get("deterministic")),
            mode=Mode(str(self.asked.get("mode") or Mode.ROUNDS.value)),
            memory_bytes=self.settings.solve_bytes,
        )
        write_text(self.folder / "orders.json", orders.model_dump_json())
        deadline = time.monotonic() + seconds
        with (self.folder / "worker.log").open("ab") as told:
            process = subprocess.Popen(
                [*self.runner.command, task, str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )
        self.runner.working[self.claim.id] = process
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK_SECONDS)
                if process.returncode is not None:
                    self._beat(task, final=True)
                    return True
                if self.runner.closing.is_set():
                    return False
                if time.monotonic() > deadline:
                    return True
                if self._beat(task) and not self.stopping:
                    self.stopping = True
                    (self.folder / "stop").touch()
                    deadline = min(deadline, time.monotonic() + self.settings.grace_seconds)
        finally:
            self.runner.working.pop(self.claim.id, None)
            # The whole session, should the process have started others.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _beat(self, task: str, final: bool = False) -> bool:
        """Puts down news, the best plan and a sign of life, where it is time. True where the job is to stop.

        Errors: `Lost`; `Unavailable` and `Full` once the lease must have run out.
        """
        since = time.monotonic() - self.last_beat
        lease = self.settings.lease_seconds
        try:
            news, heard = self._news()
            if final or since > lease / 3 or (news and since > min(1.0, lease / 3)):
                best, seen = self._best(task)
                asked = beat(self.store, self.claim, lease, lambda job: _put(job, news, best))
                self.heard, self.best_seen, self.last_beat = heard, seen, time.monotonic()
                return asked
            return stop_asked(self.store, self.claim)
        except AWAY:
            if since > lease:
                raise
            return False

    def _news(self) -> tuple[list[Json], int]:
        """Lines not yet put down, and how far that is. A line that is still being written is left for the next time."""
        try:
            with (self.folder / "events.jsonl").open("rb") as events:
                events.seek(self.heard)
                text = events.read()
        except OSError:
            return [], self.heard
        complete = text[: text.rfind(b"\n") + 1]
        return [json.loads(line) for line in complete.splitlines()], self.heard + len(complete)

    def _best(self, task: str) -> tuple[str | None, int]:
        """The best plan, where it is newer than the one put down."""
        path = self.folder / "best.json"
        try:
            written = path.stat().st_mtime_ns
            if task != "solve" or written == self.best_seen:
                return None, self.best_seen
            return path.read_text("utf-8"), written
        except OSError:
            return None, self.best_seen

    def _told(self, whole: bool) -> bool:
        """Whether the process left a result or faults behind; then the job has ended accordingly."""
        if (self.folder / "result.json").exists():
            state = JobState.STOPPED if self.stopping else JobState.DONE

            def put(db: Writing, job: Job) -> None:
                keep_work(db, job, self.folder, whole, self.settings.policies)
                if not whole:
                    # Whoever wants more may ask again.
                    job.key = None

            try:
                self._surely(lambda: ended(self.store, self.claim, state, put))
            except Moved:
                self._end_badly(
                    "计算期间学校的数据被改过，结果已不适用。请按现在的数据再试一次。",
                    "The facts were changed meanwhile, so the result no longer fits. Please try again with those of now.",
                )
            return True
        if (self.folder / "faults.json").exists():
            faults = json.loads((self.folder / "faults.json").read_text("utf-8"))
            zh, en = (" ".join(f"{each[of]} {each[f'todo_{of}']}" for each in faults) for of in ("zh", "en"))
            self._end_badly(zh, en)
            return True
        return False

    def _worth_another(self) -> bool:
        """Whether a process that died might fare better next time: not where memory or time ran out."""
        return not (self.folder / "failure.json").exists()

    def _again(self) -> None:
        """Back to the queue; the attempt counts."""

        def put(job: Job) -> None:
            job.state, job.holder, job.lease_until = JobState.QUEUED, None, None

        beat(self.store, self.claim, self.settings.lease_seconds, put)
        self.runner.wake()

    def _end_badly(self, zh: str, en: str) -> None:
        state = JobState.STOPPED if self.stopping else JobState.FAILED
        self._surely(lambda: failed(self.store, self.claim, zh, en, state))

    def _surely(self, write: Callable[[], None]) -> None:
        """Writes it, and waits for a database that is away as long as the job is ours."""
        while True:
            try:
                write()
                return
            except AWAY:
                if time.monotonic() - self.last_beat > self.settings.lease_seconds or self.runner.closing.is_set():
                    raise
                time.sleep(IDLE_SECONDS)

    def _why(self) -> tuple[str, str]:
        failure = self.folder / "failure.json"
        reason = json.loads(failure.read_text("utf-8"))["reason"] if failure.exists() else ""
        if self.stopping:
            return "在得到结果之前就被停止了。", "It was stopped before there was any result."
        if reason == MEMORY:
            return "内存不够，没有得到结果。", "Memory ran out before there was any result."
        if reason == NO_PLAN:
            return "时间太短，没有得到方案。请放宽时间再试。", "Time ran out before there was any plan. Please allow more."
        if self.claim.spent:
            return (
                "试了三次都没有完成。请联系维护人员。",
                "It was tried three times and never finished. Please tell whoever looks after it.",
            )
        return "进程意外中断，没有得到结果。", "The process died before there was any result."


def _put(job: Job, news: list[Json], best: str | None) -> None:
    told = job.progress if isinstance(job.progress, dict) else {}
    kept: list[Json] = [*news_of(job), *news]
    seconds = _number(told.get("best_seconds"), 0)
    if best is not None:
        last = kept[-1] if kept else None
        searched = _number(last.get("seconds"), 0) if isinstance(last, dict) else 0
        # A later attempt's plan takes the place of an earlier one's once it has searched as long.
        if searched >= seconds:
            job.best, seconds = best, searched
    dropped = _number(told.get("dropped"), 0) + max(0, len(kept) - MOST_NEWS)
    job.progress = {"news": kept[-MOST_NEWS:], "dropped": int(dropped), "best_seconds": seconds}


def _number(value: Json, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
