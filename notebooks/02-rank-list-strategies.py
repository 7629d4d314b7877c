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
# # In which order should I rank?
#
# In a match in which applicants propose, the best list is the true one. Here everybody of a simulated
# season submits other lists, one person at a time, and we count what each is worth.
#
# The scenario `small` is invented. The order in which lists stand against each other is a theorem, how
# often it matters is a statement about the model.

# %%
import pandas as pd

import matchsim as ms
from matchsim import strategy
from matchsim.engine import with_list
from matchsim.season.match import market

singles = {
    "couples.number": 0,
    "rank_lists.applicants.supplemental": 0.0,
    **{f"reversions.{track}": 0.0 for track in "MPAR"},
}
season = ms.run_season(ms.load_scenario("small", singles))
season

# %% [markdown]
# Couples, supplemental lists and reversions are off, so that what a list wins can be read exactly from the
# person's *menu*: the programs that some list of theirs would have won.
#
# ## Several orders of the same wishes
#
# `better` and `worse` are shares of people who get something better or worse than by their true order.

# %%
outcomes = strategy.rank_list(season)
summary = outcomes.summary().set_index("order")
summary[["mean_ranks", "any_rate", "first_choice", "mean_place", "better", "worse"]].round(3)

# %%
ax = (
    summary["worse"]
    .mul(100)
    .iloc[::-1]
    .plot.barh(
        color="#D55E00", figsize=(8, 4), xlabel="Get something worse than by their true order (%)", ylabel=""
    )
)

# %% [markdown]
# Nobody is better off with any order: `better` is zero throughout, exactly. Orders that keep all programs
# match the same people (`any_rate`): a reach program in front costs nobody a position. It can only win a
# program that one likes less, where it stood further down for a reason.
#
# ## Solve it again
#
# That was read from menus. We can also match the whole market again with another list, which knows nothing
# of menus, here for the first people with three ranks or more, with the list turned round.

# %%
submitted = market(season.tracks, season.rank_lists, season.reversions)
truth = ms.deferred_acceptance(submitted)
worse = better = 0
asked = [name for name in submitted.applicant_labels if len(submitted.applicant_list(name)) >= 3][:100]
for name in asked:
    wishes = submitted.applicant_list(name)
    again = ms.deferred_acceptance(with_list(submitted, name, wishes[::-1]))
    place = {program: i for i, program in enumerate(wishes)} | {None: len(wishes)}
    worse += place[again.of(name)] > place[truth.of(name)]
    better += place[again.of(name)] < place[truth.of(name)]
{"asked": len(asked), "worse": worse, "better": better}

# %% [markdown]
# ## What misreporting costs those who do it
#
# In an incentivised task 23% of 1,714 medical students ranked otherwise than in their order of preference
# (Rees-Jones and Skowronek, PNAS 2018). Let the same share do so in the model, in equal parts: by
# perceived chance alone, the safest program first, or only the upper half of the list. In the model
# chance is perceived by how sought after a program is.

# %%
mistaken = ms.load_scenario("small", {**singles, "rank_lists.applicants.misreporting.share": 0.23})
costs = [strategy.misreporting_costs(ms.run_season(mistaken, replicate=r)) for r in range(5)]
costs[0].summary().round(2)

# %% [markdown]
# Of each person the true list is known, and their menu says what it would have won. Over five replicates:

# %%
per_season = pd.concat([found.summary() for found in costs])
mean = per_season.groupby("kind", sort=False).mean()
mean[["applicants", "worse", "unmatched", "places_lost"]].round(2)

# %%
ax = (
    mean[["worse", "unmatched"]]
    .mul(100)
    .plot.bar(
        color=["#0072B2", "#CC79A7"], rot=0, figsize=(8, 4), xlabel="", ylabel="Of those who misreport (%)"
    )
)

# %% [markdown]
# Who orders the list otherwise still matches, to a program that they like less. Who leaves programs off can
# end without any.
