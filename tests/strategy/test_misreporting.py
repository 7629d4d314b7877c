"""What misreporting costs, against solving the match again with the true list."""

from __future__ import annotations

import numpy as np
import pytest
from season.worlds import changed, town

from matchsim.engine import deferred_acceptance
from matchsim.engine.changed_lists import with_programs
from matchsim.errors import InputError
from matchsim.season import Season, load_scenario, run_season
from matchsim.season.match import market
from matchsim.season.misreporting import KINDS
from matchsim.strategy import misreporting_costs
from strategy.conftest import ALONE


def misreporting(share: float) -> dict:
    lists = {"applicants": {"supplemental": 0.0, "misreporting": {"share": share}}}
    return {**ALONE, "rank_lists": lists}


@pytest.fixture(scope="module")
def some_misreport() -> Season:
    """A town in which nothing is linked and half of the people misreport."""
    return run_season(changed(town(), misreporting(0.5)), seed=3)


def test_costs_are_those_of_solving_again(some_misreport, alone):
    """The same town without misreporting has the true lists, for nothing before the lists differs."""
    season, true = some_misreport, alone.rank_lists
    submitted = market(season.tracks, season.rank_lists, season.reversions)
    found = misreporting_costs(season)
    assert 10 < len(found) < len(season.cohort) / 2
    for a, truthful, place in zip(
        found.applicant.tolist(), found.truthful_place.tolist(), found.place.tolist(), strict=True
    ):
        listed = true.applicant_programs[slice(*true.applicant_offsets[a : a + 2])]
        again = deferred_acceptance(with_programs(submitted, a, listed))
        assert again.rank_of[a] == truthful
        won = season.match.program_of[a]
        assert place == (np.flatnonzero(listed == won)[0] if won >= 0 else -1)


def test_nobody_gains_and_only_short_lists_leave_people_unmatched(some_misreport):
    found = misreporting_costs(some_misreport)
    gained = (found.place >= 0) & ((found.truthful_place < 0) | (found.place < found.truthful_place))
    assert not gained.any()
    assert found.worse.any()
    truncated = found.kind == KINDS.index("truncation")
    assert not found.unmatched[~truncated].any()
    # What is left of a list cut off below stands where it stood.
    assert (found.worse == found.unmatched)[truncated].all()


def test_the_summary_counts_everybody_once_by_kind_and_once_in_all(some_misreport):
    found = misreporting_costs(some_misreport)
    summary = found.summary().set_index("kind")
    assert summary.index.tolist() == [*KINDS, "all"]
    assert summary["applicants"].iloc[:-1].sum() == summary.loc["all", "applicants"] == len(found)
    assert summary.loc["all", "worse"] == pytest.approx(found.worse.mean())


def test_where_nobody_may_misreport_there_is_nothing_to_ask(alone):
    with pytest.raises(InputError, match="nobody misreports"):
        misreporting_costs(alone)
    with pytest.raises(InputError, match="lists of this season are given"):
        misreporting_costs(run_season(load_scenario("teaching-8x4")))
