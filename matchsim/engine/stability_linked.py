"""The checker for couples and supplemental lists. Like all checkers it reads only market and matching."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from matchsim.engine.linked import NO_COUPLES, NO_SUPPLEMENTALS
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, checked_programs
from matchsim.errors import check_choice
from matchsim.tables import Int8, Int32, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DEFINITIONS", "BlockingUnits", "Definition", "blocking_units"]

Definition = Literal["responsive", "kpr", "mm"]
DEFINITIONS: tuple[Definition, ...] = ("responsive", "kpr", "mm")
KINDS = ("single", "couple", "supplemental")
NOTHING = np.empty(0, np.int32)


@dataclass(frozen=True, eq=False, repr=False)
class BlockingUnits(Table):
    """Units and options that block a matching: singles, couples, supplemental lists, in this order.

    One row for every entry of a list that its owner would rather have and could get; ``units`` counts the
    owners.
    """

    rows = "option"

    market: Market
    kind: Int8 = column(np.int8, "option", "who blocks", labels=KINDS)
    applicant: Int32 = column(np.int32, "option", "the applicant, or the first member of the couple")
    partner: Int32 = column(np.int32, "option", "the second member of the couple, -1 = no couple")
    program: Int32 = column(np.int32, "option", "the applicant's program, -1 = No Match")
    partner_program: Int32 = column(np.int32, "option", "the partner's program, -1 = No Match or no couple")
    place: Int32 = column(np.int32, "option", "place of the option on the list of the unit, from 0")
    advanced: Int32 = column(
        np.int32, "option", "the program that the supplemental list hangs on, -1 = not such a list"
    )

    @property
    def units(self) -> int:
        """How many different units block."""
        keys = np.stack([self.kind, self.applicant, self.advanced]) if len(self) else np.empty((3, 0))
        return int(np.unique(keys, axis=1).shape[1])

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], tuple[str | None, ...]]]:
        """The applicants of each unit and the programs of its option, by name, None = No Match."""
        people, programs = self.market.applicant_labels, self.market.program_labels
        columns = (self.applicant, self.partner, self.program, self.partner_program)
        for a, b, p, q in zip(*(values.tolist() for values in columns), strict=True):
            wanted = tuple(programs[i] if i >= 0 else None for i in ((p,) if b < 0 else (p, q)))
            yield ((people[a],) if b < 0 else (people[a], people[b])), wanted

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """One row an option, with names (missing where there is none), or indices with ``labels=False``."""
        frame = super().to_pandas(labels=labels)
        if labels:
            names = {"applicant": self.market.applicant_labels, "partner": self.market.applicant_labels}
            for name in ("applicant", "partner", "program", "partner_program", "advanced"):
                known = names.get(name, self.market.program_labels)
                frame[name] = [known[i] if i >= 0 else None for i in getattr(self, name).tolist()]
        return frame

    def __repr__(self) -> str:
        if not len(self):
            return "<BlockingUnits: none>"
        told = [
            f"{' and '.join(people)} with {' and '.join(p or 'No Match' for p in programs)}"
            for _, (people, programs) in zip(range(3), self, strict=False)
        ]
        more = ", ..." if len(self) > len(told) else ""
        return f"<BlockingUnits: {len(self):,}: {', '.join(told)}{more}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"


def blocking_units(
    market: Market, matching: Matching | npt.ArrayLike, definition: Definition = "responsive"
) -> BlockingUnits:
    """The units that block a matching: those who would rather have another option, and could get it.

    Units are single applicants, couples, and the supplemental lists of advanced programs that are held.
    An option is an entry of the unit's list. It must be better than what the unit has, every program in
    it must rank the applicant who would come, and all of these programs must take them. For singles the
    definitions agree: the program has a free position, or holds somebody whom it likes less. For couples:

    ``"responsive"``
        Positions that the unit would give up count as free; then every program takes its best people, and
        those who come must be among them, both if both come.
    ``"kpr"``
        The same without credit for what the unit would give up: programs choose from everybody they hold
        now and those who come.
    ``"mm"``
        As ``"kpr"``, but two who come to one program only need to displace one person each, whoever these
        are, and one whose partner is there already needs to displace anybody but the partner.

    In an individually rational matching, what blocks under ``"kpr"`` blocks under both others; between
    these two neither implies the other.

    Parameters
    ----------
    market
        The market.
    matching
        A matching of it, judged at its final quotas, or an integer array with the program of every
        applicant (-1 = unmatched), judged at the quotas of the market and without supplemental positions.
        What was matched by other lists is judged by these when its ``program_of`` is given.
    definition
        Which of the three.

    Returns
    -------
    BlockingUnits
        Empty exactly when nothing blocks.

    Raises
    ------
    InputError
        When the definition has another name.
    MarketError
        When the matching does not fit the market.

    Notes
    -----
    That programs choose by their lists, one applicant at a time, is Roth, Journal of Economic Theory 36
    (1985), 277-288. The definitions differ in whom a program chooses from.

    ``responsive``: Sun, Yokoyama and Yokoo, "Probabilistic analysis of stable matching in large markets
    with siblings", arXiv 2501.13043 (2025): from those held without the family that moves, and those who
    come. Read in the authors' program (github.com/tomonatu8/ExtendedSDA, ``check_acceptance.py``).
    ``kpr``: Kojima, Pathak and Roth, Quarterly Journal of Economics 128 (2013), 1585-1632, section II, from
    memory. Read in the same program as the rule of Ashlagi, Braverman and Hassidim, Operations Research 62
    (2014), 713-732, under which it also runs the algorithm of Kojima, Pathak and Roth.
    ``mm``: Biró, Manlove and McBride, "The hospitals/residents problem with couples: complexity and integer
    programming models", SEA 2014, 10-21, after McDermid and Manlove, Journal of Combinatorial Optimization
    19 (2010), 279-303, both from memory. Read in Trimble's model (github.com/jamestrimble/hrc-minizinc,
    types 1 to 3bcd of ``hrc.mzn``) for Manlove, McBride and Trimble, Constraints 22 (2017), 50-72.

    No Match and supplemental lists are in none of these: here No Match asks nobody, and a supplemental
    list is treated like a single.
    """
    check_choice("definition", definition, DEFINITIONS)
    if isinstance(matching, Matching):
        program_of, second_of = checked_programs(market, matching), matching.second_of
        quota = matching.final_quota
    else:
        program_of = checked_programs(market, matching)
        second_of, quota = np.full(len(market), -1, np.int32), market.quota
    return _found(market, program_of, second_of, quota, DEFINITIONS.index(definition))


Found = tuple[Int32, Int32]
NONE: Found = (NOTHING, NOTHING)


def _found(
    market: Market, program_of: Int32, second_of: Int32, quota: Int32, definition: int
) -> BlockingUnits:
    from matchsim.engine import _kernels

    held = program_of, second_of, _roster(market, program_of, second_of, quota)
    lists = market.applicant_offsets, market.applicant_programs, market.program_rank
    singles = _search(_kernels.blocking_singles, *lists, *held, definition)
    links, couples, extra = (
        market.links,
        market.couples or NO_COUPLES,
        market.supplementals or NO_SUPPLEMENTALS,
    )
    by_couples = by_lists = NONE
    if links is not None and len(couples):
        members = couples.first, couples.second, couples.offsets
        pairs = couples.first_program, couples.second_program, links.first_rank, links.second_rank
        by_couples = _search(_kernels.blocking_couples, *members, *pairs, *held, definition)
    if links is not None and len(extra):
        owners = extra.applicant, extra.advanced, extra.offsets
        by_lists = _search(
            _kernels.blocking_supplementals, *owners, extra.programs, links.supplemental_rank, *held
        )
    return _table(market, singles, by_couples, by_lists)


def _roster(market: Market, program_of: Int32, second_of: Int32, quota: Int32) -> Any:
    from matchsim.engine import _kernels

    people, programs = len(market), market.size("program")
    held = np.count_nonzero(program_of >= 0) + np.count_nonzero(second_of >= 0)
    sizes = held, programs, people, people
    ranks, worst, own_rank, second_rank = (np.empty(size, np.int32) for size in sizes)
    roster = _kernels.Roster(np.empty(programs + 1, np.int64), ranks, quota, worst, own_rank, second_rank)
    _kernels.call_roll(market.program_offsets, market.program_applicants, program_of, second_of, roster)
    return roster


def _search(kernel: Any, *given: Any) -> Found:
    """The numbers of the units and the entries of the lists that a kernel finds."""
    count = kernel(*given, NOTHING, NOTHING)
    if not count:
        return NONE
    found = np.empty(count, np.int32), np.empty(count, np.int32)
    kernel(*given, *found)
    return found


def _table(market: Market, singles: Found, by_couples: Found, by_lists: Found) -> BlockingUnits:
    couples, extra = market.couples or NO_COUPLES, market.supplementals or NO_SUPPLEMENTALS
    (a, own), (c, pairs), (s, entries) = singles, by_couples, by_lists

    def joined(*parts: npt.ArrayLike) -> Int32:
        return np.concatenate([np.asarray(part, np.int32) for part in parts])

    def nobody(found: Found) -> Int32:
        return np.full(len(found[0]), -1, np.int32)

    return BlockingUnits(
        market,
        np.repeat(np.arange(len(KINDS), dtype=np.int8), [len(a), len(c), len(s)]),
        joined(a, couples.first[c], extra.applicant[s]),
        joined(nobody(singles), couples.second[c], nobody(by_lists)),
        joined(market.applicant_programs[own], couples.first_program[pairs], extra.programs[entries]),
        joined(nobody(singles), couples.second_program[pairs], nobody(by_lists)),
        joined(own - market.applicant_offsets[a], pairs - couples.offsets[c], entries - extra.offsets[s]),
        joined(nobody(singles), nobody(by_couples), extra.advanced[s]),
    )
