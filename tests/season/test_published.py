"""What `published` stands for: the totals of 2025, each row with its source, and arithmetic on them."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchsim.data import published as rows_of
from matchsim.season.rules import load_rules
from matchsim.season.scenario import published
from matchsim.season.words import APPLICANT_TYPES, TRACKS

TABLES = ("totals", "specialties", "applications", "couples", "contiguous_ranks", "list_lengths")
TABLES += ("rank_obtained", "soap")
BASES = {"published", "derived", "recalled"}


def totals() -> dict[tuple[str, str], float]:
    return {(row["group"], row["measure"]): float(row["value"]) for row in rows_of(2025, "totals")}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_basis_and_a_source(table: str) -> None:
    rows = rows_of(2025, table)
    assert rows
    for row in rows:
        assert row["basis"] in BASES, row
        assert len(row["source"]) > 10, row
        assert None not in row, row  # no cell too many
        assert None not in row.values(), row  # and none too few


def test_no_table_is_forgotten_here() -> None:
    folder = files("matchsim.data") / "published" / "2025"
    assert {path.name for path in folder.iterdir()} == {f"{table}.csv" for table in TABLES}


def test_there_is_no_such_season() -> None:
    with pytest.raises(FileNotFoundError):
        rows_of(1066, "totals")
    with pytest.raises(KeyError, match="no published feet of cats"):
        published.total(2025, "cats", "feet")


def test_people_add_up_to_the_published_totals() -> None:
    people, known = published.people(2025), totals()
    assert sum(people["registered"].values()) == 52_498 == known["all", "registered"]
    assert sum(people["active"].values()) == 47_208 == known["all", "active_certified_rol"]
    for t in APPLICANT_TYPES:
        assert people["active"][t] == known[t, "active_certified_rol"]
        assert people["registered"][t] >= people["active"][t] + people["withdrawn"][t]
        assert people["withdrawn"][t] >= 0
    img = people["registered"]["us_img"] + people["registered"]["non_us_img"]
    assert img == 20_030 == known["img", "registered"]


def test_positions_and_programs_add_up_to_the_published_totals() -> None:
    sizes = [size for figures in published.specialties(2025).values() for size in figures.sizes.values()]
    assert sum(positions for _, positions in sizes) == 43_237
    assert sum(programs for programs, _ in sizes) == 6_626
    assert all(positions >= programs >= 0 for programs, positions in sizes)
    assert all(programs > 0 for programs, positions in sizes if positions)


def test_tracks_of_pgy1_and_later_positions_are_as_published() -> None:
    by_track = dict.fromkeys(TRACKS, 0)
    for figures in published.specialties(2025).values():
        for track, (_, positions) in figures.sizes.items():
            by_track[track] += positions
    # The two publications differ by 16 of 40,041 positions (0.04 %); which rows it sits in is not known.
    assert by_track["C"] + by_track["M"] + by_track["P"] == totals()["all", "positions_pgy1"] + 16


def test_filled_positions_add_up_row_by_row() -> None:
    for row in rows_of(2025, "specialties"):
        cells = [row[f"filled_{t}"] for t in APPLICANT_TYPES]
        by_type, filled = sum(int(cell or 0) for cell in cells), int(row["filled"] or 0)
        # An empty cell is not known.
        assert by_type <= filled if "" in cells else by_type == filled, row["specialty"]
        assert filled <= int(row["positions"])


def test_match_rates_follow_from_the_counts() -> None:
    known = totals()
    for t in ("all", *APPLICANT_TYPES):
        if (t, "match_rate_pgy1_pct") in known:
            rate = 100 * known[t, "matched_pgy1"] / known[t, "active_certified_rol"]
            assert abs(rate - known[t, "match_rate_pgy1_pct"]) <= 0.051


def test_competitiveness_is_the_share_filled_by_us_md_seniors() -> None:
    rows = rows_of(2025, "specialties")
    by_preliminary = set()
    for name, figures in published.specialties(2025).items():
        core = [row for row in rows if row["specialty"] == name and row["track"] not in "PR"]
        if not core:
            core = [row for row in rows if row["specialty"] == name and row["track"] == "P"]
            by_preliminary |= {name} if core else set()
        filled = sum(int(row["filled"] or 0) for row in core)
        if any(row[f"filled_{t}"] for row in core for t in APPLICANT_TYPES):
            md = sum(int(row["filled_us_md_senior"] or 0) for row in core)
            assert figures.competitiveness == md / filled
        else:
            assert figures.competitiveness == 0.5
    assert by_preliminary == {"Transitional Year"}


def test_preferences_backups_and_shares_hold_together() -> None:
    figures = published.specialties(2025)
    preferred, backups, share = published.preferences(2025, figures)
    active = published.people(2025)["active"]
    for t in APPLICANT_TYPES:
        assert sum(preferred[t].values()) > 0
        assert set(preferred[t]) <= set(figures)
        assert 0 <= share[t] <= 1
        for name, weight in backups[t].items():
            assert 0 < weight <= 0.6 * figures[name].applicants[t] + 1e-3
            if name != "Transitional Year":
                assert preferred[t][name] + weight == pytest.approx(figures[name].applicants[t], abs=0.01)
        if t in published.RANKING_TYPES and share[t] < 1:
            # The rankings in excess of people are the backups.
            excess = max(0.0, sum(f.applicants[t] for f in figures.values()) - active[t])
            assert sum(backups[t].values()) == pytest.approx(excess, abs=1.0)
            assert share[t] == pytest.approx(excess / active[t], abs=1e-3)
        else:
            assert (share[t] == 0) == (not backups[t])


def test_people_in_training_seek_the_reserved_positions() -> None:
    figures = published.specialties(2025)
    weights, share = published.earlier_training(2025, figures)
    active = published.people(2025)["active"]
    for t in APPLICANT_TYPES:
        assert sum(weights[t].values()) == pytest.approx(share[t] * active[t], abs=1.0)
        assert all("R" in figures[name].sizes for name in weights[t])
    # Nobody else prefers a specialty that filled reserved positions alone.
    preferred, _, _ = published.preferences(2025, figures)
    assert "Public Health and Preventive Medicine" not in preferred["us_md_grad"]
    assert weights["us_md_grad"]["Public Health and Preventive Medicine"] > 0


def test_where_no_position_is_reserved_the_share_in_training_is_that_of_the_season() -> None:
    _, of_all = published.earlier_training(2025, published.specialties(2025))
    assert published.earlier_training(2025, ["Pediatrics"]) == ({t: {} for t in APPLICANT_TYPES}, of_all)
    assert published.earlier_training(2025, ["Unheard of"])[1] == of_all
    _, of_some = published.earlier_training(2025, ["Dermatology"])
    assert of_some["us_md_grad"] > of_all["us_md_grad"]


def test_one_specialty_alone_leaves_no_backup() -> None:
    _, _, share = published.preferences(2025, ["Pediatrics"])
    assert set(share.values()) == {0.0}


def test_applications_are_those_published_and_signals_are_for_known_specialties() -> None:
    mean = published.applications_per_applicant(2025)
    assert (mean["us_md_senior"], mean["us_do_grad"], mean["non_us_img"], mean["other"]) == (58, 72, 129, 129)
    for season in (2025, 2026, 2027):
        assert set(load_rules(season).signals) <= {*published.specialties(2025), "Urology"}


def test_a_season_without_figures_takes_those_of_the_last_before_it() -> None:
    assert [published.season_of(season) for season in (2024, 2025, 2026, 2027)] == [2025] * 4


@settings(max_examples=100)
@given(st.integers(0, 500), st.dictionaries(st.text(max_size=2), st.floats(0.0, 1e6), max_size=8))
def test_apportioned_units_add_up_and_lie_within_one_of_the_share(count, weights) -> None:
    shares = published.apportioned(count, weights)
    assert set(shares) == set(weights)
    whole = sum(weights.values())
    if whole <= 0:
        assert not any(shares.values())
        return
    assert sum(shares.values()) == count
    for key, units in shares.items():
        assert abs(units - count * weights[key] / whole) < 1 + 1e-6


def couples() -> dict[tuple[str, str], float]:
    return {(row["group"], row["measure"]): float(row["value"]) for row in rows_of(2025, "couples")}


def test_couples_add_up() -> None:
    known = couples()
    outcomes = [known["all", f"{outcome}_matched"] for outcome in ("both", "one", "neither")]
    assert sum(outcomes) == known["all", "couples"]
    assert known["all", "individuals"] == 2 * known["all", "couples"]
    rate = 100 * (2 * outcomes[0] + outcomes[1]) / known["all", "individuals"]
    assert abs(rate - known["all", "match_rate_of_individuals_pct"]) <= 0.05


def test_members_of_couples_add_up_to_two_a_couple() -> None:
    members, known, active = published.members_of_couples(2025), couples(), published.people(2025)["active"]
    assert sum(members.values()) == known["all", "individuals"]
    for (group, measure), value in known.items():
        if group != "all":
            assert members[group] == value, measure
    assert all(0 <= members[t] <= active[t] for t in APPLICANT_TYPES)
