"""How fairly are the wishes shared out, in words? Lines of a summary, Chinese or English."""

from collections.abc import Iterator, Mapping, Sequence

from scheduler.news import percent, pick

GROUP_WORDS: Mapping[str, tuple[str, str]] = {
    "left_behind": ("留守儿童", "left-behind children"),
    "migrant_worker_child": ("随迁子女", "migrant workers' children"),
    "disability": ("残疾儿童", "children with disabilities"),
    "hardship": ("家庭经济困难儿童", "children in hardship"),
    "rural_out_of_poverty": ("农村脱贫户儿童", "children of rural families out of poverty"),
    "dibao": ("低保家庭儿童", "children on minimum allowance"),
    "learning_difficulty": ("学习有困难学生", "pupils with learning difficulties"),
    "talent": ("学有余力学生", "pupils with strength to spare"),
    "grades": ("优先年级", "grades that come first"),
    "others": ("其他学生", "others"),
}
"""Priority groups as the fairness figures name them, zh and en."""


def fairness_lines(fairness: Mapping[str, object], language: str) -> Iterator[str]:
    """How the wishes are shared out: ranks granted, the worst-off pupil, envy among equals, groups. Nothing without figures."""
    profile, worst = fairness.get("rank_profile"), part(fairness, "worst_off")
    if not isinstance(profile, Sequence) or not profile:
        return
    separator = pick(language, "，", ", ")
    ranks = separator.join(
        pick(language, f"第 {rank} 志愿 {count} 个", f"rank {rank}: {count}") for rank, count in enumerate(profile, start=1)
    )
    yield pick(language, f"公平：满足的志愿中{ranks}", f"Fairness: wishes granted by rank: {ranks}")
    if worst:
        pupil, share = worst.get("pupil"), _share(worst, "share")
        yield pick(
            language,
            f"  最吃亏的学生 {pupil}：所得相当于最理想结果的 {share}",
            f"  worst-off pupil {pupil}: {share} of the best it could have had",
        )
    envy, pairs, beyond = (_number(fairness, name) for name in ("envy_pairs", "pairs", "ef1_breaks"))
    yield pick(
        language,
        f"  同等优先的学生两两比较 {pairs} 对：更想要对方课程的 {envy} 对，去掉对方最好的一门仍更想要的 {beyond} 对",
        f"  {pairs} pairs of equal priority: {envy} in which one would rather have the other's seats, "
        f"{beyond} even without the best of these",
    )
    groups = part(fairness, "groups")
    if len(groups) > 1:
        told = separator.join(
            f"{pick(language, *GROUP_WORDS.get(name, (name, name)))} {_share(part(groups, name), 'first_choice_share')}"
            for name in groups
        )
        yield pick(language, f"  第一志愿满足率：{told}", f"  first choices granted: {told}")


def part(figures: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A part of a summary; empty where it is missing."""
    found = figures.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(figures: Mapping[str, object], name: str) -> str:
    value = figures.get(name)
    return str(value) if isinstance(value, int) else "–"


def _share(figures: Mapping[str, object], name: str) -> str:
    value = figures.get(name)
    return percent(value) if isinstance(value, int | float) else "–"
