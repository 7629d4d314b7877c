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
# # Two people, one list
#
# Couples rank pairs of programs. How should they make one list out of two people's wishes? We take the
# couples of ten simulated seasons, make their lists in four ways, and solve the whole match again each
# time. With couples no menu can be read.

# %%
import pandas as pd

import matchsim as ms
from matchsim.strategy import couple_lists

seasons = [ms.run_season("small", replicate=r) for r in range(10)]
outcomes = [couple_lists(season) for season in seasons]
sum(len(season.rank_lists.couple_first) for season in seasons)

# %% [markdown]
# Pairs by the sum of both wishes, by one partner's wishes first, or those in one census division first;
# each with and without pairs at the end in which one of the two has No Match. One couple changes its list
# at a time.

# %%
summary = pd.concat([found.summary() for found in outcomes])
mean = summary.groupby(["strategy", "no_match"], observed=True, sort=False).mean().round(3)
mean

# %% [markdown]
# ## Whose wishes come first?
#
# What the one can win depends little on what the other takes. So the best pair to be had is mostly made
# of the best program for the one and the best for the other, whoever comes first. Living together is what
# is traded against the wishes of both.

# %%
ax = (
    mean.xs(True, level="no_match")["same_division"]
    .mul(100)
    .plot.barh(
        color="#009E73", figsize=(8, 3), xlabel="Both matched, in one division (% of couples)", ylabel=""
    )
)

# %%
mean.xs(True, level="no_match")[["first_place", "second_place"]].round(2)

# %% [markdown]
# ## No Match at the end
#
# Without such pairs a couple takes two positions or none.

# %%
tails = mean[["both", "one", "neither"]].xs("sum", level="strategy").mul(100)
tails = tails.rename(index={True: "with No Match pairs", False: "without"})
ax = tails.plot.barh(
    stacked=True, color=["#0072B2", "#E69F00", "#BBBBBB"], figsize=(8, 2.8), xlabel="Couples (%)", ylabel=""
)
_ = ax.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)

# %% [markdown]
# The members are in a small invented market, eight couples a season. `couple_lists(season,
# together=True)` lets all couples change at once, which takes one solution for each way and so suits
# `"us-2025"`.
