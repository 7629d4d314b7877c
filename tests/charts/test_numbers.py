"""The charts show the numbers of the tables: read back from the bars, lines and texts that were drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from matchsim.charts import CHARTS
from matchsim.charts.style import APPLICANT_TYPES, UNFILLED

from .sample import ACTIVE, MATCHED, PLACED, TYPES, tables

COLOURS = {to_hex(kind.colour): name for name, kind in APPLICANT_TYPES.items()}


def drawn(name, replicates=1):
    function, table, _ = CHARTS[name]
    data = tables(replicates)[table]
    return data, function(data)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def bars(ax):
    """Colour, start, width and row of every horizontal bar with a width."""
    return [
        (to_hex(bar.get_facecolor()), bar.get_x(), bar.get_width(), round(bar.get_y() + bar.get_height() / 2))
        for bar in ax.patches
        if bar.get_width() > 0
    ]


def rows(ax):
    return [label.get_text().split("\n")[0] for label in ax.get_yticklabels()]


def test_match_rates_are_the_lengths_of_the_full_bars():
    _, ax = drawn("match_rate_by_type")
    full = {COLOURS[colour]: width for colour, start, width, row in bars(ax) if colour in COLOURS}
    assert full == pytest.approx({kind: m / a for kind, m, a in zip(TYPES, MATCHED, ACTIVE, strict=True)})


def test_placement_rates_are_written_and_drawn_pale():
    _, ax = drawn("match_rate_by_type")
    pale = sorted(width for colour, _, width, _ in bars(ax) if colour not in COLOURS)
    for placed, active in zip(PLACED, ACTIVE, strict=True):
        assert f"{100 * placed / active:.1f}%" in texts(ax)
        assert min(abs(width - placed / active) for width in pale) < 1e-9


def test_a_type_without_applicants_has_a_dash():
    data = tables()["match_rates"]
    of_type = data["group"] == "us_img"
    data.loc[of_type, ["active", "matched", "placed"]] = 0
    data.loc[of_type, ["match_rate", "placement_rate"]] = np.nan
    ax = CHARTS["match_rate_by_type"].function(data)
    assert texts(ax).count("–") == 2
    assert "us_img" not in {COLOURS.get(colour) for colour, *_ in bars(ax)}


def test_intervals_are_quantiles_of_the_replicates():
    data, ax = drawn("match_rate_by_type", 20)
    rates = data.loc[data["group"] == "us_img", "match_rate"]
    low, high = rates.quantile([0.025, 0.975])
    assert f"{100 * rates.mean():.1f}% ({100 * low:.1f}–{100 * high:.1f}%)" in texts(ax)
    (lines,) = ax.collections
    ends = [segment[:, 0].tolist() for segment in lines.get_segments()]
    assert ends[rows(ax).index("US IMGs")] == pytest.approx([low, high])


def test_every_specialty_bar_is_full_and_begins_with_the_largest():
    data, ax = drawn("fill_by_specialty")
    assert rows(ax)[0] == "Internal Medicine"
    assert rows(ax)[-1] == "5 other specialties"
    assert len(rows(ax)) == 21
    for row in range(21):
        pieces = sorted((start, width) for _, start, width, at in bars(ax) if at == row)
        assert sum(width for _, width in pieces) == pytest.approx(1)
        assert all(a + w == pytest.approx(b) for (a, w), (b, _) in pairwise(pieces))
    assert f"{data['positions'].sum():,} positions" in texts(ax)[-2]


def test_tracks_of_a_specialty_are_added():
    data, ax = drawn("fill_by_specialty")
    row = rows(ax).index("Anesthesiology")
    of_specialty = data[data["specialty"] == "Anesthesiology"]
    share = of_specialty["filled_us_img"].sum() / of_specialty["positions"].sum()
    (found,) = [w for colour, _, w, at in bars(ax) if at == row and COLOURS.get(colour) == "us_img"]
    assert found == pytest.approx(share)
    assert "2,116" in texts(ax)


def test_unfilled_after_soap_is_what_is_left():
    data, ax = drawn("fill_by_specialty")
    family = data[data["specialty"] == "Family Medicine"].iloc[0]
    row = rows(ax).index("Family Medicine")
    left = [w for colour, _, w, at in bars(ax) if at == row and colour == to_hex(UNFILLED.colour)]
    assert left == pytest.approx([1 - family["filled_after_soap"] / family["positions"]])


def test_the_tail_of_contiguous_ranks_is_pooled():
    data, ax = drawn("match_probability_by_contiguous_ranks")
    of_type = data[data["applicant_type"] == "us_img"]
    tail = of_type[of_type["contiguous_ranks"] >= 16]
    third = of_type[of_type["contiguous_ranks"] == 3]
    (line,) = [
        line
        for line in ax.lines
        if COLOURS[to_hex(line.get_color())] == "us_img" and len(line.get_xdata()) == 16
        if line.get_linestyle() == "-"
    ]
    assert line.get_ydata()[-1] == pytest.approx(tail["matched"].sum() / tail["applicants"].sum())
    assert line.get_ydata()[2] == pytest.approx(third["matched"].sum() / third["applicants"].sum())
    assert ax.get_xticklabels()[-1].get_text() == "16+"


def test_points_of_few_applicants_are_hollow_or_left_out():
    data = pd.DataFrame(
        {
            "replicate": 0,
            "applicant_type": "us_img",
            "specialty": "Surgery",
            "contiguous_ranks": [1, 2, 3],
            "applicants": [100, 20, 4],
            "matched": [50, 15, 4],
        }
    )
    ax = CHARTS["match_probability_by_contiguous_ranks"].function(data)
    solid, hollow = ([], [])
    for line in ax.lines:
        if line.get_marker() == "o":
            side = hollow if to_hex(line.get_markerfacecolor()) == "#ffffff" else solid
            side.extend(np.asarray(line.get_xdata()).tolist())
    assert (solid, hollow) == ([1], [2])


def test_shares_of_the_rank_obtained_add_up_and_are_written():
    data, ax = drawn("rank_obtained")
    of_type = data[data["applicant_type"] == "us_md_senior"].set_index("rank")["applicants"]
    pieces = [width for _, _, width, at in sorted(bars(ax), key=lambda bar: bar[1]) if at == 0]
    sizes = [*of_type[[1, 2, 3, 4, 5]], of_type.loc[6:10].sum(), of_type.loc[11:].sum(), of_type[0]]
    assert pieces == pytest.approx([size / of_type.sum() for size in sizes])
    assert f"{100 * of_type[[1, 2, 3]].sum() / of_type.sum():.0f}%" in texts(ax)


def test_mean_lengths_stand_where_they_should():
    data, ax = drawn("list_lengths")
    row = rows(ax).index("US IMGs")
    at = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o" and line.get_ydata()[0] == row]
    of_type = data[data["group"] == "us_img"].set_index("status")["mean_length"]
    assert sorted(at) == pytest.approx([of_type["unmatched"], of_type["matched"]])


def test_programs_are_shown_per_position():
    _, ax = drawn("list_lengths")
    row = rows(ax).index("Programs, per position")
    at = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o" and line.get_ydata()[0] == row]
    assert sorted(at) == pytest.approx([8.83, 12.47])


def test_soap_steps_hang_from_the_open_positions_and_end_at_those_left():
    data, ax = drawn("soap_by_round")
    for at, found in enumerate(data.itertuples(), start=1):
        pieces = [bar for bar in ax.patches if round(bar.get_x() + bar.get_width() / 2) == at]
        assert max(bar.get_y() + bar.get_height() for bar in pieces) == pytest.approx(found.positions_open)
        assert min(bar.get_y() for bar in pieces) == pytest.approx(found.positions_left)
        seniors = [b for b in pieces if COLOURS[to_hex(b.get_facecolor())] == "us_md_senior"]
        assert seniors[0].get_height() == found.accepted_us_md_senior
        assert f"−{found.accepted:,}" in texts(ax)
    assert f"{data['positions_open'].iloc[0]:,}" in texts(ax)
    assert f"{data['positions_left'].iloc[-1]:,}" in texts(ax)


def test_a_season_in_which_everybody_matches_has_no_hollow_points():
    data = tables(2)["list_lengths"]
    ax = CHARTS["list_lengths"].function(data[data["status"].isin(["matched", "filled"])])
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(points) == len(rows(ax)) == 9
    assert texts(ax).count("–") == 9
    assert ax.get_yticklabels()[0].get_text().endswith("matched, 0 not")


def test_list_counts_are_means_over_all_replicates():
    data = tables(2)["list_lengths"]
    of_type = (data["group"] == "us_img") & (data["status"] == "unmatched") & (data["replicate"] == 1)
    data.loc[of_type, ["lists", "mean_length"]] = [0, np.nan]
    ax = CHARTS["list_lengths"].function(data)
    label = ax.get_yticklabels()[rows(ax).index("US IMGs")].get_text()
    assert label.endswith(f"{(4587 - 3108) / 2:,.0f} not")


def test_everybody_matched_leaves_no_open_piece():
    data = tables()["rank_obtained"]
    ax = CHARTS["rank_obtained"].function(data[data["rank"] > 0])
    assert to_hex(UNFILLED.colour) not in {colour for colour, *_ in bars(ax)}


def test_couples_are_in_three_parts_and_individuals_are_written():
    data, ax = drawn("couples_by_outcome")
    assert rows(ax)[0] == "Both US MD seniors"
    assert rows(ax)[-2:] == ["4 other pairs of types", "All couples"]
    for row in range(len(rows(ax))):
        pieces = sorted((start, width) for _, start, width, at in bars(ax) if at == row)
        assert sum(width for _, width in pieces) == pytest.approx(1)
    whole = data[["couples", "both", "one"]].sum()
    found = [width for _, _, width, at in bars(ax) if at == len(rows(ax)) - 1]
    assert found[0] == pytest.approx(whole["both"] / whole["couples"])
    share = (2 * whole["both"] + whole["one"]) / (2 * whole["couples"])
    assert f"{100 * share:.1f}%" in texts(ax)
    assert f"{whole['couples']:,}" in texts(ax)


def test_inequality_of_interviews_by_hand():
    """Of four people one holds three interviews, one holds one, two none: Gini 5/8."""
    data = pd.DataFrame({"applicant_type": "us_img", "interviews": [0, 1, 3], "applicants": [2, 1, 1]})
    ax = CHARTS["interviews_per_applicant"].function(data.assign(replicate=0))
    (told,) = [text.get_text() for text in ax.texts if "Gini" in text.get_text()]
    # The upper tenth is 0.4 people, all of the one who holds three of the four interviews.
    assert told.splitlines() == [
        "Gini coefficient: 0.62",
        "Most invited tenth holds: 30.0%",
        "Without an interview: 50.0%",
    ]


def test_tiles_tell_who_stays_leaves_and_arrives():
    rows = [("pacific", "pacific", 3), ("pacific", "mountain", 1), ("none", "mountain", 5)]
    data = pd.DataFrame(rows, columns=["home", "division", "applicants"]).assign(replicate=0)
    ax = CHARTS["flows_between_regions"].function(data)
    told = [text.get_text() for text in ax.texts]
    assert told[1:3] == ["75% stay", "1 leave\n0 arrive\n0 without ties"]
    assert told[4:6] == ["no ties", "0 leave\n1 arrive\n5 without ties"]


def test_cutoffs_begin_with_the_most_sought_after():
    quartiles = {"lower_quartile": [1.0, 1.0], "median": [4.0, 2.0], "upper_quartile": [6.0, 3.0]}
    data = pd.DataFrame({"specialty": ["A", "B"], "programs": 9, "full": [3, 9], **quartiles, "replicate": 0})
    ax = CHARTS["cutoffs_by_specialty"].function(data)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["B", "A"]
    assert {"9 of 9", "3 of 9", "4.0", "2.0"} <= {text.get_text() for text in ax.texts}
