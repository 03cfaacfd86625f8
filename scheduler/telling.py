"""How are findings and figures told? In lines for people, Chinese or English, and as records for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from scheduler.audit.report import Deviation, Finding, Report, Subject
from scheduler.news import further, percent, pick, proofs
from scheduler.policy import Clause, Strength
from scheduler.sharing import fairness_lines

STATUS_WORDS: Mapping[str, tuple[str, str]] = {
    "optimal": ("合规方案，已证明最优", "lawful plan, proven best"),
    "feasible": ("合规方案", "lawful plan"),
    "nearest": ("只有最接近的方案（草稿）", "nearest plan only (draft)"),
    "least": ("已修课，影响最小", "mended, with the least disturbance"),
    "bounded": ("已修课", "mended"),
    "moved": ("手工调整过", "moved by hand"),
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


def summary_lines(summary: Mapping[str, object], language: str) -> Iterator[str]:
    """What a head teacher wants to know first: placed, wishes, findings, how good."""
    pupils = _figures(summary, "pupils")
    wishes = _figures(summary, "wishes")
    audit = _figures(summary, "audit")
    status = str(summary.get("status", ""))
    yield pick(
        language,
        f"结果：{status_words(status, 'zh')}（随机种子 {summary.get('seed')}，用时 {summary.get('wall_seconds')} 秒）",
        f"Outcome: {status_words(status, 'en')} (seed {summary.get('seed')}, {summary.get('wall_seconds')} s)",
    )
    yield pick(
        language,
        f"学生：报名 {_count(pupils, 'applied')} 人，安排 {_count(pupils, 'placed')} 人，"
        f"未安排 {_count(pupils, 'unplaced')} 人；托管兜底 {_count(pupils, 'base_care_slots')} 人次",
        f"Pupils: {_count(pupils, 'applied')} applied, {_count(pupils, 'placed')} placed, "
        f"{_count(pupils, 'unplaced')} unplaced; {_count(pupils, 'base_care_slots')} slots of base care",
    )
    yield pick(
        language,
        f"志愿：想要 {_count(wishes, 'wanted')} 个，满足 {_count(wishes, 'granted')} 个，"
        f"第一志愿 {_share(wishes, 'first_choice_share')}，平均名次 {_mean(wishes, 'mean_rank')}，"
        f"最后名次 {_count(wishes, 'worst_rank')}，一个也没满足的 {_count(wishes, 'none_granted')} 人",
        f"Wishes: {_count(wishes, 'granted')} of {_count(wishes, 'wanted')} granted, "
        f"first choices {_share(wishes, 'first_choice_share')}, mean rank {_mean(wishes, 'mean_rank')}, "
        f"worst rank {_count(wishes, 'worst_rank')}, {_count(wishes, 'none_granted')} pupils with none granted",
    )
    yield from fairness_lines(_figures(summary, "fairness"), language)
    yield pick(
        language,
        f"审查：违反 {_count(audit, 'breaches')} 处，需要豁免 {_count(audit, 'waivers_needed')} 条，"
        f"已用豁免 {_count(audit, 'waivers_used')} 条",
        f"Audit: {_count(audit, 'breaches')} breaches, waivers needed: {_count(audit, 'waivers_needed')}, "
        f"used: {_count(audit, 'waivers_used')}",
    )
    yield pick(language, *_courtesies(_figures(summary, "courtesies")))
    for proof in proofs(summary, language):
        proven = pick(language, "已证明最优", "proven best") if proof.proven else f"{pick(language, '差距', 'gap')} {proof.gap}"
        yield pick(
            language,
            f"  {proof.label}：{proof.reached}（{proof.best}可能 {proof.possible}，{proven}）",
            f"  {proof.label}: {proof.reached} ({proof.best} {proof.possible} possible, {proven})",
        )
    if (sentence := further(summary, language)) is not None:
        yield f"  {sentence}"


def _courtesies(figures: Mapping[str, object]) -> tuple[str, str]:
    """Equal groups, siblings and rooms, in both languages."""
    groups, siblings, rides, rooms = (_figures(figures, name) for name in ("balanced", "siblings", "rides", "one_room"))
    return (
        f"照顾：平行班人数均衡 {_parts(groups, '/')}，兄弟姐妹同班 {_parts(siblings, '/')}、同车 {_parts(rides, '/')}，"
        f"每周多次的班固定场地 {_parts(rooms, '/')}",
        f"Courtesies: parallel groups of equal size {_parts(groups, ' of ')}, siblings together {_parts(siblings, ' of ')} "
        f"and on one bus {_parts(rides, ' of ')}, sections with one room {_parts(rooms, ' of ')}",
    )


def _parts(share: Mapping[str, object], between: str) -> str:
    return f"{_count(share, 'kept')}{between}{_count(share, 'of')}"


def status_words(status: str, language: str) -> str:
    """An outcome in words."""
    return pick(language, *STATUS_WORDS.get(status, (status, status)))


def finding_lines(report: Report, language: str) -> Iterator[str]:
    """Every finding with its clause, quote and reading, gravest first; waived and encouraged ones are marked."""
    for finding in report.findings:
        strength = pick(language, *STRENGTH_WORDS[finding.clause.strength])
        waived = pick(language, "，已豁免", ", waived") if finding.waived else ""
        yield f"[{strength}{waived}] {finding.zh if language == 'zh' else finding.en}"
        yield f"    {finding.clause.at}“{finding.clause.quote}” ({finding.clause.id})"
        if reading := finding.clause.reading if language == "zh" else finding.clause.reading_en:
            yield f"    {pick(language, '我们的理解：', 'Our reading: ')}{reading}"


def report_line(report: Report, language: str) -> str:
    """The whole report in one sentence."""
    encouraged = len(report.of(Strength.ENCOURAGED))
    return pick(
        language,
        f"审查 {len(report.checked)} 条：违反 {len(report.breaches)} 处，需要豁免 {len(report.waivers_needed)} 处，"
        f"已用豁免 {len(report.waivers_used)} 处，鼓励项未达 {encouraged} 处。",
        f"{len(report.checked)} clauses audited: {len(report.breaches)} breaches, {len(report.waivers_needed)} waivers "
        f"needed, {len(report.waivers_used)} waivers used, {encouraged} encouragements not met.",
    )


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
