"""On what machine and under what load was it measured? And how much of it did a run use."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

VERSIONS = ("oneplusx", "ortools", "numpy", "scipy")


def tree_cpu() -> float:
    """CPU seconds of this process, of those it has waited for, and of those that still run below it."""
    mine = os.times()
    below = sum(_used_by(child) for child in _below(os.getpid()))
    return mine.user + mine.system + mine.children_user + mine.children_system + below


def peak_mb() -> float:
    """Most memory this process has held, in MB of 2**20 bytes (VmHWM)."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return float("nan")


def load() -> str:
    """The load averages, and the share of time in which somebody waited for a processor."""
    pressure = Path("/proc/pressure/cpu")
    waited = pressure.read_text("utf-8").splitlines()[0].split()[1] if pressure.exists() else "unknown"
    return f"{Path('/proc/loadavg').read_text('utf-8').split(' ', 3)[:3]} cpu pressure {waited}".replace("'", "")


def versions() -> str:
    """Interpreter, machine and the libraries that count."""
    named = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {named}"


def _below(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += [int(child) for child in task.read_text("utf-8").split()]
        except OSError:
            continue
    return children + [grandchild for child in children for grandchild in _below(child)]


def _used_by(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    # utime, stime, cutime and cstime stand 11 to 14 behind the name.
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
