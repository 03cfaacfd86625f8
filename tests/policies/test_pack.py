"""Is a policy pack read strictly, with every fault told at once and clearly?"""

from datetime import date, time
from pathlib import Path

import pytest

from scheduler.domain import Activity, AreaType, HolidaySeason, Stage, Strand
from scheduler.errors import InputFaults
from scheduler.policies.sentences import CHINESE, sentence
from scheduler.policy import Strength, counties, describe, load_policy
from scheduler.rulebook import (
    RULES,
    AfternoonStart,
    BannedActivities,
    EndsAroundOffWork,
    LatestEnd,
    PeriodLength,
    RidesKept,
    SlotOrder,
)

HERE = Path(__file__).parent

HEADER = """
county = "helan"
title = "办法"
title_en = "Rules"
checked = 2026-11-21
"""


def faults_of(tmp_path: Path, clauses: str, source: str = "每天至少开展2小时课后服务", header: str = HEADER) -> list[str]:
    """What the loader says of a pack, one sentence a fault."""
    folder = tmp_path / "helan"
    folder.mkdir()
    (folder / "policy.toml").write_text(header + clauses, encoding="utf-8")
    (folder / "source.txt").write_text(source, encoding="utf-8")
    with pytest.raises(InputFaults) as told:
        load_policy("helan", tmp_path)
    return [fault.text("en").strip() for fault in told.value.faults]


def clause(id: str = "two-hours-a-day", rest: str = 'rule = "offered_minutes"\nparameters = { minutes = 120 }') -> str:
    return f'\n[[clause]]\nid = "{id}"\nat = "五"\nquote = "每天至少开展2小时"\nstrength = "must"\n{rest}\n'


def test_the_five_counties_come_with_the_program() -> None:
    assert counties() == ("changzhi", "helan", "liangping", "suifenhe", "yueyang")


@pytest.mark.parametrize("county", counties())
def test_every_pack_loads_with_nature_and_the_baseline(county: str) -> None:
    policy = load_policy(county)
    assert {clause.county for clause in policy.clauses} == {"_nature", "_base", county}


def test_a_sixth_county_is_a_folder_of_data() -> None:
    policy = load_policy("sixth", HERE)
    assert counties(HERE) == (*counties()[:3], "sixth", *counties()[3:])
    assert [clause.use for clause in policy.clauses if clause.id == "sixth-1-weekdays"] == [1, 2]
    end = next(clause.rule for clause in policy.clauses if clause.id == "sixth-2-end-1800")
    assert end == LatestEnd(latest=time(18, 0))


def test_a_folder_of_packs_leaves_the_counties_of_the_program_in_reach() -> None:
    assert load_policy("yueyang", HERE).title == load_policy("yueyang").title


def test_an_unknown_county_is_told_with_the_nearest_name() -> None:
    with pytest.raises(InputFaults) as told:
        load_policy("yuyang")
    assert "did you mean 'yueyang'" in str(told.value)
    assert "没有“yuyang”的政策" in told.value.faults[0].text("zh")


def test_values_come_typed() -> None:
    rules = {c.id: c.rule for name in counties() for c in load_policy(name).clauses if c.rule is not None and c.use == 1}
    order, afternoon, off_work = (
        rules["helan-5.3a-two-slots"],
        rules["helan-5.2-rural-afternoon-start"],
        rules["changzhi-3.2-end-not-before-offwork"],
    )
    assert isinstance(order, SlotOrder)
    assert order.order == (Strand.ONE, Strand.X)
    assert isinstance(afternoon, AfternoonStart)
    assert afternoon.start_by_season == {HolidaySeason.SUMMER: time(14, 30), HolidaySeason.WINTER: time(13, 30)}
    assert afternoon.scope.areas == {AreaType.TOWNSHIP, AreaType.VILLAGE}
    assert isinstance(off_work, EndsAroundOffWork)
    assert (off_work.before_minutes, off_work.after_minutes) == (0, None)
    banned, periods, rides = (
        rules["yueyang-2.5-no-drill"],
        rules["yueyang-2.4-period-minutes"],
        rules["yueyang-2.4-bus-coordination"],
    )
    assert isinstance(banned, BannedActivities)
    assert banned.banned == {Activity.EXAM_DRILL}
    assert isinstance(periods, PeriodLength)
    assert periods.minutes_by_stage == {Stage.PRIMARY: 40, Stage.JUNIOR: 45}
    assert isinstance(rides, RidesKept)


def test_an_unknown_rule_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, clause(rest='rule = "offered_minute"'))
    assert (
        fault
        == "policies/helan/policy.toml, clause two-hours-a-day: unknown rule 'offered_minute'; did you mean 'offered_minutes'?"
    )


LATEST = 'rule = "latest_end"\nparameters = { latest = 18:30:00 }\n'


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ('rule = "offered_minutes"\nparameters = { minute = 120 }', "unknown parameter 'minute'; did you mean 'minutes'?"),
        ('rule = "offered_minutes"', "parameter 'minutes' is missing"),
        ('rule = "offered_minutes"\nparameters = { minutes = "two" }', "wants a whole number, has 'two'"),
        ('rule = "offered_minutes"\nparameters = { minutes = true }', "wants a whole number, has True"),
        ('rule = "latest_end"\nparameters = { latest = 1830 }', "wants a clock time such as 18:30:00, has 1830"),
        (LATEST + 'binds = { stages = ["primry"] }', "unknown value 'primry'; did you mean 'primary'?"),
        (LATEST + 'binds = { stage = ["primary"] }', "did you mean 'stages'?"),
        (LATEST + 'binds = { start = "2022" }', "wants a date, has '2022'"),
        (LATEST + 'open = ["latests"]', "open names unknown parameter 'latests'; did you mean 'latest'?"),
        (LATEST + 'replaces = ["base-ends"]', "replaces names unknown clause 'base-ends'; did you mean 'base-end'?"),
        ('pending = "reports"\nrule = "nobody_refused"', "wants exactly one of a rule, pending and fact, has a rule and pending"),
        ("", "wants exactly one of a rule, pending and fact, has none"),
        ('pending = "reports"\nparameters = { minutes = 3 }', "'parameters' stands without a rule"),
        ('pendin = "reports"', "unknown key 'pendin'; did you mean 'pending'?"),
    ],
)  # fmt: skip
def test_each_mistake_in_a_clause_has_its_sentence(tmp_path: Path, rest: str, said: str) -> None:
    assert any(said in fault for fault in faults_of(tmp_path, clause(rest=rest)))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    bad = (
        clause("one", 'rule = "latest_ends"')
        + clause("two", 'pending = "reports"\nfact = "x"')
        + clause("three").replace("must", "mist")
    )
    assert len(faults_of(tmp_path, bad)) == 3


def test_a_quote_that_is_not_in_the_source_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, clause(), source="每天至少开展3小时")
    assert "the quote is not in source.txt" in fault


def test_white_space_in_the_source_does_not_matter(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, clause() + clause("other", 'rule = "latest_ends"'), source="每天至少\n 开展 2小时")
    assert len(faults) == 1


def test_a_file_that_is_not_toml_is_told(tmp_path: Path) -> None:
    assert "is not TOML" in faults_of(tmp_path, "\n[[clause]\n")[0]


def test_an_informational_text_cannot_carry_a_rule(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, clause().replace('"must"', '"informational"'))
    assert "an informational text cannot carry a rule" in fault


def test_two_clauses_of_one_rule_may_not_overlap_in_silence(tmp_path: Path) -> None:
    more = clause("ninety", 'rule = "offered_minutes"\nparameters = { minutes = 90 }\nbinds = { grades = [1, 2] }')
    (fault,) = faults_of(tmp_path, clause() + more)
    assert "clause ninety: binds the same pupils on the same dates as two-hours-a-day by the same rule" in fault


@pytest.mark.parametrize(
    "parting",
    ['refines = ["two-hours-a-day"]', 'binds = { stages = ["junior"] }', "binds = { start = 2030-01-01 }"],
)
def test_clauses_that_part_or_say_so_may_stand_side_by_side(tmp_path: Path, parting: str) -> None:
    one = clause(
        rest='rule = "offered_minutes"\nparameters = { minutes = 120 }\nbinds = { stages = ["primary"], end = 2029-12-31 }'
    )
    other = clause("ninety", f'rule = "offered_minutes"\nparameters = {{ minutes = 90 }}\n{parting}')
    assert len(faults_of(tmp_path, one + other + clause("bad", 'rule = "x"'))) == 1


def test_a_weaker_word_does_not_lower_the_baseline(tmp_path: Path) -> None:
    wish = clause("wish", 'rule = "nobody_refused"\nreplaces = ["base-nobody-refused"]').replace('"must"', '"encouraged"')
    (fault,) = faults_of(tmp_path, wish)
    assert "an encouraged clause does not lower the baseline" in fault


def test_the_baseline_yields_only_to_a_must(tmp_path: Path) -> None:
    weak = clause().replace('"must"', '"in_principle"')
    way = '\n[[yield]]\nbase = "base-daily-pe"\nto = "two-hours-a-day"\nbinds = { stages = ["junior"] }\n'
    way += 'reading = "让位"\nreading_en = "yields"\n'
    (fault,) = faults_of(tmp_path, weak + way)
    assert "yields only to a clause that says must" in fault


def test_a_clause_the_baseline_yields_to_narrows_it_and_leaves_a_wish() -> None:
    shares = {clause.id: clause for clause in load_policy("changzhi").clauses if clause.id.startswith("base-enrichment-50")}
    kept, wish = shares["base-enrichment-50"], shares["base-enrichment-50-yielded"]
    assert kept.rule is not None
    assert wish.rule is not None
    assert (kept.strength, kept.rule.scope.stages) == (Strength.IN_PRINCIPLE, {Stage.PRIMARY, Stage.SENIOR})
    assert (wish.strength, wish.rule.scope.stages) == (Strength.ENCOURAGED, {Stage.JUNIOR})
    assert "让位" in wish.reading


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("county", counties())
def test_a_policy_reads_on_a_terminal(county: str, language: str) -> None:
    policy = load_policy(county)
    text = describe(policy, language)
    joined = "".join(text.split())
    for clause in policy.clauses:
        assert clause.id in text
        assert "".join(clause.quote.split()) in joined
        assert clause.rule is None or clause.rule.name in text
    assert max(len(line) for line in text.splitlines()) < 130


def test_every_rule_has_a_sentence_in_both_languages() -> None:
    assert set(CHINESE) == set(RULES)
    for county in counties():
        for rule in (clause.rule for clause in load_policy(county).clauses if clause.rule is not None):
            assert sentence(rule, "zh").endswith("。")
            assert sentence(rule, "en").endswith(".")
            assert sentence(rule, "en").isascii() or "课时" in sentence(rule, "en")


def test_a_policy_in_english_gives_its_reasons_in_english() -> None:
    told = describe(load_policy("helan"), "en").partition("## Not computed, and why")[2]
    assert "helan-6.5-epidemic: A demand of the epidemic" in told
    assert told.isascii()


def test_a_pack_says_when_somebody_last_compared_it_with_its_source() -> None:
    assert all(date.fromisoformat(load_policy(county).checked) for county in counties())


def test_what_is_ours_is_called_ours_wherever_it_is_cited() -> None:
    """A finding stands alone: without the headline over it, "7" looked like an article of the county."""
    marks = {"_base": "本产品基线 ", "_nature": "常理 "}
    for county in counties():
        for clause in load_policy(county).clauses:
            assert clause.at.startswith(marks.get(clause.county, "")), clause.id
            assert (clause.county in marks) == clause.at.startswith(tuple(marks.values()))
