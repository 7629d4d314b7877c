"""Couples, supplemental lists, reversions and features of programs as tables of a market folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from matchsim.engine.linked import PARITIES, TRACKS, Couples, Reversions, Supplementals
from matchsim.engine.market import Market
from matchsim.tables import Int32, Int64

__all__ = ["WrittenTable", "linked_tables", "program_features", "rank_numbers"]

WrittenTable = tuple[Sequence[str], Iterable[Iterable[object]]]
"""The headings of a table, and its rows."""

COUPLES = ("couple", "rank", "applicant_1", "program_1", "applicant_2", "program_2")
SUPPLEMENTALS = ("applicant", "advanced_program", "rank", "program")
REVERSIONS = ("donor", "receiver", "positions", "order")


def linked_tables(market: Market) -> dict[str, WrittenTable]:
    """The tables of what links positions and moves quotas; none where there is nothing to tell."""
    tables: dict[str, WrittenTable] = {}
    applicants, programs = list(market.applicant_labels), [*market.program_labels, ""]
    couples, lists, reversions = market.couples, market.supplementals, market.reversions
    if couples is not None and len(couples):
        tables["couples"] = COUPLES, _couple_rows(couples, applicants, programs)
    if lists is not None and len(lists):
        tables["supplemental_rankings"] = SUPPLEMENTALS, _supplemental_rows(lists, applicants, programs)
    if reversions is not None and len(reversions):
        tables["reversions"] = REVERSIONS, _reversion_rows(reversions, programs)
    return tables


def program_features(market: Market) -> dict[str, list[str]]:
    """The columns of programs beyond names and quotas; empty cells for what is not known or not wanted."""
    features = {}
    if market.tracks is not None:
        features["track"] = [TRACKS[code] if code >= 0 else "" for code in market.tracks.tolist()]
    if market.joint_with is not None:
        names = [*market.program_labels, ""]  # the last is that of -1
        features["joint_with"] = [names[advanced] for advanced in market.joint_with.tolist()]
    if market.parity is not None:
        features["parity"] = [PARITIES[max(code, 0)] for code in market.parity.tolist()]
    return features


def rank_numbers(offsets: Int64, submitted: Int32 | None) -> Int32:
    """The ranks as submitted, entry by entry."""
    if submitted is not None:
        return submitted
    places = np.arange(1, offsets[-1] + 1) - np.repeat(offsets[:-1], np.diff(offsets))
    return places.astype(np.int32)


def _entries(offsets: Int64, submitted: Int32 | None) -> Iterator[tuple[int, int, int | str]]:
    """List, entry and rank of everything on the lists; entry -1 and no rank for a list that is empty."""
    numbers, cut = rank_numbers(offsets, submitted).tolist(), offsets.tolist()
    for owner, (start, end) in enumerate(pairwise(cut)):
        for entry in range(start, end):
            yield owner, entry, numbers[entry]
        if start == end:
            yield owner, -1, ""


def _couple_rows(
    couples: Couples, applicants: list[str], programs: list[str]
) -> Iterator[tuple[object, ...]]:
    first, second = ([applicants[a] for a in side.tolist()] for side in (couples.first, couples.second))
    seats = [
        [programs[p] for p in side.tolist()] + [""]
        for side in (couples.first_program, couples.second_program)
    ]
    for c, pair, rank in _entries(couples.offsets, couples.rank_numbers):
        yield c + 1, rank, first[c], seats[0][pair], second[c], seats[1][pair]


def _supplemental_rows(
    lists: Supplementals, applicants: list[str], programs: list[str]
) -> Iterator[tuple[object, ...]]:
    listed = [programs[p] for p in lists.programs.tolist()] + [""]
    for s, entry, rank in _entries(lists.offsets, lists.rank_numbers):
        owner = applicants[lists.applicant[s]], programs[lists.advanced[s]]
        yield *owner, rank, listed[entry]


def _reversion_rows(reversions: Reversions, programs: list[str]) -> Iterator[tuple[object, ...]]:
    columns = reversions.donor, reversions.receiver, reversions.positions
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for order, (donor, receiver, positions) in enumerate(rows, start=1):
        yield programs[donor], programs[receiver], positions, order
