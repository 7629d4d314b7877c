"""The part of a scenario about rank order lists: both sides' tastes, or the lists themselves."""

from __future__ import annotations

from matchsim.season.scenario.parts import Count, Name, Part, Real, Share, Weight, parameter

__all__ = ["ApplicantTaste", "ProgramTaste", "RankLists"]


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


class ProgramTaste(Part):
    """What programs rank by after the interview."""

    file: Weight = parameter(1.0, "weight of the screening score")
    interview: Weight = parameter(0.8, "what the interview adds", unit="SD")
    unranked: Share = parameter(0.05, "share of interviewed applicants left off the list, from the bottom")


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
    applicants: ApplicantTaste = ApplicantTaste()
    programs: ProgramTaste = ProgramTaste()
