"""What do requests and answers look like? The models behind the OpenAPI description, with examples."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.problems import FaultView

M = TypeVar("M", bound=BaseModel)

SAMPLE = Annotated[str | None, Field(description="Name of a sample school.", examples=["yueyang"], max_length=100)]
SCENARIO = Annotated[dict[str, JsonValue] | None, Field(description="The school as JSON, as GET /samples/{name} gives it.")]
PLAN = Annotated[str | None, Field(description="Id of a plan whose school is meant.", max_length=100)]


class Frozen(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """A request: unknown names and wrong types are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class School(Asked):
    """Which school: a sample, or its data. Exactly one."""

    sample: SAMPLE = None
    scenario: SCENARIO = None

    @model_validator(mode="after")
    def _one(self) -> "School":
        return _exactly_one(self, "sample", "scenario")


class AuditAsked(Asked):
    """Which table to audit, and for which school: a sample, its data, or the school of a plan. Exactly one."""

    sample: SAMPLE = None
    scenario: SCENARIO = None
    plan: PLAN = None
    table: Annotated[dict[str, JsonValue], Field(description="The timetable as JSON, as `GET /plans/{plan}/timetable` gives it.")]

    @model_validator(mode="after")
    def _one(self) -> "AuditAsked":
        return _exactly_one(self, "sample", "scenario", "plan")


def _exactly_one(asked: M, *names: str) -> M:
    given = [name for name in names if getattr(asked, name) is not None]
    if len(given) != 1:
        raise ValueError(f"give exactly one of {', '.join(names)}")
    return asked


class Rows(Frozen):
    """What became of the rows of one file or sheet; together they are all of its rows that are not blank."""

    read: int
    refused: int


class Checked(Frozen):
    """Input that can be used."""

    title: str = Field(examples=["新墙镇九年一贯制学校 2025年秋季学期"])
    county: str = Field(examples=["yueyang"])
    pupils: int
    staff: int
    courses: int
    rows: Mapping[str, Rows] = Field(description="Rows by file or sheet.")
    warnings: list[FaultView]


class Sample(Frozen):
    """A sample school."""

    name: str = Field(examples=["yueyang"])


class News(Frozen):
    """One line of news of a solve."""

    stage: str
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    share: float | None = Field(description="Part of the allowed time that is used, 0 to 1.")
    message: str = Field(description="The news in the language asked for.")


class SubjectView(Frozen):
    kind: str
    id: str
    name: str


class CitedClause(Frozen):
    """Where a county says what."""

    id: str
    county: str
    at: str = Field(description="Article as printed.", examples=["二（五）"])
    quote: str
    strength: str
    reading: str = Field(description="How we read it, in Chinese.")
    reading_en: str


class FindingView(Frozen):
    """A deviation with names, clause and quote."""

    clause: CitedClause
    rule: str
    amount: int
    subjects: list[SubjectView]
    zh: str
    en: str
    waived: bool


class NoteView(Frozen):
    """Reported, but no finding."""

    amount: int
    subjects: list[SubjectView]
    zh: str
    en: str


class ReportView(Frozen):
    """The judgement of a whole table."""

    lawful: bool
    breaches: int
    waivers_needed: int
    waivers_used: int
    deviations: Mapping[str, int]
    findings: list[FindingView]
    notes: list[NoteView]
    checked: list[str]


class AuditedView(ReportView):
    """The judgement of a table that was sent."""

    warnings: list[FaultView] = Field(description="What was worth a look in reading the table: merged cells, hidden rows.")


class PolicyView(Frozen):
    """A county's policy."""

    county: str
    title: str
    title_en: str
    checked: str = Field(description="Date on which the pack was last compared with its source.")
    clauses: int
    unmodelled: Mapping[str, str] = Field(description="Clauses that are not computed, with the reason in the language asked for.")


class ClauseView(CitedClause):
    """A clause with what is computed from it."""

    rule: str | None
    parameters: Mapping[str, JsonValue]
    pending: str | None = Field(description="The feature that will honour it.")
    fact: str | None = Field(description="What honours it where no rule is needed.")
