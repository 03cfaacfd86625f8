"""What was sent? Forms with their files, JSON as its model, and every fault told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.problems import Refusal, bad_input
from api.readers import Upload
from scheduler.errors import Fault

A = TypeVar("A", bound=BaseModel)
FIELD_BYTES = 32 * 1024 * 1024
"""Longest text field: a school that was looked at comes back in one. The body as a whole is held to less by the guard."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: its text fields and its files."""

    fields: Mapping[str, str]
    files: Mapping[str, Upload]


async def form_of(request: Request) -> Sent:
    """The form in a request. An empty file field, as browsers send it, counts as not given."""
    try:
        form: FormData = await request.form(max_files=4, max_fields=20, max_part_size=FIELD_BYTES)
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


def missing(name: str) -> Fault:
    """A part of a form that is not there, or there twice."""
    return Fault(
        place=name,
        zh="没有给出，或者给了不止一个。",
        en="is not given, or given more than once.",
        todo_zh="请只上传一个文件，或者只选一所示例学校。",
        todo_en="Please send exactly one file, or name exactly one sample school.",
    )


def _fault(place: str, message: str) -> Fault:
    return Fault(
        place=place or "request",
        zh=f"内容不合要求（{message}）。",
        en=f"is not valid ({message}).",
        todo_zh="请对照接口说明填写。",
        todo_en="Please compare it with the API description.",
    )
