"""Rank order lists as people hold them in Python: mappings of names, data frames."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import numpy as np

from matchsim.engine.builder import ApplicantRows, ProgramRows, RankingRows, build_market
from matchsim.engine.linked_rows import CoupleRows, FeatureRows, LinkedRows, ReversionRows, SupplementalRows
from matchsim.engine.market import Market
from matchsim.engine.rows import PlaceOf, Runs
from matchsim.errors import MarketError, Place, Problem, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["market_of_frames", "market_of_lists"]

FEATURES = ("track", "joint_with", "parity")


def market_of_lists(
    applicants: Mapping[Any, Iterable[Any]],
    programs: Mapping[Any, Iterable[Any]],
    quotas: Mapping[Any, int] | int,
) -> Market:
    """The market of rank order lists given as mappings; see :meth:`Market.from_lists`."""
    problems: list[Problem] = []
    applicant_lists = _checked_lists("applicants", applicants, problems)
    program_lists = _checked_lists("programs", programs, problems)
    quota = _checked_quotas(quotas, program_lists, problems)
    if problems:
        raise MarketError(problems)
    return build_market(
        ProgramRows(list(program_lists), quota, _keys("programs", list(program_lists))),
        ApplicantRows(list(applicant_lists), _keys("applicants", list(applicant_lists))),
        _ranking_rows("applicants", applicant_lists),
        _ranking_rows("programs", program_lists),
    )


def _checked_lists(argument: str, lists: Any, problems: list[Problem]) -> dict[Any, list[Any]]:
    if not isinstance(lists, Mapping):
        told = f"must map every name to a rank order list, got {shown(lists)}"
        problems.append(Problem(told, path=argument))
        return {}
    checked = {}
    for name, ranked in lists.items():
        if type(ranked) is list:
            checked[name] = ranked
        elif isinstance(ranked, (str, bytes, Mapping)) or not isinstance(ranked, Iterable):
            told = f"a rank order list must be a list of names, got {shown(ranked)}"
            problems.append(Problem(told, path=f"{argument}[{name!r}]"))
        else:
            checked[name] = list(ranked)
    return checked


def _checked_quotas(quotas: Any, programs: Mapping[Any, Any], problems: list[Problem]) -> list[Any]:
    if not isinstance(quotas, Mapping) and hasattr(quotas, "__len__") and not isinstance(quotas, str):
        told = f"must map every program to its positions, or be one number for all, got {shown(quotas)}"
        problems.append(Problem(told, path="quotas"))
        return [0] * len(programs)
    if not isinstance(quotas, Mapping):
        return [quotas] * len(programs)
    for name in quotas:
        if name not in programs:
            near = did_you_mean(str(name), map(str, programs))
            remedy = near or "a program that ranks nobody is listed in programs with an empty list"
            problems.append(Problem(f"unknown program {shown(name)}", path="quotas", remedy=remedy))
    missing = [name for name in programs if name not in quotas]
    if missing:
        told = f"no quota for {', '.join(shown(name) for name in missing[:5])}"
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        remedy = "every program needs its number of positions, which may be 0"
        problems.append(Problem(told + more, path="quotas", remedy=remedy))
    return [quotas.get(name, 0) for name in programs]


def _keys(argument: str, names: list[Any]) -> PlaceOf:
    return lambda row, column: Place(f"{'quotas' if column == 'quota' else argument}[{names[row]!r}]")


def _ranking_rows(argument: str, lists: Mapping[Any, list[Any]]) -> RankingRows:
    names = list(lists)
    counts = list(map(len, lists.values()))
    starts = [0, *accumulate(counts)]

    def place(row: int, _: str) -> Place:
        owner = bisect_right(starts, row) - 1
        return Place(f"{argument}[{names[owner]!r}], rank {row - starts[owner] + 1}")

    ranks = np.arange(1, starts[-1] + 1) - np.repeat(np.array(starts[:-1], dtype=np.int64), counts)
    return RankingRows(Runs(names, counts), ranks, list(chain.from_iterable(lists.values())), place)


def market_of_frames(
    applicant_rankings: pd.DataFrame,
    program_rankings: pd.DataFrame,
    programs: pd.DataFrame,
    applicants: pd.DataFrame | None,
    couples: pd.DataFrame | None,
    supplemental_rankings: pd.DataFrame | None,
    reversions: pd.DataFrame | None,
) -> Market:
    """The market of data frames with the columns of a market folder; see :meth:`Market.from_frames`."""
    problems: list[Problem] = []
    owner, rank, other = _columns(
        "applicant_rankings", applicant_rankings, "applicant rank program", problems
    )
    by_applicants = RankingRows(owner, rank, other, _rows("applicant_rankings"))
    owner, rank, other = _columns("program_rankings", program_rankings, "program rank applicant", problems)
    by_programs = RankingRows(owner, rank, other, _rows("program_rankings"))
    program, quota = _columns("programs", programs, "program quota", problems, optional=" ".join(FEATURES))
    registered = None
    if applicants is not None:
        (applicant,) = _columns("applicants", applicants, "applicant", problems)
        registered = ApplicantRows(applicant, _rows("applicants"))
    features = [_optional(programs, name) for name in FEATURES]
    linked = LinkedRows(
        *_linked_frames(couples, supplemental_rankings, reversions, problems),
        FeatureRows(_rows("programs"), program, *features),
    )
    if problems:
        raise MarketError(problems)
    return build_market(
        ProgramRows(program, quota, _rows("programs")), registered, by_applicants, by_programs, linked
    )


def _linked_frames(
    couples: pd.DataFrame | None,
    supplemental_rankings: pd.DataFrame | None,
    reversions: pd.DataFrame | None,
    problems: list[Problem],
) -> tuple[CoupleRows | None, SupplementalRows | None, ReversionRows | None]:
    pairs = lists = moves = None
    if couples is not None:
        wanted = "couple rank applicant_1 program_1 applicant_2 program_2"
        pairs = CoupleRows(_rows("couples"), *_columns("couples", couples, wanted, problems, cells=True))
    if supplemental_rankings is not None:
        table, wanted = "supplemental_rankings", "applicant advanced_program rank program"
        columns = _columns(table, supplemental_rankings, wanted, problems, cells=True)
        lists = SupplementalRows(_rows(table), *columns)
    if reversions is not None:
        donor, receiver, positions = _columns(
            "reversions", reversions, "donor receiver positions", problems, optional="order"
        )
        order = _optional(reversions, "order")
        moves = ReversionRows(_rows("reversions"), donor, receiver, positions, order)
    return pairs, lists, moves


def _columns(
    table: str, frame: Any, wanted: str, problems: list[Problem], *, optional: str = "", cells: bool = False
) -> list[list[Any]]:
    """The columns `wanted` of a frame; also complains of one that is there twice, `optional` or not."""
    headings = list(getattr(frame, "columns", ()))
    if not hasattr(frame, "columns"):
        problems.append(Problem(f"must be a data frame, got {shown(frame)}", Place(table)))
        return [[] for _ in wanted.split()]
    for name in (*wanted.split(), *optional.split()):
        if headings.count(name) > 1:
            problems.append(Problem(f"there are {headings.count(name)} columns {name!r}", Place(table)))
    found: list[list[Any]] = []
    for name in wanted.split():
        if name not in headings:
            near = did_you_mean(name, map(str, headings))
            remedy = near or f"there are: {', '.join(map(str, headings)) or 'none'}"
            problems.append(Problem(f"there is no column {name!r}", Place(table), remedy=remedy))
        if headings.count(name) == 1:
            found.append(_cells(frame, name) if cells else frame[name].tolist())
        else:
            found.append([])
    return found


def _optional(frame: Any, name: str) -> list[Any] | None:
    """The cells of a column that may be left out."""
    return _cells(frame, name) if list(getattr(frame, "columns", ())).count(name) == 1 else None


def _cells(frame: Any, name: str) -> list[Any]:
    """A column in which cells may be missing, which pandas shows as NaN and which makes 7 a 7.0."""
    missing = frame[name].isna().tolist()
    return [
        "" if absent else int(value) if isinstance(value, float) and value.is_integer() else value
        for value, absent in zip(frame[name].tolist(), missing, strict=True)
    ]


def _rows(table: str) -> PlaceOf:
    return lambda row, column: Place(f"{table}, row {row + 1}, {column}")
