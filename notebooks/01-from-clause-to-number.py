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
# # 1 · From a clause to a number
#
# A policy is written in sentences. A plan is judged by numbers. This lesson follows one sentence all the way: from the
# words of the law, through our reading of them, to a rule with parameters, to a deviation that the audit finds in a table
# drawn by hand, to the same number out of the solver's rows, and at last to a plan where the number is 0.
#
# It uses the smallest school we have: two classes, twelve pupils, four people, three rooms. Everybody is invented.

# %%
from dataclasses import replace
from pathlib import Path

from scheduler.audit import audit
from scheduler.intake import read_scenario
from scheduler.make import make_plan
from scheduler.policy import clauses_in_force, load_policy
from scheduler.publish.drawn import read_drawn
from scheduler.solver.build import build
from scheduler.solver.mapping import values_of
from scheduler.solver.outcome import Options, Status

here = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "scenarios" / "tiny").is_dir())
tiny = here / "scenarios" / "tiny"
school = read_scenario(tiny)
school.school.name, len(school.pupils), [home_class.name for home_class in school.home_classes]

# %% [markdown]
# ## The words
#
# The school lies in Yueyang. Its law is a folder of data: each clause quotes the document to the letter and says where the
# words stand. A test compares every quote with the source, so nobody can improve the law by accident.

# %%
law = load_policy("yueyang")
share = next(clause for clause in law.clauses if clause.id == "yueyang-2.5-enrichment-50")
print(share.at, share.quote)
print(share.strength)

# %% [markdown]
# ## Our reading
#
# "达到50%以上" leaves questions open: is exactly 50 % enough, minutes or lessons, for whom? The answer is ours. It stands beside
# the quote, wherever the clause is shown, so that the reader can disagree.

# %%
print(share.reading)
print(share.reading_en)

# %% [markdown]
# ## A rule with parameters
#
# A *rule* is something we know how to measure. The clause chooses one and sets its parameters. The rule knows nothing of
# counties, and nothing of how strong the clause is.

# %%
print(share.rule)

# %%
print(type(share.rule).__doc__)

# %% [markdown]
# ## A sentence of our own
#
# Under the law lies the product's baseline. It is quoted in the same way, marked as ours, and never called law. For the rest of
# this lesson we follow one of its sentences, because its number can be counted on one hand.

# %%
daily_pe = next(clause for clause in law.clauses if clause.id == "base-daily-pe")
assert daily_pe.county == "_base"
print(daily_pe.quote)
print(daily_pe.strength, daily_pe.rule)

# %% [markdown]
# ## The audit counts
#
# `lawful.csv` is a week of this school, drawn by hand. `drawn.csv` is the same week after eight mistakes that people really
# make. One of them: on Thursday, class 4 (1) reads instead of playing outside, and it has no PE lesson that day.

# %%
clauses = clauses_in_force(law, school)
drawn = read_drawn(tiny / "tables" / "drawn.csv", school)
report = audit(school, drawn, clauses)
for finding in report.findings:
    if finding.clause.id == daily_pe.id:
        print(finding.amount, finding.en)

# %% [markdown]
# Five pupils stay for both slots that day (the sixth is not there on Thursdays), so the deviation is 5. Daily PE is asked for
# "in principle": a waiver could cover it. Other findings cannot be waived.

# %%
audited = report.deviations()[daily_pe.id]
assert audited == 5
print(len(report.breaches), "breaches;", len(report.waivers_needed), "findings that need a waiver")

# %% [markdown]
# ## The solver counts, too, in its own way
#
# The solver never looks at a table. It has *unknowns*: how many sections of a course meet in a slot, who leads one, which
# pupil sits there. Nobody has numbered the sections yet, which is why the search is quick. Each clause is *stated* over these
# columns: as rows, and the part of a row that is missing is the deviation.

# %%
model = build(school, clauses)
statement = model.statements[daily_pe.id]
print(
    model.unknowns.model.column_count,
    "columns;",
    len(model.unknowns.offers),
    "offers;",
    len(statement.lower),
    "rows of this clause",
)

# %% [markdown]
# Each of these rows belongs to a pupil and a day without a PE lesson, and says: the places in PE that day, added up, are at
# least 1.

# %%
first = statement.columns[statement.rows == 0]
places = {int(column): number for number, column in enumerate(model.unknowns.sits.tolist())}
for column in first.tolist():
    place = places[column]
    offer = model.unknowns.offers[model.unknowns.sit_offer[place]]
    pupil = model.unknowns.pupils[model.unknowns.sit_pupil[place]]
    print(pupil.name, offer.course.title, [slot.id for slot in offer.slots])
print("at least", statement.lower[0])

# %% [markdown]
# Now put the table that was drawn by hand into the columns, and ask the statement for its deviation.

# %%
point = values_of(model.unknowns, drawn)
solved = statement.deviation(point.values)
print("audit:", audited, "solver:", solved)
assert audited == solved

# %% [markdown]
# The same number, by two ways that share no code but the facts. That is the point: a rule that forbids too much would make the
# solver's plans clean and poor, and no audit of its own plans would ever notice. So the tests compare the two sides on
# many small random schools, with right tables and wrong ones.
#
# Some mistakes have no column at all: a combination that can never be is not offered to the search.

# %%
for wrong in point.not_expressible:
    print(wrong.rule, "·", wrong.what)

# %% [markdown]
# ## What the wording decides
#
# Only here does the strength come in, in one place of the solver. `must`, and "in principle" without a waiver, is pinned
# to 0; where that cannot be, the deviation has a very high price, so that a nearest plan exists. `encouraged` has a low price.
# A recorded waiver moves a clause from the first group to the second:

# %%
for clause in clauses:
    if clause.rule is not None and clause.rule.name in ("daily_pe", "class_pe_offered", "outdoor_minutes"):
        print(clause.id, "·", clause.strength, "·", clause.rule.name)

# %% [markdown]
# ## What a plan looks like
#
# The whole line in one call: solve, then audit. The limits are counted and not timed here, so everybody gets the same plan.

# %%
outcome = make_plan(school, Options(seed=7, time_limit=5, deterministic=True), tell=lambda news: None, stop=lambda: False)
assert outcome.status in (Status.OPTIMAL, Status.FEASIBLE)
assert outcome.report.lawful
outcome.report.deviations().get(daily_pe.id, 0)

# %%
for stage in outcome.stages:
    print(f"{stage.name:14} {stage.objective:6.0f}   no plan at all below {stage.bound:.0f}")

# %% [markdown]
# And Thursday, which was wrong in the table drawn by hand:

# %%
plan = outcome.timetable
thursday = [meeting for meeting in plan.meetings if school.slot_by_id[meeting.slot].weekday == 4]
for meeting in sorted(thursday, key=lambda meeting: school.slot_by_id[meeting.slot].number):
    slot = school.slot_by_id[meeting.slot]
    course = school.course_by_id[plan.section_by_id[meeting.section].course]
    pupils = [school.pupil_by_id[placement.pupil].name for placement in plan.placements if placement.section == meeting.section]
    print(f"{slot.number}  {course.title}  {', '.join(pupils)}")

# %% [markdown]
# ## Try it
#
# Change one thing and run the cells again. Here the PE teacher falls away from every list: the plan becomes a draft, and
# the report says which clauses it misses.

# %%
alone = replace(school, staff=tuple(person for person in school.staff if person.id != "li"))
alone = replace(alone, lessons=tuple(lesson for lesson in alone.lessons if lesson.teacher != "li"))
short = make_plan(alone, Options(seed=7, time_limit=5, deterministic=True), tell=lambda news: None, stop=lambda: False)
print(short.status)
print(*short.explanation_en[:4], sep="\n")
