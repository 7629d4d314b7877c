"""Who applies where: how many applications, to which programs, with which signals."""

from __future__ import annotations

import numpy as np

from matchsim.season import _kernels
from matchsim.season.fees import Wanted, affordable, fees
from matchsim.season.ragged import offsets_of_counts, owners_of
from matchsim.season.requirements import KNOWN_TO_ALL, asked, had
from matchsim.season.scenario.model import ByType, Scenario
from matchsim.season.standing import attitudes, files, standings, wishes
from matchsim.season.tables import Applicants, Applications, Pathway, Programs
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Float64, Int8, Int32, Int64

__all__ = ["applications", "falls_back", "sent", "signals", "wanted"]

# Draws held at once while choosing programs; a chunk of about 1 MB stays in a processor's cache.
DRAWS_AT_ONCE = 250_000

# A signal to a program one SD above the applicant's standing is wished for this much less (assumed).
ABOVE = -1.0
# Signals to programs at home come before all others where they are to.
AT_HOME = 100.0


def applications(
    scenario: Scenario, streams: Streams, applicants: Applicants, road: Pathway, programs: Programs
) -> Applications:
    """Draw the applications of a season.

    Every applicant has a number of applications to send, parted over the preferred specialty, the
    backup one and preliminary programs. Within each pool programs far above (reach), near (target) and
    below (safety) the applicant's standing, at home or not, are applied to independently with chances
    that make the expected number right; so more applications are the same ones and some more. Programs
    that cannot sponsor a needed visa, or reserve their positions for physicians, are left out, and by those
    who are informed also programs whose other requirements they do not meet. Nobody spends more than their
    budget.
    """
    number = wanted(scenario, streams, applicants, road, programs)
    return sent(scenario, streams, applicants, road, programs, number)


def sent(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    number: Wanted,
) -> Applications:
    """The applications of people whose numbers of applications in every pool are known.

    Parameters
    ----------
    number
        Pairs of arrays, shape (applicants,): a pool (-1 = none) and how many applications are expected there.
    """
    pool_offsets, members = programs.pools()
    standing = files(scenario, applicants)
    has, asks = had(applicants, road), asked(programs)
    everyone = np.arange(len(applicants), dtype=np.int32)
    informed = streams("applications.informed").uniform(everyone) < scenario.applications.informed
    parts = [
        _chosen_in_pool(
            scenario,
            streams,
            applicants,
            programs,
            standing,
            (has, informed, asks),
            members[first:last],
            first,
            people,
            expected,
        )
        for pool, people, expected in _by_pool(number, len(pool_offsets) - 1)
        for first, last in [(int(pool_offsets[pool]), int(pool_offsets[pool + 1]))]
        if last > first
    ]
    offsets, program = _merged(len(applicants), parts)
    owner = owners_of(offsets)
    fit = streams("applications.fit").pair_normal(owner, program)
    signal = signals(scenario, applicants, programs, offsets, program, fit)
    return Applications(
        applicant_offsets=offsets,
        program=program,
        fit=fit,
        signal=signal,
        fees=fees(scenario, programs, offsets, program),
    )


def wanted(
    scenario: Scenario, streams: Streams, applicants: Applicants, road: Pathway, programs: Programs
) -> Wanted:
    """Pool and expected number of applications of everybody: preferred, backup, preliminary; pool -1 = none.

    What the preferred pool is too small for goes to the backup. Nobody sends more than their budget pays
    for, and who is stopped before the applications sends none.
    """
    given, pool_sizes = scenario.applications, np.diff(programs.pools()[0])
    assert isinstance(given.per_applicant, ByType)
    everyone = np.arange(len(applicants), dtype=np.int32)
    mean = np.array([getattr(given.per_applicant, t) for t in APPLICANT_TYPES])[applicants.applicant_type]
    z = streams("applications.number").normal(everyone).astype(np.float64)
    number = np.where(road.applies, mean * np.exp(given.spread * z - given.spread**2 / 2), 0.0)

    if given.cap is not None:
        number = np.minimum(number, given.cap)
    seeks = _seeks_preliminary(scenario, streams, applicants, programs)

    def parted(some: Int32, number: Float64) -> Wanted:
        return _parted(scenario, applicants, pool_sizes, seeks, some, number)

    if given.within_budget:
        number = affordable(scenario, programs.specialties, applicants.budget, number, parted)
    return parted(everyone, number)


def _parted(
    scenario: Scenario, applicants: Applicants, pool_sizes: Int64, seeks: Bool, some: Int32, number: Float64
) -> Wanted:
    """How the applications of some people are parted over pools; no part falls when the number rises."""
    given = scenario.applications
    last = len(applicants.specialties)
    preferred, backup = applicants.preferred[some], applicants.backup[some]
    only = (preferred >= 0) & (np.append(pool_sizes[:last], 0)[preferred] == 0)
    fallback = np.where(seeks[some], np.minimum(given.preliminary, 0.5 * number), 0.0)
    preliminary = np.where(only, number, fallback)
    rest = np.where(only, 0.0, number - preliminary)
    room = np.append(pool_sizes[:last], 0).astype(np.float64)
    first = np.where(backup >= 0, (1 - given.backup_part) * rest, rest)
    first = np.minimum(first, room[preferred])
    second = np.where(backup >= 0, rest - first, 0.0)
    return (
        (preferred.astype(np.int32), first),
        (backup.astype(np.int32), second),
        (np.where(preliminary > 0, last, -1).astype(np.int32), preliminary),
    )


def _seeks_preliminary(
    scenario: Scenario, streams: Streams, applicants: Applicants, programs: Programs
) -> Bool:
    """Who applies to preliminary programs: for an advanced position, or to fall back on."""
    specialties = len(applicants.specialties)
    advanced = np.bincount(programs.specialty[programs.is_track("A")], minlength=specialties) > 0
    surgical = np.bincount(programs.specialty[programs.is_track("P")], minlength=specialties) > 0
    everyone = np.arange(len(applicants), dtype=np.int32)
    draw = streams("applications.preliminary_fallback").uniform(everyone)
    known = applicants.preferred >= 0
    seeks: Bool = known & np.append(advanced, False)[applicants.preferred]
    seeks |= known & np.append(surgical, False)[applicants.preferred] & falls_back(scenario, applicants, draw)
    return seeks


def falls_back(scenario: Scenario, applicants: Applicants, draw: Float64) -> Bool:
    """Who falls back on a preliminary year, if the specialty has such a thing; bool, shape (applicants,).

    The weaker people stand, the more of them do.

    Parameters
    ----------
    draw
        One number of [0, 1) a person, shape (applicants,).
    """
    given = scenario.applications
    weaker = np.exp(-given.preliminary_fallback_slope * standings(scenario, applicants))
    return draw < given.preliminary_fallback * weaker


def _by_pool(wanted: Wanted, pools: int) -> list[tuple[int, Int32, Float64]]:
    """(pool, people, expected numbers) for every pool that somebody applies in; people in order."""
    parts = []
    for pool in range(pools):
        number = np.zeros(len(wanted[0][0]))
        for pool_of, amount in wanted:
            number += np.where(pool_of == pool, amount, 0.0)
        people = np.flatnonzero(number > 0).astype(np.int32)
        if len(people):
            parts.append((pool, people, number[people]))
    return parts


def _chosen_in_pool(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    file_standing: Float64,
    requirements: tuple[Float32, Bool, Float32],
    members: Int32,
    first_draw: int,
    people: Int32,
    number: Float64,
) -> tuple[Int32, Int32, Int32]:
    """Applications in one pool: people, how many each, and the programs one after the other."""
    given = scenario.applications
    bands = given.bands
    has, informed, asks = requirements
    stream = streams("applications.choice")
    level = attitudes(scenario, programs)[:, members].mean(axis=1)
    standing = file_standing[people] + level[applicants.applicant_type[people]]
    pool_columns = (
        programs.prestige[members],
        programs.division[members],
        np.ascontiguousarray(asks[members].T),
        members,
        (bands.width, bands.reach, bands.target, bands.safety, given.home_weight),
    )
    counts = np.zeros(len(people), dtype=np.int32)
    pieces = []
    step = max(1, DRAWS_AT_ONCE // len(members))
    for start in range(0, len(people), step):
        block = slice(start, start + step)
        some = people[block]
        words = stream.words(some, first_draw, len(members))
        chosen = np.empty(len(some) * len(members), dtype=np.int32)
        written = _kernels.choose_programs(
            words,
            number[block],
            standing[block],
            applicants.division[some],
            has[some],
            np.where(informed[some], asks.shape[1], KNOWN_TO_ALL),
            KNOWN_TO_ALL,
            *pool_columns,
            (counts[block], chosen),
        )
        pieces.append(chosen[:written].copy())
    return people, counts, np.concatenate(pieces)


def _merged(people: int, parts: list[tuple[Int32, Int32, Int32]]) -> tuple[Int64, Int32]:
    """The pools' applications, applicant by applicant."""
    counts = np.zeros(people, dtype=np.int64)
    for agents, number, _ in parts:
        counts[agents] += number
    offsets = offsets_of_counts(counts)
    program = np.empty(int(offsets[-1]), dtype=np.int32)
    cursor = offsets[:-1].copy()
    for agents, number, chosen in parts:
        _kernels.scatter_segments(agents, number, chosen, cursor, program)
    return offsets, program


def signals(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    offsets: Int64,
    program: Int32,
    fit: Float32,
) -> Int8:
    """Signals go to the applications that the scenario's strategy puts first, in every specialty."""
    budgets = scenario.applications.signals
    assert isinstance(budgets, dict)
    signal = np.zeros(len(program), dtype=np.int8)
    pools = len(programs.specialties) + 1
    gold, silver = np.zeros(pools, dtype=np.int64), np.zeros(pools, dtype=np.int64)
    for name, budget in budgets.items():
        pool = programs.specialties.index(name) if name in programs.specialties else -1
        transitional = pool >= 0 and not np.any((programs.specialty == pool) & ~programs.is_track("P"))
        gold[-1 if transitional else pool] += budget.gold if pool >= 0 else 0
        silver[-1 if transitional else pool] += budget.silver if pool >= 0 else 0
    if not gold.any() and not silver.any():
        return signal
    strategy, standing = scenario.applications.signal_strategy, files(scenario, applicants)
    above = 0.0 if strategy == "wish" else ABOVE
    worth = wishes(scenario, applicants, programs, offsets, program, fit, standing, above=above)
    if strategy == "home":
        home = applicants.division[owners_of(offsets)]
        worth += np.float32(AT_HOME) * ((home >= 0) & (home == programs.division[program]))
    elif strategy == "chance":
        worth = -programs.prestige[program]
    _kernels.send_signals(offsets, programs.pool_of(), program, worth, gold, silver, signal)
    return signal
