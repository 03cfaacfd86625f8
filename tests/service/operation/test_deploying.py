"""Is it true what one reads to put the service on a server? The table of settings; examples for containers and systemd."""

import configparser
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic_core import PydanticUndefined

from api import cli, selfcheck
from api.settings import LOOPBACK, Settings
from api.store.engine import Database

ROOT = Path(__file__).parents[3]
PREFIX = "ONEPLUSX_"


def table() -> str:
    """The settings as the README tells them."""
    rows = ["| Variable | Unless set | Says |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "", PydanticUndefined, (), {}) else shown(field.default)
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {' '.join((field.description or '').split())} |")
    return "\n".join(rows)


def shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if default == LOOPBACK:
        return "the loopback"
    return f"{default:,}" if isinstance(default, int) else str(default)


def test_the_readme_tells_every_setting_as_it_is():
    assert table() in (ROOT / "README.md").read_text("utf-8"), table()


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return found


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(ROOT / "api" / "oneplusx.service", "utf-8")
    return parser


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.strip().partition(" ") for line in lines)]


def test_the_examples_name_only_settings_and_commands_that_there_are(monkeypatch: pytest.MonkeyPatch):
    every = (
        (ROOT / "Dockerfile").read_text() + (ROOT / "compose.yaml").read_text() + (ROOT / "api" / "oneplusx.service").read_text()
    )
    named = {name.lower() for name in re.findall(rf"{PREFIX}(\w+)", every)}
    assert named <= set(Settings.model_fields)
    copied = [source for word, rest in instructions() if word == "COPY" for source in rest.split()[:-1]]
    assert copied
    assert all((ROOT / source).exists() for source in copied)
    (entry,) = [json.loads(rest) for word, rest in instructions() if word == "ENTRYPOINT"]
    for program, command, *options in (entry, shlex.split(unit()["Service"]["ExecStart"])):
        assert Path(program).name == "oneplusx"
        known = typer.main.get_command(cli.app).commands[command]  # type: ignore[attr-defined]
        known.make_context(command, options)


def test_the_settings_of_compose_are_safe(monkeypatch: pytest.MonkeyPatch):
    service = compose()["services"]["service"]
    given = {"DATABASE_PASSWORD": "x", "ONEPLUSX_HOSTS": '["plan.school.example"]'}
    for name, value in service["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{(\w+)[^}]*\}", lambda found: given.get(found[1], ""), value))
    settings = Settings()
    assert list(selfcheck._of_the_way_in(settings, "0.0.0.0")) == []
    database = Database(settings.database_address)
    assert database.url.host == "database"
    assert list(selfcheck._of_the_server(database, settings.private_network)) == []
    assert list(selfcheck._of_the_server(database)), "elsewhere the same connection would be refused"
    assert int(service["stop_grace_period"].removesuffix("s")) > settings.close_seconds + 5
    assert int(unit()["Service"]["TimeoutStopSec"]) > settings.close_seconds + 5
    assert set(service["networks"]) <= set(compose()["networks"])
    assert "ports" not in compose()["services"]["database"]
