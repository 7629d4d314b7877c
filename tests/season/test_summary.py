"""Every summary table against the same question asked of the agents, one by one, in plain Python."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from matchsim.errors import InputError
from matchsim.season.season import Season, run_season
from matchsim.season.summary import TABLES, summary_table
from matchsim.season.words import APPLICANT_TYPES, DIVISIONS, START_GATES, TRACKS

from .worlds import changed, examples, scenarios, segments, town

COLUMNS = {
    "match_rates": "replicate,group_by,group,registered,active,matched,matched_any,match_rate,placed,"
    "placement_rate,partially_matched",
    "applications_sent": "replicate,applicant_type,applicants,applications,interviewed,interviews",
    "contiguous_ranks": "replicate,applicant_type,specialty,contiguous_ranks,applicants,matched",
    "specialties": "replicate,specialty,track,programs,positions,filled,fill_rate,"
    + ",".join(f"filled_{t}" for t in APPLICANT_TYPES)
    + ",filled_after_soap",
    "applicants_ranking": "replicate,specialty,track,applicant_type,applicants",
    "rank_obtained": "replicate,applicant_type,rank,applicants",
    "soap_rounds": "replicate,round,positions_open,offers,accepted,positions_left,share_of_fills,"
    + ",".join(f"accepted_{t}" for t in APPLICANT_TYPES),
    "funnel": "replicate,applicant_type,gate,entered,passed,reason,count",
    "soap_placement": "replicate,group,eligible,applied,offered,accepted,by_contact,unmatched_active,placed,"
    "share_placed",
    "list_lengths": "replicate,group,status,lists,mean_length,median_length,mean_ranks_per_position",
    "couples": "replicate,first_type,second_type,couples,both,one,neither,mean_pairs,mean_rank",
    "interviews_held": "replicate,applicant_type,interviews,applicants",
    "cutoffs": "replicate,specialty,programs,full,lower_quartile,median,upper_quartile",
    "flows": "replicate,home,division,applicants",
    "stability": "replicate,feasible,stable,stable_under,blocking_responsive,blocking_kpr,blocking_mm,"
    "proposals,restarts,cycles",
}


def agents(season: Season) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """People and programs as plain rows, from the frames a user sees."""
    people = season.applicants.merge(season.placements, on="applicant").to_dict("records")
    lists = segments(season.rank_lists.applicant_offsets, season.rank_lists.applicant_programs)
    ranked = segments(season.rank_lists.program_offsets, season.rank_lists.program_applicants)
    names = season.tracks.all_names()
    for person, mine in zip(people, lists, strict=True):
        person["list"] = [names[p] for p in mine]
    places = season.programs.to_dict("records")
    for place, mine in zip(places, ranked, strict=True):
        place["list"] = mine
    return people, places


def given_name(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def rows(season: Season, table: str) -> list[dict[str, Any]]:
    return season.table(table).drop(columns="replicate").to_dict("records")


def same(got: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        assert one.keys() == other.keys()
        for key, value in one.items():
            if isinstance(value, float):
                assert value == pytest.approx(other[key], nan_ok=True), (key, one, other)
            else:
                assert value == other[key], (key, one, other)


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def check_match_rates(season: Season) -> None:
    people, places = agents(season)
    track = {place["program"]: place["track"] for place in places}
    groups = [("all", "all", people)]
    groups += [
        ("applicant_type", t, [a for a in people if a["applicant_type"] == t]) for t in APPLICANT_TYPES
    ]
    groups += [
        ("specialty", s, [a for a in people if a["preferred"] == s]) for s in season.cohort.specialties
    ]
    expected = []
    for by, group, members in groups:
        active = [a for a in members if a["active"]]
        pgy1 = [
            a
            for a in active
            if track.get(given_name(a["program"]), "") in tuple("CMP")
            or given_name(a["supplemental_program"])
        ]
        placed = [a for a in active if a in pgy1 or given_name(a["soap_pgy1_program"])]
        any_ = [a for a in active if given_name(a["program"])]
        expected.append(
            {
                "group_by": by,
                "group": group,
                "registered": len(members),
                "active": len(active),
                "matched": len(pgy1),
                "matched_any": len(any_),
                "match_rate": ratio(len(pgy1), len(active)),
                "placed": len(placed),
                "placement_rate": ratio(len(placed), len(active)),
                "partially_matched": sum(
                    track.get(given_name(a["program"]), "") == "A" and a not in pgy1 for a in active
                ),
            }
        )
    same(rows(season, "match_rates"), expected)


def check_contiguous_ranks(season: Season) -> None:
    people, places = agents(season)
    pool = {p["program"]: "Preliminary" if p["track"] == "P" else p["specialty"] for p in places}
    counts: Counter[tuple[str, str, int]] = Counter()
    matched: Counter[tuple[str, str, int]] = Counter()
    for a in people:
        if not a["list"] or given_name(a["partner"]):
            continue
        pools = [pool[p] for p in a["list"]]
        run = next((i for i, one in enumerate(pools) if one != pools[0]), len(pools))
        key = (a["applicant_type"], pools[0], run)
        counts[key] += 1
        matched[key] += pool.get(given_name(a["program"]), "") == pools[0]
    order = {s: i for i, s in enumerate([*season.tracks.specialties, "Preliminary"])}
    keys = sorted(counts, key=lambda k: (APPLICANT_TYPES.index(k[0]), order[k[1]], k[2]))
    names = ("applicant_type", "specialty", "contiguous_ranks")
    expected = [
        {**dict(zip(names, key, strict=True)), "applicants": counts[key], "matched": matched[key]}
        for key in keys
    ]
    same(rows(season, "contiguous_ranks"), expected)


def check_specialties(season: Season) -> None:
    people, places = agents(season)
    kind = {p["program"]: (p["specialty"], p["track"]) for p in places}
    filled: Counter[Any] = Counter()
    later: Counter[Any] = Counter()
    for a in people:
        for column in ("program", "supplemental_program"):
            if given_name(a[column]):
                filled[kind[a[column]], a["applicant_type"]] += 1
        for column in ("soap_pgy1_program", "soap_later_program"):
            if given_name(a[column]):
                later[kind[a[column]]] += 1
    expected = []
    for cell in [(s, t) for s in season.tracks.specialties for t in TRACKS if (s, t) in kind.values()]:
        positions = sum(p["final_quota"] for p in places if kind[p["program"]] == cell)
        by_type = {f"filled_{t}": filled[cell, t] for t in APPLICANT_TYPES}
        total = sum(by_type.values())
        expected.append(
            {
                "specialty": cell[0],
                "track": cell[1],
                "programs": sum(p["quota"] > 0 for p in places if kind[p["program"]] == cell),
                "positions": positions,
                "filled": total,
                "fill_rate": ratio(total, positions),
                **by_type,
                "filled_after_soap": total + later[cell],
            }
        )
    same(rows(season, "specialties"), expected)


def check_applicants_ranking(season: Season) -> None:
    people, places = agents(season)
    kind = {p["program"]: (p["specialty"], p["track"]) for p in places}
    lists, names = season.rank_lists, [p["program"] for p in places]
    ranked: list[set[int]] = [
        set(programs) for programs in segments(lists.applicant_offsets, lists.applicant_programs)
    ]
    pairs = segments(lists.couple_offsets, np.stack([lists.first_programs, lists.second_programs], axis=1))
    for first, second, both in zip(lists.couple_first, lists.couple_second, pairs, strict=True):
        for one, other in both:
            ranked[first].add(one)
            ranked[second].add(other)
    supplemental = segments(lists.supplemental_offsets, lists.supplemental_programs)
    for a, programs in zip(lists.supplemental_applicants, supplemental, strict=True):
        ranked[a] |= set(programs)
    counts: Counter[Any] = Counter()
    for a, programs in zip(people, ranked, strict=True):
        for cell in {kind[names[p]] for p in programs if p >= 0}:
            counts[*cell, a["applicant_type"]] += 1
    expected = [
        {
            "specialty": specialty,
            "track": track,
            "applicant_type": t,
            "applicants": counts[specialty, track, t],
        }
        for specialty in season.tracks.specialties
        for track in TRACKS
        for t in APPLICANT_TYPES
        if counts[specialty, track, t]
    ]
    same(rows(season, "applicants_ranking"), expected)


def check_applications_sent(season: Season) -> None:
    people, _ = agents(season)
    expected = []
    for t in APPLICANT_TYPES:
        members = [a for a in people if a["applicant_type"] == t]
        row = {"applicant_type": t}
        for who, what in (("applicants", "applications"), ("interviewed", "interviews")):
            row |= {who: sum(a[what] > 0 for a in members), what: sum(a[what] for a in members)}
        expected.append(row)
    same(rows(season, "applications_sent"), expected)


def check_interviews_held(season: Season) -> None:
    people, _ = agents(season)
    counts = Counter((a["applicant_type"], a["interviews"]) for a in people if a["applications"])
    keys = sorted(counts, key=lambda k: (APPLICANT_TYPES.index(k[0]), k[1]))
    expected = [{"applicant_type": t, "interviews": n, "applicants": counts[t, n]} for t, n in keys]
    same(rows(season, "interviews_held"), expected)


def check_cutoffs(season: Season) -> None:
    people, places = agents(season)
    held = [{a["program"], a["supplemental_program"]} for a in people]
    expected = []
    for specialty in season.tracks.specialties:
        mine = [p for p in places if p["specialty"] == specialty and p["final_quota"]]
        full = [p for p in mine if p["filled"] >= p["final_quota"]]
        last = [max(i for i, a in enumerate(p["list"], 1) if p["program"] in held[a]) for p in full]
        down = [place / p["final_quota"] for place, p in zip(last, full, strict=True)]
        quartiles = np.percentile(down, [25, 50, 75]).tolist() if down else [math.nan] * 3
        names = ("lower_quartile", "median", "upper_quartile")
        row = {"specialty": specialty, "programs": len(mine), "full": len(full)}
        if mine:
            expected.append(row | dict(zip(names, quartiles, strict=True)))
    same(rows(season, "cutoffs"), expected)


def check_flows(season: Season) -> None:
    people, places = agents(season)
    where = {place["program"]: place["division"] for place in places}
    counts = Counter(
        (given_name(a["division"]) or "none", where[a["program"]]) for a in people if given_name(a["program"])
    )
    order = [*DIVISIONS, "none"]
    keys = sorted(counts, key=lambda k: (order.index(k[0]), order.index(k[1])))
    expected = [{"home": h, "division": d, "applicants": counts[h, d]} for h, d in keys]
    same(rows(season, "flows"), expected)


def check_rank_obtained(season: Season) -> None:
    people, _ = agents(season)
    counts: Counter[tuple[str, int]] = Counter()
    for a in people:
        if a["active"] and not given_name(a["partner"]):
            program = given_name(a["program"])
            counts[a["applicant_type"], a["list"].index(program) + 1 if program else 0] += 1
    keys = sorted(counts, key=lambda k: (APPLICANT_TYPES.index(k[0]), k[1]))
    expected = [{"applicant_type": t, "rank": rank, "applicants": counts[t, rank]} for t, rank in keys]
    same(rows(season, "rank_obtained"), expected)


def check_list_lengths(season: Season) -> None:
    people, places = agents(season)
    expected = []

    def described(group: str, status: str, lengths: list[int], positions: float = math.nan) -> None:
        row = {"group": group, "status": status, "lists": len(lengths)}
        row["mean_length"] = float(np.mean(lengths)) if lengths else math.nan
        row["median_length"] = float(np.median(lengths)) if lengths else math.nan
        row["mean_ranks_per_position"] = ratio(sum(lengths), positions) if positions else math.nan
        expected.append(row)

    for group in ("all", *APPLICANT_TYPES):
        alone = [a for a in people if a["active"] and not given_name(a["partner"])]
        members = [a for a in alone if group in ("all", a["applicant_type"])]
        for status in (True, False):
            told = "matched" if status else "unmatched"
            described(group, told, [len(a["list"]) for a in members if a["matched"] == status])
    for status in (True, False):
        mine = [p for p in places if p["final_quota"] and (p["filled"] >= p["final_quota"]) == status]
        described(
            "program",
            "filled" if status else "unfilled",
            [len(p["list"]) for p in mine],
            sum(p["final_quota"] for p in mine),
        )
    same(rows(season, "list_lengths"), expected)


def check_soap_rounds(season: Season) -> None:
    result = season.soap
    kind = [APPLICANT_TYPES[k] for k in season.cohort.applicant_type[result.accepted_applicant]]
    taken = Counter(zip(result.accepted_round.tolist(), kind, strict=True))
    _, places = agents(season)
    left = int(result.positions.sum())
    assert left <= sum(p["final_quota"] - p["filled"] for p in places)
    total, so_far = len(result.accepted_round), 0
    expected = []
    for r in range(season.scenario.soap.rounds):
        by_type = {f"accepted_{t}": taken[r, t] for t in APPLICANT_TYPES}
        accepted = sum(by_type.values())
        offers = int(result.rounds.offers[r])
        row = {"round": r + 1, "positions_open": left, "offers": offers, "accepted": accepted}
        left -= accepted
        so_far += accepted
        shares = {"share_of_fills": ratio(so_far, total)}
        expected.append({**row, "positions_left": left, **shares, **by_type})
    same(rows(season, "soap_rounds"), expected)


def check_soap_placement(season: Season) -> None:
    people, _ = agents(season)
    sent = season.soap.applications
    asked = {season.cohort.name_of(a) for a in sent.applicants().tolist()}
    offered = {season.cohort.name_of(a) for a in sent.applicants()[season.soap.offered].tolist()}

    def holds(person: dict[str, Any], how: str) -> bool:
        return any(given_name(person[f"{how}_{when}_program"]) for when in ("pgy1", "later"))

    expected = []
    for group in ("all", *APPLICANT_TYPES):
        mine = [p for p in people if group in ("all", p["applicant_type"])]
        unmatched = [p for p in mine if p["active"] and not p["matched"]]
        placed = sum(bool(given_name(p["soap_pgy1_program"])) for p in unmatched)
        row = {
            "group": group,
            "eligible": sum(p["soap_eligible"] for p in mine),
            "applied": sum(p["applicant"] in asked for p in mine),
            "offered": sum(p["applicant"] in offered for p in mine),
            "accepted": sum(holds(p, "soap") for p in mine),
            "by_contact": sum(holds(p, "contact") for p in mine),
            "unmatched_active": len(unmatched),
            "placed": placed,
            "share_placed": ratio(placed, len(unmatched)),
        }
        assert row["eligible"] >= row["applied"] >= row["offered"] >= row["accepted"]
        expected.append(row)
    same(rows(season, "soap_placement"), expected)


def check_couples(season: Season) -> None:
    people, _ = agents(season)
    lists = season.rank_lists
    pairs = {
        season.cohort.name_of(a): length
        for a, length in zip(lists.couple_first.tolist(), np.diff(lists.couple_offsets).tolist(), strict=True)
    }
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for a in people:
        if a["applicant"] in pairs:
            b = next(b for b in people if b["applicant"] == a["partner"])
            kinds = sorted((a["applicant_type"], b["applicant_type"]), key=APPLICANT_TYPES.index)
            matched = bool(given_name(a["program"])) + bool(given_name(b["program"]))
            found.setdefault(tuple(kinds), []).append(
                (matched, pairs[a["applicant"]], max(a["rank"], b["rank"]))
            )
    expected = [
        {
            "first_type": kinds[0],
            "second_type": kinds[1],
            "couples": len(rows_),
            **{told: sum(m == k for m, *_ in rows_) for told, k in (("both", 2), ("one", 1), ("neither", 0))},
            "mean_pairs": sum(length for _, length, _ in rows_) / len(rows_),
            "mean_rank": ratio(sum(rank for *_, rank in rows_), sum(m > 0 for m, *_ in rows_)),
        }
        for kinds, rows_ in sorted(
            found.items(), key=lambda item: [APPLICANT_TYPES.index(kind) for kind in item[0]]
        )
    ]
    same(rows(season, "couples"), expected)


def check_stability(season: Season) -> None:
    (row,) = rows(season, "stability")
    facts = season.facts()
    for name, value in facts["blocking"].items():
        assert row.pop(f"blocking_{name}") == value
    assert row.pop("stable_under").split() == list(facts["stable_under"])
    assert row == {name: facts[name] for name in ("feasible", "stable", "proposals", "restarts", "cycles")}
    assert row["stable"] == (row["feasible"] and not facts["blocking"]["responsive"])


def check_funnel(season: Season) -> None:
    """Followed person by person: everybody is counted under the first gate that stops them."""
    told = season.funnel()
    held = season.placements
    people = season.applicants
    for kind in APPLICANT_TYPES:
        rows = told[told.applicant_type == kind]
        left = set(np.flatnonzero((people.applicant_type == kind).to_numpy()).tolist())
        for gate in rows.gate.unique():
            at_gate = rows[rows.gate == gate]
            assert set(at_gate.entered) == {len(left)}
            stopped = {a for a in left if is_stopped(season, gate, a, people, held)}
            left -= stopped
            assert set(at_gate.passed) == {len(left)}
            assert at_gate["count"].sum() == len(stopped)
            assert (at_gate["count"] > 0).all() == bool(stopped)
            assert len(set(at_gate.reason)) == len(at_gate)
        starting = np.flatnonzero(season.training.starts | (season.match.program_of >= 0))
        assert left <= set(starting.tolist()) | set(np.flatnonzero(held.soap_later_program.notna()).tolist())


def is_stopped(season: Season, gate: str, a: int, people: pd.DataFrame, held: pd.DataFrame) -> bool:
    if gate == "applications":
        return bool(people.applications[a] == 0)
    if gate == "rank_list":
        return not people.active[a]
    if gate == "position":
        return bool(held.loc[a, ["program", "soap_pgy1_program", "soap_later_program"]].isna().all())
    if gate in START_GATES:
        return season.training.to_pandas().gate[a] == gate
    return people.stopped_gate[a] == gate


CHECKS = {
    "match_rates": check_match_rates,
    "applications_sent": check_applications_sent,
    "interviews_held": check_interviews_held,
    "contiguous_ranks": check_contiguous_ranks,
    "specialties": check_specialties,
    "applicants_ranking": check_applicants_ranking,
    "cutoffs": check_cutoffs,
    "flows": check_flows,
    "soap_rounds": check_soap_rounds,
    "funnel": check_funnel,
    "soap_placement": check_soap_placement,
    "rank_obtained": check_rank_obtained,
    "list_lengths": check_list_lengths,
    "couples": check_couples,
    "stability": check_stability,
}


def test_no_table_is_unchecked() -> None:
    assert list(CHECKS) == list(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_the_town_s_table_is_what_the_agents_say(town_season: Season, table: str) -> None:
    assert len(town_season.table(table)) > (0 if table == "stability" else 2)
    CHECKS[table](town_season)


@examples(25)
@given(scenarios())
def test_any_season_s_tables_are_what_the_agents_say(scenario) -> None:
    season = run_season(scenario)
    for check in CHECKS.values():
        check(season)


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_contract_and_of_the_codebook(town_season: Season, table: str) -> None:
    frame = town_season.table(table)
    assert ",".join(frame.columns) == COLUMNS[table]
    assert list(frame.columns) == list(TABLES[table].columns)
    assert all(TABLES[table].columns.values())
    pd.testing.assert_frame_equal(frame, getattr(town_season, table)())


def test_the_replicate_is_told() -> None:
    season = run_season(town(), replicate=3)
    for table in TABLES:
        assert set(season.table(table)["replicate"]) == {3}


def test_sums_agree_between_tables(town_season: Season) -> None:
    check_sums(town_season)


def test_national_sums_agree_between_tables(nation: Season) -> None:
    check_sums(nation)
    rates = nation.match_rates()
    assert rates.loc[0, ["registered", "active"]].tolist() == [52_498, 47_208]


def check_sums(season: Season) -> None:
    rates, cells = season.match_rates(), season.specialties()
    whole = rates[rates.group_by == "all"].iloc[0]
    counts = ["registered", "active", "matched", "matched_any", "placed"]
    for by in ("applicant_type", "specialty"):
        assert (rates.loc[rates.group_by == by, counts].sum() == whole[counts]).all()
    assert (rates.matched <= rates.active).all()
    assert (rates.matched <= rates.placed).all()
    assert (cells[[f"filled_{t}" for t in APPLICANT_TYPES]].sum(axis=1) == cells.filled).all()
    assert (cells.filled <= cells.filled_after_soap).all()
    assert (cells.filled_after_soap <= cells.positions).all()
    couples = season.couples()
    assert (couples[["both", "one", "neither"]].sum(axis=1) == couples.couples).all()
    alone, matched_in_couples = (
        whole.active - 2 * couples.couples.sum(),
        (2 * couples.both + couples.one).sum(),
    )
    obtained = season.rank_obtained()
    assert obtained.applicants.sum() == season.contiguous_ranks().applicants.sum() == alone
    assert obtained.applicants[obtained["rank"] > 0].sum() == whole.matched_any - matched_in_couples
    rounds = season.soap_rounds()
    assert rounds.accepted.sum() == (cells.filled_after_soap - cells.filled).sum()
    unfilled, facts = (cells.positions - cells.filled).sum(), season.facts()
    assert rounds.positions_open.iloc[0] == facts["positions_offered_in_soap"] <= unfilled
    assert rounds.accepted.sum() == facts["positions_filled_in_soap"]
    assert facts["filled_by_contact"] <= unfilled - facts["positions_filled_in_soap"]
    lengths = season.list_lengths()
    of_all = lengths[lengths.group == "all"].set_index("status").lists
    assert of_all["matched"] <= whole.matched
    assert of_all.sum() == alone
    facts = season.facts()
    assert facts["partially_matched"] == whole.partially_matched
    outcomes = [facts[f"couples_{outcome}"] for outcome in ("both", "one", "neither")]
    assert [int(couples[outcome].sum()) for outcome in ("both", "one", "neither")] == outcomes
    assert facts["couples"] == sum(outcomes)
    assert facts["matched"] >= whole.matched
    assert facts["filled"] == cells.filled.sum()
    assert facts["filled_after_soap"] == cells.filled_after_soap.sum()
    assert (facts["positions"], facts["active"]) == (cells.positions.sum(), whole.active)


def test_a_table_that_does_not_exist(town_season: Season) -> None:
    with pytest.raises(InputError) as caught:
        summary_table(town_season, "match_rate")
    assert str(caught.value) == (
        f"no table is called 'match_rate'; there are {', '.join(TABLES)}; did you mean 'match_rates'?"
    )


def test_a_season_of_nobody_has_empty_tables() -> None:
    nobody = {"active": {}, "registered": {}, "withdrawn": dict.fromkeys(APPLICANT_TYPES, 0)}
    season = run_season(changed(town(), {"cohort": nobody, "couples": {"number": 0}}))
    assert season.match_rates().active.sum() == 0
    assert season.match_rates().match_rate.isna().all()
    assert len(season.rank_obtained()) == len(season.contiguous_ranks()) == len(season.couples()) == 0
    assert season.specialties().filled.sum() == 0
    assert season.match.stable
    assert "0 active applicants" in repr(season)
    season._repr_html_()
