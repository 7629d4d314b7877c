"""How quick the engine is, as ratios taken in the same run; README.md has the command and the results."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engine_markets import MILLION, NATION, c_solver, lists_of_names, national_arrays

from matchsim.engine import Market, Matching, _kernels, blocking_pairs, deferred_acceptance, menus

SIZES = {"nation": NATION, "million": MILLION}
ROUNDS = {"nation": 30, "million": 5}


@pytest.fixture(scope="module", params=SIZES)
def size(request):
    return request.param


@pytest.fixture(scope="module")
def market(size):
    return Market.from_arrays(*national_arrays(**SIZES[size]))


@pytest.fixture
def compare(benchmark):
    """Time two calls in turn, so that a busy machine slows both, and hold the ratio of the best times."""

    def run(
        what: str, ours: Callable[[], Any], peer: Callable[[], Any], *, rounds: int, **bound: float
    ) -> None:
        best = {"ours": np.inf, "peer": np.inf}
        for _ in range(rounds):
            for who, call in (("ours", ours), ("peer", peer)):
                start = time.perf_counter()
                call()
                best[who] = min(best[who], time.perf_counter() - start)
        benchmark.extra_info.update(
            what=what, ours_ms=1000 * best["ours"], peer_ms=1000 * best["peer"], **bound
        )
        benchmark.pedantic(ours, rounds=max(3, rounds // 3))
        if "at_most" in bound:
            assert best["ours"] <= bound["at_most"] * best["peer"]
        else:
            assert best["peer"] >= bound["at_least"] * best["ours"]

    return run


@pytest.fixture
def alone(benchmark):
    """Time one call and, where a bound in seconds is given, hold it."""

    def run(what: str, call: Callable[[], Any], *, rounds: int, seconds: float = np.inf) -> None:
        benchmark.pedantic(call, rounds=rounds, warmup_rounds=1)
        benchmark.extra_info.update(what=what, ours_ms=1000 * benchmark.stats["min"], seconds=seconds)
        assert benchmark.stats["min"] <= seconds

    return run


def kernel_call(market: Market) -> tuple[Callable[[], int], Any, Any]:
    rank_of, program_of = np.empty(len(market), np.int32), np.empty(len(market), np.int32)

    def call() -> int:
        return _kernels.applicants_propose(
            market.applicant_offsets,
            market.applicant_programs,
            market.program_rank,
            market.program_offsets,
            market.program_applicants,
            market.quota,
            rank_of,
            program_of,
        )

    return call, rank_of, program_of


def test_kernel_against_plain_c(compare, market, size, tmp_path):
    solve = c_solver(tmp_path)
    if solve is None:
        pytest.skip("there is no gcc to compile benchmarks/peers/deferred_acceptance.c with")
    kernel, rank_of, program_of = kernel_call(market)
    c_rank_of, c_program_of = np.empty_like(rank_of), np.empty_like(program_of)
    assert kernel() == solve(market, c_rank_of, c_program_of)
    assert (rank_of == c_rank_of).all()
    assert (program_of == c_program_of).all()
    compare(
        f"kernel against plain C, {size}",
        kernel,
        lambda: solve(market, c_rank_of, c_program_of),
        rounds=ROUNDS[size],
        at_most=1.2,
    )


def test_public_call_against_its_kernel(compare, market, size):
    compare(
        f"deferred_acceptance against its kernel, {size}",
        lambda: deferred_acceptance(market),
        kernel_call(market)[0],
        rounds=ROUNDS[size],
        at_most=3,
    )


def test_programs_proposing_against_applicants_proposing(compare, market, size):
    compare(
        f"programs proposing against applicants proposing, {size}",
        lambda: deferred_acceptance(market, "programs"),
        lambda: deferred_acceptance(market),
        rounds=ROUNDS[size],
        at_most=1.5,
    )


def test_blocking_pairs_of_a_stable_matching(alone, market, size):
    matching = deferred_acceptance(market)
    assert len(blocking_pairs(market, matching)) == 0
    alone(
        f"blocking_pairs of the solution, {size}",
        lambda: blocking_pairs(market, matching),
        rounds=ROUNDS[size],
    )


def test_menus(alone, market, size):
    found = menus(market)
    own = np.arange(len(market)), market.applicant_offsets, market.applicant_programs
    assert (found.outcomes(*own) == deferred_acceptance(market).rank_of).all()
    seconds = 0.1 if size == "nation" else np.inf
    alone(f"menus, {size}", lambda: menus(market), rounds=ROUNDS[size], seconds=seconds)


def test_market_from_arrays(alone, size):
    arrays = national_arrays(**SIZES[size])
    alone(f"Market.from_arrays, {size}", lambda: Market.from_arrays(*arrays), rounds=ROUNDS[size])


def test_market_from_lists_of_names(alone):
    lists = lists_of_names(Market.from_arrays(*national_arrays(**NATION)))
    alone("Market.from_lists, nation", lambda: Market.from_lists(*lists), rounds=5, seconds=1)


@pytest.fixture(scope="module")
def small():
    """Two thousand applicants; no one-sided entries, no empty lists, no program without positions.

    On other markets the packages compared with stop with an error.
    """
    market = Market.from_arrays(*national_arrays(2_000, 280, 1_800))
    applicants, programs, quotas = lists_of_names(market)
    ranked_by = {program: set(ranked) for program, ranked in programs.items()}
    mutual = {a: [p for p in ranked if a in ranked_by[p]] for a, ranked in applicants.items()}
    listed = {applicant: ranked for applicant, ranked in mutual.items() if ranked}
    return listed, programs, {program: max(1, quota) for program, quota in quotas.items()}


def ours(small) -> Matching:
    return deferred_acceptance(Market.from_lists(*small))


def test_against_matching(compare, small):
    games = pytest.importorskip("matching.games", reason="matching 1.4.3 is not installed; see README.md")
    applicants, programs, quotas = small

    def solve() -> dict[str, str]:
        game = games.HospitalResident.create_from_dictionaries(applicants, programs, quotas)
        return {one.name: place.name for place, those in game.solve().items() for one in those}

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            solved = solve()
            assert solved == {a: p for a, p in ours(small).to_dict().items() if p is not None}
            compare(
                "from lists to matching against matching 1.4.3",
                lambda: ours(small),
                solve,
                rounds=5,
                at_least=100,
            )

    in_deep_stack(run)


def test_against_algmatch(compare, small):
    algmatch = pytest.importorskip("algmatch", reason="algmatch 1.5 is not installed; see README.md")
    applicants, programs, quotas = small
    people = {name: i for i, name in enumerate(applicants)}
    places = {name: i for i, name in enumerate(programs)}
    dictionary = {
        "residents": {people[a]: [places[p] for p in ranked] for a, ranked in applicants.items()},
        "hospitals": {
            places[p]: {"capacity": quotas[p], "preferences": [people[a] for a in ranked]}
            for p, ranked in programs.items()
        },
    }

    def solve() -> dict[str, str]:
        found = algmatch.HospitalResidentsProblem(dictionary=dictionary).get_stable_matching()
        return found["resident_sided"]

    solved = ours(small)
    expected = {f"r{a}": f"h{p}" for a, p in enumerate(solved.program_of.tolist()) if p >= 0}
    assert {one: place for one, place in solve().items() if place} == expected
    compare("from lists to matching against algmatch 1.5", lambda: ours(small), solve, rounds=5, at_least=100)


def in_deep_stack(run: Callable[[], None]) -> None:
    """Run something that recurses without bound: `matching` copies its players along chains of rankings."""
    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            run()
        except BaseException as error:
            failed.append(error)

    limit, stack = sys.getrecursionlimit(), threading.stack_size(512 * 2**20)
    sys.setrecursionlimit(200_000)
    try:
        thread = threading.Thread(target=guarded)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    if failed:
        raise failed[0]
