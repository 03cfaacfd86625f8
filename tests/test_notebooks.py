"""Do the lessons still run, from the first cell to the last, on public names alone and without outputs in the repository?"""

import ast
import json
from pathlib import Path

import jupytext
import nbclient
import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.py"))


def names_of(source: str) -> set[str]:
    """Everything imported from us, part by part, and every attribute that is asked for."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names |= {*(node.module or "").split("."), *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
    return names


def test_there_are_lessons() -> None:
    assert LESSONS


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_uses_public_names_only(lesson: Path) -> None:
    private = {name for name in names_of(lesson.read_text("utf-8")) if name.startswith("_") and not name.startswith("__")}
    assert private == set()


def test_no_lesson_is_kept_with_its_outputs() -> None:
    kept = [json.loads(path.read_text("utf-8")) for path in (ROOT / "notebooks").glob("*.ipynb")]
    assert not [cell for notebook in kept for cell in notebook["cells"] if cell.get("outputs")]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_runs_to_its_end(lesson: Path) -> None:
    notebook = jupytext.read(lesson)
    client = nbclient.NotebookClient(notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) > 5
    assert all(cell.execution_count for cell in code)
