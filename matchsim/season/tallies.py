"""What a season's summary tables count: one function for each table, its columns by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.stability_linked import DEFINITIONS
from matchsim.season.ragged import owners_of
from matchsim.season.words import APPLICANT_TYPES, DIVISIONS, TRACKS
from matchsim.tables import Bool, Int64

if TYPE_CHECKING:
    from matchsim.season.season import Season

__all__ = [
    "applicants_ranking",
    "applications_sent",
    "contiguous_ranks",
    "couples",
    "cutoffs",
    "flows",
    "interviews_held",
    "list_lengths",
    "match_rates",
    "rank_obtained",
    "soap_placement",
    "soap_rounds",
    "specialties",
    "stability",
]


def match_rates(season: Season) -> dict[str, Any]:
    """Match and placement rates of everybody, by type and by preferred specialty."""
    active = season.rank_lists.certified
    cohort = season.cohort
    groups: list[tuple[str, str, Bool]] = [("all", "all", np.ones(len(cohort), dtype=np.bool_))]
    groups += [("applicant_type", t, cohort.applicant_type == code) for code, t in enumerate(APPLICANT_TYPES)]
    groups += [("specialty", s, cohort.preferred == code) for code, s in enumerate(cohort.specialties)]
    matched, matched_any, placed = (
        season.matched & active,
        season.matched_any & active,
        season.placed & active,
    )
    counts = {
        "registered": [int(of.sum()) for *_, of in groups],
        "active": [int((of & active).sum()) for *_, of in groups],
        "matched": [int((of & matched).sum()) for *_, of in groups],
        "matched_any": [int((of & matched_any).sum()) for *_, of in groups],
        "placed": [int((of & placed).sum()) for *_, of in groups],
    }
    partial = season.partially_matched & active
    return {
        "group_by": [by for by, *_ in groups],
        "group": [group for _, group, _ in groups],
        **counts,
        "match_rate": _ratio(counts["matched"], counts["active"]),
        "placement_rate": _ratio(counts["placed"], counts["active"]),
        "partially_matched": [int((of & partial).sum()) for *_, of in groups],
    }


def applications_sent(season: Season) -> dict[str, Any]:
    """Applications sent and interviews held, by applicant type."""
    kind = season.cohort.applicant_type
    sent, held = np.diff(season.applications.applicant_offsets), np.diff(season.interviews.applicant_offsets)

    def total(values: npt.NDArray[Any]) -> list[int]:
        summed = np.bincount(kind, weights=values, minlength=len(APPLICANT_TYPES))
        return [int(value) for value in summed]

    return {
        "applicant_type": list(APPLICANT_TYPES),
        "applicants": total(sent > 0),
        "applications": total(sent),
        "interviewed": total(held > 0),
        "interviews": total(held),
    }


def interviews_held(season: Season) -> dict[str, Any]:
    """How many people held how many interviews, of those who applied."""
    applied = np.diff(season.applications.applicant_offsets) > 0
    held = np.diff(season.interviews.applicant_offsets)[applied].astype(np.int64)
    kind = season.cohort.applicant_type[applied].astype(np.int64)
    keys, counts, _ = _tallied((kind, held), np.ones(len(held), dtype=np.bool_))
    return {
        "applicant_type": [APPLICANT_TYPES[k] for k in keys[0]],
        "interviews": keys[1],
        "applicants": counts,
    }


def contiguous_ranks(season: Season) -> dict[str, Any]:
    """Outcome by the ranks in the first-ranked specialty before another appears."""
    lists = season.rank_lists
    pool = season.tracks.pool_of()
    listed = np.flatnonzero(np.diff(lists.applicant_offsets) > 0)
    starts, ends = lists.applicant_offsets[:-1][listed], lists.applicant_offsets[1:][listed]
    pools = pool[lists.applicant_programs]
    owner = np.repeat(np.arange(len(listed)), ends - starts)
    other = pools != pools[starts][owner]
    place = np.arange(len(pools)) - starts[owner]
    run = (ends - starts).astype(np.int64)
    np.minimum.at(run, owner[other], place[other])
    held = season.match.program_of[listed]
    obtained = (held >= 0) & (np.append(pool, -1)[held] == pools[starts])
    kind = season.cohort.applicant_type[listed].astype(np.int64)
    keys, counts, hits = _tallied((kind, pools[starts], run), obtained)
    words = [*season.tracks.specialties, "Preliminary"]
    return {
        "applicant_type": [APPLICANT_TYPES[k] for k in keys[0]],
        "specialty": [words[k] for k in keys[1]],
        "contiguous_ranks": keys[2],
        "applicants": counts,
        "matched": hits,
    }


def rank_obtained(season: Season) -> dict[str, Any]:
    """Which choice active people without a couple obtained."""
    active = _alone(season)
    kind = season.cohort.applicant_type[active].astype(np.int64)
    rank = season.match.rank_of[active].astype(np.int64) + 1
    keys, counts, _ = _tallied((kind, rank), np.ones(len(rank), dtype=np.bool_))
    return {"applicant_type": [APPLICANT_TYPES[k] for k in keys[0]], "rank": keys[1], "applicants": counts}


def list_lengths(season: Season) -> dict[str, Any]:
    """Lengths of both sides' rank order lists by outcome."""
    rows: list[tuple[Any, ...]] = []
    active, matched = _alone(season), season.matched
    lengths, kind = season.rank_lists.lengths(), season.cohort.applicant_type
    for group in ("all", *APPLICANT_TYPES):
        of = active if group == "all" else active & (kind == APPLICANT_TYPES.index(group))
        for status, chosen in (("matched", of & matched), ("unmatched", of & ~matched)):
            rows.append((group, status, *_described(lengths[chosen]), np.nan))
    quota = season.match.final_quota
    offered, filled = quota > 0, _filled(season)[0] >= quota
    ranks = np.diff(season.rank_lists.program_offsets)
    for status, chosen in (("filled", offered & filled), ("unfilled", offered & ~filled)):
        positions = int(quota[chosen].sum())
        per_position = float(ranks[chosen].sum()) / positions if positions else np.nan
        rows.append(("program", status, *_described(ranks[chosen]), per_position))
    names = ("group", "status", "lists", "mean_length", "median_length", "mean_ranks_per_position")
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def specialties(season: Season) -> dict[str, Any]:
    """Programs, positions and fills by specialty and track."""
    tracks = season.tracks
    cell = tracks.specialty.astype(np.int64) * len(TRACKS) + tracks.track
    cells = np.unique(cell)
    filled, by_type, after_soap = _filled(season)

    def total(values: npt.NDArray[Any]) -> list[int]:
        summed = np.bincount(cell, weights=values, minlength=len(tracks.specialties) * len(TRACKS))
        return [int(v) for v in summed[cells]]

    positions = total(season.match.final_quota)
    return {
        "specialty": [tracks.specialties[c // len(TRACKS)] for c in cells],
        "track": [TRACKS[c % len(TRACKS)] for c in cells],
        "programs": total(tracks.quota > 0),
        "positions": positions,
        "filled": total(filled),
        "fill_rate": _ratio(total(filled), positions),
        **{f"filled_{t}": total(by_type[code]) for code, t in enumerate(APPLICANT_TYPES)},
        "filled_after_soap": total(after_soap),
    }


def applicants_ranking(season: Season) -> dict[str, Any]:
    """How many people of each type rank at least one program of each track of each specialty.

    All lists count: primary and supplemental ones, and those of couples for each member.
    """
    tracks, lists = season.tracks, season.rank_lists
    couple, supplemental = owners_of(lists.couple_offsets), owners_of(lists.supplemental_offsets)
    listed = (
        (owners_of(lists.applicant_offsets), lists.applicant_programs),
        (lists.couple_first[couple], lists.first_programs),
        (lists.couple_second[couple], lists.second_programs),
        (lists.supplemental_applicants[supplemental], lists.supplemental_programs),
    )
    cell = tracks.specialty.astype(np.int64) * len(TRACKS) + tracks.track
    ranked = np.zeros((len(tracks.specialties) * len(TRACKS), len(season.cohort)), dtype=np.bool_)
    for person, program in listed:
        there = program >= 0
        ranked[cell[program[there]], person[there]] = True
    kind = season.cohort.applicant_type
    counts = np.stack([ranked[:, kind == code].sum(axis=1) for code in range(len(APPLICANT_TYPES))], axis=1)
    cells, codes = np.nonzero(counts)
    return {
        "specialty": [tracks.specialties[c // len(TRACKS)] for c in cells],
        "track": [TRACKS[c % len(TRACKS)] for c in cells],
        "applicant_type": [APPLICANT_TYPES[code] for code in codes],
        "applicants": counts[cells, codes],
    }


def cutoffs(season: Season) -> dict[str, Any]:
    """How far down their lists the programs of each specialty came, by place per position."""
    tracks, lists, quota = season.tracks, season.rank_lists, season.match.final_quota
    sizes = np.diff(lists.program_offsets)
    owner = np.repeat(np.arange(len(tracks)), sizes)
    place = np.arange(len(owner)) - np.repeat(lists.program_offsets[:-1], sizes) + 1
    person = lists.program_applicants
    there = (season.match.program_of[person] == owner) | (season.match.second_of[person] == owner)
    last = np.zeros(len(tracks), dtype=np.int64)
    np.maximum.at(last, owner[there], place[there])
    offering, full = quota > 0, (quota > 0) & (_filled(season)[0] >= quota)
    rows: list[tuple[Any, ...]] = []
    for code in np.unique(tracks.specialty[offering]):
        of = tracks.specialty == code
        filled = of & full
        down = last[filled] / quota[filled]
        quartiles = np.quantile(down, (0.25, 0.5, 0.75)) if len(down) else np.full(3, np.nan)
        rows.append((tracks.specialties[code], int((of & offering).sum()), len(down), *quartiles.tolist()))
    names = ("specialty", "programs", "full", "lower_quartile", "median", "upper_quartile")
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {name: [] for name in names}


def flows(season: Season) -> dict[str, Any]:
    """From the division with ties to the division of the program matched to."""
    held = season.match.program_of
    some = np.flatnonzero(held >= 0)
    size = len(DIVISIONS) + 1
    home = season.cohort.division[some].astype(np.int64) % size  # none (-1) comes last
    keys = home * size + season.tracks.division[held[some]]
    counts = np.bincount(keys, minlength=size * size).reshape(size, size)[:, :-1]
    homes, places = np.nonzero(counts)
    words = [*DIVISIONS, "none"]
    return {
        "home": [words[h] for h in homes],
        "division": [words[d] for d in places],
        "applicants": counts[homes, places],
    }


def soap_rounds(season: Season) -> dict[str, Any]:
    """SOAP round by round."""
    rounds = season.soap.rounds
    kind = season.cohort.applicant_type[season.soap.accepted_applicant]
    accepted = np.zeros((len(APPLICANT_TYPES), len(rounds)), dtype=np.int64)
    np.add.at(accepted, (kind, season.soap.accepted_round), 1)
    return {
        "round": np.arange(1, len(rounds) + 1),
        "positions_open": rounds.positions_open,
        "offers": rounds.offers,
        "accepted": rounds.accepted,
        "positions_left": rounds.positions_open - rounds.accepted,
        "share_of_fills": _ratio(
            np.cumsum(rounds.accepted).tolist(), [int(rounds.accepted.sum())] * len(rounds)
        ),
        **{f"accepted_{t}": accepted[code] for code, t in enumerate(APPLICANT_TYPES)},
    }


def soap_placement(season: Season) -> dict[str, Any]:
    """Who was placed in SOAP, by type."""
    soap, ended, kind = season.soap, season.ended, season.cohort.applicant_type
    applied: Bool = np.diff(soap.applications.applicant_offsets) > 0
    offered = np.zeros(len(season.cohort), dtype=np.bool_)
    offered[soap.applications.applicants()[soap.offered]] = True
    accepted = (ended.soap_pgy1 >= 0) | (ended.soap_later >= 0)
    by_contact = (ended.contact_pgy1 >= 0) | (ended.contact_later >= 0)
    unmatched = season.rank_lists.certified & ~season.matched
    groups = [np.ones(len(kind), dtype=np.bool_), *(kind == code for code in range(len(APPLICANT_TYPES)))]
    counted = {
        "eligible": soap.eligible,
        "applied": applied,
        "offered": offered,
        "accepted": accepted,
        "by_contact": by_contact,
        "unmatched_active": unmatched,
        "placed": unmatched & season.placed,
    }
    counts = {name: [int((of & who).sum()) for of in groups] for name, who in counted.items()}
    return {
        "group": ["all", *APPLICANT_TYPES],
        **counts,
        "share_placed": _ratio(counts["placed"], counts["unmatched_active"]),
    }


def couples(season: Season) -> dict[str, Any]:
    """Couples by the types of their members and by outcome."""
    lists, kind = season.rank_lists, season.cohort.applicant_type.astype(np.int64)
    types = np.sort(np.stack([kind[lists.couple_first], kind[lists.couple_second]]), axis=0)
    matched = season.matched_any
    members = matched[lists.couple_first].astype(np.int64) + matched[lists.couple_second]
    # Who of a couple has a rank has the place of the pair.
    rank = np.maximum(season.match.rank_of[lists.couple_first], season.match.rank_of[lists.couple_second]) + 1
    cells, inverse = np.unique(types[0] * len(APPLICANT_TYPES) + types[1], return_inverse=True)

    def total(values: npt.NDArray[Any]) -> Int64:
        return np.bincount(inverse, weights=values, minlength=len(cells)).astype(np.int64)

    count, some = total(np.ones(len(members))), total(members > 0)
    return {
        "first_type": [APPLICANT_TYPES[c // len(APPLICANT_TYPES)] for c in cells],
        "second_type": [APPLICANT_TYPES[c % len(APPLICANT_TYPES)] for c in cells],
        "couples": count,
        "both": total(members == 2),
        "one": total(members == 1),
        "neither": total(members == 0),
        "mean_pairs": _ratio(total(np.diff(lists.couple_offsets)).tolist(), count.tolist()),
        "mean_rank": _ratio(total(rank).tolist(), some.tolist()),
    }


def stability(season: Season) -> dict[str, Any]:
    """What the independent checker found, and the work of the algorithm."""
    match = season.match
    return {
        "feasible": [match.feasible],
        "stable": [match.stable],
        "stable_under": [" ".join(match.stable_under)],
        **{f"blocking_{name}": [match.blocking[name]] for name in DEFINITIONS},
        "proposals": [match.proposals],
        "restarts": [match.restarts],
        "cycles": [match.cycles],
    }


def _alone(season: Season) -> Bool:
    """Active people who match alone, not in a couple."""
    alone: Bool = season.rank_lists.certified & (season.rank_lists.partners() < 0)
    return alone


def _filled(season: Season) -> tuple[Int64, Int64, Int64]:
    """Positions filled by the algorithm, the same by type, and filled after SOAP, of every program."""
    size = len(season.tracks)
    held = np.concatenate([season.match.program_of, season.match.second_of])
    kind = np.tile(season.cohort.applicant_type, 2)[held >= 0].astype(np.int64)
    held = held[held >= 0]
    cells = np.bincount(kind * size + held, minlength=size * len(APPLICANT_TYPES))
    by_type = cells.reshape(len(APPLICANT_TYPES), size)
    filled = by_type.sum(axis=0)
    return filled, by_type, filled + np.bincount(season.soap.accepted_program, minlength=size)


def _tallied(keys: tuple[Int64, ...], true: Bool) -> tuple[list[Int64], Int64, Int64]:
    """Distinct key rows in order, how many entries have each, and for how many of them `true` holds."""
    if not len(true):
        empty = np.empty(0, dtype=np.int64)
        return [empty for _ in keys], empty, empty
    sizes = [int(key.max()) + 1 for key in keys]
    flat = np.ravel_multi_index(keys, sizes)
    distinct, inverse = np.unique(flat, return_inverse=True)
    hits = np.bincount(inverse, weights=true, minlength=len(distinct)).astype(np.int64)
    return list(np.unravel_index(distinct, sizes)), np.bincount(inverse), hits


def _described(lengths: Int64) -> tuple[int, float, float]:
    if not len(lengths):
        return 0, np.nan, np.nan
    return len(lengths), float(lengths.mean()), float(np.median(lengths))


def _ratio(part: list[int], whole: list[int]) -> list[float]:
    return [p / w if w else np.nan for p, w in zip(part, whole, strict=True)]
