"""How are news, figures and findings told? In lines for people, Chinese or English, and as records for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from scheduler.audit.report import Deviation, Finding, Report, Subject
from scheduler.policy import Clause, Strength
from scheduler.solver.outcome import Progress

STATUS_WORDS: Mapping[str, tuple[str, str]] = {
    "optimal": ("已证明最优", "proven best"),
    "feasible": ("合规方案", "lawful plan"),
    "nearest": ("只有最接近的方案（草稿）", "nearest plan only (draft)"),
    "out_of_time": ("时间用完，给出目前最好的方案", "out of time, best plan so far"),
}
STRENGTH_WORDS: Mapping[Strength, tuple[str, str]] = {
    Strength.MUST: ("必须", "must"),
    Strength.IN_PRINCIPLE: ("原则上", "in principle"),
    Strength.ENCOURAGED: ("鼓励", "encouraged"),
    Strength.INFORMATIONAL: ("说明", "informational"),
}


class SubjectRecord(TypedDict):
    kind: str
    id: str
    name: str


class ClauseRecord(TypedDict):
    id: str
    county: str
    at: str
    quote: str
    strength: str
    reading: str
    reading_en: str


class FindingRecord(TypedDict):
    clause: ClauseRecord
    rule: str
    amount: int
    subjects: list[SubjectRecord]
    zh: str
    en: str
    waived: bool


class NoteRecord(TypedDict):
    amount: int
    subjects: list[SubjectRecord]
    zh: str
    en: str


class ReportRecord(TypedDict):
    """A report for programs; what the HTTP interface and the pages show."""

    lawful: bool
    breaches: int
    waivers_needed: int
    waivers_used: int
    deviations: dict[str, int]
    findings: list[FindingRecord]
    notes: list[NoteRecord]
    checked: list[str]


def report_record(report: Report) -> ReportRecord:
    """The whole report, in both languages."""
    return ReportRecord(
        lawful=report.lawful,
        breaches=len(report.breaches),
        waivers_needed=len(report.waivers_needed),
        waivers_used=len(report.waivers_used),
        deviations={str(clause): amount for clause, amount in report.deviations().items()},
        findings=[_finding_record(finding) for finding in report.findings],
        notes=[_note_record(note) for note in report.notes],
        checked=[str(clause) for clause in report.checked],
    )


def clause_record(clause: Clause) -> ClauseRecord:
    """Where a county says what, with our reading."""
    return ClauseRecord(
        id=clause.id,
        county=clause.county,
        at=clause.at,
        quote=clause.quote,
        strength=clause.strength.value,
        reading=clause.reading,
        reading_en=clause.reading_en,
    )


def _finding_record(finding: Finding) -> FindingRecord:
    return FindingRecord(
        clause=clause_record(finding.clause),
        rule=finding.rule,
        amount=finding.amount,
        subjects=[_subject_record(subject) for subject in finding.subjects],
        zh=finding.zh,
        en=finding.en,
        waived=finding.waived,
    )


def _note_record(note: Deviation) -> NoteRecord:
    return NoteRecord(
        amount=note.amount, subjects=[_subject_record(subject) for subject in note.subjects], zh=note.zh, en=note.en
    )


def _subject_record(subject: Subject) -> SubjectRecord:
    return SubjectRecord(kind=subject.kind.value, id=subject.id, name=subject.name)


class ProgressRecord(TypedDict):
    stage: str
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    share: float | None
    zh: str
    en: str


def progress_record(news: Progress) -> ProgressRecord:
    """One line of news for programs, without the plan it may carry."""
    return ProgressRecord(
        stage=news.stage,
        objective=news.objective,
        bound=news.bound,
        gap=news.gap,
        seconds=round(news.seconds, 2),
        share=news.share,
        zh=progress_sentence(news, "zh"),
        en=progress_sentence(news, "en"),
    )


def progress_sentence(news: Progress, language: str) -> str:
    """What has just been reached, in the words of a school; aims they know are told with their figures."""
    note = news.note_zh if language == "zh" else news.note_en
    if not _is_known(news.stage):
        return note or news.stage
    label = stage_words(news.stage, language)
    if news.objective is None:
        return label
    reached = number(_sign(news.stage) * news.objective)
    if news.bound is None:
        return _pick(language, f"{label}：{reached}", f"{label}: {reached}")
    best, possible = _best(news.stage, language), number(_sign(news.stage) * news.bound)
    return _pick(language, f"{label}：{reached}（{best}可能 {possible}）", f"{label}: {reached} ({best} {possible} possible)")


def progress_line(news: Progress, language: str) -> str:
    """One line of news for a log or a screen without a bar."""
    return f"{news.seconds:7.1f} s  {progress_sentence(news, language)}"


STAGE_WORDS: Mapping[str, tuple[str, str]] = {
    "plan": ("得到一份完整课表", "a whole plan"),
    "unplaced": ("没有去处的人次", "pupils' slots without a place"),
    "must": ("必须条款的偏差", "deviation from what must be"),
    "in_principle": ("原则性条款的偏差", "deviation from what should be in principle"),
    "base_care": ("托管兜底人次", "slots of base care"),
    "priority": ("优先群体得到的座位", "seats for priority groups"),
    "ranks": ("满足的志愿的名次平方和", "sum of squared ranks of granted wishes"),
    "encouraged": ("鼓励条款和人员意愿的偏差（加权）", "deviation from what is encouraged and from staff wishes (weighted)"),
}
"""Stages of a solve in the words of a school, zh and en; the rounds of wishes are told apart by their number."""
ROUND = "round_"
"""Stages that count pupils with so many wishes granted; the solver counts them downwards, people upwards."""


def stage_words(stage: str, language: str) -> str:
    """What a stage is about; the name itself where nobody wrote words for it."""
    if stage.startswith(ROUND):
        count = stage.removeprefix(ROUND)
        return _pick(language, f"至少满足 {count} 个志愿的学生", f"pupils with {count} or more wishes granted")
    words = STAGE_WORDS.get(stage)
    return stage if words is None else _pick(language, *words)


@dataclass(frozen=True, slots=True)
class Proof:
    """One aim of a plan: what was reached, and what is proven to be the best possible."""

    label: str
    reached: str
    possible: str
    gap: str
    proven: bool
    more_is_better: bool
    best: str
    """At most or at least, to stand before what is possible."""


def proofs(summary: Mapping[str, object], language: str) -> Iterator[Proof]:
    """The stages of a summary for people. What the solver counts downwards (seats, pupils) is told as it is: upwards."""
    stages = summary.get("stages")
    for stage in stages if isinstance(stages, Sequence) else ():
        if not isinstance(stage, Mapping):
            continue
        name, objective, bound, gap = (stage.get(key) for key in ("name", "objective", "bound", "gap"))
        if not isinstance(name, str) or not isinstance(objective, int | float):
            continue
        sign = _sign(name)
        yield Proof(
            label=stage_words(name, language),
            reached=number(sign * objective),
            possible=number(sign * bound) if isinstance(bound, int | float) else "–",
            gap=_gap(gap),
            proven=isinstance(gap, int | float) and gap < 1e-9,
            more_is_better=sign < 0,
            best=_best(name, language),
        )


def _is_known(stage: str) -> bool:
    return stage in STAGE_WORDS or stage.startswith(ROUND)


def _sign(stage: str) -> int:
    """-1 where more is better and the solver counts downwards."""
    return -1 if stage == "priority" or stage.startswith(ROUND) else 1


def _best(stage: str, language: str) -> str:
    if _sign(stage) < 0:
        return _pick(language, "最多", "at most")
    return _pick(language, "最少", "at least")


def _gap(gap: object) -> str:
    if not isinstance(gap, int | float):
        return "–"
    return percent(gap) if gap <= 1 else "> 100 %"


def number(value: float) -> str:
    """A figure without needless digits, and without the sign of a negative zero."""
    value = value or 0.0
    return f"{value:.0f}" if abs(value - round(value)) < 0.005 else f"{value:.2f}"


def percent(share: float) -> str:
    """A share as percent with one digit."""
    return f"{share * 100:.1f} %"


def summary_lines(summary: Mapping[str, object], language: str) -> Iterator[str]:
    """What a head teacher wants to know first: placed, wishes, findings, how good."""
    pupils = _figures(summary, "pupils")
    wishes = _figures(summary, "wishes")
    audit = _figures(summary, "audit")
    status = str(summary.get("status", ""))
    yield _pick(
        language,
        f"结果：{status_words(status, 'zh')}（随机种子 {summary.get('seed')}，用时 {summary.get('wall_seconds')} 秒）",
        f"Outcome: {status_words(status, 'en')} (seed {summary.get('seed')}, {summary.get('wall_seconds')} s)",
    )
    yield _pick(
        language,
        f"学生：报名 {_count(pupils, 'applied')} 人，安排 {_count(pupils, 'placed')} 人，"
        f"未安排 {_count(pupils, 'unplaced')} 人；托管兜底 {_count(pupils, 'base_care_slots')} 人次",
        f"Pupils: {_count(pupils, 'applied')} applied, {_count(pupils, 'placed')} placed, "
        f"{_count(pupils, 'unplaced')} unplaced; {_count(pupils, 'base_care_slots')} slots of base care",
    )
    yield _pick(
        language,
        f"志愿：想要 {_count(wishes, 'wanted')} 个，满足 {_count(wishes, 'granted')} 个，"
        f"第一志愿 {_share(wishes, 'first_choice_share')}，平均名次 {_mean(wishes, 'mean_rank')}，"
        f"最后名次 {_count(wishes, 'worst_rank')}，一个也没满足的 {_count(wishes, 'none_granted')} 人",
        f"Wishes: {_count(wishes, 'granted')} of {_count(wishes, 'wanted')} granted, "
        f"first choices {_share(wishes, 'first_choice_share')}, mean rank {_mean(wishes, 'mean_rank')}, "
        f"worst rank {_count(wishes, 'worst_rank')}, {_count(wishes, 'none_granted')} pupils with none granted",
    )
    yield _pick(
        language,
        f"审查：违反 {_count(audit, 'breaches')} 处，需要豁免 {_count(audit, 'waivers_needed')} 条，"
        f"已用豁免 {_count(audit, 'waivers_used')} 条",
        f"Audit: {_count(audit, 'breaches')} breaches, waivers needed: {_count(audit, 'waivers_needed')}, "
        f"used: {_count(audit, 'waivers_used')}",
    )
    for proof in proofs(summary, language):
        proven = _pick(language, "已证明最优", "proven best") if proof.proven else f"{_pick(language, '差距', 'gap')} {proof.gap}"
        yield _pick(
            language,
            f"  {proof.label}：{proof.reached}（{proof.best}可能 {proof.possible}，{proven}）",
            f"  {proof.label}: {proof.reached} ({proof.best} {proof.possible} possible, {proven})",
        )


def status_words(status: str, language: str) -> str:
    """An outcome in words."""
    return _pick(language, *STATUS_WORDS.get(status, (status, status)))


def finding_lines(report: Report, language: str) -> Iterator[str]:
    """Every finding with its clause, quote and reading, gravest first; waived and encouraged ones are marked."""
    for finding in report.findings:
        strength = _pick(language, *STRENGTH_WORDS[finding.clause.strength])
        waived = _pick(language, "，已豁免", ", waived") if finding.waived else ""
        yield f"[{strength}{waived}] {finding.zh if language == 'zh' else finding.en}"
        yield f"    {finding.clause.at}“{finding.clause.quote}” ({finding.clause.id})"
        if reading := finding.clause.reading if language == "zh" else finding.clause.reading_en:
            yield f"    {_pick(language, '我们的理解：', 'Our reading: ')}{reading}"


def report_line(report: Report, language: str) -> str:
    """The whole report in one sentence."""
    encouraged = len(report.of(Strength.ENCOURAGED))
    return _pick(
        language,
        f"审查 {len(report.checked)} 条：违反 {len(report.breaches)} 处，需要豁免 {len(report.waivers_needed)} 处，"
        f"已用豁免 {len(report.waivers_used)} 处，鼓励项未达 {encouraged} 处。",
        f"{len(report.checked)} clauses audited: {len(report.breaches)} breaches, {len(report.waivers_needed)} waivers "
        f"needed, {len(report.waivers_used)} waivers used, {encouraged} encouragements not met.",
    )


def _pick(language: str, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def _figures(summary: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = summary.get(name)
    return part if isinstance(part, Mapping) else {}


def _count(figures: Mapping[str, object], name: str) -> str:
    """A count; of a list, how many."""
    value = figures.get(name)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return str(len(value))
    return "–" if value is None else str(value)


def _mean(figures: Mapping[str, object], name: str) -> str:
    value = figures.get(name)
    return f"{value:.2f}" if isinstance(value, int | float) else "–"


def _share(figures: Mapping[str, object], name: str) -> str:
    value = figures.get(name)
    return percent(value) if isinstance(value, int | float) else "–"
