"""Do the commands that look after the database say what they did, and what is wrong?"""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.service.app import create_service
from api.settings import Settings
from api.store.engine import Database
from tests.cli.test_commands import oneplusx
from tests.service.conftest import BASE


@pytest.fixture
def chosen(empty: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ONEPLUSX_DATABASE", empty)
    return empty


def test_a_new_school_s_first_administrator_comes_in_by_the_printed_link(chosen: str):
    ended = oneplusx("school", "一小", "--county", "yueyang")
    assert ended.exit_code == 0, ended.stdout
    (link,) = re.findall(r"/welcome\?code=[\w-]+", ended.stdout.replace("\n", ""))
    with TestClient(create_service(Settings(run_jobs=False)), base_url=BASE) as browser:
        page = browser.get(link).text
        code = re.findall(r'name="code"[^>]*value="([\w-]+)"', page)[0]
        chosen_by_them = {"code": code, "name": "李老师", "login": "li", "password": "warm rain on slate"}
        assert "李老师" in browser.post("/welcome", data=chosen_by_them).text


def test_a_school_of_an_unknown_county_is_refused(chosen: str):
    ended = oneplusx("school", "一小", "--county", "nowhere")
    assert ended.exit_code == 2
    assert "nowhere" in ended.stderr


def test_the_log_is_verified_and_a_raw_edit_is_named(chosen: str):
    assert "还没有数据库" in oneplusx("verify-log").stderr
    oneplusx("school", "一小", "--county", "yueyang")
    whole = oneplusx("verify-log")
    assert (whole.exit_code, "完整" in whole.stdout) == (0, True)
    database = Database(chosen)
    with database.writing() as engine, engine.begin() as connection:
        off = "DROP TRIGGER log_entries_update" + ("" if database.sqlite else " ON log_entries")
        connection.execute(text(off))
        connection.execute(text("UPDATE log_entries SET actor = 'somebody else'"))
    database.close()
    broken = oneplusx("verify-log")
    assert broken.exit_code == 2
    assert "一小 第 1 条：这一条被改过" in broken.stderr


def test_serving_where_it_is_unsafe_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONEPLUSX_DATABASE", f"sqlite:///{tmp_path / 'a.sqlite3'}")
    ended = oneplusx("serve", "--host", "0.0.0.0")
    assert ended.exit_code == 2
    assert "ONEPLUSX_HTTPS" in ended.stderr.replace("\n", "")
