"""The reversions of a season: where positions go that stay unfilled."""

from __future__ import annotations

import numpy as np

from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs, Reversions
from matchsim.season.words import TRACKS
from matchsim.streams import Streams

__all__ = ["reversions"]


def reversions(scenario: Scenario, streams: Streams, programs: Programs) -> Reversions:
    """Draw the programs that revert the positions they cannot fill, all of them where need be.

    Receivers are categorical programs of the same specialty at the same institution, the first where
    there are several. Categorical programs revert to nobody, so that nothing runs in a circle.
    """
    shares = scenario.reversions.model_dump()
    every = np.arange(len(programs), dtype=np.int32)
    agrees = (
        streams("reversions.agreed").uniform(every)
        < np.array([shares.get(t, 0.0) for t in TRACKS])[programs.track]
    )
    place = programs.institution.astype(np.int64) * len(programs.specialties) + programs.specialty
    known = programs.institution >= 0
    categorical = every[known & programs.is_track("C")]
    sites, first = np.unique(place[categorical], return_index=True)
    # One more site, which no program has, so that there is always something to point at.
    at = np.searchsorted(sites, place)
    receiver = np.append(categorical[first], -1)[at]
    found = np.append(sites, -1)[at] == place
    donor = every[agrees & known & found & (programs.quota > 0)]
    return Reversions(donor=donor, receiver=receiver[donor], positions=programs.quota[donor])
