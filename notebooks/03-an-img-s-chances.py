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
# # An IMG's chances
#
# Ana graduated abroad, needs a J-1 visa, and wants internal medicine. She is not in any of our seasons. We
# put copies of her into simulated seasons, see how often she matches, and then change one thing at a time.
#
# The scenario `small` is invented, so nothing below says anything about a real season. Put `"us-2025"` in its
# place for the nation: a season takes some seconds then.

# %%
import pandas as pd

import matchsim as ms
from matchsim import strategy
from matchsim.season.profile import Profile

ana = Profile(
    applicant_type="non_us_img",
    citizenship="other",
    visa="j1",
    graduation_year=2021,
    us_clinical_months=2,
    specialties=["Internal Medicine"],
    applications={"Internal Medicine": 8},
)
seasons = [strategy.standards(ms.run_season("small", replicate=number)) for number in range(12)]
seasons[0]

# %% [markdown]
# Of each season we keep what somebody new would have had to reach at every program: the score of the last
# application that it invited, and the score from which on it would have ranked and taken them.
#
# ## How many programs to rank
#
# One set of copies gives the whole curve: who ranks two programs ranks the two most wished for of those that
# interviewed her.

# %%
chances = strategy.match_probability(ana, seasons, ranks=8, copies=200)
chances.by_interviews().round(2)

# %% [markdown]
# Who has more interviews matches more often, but is also another copy: one with a better file, or luckier.

# %%
curve = chances.to_pandas().set_index("ranks")
curve[["probability", "reached"]].plot.line(marker="o", ylim=(0, 1), ylabel="share of copies")
# %% [markdown]
# The second line is the share who have so many programs to rank. Where it has fallen to nothing the curve is
# flat: what is missing then is not length of the list but interviews.
#
# ## What would change it
#
# Copy number *n* has the same luck in every row, so small differences can be seen. The half intervals hold
# the luck of these few seasons. How well the parameters of the model are known is not in them.

# %%
single_changes = {
    "as she is": ana,
    "Step 2 CK +10": strategy.Person(ana, more={"step2_ck": 10}),
    "3 more months in the US": strategy.Person(ana, more={"us_clinical_months": 3}),
    "a green card": ana.model_copy(update={"visa": "none", "citizenship": "permanent_resident"}),
    "signals at home first": strategy.Person(ana, signal_strategy="home"),
}
changes = strategy.compare(single_changes, seasons, copies=200)
table = pd.DataFrame(
    {
        "probability": changes.probability,
        "difference": changes.difference,
        "half interval": changes.difference_half,
        "interviews": changes.interviews,
    },
    index=list(changes.names),
)
table.round(2)

# %%
table["difference"].iloc[1:].plot.barh(
    xerr=table["half interval"].iloc[1:], xlabel="change of the probability"
)
# %% [markdown]
# ## More applications, and another specialty

# %%
portfolios = [{"Internal Medicine": number} for number in (2, 4, 8, 12)]
more = strategy.applications(ana, seasons, portfolios, copies=200)
pd.DataFrame({"fees": more.fees, "probability": more.probability}, index=list(more.names)).round(2)

# %%
second = strategy.dual_apply(ana, seasons, "Family Medicine", copies=200)
pd.DataFrame(
    {"probability": second.probability, "half interval of difference": second.difference_half},
    index=list(second.names),
).round(2)

# %% [markdown]
# `matchsim advise` does all this for a profile in a file, with the gates to the match and what each change
# costs.
