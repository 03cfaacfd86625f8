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
# # 3 · How large can it get?
#
# A school of 250 pupils and one of 5,000 bring the same kinds of facts. This lesson looks at what grows with the school: the
# model, the time until everybody has a lawful place, the distance to the bound, and what simpler methods would have done.
#
# The figures were measured by `python -m tests.bench --csv notebooks/bench.csv` on invented schools, each in a process of its
# own. Time is CPU seconds of all its processes, so other work on the machine counts little, but not nothing: the first cell
# says when and under what load it was.

# %%
import time
from pathlib import Path

import altair as alt
import pandas as pd

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import build

here = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "notebooks" / "bench.csv").is_file())
figures = pd.read_csv(here / "notebooks" / "bench.csv")
figures["school"] = figures["size"] + " " + figures["pupils"].astype(str)
print("measured on", ", ".join(sorted(figures["date"].unique())))
for load in sorted(figures["load"].unique()):
    print("load", load)

# %% [markdown]
# On a crowded machine a limit by the clock gives a search less than its seconds: read the figures as what it reached in that many
# CPU seconds, never as the best it can do.
#
# ## The model grows with the pupils
#
# A place is a column: a pupil, and an offer the pupil may sit in. Parallel sections are counted, not told apart, so twice the
# pupils are twice the columns and not four times. You can watch it here, on schools small enough for a lesson:

# %%
rows = []
for pupils in (60, 120, 240, 480):
    school = generate("helan", pupils, 1)
    clauses = clauses_in_force(load_policy("helan"), school)
    started = time.process_time()
    columns = build(school, clauses).unknowns.model.column_count
    rows.append({"pupils": pupils, "columns": columns, "seconds": round(time.process_time() - started, 2)})
growth = pd.DataFrame(rows)
growth["columns a pupil"] = growth["columns"] // growth["pupils"]
print(growth.to_string(index=False))

# %%
built = figures[(figures["kind"] == "build") & (figures["name"] == "columns")]
alt.Chart(built).mark_line(point=True).encode(
    x=alt.X("pupils:Q", scale=alt.Scale(type="log"), title="pupils"),
    y=alt.Y("value:Q", scale=alt.Scale(type="log"), title="columns"),
    color=alt.Color("seed:N", title="seed"),
    tooltip=["school", "value", "cpu_seconds"],
).properties(title="Columns of the model")

# %% [markdown]
# Both axes are logarithmic: a slope of 1 means that the model grows as the school does. So does the time to build it:

# %%
per_thousand = built.assign(seconds=1000 * built["cpu_seconds"] / built["pupils"], columns=built["value"] / built["pupils"])
print(
    per_thousand.groupby("school")[["seconds", "columns"]].mean().round(1).rename(columns={"seconds": "CPU s per 1,000 pupils"})
)

# %% [markdown]
# ## How long until everybody has a lawful place?
#
# *Complete* is said of a plan in which everybody has a place, at most two pupil-slots in a hundred are base care, and the audit
# finds nothing against publication. A school missing here had no such plan when its time was over; that is a result, too.

# %%
searched = figures[(figures["kind"] == "search") & (figures["name"] == "first_complete")]
complete = searched.dropna(subset=["cpu_seconds"])
for school_name in sorted(set(searched["school"])):
    times = complete[complete["school"] == school_name]["cpu_seconds"]
    print(
        school_name, "·", f"{times.min():.0f} to {times.max():.0f} CPU s" if len(times) else "no complete plan in the time given"
    )

# %%
alt.Chart(complete).mark_point(filled=True, size=80).encode(
    x=alt.X("pupils:Q", title="pupils"),
    y=alt.Y("cpu_seconds:Q", title="CPU seconds"),
    color=alt.Color("seed:N"),
).properties(title="First complete plan")

# %% [markdown]
# ## The gap closes with time
#
# Each aim has a bound that holds for any plan at all. The gap is the distance to it, as a share of what was reached. A large gap
# says that we do not know, not that the plan is bad: the bound may be what is weak. Above all for `ranks`, which imagines that
# every course is open to everybody.

# %%
stages = figures[(figures["kind"] == "stage") & figures["gap"].notna()]
alt.Chart(stages).mark_line(point=True).encode(
    x=alt.X("cpu_seconds:Q", title="CPU seconds"),
    y=alt.Y("gap:Q", axis=alt.Axis(format="%"), title="gap to the bound for any plan"),
    color=alt.Color("name:N", title="aim"),
    row=alt.Row("school:N", title=None),
).properties(height=120)

# %% [markdown]
# ## Beside the model everybody would write first
#
# A boolean for each pupil in each explicit section, and CP-SAT with its defaults. It is given the easier problem: it knows
# nothing of shares of enrichment, homework time, buses or flexible hours. Both are measured with its own points: less is better.

# %%
race = figures[figures["kind"].isin(["ours", "plain"])]
raced = race[race["school"].isin(race[race["kind"] == "plain"]["school"])]
alt.Chart(raced).mark_line(interpolate="step-after", point=True).encode(
    x=alt.X("cpu_seconds:Q", title="CPU seconds"),
    y=alt.Y("value:Q", scale=alt.Scale(type="log"), title="points"),
    color=alt.Color("kind:N", title=None),
    row=alt.Row("school:N", title=None),
    detail="seed:N",
).properties(height=150)

# %%
print(raced.sort_values("cpu_seconds").groupby(["school", "seed", "kind"])["value"].last().unstack().to_string())

# %% [markdown]
# ## Beside a queue
#
# The same sections, opened by our plan, filled in other ways: by a queue in random order, and rank by rank as sign-up products
# do. Five draws each, and every draw is favoured: it may ignore rules about whole classes. What counts first is how many
# children with wishes end with none granted.

# %%
empty = figures[(figures["kind"] == "empty") & figures["school"].isin(complete["school"])]
alt.Chart(empty).mark_point(filled=True, size=60).encode(
    x=alt.X("value:Q", title="children without any granted wish"),
    y=alt.Y("name:N", title=None),
    row=alt.Row("school:N", title=None),
    color=alt.Color("seed:N"),
)

# %%
print(empty.groupby(["school", "seed", "name"])["value"].agg(["min", "max"]).to_string())

# %% [markdown]
# ## Try it
#
# Invent a school of your own size with `oneplusx generate --county suifenhe --size 1500 --out out/mine`, and solve it. Or measure
# a size again on your machine: `python -m tests.bench --sizes S --seeds 3 --seconds 60`.
