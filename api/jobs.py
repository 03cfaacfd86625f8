"""What do we know of a solve? One folder a job, written file by file in one step each, so that a restart loses nothing.

job.json        what was asked and where it stands (written by the service)
scenario.json   the school as it was read
events.jsonl    the news of the solve, one a line (written by its process, like all below)
best.json       the best plan so far
result.json     how it ended, with summary and report
timetable.json and the published files
stop            present once somebody asked to stop
"""

import json
import re
import secrets
import shutil
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scheduler.domain import Scenario
from scheduler.line import write_text
from scheduler.news import ProgressRecord

ID = re.compile(r"[0-9a-f]{32}")
MAX_TRIES = 3


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SolveOptions(BaseModel):
    """How to solve."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    time_limit: Annotated[int, Field(ge=1, le=86400, description="Seconds the search may take.")] = 60
    seed: Annotated[int, Field(ge=0, lt=2**31, description="Seed of everything random.")] = 0
    deterministic: Annotated[bool, Field(description="Same input and seed give the same bytes; slower.")] = False


class Job(BaseModel):
    """What was asked, and where it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    created: datetime
    title: str
    county: str
    pupils: int
    options: SolveOptions
    state: State = State.QUEUED
    tries: int = 0
    failure_zh: str = ""
    failure_en: str = ""


class Jobs:
    """The folders of all jobs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def create(self, scenario: Scenario, scenario_text: str, options: SolveOptions) -> Job:
        """A new job in the queue. Its id cannot be guessed: whoever knows it may see the plan."""
        job = Job(
            id=secrets.token_hex(16),
            created=datetime.now(UTC),
            title=f"{scenario.school.name} {scenario.term.name}",
            county=scenario.school.county,
            pupils=len(scenario.pupils),
            options=options,
        )
        self.folder(job.id).mkdir(mode=0o700)
        write_text(self.folder(job.id) / "scenario.json", scenario_text)
        self.save(job)
        return job

    def folder(self, job_id: str) -> Path:
        """Where a job lives. The id must have been looked at by `find` or made by `create`."""
        return self.root / job_id

    def save(self, job: Job) -> None:
        write_text(self.folder(job.id) / "job.json", job.model_dump_json(indent=2))

    def find(self, job_id: str) -> Job | None:
        """The job, or nothing where the id is not one of ours."""
        if not ID.fullmatch(job_id):
            return None
        try:
            return Job.model_validate_json((self.folder(job_id) / "job.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def all(self) -> list[Job]:
        """Every job, the newest first."""
        found = (self.find(folder.name) for folder in self.root.iterdir())
        return sorted((job for job in found if job is not None), key=lambda job: job.created, reverse=True)

    def ask_to_stop(self, job: Job) -> None:
        """Raises the stop flag; the process of the job looks at it often."""
        (self.folder(job.id) / "stop").touch()

    def stop_asked(self, job: Job) -> bool:
        return (self.folder(job.id) / "stop").exists()

    def events(self, job: Job, after: int = 0) -> list[ProgressRecord]:
        """The news since the given count. A line that is still being written is left for the next time."""
        try:
            text = (self.folder(job.id) / "events.jsonl").read_text("utf-8")
        except OSError:
            return []
        complete = text[: text.rfind("\n") + 1].splitlines()
        return [json.loads(line) for line in complete[after:]]

    def delete(self, job: Job) -> None:
        """Forgets a job with all its data."""
        shutil.rmtree(self.folder(job.id), ignore_errors=True)

    def forget_old(self, keep: int) -> None:
        """Deletes the oldest finished jobs beyond `keep`."""
        finished = [job for job in self.all() if job.state in {State.DONE, State.FAILED}]
        for job in finished[keep:]:
            self.delete(job)
