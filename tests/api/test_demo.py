"""Does a fresh installation show a school that one can sign in to, the same at every start, on this computer only?"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import demo
from api.service.app import create_service
from api.store import migrate
from api.store.store import Store
from scheduler.domain import Scenario
from scheduler.generate.living import in_living_term
from scheduler.intake import read_scenario, scenario_to_json
from scheduler.make import Outcome, make_plan
from scheduler.solver.outcome import Options
from tests.api.conftest import BASE, TINY, settings_in
from tests.cli.test_commands import oneplusx


def planned(scenario: Scenario) -> Outcome:
    return make_plan(scenario, Options(time_limit=2.0), lambda _: None, lambda: False)


@pytest.mark.slow
def test_the_printed_accounts_open_a_school_whose_plan_is_published(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, run_jobs=False)
    store = Store(settings.database_address)
    migrate.upgrade(store.database)
    today = date(2026, 11, 22)
    assert not demo.lives(store, today)
    scenario = in_living_term(read_scenario(TINY), today)
    demo.found(store, scenario, scenario_to_json(scenario), planned(scenario), 0, settings)
    assert demo.lives(store, scenario.term.end)
    assert not demo.lives(store, scenario.term.end + timedelta(days=1)), "the next start opens the next term"

    told = list(demo.told_accounts(store, settings, "en"))
    assert told == list(demo.told_accounts(store, settings, "en")), "the same at the next start"
    passwords = {row.split()[0]: row.split()[1] for row in told[1:]}
    assert passwords.keys() >= {"office", "leader", "head-teacher", "teacher", "guardian", "pupil", "bureau", "administrator"}
    assert len(set(passwords.values())) == len(passwords)
    assert (tmp_path / "demo-secret").stat().st_mode & 0o077 == 0, "nobody else can derive them"

    with TestClient(create_service(settings, store), base_url=BASE) as http:
        for login, password in passwords.items():
            http.cookies.clear()
            page = http.post("/sign-in", data={"login": login, "password": password})
            assert "公示的课表" in page.text, login
        http.cookies.clear()
        http.post("/sign-in", data={"login": "office", "password": passwords["office"]})
        (term,) = http.get("/api/v1/terms").json()["items"]
        assert "公示中" in http.get(f"/terms/{term['id']}").text

        coming = in_living_term(scenario, scenario.term.end + timedelta(days=1))
        demo.found(store, coming, scenario_to_json(coming), planned(coming), 0, settings)
        assert [row["name"] for row in http.get("/api/v1/terms").json()["items"]] == [coming.term.name, term["name"]]
        assert list(demo.told_accounts(store, settings, "en")) == told, "the same people in the next term"


def test_the_sample_with_its_accounts_is_not_shown_to_other_computers() -> None:
    ended = oneplusx("run", "--host", "0.0.0.0", "--language", "en")
    assert ended.exit_code == 2
    assert "this computer only" in ended.stderr.replace("\n", " ")
