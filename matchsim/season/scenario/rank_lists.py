"""The part of a scenario about rank order lists: both sides' tastes, or the lists themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matchsim.season.scenario.parts import Count, Name, Part, Real, Share, Weight, parameter

__all__ = [
    "ApplicantTaste",
    "Misreporting",
    "MisreportingKinds",
    "ProgramTaste",
    "RankLists",
    "RankToMatch",
    "SecondLooks",
]


class MisreportingKinds(Part):
    """How many of those who misreport do what, in proportion."""

    by_chance: Weight = parameter(1.0, "ranks by perceived chances alone, not by taste")
    safe_first: Weight = parameter(1.0, "puts the program with the best perceived chance first")
    truncation: Weight = parameter(1.0, "leaves off the lower half of the list")


class Misreporting(Part):
    """People who match alone and rank otherwise than they wish, which never helps them."""

    share: Share = parameter(
        0.0,
        "share of people who misreport",
        source="off; 23% of 1,714 students did in an incentivised task (Rees-Jones and Skowronek, PNAS 2018)",
    )
    kinds: MisreportingKinds = MisreportingKinds()


class ApplicantTaste(Part):
    """What applicants like about a program."""

    prestige: Weight = parameter(0.6, "weight of prestige", unit="per SD")
    home: Real = parameter(0.5, "bonus for the home division", unit="SD")
    fit: Weight = parameter(0.6, "personal taste known before the interview", unit="SD")
    interview: Weight = parameter(0.5, "what the interview adds to personal taste", unit="SD")
    preferred: Real = parameter(2.0, "bonus of the preferred specialty over the backup", unit="SD")
    supplemental: Share = parameter(
        1.0, "share of those ranking advanced programs who add supplemental lists, one for each of them"
    )
    first_year_division: Real = parameter(
        0.5, "bonus of a preliminary program in the division of the advanced one", unit="SD"
    )
    first_year_institution: Real = parameter(
        0.5, "further bonus of a preliminary program at the institution of the advanced one", unit="SD"
    )
    first_year: dict[Name, Real] = parameter(
        {},
        "how much more people wish for preliminary programs of a specialty than for other such programs",
        unit="SD",
    )
    without_interview: Annotated[float, Field(ge=1.0, le=1000.0)] = parameter(
        5.0,
        "mean number of programs on the lists of people alone who were interviewed nowhere",
        source="by hand, so that lists of unmatched people are about as long as in 2025: 4.04 (NRMP, Impact "
        "of Length of Rank Order List)",
        unit="programs",
    )
    misreporting: Misreporting = Misreporting()


class RankToMatch(Part):
    """Programs that move up people who say that they will rank them first."""

    share: Share = parameter(0.0, "share of programs that do so")
    told: Share = parameter(1.0, "share of people who tell the program they wish for most")
    bonus: Real = parameter(1.0, "how much those who told it are moved up", unit="SD")


class SecondLooks(Part):
    """Visits after the interviews, to the programs most wished for."""

    visits: Count = parameter(2, "programs that everybody visits again", unit="programs")
    applicants: Weight = parameter(0.3, "what a visit adds to the applicant's taste", unit="SD")
    programs: Weight = parameter(0.3, "what a visit adds to the program's impression", unit="SD")


class ProgramTaste(Part):
    """What programs rank by after the interview."""

    file: Weight = parameter(1.0, "weight of the screening score")
    interview: Weight = parameter(0.8, "what the interview adds", unit="SD")
    mock_interview: Weight = parameter(
        0.05, "what a mock interview adds to the impression made", unit="SD per mock interview"
    )
    unranked: Share = parameter(0.05, "share of interviewed applicants left off the list, from the bottom")
    unranked_slope: Annotated[float, Field(ge=0.0, le=1.0)] = parameter(
        1.0, "how much that share grows from the least to the most competitive specialty"
    )
    rank_to_match: RankToMatch = RankToMatch()


class RankLists(Part):
    """The rank order lists of both sides."""

    folder: str | None = parameter(None, "read both sides' lists from this market folder instead")
    applicant_lists: dict[Name, list[Name]] | None = parameter(
        None, "lists written out here: programs by applicant, best first"
    )
    program_lists: dict[Name, list[Name]] | None = parameter(
        None, "lists written out here: applicants by program, best first"
    )
    quotas: dict[Name, Count] | None = parameter(None, "positions by program, for lists written out here")
    most: Annotated[int, Field(ge=1, le=300)] | None = parameter(
        None,
        "most programs that a person may rank, each member of a couple alike; null = as many as there are",
        basis="published",
        source="NRMP: at most 300 ranks on any list, which nobody here reaches",
        unit="programs",
    )
    applicants: ApplicantTaste = ApplicantTaste()
    programs: ProgramTaste = ProgramTaste()
    second_looks: SecondLooks = SecondLooks()
    early_lock: Share = parameter(
        0.0,
        "share of programs that lock their list before second looks, which then count for applicants alone",
        source="the NRMP offers a voluntary lock of program lists to three specialties from 2026 on",
    )
