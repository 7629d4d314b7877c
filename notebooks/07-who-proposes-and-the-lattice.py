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
# # Who proposes, and what lies between
#
# A market may have several stable matchings. When applicants propose the result is the best for all of them
# at once; when programs propose, the worst. How far apart are the two?
#
# The example is Knuth's (*Mariages stables*, 1976; lists recalled).

# %%
import pandas as pd

import matchsim as ms
from matchsim.charts.lattice import lattice_of_stable_matchings
from matchsim.charts.rejection_chain import rejection_chain
from matchsim.engine import roth_peranson
from matchsim.season.match import market as market_of

market = ms.Market.from_lists(
    applicants={
        "Ana": ["City", "Mercy", "General", "State"],
        "Bo": ["Mercy", "City", "State", "General"],
        "Cy": ["General", "State", "City", "Mercy"],
        "Dee": ["State", "General", "Mercy", "City"],
    },
    programs={
        "City": ["Dee", "Cy", "Bo", "Ana"],
        "Mercy": ["Cy", "Dee", "Ana", "Bo"],
        "General": ["Bo", "Ana", "Dee", "Cy"],
        "State": ["Ana", "Bo", "Cy", "Dee"],
    },
    quotas=1,
)
lattice = ms.stable_matchings(market)
lattice

# %%
lattice_of_stable_matchings(lattice)

# %% [markdown]
# From each box a line leads down by a *rotation*: some programs in a circle exchange applicants, and every
# one of those applicants is worse off.

# %%
lattice.rotations[0]

# %%
{
    "applicants propose": ms.deferred_acceptance(market).to_dict(),
    "programs propose": ms.deferred_acceptance(market, proposing="programs").to_dict(),
}

# %% [markdown]
# ## In a season
#
# Lists made from interviews are short, and people and programs agree much on who is good. Then hardly
# anything lies between. Singles only, ten replicates.

# %%
scenario = ms.load_scenario(
    "small",
    {
        "couples.number": 0,
        "rank_lists.applicants.supplemental": 0.0,
        **{f"reversions.{track}": 0.0 for track in "MPAR"},
    },
)
rows = []
for replicate in range(10):
    season = ms.run_season(scenario, replicate=replicate)
    submitted = market_of(season.tracks, season.rank_lists, season.reversions)
    found = ms.stable_matchings(submitted)
    rows.append(
        {
            "people who rank": int((season.rank_lists.lengths() > 0).sum()),
            "rotations": len(found.rotations),
            "with several stable programs": len(found.applicants_with_several),
        }
    )
between = pd.DataFrame(rows).rename_axis("replicate")
between

# %%
ax = between["with several stable programs"].plot.bar(
    color="#0072B2", rot=0, figsize=(8, 3.5), ylabel="People with several stable programs"
)

# %% [markdown]
# For everybody else it makes no difference who proposes. Roth and Peranson (1999) found the same of the
# real lists of the 1990s.
#
# ## One rejection after another
#
# Why did somebody not get their first choice? Where programs have few positions one applicant displaces
# another, who displaces the next.

# %%
crowded = ms.Market.from_lists(
    applicants={
        "Ana": ["City", "Mercy"],
        "Bo": ["Mercy", "State"],
        "Cy": ["State", "General"],
        "Dee": ["City"],
    },
    programs={
        "City": ["Dee", "Ana"],
        "Mercy": ["Ana", "Bo"],
        "State": ["Bo", "Cy"],
        "General": ["Cy"],
    },
    quotas=1,
)
told = roth_peranson(crowded).explain("Cy")
print(told)

# %%
rejection_chain(told.to_graph())
