"""What does each way of sharing out the wishes cost? The three modes on the same sections, side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduler.audit.fairness import Fairness, fairness
from scheduler.audit.figures import WishFigures, wish_figures
from scheduler.audit.world import World
from scheduler.domain import Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.news import percent, pick
from scheduler.policy import Policy, clauses_in_force
from scheduler.solver.outcome import Mode, Options, Stop
from scheduler.solver.standing import Standing, shared_out, standing
from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What one way of sharing out the wishes gives."""

    name: str
    """A mode, or `now` for the places as they are."""
    wishes: WishFigures
    fairness: Fairness
    proven: bool | None
    """Whether each of its steps was proven best; `None` for the places as they are."""


def priced_modes(scenario: Scenario, timetable: Timetable, pack: Policy, options: Options, stop: Stop) -> Iterator[Priced]:
    """The places as they are, then as each mode would give them. `options.time_limit`: for each mode.

    Raises `InputFaults` for a table that the model cannot take.
    """
    clauses = clauses_in_force(pack, scenario)
    stands = taken(standing(scenario, clauses, timetable))

    def judged(name: str, table: Timetable, proven: bool | None) -> Priced:
        world = World(scenario, table)
        return Priced(name=name, wishes=wish_figures(world), fairness=fairness(world, clauses), proven=proven)

    yield judged("now", timetable, None)
    for mode in Mode:
        shared = shared_out(stands, mode, options, stop)
        yield judged(mode.value, shared.timetable, shared.proven)


def taken(stands: Standing) -> Standing:
    """The same; raises `InputFaults` where no column can say what the table has."""
    if not stands.refused:
        return stands
    what = ", ".join(f"{one.what} ({one.rule})" for one in stands.refused[:3])
    raise InputFaults(
        [
            Fault(
                place="timetable",
                zh=f"这份课表里有排课模型不能表达的安排：{what}。",
                en=f"the table holds what the model cannot express: {what}.",
                todo_zh="请先用 oneplusx audit 查看并改正。",
                todo_en="See what `oneplusx audit` says of it first.",
            )
        ]
    )


NAMES = {
    "now": ("现有名单", "as it is"),
    "rounds": ("逐轮（rounds）", "rounds"),
    "draft": ("轮流选（draft）", "draft"),
    "most_seats": ("总数最多（most_seats）", "most_seats"),
}
HEADINGS = (
    ("分配方式", "way"),
    ("满足志愿", "wishes"),
    ("一个没有", "with none"),
    ("最后名次", "worst rank"),
    ("第一志愿", "first choices"),
    ("平均名次", "mean rank"),
    ("最吃亏者", "worst off"),
    ("更想换", "envy pairs"),
    ("差一门以上", "EF1 breaks"),
    ("已证明", "proven"),
)


def table_rows(priced: Iterable[Priced], language: str) -> Iterator[tuple[str, ...]]:
    """The headings, then a row a way; texts."""
    yield tuple(pick(language, *heading) for heading in HEADINGS)
    for one in priced:
        wishes, shared = one.wishes, one.fairness
        yield (
            pick(language, *NAMES[one.name]),
            f"{wishes.granted}/{wishes.wanted}",
            str(wishes.none_granted),
            "–" if wishes.worst_rank is None else str(wishes.worst_rank),
            "–" if wishes.first_choice_share is None else percent(wishes.first_choice_share),
            "–" if wishes.mean_rank is None else f"{wishes.mean_rank:.2f}",
            "–" if shared.worst_off is None else percent(shared.worst_off.share),
            str(shared.envy.envious),
            str(shared.envy.beyond_one_seat),
            {None: "–", True: pick(language, "是", "yes"), False: pick(language, "否", "no")}[one.proven],
        )


MEANINGS = (
    "rounds：每轮每人最多再得一个志愿，先让最多的人得到，再让名次靠前；draft：按抽签号轮流选，下一轮倒过来；"
    "most_seats：先不让人落空，再让满足的志愿总数最多（此时只填少数志愿反而占便宜，请要求多填或服从调剂）。\n"
    "最吃亏者：所得相当于其最理想结果的比例；更想换：同等优先的两人中一人更想要对方的课程；"
    "差一门以上：去掉对方最好的一门仍更想要。",
    "rounds: each round gives a child at most one more wish, most children first, then the dearest ranks; draft: children pick "
    "in the order of the lottery, then in reverse; most_seats: nobody empty, then most wishes in all (there short lists gain: "
    "ask for longer lists, or that any other course be accepted).\n"
    "worst off: what that pupil has, of the best it could have had; envy pairs: of two pupils of equal priority one would "
    "rather have the other's seats; EF1 breaks: even without the best of these.",
)
"""What the words of the table mean, zh and en."""
