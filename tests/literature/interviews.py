"""Interviews and signals before the match: small models of four papers.

Whoever is interviewed is then matched by deferred acceptance among those who met; one signal each is a market
without a clearinghouse.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

import matchsim as ms
from literature.comparison import Comparison, Estimate, Figure
from literature.random_markets import listed_at_random, market_of_entries

__all__ = ["MISSED", "dip", "gains", "hoarding", "more_interviews", "overlap", "signals"]

Ranking = npt.NDArray[np.int64]

# ---------------------------------------------------------------------------------------------------------
# Manjunath and Morrill: doctors who take more interviews


def interviewed(
    doctors: Ranking, hospitals: Ranking, most_doctor: int, most_hospital: int
) -> npt.NDArray[np.bool_]:
    """Who meets: the doctor-optimal many-to-many stable matching under these caps on interviews.

    `doctors` and `hospitals` rank all of the other side, one row each.
    """
    place = np.argsort(hospitals, axis=1)
    held: list[list[int]] = [[] for _ in hospitals]
    following = [0] * len(doctors)
    holds = [0] * len(doctors)
    free = list(range(len(doctors)))
    while free:
        d = free.pop()
        while holds[d] < most_doctor and following[d] < len(hospitals):
            h = int(doctors[d][following[d]])
            following[d] += 1
            held[h].append(d)
            holds[d] += 1
            if len(held[h]) > most_hospital:
                worst = max(held[h], key=lambda one, h=h: place[h][one])
                held[h].remove(worst)
                holds[worst] -= 1
                if worst != d:
                    free.append(worst)
    met = np.zeros((len(doctors), len(hospitals)), np.bool_)
    for h, people in enumerate(held):
        met[people, h] = True
    return met


def matched_after(doctors: Ranking, hospitals: Ranking, met: npt.NDArray[np.bool_]) -> ms.Matching:
    """Deferred acceptance among those who met; the market has the lists as they are after interviews."""
    lists = {d: [h for h in ranked.tolist() if met[d, h]] for d, ranked in enumerate(doctors)}
    ranking = {h: [d for d in ranked.tolist() if met[d, h]] for h, ranked in enumerate(hospitals)}
    return ms.deferred_acceptance(ms.Market.from_lists(lists, ranking, 1))


def _uniform(people: int, others: int, rng: np.random.Generator) -> Ranking:
    return rng.permuted(np.tile(np.arange(others), (people, 1)), axis=1)


def _common(people: int, others: int, rng: np.random.Generator) -> Ranking:
    return np.tile(rng.permutation(others), (people, 1))


def _alike(people: int, others: int, rng: np.random.Generator) -> Ranking:
    return np.argsort(rng.random(others) + 0.5 * rng.random((people, others)), axis=1)


TASTES: dict[str, Callable[[int, int, np.random.Generator], Ranking]] = {
    "own": _uniform,
    "common": _common,
    "alike": _alike,
}


def gains(markets: int) -> tuple[int, int, int]:
    """Previously matched doctors who gain by more interviews for all doctors: gains, checks, situations.

    A situation is a market and caps under which the final matching is stable in the whole market; then every
    larger cap of the doctors is tried. Nine kinds of markets, by the tastes of either side, 8 x 8 or 7 x 9.
    """
    faults = checks = situations = 0
    for k in range(markets):
        kind, other = list(TASTES)[k % 3], list(TASTES)[k // 3 % 3]
        size, rivals = ((8, 8), (7, 9), (9, 7))[k // 9 % 3]
        rng = np.random.default_rng((8, k))
        doctors, hospitals = TASTES[kind](size, rivals, rng), TASTES[other](rivals, size, rng)
        whole = ms.Market.from_lists(
            dict(enumerate(doctors.tolist())), dict(enumerate(hospitals.tolist())), 1
        )
        for most_hospital in (1, 2, 3):
            for most_doctor in (1, 2, 3):
                before = matched_after(
                    doctors, hospitals, interviewed(doctors, hospitals, most_doctor, most_hospital)
                ).program_of
                if not ms.is_stable(whole, ms.Matching.from_programs(whole, before)):
                    continue
                situations += 1
                for more in range(most_doctor + 1, rivals + 1):
                    met = interviewed(doctors, hospitals, more, most_hospital)
                    after = matched_after(doctors, hospitals, met).program_of
                    for d in np.flatnonzero(before >= 0):
                        ranked = doctors[d].tolist()
                        checks += 1
                        faults += after[d] >= 0 and ranked.index(after[d]) < ranked.index(before[d])
    return faults, checks, situations


# Most interviews of a doctor: doctors matched of 50; 50 hospitals that rank alike interview 5 each.
HOARDING = {2: 38.5, 3: 42.3, 4: 44.4, 5: 45.5, 6: 40.7, 8: 31.5, 12: 22.0, 20: 14.1}


def hoarding(effort: float) -> list[Comparison]:
    """Doctors matched as their cap of interviews passes that of the hospitals."""
    found, draws = [], max(10, round(effort * 100))
    for most, value in HOARDING.items():
        rng = np.random.default_rng((88, most))
        matched = []
        for _ in range(draws):
            doctors, hospitals = _uniform(50, 50, rng), _common(50, 50, rng)
            met = interviewed(doctors, hospitals, most, 5)
            matched.append(matched_after(doctors, hospitals, met).matched)
        case = f"hospitals interview 5, doctors at most {most}"
        figure = Figure(value, "recomputed", 40, 0.05)
        found.append(Comparison(case, "matched of 50", figure, Estimate.of(matched)))
    return found


# ---------------------------------------------------------------------------------------------------------
# Beyhaghi and Tardos: more applications, fewer matches

# Interviews a job, applications an applicant (a fraction: that share sends one more): share matched.
DIP = {
    1: {1: 0.6323, 2: 0.6781, 2.25: 0.6736, 2.5: 0.6733, 2.75: 0.676, 3: 0.6812, 5: 0.6698, 8: 0.6564},
    2: {4: 0.8063, 4.25: 0.8051, 4.5: 0.8043, 4.75: 0.8056, 5: 0.8065, 8: 0.7971},
}


def dip(effort: float) -> list[Comparison]:
    """The share matched where jobs interview a few of those who apply, taken at random."""
    people, draws, found = 20_000, max(4, round(effort * 20)), []
    for interviews, row in DIP.items():
        for sent, value in row.items():
            rng = np.random.default_rng((888, interviews, round(100 * sent)))
            shares = []
            for _ in range(draws):
                whole = int(np.ceil(sent))
                chosen = listed_at_random(people, people, whole, rng)
                sends = np.ones(chosen.shape, np.bool_)
                sends[:, -1] = rng.random(people) < 1 - (whole - sent)
                owner = np.repeat(np.arange(people, dtype=np.int32), whole)[sends.ravel()]
                job = chosen[sends]
                place = _places(job, rng)
                met = place < interviews
                merit = rng.random(np.count_nonzero(met))
                market = market_of_entries(owner[met], job[met], merit, people, people)
                shares.append(ms.deferred_acceptance(market).matched / people)
            case = f"{interviews} interview{'s' * (interviews > 1)} a job, {sent:g} applications"
            # The tolerance told of the figure is that of its 60 draws.
            figure = Figure(value, "recomputed", 60, 0.000_05)
            found.append(Comparison(case, "matched", figure, Estimate.of(shares)))
    return found


def _places(job: npt.NDArray[np.int32], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """A random place, from 0, of every application among those for its job."""
    order = np.lexsort((rng.random(len(job)), job))
    starts = np.concatenate(([0], np.cumsum(np.bincount(job))))
    place = np.empty(len(job), np.int64)
    place[order] = np.arange(len(job)) - starts[job[order]]
    return place


# ---------------------------------------------------------------------------------------------------------
# Lee and Schwarz: who shares candidates

# Chance that an interview goes well, interviews each: share matched, in blocks and at random.
OVERLAP = {
    (0.7, 2): (0.8137, 0.7825),
    (0.7, 3): (0.873, 0.8358),
    (0.7, 5): (0.9289, 0.8973),
    (0.7, 10): (0.9748, 0.9558),
    (0.5, 2): (0.6549, 0.6428),
    (0.5, 5): (0.8409, 0.8169),
    (0.5, 10): (0.9289, 0.9133),
}


# Figures that we do not meet. How the meetings at random were drawn is not told; drawn evenly, so that all
# have as many, fewer are matched. Five in blocks with chance 0.5 were drawn by a plain program too: 0.837.
MISSED = {(case, "at random") for case in OVERLAP} | {((0.5, 5), "in blocks")}


def overlap(effort: float) -> list[Comparison]:
    """The share matched if firms interview the same workers, against workers drawn at random."""
    people, draws, found = 6_000, max(4, round(effort * 20)), []
    for (chance, each), figures in OVERLAP.items():
        for name, meet, value in zip(("in blocks", "at random"), (_blocks, _at_random), figures, strict=True):
            rng = np.random.default_rng((8_888, round(10 * chance), each))
            shares = []
            for _ in range(draws):
                firms = meet(people, each, rng)
                liked = rng.random(firms.shape) < chance
                owner = np.repeat(np.arange(people, dtype=np.int32), each)[liked.ravel()]
                merit = rng.random(np.count_nonzero(liked))
                market = market_of_entries(owner, firms[liked], merit, people, people)
                shares.append(ms.deferred_acceptance(market).matched / people)
            case = f"success {chance:g}, {each} interviews each"
            # Within 0.002, as told of the figures.
            figure = Figure(value, "recomputed", None, 0.002)
            found.append(Comparison(case, name, figure, Estimate.of(shares)))
    return found


def _blocks(people: int, each: int, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """Workers and firms in groups of `each`, all of a group meeting; in random order for every worker."""
    block = np.arange(people)[:, None] // each * each
    firms = np.minimum(block + np.arange(each), people - 1)
    return rng.permuted(firms, axis=1).astype(np.int32)


def _at_random(people: int, each: int, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """Random meetings, so many for every worker and every firm."""
    firms = np.tile(np.arange(people), each)
    rng.shuffle(firms)
    firms = firms.reshape(people, each)
    while True:
        ordered = np.sort(firms, axis=1)
        twice = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not len(twice):
            return firms.astype(np.int32)
        for worker in twice:
            # Change one meeting with another worker's; what that breaks is found in the next round.
            other, i, j = rng.integers(people), rng.integers(each), rng.integers(each)
            firms[worker, i], firms[other, j] = firms[other, j], firms[worker, i]


# ---------------------------------------------------------------------------------------------------------
# Coles, Kushnir and Niederle: one signal each

# Firms and workers: matches without and with signals.
SIGNALS = {2: (1.5, 1.75), 10: (6.51, 7.66), 50: (31.8, 37.5)}


def signals(effort: float) -> list[Comparison]:
    """Matches where every firm makes one offer, to its favourite or to the best who signalled to it."""
    found, draws = [], max(1_000, round(effort * 20_000))
    for size, (without, with_signals) in SIGNALS.items():
        rng = np.random.default_rng((88_888, size))
        plain, signalled = np.empty(draws), np.empty(draws)
        for k in range(draws):
            favourite = rng.integers(0, size, size)
            plain[k] = len(np.unique(favourite))
            signal = rng.integers(0, size, size)
            # Tastes of firms are uniform: the best of those who signalled is any of them alike.
            offered = favourite.copy()
            order = rng.permutation(size)
            offered[signal[order]] = order
            signalled[k] = len(np.unique(offered))
        case = f"{size} firms, {size} workers"
        exact = size * (1 - (1 - 1 / size) ** size)
        found.append(
            Comparison(case, "no signals, W (1 - (1 - 1/W)^F)", Figure(exact, "derived"), Estimate.of(plain))
        )
        for quantity, value, ours in (
            ("no signals", without, Estimate.of(plain)),
            ("one signal each", with_signals, Estimate.of(signalled)),
        ):
            # Within 1%, as told of the figures; those of two firms are exact.
            exactly = size == 2
            figure = Figure(
                value, "recalled" if exactly else "recomputed", None, 0 if exactly else value / 100
            )
            found.append(Comparison(case, quantity, figure, ours))
    return found


def more_interviews(effort: float) -> list[Comparison]:
    """That nobody gains who was matched before."""
    faults, checks, situations = gains(round(900 * effort))
    return [
        Comparison(
            f"{checks:,} doctors matched before, in {situations:,} stable situations",
            "who gain",
            Figure(0, "theorem"),
            Estimate(faults),
        )
    ]
