"""How do we say no? Problem details (RFC 9457) for programs, in Chinese or English, with every fault of an upload."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.language import Language, language_of
from scheduler.errors import Fault

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("oneplusx")


class FaultView(BaseModel):
    """One thing wrong at one place, and what to do about it."""

    model_config = ConfigDict(frozen=True)

    place: str = Field(description="File, sheet or part of the request.", examples=["staff.csv"])
    row: int | None = Field(default=None, description="Line as a person sees it; the header is 1.")
    column: str | None = Field(default=None, description="Column header as the person wrote it.")
    message: str = Field(description="What is wrong and what to do, in the language asked for.")
    warning: bool = Field(default=False, description="True: worth a look, but the input can be used.")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="What kind of problem; stable.", examples=["urn:oneplusx:problem:bad-input"])
    title: str = Field(description="The kind in words.", examples=["数据有误"])
    status: int = Field(examples=[422])
    detail: str = Field(description="This case in words, and what to do now.")
    instance: str | None = Field(
        default=None, description="The number of this request; it stands in the log.", examples=["urn:oneplusx:request:1f2e"]
    )
    faults: list[FaultView] = Field(default_factory=list, description="Every fault found in what was sent.")


TITLES: dict[str, tuple[int, str, str]] = {
    "changed": (409, "内容已被别人修改", "Somebody else changed it"),
    "taken": (409, "已经存在", "It is there already"),
    "key-reused": (409, "请求标识被重复使用", "The key was used for another request"),
    "too-often": (429, "尝试次数太多", "Tried too often"),
    "malformed": (400, "请求无法读取", "The request cannot be read"),
    "sign-in": (401, "需要登录", "Signing in is needed"),
    "not-allowed": (403, "没有权限", "Not allowed"),
    "foreign-page": (403, "来自其他网页的请求", "The request comes from a foreign page"),
    "not-found": (404, "没有找到", "Not found"),
    "wrong-method": (405, "不支持这种操作", "This method is not supported here"),
    "not-ready": (409, "还没有结果", "There is no result yet"),
    "still-running": (409, "还在求解", "It is still being solved"),
    "too-large": (413, "文件太大", "The upload is too large"),
    "unsupported": (415, "不支持这种格式", "This format is not supported"),
    "unknown-host": (421, "主机名不被接受", "This host name is not answered"),
    "not-lawful": (422, "不符合规定", "It is against the rules"),
    "bad-input": (422, "数据有误", "The input has faults"),
    "no-version": (428, "缺少版本", "The version is missing"),
    "busy": (429, "排队已满", "The queue is full"),
    "unavailable": (503, "暂时不能用", "Not available for the moment"),
    "full": (507, "磁盘已满", "The disk is full"),
    "our-fault": (500, "程序出错", "The program failed"),
}
BY_STATUS = {status: kind for kind, (status, _, _) in TITLES.items()} | {409: "not-ready"}


class Refusal(Exception):
    """A request we answer with no, and why."""

    def __init__(
        self,
        kind: str,
        zh: str,
        en: str,
        faults: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        self.kind, self.zh, self.en, self.faults, self.headers = kind, zh, en, tuple(faults), headers
        self.more = more or {}
        """Members beside those of every problem, such as both versions of what somebody else changed. Fit for JSON."""
        super().__init__(en)

    @property
    def status(self) -> int:
        return TITLES[self.kind][0]

    def problem(self, language: Language) -> Problem:
        """The refusal in one language."""
        status, zh, en = TITLES[self.kind]
        return Problem(
            type=f"urn:oneplusx:problem:{self.kind}",
            title=zh if language == "zh" else en,
            status=status,
            detail=self.zh if language == "zh" else self.en,
            faults=fault_views(self.faults, language),
        )


def fault_views(faults: Sequence[Fault], language: Language) -> list[FaultView]:
    """Faults for programs, their sentences in one language."""
    return [
        FaultView(
            place=fault.place,
            row=fault.row,
            column=fault.column,
            message=f"{fault.zh}{fault.todo_zh}" if language == "zh" else f"{fault.en} {fault.todo_en}",
            warning=fault.warning,
        )
        for fault in faults
    ]


def bad_input(faults: Sequence[Fault]) -> Refusal:
    """Input that cannot be used, with every fault found."""
    count = sum(not fault.warning for fault in faults)
    return Refusal(
        "bad-input",
        f"数据中有 {count} 处错误，请按提示修改后重新上传。",
        f"Faults in the input: {count}. Please mend them as told and send it again.",
        faults,
    )


def not_found() -> Refusal:
    """The same answer for what never was and for what is gone."""
    return Refusal("not-found", "没有这个地址，或者内容已被清理。", "There is nothing here, or it has been cleaned up.")


def _of_http(error: HTTPException) -> Refusal:
    headers = dict(error.headers) if error.headers else None
    kind = BY_STATUS.get(error.status_code, "malformed" if error.status_code < 500 else "our-fault")
    if kind == "not-found":
        return not_found()
    details = {
        "wrong-method": ("请看接口说明中列出的方法。", "See the methods listed in the API description."),
        "malformed": ("请检查请求的内容和格式。", "Please check the content and the format of the request."),
    }
    zh, en = details.get(kind, ("请检查请求。", "Please check the request."))
    return Refusal(kind, zh, en, headers=headers)


def _of_validation(error: RequestValidationError) -> Refusal:
    faults = [
        Fault(
            place=".".join(str(part) for part in entry["loc"]) or "request",
            zh=f"内容不合要求（{entry['msg']}）。",
            en=f"is not valid ({entry['msg']}).",
            todo_zh="请对照接口说明填写。",
            todo_en="Please compare it with the API description.",
        )
        for entry in error.errors()
    ]
    return bad_input(faults)


def our_fault(error: Exception) -> Refusal:
    """A failure of the program: the person gets a number, the log gets the story."""
    reference = secrets.token_hex(4)
    log.error("failure %s", reference, exc_info=error)
    return Refusal(
        "our-fault",
        f"这是程序的错误，不是您的。请把编号 {reference} 告诉维护人员。",
        f"This is our fault, not yours. Please give the number {reference} to whoever looks after the program.",
    )


def refused(request: Request, refusal: Refusal) -> Response:
    """The refusal as problem details."""
    language = language_of(request)
    number = getattr(request.state, "request_id", None)
    told = {"instance": f"urn:oneplusx:request:{number}"} if number else {}
    return JSONResponse(
        {**refusal.problem(language).model_dump(mode="json"), **told, **refusal.more},
        status_code=refusal.status,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": language, **(refusal.headers or {})},
    )


Answer = Callable[[Request, Refusal], Response]


def answer_problems(app: FastAPI, answer: Answer) -> None:
    """Let every refusal of the application be told by `answer`; failures are the guard's."""

    def told(of: Callable[[Exception], Refusal]) -> Callable[[Request, Exception], Awaitable[Response]]:
        async def handler(request: Request, error: Exception) -> Response:
            return answer(request, of(error))

        return handler

    def as_refusal(error: Exception) -> Refusal:
        assert isinstance(error, Refusal)
        return error

    def as_http(error: Exception) -> Refusal:
        assert isinstance(error, HTTPException)
        return _of_http(error)

    def as_validation(error: Exception) -> Refusal:
        assert isinstance(error, RequestValidationError)
        return _of_validation(error)

    app.add_exception_handler(Refusal, told(as_refusal))
    app.add_exception_handler(HTTPException, told(as_http))
    app.add_exception_handler(RequestValidationError, told(as_validation))
