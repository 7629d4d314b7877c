"""The couples of a season: who wants to match together with whom."""

from __future__ import annotations

import numpy as np

from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import files, standings
from matchsim.season.tables import Applicants, Couples, Pathway
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Streams
from matchsim.tables import Float64, Int32

__all__ = ["couples"]


def couples(scenario: Scenario, streams: Streams, applicants: Applicants, road: Pathway) -> Couples:
    """Draw the members of couples and pair them.

    The numbers of members are exact by type. They are lined up home by home, type by type, and by their
    standing with noise, but for those who care for neither home nor type; then neighbours are pairs. So
    partners mostly have ties to one division, are of one type, and are alike in the strength of their files.
    """
    given = scenario.couples
    members = _members(scenario, streams, applicants, road)
    at_home = streams("couples.same_home").uniform(members) < given.same_home
    home = np.where(at_home, applicants.division[members], -1)
    own_kind = streams("couples.same_type").uniform(members) < given.same_type
    kind = np.where(own_kind, applicants.applicant_type[members], -1)
    order = np.lexsort((_standing(scenario, streams, applicants, members), kind, home))
    pairs = np.sort(members[order].reshape(-1, 2), axis=1)
    pairs = pairs[np.argsort(pairs[:, 0])]
    return Couples(first=pairs[:, 0], second=pairs[:, 1])


def _members(scenario: Scenario, streams: Streams, applicants: Applicants, road: Pathway) -> Int32:
    """The stated number of every type among those who have not withdrawn, if there are so many, in order.

    Strong files are likelier: weights rise exponentially with the file, which lifts the mean of a normal
    distribution by as many SD as the exponent has (sampling as in Efraimidis and Spirakis, Information
    Processing Letters 97, 2006, 181-185).
    """
    worth = files(scenario, applicants)
    draw = streams("couples.members").uniform(np.arange(len(applicants), dtype=np.int32))
    chosen = []
    for kind, count in scenario.couples.counts().items():
        of_type = applicants.applicant_type == APPLICANT_TYPES.index(kind)
        free = np.flatnonzero(of_type & ~road.withdrawn)
        clock = np.log(-np.log(draw[free])) - scenario.couples.strength * _standardised(worth[free])
        chosen.append(free[np.argsort(clock, kind="stable")[:count]])
    members = np.concatenate(chosen)
    # Fewer than stated may be left where how many are withdrawn is an outcome; then somebody is alone.
    return np.sort(members[: len(members) // 2 * 2]).astype(np.int32)


def _standing(scenario: Scenario, streams: Streams, applicants: Applicants, members: Int32) -> Float64:
    """How an average program sees the members, in SD of all of them, and noise."""
    seen = standings(scenario, applicants)[members]
    rho = scenario.couples.likeness
    noise = streams("couples.likeness").normal(members).astype(np.float64)
    standing: Float64 = rho * _standardised(seen) + np.sqrt(1 - rho**2) * noise
    return standing


def _standardised(values: Float64) -> Float64:
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread else np.zeros(len(values))
