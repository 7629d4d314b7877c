"""The rules that couples, supplemental lists, reversions and joint programs must keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
import numpy.typing as npt

from matchsim.engine.labels import Labels
from matchsim.engine.linked import MOST_RANKS, TRACKS, Couples, Reversions, Supplementals
from matchsim.engine.linked_faults import Fault
from matchsim.tables import Int8, Int32, Int64

__all__ = ["Setting", "faults"]

# Faults of one kind told one by one.
TOLD = 100


@dataclass(frozen=True)
class Setting:
    """The rest of the market that the linked parts are judged against; as in ``Market``.

    Where the market comes from rows of which some could not be read, ``complete`` says whether all lists of
    applicants and couples could: if not, nobody is told that something is missing there. A quota below 0 is
    one that is not known.
    """

    applicants: Labels
    programs: Labels
    applicant_offsets: Int64
    applicant_programs: Int32
    quota: Int32
    tracks: Int8 | None
    joint_with: Int32 | None
    complete: bool = True

    def ranked_by(self, a: int) -> Int32:
        """The primary list of applicant `a`."""
        return self.applicant_programs[self.applicant_offsets[a] : self.applicant_offsets[a + 1]]


def faults(
    setting: Setting,
    couples: Couples | None,
    supplementals: Supplementals | None,
    reversions: Reversions | None,
) -> list[Fault]:
    """Everything wrong with the linked parts of a market, in the order of the tables."""
    found: list[Fault] = []
    if setting.joint_with is not None:
        found += _joint_programs(setting)
        if found:
            return found
    if couples is not None:
        found += _CoupleRules(setting, couples).faults()
    if supplementals is not None:
        found += _SupplementalRules(setting, supplementals, couples).faults()
    if reversions is not None:
        found += _ReversionRules(setting, reversions).faults()
    found += _joint_on_own_lists(setting)
    return found


def _rows(wrong: npt.NDArray[np.bool_]) -> list[int]:
    return [int(row) for row in np.flatnonzero(wrong)[:TOLD]]


def _out_of_range(ids: Int32, least: int, size: int) -> list[int]:
    return _rows((ids < least) | (ids >= size))


def _again(owner: npt.NDArray[np.intp], *values: Int32) -> list[int]:
    """The rows that repeat an earlier row of the same owner."""
    key = owner.astype(np.int64)
    for column in values:
        low = int(column.min(initial=0))
        key = key * (int(column.max(initial=0)) - low + 1) + (column - low)
    # Almost always there are none, and to sort numbers takes a quarter of the time of sorting rows.
    in_order = np.sort(key)
    if not (in_order[1:] == in_order[:-1]).any():
        return []
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    return sorted(order[1:][same].tolist())[:TOLD]


class _CoupleRules:
    def __init__(self, setting: Setting, couples: Couples) -> None:
        self.setting, self.couples = setting, couples
        self.owner = np.repeat(np.arange(len(couples)), np.diff(couples.offsets))

    def faults(self) -> list[Fault]:
        people = list(self._people())
        if people:  # without their names nothing else can be told
            return people
        strangers = list(self._strange_programs())
        return [*self._members(), *self._lengths(), *(strangers or self._pairs())]

    def _name(self, c: int) -> str:
        names = self.setting.applicants
        return f"couples[({names[int(self.couples.first[c])]!r}, {names[int(self.couples.second[c])]!r})]"

    def _of_couple(self, c: int, column: str, message: str, remedy: str = "", path: str = "") -> Fault:
        start, end = self.couples.offsets[c : c + 2].tolist()
        row = start if end > start else -1
        return Fault("couples", row, column, path or self._name(c), message, remedy, c)

    def _of_pair(self, k: int, column: str, message: str, remedy: str = "") -> Fault:
        c = int(self.owner[k])
        path = f"{self._name(c)}, pair {k - int(self.couples.offsets[c]) + 1}"
        return Fault("couples", k, column, path, message, remedy, c)

    def _people(self) -> Iterator[Fault]:
        size = len(self.setting.applicants)
        for number, side in enumerate(("first", "second"), 1):
            members = getattr(self.couples, side)
            for c in _out_of_range(members, 0, size):
                told = f"there is no applicant with the index {members[c]}"
                yield self._of_couple(c, f"applicant_{number}", told, path=f"couples.{side}[{c}]")

    def _members(self) -> Iterator[Fault]:
        names = self.setting.applicants
        member_of: dict[int, int] = {}
        for c, pair in enumerate(zip(self.couples.first.tolist(), self.couples.second.tolist(), strict=True)):
            if pair[0] == pair[1]:
                told = f"a couple is two applicants, got {names[pair[0]]!r} twice"
                yield self._of_couple(c, "applicant_2", told)
                continue
            for number, a in enumerate(pair, 1):
                column = f"applicant_{number}"
                if member_of.setdefault(a, c) != c:
                    told = f"{names[a]!r} is already in a couple with {self._partner(a, member_of[a])!r}"
                    yield self._of_couple(c, column, told, "nobody can be in two couples")
                if len(self.setting.ranked_by(a)):
                    told = f"{names[a]!r} also has a rank order list of their own"
                    yield self._of_couple(c, column, told, "the members of a couple rank only as a couple")

    def _partner(self, a: int, c: int) -> str:
        first, second = int(self.couples.first[c]), int(self.couples.second[c])
        return self.setting.applicants[second if a == first else first]

    def _lengths(self) -> Iterator[Fault]:
        lengths = np.diff(self.couples.offsets)
        for c in _rows(lengths > MOST_RANKS):
            told = f"a couple may rank at most {MOST_RANKS} pairs, got {lengths[c]}"
            yield self._of_couple(c, "rank", told)

    def _strange_programs(self) -> Iterator[Fault]:
        for number, programs in enumerate((self.couples.first_program, self.couples.second_program), 1):
            for k in _out_of_range(programs, -1, len(self.setting.programs)):
                told = f"there is no program with the index {programs[k]}"
                yield self._of_pair(k, f"program_{number}", told)

    def _pairs(self) -> Iterator[Fault]:
        first, second = self.couples.first_program, self.couples.second_program
        for k in _rows((first < 0) & (second < 0)):
            told = "both members have No Match"
            yield self._of_pair(k, "program_2", told, "one of the two must name a program")
        for k in _again(self.owner, first, second):
            yield self._of_pair(k, "program_1", "ranks the same pair of programs twice")
        for number, programs in enumerate((first, second), 1):
            for k in _joint(self.setting, programs):
                message, remedy = _told_joint(self.setting, int(programs[k]))
                yield self._of_pair(k, f"program_{number}", message, remedy)


class _SupplementalRules:
    def __init__(self, setting: Setting, lists: Supplementals, couples: Couples | None) -> None:
        self.setting, self.lists, self.couples = setting, lists, couples
        self.owner = np.repeat(np.arange(len(lists)), np.diff(lists.offsets))

    def faults(self) -> list[Fault]:
        strangers = list(self._strangers())
        if strangers:
            return strangers
        return [*self._lists(), *self._entries(), *self._tracks()]

    def _name(self, s: int) -> str:
        applicant = self.setting.applicants[int(self.lists.applicant[s])]
        return f"supplemental[({applicant!r}, {self.setting.programs[int(self.lists.advanced[s])]!r})]"

    def _of_list(self, s: int, column: str, message: str, remedy: str = "", path: str = "") -> Fault:
        start, end = self.lists.offsets[s : s + 2].tolist()
        row = start if end > start else -1
        return Fault("supplementals", row, column, path or self._name(s), message, remedy, s)

    def _of_entry(self, e: int, message: str, remedy: str = "") -> Fault:
        s = int(self.owner[e])
        path = f"{self._name(s)}, rank {e - int(self.lists.offsets[s]) + 1}"
        return Fault("supplementals", e, "program", path, message, remedy, s)

    def _strangers(self) -> Iterator[Fault]:
        sizes = {"applicant": len(self.setting.applicants), "advanced": len(self.setting.programs)}
        for column, size in sizes.items():
            ids = getattr(self.lists, column)
            kind, cell = ("applicant",) * 2 if column == "applicant" else ("program", "advanced_program")
            for s in _out_of_range(ids, 0, size):
                told = f"there is no {kind} with the index {ids[s]}"
                yield self._of_list(s, cell, told, path=f"supplementals.{column}[{s}]")
        for e in _out_of_range(self.lists.programs, 0, len(self.setting.programs)):
            told = f"there is no program with the index {self.lists.programs[e]}"
            yield Fault("supplementals", e, "program", f"supplementals.programs[{e}]", told)

    def _lists(self) -> Iterator[Fault]:
        applicants, programs, lists = self.setting.applicants, self.setting.programs, self.lists
        lengths = np.diff(lists.offsets)
        again = np.zeros(len(lists), np.bool_)
        again[_again(lists.applicant.astype(np.intp), lists.advanced)] = True
        unranked = self._unranked() if self.setting.complete else np.zeros(len(lists), np.bool_)
        for s in _rows(again | unranked | (lengths > MOST_RANKS)):
            if again[s]:
                yield self._of_list(s, "advanced_program", "there are two lists for the same program")
            if unranked[s]:
                a, advanced = int(lists.applicant[s]), int(lists.advanced[s])
                told = f"{applicants[a]!r} does not rank {programs[advanced]!r}, on which the list hangs"
                remedy = "a supplemental list hangs on an advanced program of the same applicant's own list"
                yield self._of_list(s, "advanced_program", told, remedy)
            if lengths[s] > MOST_RANKS:
                told = f"a list may have at most {MOST_RANKS} ranks, got {lengths[s]}"
                yield self._of_list(s, "rank", told)

    def _unranked(self) -> npt.NDArray[np.bool_]:
        """Which lists hang on a program that their applicant ranks neither alone nor in a couple."""
        from matchsim.engine import _kernels

        setting, owner, advanced = self.setting, self.lists.applicant, self.lists.advanced
        size, place = len(setting.programs), np.empty(len(advanced), np.int32)
        own = setting.applicant_offsets, setting.applicant_programs
        _kernels.places_on_lists(*own, advanced, owner, size, place)
        unranked = place < 0
        if self.couples is None:
            return unranked
        for members, programs in (
            (self.couples.first, self.couples.first_program),
            (self.couples.second, self.couples.second_program),
        ):
            couple_of = np.full(len(setting.applicants), -1, np.int32)
            known = np.flatnonzero((members >= 0) & (members < len(couple_of)))
            couple_of[members[known]] = known
            # No Match, and programs that do not exist, are a program more that nobody asks for.
            named = np.where((programs >= 0) & (programs < size), programs, size).astype(np.int32)
            _kernels.places_on_lists(self.couples.offsets, named, advanced, couple_of[owner], size + 1, place)
            unranked &= place < 0
        return unranked

    def _entries(self) -> Iterator[Fault]:
        programs = self.setting.programs
        for e in _again(self.owner, self.lists.programs):
            yield self._of_entry(e, f"ranks {programs[int(self.lists.programs[e])]!r} twice")
        for e in _rows(self.lists.programs == self.lists.advanced[self.owner]):
            name = programs[int(self.lists.programs[e])]
            told = f"{name!r} is the program that the list hangs on"
            yield self._of_entry(e, told, "nobody can hold two positions of one program")
        for e in _joint(self.setting, self.lists.programs, self.lists.advanced[self.owner]):
            yield self._of_entry(e, *_told_joint(self.setting, int(self.lists.programs[e])))

    def _tracks(self) -> Iterator[Fault]:
        tracks, programs = self.setting.tracks, self.setting.programs
        if tracks is None:
            return

        def wrong(ids: Int32, wanted: str) -> list[int]:
            known = tracks[ids]
            return _rows((known >= 0) & (known != TRACKS.index(wanted)))

        def told(p: int, wanted: str) -> str:
            return f"{programs[p]!r} is of track {TRACKS[tracks[p]]}, not {wanted}"

        for s in wrong(self.lists.advanced, "A"):
            message = told(int(self.lists.advanced[s]), "A")
            remedy = "supplemental lists hang on advanced programs"
            yield self._of_list(s, "advanced_program", message, remedy)
        for e in wrong(self.lists.programs, "P"):
            message = told(int(self.lists.programs[e]), "P")
            yield self._of_entry(e, message, "only preliminary programs may stand on a supplemental list")


class _ReversionRules:
    def __init__(self, setting: Setting, reversions: Reversions) -> None:
        self.setting, self.reversions = setting, reversions

    def faults(self) -> list[Fault]:
        strangers = list(self._strangers())
        return strangers or [*self._entries(), *self._circles()]

    def _fault(self, k: int, column: str, message: str, remedy: str = "") -> Fault:
        return Fault("reversions", k, column, f"reversions, entry {k + 1}", message, remedy)

    def _strangers(self) -> Iterator[Fault]:
        for column in ("donor", "receiver"):
            ids = getattr(self.reversions, column)
            for k in _out_of_range(ids, 0, len(self.setting.programs)):
                yield self._fault(k, column, f"there is no program with the index {ids[k]}")

    def _entries(self) -> Iterator[Fault]:
        names, quota = self.setting.programs, self.setting.quota
        given: set[tuple[int, int]] = set()
        rows = zip(*(column.tolist() for column in self._columns()), strict=True)
        for k, (donor, receiver, positions) in enumerate(rows):
            if donor == receiver:
                yield self._fault(k, "receiver", f"{names[donor]!r} cannot revert positions to itself")
            if (donor, receiver) in given:
                told = f"there are two reversions from {names[donor]!r} to {names[receiver]!r}"
                yield self._fault(k, "receiver", told, "give the positions as one number")
            given.add((donor, receiver))
            if quota[donor] >= 0 and not 1 <= positions <= quota[donor]:
                told = (
                    f"positions must be 1 to {quota[donor]}, the quota of {names[donor]!r}, got {positions}"
                )
                if not quota[donor]:
                    told = f"{names[donor]!r} has a quota of 0 and nothing to revert, got {positions}"
                yield self._fault(k, "positions", told)

    def _columns(self) -> tuple[Int32, Int32, Int32]:
        return self.reversions.donor, self.reversions.receiver, self.reversions.positions

    def _circles(self) -> Iterator[Fault]:
        receivers: dict[int, set[int]] = {}
        donors, taking, _ = self._columns()
        for donor, receiver in zip(donors.tolist(), taking.tolist(), strict=True):
            if donor != receiver:
                receivers.setdefault(donor, set()).add(receiver)
        try:
            TopologicalSorter(receivers).prepare()
        except CycleError as error:
            # graphlib names each after the one that it must precede: donors come last.
            circle = error.args[1][::-1]
            first = min(range(len(circle) - 1), key=circle.__getitem__)
            circle = [*circle[first:-1], *circle[: first + 1]]
            k = int(np.flatnonzero((donors == circle[0]) & (taking == circle[1]))[0])
            shown = " -> ".join(self.setting.programs[p] for p in circle)
            yield self._fault(k, "receiver", f"reversions run in a circle: {shown}", "leave one of them out")


def _joint(setting: Setting, programs: Int32, hangs_on: Int32 | None = None) -> list[int]:
    """The entries that name a joint preliminary program which must not be there."""
    if setting.joint_with is None or not len(programs):
        return []
    partner = np.where(programs >= 0, setting.joint_with[programs], -1)
    wrong = partner >= 0
    if hangs_on is not None:
        wrong &= partner != hangs_on
    return _rows(wrong)


def _told_joint(setting: Setting, p: int) -> tuple[str, str]:
    assert setting.joint_with is not None
    advanced = setting.programs[int(setting.joint_with[p])]
    told = f"{setting.programs[p]!r} is joint with {advanced!r} and cannot be ranked here"
    return told, f"it may stand only on supplemental lists that hang on {advanced!r}"


def _joint_programs(setting: Setting) -> Iterator[Fault]:
    """What is wrong with the joining of preliminary to advanced programs itself."""
    joint, names, tracks = setting.joint_with, setting.programs, setting.tracks
    assert joint is not None

    def fault(p: int, message: str, remedy: str = "") -> Fault:
        return Fault("joint_with", p, "joint_with", f"joint[{names[p]!r}]", message, remedy)

    for p in np.flatnonzero(joint >= 0).tolist():
        advanced = int(joint[p])
        if advanced == p or joint[advanced] >= 0:
            yield fault(p, "a preliminary program is joined to an advanced one, not to itself or a joint one")
        for program, wanted in ((p, "P"), (advanced, "A")):
            if tracks is not None and tracks[program] not in (-1, TRACKS.index(wanted)):
                told = f"{names[program]!r} is of track {TRACKS[tracks[program]]}, not {wanted}"
                yield fault(p, told, "a joint preliminary program (P) is joined to an advanced one (A)")


def _joint_on_own_lists(setting: Setting) -> Iterator[Fault]:
    for e in _joint(setting, setting.applicant_programs):
        a = int(np.searchsorted(setting.applicant_offsets, e, side="right")) - 1
        path = f"applicants[{setting.applicants[a]!r}], rank {e - int(setting.applicant_offsets[a]) + 1}"
        told, remedy = _told_joint(setting, int(setting.applicant_programs[e]))
        yield Fault("applicant_rankings", e, "program", path, told, remedy)
