"""Does anything that anybody may send break the service or its own description? Every operation, as every role."""

import json
from collections.abc import Iterator, Sequence

import pytest
import schemathesis
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from api.access.table import FILE, Table, permissions, read
from api.service.app import create_service
from api.service.keeping import Made, keep
from api.settings import Settings
from api.store import facts
from api.store.base import TermId
from api.store.people import Role
from api.store.store import Store
from scheduler.line import judged
from scheduler.policy import load_policy
from scheduler.publish.exchange import timetable_to_json
from scheduler.telling import report_record
from tests.api.test_schema import CHECKS
from tests.repair.schools import tiny
from tests.service.conftest import BASE, CLERK, HERE
from tests.service.jobs.work import PATIENCE
from tests.service.operation.served import measured
from tests.service.people import Caller, everybody
from tests.service.publication.world import furnish

EXAMPLES = 20
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
LEAVING = ("POST /api/v1/sign-out", "POST /api/v1/sign-out-everywhere", "DELETE /api/v1/accounts/{account}/roles/{held}")


def service(store: Store, table: Table) -> FastAPI:
    """The service, answering to the name by which the library calls it."""
    return create_service(Settings(run_jobs=False, hosts=("testserver", "127.0.0.1")), store, table)


def judged_plan(store: Store, term: str) -> str:
    """A plan with all its papers."""
    scenario, table = tiny()
    report = judged(table, scenario, load_policy(scenario.school.county))
    with store.writing(HERE, CLERK) as db:
        made = Made(
            timetable=timetable_to_json(table),
            report=json.dumps(report_record(report)),
            lawful=report.lawful,
            summary={},
            seed=0,
            options={},
            repeatable=False,
        )
        plan = keep(db, TermId(term), facts.head(db, term).id, scenario.school.county, None, made)
        db.record("plan.keep", plan.id)
    return plan.id


def operations(app: FastAPI) -> Iterator[schemathesis.APIOperation]:
    """All of them, but those that end a caller's own sign-in."""
    for found in schemathesis.openapi.from_asgi("/api/v1/openapi.json", app).get_all_operations():
        operation = found.ok() if isinstance(found, Ok) else None
        assert operation is not None
        if f"{operation.method.upper()} {operation.path}" not in LEAVING:
            yield operation


def broken_by(callers: Sequence[Caller], operation: schemathesis.APIOperation, ids: dict[str, str], examples: int) -> list[str]:
    """What went wrong, in words: the first for each caller, who all send the same. Half of it is about things that there are."""
    found: dict[str, str] = {}

    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES)), real=st.booleans())
    @settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case, real: bool) -> None:
        drawn = dict(case.path_parameters or {})
        for caller in callers:
            if real:
                there = {**ids, "account": caller.account}
                case.path_parameters = {name: there.get(name, value) for name, value in drawn.items()}
            headers = {"Cookie": f"oneplusx={caller.cookie}", "X-CSRF-Token": caller.csrf} if caller.cookie else {}
            try:
                case.call_and_validate(headers=headers, checks=CHECKS, timeout=PATIENCE)
            except FailureGroup as failures:
                why = " ".join(str(failures.exceptions[0]).split())[:300]
                found.setdefault(caller.account, f"{caller.role} {operation.method.upper()} {operation.path}: {why}")

    ask()
    return list(found.values())


def fuzzed(app: FastAPI, store: Store, roles: list[Role | None], examples: int) -> tuple[int, list[str]]:
    http = TestClient(app, base_url=BASE, raise_server_exceptions=False)
    callers = everybody(http, store)
    term, _ = furnish(store)
    ids = {"term": term, "plan": judged_plan(store, term), "home_class": "2-1", "pupil": "202403", "kind": "courses"}
    asking = [callers[f"{role}@here"] if role else callers["nobody"] for role in roles]
    broken, count = [], 0
    for operation in operations(app):
        broken += broken_by(asking, operation, ids, examples)
        count += len(asking)
    return count, broken


@pytest.mark.slow
def test_no_request_of_the_office_breaks_any_operation(store: Store):
    count, broken = fuzzed(service(store, permissions()), store, [Role.OFFICE], 2)
    assert broken == []
    assert count > 50


@pytest.mark.long
def test_no_request_of_anybody_breaks_any_operation(store: Store, kind: str):
    roles = [*Role, None]
    count, broken = fuzzed(service(store, permissions()), store, roles, EXAMPLES)
    assert broken == []
    measured("E1", kind=kind, roles=len(roles), operations=count // len(roles), requests=count * EXAMPLES, broken=0)


def test_a_planted_failure_and_a_planted_answer_are_found(store: Store):
    """The control."""
    lines = (
        FILE.read_text("utf-8")
        + '[planted]\ntitle = "planted"\n"GET /api/v1/failure" = "office"\n"GET /api/v1/answer" = "office"\n'
    )
    app = service(store, read(lines))
    app.add_api_route("/api/v1/failure", lambda number: {"share": 1 // (len(number) - len(number))})
    app.add_api_route(
        "/api/v1/answer", lambda: Response('{"share": "much"}', media_type="application/json"), response_model=dict[str, int]
    )
    caller = everybody(TestClient(app, base_url=BASE, raise_server_exceptions=False), store)["office@here"]
    for operation in operations(app):
        if operation.path in ("/api/v1/failure", "/api/v1/answer"):
            assert broken_by([caller], operation, {}, 5), operation.path
