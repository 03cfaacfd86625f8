"""How is the interface described to programs, where the framework cannot read it off the code?"""

from collections.abc import Mapping

from fastapi import FastAPI
from pydantic import BaseModel

from api.examples import EXAMPLES
from api.problems import MEDIA_TYPE, Problem
from api.schemas import AuditAsked, School

SCENARIO_FILE = {
    "type": "string",
    "format": "binary",
    "description": "The school: a .zip of its folder, or a workbook .xlsx.",
}
SAMPLE_NAME = {"type": "string", "description": "Instead of a file: name of a sample school."}


PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
REFUSALS: dict[int | str, dict[str, object]] = {
    "4XX": {"description": "Why not, and what to do; see `type`.", **PROBLEM},
    "5XX": {"description": "A failure of ours, a database that is away or a full disk.", **PROBLEM},
}
"""Every route may refuse; programs find out how by `type`."""
DESCRIPTION = """\
Plans a school's after-school service (课后服务 1+X) and checks any plan against local policy.

Sign in (`POST /api/v1/sign-in`; send the `csrf` of the answer as `X-CSRF-Token` with whatever changes something) or send a
token of `POST /api/v1/me/tokens` as `Authorization: Bearer …`. Open a term, import its facts, ask for a plan, follow the
job, fetch the plan, publish it. Refusals are problem details (RFC 9457), in Chinese or, with `Accept-Language: en`, in English.
"""


def body(model: type[BaseModel], form: Mapping[str, object], example: Mapping[str, object]) -> dict[str, object]:
    """Documents a body that is either JSON or a form with files."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{model.__name__}"},
                    "examples": {"sample": {"value": example}},
                },
                "multipart/form-data": {"schema": {"type": "object", "properties": form, "additionalProperties": False}},
            },
        }
    }


def describe(app: FastAPI) -> None:
    """Puts refusals, hand-read bodies and examples among the schemas."""
    plain = app.openapi

    def described() -> dict[str, object]:
        if app.openapi_schema is None:
            schema = plain()
            models = schema.setdefault("components", {}).setdefault("schemas", {})
            for model in (Problem, School, AuditAsked):
                own = model.model_json_schema(ref_template="#/components/schemas/{model}")
                models.update(own.pop("$defs", {}))
                models[model.__name__] = own
            for name, example in EXAMPLES.items():
                if name in models:
                    models[name]["examples"] = [example]
            app.openapi_schema = schema
        return app.openapi_schema

    # FastAPI documents this very assignment as the way to extend its schema; mypy forbids any on a method.
    app.openapi = described  # type: ignore[method-assign]
