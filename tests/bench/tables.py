"""How are the measurements told? One Markdown table, rows for a spreadsheet, and verdicts on what must hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Results = Mapping[tuple[str, int], Mapping[str, Mapping[str, Any]]]
"""By size and seed, then by part."""

COLUMNS = (
    "size", "pupils", "seed", "columns × rows", "build CPU s", "build MB", "first complete plan CPU s", "end CPU s", "end wall s",
    "peak MB", "status", "10 CPU s", "60 CPU s", "180 CPU s", "end", "granted / wanted", "none, worst rank, mean",
    "queue: none, worst, mean", "rank by rank: none, worst, mean", "plain: booleans, CPU s, points", "ours: points",
    "ill: CPU s, status", "20 join: CPU s, status", "explain: CPU s, verdict", "CPU ms a pupil", "load",
)  # fmt: skip
CSV_COLUMNS = ("size", "pupils", "seed", "kind", "cpu_seconds", "name", "value", "gap", "load", "date")


FLOORS: Mapping[str, tuple[float, float, float, float, float]] = {
    "S": (5, 300, 1, 1, 2),
    "M": (20, 500, 2, 5, 5),
    "L": (120, 1024, 5, 10, 15),
    "XL": (300, 2048, 8, 20, 30),
}
"""By size, CPU seconds and MB: first complete plan, peak memory, substitutes, twenty who join, a conflict named."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Something that must hold, and whether it did."""

    claim: str
    holds: bool
    figures: str


def table(results: Results) -> Iterator[str]:
    """Markdown, one row a school. A plan is told by its stages: unplaced · binding · base care · pupils with a wish · Σ rank²,
    each with its gap where it has one."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * len(COLUMNS)}"
    for (size, seed), parts in results.items():
        yield f"| {' | '.join(_cells(size, seed, parts))} |"


def _cells(size: str, seed: int, parts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    build, search, plain = (parts.get(name, {}) for name in ("build", "search", "plain"))
    pupils = parts["school"]["pupils"]
    yield from (size, str(pupils), str(seed))
    yield f"{build['columns']:,} × {build['rows']:,}" if "columns" in build else "–"
    yield from (_said(build.get("build_cpu")), _said(build.get("build_mb")))
    if "failed" in search:
        yield from (search["failed"], *["–"] * 12)
    else:
        wishes, at = search.get("wishes", {}), search.get("at", {})
        yield from (_said(search.get(name)) for name in ("first_complete_cpu", "cpu", "wall", "peak_mb", "status"))
        yield from (_stages(at.get(limit)) for limit in ("10", "60", "180", "end"))
        yield f"{_said(wishes.get('granted'))} / {_said(wishes.get('wanted'))}"
        yield f"{_said(wishes.get('none_granted'))}, {_said(wishes.get('worst_rank'))}, {_mean([wishes.get('mean_rank')])}"
        yield from (_draws(search.get(name, [])) for name in ("queues", "rank_by_rank"))
    best = plain["points"][-1] if plain.get("points") else None
    yield f"{_said(plain.get('booleans'))}, {best[0]}, {best[1]:,}" if best else _said(plain.get("status") or plain.get("failed"))
    yield f"{search['points'][-1][1]:,}" if search.get("points") else "–"
    repairs, explain = search.get("repairs", {}), parts.get("explain", {})
    yield from (_mended(repairs.get(name)) for name in ("ill", "join"))
    yield f"{explain['cpu']}, {explain['status']}" if "cpu" in explain else _said(explain.get("failed"))
    yield f"{1000 * search['first_complete_cpu'] / pupils:.0f}" if search.get("first_complete_cpu") else "–"
    yield _said(search.get("load") or build.get("load") or plain.get("load"))


def _said(value: object) -> str:
    return "–" if value is None else str(value)


def _mended(repair: Mapping[str, Any] | None) -> str:
    return "–" if not repair else f"{_seconds(repair):.1f}, {repair['status']}"


def _seconds(repair: Mapping[str, Any]) -> float:
    """CPU seconds of mending and of the judgement after it."""
    return float(sum(repair["cpu"].values()))


def _stages(stages: Mapping[str, Mapping[str, Any]] | None) -> str:
    if not stages:
        return "–"
    shown = ("unplaced", "binding", "base_care", "round_1", "ranks")
    return " · ".join(_stage(stages[name]) for name in shown if name in stages)


def _stage(stage: Mapping[str, Any]) -> str:
    gap = f" ({stage['gap']:.1%})" if stage["gap"] else ""
    return f"{abs(stage['objective'])}{gap}"


def _mean(ranks: Sequence[float | None]) -> str:
    known = [rank for rank in ranks if rank is not None]
    return f"{min(known):.2f}" if known else "–"


def _draws(draws: Sequence[Sequence[Any]]) -> str:
    """The most favourable of the draws, each figure for itself."""
    if not draws:
        return "–"
    worst = [draw[2] for draw in draws if draw[2] is not None]
    return f"{min(draw[1] or 0 for draw in draws)}, {min(worst, default=None)}, {_mean([draw[3] for draw in draws])}"


def verdicts(results: Results) -> Iterator[Verdict]:
    """What was promised, school by school. The queue and the plain model are taken at their best."""
    for (size, seed), parts in results.items():
        search, plain = parts.get("search", {}), parts.get("plain", {})
        if size in FLOORS:
            yield from _floors(f"{size} {seed}", FLOORS[size], search, parts.get("explain", {}))
        if "wishes" not in search:
            continue
        yield Verdict(f"{size} {seed}: the plan is lawful", bool(search["lawful"]), search["status"])
        none, worst = search["wishes"]["none_granted"], search["wishes"]["worst_rank"] or 0
        for name, peer in (("a queue", search["queues"]), ("rank by rank", search["rank_by_rank"])):
            most_none = min(draw[1] for draw in peer)
            yield Verdict(
                f"{size} {seed}: no more children without any granted wish than {name}",
                none <= most_none,
                f"{none} ≤ {most_none}",
            )
            ranks = [draw[2] or 0 for draw in peer if draw[1] <= none]
            # A queue that leaves more children with nothing may look better by rank alone.
            least = min(ranks, default=None)
            yield Verdict(
                f"{size} {seed}: no worse worst rank than {name} that leaves no more children empty",
                least is None or worst <= least,
                f"{worst} ≤ {_said(least)}",
            )
        if plain.get("points"):
            slower = [
                (cpu, value)
                for cpu, value in plain["points"]
                if not any(ours <= cpu and reached <= value for ours, reached in search["points"])
            ]
            told = f"behind at {len(slower)} of {len(plain['points'])} plans" + (f", first {slower[0]}" if slower else "")
            yield Verdict(f"{size} {seed}: never slower than the plain model to a plan of equal quality", not slower, told)


def _floors(
    name: str, floors: tuple[float, float, float, float, float], search: Mapping[str, Any], explain: Mapping[str, Any]
) -> Iterator[Verdict]:
    """Whether each figure that was measured keeps to its floor."""
    plan, memory, ill, join, named = floors
    if "wishes" in search:
        first = search["first_complete_cpu"]
        yield Verdict(f"{name}: a complete plan in {plan:g} CPU s", first is not None and first <= plan, _said(first))
        yield Verdict(f"{name}: at most {memory:g} MB", search["peak_mb"] <= memory, _said(search["peak_mb"]))
    repairs = search.get("repairs", {})
    if "ill" in repairs:
        proven = repairs["ill"]["status"] == "least" and _seconds(repairs["ill"]) <= ill
        yield Verdict(f"{name}: substitutes proven least in {ill:g} CPU s", proven, _mended(repairs["ill"]))
    if "join" in repairs:
        lawful = repairs["join"]["status"] != "nearest" and _seconds(repairs["join"]) <= join
        yield Verdict(f"{name}: twenty have joined in {join:g} CPU s", lawful, _mended(repairs["join"]))
    if "cpu" in explain:
        said = explain["status"] == "impossible" and explain["cpu"] <= named
        yield Verdict(f"{name}: a conflict named in {named:g} CPU s", said, f"{explain['cpu']}, {explain['status']}")


def csv_rows(results: Results) -> list[dict[str, object]]:
    """One figure a row, for plots."""
    rows: list[dict[str, object]] = []
    for (size, seed), parts in results.items():
        head = {"size": size, "pupils": parts["school"]["pupils"], "seed": seed}
        for kind, cpu, name, value, gap, load in _figures(parts):
            rows.append({**head, "kind": kind, "cpu_seconds": cpu, "name": name, "value": value, "gap": gap, "load": load})
    return rows


def _figures(parts: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Kind, CPU seconds, name, value, gap and load of each figure of one school."""
    search, plain, build = (parts.get(name, {}) for name in ("search", "plain", "build"))
    if "columns" in build:
        yield "build", build["build_cpu"], "columns", build["columns"], None, build["load"]
        yield "build", build["build_cpu"], "peak_mb", build["build_mb"], None, build["load"]
    if "wishes" in search:
        end, under, wishes = search["cpu"], search["load"], search["wishes"]
        yield "search", end, "peak_mb", search["peak_mb"], None, under
        yield "search", search["first_complete_cpu"], "first_complete", 1, None, under
        for limit, stages in search["at"].items():
            for name, stage in (stages or {}).items():
                yield "stage", end if limit == "end" else int(limit), name, stage["objective"], stage["gap"], under
        for cpu, value in search["points"]:
            yield "ours", cpu, "points", value, None, under
        yield "peer", end, "ours", wishes["granted"], None, under
        yield "empty", end, "ours", wishes["none_granted"], None, under
        for peer in ("queues", "rank_by_rank"):
            for draw in search[peer]:
                yield "peer", end, peer, draw[0], None, under
                yield "empty", end, peer, draw[1], None, under
    for name, repair in search.get("repairs", {}).items():
        yield "repair", round(_seconds(repair), 2), name, repair["disturbance"], None, search["load"]
    if "cpu" in parts.get("explain", {}):
        yield "explain", parts["explain"]["cpu"], parts["explain"]["status"], 1, None, parts["explain"]["load"]
    for cpu, value in plain.get("points", []):
        yield "plain", cpu, "points", value, None, plain["load"]
