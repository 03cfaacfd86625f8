"""Does the script that the README shows do what the README says?"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import ROOT
from tests.service.people import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
SCRIPT = ROOT / "tests" / "api" / "http_line.py"


def test_the_whole_line_runs_by_http_alone(address: str, tmp_path: Path) -> None:
    school = ROOT / "scenarios" / "yueyang"
    command = [sys.executable, str(SCRIPT), PASSWORD, "office", address, str(school), "40"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=170)
    assert ended.returncode == 0, ended.stderr
    assert " s  " in ended.stdout
    assert "'pupils': {'added': " in ended.stdout
    assert "违反" in ended.stdout
    assert (tmp_path / "out" / "http" / "plan.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "out" / "http" / "teacher.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
