"""How are requests and refusals described to programs, where the framework cannot read it off the code?"""

from collections.abc import Mapping

from pydantic import BaseModel

from api.jobs import SolveOptions
from api.problems import MEDIA_TYPE

SCENARIO_FILE = {
    "type": "string",
    "format": "binary",
    "description": "The school: a .zip of its folder, or a workbook .xlsx.",
}
SAMPLE_NAME = {"type": "string", "description": "Instead of a file: name of a sample school."}


def refusals(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Documents refusals as problem details."""
    words = {
        400: "The request cannot be read.",
        403: "A page of another site sent the request.",
        404: "Nothing here.",
        409: "No result yet, or the job has failed; for a job to be deleted: it is still being solved.",
        413: "The upload is too large.",
        415: "Neither JSON nor a form.",
        421: "The service does not answer to this host name.",
        422: "The input has faults; every one is listed.",
        429: "The queue is full; see Retry-After.",
        500: "A failure of the program.",
    }
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": words[status], "content": {MEDIA_TYPE: schema}} for status in statuses}


def body(model: type[BaseModel], form: Mapping[str, object], example: Mapping[str, object]) -> dict[str, object]:
    """Documents a body that is either JSON or a form with files."""
    options = {
        name: {key: value for key, value in of.items() if key != "default"}
        for name, of in SolveOptions.model_json_schema()["properties"].items()
    }
    with_options = options if issubclass(model, SolveOptions) else {}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{model.__name__}"},
                    "examples": {"sample": {"value": example}},
                },
                "multipart/form-data": {
                    "schema": {"type": "object", "properties": {**form, **with_options}, "additionalProperties": False}
                },
            },
        }
    }
