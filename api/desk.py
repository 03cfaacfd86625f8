"""What does a request have at hand? The settings, the jobs and those who work on them; and what was sent, understood."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, JsonValue, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.jobs import Job, Jobs, State
from api.problems import Refusal, bad_input, not_found
from api.readers import Readers, ReadScenario, Upload
from api.settings import Settings
from api.solves import Solves
from api.worker import ResultRecord
from scheduler import intake, line
from scheduler.domain import Scenario
from scheduler.errors import Fault
from scheduler.policy import Policy, load_policy
from scheduler.publish.exchange import timetable_from_json
from scheduler.timetable import Timetable

A = TypeVar("A", bound=BaseModel)
REMEMBERED_PLANS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """A finished job, read from its folder."""

    scenario: Scenario
    timetable: Timetable
    result: ResultRecord


@dataclass
class Desk:
    """Everything behind the pages and the HTTP interface."""

    settings: Settings
    jobs: Jobs
    readers: Readers
    solves: Solves
    plans: OrderedDict[str, Plan] = field(default_factory=OrderedDict)

    def job(self, job_id: str) -> Job:
        """The job, or 404."""
        job = self.jobs.find(job_id)
        if job is None:
            raise not_found()
        return job

    def finished(self, job_id: str) -> Job:
        """The job, if it has a result: else 404 or 409."""
        job = self.job(job_id)
        if job.state is not State.DONE:
            raise Refusal(
                "not-ready",
                job.failure_zh or "还在求解，请稍后再取结果。",
                job.failure_en or "It is still being solved. Please ask again later.",
            )
        return job

    def delete(self, job_id: str) -> None:
        """Forgets a job with all its data: else 404, or 409 while a process works on it.

        Call it in the event loop, where no job can begin to run meanwhile.
        """
        job = self.job(job_id)
        if job.state is State.RUNNING:
            raise Refusal(
                "still-running",
                "这次排课还在求解。请先停止，停下来以后再删除。",
                "This job is being solved. Please stop it first, and delete it once it has ended.",
            )
        self.jobs.delete(job)
        self.plans.pop(job.id, None)

    def published(self, job_id: str) -> Path:
        """The folder of published files of a finished job."""
        return self.jobs.folder(self.finished(job_id).id) / "published"

    def policy(self, county: str) -> Policy:
        """A county's policy, or 404."""
        if county not in line.counties(self.settings.policies):
            raise not_found()
        return load_policy(county, self.settings.policies)

    async def plan(self, job_id: str) -> Plan:
        """The finished plan of a job; the last few are remembered, because people leaf through the weeks of one plan."""
        job = self.finished(job_id)
        if job.id not in self.plans:
            self.plans[job.id] = await asyncio.to_thread(self._plan, job)
            while len(self.plans) > REMEMBERED_PLANS:
                self.plans.popitem(last=False)
        self.plans.move_to_end(job.id)
        return self.plans[job.id]

    def _plan(self, job: Job) -> Plan:
        folder = self.jobs.folder(job.id)
        return Plan(
            scenario=intake.scenario_from_json((folder / "scenario.json").read_text("utf-8")),
            timetable=timetable_from_json((folder / "published" / line.TIMETABLE).read_text("utf-8")),
            result=json.loads((folder / "result.json").read_text("utf-8")),
        )

    async def sample(self, name: str) -> ReadScenario:
        """A sample school, read."""
        folder = self.settings.sample_folders().get(name)
        if folder is None:
            known = list(self.settings.sample_folders())
            raise bad_input(
                [
                    Fault(
                        place="sample",
                        zh=f"没有名为“{name}”的示例学校。",
                        en=f"there is no sample school {name!r}.",
                        todo_zh=f"可选：{'、'.join(known)}。",
                        todo_en=f"Choose one of: {', '.join(known)}.",
                    )
                ]
            )
        return await asyncio.to_thread(self.readers.scenario_of_folder, folder)

    async def school(
        self, sample: str | None, scenario: Mapping[str, JsonValue] | None, upload: Upload | None, job: str | None = None
    ) -> ReadScenario:
        """The school that a request speaks of, in whatever way it does. Raises `Refusal` with every fault."""
        if upload is not None:
            return await self.readers.scenario_of_file(upload)
        if scenario is not None:
            return await self.readers.scenario_of_json(json.dumps(scenario, ensure_ascii=False))
        if job is not None:
            text = (self.jobs.folder(self.job(job).id) / "scenario.json").read_text("utf-8")
            return await self.readers.scenario_of_json(text)
        return await self.sample(sample or "")


def desk_of(request: Request) -> Desk:
    """The desk of the application."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: its text fields and its files."""

    fields: Mapping[str, str]
    files: Mapping[str, Upload]


async def form_of(request: Request) -> Sent:
    """The form in a request. An empty file field, as browsers send it, counts as not given."""
    try:
        form: FormData = await request.form(max_files=4, max_fields=20)
    except HTTPException:
        raise Refusal("malformed", "表单无法读取。", "The form cannot be read.") from None
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                data = await value.read()
                if value.filename or data:
                    files[name] = Upload(value.filename or name, data)
            elif value:
                fields[name] = value
    finally:
        await form.close()
    return Sent(fields, files)


def is_json(request: Request) -> bool:
    """Whether the body is JSON; refuses what is neither JSON nor a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return True
    if kind == "multipart/form-data":
        return False
    raise Refusal(
        "unsupported",
        "请用 application/json 或 multipart/form-data 发送。",
        "Please send application/json or multipart/form-data.",
        headers={"Accept-Post": "application/json, multipart/form-data"},
    )


def understood(model: type[A], text: bytes | Mapping[str, str]) -> A:
    """A request body as its model. Raises `Refusal` with every fault."""
    try:
        return model.model_validate_json(text) if isinstance(text, bytes) else model.model_validate_strings(dict(text))
    except ValidationError as error:
        entries = error.errors(include_url=False, include_input=False, include_context=False)
        if any(entry["type"] == "json_invalid" for entry in entries):
            raise Refusal("malformed", "内容不是有效的 JSON。", "The body is not valid JSON.") from None
        raise bad_input([_fault(".".join(map(str, entry["loc"])), entry["msg"]) for entry in entries]) from None


def _fault(place: str, message: str) -> Fault:
    return Fault(
        place=place or "request",
        zh=f"内容不合要求（{message}）。",
        en=f"is not valid ({message}).",
        todo_zh="请对照接口说明填写。",
        todo_en="Please compare it with the API description.",
    )
