# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2 · What a clause costs
#
# Every clause keeps some plans out. What would families gain without it? This lesson takes one clause away at a time, asks
# for the best plan that is left, and counts the price in *first choices*: children who would get the wish they put first.
#
# A price is no argument against a clause. Most clauses cost nothing at all, and it is good to know which ones do before
# anybody asks for a waiver.

# %%
from dataclasses import replace
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from scheduler.domain import Pattern, Scenario
from scheduler.intake import read_scenario
from scheduler.policy import Clause, Strength, clauses_in_force, load_policy
from scheduler.solver.build import Stage, build
from scheduler.solver.readers import Limits, solve_whole

here = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "scenarios" / "tiny").is_dir())
school = read_scenario(here / "scenarios" / "tiny")
law = load_policy(school.school.county)
clauses = clauses_in_force(law, school)
wishing = sum(1 for pupil in school.pupils if pupil.choices)
print(len(clauses), "clauses are in force;", wishing, "of", len(school.pupils), "pupils have ranked the menu")

# %% [markdown]
# ## The most first choices
#
# The model is built from the clauses we hand it. Everybody must have a place and no binding clause may deviate: three rows say
# so. Among what is left the solver maximises the first choices, and proves that there are no more. Limits are counts, so
# everybody gets the same answer.


# %%
def first_choices(school: Scenario, clauses: tuple[Clause, ...]) -> int | None:
    """The most first choices any lawful plan grants; `None` where no plan is lawful."""
    model = build(school, clauses)
    problem, unknowns = model.problem, model.unknowns
    for stage in (Stage.UNPLACED, Stage.MUST, Stage.IN_PRINCIPLE):
        columns = np.flatnonzero(model.stages[stage])
        if len(columns):
            problem = problem.with_row(columns, model.stages[stage][columns], upper=0)
    objective = np.zeros(len(problem.lower), dtype=np.int64)
    objective[unknowns.sits[unknowns.sit_rank == 1]] = -1
    answer = solve_whole(problem, objective, Limits(seconds=60, counted=20, seed=7, workers=1))
    if answer.values is None:
        return None
    assert answer.proven
    return -round(answer.objective)


under_the_law = first_choices(school, clauses)
assert under_the_law is not None
print(under_the_law, "of", wishing)

# %% [markdown]
# ## One at a time
#
# Only binding clauses can cost anything here. Those of nature stay: nobody is in two places, whatever the law says. So does the
# one that says what it is to be granted a wish: without it there would be nothing to count.

# %%
binding = [
    clause
    for clause in clauses
    if clause.rule is not None
    and clause.rule.name != "wishes_kept"
    and clause.county != "_nature"
    and clause.strength in (Strength.MUST, Strength.IN_PRINCIPLE)
]


def prices(school: Scenario, clauses: tuple[Clause, ...], asked: list[Clause]) -> pd.DataFrame:
    """First choices gained without each clause."""
    least = first_choices(school, clauses)
    assert least is not None
    rows = []
    for clause in asked:
        without = first_choices(school, tuple(other for other in clauses if other is not clause))
        assert without is not None
        rows.append({"clause": clause.id, "strength": str(clause.strength), "price": without - least})
    return pd.DataFrame(rows)


as_it_is = prices(school, clauses, binding)
print((as_it_is["price"] == 0).sum(), "of", len(as_it_is), "clauses cost nothing")
as_it_is[as_it_is["price"] > 0]

# %% [markdown]
# Taking a clause away never makes the best plan worse, so no price is negative. One clause is not free: it says how large a group
# may be and how many of them there are. Eight children put paper-cutting first, and its one group has five seats.

# %%
assert (as_it_is["price"] >= 0).all()
grouping = next(clause for clause in binding if clause.id == "yueyang-2.7-grouping")
print(grouping.at, grouping.quote)
print(grouping.reading_en)
assert int(as_it_is.set_index("clause").loc[grouping.id, "price"]) == 2

# %% [markdown]
# ## The same law, another menu
#
# A price belongs to a school, not to a clause. Let paper-cutting be a double lesson, two slots running, with eight seats. Now
# the seats are enough, and something else stands in the way.

# %%
double = replace(
    school,
    courses=tuple(
        replace(course, pattern=Pattern.DOUBLE, max_size=8) if course.id == "paper" else course for course in school.courses
    ),
)
with_double = prices(double, clauses, binding)
with_double[with_double["price"] > 0]

# %% [markdown]
# Daily PE: class 4 (1) has no PE lesson on Tuesday and Thursday, the only days on which the paper-cutter comes. Who cuts
# paper for both slots does not move. The baseline is ours and holds "in principle": the school could record a waiver, and
# now knows what it would buy.

# %%
daily_pe = next(clause for clause in binding if clause.id == "base-daily-pe")
assert int(with_double.set_index("clause").loc[daily_pe.id, "price"]) > 0
both = pd.concat([as_it_is.assign(menu="one slot, 5 seats"), with_double.assign(menu="two slots, 8 seats")])
alt.Chart(both[both["price"] > 0]).mark_bar().encode(
    x=alt.X("price:Q", title="first choices gained without the clause", axis=alt.Axis(tickMinStep=1)),
    y=alt.Y("clause:N", title=None),
    row=alt.Row("menu:N", title=None),
)

# %% [markdown]
# ## A price hides behind another
#
# With the double lesson and the old five seats, daily PE costs nothing: the seats run out first. Seat by seat it shows. So a
# table of single prices tells where to look first, and not what a change of two things would bring.


# %%
def with_seats(seats: int) -> Scenario:
    """Paper-cutting as a double lesson with so many seats."""
    return replace(
        double,
        courses=tuple(replace(course, max_size=seats) if course.id == "paper" else course for course in double.courses),
    )


moving = tuple(clause for clause in clauses if clause is not daily_pe)
by_seats = pd.DataFrame(
    [
        {
            "seats": seats,
            "under the law": first_choices(with_seats(seats), clauses),
            "without": first_choices(with_seats(seats), moving),
        }
        for seats in range(5, 9)
    ]
)
by_seats["price"] = by_seats["without"] - by_seats["under the law"]
assert by_seats["price"].iloc[0] == 0 < by_seats["price"].iloc[-1]
print(by_seats.to_string(index=False))

# %% [markdown]
# ## Try it
#
# Give the paper-cutter one more day, or the PE teacher fewer meetings a week, and look which clauses get a price. On real schools
# `oneplusx whatif` asks the same of waivers, rooms, teachers and minutes; a whole school cannot be proven in a tenth of a
# second, so its answers come with a bound.

# %%
more_days = replace(
    double,
    staff=tuple(
        replace(person, available=frozenset(slot.id for slot in double.slots)) if person.id == "zhou" else person
        for person in double.staff
    ),
)
print(first_choices(more_days, clauses), "of", wishing, "first choices if the paper-cutter came every day")
