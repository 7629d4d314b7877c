"""A whole season: the nation near its published rates, and the faces of a season."""

from __future__ import annotations

import numpy as np
import pytest

from matchsim.data import published
from matchsim.season.plan import PLAN
from matchsim.season.season import Season, run_season
from matchsim.season.words import APPLICANT_TYPES

from .worlds import compiled_only, town


def published_rates() -> dict[str, float]:
    """Published match rates by type, in points; `other` has fifteen people and no published rate."""
    rows = published(2025, "totals")
    return {r["group"]: float(r["value"]) for r in rows if r["measure"] == "match_rate_pgy1_pct"}


def rates_by_group(season: Season) -> dict[str, float]:
    rates = season.match_rates()
    rates = rates[rates.group_by != "specialty"]
    return dict(zip(rates.group, 100 * rates.match_rate, strict=True))


def check_rates(season: Season) -> None:
    """Within ten points of the published rates; in their order where that is no matter of a draw."""
    of, known = rates_by_group(season), published_rates()
    assert len(known) == 7  # everybody and six types
    for group, rate in known.items():
        assert abs(of[group] - rate) < 10, (group, of[group], rate)
    types = [t for t in APPLICANT_TYPES if t in known]
    for lower in types:
        for upper in types:
            if known[upper] - known[lower] > 3:
                assert of[upper] > of[lower], (upper, lower)


def test_the_nation_has_its_published_size_and_rates(nation: Season) -> None:
    facts = nation.facts()
    assert (facts["registered"], facts["active"]) == (52_498, 47_208)
    assert (facts["programs"], facts["positions"]) == (6_626, 43_237)
    assert facts["feasible"]
    assert facts["blocking"]["responsive"] <= 5
    check_rates(nation)


def test_the_shipped_season_has_the_published_order(nation: Season) -> None:
    # US MD and DO seniors lie 0.9 points apart, US MD and DO graduates 2.1; other seeds may turn them round.
    of, known = rates_by_group(nation), published_rates()
    types = [t for t in APPLICANT_TYPES if t in known]
    assert sorted(types, key=of.__getitem__) == sorted(types, key=known.__getitem__)


@compiled_only
def test_another_seed_gives_another_nation_as_near_to_the_published_rates(nation: Season) -> None:
    other = run_season(nation.scenario, seed=7)
    check_rates(other)
    assert other.facts()["matched"] != nation.facts()["matched"]


def test_international_graduates_who_need_a_visa_match_less_often(nation: Season) -> None:
    people, active = nation.applicants, nation.rank_lists.certified
    of = people["applicant_type"].eq("non_us_img").to_numpy() & active
    needs = nation.cohort.needs_visa
    rates = {
        word: float(nation.matched[of & who].mean()) for word, who in (("visa", needs), ("free", ~needs))
    }
    assert rates["visa"] < rates["free"] - 0.05


def test_who_fails_to_start_is_counted_and_few(nation: Season) -> None:
    failing = nation.training.gate >= 0
    assert nation.facts()["fail_to_start"] == failing.sum() > 0
    assert not (failing & nation.training.starts).any()
    # Nobody of them is taken out of the published counts: they matched, and the training is what fails.
    assert nation.matched[failing].any()
    assert failing.sum() < 0.01 * nation.matched.sum()


def test_what_is_paid_for_applications_is_within_the_budget(nation: Season) -> None:
    """Chosen by chance around their expected number, applications may cost a little more than planned."""
    paid, budget = nation.applications.fees.astype(float), nation.cohort.budget.astype(float)
    assert paid.sum() > 1e6
    assert (paid > 1.2 * budget + 300).mean() < 0.001


def test_the_faces_of_a_season(town_season: Season) -> None:
    told = repr(town_season)
    assert told.startswith("<Season town, seed 1, replicate 0: 265 active applicants, 218 positions, ")
    assert told.endswith("% matched to PGY-1>")
    assert "\n" not in told
    face = town_season._repr_html_()
    assert "us_md_senior" in face
    assert "http" not in face


def test_unknown_attributes_are_refused(town_season: Season) -> None:
    with pytest.raises(AttributeError, match="match_rats"):
        _ = town_season.match_rats


def test_frames_carry_what_happened(town_season: Season) -> None:
    people, places, ended = town_season.applicants, town_season.programs, town_season.placements
    assert len(people) == len(ended) == 273
    assert people.applications.sum() == places.applications.sum() == len(town_season.applications)
    assert people.interviews.sum() == places.interviews.sum() == len(town_season.interviews)
    assert (people.interviews <= people.invitations).all()
    assert (places.filled + places.filled_in_soap <= places.final_quota).all()
    held = ended.program.notna().sum() + ended.supplemental_program.notna().sum()
    assert places.filled.sum() == held
    assert ended["matched"].sum() == town_season.matched.sum()
    assert (ended["rank"] == 0).tolist() == ended.program.isna().tolist()
    assert set(ended.program.dropna()) <= set(places.program)
    assert ended.partially_matched.sum() == town_season.partially_matched.sum()
    assert (people.ranks > 0).tolist() == people.active.tolist()
    partner_of = dict(zip(ended.applicant, ended.partner, strict=True))
    coupled = {a: b for a, b in partner_of.items() if isinstance(b, str)}
    assert len(coupled) == 14
    assert all(coupled[b] == a != b for a, b in coupled.items())


def test_couples_of_the_nation_come_out_near_the_published_ones(nation: Season) -> None:
    # Published: 1,122 both, 102 one and 35 neither (NRMP Advance Data Tables 2025, table 14).
    facts = nation.facts()
    assert facts["couples"] == 1259 == sum(facts[f"couples_{k}"] for k in ("both", "one", "neither"))
    assert abs(facts["couples_both"] - 1122) < 100
    assert facts["couples_one"] < 250
    assert facts["couples_neither"] < 100


def test_who_is_partially_matched(town_season: Season) -> None:
    track = dict(zip(town_season.programs.program, town_season.programs.track, strict=True))
    seen = set()
    for row in town_season.placements.to_dict("records"):
        advanced = isinstance(row["program"], str) and track[row["program"]] == "A"
        alone = not isinstance(row["supplemental_program"], str)
        assert row["partially_matched"] == (advanced and alone)
        if advanced and alone:
            assert not row["matched"]
            assert row["soap_eligible"]
            seen.add(isinstance(row["soap_pgy1_program"], str))
    assert seen


def test_who_is_placed(town_season: Season) -> None:
    places, ended = town_season.programs.set_index("program"), town_season.placements
    pgy1 = {name for name, track in places.track.items() if track in tuple("CMP")}
    for row in ended.to_dict("records"):
        matched = row["program"] in pgy1 or isinstance(row["supplemental_program"], str)
        assert row["matched"] == matched
        assert row["placed"] == (matched or isinstance(row["soap_pgy1_program"], str))
        assert row["matched_any"] == isinstance(row["program"], str)
        if isinstance(row["soap_pgy1_program"], str):
            assert row["soap_eligible"]
            assert row["soap_pgy1_program"] in pgy1
        if isinstance(row["soap_later_program"], str):
            assert row["soap_later_program"] not in pgy1


def test_the_plan_reads_only_what_stands_before_it() -> None:
    known: set[str] = set()
    for stage in PLAN:
        assert set(stage.reads) <= known
        assert callable(stage.function(town()))
        known.add(stage.name)


def test_what_the_season_keeps_is_frozen(town_season: Season) -> None:
    for table in (
        town_season.cohort,
        town_season.tracks,
        town_season.applications,
        town_season.interviews,
        town_season.rank_lists,
        town_season.ended,
    ):
        for spec in table.columns():
            with pytest.raises(ValueError, match="WRITEABLE"):
                getattr(table, spec.name).flags.writeable = True
    with pytest.raises(AttributeError):
        town_season.seed = 3  # type: ignore[misc]


def test_a_path_and_a_name_are_loaded() -> None:
    season = run_season("teaching-8x4", seed=5)
    assert season.scenario.name == "teaching-8x4"
    assert season.seed == 5


def test_replicates_are_told_apart(town_season: Season) -> None:
    first, second = run_season(town(), replicate=1), run_season(town(), replicate=2)
    assert not np.array_equal(first.cohort.ability, second.cohort.ability)
    assert not np.array_equal(first.cohort.ability, town_season.cohort.ability)
