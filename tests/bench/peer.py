"""Where is fairpyx installed? In an environment of its own, made when it is asked for: it never stands in our locks."""

import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "0.1"
PLACE = Path(tempfile.gettempdir()) / f"oneplusx-bench-fairpyx-{VERSION}"


def interpreter(place: Path = PLACE) -> Path:
    """The interpreter of that environment. Raises `RuntimeError`, with its reason, where it cannot be had."""
    python = place / "bin" / "python"
    if _answers(python):
        return python
    for command in (
        [sys.executable, "-m", "venv", str(place)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"fairpyx=={VERSION}"],
    ):
        ended = subprocess.run(command, capture_output=True, text=True)
        if ended.returncode:
            raise RuntimeError((ended.stderr.strip().splitlines() or ["no reason given"])[-1])
    if not _answers(python):
        raise RuntimeError("it is installed and cannot be imported")
    return python


def _answers(python: Path) -> bool:
    return python.exists() and subprocess.run([python, "-c", "import fairpyx"], capture_output=True).returncode == 0
