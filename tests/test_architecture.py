"""Does the code keep the shape that ARCHITECTURE.md draws? Read from the syntax trees; nothing is imported."""

import ast
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import cache
from itertools import takewhile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent

TOP_LEVEL = frozenset(
    """pyproject.toml scheduler api scenarios notebooks tests README.md README.zh.md Makefile LICENSE CHANGELOG.md
    ARCHITECTURE.md requirements.lock requirements-dev.lock Dockerfile compose.yaml .ci .gitignore .gitattributes""".split()
)

FLOORS = {
    "scheduler.domain": 0,
    "scheduler.errors": 0,
    "scheduler.timetable": 0,
    "scheduler.rulebook": 1,
    "scheduler.policies": 1,
    "scheduler.policy": 1,
    "scheduler.make": 3,
    "scheduler.explaining": 3,
    "scheduler.mend": 3,
    "scheduler.whatif": 3,
    "scheduler.choosing": 3,
    "scheduler.line": 4,
    "scheduler.terminal": 4,
    "scheduler.arguments": 4,
    "scheduler.__main__": 4,
    "scheduler.__init__": 4,
    "api": 5,
}
"""Imports go down or stay level. What is not named here (solver, audit, intake, publish, …) is on floor 2."""

HOLD_BOTH_SIDES = (
    "scheduler.make",
    "scheduler.mend",
    "scheduler.whatif",
    "scheduler.explaining",
    "scheduler.choosing",
    "scheduler.__main__",
    "api",
)

ROOMS = {
    "ortools": ("scheduler/solver/*",),
    "highspy": ("scheduler/solver/*",),
    "pandas": ("scheduler/intake*", "scheduler/publish/*", "scheduler/audit/drawn*.py"),
    "icalendar": ("scheduler/publish/*",),
    "fastapi": ("api/*",),
    "sqlalchemy": ("api/*",),
    "alembic": ("api/store/*",),
    "psycopg": ("api/store/*",),
    "chinese_calendar": ("scheduler/calendar/*",),
}
"""Where each heavy library may be imported."""

# Put together here, so that this file does not hold what it forbids.
FORBIDDEN = {
    "the host of a package registry": re.compile(
        r"\b(pypi\." + r"org|pythonhosted\." + r"org|registry\." + r"npmjs|deb\." + r"debian|proxy\." + r"golang)"
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(work|root|Users)" + r"/|(?<![\w.])/opt/" + r"wheels"),
    "notes that readers do not have": re.compile(
        r"\bshared/" + r"(\w+\.md|data|hooks|policy|seeds)|\b(design|style|facts|peers|allocation)" + r"\.md\b"
    ),
}


def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for house in ("scheduler", "api")
        for path in sorted((ROOT / house).rglob("*.py"))
    }


def imports_of(source: str, module: str) -> Iterator[str]:
    """Dotted names that a module's text imports, wherever in the text; `from a import b` gives `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def all_imports() -> Mapping[str, Sequence[str]]:
    return {name: list(imports_of(path.read_text("utf-8"), name)) for name, path in modules().items()}


def module_behind(imported: str, known: Sequence[str] | Mapping[str, object]) -> str | None:
    """The module of ours that an imported name comes from: itself, its package, or the module that defines it."""
    while imported:
        for candidate in (imported, f"{imported}.__init__"):
            if candidate in known:
                return candidate
        imported = imported.rpartition(".")[0]
    return None


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def floor_of(module: str) -> int:
    return next((floor for package, floor in FLOORS.items() if is_in(module, package)), 2)


def reached_from(package: str, imports: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Modules reached from a package through any number of ours, each with the module that imports it."""
    open_ends = [module for module in imports if is_in(module, package)]
    reached: dict[str, str] = {}
    while open_ends:
        module = open_ends.pop()
        for imported in imports[module]:
            target = module_behind(imported, imports)
            if target is not None and target not in reached:
                reached[target] = module
                open_ends.append(target)
    return reached


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def drawn_paths(page: str) -> Iterator[str]:
    """Paths of the tree drawn under the heading Layout: the names that begin a line, inside the folders above them."""
    layout = re.search(r"^## Layout$.*?^```\w*\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert layout, "ARCHITECTURE.md has no fenced tree under '## Layout'"
    folders: list[tuple[int, str]] = []
    for line in layout[1].splitlines():
        indent = len(line) - len(line.lstrip())
        folders = [(depth, folder) for depth, folder in folders if depth < indent]
        parent = folders[-1][1] if folders else ""
        for name in takewhile(looks_like_a_path, line.split()):
            yield parent + name
            if name.endswith("/"):
                folders.append((indent, parent + name))


def looks_like_a_path(word: str) -> bool:
    return bool(re.search(r"\.\w|/", word)) or word in TOP_LEVEL


def test_the_tree_reader_understands_names_folders_and_words():
    tree = "a.toml  Makefile LICENSE\nb/   words, then c.d\n  c.py d.py  more words\n  e/\n    f.py\ng/\n"
    drawn = drawn_paths(f"## Layout\n\nText.\n\n```text\n{tree}```\n")
    assert list(drawn) == "a.toml Makefile LICENSE b/ b/c.py b/d.py b/e/ b/e/f.py g/".split()


def test_the_import_reader_sees_relative_late_and_plain_imports():
    source = "import a.b as c\nfrom . import d\nfrom ..e import f\ndef g():\n    from h import i\n"
    assert sorted(imports_of(source, "x.y.z")) == ["a.b", "h.i", "x.e.f", "x.y.d"]


def test_imports_never_point_upwards():
    imports = all_imports()
    upwards = [
        f"{module} imports {target}"
        for module, names in imports.items()
        for target in {module_behind(name, imports) for name in names}
        if target is not None and floor_of(target) > floor_of(module)
    ]
    assert not upwards


def test_the_scheduler_never_imports_the_api():
    assert not [
        f"{module} imports {name}"
        for module, names in all_imports().items()
        for name in names
        if is_in(module, "scheduler") and is_in(name, "api")
    ]


@pytest.mark.parametrize(("side", "other"), [("scheduler.solver", "scheduler.audit"), ("scheduler.audit", "scheduler.solver")])
def test_the_two_sides_share_facts_and_never_reasoning(side: str, other: str):
    reached = reached_from(side, all_imports())
    assert not [f"{by} imports {name}" for name, by in reached.items() if is_in(name, other)]


def test_only_make_and_those_above_it_hold_both_sides():
    assert not [
        module
        for module, names in all_imports().items()
        if not any(is_in(module, holder) for holder in HOLD_BOTH_SIDES)
        and all(any(is_in(name, f"scheduler.{side}") for name in names) for side in ("solver", "audit"))
    ]


@pytest.mark.parametrize("library", ROOMS)
def test_a_heavy_library_keeps_to_its_room(library: str):
    places = modules()
    assert not [
        f"{module} imports {name}"
        for module, names in all_imports().items()
        for name in names
        if is_in(name, library) and not any(fnmatch(places[module].relative_to(ROOT).as_posix(), room) for room in ROOMS[library])
    ]


def test_only_the_store_speaks_sql_past_the_mapped_classes():
    """What is not asked by mapped classes cannot be held to one school."""
    past = re.compile(r"\b__table__\b|\bexec_driver_sql\b|from sqlalchemy import[^\n]*\btext\b")
    assert not [
        name
        for name, path in modules().items()
        if is_in(name, "api") and not is_in(name, "api.store") and past.search(path.read_text("utf-8"))
    ]


def test_every_module_says_which_question_it_answers():
    assert not [module for module, path in modules().items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]


def test_what_the_architecture_page_draws_exists():
    drawn = list(drawn_paths((ROOT / "ARCHITECTURE.md").read_text("utf-8")))
    assert len(drawn) > 10
    assert not [path for path in drawn if not any(ROOT.glob(path))]


def test_the_top_level_is_fixed():
    assert {PurePosixPath(name).parts[0] for name in tracked_files()} <= TOP_LEVEL


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str):
    held = []
    for name in tracked_files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content and (hit := FORBIDDEN[what].search(content.decode("utf-8", "replace"))):
            held.append(f"{name}: {hit[0]}")
    assert not held


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_names_versions_and_hashes_only(lock: str):
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE), "an option line, such as an index"
    pins = re.findall(r"^\S+==\S+.*(?:\n {4}--hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z]", text, re.MULTILINE))


def test_no_test_may_be_skipped():
    """What cannot run here is a fault to mend, not a test to pass over."""
    skips = re.compile(r"\bpytest\.(mark\.)?(skip|skipif|importorskip|xfail)\b")
    assert not [
        name
        for name in tracked_files()
        if fnmatch(name, "tests/*.py") and name != "tests/test_architecture.py" and skips.search((ROOT / name).read_text("utf-8"))
    ]
