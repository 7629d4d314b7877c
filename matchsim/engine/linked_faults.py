"""What is wrong with a linked part of a market, and where, in words and in rows of its table."""

from __future__ import annotations

from dataclasses import dataclass

from matchsim.errors import MarketError, Problem

__all__ = ["Fault", "LinkedError"]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a linked part of a market.

    Parameters
    ----------
    table, row, column
        Where: ``"couples"`` (rows are pairs), ``"supplementals"`` (rows are entries), ``"reversions"``,
        ``"joint_with"`` (rows are programs) or ``"applicant_rankings"`` (rows are entries); the row from 0
        (of a list's first entry when the whole list is at fault, -1 where a list has none); the column.
    path
        The same for somebody who gave no table, such as ``couples[('Ana', 'Bo')], pair 2``.
    message, remedy
        As for :class:`~matchsim.errors.Problem`.
    owner
        The number of the couple or supplemental list; -1 elsewhere.
    """

    table: str
    row: int
    column: str
    path: str
    message: str
    remedy: str = ""
    owner: int = -1

    def problem(self) -> Problem:
        """The fault as a problem with its path."""
        return Problem(self.message, path=self.path, remedy=self.remedy)


class LinkedError(MarketError):
    """The linked parts of a market break their rules; :attr:`faults` says where, row by row."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(fault.problem() for fault in found)
        self.faults = tuple(found)

    def __reduce__(self) -> tuple[type[LinkedError], tuple[list[Fault]]]:
        return type(self), (list(self.faults),)
