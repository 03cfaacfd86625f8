"""How far is a solve? News of its stages and the proofs at its end, in the words of a school."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from scheduler.solver.outcome import Progress


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
    if is_step(news.stage):
        return stage_words(news.stage, language)
    if not _is_known(news.stage):
        return note or news.stage
    label = stage_words(news.stage, language)
    if news.objective is None:
        return label
    reached = number(_sign(news.stage) * news.objective)
    if news.bound is None:
        return pick(language, f"{label}：{reached}", f"{label}: {reached}")
    best, possible = _best(news.stage, language), number(_sign(news.stage) * news.bound)
    return pick(language, f"{label}：{reached}（{best}可能 {possible}）", f"{label}: {reached} ({best} {possible} possible)")


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


STEP_WORDS: Mapping[str, tuple[str, str]] = {
    "ranks": ("第 {number} 轮：让名次尽量靠前", "round {number}: the dearest ranks"),
    "lottery": ("第 {number} 轮：其余相同的，按抽签号", "round {number}: the lottery where all else is equal"),
    "picks": ("轮流选课：选到的尽量保留", "the draft: as many picks as the rules allow"),
    "improvement": ("谁也不吃亏的调换：总体更好", "trades that hurt nobody: better all in all"),
    "worst_ranked": ("谁也不吃亏的调换：减少名次最靠后的", "trades that hurt nobody: fewer seats of the worst rank"),
    "granted": ("多满足志愿", "more wishes granted"),
}
"""Steps between the stages, by the name before their number, zh and en. Their figures mean something to the solver alone."""


def is_step(stage: str) -> bool:
    """Whether this is a step between the stages that people are told of: a part of a round, a trade, the lottery."""
    name, _, number = stage.partition("_")
    return stage in {*STEP_WORDS, "lottery"} - {"ranks"} or (name in {"ranks", "lottery"} and number.isdigit())


def stage_words(stage: str, language: str) -> str:
    """What a stage is about; the name itself where nobody wrote words for it."""
    if is_step(stage):
        name, _, number = stage.partition("_")
        if stage == "lottery":
            return pick(language, "其余相同的，按抽签号", "the lottery where all else is equal")
        return pick(language, *STEP_WORDS[name if number.isdigit() else stage]).format(number=number)
    if stage.startswith(ROUND):
        count = stage.removeprefix(ROUND)
        return pick(language, f"至少满足 {count} 个志愿的学生", f"pupils with {count} or more wishes granted")
    words = STAGE_WORDS.get(stage)
    return stage if words is None else pick(language, *words)


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
        if not isinstance(name, str) or not isinstance(objective, int | float) or is_step(name):
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


def further(summary: Mapping[str, object], language: str) -> str | None:
    """How much better any plan could be, in one sentence; `None` where the summary does not say."""
    wishes = summary.get("wishes")
    if not isinstance(wishes, Mapping):
        return None
    names = ("first_choices", "most_first_choices", "granted", "most_granted")
    first, most_first, granted, most_granted = (wishes.get(name) for name in names)
    if not (isinstance(first, int) and isinstance(most_first, int)):
        return None
    if not (isinstance(granted, int) and isinstance(most_granted, int)):
        return None
    dear, more = max(0, most_first - first), max(0, most_granted - granted)
    zh = f"任何方案最多还能再满足 {dear} 个第一志愿、合计再满足 {more} 个志愿" if more else "任何方案都不可能满足更多志愿"
    en = f"No plan at all can grant more than {dear} further first choices and {more} further wishes"
    en = en if more else "No plan at all can grant more wishes"
    if (children := _further_children(summary)) is not None:
        zh += (
            f"；前面各项不变差时，最多还能让 {children} 名学生有志愿得到满足"
            if children
            else "；有志愿得到满足的学生也不可能更多"
        )
        some = f"gives more than {children} further pupils a wish of theirs" if children else "gives more pupils a wish of theirs"
        en += f", and none that does as well in the aims before {some}"
    return pick(language, f"{zh}。", f"{en}.")


def _further_children(summary: Mapping[str, object]) -> int | None:
    """How many more pupils any plan as good in the aims before could grant a wish."""
    stages = summary.get("stages")
    for stage in stages if isinstance(stages, Sequence) else ():
        if isinstance(stage, Mapping) and stage.get("name") == f"{ROUND}1":
            objective, bound = stage.get("objective"), stage.get("bound")
            if isinstance(objective, int | float) and isinstance(bound, int | float):
                return round(objective - bound)
    return None


def _is_known(stage: str) -> bool:
    return stage in STAGE_WORDS or stage.startswith(ROUND)


def _sign(stage: str) -> int:
    """-1 where more is better and the solver counts downwards."""
    return -1 if stage == "priority" or stage.startswith(ROUND) else 1


def _best(stage: str, language: str) -> str:
    if _sign(stage) < 0:
        return pick(language, "最多", "at most")
    return pick(language, "最少", "at least")


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


def pick(language: str, zh: str, en: str) -> str:
    """The sentence in the language asked for."""
    return zh if language == "zh" else en
