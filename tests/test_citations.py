"""Is every clause of the five documents cited to the letter, handled, and proven by a test that exists?"""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from scheduler.policy import Clause, counties, load_policy

ROOT = Path(__file__).resolve().parent.parent
PACKS = ROOT / "scheduler" / "policies"

ROWS = [line.split("\t") for line in (ROOT / "tests/policies/clause_ids.tsv").read_text("utf-8").splitlines()[1:]]
WORDING = {id: wording for id, wording, _ in ROWS}
"""What the text's own words say: every clause found in the five documents, with its strength."""
CORE = {id for id, _, core in ROWS if core == "core"}

PENDING_CORE = {
    "accounts": 36,
    "enrolment": 20,
    "attendance": 7,
    "reports": 5,
    "approval": 5,
    "repair": 4,
    "publish": 3,
    "policies": 1,
}
"""Core clauses that wait for a feature; the tables in ARCHITECTURE.md say the same."""


def clauses() -> list[Clause]:
    """Every clause of the packs, once a text; those of nature and the baseline once."""
    found = {clause.id: clause for county in counties() for clause in load_policy(county).clauses if clause.use == 1}
    return list(found.values())


def uses() -> list[Clause]:
    return [clause for county in counties() for clause in load_policy(county).clauses]


@cache
def names_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("county", [*counties(), "_base", "_nature"])
def test_every_quote_is_verbatim_in_its_source(county: str) -> None:
    """White space is dropped on both sides; nothing else, so mistakes of the scan stay."""
    source = "".join((PACKS / county / "source.txt").read_text("utf-8").split())
    mine = [clause for clause in clauses() if clause.county == county]
    assert mine
    assert [clause.id for clause in mine if "".join(clause.quote.split()) not in source] == []


def test_every_clause_of_the_documents_is_in_its_pack() -> None:
    listed = {clause.id for clause in clauses()} | {id for county in counties() for id in load_policy(county).unmodelled}
    law = {id for id in listed if not id.startswith(("base-", "nature-"))}
    assert law == set(WORDING)


def test_there_are_241_core_clauses_and_each_is_handled() -> None:
    handled = {clause.id for clause in clauses() if (clause.rule, clause.fact, clause.pending) != (None, None, None)}
    assert len(CORE) == 241
    assert handled >= CORE


def test_no_core_clause_is_unmodelled() -> None:
    assert not {id for county in counties() for id in load_policy(county).unmodelled} & CORE


def test_what_is_unmodelled_says_why() -> None:
    reasons = [reason for county in counties() for reason in load_policy(county).unmodelled.values()]
    assert reasons
    assert all(reason.zh and reason.en != reason.zh for reason in reasons)


def test_a_strength_other_than_the_words_say_has_a_reading() -> None:
    assert [
        c.id for c in clauses() if c.id in WORDING and c.strength.value != WORDING[c.id] and not (c.reading and c.reading_en)
    ] == []


def test_every_reading_is_told_in_both_languages() -> None:
    assert [clause.id for clause in clauses() if bool(clause.reading) != bool(clause.reading_en)] == []
    assert [clause.id for clause in clauses() if bool(clause.fact) != bool(clause.fact_en)] == []


def test_every_parameter_left_open_is_explained() -> None:
    assert [clause.id for clause in uses() if clause.open_parameters and not clause.reading] == []


def test_every_clause_that_is_honoured_names_its_proof() -> None:
    assert [clause.id for clause in uses() if (clause.rule or clause.fact) and not clause.proof] == []


def test_every_proof_exists() -> None:
    named = {proof for clause in uses() for proof in clause.proof}
    missing = [proof for proof in sorted(named) if proof.split("::")[1] not in names_in(proof.split("::")[0])]
    assert missing == []


def test_what_is_pending_is_counted() -> None:
    assert Counter(clause.pending for clause in clauses() if clause.id in CORE and clause.pending) == PENDING_CORE
