"""The summary tables of a season, in the columns of the file contract, with their codebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matchsim.engine.stability_linked import DEFINITIONS
from matchsim.errors import InputError, did_you_mean
from matchsim.season import tallies
from matchsim.season.funnel import funnel
from matchsim.season.words import APPLICANT_TYPES

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.season.season import Season

__all__ = ["TABLES", "Summaries", "SummaryTable", "summary_table"]


@dataclass(frozen=True)
class SummaryTable:
    """One summary table: what makes it, what it is, and what its columns mean."""

    make: Callable[[Season], dict[str, Any]]
    told: str
    columns: Mapping[str, str]


class Summaries:
    """The summary tables as methods, for whatever has a ``table(name)``."""

    def table(self, name: str) -> pd.DataFrame:
        """One summary table by name; see :data:`TABLES`."""
        raise NotImplementedError

    def match_rates(self) -> pd.DataFrame:
        """Match and placement rates: all, by type and by preferred specialty."""
        return self.table("match_rates")

    def applications_sent(self) -> pd.DataFrame:
        """Applications and interviews by type."""
        return self.table("applications_sent")

    def interviews_held(self) -> pd.DataFrame:
        """How many people held how many interviews, by type."""
        return self.table("interviews_held")

    def contiguous_ranks(self) -> pd.DataFrame:
        """Outcome by the number of contiguous ranks, type and specialty."""
        return self.table("contiguous_ranks")

    def specialties(self) -> pd.DataFrame:
        """Programs, positions and fills by specialty and track."""
        return self.table("specialties")

    def applicants_ranking(self) -> pd.DataFrame:
        """How many people rank each track of each specialty, by type."""
        return self.table("applicants_ranking")

    def cutoffs(self) -> pd.DataFrame:
        """How far down their lists programs came, by specialty."""
        return self.table("cutoffs")

    def flows(self) -> pd.DataFrame:
        """From which census division to which people matched."""
        return self.table("flows")

    def soap_rounds(self) -> pd.DataFrame:
        """SOAP round by round."""
        return self.table("soap_rounds")

    def funnel(self) -> pd.DataFrame:
        """How many registered people come through every gate of the road, and why the others do not."""
        return self.table("funnel")

    def soap_placement(self) -> pd.DataFrame:
        """Who applied, had offers and was placed in SOAP, by type."""
        return self.table("soap_placement")

    def rank_obtained(self) -> pd.DataFrame:
        """Which choice active people obtained, by type."""
        return self.table("rank_obtained")

    def list_lengths(self) -> pd.DataFrame:
        """Lengths of rank order lists by outcome."""
        return self.table("list_lengths")

    def couples(self) -> pd.DataFrame:
        """Couples by the types of their members and by outcome."""
        return self.table("couples")

    def stability(self) -> pd.DataFrame:
        """What the independent checker found, and the work of the algorithm."""
        return self.table("stability")


def summary_table(season: Season, name: str) -> pd.DataFrame:
    """One summary table of a season as a data frame, its replicate first.

    Raises
    ------
    InputError
        When there is no table of that name.
    """
    import pandas as pd

    if name not in TABLES:
        told = f"no table is called {name!r}; there are {', '.join(TABLES)}"
        raise InputError("; ".join(filter(None, (told, did_you_mean(name, TABLES)))))
    data = TABLES[name].make(season)
    frame = pd.DataFrame(data, columns=list(TABLES[name].columns)[1:])
    frame.insert(0, "replicate", season.replicate)
    return frame


_REPLICATE = {"replicate": "number of the replicate, from 0"}
_TYPE = {"applicant_type": f"applicant type: {', '.join(APPLICANT_TYPES)}"}

TABLES: dict[str, SummaryTable] = {
    "match_rates": SummaryTable(
        tallies.match_rates,
        "Match and placement rates of everybody, by applicant type and by preferred specialty.",
        {
            **_REPLICATE,
            "group_by": "all, applicant_type or specialty (the preferred one)",
            "group": "the type or specialty",
            "registered": "people registered for the match",
            "active": "people who certified a rank order list",
            "matched": "active people matched to a PGY-1 position (C, M, P) by the algorithm",
            "matched_any": "active people matched to any position by the algorithm",
            "match_rate": "matched / active",
            "placed": "active people matched, or in a PGY-1 position after SOAP",
            "placement_rate": "placed / active",
            "partially_matched": "active people matched to an advanced position (A) without a first year",
        },
    ),
    "applications_sent": SummaryTable(
        tallies.applications_sent,
        "Applications sent and interviews held, by applicant type.",
        {
            **_REPLICATE,
            **_TYPE,
            "applicants": "people who sent an application",
            "applications": "applications sent",
            "interviewed": "people with an interview",
            "interviews": "interviews held",
        },
    ),
    "interviews_held": SummaryTable(
        tallies.interviews_held,
        "How many people held how many interviews, of those who sent an application.",
        {
            **_REPLICATE,
            **_TYPE,
            "interviews": "interviews held by one person",
            "applicants": "people who sent an application and held that many",
        },
    ),
    "contiguous_ranks": SummaryTable(
        tallies.contiguous_ranks,
        "Outcome by the number of programs ranked in the first-ranked specialty before another appears; "
        "without couples.",
        {
            **_REPLICATE,
            **_TYPE,
            "specialty": "specialty of the program ranked first; Preliminary for P programs",
            "contiguous_ranks": "ranks in that specialty before the first in another one",
            "applicants": "active people without a couple, with that many contiguous ranks",
            "matched": "of these, matched in that specialty by the algorithm",
        },
    ),
    "specialties": SummaryTable(
        tallies.specialties,
        "Programs, positions and fills by specialty and track.",
        {
            **_REPLICATE,
            "specialty": "specialty",
            "track": "C categorical, M primary, P preliminary, A advanced, R reserved",
            "programs": "programs with at least one position, before reversions",
            "positions": "positions offered, after reversions",
            "filled": "positions filled by the algorithm",
            "fill_rate": "filled / positions",
            **{f"filled_{t}": f"positions filled by {t} in the algorithm" for t in APPLICANT_TYPES},
            "filled_after_soap": "positions filled by the algorithm and in SOAP",
        },
    ),
    "applicants_ranking": SummaryTable(
        tallies.applicants_ranking,
        "How many people rank a specialty: at least one of its programs, on any list of theirs.",
        {
            **_REPLICATE,
            "specialty": "specialty",
            "track": "C categorical, M primary, P preliminary, A advanced, R reserved",
            **_TYPE,
            "applicants": "people of the type who rank any of the programs; no row where nobody does",
        },
    ),
    "cutoffs": SummaryTable(
        tallies.cutoffs,
        "How far down their rank order lists programs came: of those that filled, the place of the last "
        "person matched, divided by the positions.",
        {
            **_REPLICATE,
            "specialty": "specialty, all tracks together",
            "programs": "programs with at least one position, after reversions",
            "full": "of these, programs that filled all positions in the algorithm",
            "lower_quartile": "place per position not exceeded by a quarter of the full programs",
            "median": "place per position not exceeded by half of the full programs",
            "upper_quartile": "place per position not exceeded by three quarters of the full programs",
        },
    ),
    "flows": SummaryTable(
        tallies.flows,
        "From the census division that people have ties with to that of the program they matched to.",
        {
            **_REPLICATE,
            "home": "census division with ties; none for people without",
            "division": "census division of the program matched to by the algorithm",
            "applicants": "people matched; pairs of divisions with nobody are left out",
        },
    ),
    "soap_rounds": SummaryTable(
        tallies.soap_rounds,
        "SOAP round by round.",
        {
            **_REPLICATE,
            "round": "offer round, from 1",
            "positions_open": "positions unfilled before the round, of programs that take part",
            "offers": "offers sent",
            "accepted": "offers accepted",
            "positions_left": "positions unfilled after the round",
            "share_of_fills": "accepted up to this round / accepted in all rounds",
            **{f"accepted_{t}": f"offers accepted by {t}" for t in APPLICANT_TYPES},
        },
    ),
    "funnel": SummaryTable(
        funnel,
        "The road from registration to the first day of training: who is stopped at which gate, and why.",
        {
            **_REPLICATE,
            **_TYPE,
            "gate": "gate, in the order of the road",
            "entered": "people who come to the gate",
            "passed": "people whom it lets pass",
            "reason": "why it stops the people of this row; empty where it stops nobody",
            "count": "people stopped for this reason",
        },
    ),
    "soap_placement": SummaryTable(
        tallies.soap_placement,
        "Who applied, had offers and was placed in SOAP, by applicant type.",
        {
            **_REPLICATE,
            "group": "all, or an applicant type",
            "eligible": "people who could take part",
            "applied": "of these, people who sent an application",
            "offered": "of these, people who had an offer",
            "accepted": "of these, people who accepted a position of any kind",
            "by_contact": "people who agreed on a position of any kind by contact after SOAP",
            "unmatched_active": "active people not matched to a PGY-1 position by the algorithm",
            "placed": "of these, in a PGY-1 position after SOAP, without those by contact",
            "share_placed": "placed / unmatched_active",
        },
    ),
    "rank_obtained": SummaryTable(
        tallies.rank_obtained,
        "Which choice active people without a couple obtained.",
        {
            **_REPLICATE,
            **_TYPE,
            "rank": "place on the primary list of the program obtained, from 1; 0 = none",
            "applicants": "active people without a couple",
        },
    ),
    "list_lengths": SummaryTable(
        tallies.list_lengths,
        "Lengths of rank order lists by outcome; without couples, as in the publications.",
        {
            **_REPLICATE,
            "group": "all, an applicant type, or program",
            "status": "people: matched to PGY-1 or unmatched; programs: filled or unfilled",
            "lists": "number of lists",
            "mean_length": "mean number of ranks on the primary list",
            "median_length": "median number of ranks",
            "mean_ranks_per_position": "programs only: ranks for each position offered",
        },
    ),
    "couples": SummaryTable(
        tallies.couples,
        "Couples by the types of their members and by outcome.",
        {
            **_REPLICATE,
            "first_type": "applicant type of the one",
            "second_type": "applicant type of the other, the same or a later one",
            "couples": "couples who certified a list of pairs",
            "both": "of these, both matched to any position by the algorithm",
            "one": "one of the two matched",
            "neither": "neither matched",
            "mean_pairs": "mean number of pairs on the list",
            "mean_rank": "mean place on the list of the pair obtained, from 1, of those who obtained one",
        },
    ),
    "stability": SummaryTable(
        tallies.stability,
        "What the independent checker found of the match, and the work of the algorithm.",
        {
            **_REPLICATE,
            "feasible": "nobody over quota, everybody matched where both sides ranked",
            "stable": "feasible, and nobody blocks by the definition responsive",
            "stable_under": "the definitions of stability that the match meets, with blanks between",
            **{
                f"blocking_{d}": f"options of people and couples that block, by the definition {d}"
                for d in DEFINITIONS
            },
            "proposals": "proposals made",
            "restarts": "orders of couples tried after the first",
            "cycles": "cycles of proposals met",
        },
    ),
}
