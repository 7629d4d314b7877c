"""One simulated season: its tables, its summaries, its charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matchsim.errors import counted
from matchsim.season.match import MatchResult
from matchsim.season.plan import PLAN
from matchsim.season.scenario import Scenario, load_scenario
from matchsim.season.soap import SoapResult
from matchsim.season.summary import Summaries, summary_table
from matchsim.season.tables import (
    Applicants,
    Applications,
    Couples,
    Interviews,
    Pathway,
    Placements,
    Programs,
    RankLists,
    Reversions,
    Training,
)
from matchsim.season.words import PGY1_TRACKS
from matchsim.streams import Streams
from matchsim.tables import Bool, Int32, html_table

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.charts import Plots

__all__ = ["Season", "run_season", "simulated"]


def run_season(scenario: Scenario | str | Path, *, seed: int | None = None, replicate: int = 0) -> Season:
    """Simulate one season.

    Parameters
    ----------
    scenario
        A resolved scenario, as :func:`load_scenario` returns it, or what that function loads.
    seed
        Seed of all random streams; the scenario's own where it is left out.
    replicate
        Number of the replicate, from 0; each is reached directly.

    Returns
    -------
    Season
        The same bytes for the same scenario, seed and replicate, on one platform.

    Raises
    ------
    ScenarioError
        When the scenario cannot be loaded.
    InputError
        When a file that the scenario names cannot be used.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    return simulated(scenario, scenario.seed if seed is None else seed, replicate, {})


def simulated(
    scenario: Scenario, seed: int, replicate: int, instead: Mapping[str, Callable[..., Any]]
) -> Season:
    """The season of :func:`run_season`, some of its stages by other functions that make the same tables.

    Parameters
    ----------
    instead
        By the name of a stage, what is called where the scenario has it simulated: to keep what a stage
        finds on its way, which otherwise would have to be found again.
    """
    streams = Streams(seed, replicate)
    tables: dict[str, Any] = {}
    for stage in PLAN:
        own = instead.get(stage.name) if not stage.source(scenario) else None
        function = own or stage.function(scenario)
        tables[stage.name] = function(scenario, streams, *(tables[name] for name in stage.reads))
    return Season(
        scenario=scenario,
        seed=streams.seed,
        replicate=streams.replicate,
        cohort=tables["cohort"],
        road=tables["pathway"],
        tracks=tables["programs"],
        coupled=tables["couples"],
        applications=tables["applications"],
        interviews=tables["interviews"],
        rank_lists=tables["rank_lists"],
        reversions=tables["reversions"],
        match=tables["match"],
        soap=tables["soap"],
        training=tables["training"],
    )


@dataclass(frozen=True, eq=False, repr=False)
class Season(Summaries):
    """One simulated season; made by :func:`run_season`.

    Attributes
    ----------
    scenario : Scenario
        The resolved scenario.
    seed, replicate : int
        What the random streams were keyed by.
    cohort, road, tracks, coupled, applications, interviews, rank_lists, reversions, training
        The frozen tables of the stages; `road` is the pathway to the list deadline, `tracks` are the
        programs, `coupled` the couples.
    match, soap
        What the algorithm and SOAP did.
    """

    scenario: Scenario
    seed: int
    replicate: int
    cohort: Applicants
    road: Pathway
    tracks: Programs
    coupled: Couples
    applications: Applications
    interviews: Interviews
    rank_lists: RankLists
    reversions: Reversions
    match: MatchResult
    soap: SoapResult
    training: Training

    @cached_property
    def ended(self) -> Placements:
        """Where everybody ended, as a frozen table."""
        in_soap = self.soap.accepted_applicant, self.soap.accepted_program
        by_contact = self.soap.contact_applicant, self.soap.contact_program
        return Placements(
            partner=self.rank_lists.partners(),
            program_of=self.match.program_of,
            rank_of=self.match.rank_of,
            second_of=self.match.second_of,
            soap_pgy1=self._accepted(*in_soap, in_pgy1=True),
            soap_later=self._accepted(*in_soap, in_pgy1=False),
            soap_eligible=self.soap.eligible,
            contact_pgy1=self._accepted(*by_contact, in_pgy1=True),
            contact_later=self._accepted(*by_contact, in_pgy1=False),
        )

    @property
    def matched(self) -> Bool:
        """Who matched to a PGY-1 position by the algorithm; bool, shape (applicants,)."""
        return self._in_pgy1(self.match.program_of) | (self.match.second_of >= 0)

    @property
    def matched_any(self) -> Bool:
        """Who matched to any position by the algorithm; bool, shape (applicants,)."""
        return self.match.program_of >= 0

    @property
    def partially_matched(self) -> Bool:
        """Who matched to an advanced position without a first year; bool, shape (applicants,)."""
        advanced = np.append(self.tracks.is_track("A"), False)[self.match.program_of]
        return advanced & (self.match.second_of < 0)

    @property
    def placed(self) -> Bool:
        """Who is in a PGY-1 position after SOAP; bool, shape (applicants,)."""
        return self.matched | (self.ended.soap_pgy1 >= 0)

    @property
    def applicants(self) -> pd.DataFrame:
        """The registered people, one row each, with words for codes."""
        frame = self.cohort.to_pandas()
        for column in ("gate", "reason"):
            frame[f"stopped_{column}"] = self.road.to_pandas()[column]
        frame["fees"] = self.applications.fees
        frame["applications"] = np.diff(self.applications.applicant_offsets)
        frame["invitations"] = self.interviews.invitations
        frame["interviews"] = np.diff(self.interviews.applicant_offsets)
        frame["active"] = self.rank_lists.certified
        frame["ranks"] = self.rank_lists.lengths()
        return frame

    @property
    def programs(self) -> pd.DataFrame:
        """The program tracks, one row each, with words for codes."""
        frame = self.tracks.to_pandas()
        size = len(frame)
        frame["applications"] = np.bincount(self.applications.program, minlength=size)
        frame["interviews"] = np.bincount(self.interviews.program, minlength=size)
        frame["ranks"] = np.diff(self.rank_lists.program_offsets)
        frame["final_quota"] = self.match.final_quota
        for name, held in (
            ("filled", np.concatenate([self.match.program_of, self.match.second_of])),
            ("filled_in_soap", self.soap.accepted_program),
            ("filled_by_contact", self.soap.contact_program),
        ):
            frame[name] = np.bincount(held[held >= 0], minlength=size)
        return frame

    @property
    def placements(self) -> pd.DataFrame:
        """Where everybody ended, one row a person, with the names of programs."""
        names = np.array([*self.tracks.all_names(), None], dtype=object)
        frame = self.ended.to_pandas()
        for column in (
            "program_of",
            "second_of",
            *(f"{how}_{when}" for how in ("soap", "contact") for when in ("pgy1", "later")),
        ):
            frame[column] = names[frame[column]]
        people = self.cohort.all_names()
        frame["partner"] = np.array([*people, None], dtype=object)[frame["partner"]]
        frame.insert(0, "applicant", people)
        frame["rank_of"] += 1
        renamed = {
            "program_of": "program",
            "rank_of": "rank",
            "second_of": "supplemental_program",
            "soap_pgy1": "soap_pgy1_program",
            "soap_later": "soap_later_program",
            "contact_pgy1": "contact_pgy1_program",
            "contact_later": "contact_later_program",
        }
        frame = frame.rename(columns=renamed)
        frame["matched"], frame["matched_any"], frame["placed"] = self.matched, self.matched_any, self.placed
        frame["partially_matched"] = self.partially_matched
        return frame

    def table(self, name: str) -> pd.DataFrame:
        """One of the summary tables of a run, for this season.

        Raises
        ------
        InputError
            When there is no table of that name.
        """
        return summary_table(self, name)

    @property
    def plot(self) -> Plots:
        """The charts, ``season.plot.match_rate_by_type()`` and so on."""
        from matchsim.charts import Plots, source_line

        return Plots(self.table, source_line(self.scenario.name, self.seed))

    def facts(self) -> dict[str, Any]:
        """Counts of this season and what the independent checker said of its match."""
        held = np.concatenate([self.match.program_of, self.match.second_of])
        return {
            "replicate": self.replicate,
            "registered": len(self.cohort),
            "withdrawn": int(self.road.withdrawn.sum()),
            "active": int(self.rank_lists.certified.sum()),
            "programs": int((self.tracks.quota > 0).sum()),
            "positions": int(self.tracks.quota.sum()),
            "applications": len(self.applications),
            "interviews": len(self.interviews),
            "matched": int(self.matched.sum()),
            "matched_any": int(self.matched_any.sum()),
            "partially_matched": int(self.partially_matched.sum()),
            **self._couples_by_outcome(),
            "supplemental_lists": len(self.rank_lists.supplemental_applicants),
            "reverted": int(np.maximum(self.match.final_quota - self.tracks.quota, 0).sum()),
            "filled": int((held >= 0).sum()),
            "soap_eligible": int(self.soap.eligible.sum()),
            "soap_applications": len(self.soap.applications),
            "positions_offered_in_soap": int(self.soap.positions.sum()),
            "positions_filled_in_soap": len(self.soap.accepted_applicant),
            "filled_after_soap": int((held >= 0).sum()) + len(self.soap.accepted_applicant),
            "fail_to_start": int((self.training.gate >= 0).sum()),
            "filled_by_contact": len(self.soap.contact_applicant),
            "proposals": self.match.proposals,
            "restarts": self.match.restarts,
            "cycles": self.match.cycles,
            "feasible": self.match.feasible,
            "blocking": dict(self.match.blocking),
            "stable": self.match.stable,
            "stable_under": self.match.stable_under,
        }

    def to_pandas(self) -> pd.DataFrame:
        """The registered people, one row each: who they are, what they did, and where they ended.

        The columns of :attr:`applicants` and of :attr:`placements`.
        """
        return self.applicants.merge(self.placements, on="applicant", validate="one_to_one")

    def __repr__(self) -> str:
        active = int(self.rank_lists.certified.sum())
        rate = self.matched[self.rank_lists.certified].mean() if active else 0.0
        return (
            f"<Season {self.scenario.name}, seed {self.seed}, replicate {self.replicate}: "
            f"{counted(active, 'active applicant')}, {counted(int(self.tracks.quota.sum()), 'position')}, "
            f"{rate:.1%} matched to PGY-1>"
        )

    def _repr_html_(self) -> str:
        rates = self.match_rates()
        shown = rates[(rates["group_by"] != "specialty") & (rates["active"] > 0)]
        rows = [
            (
                row["group"],
                *(f"{row[count]:,}" for count in ("active", "matched")),
                *(f"{row[rate]:.1%}" for rate in ("match_rate", "placement_rate")),
            )
            for row in shown.to_dict("records")
        ]
        return html_table(repr(self), ("group", "active", "matched", "match rate", "placement rate"), rows)

    def _couples_by_outcome(self) -> dict[str, int]:
        lists, matched = self.rank_lists, self.matched_any.astype(np.int64)
        counts = np.bincount(matched[lists.couple_first] + matched[lists.couple_second], minlength=3).tolist()
        both = {"couples_both": counts[2], "couples_one": counts[1], "couples_neither": counts[0]}
        return {"couples": len(lists.couple_first), **both}

    def _in_pgy1(self, program: Int32) -> Bool:
        return np.append(self.tracks.is_track("".join(PGY1_TRACKS)), False)[program]

    def _accepted(self, applicant: Int32, program: Int32, *, in_pgy1: bool) -> Int32:
        held = np.full(len(self.cohort), -1, dtype=np.int32)
        wanted = self._in_pgy1(program) == in_pgy1
        held[applicant[wanted]] = program[wanted]
        return held
