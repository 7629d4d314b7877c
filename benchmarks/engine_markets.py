"""Markets to measure the engine on, and its peers: C through ctypes, packages from PyPI where installed."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matchsim.engine import Market
from matchsim.tables import Int32

Arrays = tuple[npt.NDArray[np.int64], Int32, npt.NDArray[np.int64], Int32, Int32]

# The size of the US main residency match, in round numbers.
NATION = {"applicants": 47_000, "programs": 6_600, "positions": 42_000}
MILLION = {"applicants": 1_000_000, "programs": 140_000, "positions": 900_000}
MEAN_LIST = 10


def national_arrays(applicants: int, programs: int, positions: int, seed: int = 1) -> Arrays:
    """The arrays of a market where good programs are sought and good applicants liked.

    Lists have 1 to 19 entries, 10 on average. Each applicant draws programs with a preference for better
    ones, and orders them by a mixture of quality and own taste; programs rank everybody who ranks them,
    by ability and own taste; in one entry of twenty the program does not rank the applicant.
    """
    rng = np.random.default_rng(seed)
    wanted = rng.integers(1, 2 * MEAN_LIST, applicants)
    owner = np.repeat(np.arange(applicants), wanted)
    chosen = (programs * rng.random(len(owner)) ** 1.3).astype(np.int64)
    owner, chosen = np.divmod(np.unique(owner * programs + chosen), programs)
    quality = chosen / programs + 0.5 * rng.random(len(owner))
    by_applicant = np.lexsort((quality, owner))
    liking = rng.random(applicants)[owner] + 0.5 * rng.random(len(owner))
    ranked = np.flatnonzero(rng.random(len(owner)) < 0.95)
    by_program = ranked[np.lexsort((liking[ranked], chosen[ranked]))]
    quota = rng.multinomial(positions, np.full(programs, 1 / programs))
    return (
        _offsets(owner, applicants),
        chosen[by_applicant].astype(np.int32),
        _offsets(chosen[by_program], programs),
        owner[by_program].astype(np.int32),
        quota.astype(np.int32),
    )


def _offsets(owner: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=size))))


def lists_of_names(market: Market) -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, int]]:
    """The arguments of ``Market.from_lists`` that give this market, names as people write them."""
    people = [f"Applicant {a:07d}" for a in range(len(market))]
    places = [f"Program {p:06d}C0" for p in range(market.size("program"))]

    def side(
        owners: list[str], offsets: list[int], listed: list[int], others: list[str]
    ) -> dict[str, list[str]]:
        return {
            name: [others[i] for i in listed[offsets[n] : offsets[n + 1]]] for n, name in enumerate(owners)
        }

    return (
        side(people, market.applicant_offsets.tolist(), market.applicant_programs.tolist(), places),
        side(places, market.program_offsets.tolist(), market.program_applicants.tolist(), people),
        dict(zip(places, market.quota.tolist(), strict=True)),
    )


def c_solver(folder: Path) -> Callable[[Market, Int32, Int32], int] | None:
    """The C version compiled with ``gcc -O3``, with the call of the kernel; None where there is no gcc."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "deferred_acceptance.so"
    source = Path(__file__).parent / "peers" / "deferred_acceptance.c"
    command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    function = ctypes.CDLL(str(library)).applicants_propose
    function.restype = ctypes.c_int64

    def solve(market: Market, rank_of: Int32, program_of: Int32) -> int:
        arrays = (
            market.applicant_offsets,
            market.applicant_programs,
            market.program_rank,
            market.program_offsets,
            market.program_applicants,
            market.quota,
            rank_of,
            program_of,
        )
        sizes = (ctypes.c_int64(len(market)), ctypes.c_int64(market.size("program")))
        return int(function(*sizes, *(ctypes.c_void_p(array.ctypes.data) for array in arrays)))

    return solve
