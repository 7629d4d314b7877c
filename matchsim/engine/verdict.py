"""Judging matches that anybody wrote down: do they belong to the market, and are they stable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchsim.engine.blocks import Blocks, blocks_of
from matchsim.engine.final_quotas import parity_faults, quota_faults
from matchsim.engine.market import Market
from matchsim.engine.matches_table import read_final_quotas, read_matches, remarks_on_rows
from matchsim.engine.matching import Matching
from matchsim.engine.stability import irrationalities
from matchsim.engine.stability_linked import DEFINITIONS, Definition
from matchsim.sheets import read_sheet
from matchsim.tables import Int32

__all__ = ["Verdict", "judge"]

NOTHING = Blocks((), (), ())


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is wrong with a matching.

    Parameters
    ----------
    applicants, matched
        How many applicants there are, and how many of them have a program.
    problems
        Why it is no matching of the market: names unknown, applicants with two rows, programs over
        quota, people at programs that did not rank them, couples with pairs that they did not rank, quotas
        that the reversions do not give. Stability is then not judged.
    definition
        The definition of stability that it is judged by.
    blocking
        By definition, how many options of units block; empty when there are problems.
    blocks
        All that blocks it under `definition`.
    remarks
        What the owner of the file should be told.
    """

    applicants: int
    matched: int
    problems: tuple[str, ...]
    definition: Definition
    blocking: dict[str, int]
    blocks: Blocks
    remarks: tuple[str, ...]

    @property
    def stable(self) -> bool:
        """Whether it is a matching of the market that nothing blocks."""
        return self.definition in self.stable_under

    @property
    def stable_under(self) -> tuple[str, ...]:
        """The definitions of stability that it meets."""
        return tuple(name for name, count in self.blocking.items() if not count)


def judge(market: Market, path: str | Path, definition: Definition = "responsive") -> Verdict:
    """Judge the matches in a file, independently of any solver.

    Parameters
    ----------
    market
        The market; where ``programs.csv`` beside the matches has a column ``final_quota``, that counts.
    path
        A table with the columns ``applicant, program``, written by anybody; ``list`` says which position is
        from which list.
    definition
        The definition of stability; see :func:`~matchsim.engine.stability_linked.blocking_units`.

    Raises
    ------
    InputError
        When a file cannot be read.
    """
    path = Path(path)
    programs = path.with_name("programs.csv")
    final_quota = read_final_quotas(market, programs)
    sheet = read_sheet(path)
    read = read_matches(sheet, market)
    matching = Matching.from_programs(market, read.program_of, read.second_of, final_quota)
    problems = [*map(str, read.problems), *irrationalities(market, matching), *parity_faults(matching)]
    if final_quota is not None:
        problems += quota_faults(matching)
    blocking, blocks = ({}, NOTHING) if problems else _blocking(matching, definition)
    remarks = (
        *sheet.remarks,
        *_remarks_on_quotas(market, programs, final_quota),
        *remarks_on_rows(sheet, matching, read.supplemental),
    )
    return Verdict(len(market), matching.matched, tuple(problems), definition, blocking, blocks, remarks)


def _blocking(matching: Matching, definition: Definition) -> tuple[dict[str, int], Blocks]:
    market = matching.market
    blocks = blocks_of(matching, definition)
    if market.links is not None:
        return matching.blocking, blocks
    # Without couples and supplemental lists the definitions say the same.
    return dict.fromkeys(DEFINITIONS, len(blocks.pairs)), blocks


def _remarks_on_quotas(market: Market, programs: Path, final_quota: Int32 | None) -> tuple[str, ...]:
    if final_quota is None:
        if market.reversions is None:
            return ()
        told = "there are no final quotas beside the matches; judged at the quotas before any reversion"
        return (f"{programs}: {told}",)
    changed = int(np.count_nonzero(final_quota != market.quota))
    if not changed:
        return ()
    plural = "programs have" if changed > 1 else "program has"
    return (f"{programs}: judged at its final quotas; {changed:,} {plural} another quota in the market",)
