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
# # A first season
#
# We simulate one season of a small residency match, look at who matched, ask who did not, and then give
# the same people a smaller budget of interviews.
#
# The scenario `small` has 300 applicants and 240 positions in five specialties. Its people and programs
# are invented, so nothing below says anything about a real season. Put `"us-2025"` in its place for the
# nation: it takes a second or two.

# %%
import pandas as pd

import matchsim as ms

scenario = ms.load_scenario("small")
season = ms.run_season(scenario)
season.facts()

# %% [markdown]
# `stable` is the verdict of an independent checker: no applicant and program would both rather have each
# other.
#
# A season is made of tables. `match_rates` counts the active people, those who certified a rank order
# list, by type and by preferred specialty. *Matched* means matched to a first-year position by the
# algorithm, *placed* adds first-year positions taken in SOAP.

# %%
season.match_rates()

# %% [markdown]
# ## Three charts
#
# Every chart is a method of `season.plot` and returns matplotlib axes.

# %%
season.plot.match_rate_by_type()

# %% [markdown]
# Which choice did people get? Applicants propose, so that nobody gains by ranking other than in the order
# of their wishes.

# %%
season.plot.rank_obtained()

# %% [markdown]
# Who matched had ranked more programs than who did not. That is no advice to rank more programs than one
# has interviews: a list is as long as the interviews that came before it.

# %%
season.plot.list_lengths()

# %% [markdown]
# ## Who are the unmatched?
#
# `applicants` has one row a person, and `placements` says where each of them ended.

# %%
people = season.applicants.merge(season.placements, on="applicant").query("active")
people.groupby("matched")[["step2_ck", "applications", "invitations", "interviews", "ranks"]].mean().round(1)

# %% [markdown]
# The unmatched sent somewhat fewer applications, for fewer programs would consider them, and got far fewer
# interviews for them. We can look at that directly: the share matched by the number of interviews attended.

# %%
interviews = people["interviews"].clip(upper=10).rename("interviews (10 = 10 or more)")
people.groupby(interviews)["matched"].agg(people="size", share_matched="mean").round(2)

# %% [markdown]
# How many of the unmatched had no interview at all, and how many need a visa?

# %%
unmatched = people.query("not matched")
{
    "unmatched": len(unmatched),
    "without an interview": int((unmatched["interviews"] == 0).sum()),
    "need a visa": int((unmatched["visa"] != "none").sum()),
}

# %% [markdown]
# ## The same people with a budget of interviews
#
# In the scenario a person can attend 16 interviews on average. Suppose that everybody may attend five,
# and change nothing else. All chance is tied to people and pairs of people and programs, so both seasons
# have the same people, applications and tastes.

# %%
capped = ms.run_season(
    ms.load_scenario("small", {"interviews.capacity.mean": 5.0, "interviews.capacity.sd": 0.0})
)
pd.Series(
    {
        "people": season.cohort.equals(capped.cohort),
        "applications": season.applications.equals(capped.applications),
        "interviews": season.interviews.equals(capped.interviews),
    },
    name="equal in both seasons",
)

# %% [markdown]
# So we can follow every person from one season into the other.

# %%
pd.crosstab(
    pd.Series(season.matched, name="matched, no budget"),
    pd.Series(capped.matched, name="matched, five interviews"),
)

# %% [markdown]
# Some people match with the budget who did not without it, and others the other way round. Is that the
# budget, or the luck of this one season? Ten replicates of each tell more. Replicate by replicate they
# have the same people again.

# %%
free = ms.run_replicates(scenario, replicates=10)
five = ms.run_replicates(capped.scenario, replicates=10)


def by_type(replicates):
    """Matched people of every replicate and type."""
    rates = replicates.match_rates().query("group_by == 'applicant_type' and active > 0")
    return rates.set_index(["replicate", "group"])["matched"]


difference = (by_type(five) - by_type(free)).groupby("group", sort=False).agg(["mean", "std"])
difference.round(1).rename(columns={"mean": "more matched, mean", "std": "SD over replicates"})

# %% [markdown]
# This is a small invented market and a model whose behaviour was set by hand, so the sign and size of
# these numbers are an illustration. To ask the question of the nation, load `"us-2025"`, and read what
# the model leaves out in `docs/explanation/season-model.md`.
