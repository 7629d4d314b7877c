"""The summary of a run in words, written from its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from matchsim.charts import style
from matchsim.charts.replicates import per_replicate, spread, with_interval
from matchsim.errors import counted

if TYPE_CHECKING:
    from matchsim.report.folder import RunFolder

__all__ = ["Figure", "Finding", "findings", "key_figures", "verdict"]

# A type with fewer active people has no rate worth naming.
LEAST = 10
NAMED = 3


class Finding(NamedTuple):
    """One sentence or two about one subject."""

    subject: str
    told: str


class Figure(NamedTuple):
    """A number that stands out: what it counts, and the interval of the replicates where they differ."""

    told: str
    number: str
    interval: str = ""


def key_figures(run: RunFolder) -> list[Figure]:
    """The numbers that everybody asks for first."""
    means = run.summary["means"]
    rates = run.tables["match_rates"]
    everybody = rates[rates["group_by"] == "all"]
    shares = []
    for told, column in (("matched in the Match", "match_rate"), ("placed after SOAP", "placement_rate")):
        number, _, interval = with_interval(spread(everybody[[column]]), column, style.percent).partition(" ")
        shares.append(Figure(told, number, interval))
    return [
        Figure("active applicants", style.count(means["active"])),
        Figure("positions", style.count(means["positions"])),
        *shares,
    ]


def findings(run: RunFolder) -> list[Finding]:
    """What the run found, subject by subject; a subject without numbers is left out."""
    return [Finding(subject, told) for subject, tell in _SUBJECTS.items() if (told := " ".join(tell(run)))]


def verdict(run: RunFolder) -> Finding:
    """What the independent checker found."""
    told = run.summary
    seasons, several = told["replicates"], told["replicates"] > 1
    if told["stable"]:
        every = f"all {seasons:,} matches are" if several else "the match is"
        return Finding("Stable", f"The independent checker found nobody who blocks: {every} stable.")
    found = told["blocking"]["responsive"]
    options = "1 option blocks" if found == 1 else f"{found:,} options block"
    sentences = []
    if several:
        subject = f"Stable in {told['stable_replicates']:,} of {seasons:,} seasons"
        sentences.append(f"In the others the independent checker found that {options} in all,")
    else:
        subject = "Not stable"
        sentences.append(f"The independent checker found that {options},")
    sentences.append("by the definition responsive. The best matching found is shown.")
    sentences.append("With couples a stable matching need not exist.")
    others = [name for name in told["stable_under"] if name != "responsive"]
    if others and not several:
        word = "definitions" if len(others) > 1 else "definition"
        sentences.append(f"By the {word} {' and '.join(others)} it is stable.")
    if not told["feasible"]:
        sentences.append("Somebody was given what they may not have: please report this.")
    return Finding(subject, " ".join(sentences))


def _people(run: RunFolder) -> Iterator[str]:
    means, rates = run.summary["means"], run.summary["rates"]["all"]
    if not rates["active"]:
        return
    yield (
        f"{counted(round(means['registered']), 'person', 'people')} registered and "
        f"{style.count(means['active'])} certified a rank order list, for "
        f"{counted(round(means['positions']), 'position')} in {counted(round(means['programs']), 'program')}."
    )
    yield (
        f"Of those with a list {style.percent(rates['match_rate'])} matched to a first-year position, and "
        f"{style.percent(rates['placement_rate'])} had one after SOAP."
    )


def _types(run: RunFolder) -> Iterator[str]:
    rates = {
        kind: rate["match_rate"]
        for kind, rate in run.summary["rates"].items()
        if kind != "all" and rate["active"] >= LEAST
    }
    if len(rates) < 2:
        return
    by_rate = sorted(rates, key=lambda kind: -rates[kind])
    best, worst = by_rate[0], by_rate[-1]
    yield (
        f"{style.label_of(best)} matched most often ({style.percent(rates[best])}), "
        f"{style.label_of(worst)} least often ({style.percent(rates[worst])})."
    )
    gains = {kind: run.summary["rates"][kind]["placement_rate"] - rates[kind] for kind in rates}
    most = max(gains, key=lambda kind: gains[kind])
    if gains[most] > 0:
        yield (
            f"SOAP raised the share with a first-year position most for {style.label_of(most)}, by "
            f"{100 * gains[most]:.1f} percentage points."
        )


def _positions(run: RunFolder) -> Iterator[str]:
    means = run.summary["means"]
    if not means["positions"]:
        return
    left = means["positions"] - means["filled_after_soap"]
    rest = f"{style.count(left)} of {style.count(means['positions'])} were left" if left else "none was left"
    yield (
        f"{style.percent(means['filled'] / means['positions'])} of the positions were filled in the Match; "
        f"after SOAP {rest}."
    )
    specialties = run.tables["specialties"]
    totals = specialties.groupby("specialty", sort=False)[["positions", "filled"]].sum()
    totals /= run.summary["replicates"]
    unfilled = (totals["positions"] - totals["filled"]).sort_values(ascending=False, kind="stable")
    named = [name for name in unfilled.index[:NAMED] if unfilled[name] >= 1]
    if named and len(unfilled) > 1:
        told = [
            f"{style.shortened(name)} ({style.count(unfilled[name])} of "
            f"{style.count(totals.loc[name, 'positions'])})"
            for name in named
        ]
        yield f"Most were left open by the Match in {_listed(told)}."


def _choices(run: RunFolder) -> Iterator[str]:
    counts = per_replicate(run.tables["rank_obtained"], "rank", "applicants").mean()
    total = counts.sum()
    if not total:
        return
    first, three = (counts.reindex(range(1, last + 1), fill_value=0).sum() / total for last in (1, 3))
    yield (
        f"Of active applicants without a couple {style.percent(first)} obtained the program they ranked "
        f"first, and {style.percent(three)} one of their first three."
    )


def _lists(run: RunFolder) -> Iterator[str]:
    lengths = run.tables["list_lengths"]
    mean = lengths[lengths["group"] == "all"].groupby("status")["mean_length"].mean()
    if {"matched", "unmatched"} <= set(mean.dropna().index):
        yield (
            f"Applicants who matched had ranked {mean['matched']:.1f} programs on average, those who did not "
            f"{mean['unmatched']:.1f}. Longer lists go with more interviews and so with stronger applicants: "
            "this alone does not say what a longer list would do for one person."
        )


def _road(run: RunFolder) -> Iterator[str]:
    gates = run.tables["funnel"].drop_duplicates(["replicate", "applicant_type", "gate"])
    of_type = gates.groupby(["replicate", "applicant_type"], sort=False)
    first, last = (
        of_type[column].agg(end).sum() for column, end in (("entered", "first"), ("passed", "last"))
    )
    if first:
        yield (
            f"Of {counted(round(first / run.summary['replicates']), 'person', 'people')} who registered "
            f"{style.count(last / run.summary['replicates'])} start training ({style.percent(last / first)})."
        )


def _couples(run: RunFolder) -> Iterator[str]:
    means = run.summary["means"]
    couples = means["couples"]
    if couples:
        both, one, neither = (
            style.percent(means[f"couples_{outcome}"] / couples) for outcome in ("both", "one", "neither")
        )
        yield (
            f"Of {counted(round(couples), 'couple')} both members matched in {both}, one in {one}, and "
            f"neither in {neither}."
        )


_SUBJECTS = {
    "Everybody": _people,
    "Applicant types": _types,
    "Positions": _positions,
    "Choices": _choices,
    "Rank order lists": _lists,
    "Couples": _couples,
    "The road": _road,
}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
