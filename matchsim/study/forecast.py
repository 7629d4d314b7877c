"""How long seasons take and how much memory, told before those that take long."""

from __future__ import annotations

from matchsim.season.scenario import Scenario
from matchsim.study.memory import expected_applications, gigabytes, season_bytes

__all__ = ["forecast", "in_words"]

# Measured: 0.4 to 1.1 microseconds of processor time an application in seasons of 0.9 to 35 million, in which
# programs grow with people (benchmarks/README.md#scale), and 0.6 to 0.7 in those of 6 and 12 million to the
# programs of the nation.
SECONDS_AN_APPLICATION = 0.5e-6, 1.1e-6
# Shorter seasons need no announcement: the progress shown will do.
LONG = 60.0


def forecast(scenario: Scenario, jobs: int = 1) -> str:
    """What a season of a resolved scenario will take, in a sentence; empty where it is no more than a minute.

    Parameters
    ----------
    scenario
        The scenario. Where its people come from files, nothing is foretold.
    jobs
        Seasons that are simulated at once.
    """
    applications = expected_applications(scenario)
    least, most = (rate * applications for rate in SECONDS_AN_APPLICATION)
    if least < LONG:
        return ""
    who = f"{jobs} at once" if jobs > 1 else "it"
    memory = f"up to {gigabytes(jobs * season_bytes(scenario))} of memory"
    return (
        f"a season with about {applications / 1e6:,.0f} million applications takes some {in_words(least)} to "
        f"{in_words(most)}, and {who} {memory}, judged by smaller seasons on another machine"
    )


def in_words(seconds: float) -> str:
    """``99 s``, ``12 min``, ``2.5 h``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
