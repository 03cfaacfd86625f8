"""How good is the plan? The figures of its summary in the words of a school, each with what it is out of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.language import Language, say
from scheduler.news import percent


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure on a tile."""

    label: str
    value: str
    note: str = ""
    good: bool | None = None
    """Whether it is as it should be; `None` where that is nobody's to say."""


def figures(summary: Mapping[str, object], language: Language) -> Iterator[Figure]:
    """The tiles of a plan: who is placed, whose wishes are granted, what the audit says. What is not known is left out."""
    pupils, wishes, audit = (part(summary, name) for name in ("pupils", "wishes", "audit"))
    if (applied := whole(pupils, "applied")) is not None and (placed := whole(pupils, "placed")) is not None:
        out_of = say(language, "共报名 {n} 人").format(n=applied)
        yield Figure(say(language, "已安排学生"), str(placed), out_of, placed == applied)
    if (share := real(wishes, "first_choice_share")) is not None:
        mean = real(wishes, "mean_rank")
        note = "" if mean is None else say(language, "满足的志愿平均排第 {rank} 位").format(rank=f"{mean:.2f}")
        yield Figure(say(language, "第一志愿满足率"), percent(share), note)
    if (wanted := whole(wishes, "wanted")) is not None and (granted := whole(wishes, "granted")) is not None:
        yield Figure(say(language, "满足的志愿"), str(granted), say(language, "共想要 {n} 个").format(n=wanted))
    if (none := whole(wishes, "none_granted")) is not None:
        worst = whole(wishes, "worst_rank")
        note = "" if worst is None else say(language, "最靠后满足的是第 {rank} 志愿").format(rank=worst)
        yield Figure(say(language, "一个志愿也没满足"), say(language, "{n} 人").format(n=none), note, none == 0)
    shared = part(summary, "fairness")
    if (share := real(part(shared, "worst_off"), "share")) is not None:
        yield Figure(say(language, "最吃亏的学生"), percent(share), say(language, "所得占其最理想结果的比例"))
    if (envy := whole(shared, "envy_pairs")) is not None and (pairs := whole(shared, "pairs")) is not None:
        beyond = whole(shared, "ef1_breaks") or 0
        note = say(language, "共比较 {pairs} 对，去掉对方最好一门后仍有 {beyond} 对").format(pairs=pairs, beyond=beyond)
        yield Figure(say(language, "更想要对方课程"), say(language, "{n} 对").format(n=envy), note)
    if (care := whole(pupils, "base_care_slots")) is not None:
        yield Figure(say(language, "托管兜底"), say(language, "{n} 人次").format(n=care), say(language, "每周，越少越好"))
    if (breaches := whole(audit, "breaches")) is not None:
        needed, used = whole(audit, "waivers_needed") or 0, whole(audit, "waivers_used") or 0
        note = say(language, "待豁免 {needed} 条，已豁免 {used} 条").format(needed=needed, used=used)
        yield Figure(say(language, "违反政策"), say(language, "{n} 处").format(n=breaches), note, breaches + needed == 0)


def part(summary: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A part of the summary; empty where it is missing."""
    found = summary.get(name)
    return found if isinstance(found, Mapping) else {}


def whole(figures: Mapping[str, object], name: str) -> int | None:
    """A count, if it is there; of a list, how many."""
    value = figures.get(name)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return len(value)
    return value if isinstance(value, int) else None


def real(figures: Mapping[str, object], name: str) -> float | None:
    """A number, if it is there."""
    value = figures.get(name)
    return float(value) if isinstance(value, int | float) else None
