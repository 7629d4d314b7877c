"""Couples, supplemental lists and reversions as people hold them in Python: mappings of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchsim.engine.labels import Labels
from matchsim.engine.linked import PARITIES, TRACKS, Couples, Reversions, Supplementals
from matchsim.engine.market import Market
from matchsim.errors import MarketError, Problem, did_you_mean, shown

__all__ = ["LinkedLists"]


@dataclass(frozen=True)
class LinkedLists:
    """The linked parts of a market by name; see :meth:`Market.from_lists` for each of them."""

    couples: Mapping[tuple[Any, Any], Iterable[tuple[Any, Any]]] | None = None
    supplemental: Mapping[tuple[Any, Any], Iterable[Any]] | None = None
    reversions: Iterable[tuple[Any, Any, int]] | None = None
    tracks: Mapping[Any, str] | None = None
    joint: Mapping[Any, Any] | None = None
    parity: Mapping[Any, str] | None = None

    def with_members(self, applicants: Mapping[Any, Iterable[Any]]) -> Mapping[Any, Iterable[Any]]:
        """The lists of single applicants with an empty one for every member of a couple not yet there."""
        if not self.couples or not isinstance(applicants, Mapping):
            return applicants
        members = [name for couple in self.couples if _is_pair(couple) for name in couple]
        return {**applicants, **{name: [] for name in members if name not in applicants}}

    def added_to(self, market: Market) -> Market:
        """The market with the linked parts, its names looked up.

        Raises
        ------
        MarketError
            With every name that is not known and every value of the wrong form; then with every rule
            broken.
        """
        reading = _Reading(market)
        parts = {
            "couples": reading.couples(self.couples),
            "supplementals": reading.supplementals(self.supplemental),
            "reversions": reading.reversions(self.reversions),
            "tracks": reading.codes("tracks", self.tracks, TRACKS, missing=-1),
            "joint_with": reading.joint(self.joint),
            "parity": reading.codes("parity", self.parity, PARITIES, missing=0),
        }
        if reading.problems:
            raise MarketError(reading.problems)
        given = {name: part for name, part in parts.items() if part is not None}
        return market.replace(**given) if given else market


def _is_pair(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2


class _Reading:
    """Names looked up in one market, and what went wrong on the way."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.problems: list[Problem] = []

    def _complain(self, path: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(message, path=path, remedy=remedy))

    def _index(self, labels: Labels, name: Any, path: str) -> int:
        try:
            return labels.index_of(name)
        except MarketError as error:
            self._complain(path, error.problems[0].message, error.problems[0].remedy)
            return 0

    def _program(self, name: Any, path: str) -> int:
        return self._index(self.market.program_labels, name, path)

    def _applicant(self, name: Any, path: str) -> int:
        return self._index(self.market.applicant_labels, name, path)

    def _pairs(self, argument: str, given: Any, keys: str) -> list[tuple[Any, list[Any], str]]:
        """The sound items of a mapping of pairs of names to lists, with their paths."""
        if not isinstance(given, Mapping):
            self._complain(argument, f"must map {keys} to a list, got {shown(given)}")
            return []
        sound = []
        for key, ranked in given.items():
            path = f"{argument}[{key!r}]"
            if not _is_pair(key):
                self._complain(path, f"the key must be {keys}, got {shown(key)}")
            elif isinstance(ranked, (str, bytes, Mapping)) or not isinstance(ranked, Iterable):
                self._complain(path, f"must be a list, got {shown(ranked)}")
            else:
                sound.append((key, list(ranked), path))
        return sound

    def _maps(self, argument: str, given: Any, what: str) -> bool:
        """Whether `given` is a mapping; else that is a problem."""
        if isinstance(given, Mapping):
            return True
        self._complain(argument, f"must map {what}, got {shown(given)}")
        return False

    def couples(self, given: Any) -> Couples | None:
        if given is None:
            return None
        members: list[tuple[int, int]] = []
        lengths: list[int] = []
        pairs: list[tuple[int, int]] = []
        for couple, ranked, path in self._pairs("couples", given, "(first, second)"):
            members.append((self._applicant(couple[0], path), self._applicant(couple[1], path)))
            lengths.append(len(ranked))
            for k, pair in enumerate(ranked, 1):
                where = f"{path}, pair {k}"
                if not _is_pair(pair):
                    told = f"must be two programs (or None for No Match), got {shown(pair)}"
                    self._complain(where, told)
                    continue
                pairs.append(tuple(-1 if p is None else self._program(p, where) for p in pair))  # type: ignore[arg-type]
        if self.problems:
            return None
        first, second = np.array(members, np.int32).reshape(-1, 2).T
        first_program, second_program = np.array(pairs, np.int32).reshape(-1, 2).T
        return Couples(first, second, np.cumsum([0, *lengths]), first_program, second_program)

    def supplementals(self, given: Any) -> Supplementals | None:
        if given is None:
            return None
        owners: list[tuple[int, int]] = []
        lengths: list[int] = []
        programs: list[int] = []
        for owner, ranked, path in self._pairs("supplemental", given, "(applicant, advanced program)"):
            owners.append((self._applicant(owner[0], path), self._program(owner[1], path)))
            lengths.append(len(ranked))
            programs += [self._program(p, f"{path}, rank {k}") for k, p in enumerate(ranked, 1)]
        if self.problems:
            return None
        applicant, advanced = np.array(owners, np.int32).reshape(-1, 2).T
        return Supplementals(applicant, advanced, np.cumsum([0, *lengths]), np.array(programs, np.int32))

    def reversions(self, given: Any) -> Reversions | None:
        if given is None:
            return None
        rows: list[tuple[int, int, int]] = []
        if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
            told = f"must be a list of (donor, receiver, positions), got {shown(given)}"
            self._complain("reversions", told)
            return None
        for k, row in enumerate(given, 1):
            path = f"reversions, entry {k}"
            if not isinstance(row, (tuple, list)) or len(row) != 3:
                self._complain(path, f"must be (donor, receiver, positions), got {shown(row)}")
            elif isinstance(row[2], bool) or not isinstance(row[2], (int, np.integer)):
                self._complain(path, f"positions must be a whole number, got {shown(row[2])}")
            else:
                donor, receiver = self._program(row[0], path), self._program(row[1], path)
                rows.append((donor, receiver, min(max(int(row[2]), -1), 2**31 - 1)))
        columns = np.array(rows, np.int32).reshape(-1, 3).T
        return None if self.problems else Reversions(*columns)

    def codes(self, argument: str, given: Any, words: tuple[str, ...], *, missing: int) -> Any:
        """The code of each program's word, `missing` for programs left out."""
        if given is None:
            return None
        codes = np.full(self.market.size("program"), missing, np.int8)
        if not self._maps(argument, given, "programs to words"):
            return codes
        for name, word in given.items():
            path = f"{argument}[{name!r}]"
            if word in words:
                codes[self._program(name, path)] = words.index(word)
            else:
                near = did_you_mean(str(word), words)
                self._complain(path, f"must be one of {', '.join(words)}, got {shown(word)}", near)
        return codes

    def joint(self, given: Any) -> Any:
        if given is None:
            return None
        advanced_of = np.full(self.market.size("program"), -1, np.int32)
        if not self._maps("joint", given, "joint preliminary programs to advanced ones"):
            return advanced_of
        for preliminary, advanced in given.items():
            path = f"joint[{preliminary!r}]"
            advanced_of[self._program(preliminary, path)] = self._program(advanced, path)
        return advanced_of
