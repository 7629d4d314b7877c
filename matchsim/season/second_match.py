"""A second Match in place of SOAP: the same applications and opinions, with lists in place of offers."""

from __future__ import annotations

import numpy as np

from matchsim.engine import Market, deferred_acceptance
from matchsim.season.ragged import offsets_of
from matchsim.season.ranked import sorted_segments
from matchsim.season.tables import Applications
from matchsim.tables import Bool, Float32, Int8, Int32, Int64

__all__ = ["second_match"]


def second_match(
    applied: Applications,
    kind: Int8,
    wish: Float32,
    ranked: tuple[Int64, Int64],
    seats: Int64,
    may_take: Bool,
) -> tuple[Int64, Int64]:
    """The applications that lead to a position, by two runs of applicant-proposing deferred acceptance.

    In the first, everybody ranks by wish all that they applied to and may take. In the second, whoever
    has a preliminary position ranks the advanced ones, and the other way round, for the positions left.

    Parameters
    ----------
    applied
        The applications of those who take part.
    kind : int8, shape (programs,)
        0 for a position that is a whole, 1 for a preliminary, 2 for an advanced one.
    wish : float32, shape (applications,)
        How much the applicant wishes for it; -inf = is not ranked.
    ranked
        Every program's list, best first: offsets of programs, and numbers of applications.
    seats, may_take
        Positions open of every program, and which kinds everybody may take; both are kept up to date.

    Returns
    -------
    first, second : int64
        The numbers of the applications, in the order of applicants, by run.
    """
    first = _run(applied, kind, wish, ranked, seats, may_take)
    return first, _run(applied, kind, wish, ranked, seats, may_take)


def _run(
    applied: Applications,
    kind: Int8,
    wish: Float32,
    ranked: tuple[Int64, Int64],
    seats: Int64,
    may_take: Bool,
) -> Int64:
    owner = applied.applicants()
    people = len(applied.applicant_offsets) - 1
    entries = np.flatnonzero((wish > -np.inf) & may_take[kind[applied.program], owner])
    offsets = offsets_of(owner[entries], people)
    entries = entries[sorted_segments(offsets, wish[entries])]
    program_offsets, listed = ranked
    # One application a pair, so that people stand on a list once.
    market = Market.from_arrays(
        offsets, applied.program[entries], program_offsets, owner[listed], seats.astype(np.int32)
    )
    matching = deferred_acceptance(market)
    placed = np.flatnonzero(matching.program_of >= 0)
    taken: Int64 = entries[offsets[placed] + matching.rank_of[placed]]
    _close(owner[taken], kind[applied.program[taken]], may_take)
    np.subtract.at(seats, applied.program[taken], 1)
    return taken


def _close(person: Int32, kind: Int8, may_take: Bool) -> None:
    """Close for everybody placed what their position closes: a whole one everything, others their own."""
    may_take[0, person] = False
    may_take[kind, person] = False
    may_take[1:, person[kind == 0]] = False
