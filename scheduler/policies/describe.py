"""How does a policy read on a terminal? Clause, quote, our reading, parameters, strength, and what honours it."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

from scheduler.policies.clause import Clause, Policy, Strength
from scheduler.policies.parameters import shown, told_parameters
from scheduler.policies.sentences import sentence
from scheduler.rulebook import Scope

WIDTH = 100

WORDS = {
    "zh": {
        "must": "必须", "in_principle": "原则上", "encouraged": "鼓励", "informational": "说明",
        "rule": "规则", "pending": "待办", "fact": "程序事实", "reading": "我们的理解", "quote": "原文",
        "parameters": "参数", "binds": "适用", "open": "学校可自定", "replaces": "代替", "refines": "与之并立",
        "_base": "本产品的基线（不是法规）", "_nature": "常理（不是法规）", "unmodelled": "不计算的条款及理由",
        "checked": "最近一次与原文核对", "in_force": "施行", "until": "至",
    },
    "en": {
        "must": "must", "in_principle": "in principle", "encouraged": "encouraged", "informational": "informational",
        "rule": "rule", "pending": "pending", "fact": "fact", "reading": "our reading", "quote": "text",
        "parameters": "parameters", "binds": "binds", "open": "open to the school",
        "replaces": "replaces", "refines": "stands beside",
        "_base": "The product's own baseline (not law)", "_nature": "Nature (not law)", "unmodelled": "Not computed, and why",
        "checked": "last compared with the source", "in_force": "in force", "until": "until",
    },
}  # fmt: skip

FEATURES = {
    "enrolment": "报名", "accounts": "收费与结算", "attendance": "考勤", "reports": "报表", "approval": "审批", "publish": "公示",
    "repair": "调课", "policies": "政策比对",
}  # fmt: skip


def describe(policy: Policy, language: str = "zh") -> str:
    """The whole policy as text for people, the county first; `language` is `zh` or `en`."""
    words = WORDS["en" if language == "en" else "zh"]
    lines = [f"{policy.title} · {policy.title_en}", f"{words['checked']}: {policy.checked}"]
    if policy.effective_from:
        until = f" {words['until']} {policy.effective_until}" if policy.effective_until else ""
        lines.append(f"{words['in_force']}: {policy.effective_from}{until}")
    for county in (policy.county, "_base", "_nature"):
        if county != policy.county:
            lines += ["", f"## {words[county]}"]
        for clause in policy.clauses:
            if clause.county == county:
                lines += ["", *_clause(clause, words, language)]
    if policy.unmodelled:
        lines += ["", f"## {words['unmodelled']}", ""]
        for name, reason in policy.unmodelled.items():
            lines += _told(name, reason.en if language == "en" else reason.zh)
    return "\n".join(lines) + "\n"


def _clause(clause: Clause, words: dict[str, str], language: str) -> Iterator[str]:
    if clause.use == 1:
        yield f"{clause.at}  {clause.id}  [{words[clause.strength.value]}]"
        yield from _told(words["quote"], f"“{clause.quote}”")
    elif clause.strength is not Strength.MUST:
        yield f"  + [{words[clause.strength.value]}]"
    reading = clause.reading_en if language == "en" else clause.reading
    if reading and clause.use == 1:
        yield from _told(words["reading"], reading)
    if clause.rule is not None:
        yield from _told(words["rule"], f"{clause.rule.name} — {sentence(clause.rule, language)}")
        given = "; ".join(f"{name} = {value}" for name, value in told_parameters(clause.rule).items() if value)
        yield from _told(words["parameters"], given)
        yield from _told(words["binds"], _binds(clause.rule.scope))
    yield from _told(words["open"], ", ".join(clause.open_parameters))
    yield from _told(words["replaces"], ", ".join(clause.replaces))
    yield from _told(words["refines"], ", ".join(clause.refines))
    yield from _told(words["pending"], _feature(clause.pending or "", language))
    yield from _told(words["fact"], (clause.fact_en if language == "en" else clause.fact) or "")


def _feature(name: str, language: str) -> str:
    """The feature a clause waits for; in Chinese with its name in the packs."""
    return f"{FEATURES[name]}（{name}）" if language == "zh" and name in FEATURES else name


def _binds(scope: Scope) -> str:
    parts = {
        "stages": shown(scope.stages), "grades": shown(scope.grades), "areas": shown(scope.areas),
        "graduating": "" if scope.graduating is None else shown(scope.graduating),
        "start": str(scope.start or ""), "end": str(scope.end or ""),
    }  # fmt: skip
    return "; ".join(f"{name} = {value}" for name, value in parts.items() if value)


def _told(word: str, text: str) -> Iterator[str]:
    """Indented lines of at most WIDTH columns, a Chinese character being two."""
    if text:
        first, *more = _broken(f"{word}: {text}")
        yield f"  {first}"
        yield from (f"    {line}" for line in more)


def _broken(text: str) -> Iterator[str]:
    """Western words stay whole; Chinese breaks anywhere."""
    line, width = "", 0
    for part in re.findall(r"[!-~]+|.", " ".join(text.split())):
        columns = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in part)
        if width + columns > WIDTH and line.strip():
            yield line.rstrip()
            line, width = "", 0
            part = part.lstrip()
        line, width = line + part, width + columns
    if line.strip():
        yield line.rstrip()
