"""A national market with couples and supplemental lists to measure Roth-Peranson on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from engine_markets import NATION, national_arrays

from matchsim.engine import Market
from matchsim.engine.linked import Couples, Supplementals
from matchsim.tables import Int32

# NRMP, 2025 Match By the Numbers.
COUPLES = 1_259
PAIRS = (80, 151)
# The share of programs that are advanced and preliminary, so that about 2,800 advanced positions with a
# supplemental list are matched.
ADVANCED, PRELIMINARY = 0.068, 0.08
EXTRA = (4, 12)


def national_market(couples: int = COUPLES, seed: int = 1) -> Market:
    """The market of ``engine_markets``, some applicants paired, all lists of advanced programs linked.

    A couple combines the lists of its members: pairs are ranked by the sum of both places, with some
    noise, and behind them come those with No Match for one. Every single who ranks an advanced program has
    a supplemental list for it; preliminary programs rank whoever names them there.
    """
    rng = np.random.default_rng(seed)
    offsets, programs, program_offsets, program_applicants, quota = national_arrays(**NATION, seed=seed)
    lists = np.split(programs, offsets[1:-1])
    members = rng.permutation(np.flatnonzero(np.diff(offsets) >= 6))[: 2 * couples].reshape(-1, 2)
    pairs = [_pairs(lists[a], lists[b], rng) for a, b in members]
    for a in members.ravel():
        lists[a] = lists[a][:0]
    supplementals = _supplementals(lists, len(quota), rng)
    side = np.repeat(np.arange(len(quota)), np.diff(program_offsets)), program_applicants
    program_offsets, program_applicants = _with_newcomers(*side, supplementals, len(quota), rng)
    first, second = np.concatenate(pairs).T.astype(np.int32)
    return Market.from_arrays(
        _offsets([len(ranked) for ranked in lists]),
        np.concatenate(lists).astype(np.int32),
        program_offsets,
        program_applicants,
        quota,
        couples=Couples(*members.T.astype(np.int32), _offsets([len(p) for p in pairs]), first, second),
        supplementals=supplementals,
    )


def _offsets(lengths: list[int]) -> npt.NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def _pairs(one: Int32, other: Int32, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    i, j = np.divmod(np.arange((len(one) + 1) * (len(other) + 1) - 1), len(other) + 1)
    alone = (i == len(one)) | (j == len(other))
    order = np.argsort(i + j + rng.normal(0, 1.5, len(i)) + 1000 * alone)[: rng.integers(*PAIRS)]
    return np.stack([np.append(one, -1)[i[order]], np.append(other, -1)[j[order]]], axis=1)


def _supplementals(lists: list[Int32], programs: int, rng: np.random.Generator) -> Supplementals:
    kind = rng.random(programs)
    advanced, preliminary = kind < ADVANCED, np.flatnonzero(kind > 1 - PRELIMINARY)
    owners, hangs_on, named = [], [], []
    for a, ranked in enumerate(lists):
        linked = ranked[advanced[ranked]]
        years = rng.choice(preliminary, rng.integers(*EXTRA), replace=False) if len(linked) else ()
        for p in linked:
            owners.append(a)
            hangs_on.append(p)
            named.append(years)
    return Supplementals(
        np.array(owners, np.int32),
        np.array(hangs_on, np.int32),
        _offsets([len(years) for years in named]),
        np.concatenate(named).astype(np.int32),
    )


def _with_newcomers(
    owner: npt.NDArray[np.int64],
    applicants: Int32,
    supplementals: Supplementals,
    programs: int,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.int64], Int32]:
    """The programs' lists with everybody who names them on a supplemental list, at random places."""
    people = int(applicants.max()) + 1
    naming = np.repeat(supplementals.applicant, np.diff(supplementals.offsets))
    listed = owner * people + applicants
    new = np.setdiff1d(supplementals.programs.astype(np.int64) * people + naming, listed)
    length = np.bincount(owner, minlength=programs)
    start = np.concatenate(([0], np.cumsum(length)[:-1]))
    place = np.concatenate(
        (np.arange(len(owner)) - start[owner], rng.random(len(new)) * (length[new // people] + 1) - 0.5)
    )
    owners, everybody = np.divmod(np.concatenate((listed, new)), people)
    order = np.lexsort((place, owners))
    counts = np.bincount(owners, minlength=programs)
    return np.concatenate(([0], np.cumsum(counts))), everybody[order].astype(np.int32)
