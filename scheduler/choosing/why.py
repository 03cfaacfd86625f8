"""Why did a child not get a wish, and what would it have cost others? In words, Chinese and English."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.audit.refusals import Refusal, Refusals
from scheduler.audit.world import World
from scheduler.choosing.modes import taken
from scheduler.domain import CourseId, Pupil, PupilId, Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.policy import Policy, clauses_in_force
from scheduler.publish.csv_tables import inert
from scheduler.solver.contest import lottery_numbers
from scheduler.solver.forced import Forcing, Price
from scheduler.solver.readers import Limits
from scheduler.solver.standing import standing
from scheduler.timetable import Timetable

COLUMNS = ("学号", "姓名", "行政班", "志愿", "项目", "原因", "说明", "explanation")
BREAKS: Mapping[str, tuple[str, str]] = {
    "unplaced": ("会有学生没有去处", "somebody would be without a place"),
    "must": ("会违反必须条款", "a clause that must be kept would be broken"),
    "in_principle": ("会违反原则性条款", "a clause to be kept in principle would be broken"),
    "base_care": ("会有更多学生只有托管", "more pupils would have base care only"),
    "priority": ("优先保障对象会少满足志愿", "children who come first would go without"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One refused wish with its reason, and its price where the solver was asked."""

    refusal: Refusal
    price: Price | None
    number: int
    """The pupil's lottery number under the seed of the timetable, from 1."""
    of: int
    """Numbers drawn in all."""
    settled: bool
    """Whether each stage of the plan was proven best, by the summary beside it."""

    def text(self, language: str) -> str:
        """A sentence or two."""
        said = self.refusal.zh if language == "zh" else self.refusal.en
        if self.price is None:
            return said
        zh, en = self._price(self.price)
        return f"{said}{zh}。" if language == "zh" else f"{said} {en}."

    def _price(self, price: Price) -> tuple[str, str]:
        if not price.possible and price.proven:
            return "这个志愿与其他已定的安排不能同时成立", "It goes with no other way to fill these sections"
        if price.breaks:
            zh, en = ("、".join(BREAKS[name][0] for name in price.breaks), "; ".join(BREAKS[name][1] for name in price.breaks))
            return f"如要满足，{zh}", f"To grant it, {en}"
        if not price.proven:
            return (
                "要其他学生让出多少，在限定时间内没有算清（未证明）",
                "What it would cost others was not settled in time (not proven)",
            )
        own_zh = f"，本人也要少满足 {price.own} 个靠后的志愿" if price.own else ""
        own_en = f", and this pupil would have {price.own} fewer later wishes" if price.own else ""
        if price.equal:
            return self._drawn(own_zh, own_en)
        if price.better or (not price.others and not price.own):
            return (
                "换一种安排可以满足，且不影响其他学生的总体结果：现有名单未证明最优",
                "Another way to share out could grant it at no cost in all: these places were not proven best",
            )
        if not price.others:
            return f"如要满足，其他学生不受影响{own_zh}", f"To grant it costs others nothing{own_en}"
        parts_zh, parts_en = [], []
        if price.wishes:
            parts_zh.append(f"合计少满足 {price.wishes} 个志愿")
            parts_en.append(f"lose {price.wishes} wishes in all")
        if price.ranks:
            parts_zh.append(f"名次合计退后 {price.ranks} 位")
            parts_en.append(f"fall back {price.ranks} ranks in all")
        return (
            f"如要满足，至少要让另外 {price.others} 名学生{'、'.join(parts_zh)}{own_zh}",
            f"To grant it, {price.others} others must {' and '.join(parts_en)}{own_en}",
        )

    def _drawn(self, own_zh: str, own_en: str) -> tuple[str, str]:
        """Somebody else would go without in the same measure: the lottery decides, where nothing before it is open."""
        if self.settled:
            return (
                f"满足与否，全校各项指标完全相同，由抽签决定（抽签号 {self.number}，共 {self.of} 个号）{own_zh}",
                f"All aims come out the same without it: the lottery decided (number {self.number} of {self.of}){own_en}",
            )
        return (
            f"满足它，全校各项指标不变，但现有名单未证明最优，不能断定是抽签决定的{own_zh}",
            f"All aims come out the same with it, but the places were not proven best: not proven to be the lottery{own_en}",
        )


class Whys:
    """The refused wishes of one timetable; the solver is asked only where the facts do not settle it."""

    def __init__(self, scenario: Scenario, timetable: Timetable, pack: Policy, settled: bool) -> None:
        self.scenario, self.timetable, self.pack, self.settled = scenario, timetable, pack, settled
        self.refusals = Refusals(World(scenario, timetable))
        self._numbers = lottery_numbers((pupil.id for pupil in scenario.pupils), timetable.seed or 0)
        self._forcing: Forcing | None = None

    def of(self, pupil: PupilId, course: CourseId | None, seconds: float) -> Iterator[Answer]:
        """Those of one pupil, or of one of its wishes, with prices; at most so many seconds for each.

        Raises `InputFaults` for an unknown pupil or course, and for a table that the model cannot take.
        """
        known = self._known(pupil, course)
        for refusal in self.refusals.of(known):
            if course is None or refusal.choice.course == course:
                price = None
                if refusal.open_to_question:
                    price = self.forcing.price(pupil, refusal.choice, Limits(seconds=seconds))
                yield self._answer(refusal, price)

    @property
    def forcing(self) -> Forcing:
        if self._forcing is None:
            clauses = clauses_in_force(self.pack, self.scenario)
            self._forcing = Forcing(taken(standing(self.scenario, clauses, self.timetable)))
        return self._forcing

    def _answer(self, refusal: Refusal, price: Price | None) -> Answer:
        number = self._numbers[refusal.pupil.id]
        return Answer(refusal=refusal, price=price, number=number, of=len(self._numbers), settled=self.settled)

    def _known(self, id: PupilId, course: CourseId | None) -> Pupil:
        pupil = self.scenario.pupil_by_id.get(id)
        if pupil is None:
            zh, en = f"没有学号为“{id}”的学生。", f"there is no pupil {id!r}."
            raise InputFaults([Fault(place="--pupil", zh=zh, en=en, todo_zh="请核对学号。", todo_en="Check the id.")])
        if course is not None and all(choice.course != course for choice in pupil.choices):
            zh, en = f"{pupil.name}没有填报“{course}”。", f"{pupil.name} did not ask for {course!r}."
            listed = "、".join(choice.course for choice in pupil.choices) or "–"
            todo = (f"填报的项目：{listed}。", f"Asked for: {listed.replace('、', ', ')}.")
            raise InputFaults([Fault(place="--course", zh=zh, en=en, todo_zh=todo[0], todo_en=todo[1])])
        return pupil

    def table(self) -> str:
        """Every refused wish of the school with the reason that facts alone give, as CSV."""
        return csv_text(self.refusals.of_all(), self.scenario)


def csv_text(refusals: Iterable[Refusal], scenario: Scenario) -> str:
    """One row a refused wish, under `COLUMNS`. Texts that a spreadsheet would run are disarmed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in refusals:
        pupil, course = one.pupil, scenario.course_by_id[one.choice.course]
        home_class = scenario.home_class_by_id[pupil.home_class].name
        row: Sequence[object] = (
            pupil.id, pupil.name, home_class, one.choice.rank, course.title, one.why.value, one.zh, one.en,
        )  # fmt: skip
        writer.writerow([inert(str(cell)) for cell in row])
    return out.getvalue()


def proven_beside(table: Path) -> bool:
    """Whether the summary in the same folder says that each step of sharing out the seats was proven best."""
    summary = table.with_name("summary.json")
    if not summary.is_file():
        return False
    try:
        steps = json.loads(summary.read_text("utf-8"))["sharing"]
        return bool(steps) and all(step["value"] == step["bound"] for step in steps)
    except (ValueError, KeyError, TypeError):
        return False
