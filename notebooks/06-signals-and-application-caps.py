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
# # Signals and caps on applications
#
# Signals tell programs who means it, and caps leave nobody many applications. Whom do these rules help? Two
# shipped studies in orthopaedic surgery alone ask, with few replicates here (each has 40).

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import matchsim as ms
from matchsim import strategy
from matchsim.season.profile import Profile

folder = TemporaryDirectory()
signals = ms.run_study("signals", out=Path(folder.name) / "signals", replicates=4, jobs=1)
caps = ms.run_study("application-cap", out=Path(folder.name) / "caps", replicates=4, jobs=1)
signals

# %% [markdown]
# Every arm meets the same people and the same programs, so that differences are those of the rule.
#
# ## Signals

# %%
means = signals.to_pandas(
    ["match_rate", "interviews", "interviews_of_top_decile", "without_interview"], ["all"]
)
means.groupby(["metric", "arm"], sort=False)["value"].mean().unstack("arm").round(3)

# %% [markdown]
# Differences from the baseline by applicant type, with 95% intervals of a bootstrap over the replicates.

# %%
signals.plot.effect("interviews")

# %%
signals.plot.effect("match_rate")

# %% [markdown]
# Signals spread interviews: fewer people are left without one, and the strongest tenth holds a smaller
# share of them. There are no more positions than before, so match rates move far less.
#
# ## A cap on applications

# %%
capped = caps.to_pandas(["applications", "interviews", "match_rate", "without_interview"], ["all"])
columns = ["policies.application_cap.most", "metric"]
by_cap = capped.groupby(columns)["value"].mean().unstack("metric").rename_axis("most applications")
by_cap.index = [str(int(most)) if most < 1000 else "no cap" for most in by_cap.index]
by_cap.round(3)

# %%
ax = by_cap["applications"].plot.bar(
    color="#0072B2", rot=0, figsize=(8, 3.5), xlabel="Cap", ylabel="Applications sent"
)

# %%
without = by_cap["without_interview"].mul(100)
ax = without.plot.bar(
    color="#D55E00", rot=0, figsize=(8, 3.5), xlabel="Cap", ylabel="Without an interview (%)"
)

# %% [markdown]
# A tight cap leaves fewer people without an interview, and hardly changes how many match.
#
# How strong a signal is was set by hand in the model, and how programs answer to fewer applications
# follows from its rule for inviting people. Four replicates are few; run `matchsim study run signals` for
# all of them.

# %% [markdown]
# ## To which programs?
#
# One DO senior, the same specialty. Two theories say to which programs to apply. If every program decides
# without regard to the others, the best portfolio takes whatever adds most, again and again (Chade and Smith
# 2006). If one score decides everywhere, a second program like the first is no insurance, and the best
# portfolio spreads (Ali and Shorrer 2021). Beside them stand rules of thumb. Chances are estimated in half of
# the seasons, and portfolios tried in the other half. A position at the last program is worth half of one at
# the first to this person; that is a wish, and assumed.

# %%
senior = Profile(applicant_type="us_do_senior", specialties=["Orthopaedic Surgery"])
seasons = [strategy.standards(ms.run_season("single-specialty", replicate=number)) for number in range(12)]
tried = strategy.portfolios(senior, seasons, numbers=(5, 10, 20, 40, 80), copies=60)
table = tried.to_pandas()
table[table["number"] == 20].set_index("plan")[
    ["reach", "match", "safe", "fees", "interviews", "probability", "half", "worth", "promised"]
].round(2)

# %% [markdown]
# `promised` is the worth that a theory expects of its portfolio, `worth` what came. Independence promises too
# much: whom one program finds weak others find weak. A single score promises too little, because readers
# and interviewers disagree. The truth of the model lies between the two.

# %%
lines = table.pivot(index="number", columns="plan", values="probability").mul(100)
ax = lines.plot(
    marker="o",
    logx=True,
    figsize=(8, 4.5),
    xlabel="Applications allowed",
    ylabel="Chance of a match (%)",
)
_ = ax.set(ylim=(0, 100), xticks=lines.index, xticklabels=lines.index)
ax.minorticks_off()
_ = ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)

# %% [markdown]
# The marginal application: what those beyond 20 and beyond 40 cost for a percentage point, and what they add.
# A copy can hold so many interviews and no more, and keeps those that it wishes for most; so further
# applications buy little in the end, or even put a reach program in the place of a likelier one.

# %%
marginal = tried.marginal()
marginal[marginal["number"] >= 40].pivot(
    index="plan", columns="number", values=["fees", "probability", "usd_per_point"]
).round(2)

# %%
folder.cleanup()
