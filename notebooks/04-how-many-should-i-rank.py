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
# # How many programs should I rank?
#
# People with long lists match more often. Is that the list, or are they other people: those whom many
# programs interviewed? In a simulated season we can ask both.

# %%
import matchsim as ms
from matchsim.charts.raw_and_causal_curve import raw_and_causal_curve
from matchsim.strategy import list_length

seasons = [ms.run_season("small", replicate=r) for r in range(20)]
lengths = list_length(seasons)
curves = lengths.curves()
curves.head(12).round(2)

# %% [markdown]
# `raw` is the share matched among people with so many contiguous ranks, the curve that the NRMP publishes.
# `causal` adds up what the k-th rank wins for those who have k, and would have gone without. The rest is
# `selection`. Small numbers of people stand behind the long lists of this small market.

# %%
raw_and_causal_curve(curves, people="applicants in 20 seasons")

# %% [markdown]
# ## The same people, stopped earlier
#
# People who ranked five programs or more: how many would have matched had they stopped after one, two, ...?
# Here nobody is another person.

# %%
stopped = lengths.same_people(5).set_index("ranks")
stopped["gain"] = stopped["matched"].diff()
stopped.round(3)

# %%
ax = stopped["matched"].mul(100).plot(marker="o", color="#0072B2", figsize=(8, 4))
raw = curves.set_index("ranks")["raw"].loc[:5].mul(100)
raw.plot(marker="s", color="#D55E00", ax=ax)
ax.legend(["the same people, who have 5 or more", "people who have so many"], frameon=False)
_ = ax.set(ylim=(0, 100), xticks=range(1, 6), ylabel="Matched (%)")

# %% [markdown]
# A further rank is worth less than the raw curve seems to say, and never less than nothing: a longer
# list keeps what the shorter one won. So rank every program that you would rather go to than go unmatched.
#
# What a program that did not interview a person would do is another question; it rarely ranks them.
