"""How fast and how good is it at 250 to 5,000 pupils? `make bench`, or `python -m tests.bench --help`.

Every measurement is a fresh process. Prints one table in Markdown, then what must hold, as PASS or FAIL; exits 1 on a FAIL.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.machine import load, versions
from tests.bench.measured import PARTS
from tests.bench.tables import CSV_COLUMNS, csv_rows, table, verdicts

SIZES: Mapping[str, int] = {"S": 250, "M": 1000, "L": 2500, "XL": 5000}
REFERENCE_SECONDS = 1800.0
"""Of the long references, one of size L and one of size XL."""


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--county", default="yueyang")
    parser.add_argument("--seconds", type=float, default=180.0, help="time limit of a search, by the clock")
    parser.add_argument("--reference", action="store_true", help="also one L and one XL for half an hour each")
    parser.add_argument("--quick", action="store_true", help="a look at the benchmark itself: S and M, one seed, 15 seconds")
    parser.add_argument("--csv", type=Path, help="keep the figures there, too")
    asked = parser.parse_args()
    if asked.quick:
        asked.sizes, asked.seeds, asked.seconds = ["S", "M"], [1], 15.0
    return asked


def measured(part: str, county: str, pupils: int, seed: int, seconds: float) -> dict[str, object]:
    """One measurement; a process that failed is told by its last line."""
    arguments = [sys.executable, "-m", "tests.bench.measured", part, county, str(pupils), str(seed), str(seconds)]
    ended = subprocess.run(arguments, capture_output=True, text=True)
    if ended.returncode:
        return {"failed": (ended.stderr.strip().splitlines() or ["killed"])[-1][:120]}
    answer: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    return answer


def runs(options: argparse.Namespace) -> list[tuple[str, str, int, int, float]]:
    """Part, size, pupils, seed and seconds of every measurement, the quick ones first."""
    every = [
        (part, size, SIZES[size], seed, options.seconds)
        for size in options.sizes
        for seed in options.seeds
        for part in options.parts
    ]
    if options.reference:
        every += [("search", f"{size} ref", SIZES[size], options.seeds[0], REFERENCE_SECONDS) for size in ("L", "XL")]
    return every


def main() -> int:
    """Runs, prints, judges."""
    options = asked()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {versions()}, {load()}, county {options.county}", flush=True)
    results: dict[tuple[str, int], dict[str, Mapping[str, object]]] = {}
    for part, size, pupils, seed, seconds in runs(options):
        answer = measured(part, options.county, pupils, seed, seconds)
        results.setdefault((size, seed), {"school": {"pupils": pupils}})[part] = answer
        print(
            f"  {part} {size} seed {seed}: {answer.get('failed') or answer.get('status') or 'done'}", file=sys.stderr, flush=True
        )
    print()
    print("\n".join(table(results)))
    print()
    judged = list(verdicts(results))
    for verdict in judged:
        print(f"{'PASS' if verdict.holds else 'FAIL'}  {verdict.claim}  ({verdict.figures})")
    if options.csv:
        keep(options.csv, csv_rows(results))
    return int(not all(verdict.holds for verdict in judged))


def keep(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Writes the figures for the lesson that plots them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CSV_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "date": f"{datetime.now(UTC):%Y-%m-%d}"} for row in rows)


if __name__ == "__main__":
    sys.exit(main())
