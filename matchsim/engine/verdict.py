"""Judging matches that anybody wrote down: do they belong to the market, and are they stable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchsim.engine.folder_writing import applicant_rank_numbers, program_rank_numbers
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, survey
from matchsim.engine.stability import blocking_pairs, irrationalities
from matchsim.errors import InputError, MarketError, Problem, did_you_mean, shown
from matchsim.sheets import Sheet, read_sheet, shortened
from matchsim.tables import Int32

__all__ = ["BlockingPair", "Verdict", "at_final_quotas", "judge", "read_matches"]

# Looking for a similar name among 47,000 takes a third of a second.
SUGGESTED = 5


@dataclass(frozen=True)
class BlockingPair:
    """An applicant and a program that would rather have each other.

    Parameters
    ----------
    applicant, program
        Their names.
    applicant_rank, program_rank
        The ranks that they gave each other, as submitted.
    applicant_has, applicant_has_rank
        The program that the matching gives the applicant, and its rank; None for none.
    displaces, displaces_rank
        Whom the program holds and likes least, with its rank; None when it has a free position.
    """

    applicant: str
    program: str
    applicant_rank: int
    program_rank: int
    applicant_has: str | None
    applicant_has_rank: int | None
    displaces: str | None
    displaces_rank: int | None

    def __str__(self) -> str:
        has = "is unmatched"
        if self.applicant_has is not None:
            has = f"has {self.applicant_has} (rank {self.applicant_has_rank})"
        holds = "has a free position"
        if self.displaces is not None:
            holds = f"holds {self.displaces} (rank {self.displaces_rank})"
        return (
            f"{self.applicant} and {self.program}: {self.applicant} ranks it {self.applicant_rank} and {has};"
            f" {self.program} ranks {self.applicant} {self.program_rank} and {holds}"
        )


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is wrong with a matching.

    Parameters
    ----------
    applicants, matched
        How many applicants there are, and how many of them have a program.
    problems
        Why it is no matching of the market: names unknown, applicants with two rows, programs over
        quota, people at programs that did not rank them. Stability is then not judged.
    pairs
        The pairs that block it.
    remarks
        What the owner of the file should be told.
    """

    applicants: int
    matched: int
    problems: tuple[str, ...]
    pairs: tuple[BlockingPair, ...]
    remarks: tuple[str, ...]

    @property
    def stable(self) -> bool:
        """Whether it is a matching of the market that nothing blocks."""
        return not self.problems and not self.pairs


def judge(market: Market, path: str | Path) -> Verdict:
    """Judge the matches in a file, independently of any solver.

    Parameters
    ----------
    market
        The market; where ``programs.csv`` beside the matches has a column ``final_quota``, that counts.
    path
        A table with the columns ``applicant, program``, written by anybody.

    Raises
    ------
    InputError
        When a file cannot be read, or needs what this version cannot judge.
    """
    path = Path(path)
    market, remarks = at_final_quotas(market, path.with_name("programs.csv"))
    sheet = read_sheet(path)
    program_of, problems = read_matches(sheet, market)
    told = [*map(str, problems), *irrationalities(market, program_of)]
    matching = Matching.from_programs(market, program_of)
    pairs = () if told else _described(matching)
    remarks = (*sheet.remarks, *remarks, *_remarks_on_rows(sheet, matching))
    return Verdict(len(market), matching.matched, tuple(told), pairs, remarks)


def at_final_quotas(market: Market, path: Path) -> tuple[Market, tuple[str, ...]]:
    """The market with the ``final_quota`` of a result's programs, and a remark when that changes it.

    Raises
    ------
    InputError
        When the file is there but cannot be read, or names programs that the market does not have.
    """
    if not path.is_file():
        return market, ()
    sheet = read_sheet(path)
    if not sheet.named("final_quota"):
        return market, ()
    problems: list[Problem] = []
    finals = sheet.integers("final_quota", problems, at_least=0)
    index = {name: i for i, name in enumerate(market.program_labels)}
    quota = market.quota.copy()
    for row, (name, final) in enumerate(zip(sheet.column("program"), finals, strict=True)):
        if name not in index:
            problems.append(Problem(f"unknown program {shown(name)}", sheet.place(row, "program")))
        elif final is not None:
            quota[index[name]] = final
    if problems:
        raise MarketError(shortened(problems))
    changed = int(np.count_nonzero(quota != market.quota))
    if not changed:
        return market, ()
    plural = "programs have" if changed > 1 else "program has"
    remark = f"{path}: judged at its final quotas; {changed:,} {plural} another quota in the market"
    return market.replace(quota=quota), (remark,)


def read_matches(sheet: Sheet, market: Market) -> tuple[Int32, list[Problem]]:
    """The program of every applicant, -1 = none, and the rows that are about nobody or nothing known.

    Raises
    ------
    InputError
        When columns are missing, or positions come from lists other than the primary ones.
    """
    sheet.require("applicant", "program")
    _refuse_other_lists(sheet)
    applicants = {name: i for i, name in enumerate(market.applicant_labels)}
    programs = {name: i for i, name in enumerate(market.program_labels)}
    program_of = np.full(len(market), -1, np.int32)
    first: dict[str, int] = {}
    problems: list[Problem] = []

    def unknown(kind: str, name: str, known: dict[str, int], row: int) -> None:
        near = did_you_mean(name, known) if len(problems) < SUGGESTED else ""
        problems.append(Problem(f"unknown {kind} {shown(name)}", sheet.place(row, kind), remedy=near))

    for row, (name, program) in enumerate(
        zip(sheet.column("applicant"), sheet.column("program"), strict=True)
    ):
        if name not in applicants:
            unknown("applicant", name, applicants, row)
        elif first.setdefault(name, row) != row:
            told = (
                f"applicant {shown(name)} has a second row, the first is in line {sheet.lines[first[name]]}"
            )
            problems.append(Problem(told, sheet.place(row, "applicant")))
        elif program and program not in programs:
            unknown("program", program, programs, row)
        elif program:
            program_of[applicants[name]] = programs[program]
    return program_of, problems


def _refuse_other_lists(sheet: Sheet) -> None:
    if not sheet.named("list"):
        return
    problems = [
        Problem(
            f"list must be 'primary' or empty, got {shown(text)}",
            sheet.place(row, "list"),
            remedy="couples and supplemental lists cannot be judged yet",
        )
        for row, text in enumerate(sheet.column("list"))
        if text not in ("", "primary")
    ]
    if problems:
        raise InputError(shortened(problems))


def _described(matching: Matching) -> tuple[BlockingPair, ...]:
    market = matching.market
    found = blocking_pairs(market, matching)
    worst = survey(market, matching.program_of).worst
    by_applicants, by_programs = applicant_rank_numbers(market), program_rank_numbers(market)
    programs, filled, ranks = market.program_labels, matching.filled, matching.rank_numbers
    pairs = []
    for (applicant, program), a, p, rank, place in zip(
        found, found.applicant, found.program, found.applicant_rank, found.program_rank, strict=True
    ):
        matched, full = matching.program_of[a] >= 0, filled[p] >= market.quota[p]
        start = market.program_offsets[p]
        last = start + worst[p]
        pairs.append(
            BlockingPair(
                applicant,
                program,
                int(by_applicants[market.applicant_offsets[a] + rank]),
                int(by_programs[start + place]),
                programs[matching.program_of[a]] if matched else None,
                int(ranks[a]) if matched else None,
                market.applicant_labels[market.program_applicants[last]] if full else None,
                int(by_programs[last]) if full else None,
            )
        )
    return tuple(pairs)


def _remarks_on_rows(sheet: Sheet, matching: Matching) -> tuple[str, ...]:
    """People left out, and ranks that are not those submitted: neither touches stability."""
    names = matching.market.applicant_labels
    remarks = []
    missing = len(set(names) - set(sheet.column("applicant")))
    if missing:
        plural = "applicants are" if missing > 1 else "applicant is"
        remarks.append(f"{sheet.name}: {missing:,} {plural} not in the file and counted as unmatched")
    if sheet.named("rank"):
        submitted = dict(zip(names, matching.rank_numbers.tolist(), strict=True))
        given = zip(sheet.column("applicant"), sheet.integers("rank", [], blank=0), strict=True)
        wrong = [row for row, (name, rank) in enumerate(given) if rank not in (0, submitted.get(name, rank))]
        if wrong:
            place, plural = sheet.place(wrong[0], "rank"), "ranks are" if len(wrong) > 1 else "rank is"
            remarks.append(f"{place}: {len(wrong):,} {plural} not the one submitted, the first stands here")
    return tuple(remarks)
