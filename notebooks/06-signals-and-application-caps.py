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

# %%
folder.cleanup()
