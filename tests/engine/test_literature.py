"""Worked examples from the literature, through every solver and checker."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from matchsim.engine import (
    Market,
    Matching,
    blocking_pairs,
    deferred_acceptance,
    is_individually_rational,
    is_stable,
    reference,
    stable_matchings,
)


@dataclass(frozen=True)
class Example:
    """A published market; outcomes are programs by applicant, the unmatched left out.

    "Recalled" means that the lists are from memory, "read in" that they, and the outcomes, were read there.
    """

    source: str
    applicants: dict[str, str]
    programs: dict[str, str]
    quotas: dict[str, int]
    applicant_optimal: dict[str, str]
    program_optimal: dict[str, str]
    stable: int

    @property
    def market(self) -> Market:
        return Market.from_lists(
            {name: ranked.split() for name, ranked in self.applicants.items()},
            {name: ranked.split() for name, ranked in self.programs.items()},
            self.quotas,
        )


def numbered(letter: str, programs: str) -> dict[str, str]:
    """The outcome of applicants called by a letter and a number from 1."""
    return {f"{letter}{number}": program for number, program in enumerate(programs.split(), 1)}


EXAMPLES = {
    "gale_shapley_example_1": Example(
        # Of the six ways to marry all, three are stable: every man has his first choice, every woman
        # has hers, or everybody has their second.
        source="Gale and Shapley, American Mathematical Monthly 69 (1962), 9-15, example 1 (p. 11)",
        applicants={"α": "A B C", "β": "B C A", "γ": "C A B"},
        programs={"A": "β γ α", "B": "γ α β", "C": "α β γ"},
        quotas={"A": 1, "B": 1, "C": 1},
        applicant_optimal={"α": "A", "β": "B", "γ": "C"},
        program_optimal={"α": "C", "β": "A", "γ": "B"},
        stable=3,
    ),
    "knuth_ten_stable_matchings": Example(
        # The 4 x 4 market with ten stable matchings, the most that four couples can have. Lists recalled;
        # that there are ten, and which are the extremes, is checked here by trying all matchings.
        source="Knuth, Mariages stables, Montréal 1976; example 2.17 of Roth and Sotomayor 1990 (recalled)",
        applicants={"m1": "w1 w2 w3 w4", "m2": "w2 w1 w4 w3", "m3": "w3 w4 w1 w2", "m4": "w4 w3 w2 w1"},
        programs={"w1": "m4 m3 m2 m1", "w2": "m3 m4 m1 m2", "w3": "m2 m1 m4 m3", "w4": "m1 m2 m3 m4"},
        quotas={"w1": 1, "w2": 1, "w3": 1, "w4": 1},
        applicant_optimal={"m1": "w1", "m2": "w2", "m3": "w3", "m4": "w4"},
        program_optimal={"m1": "w4", "m2": "w3", "m3": "w2", "m4": "w1"},
        stable=10,
    ),
    "roth_colleges_would_rather": Example(
        # One stable matching, although another matching would be better for every college: see the test
        # below. Lists recalled; every property that the paper claims is checked here.
        source="Roth, Journal of Economic Theory 36 (1985), 277-288, proof of proposition 1 (recalled)",
        applicants={"s1": "C3 C1 C2", "s2": "C2 C1 C3", "s3": "C1 C3 C2", "s4": "C1 C2 C3"},
        programs={"C1": "s1 s2 s3 s4", "C2": "s1 s2 s3 s4", "C3": "s3 s1 s2 s4"},
        quotas={"C1": 2, "C2": 1, "C3": 1},
        applicant_optimal={"s1": "C3", "s2": "C2", "s3": "C1", "s4": "C1"},
        program_optimal={"s1": "C3", "s2": "C2", "s3": "C1", "s4": "C1"},
        stable=1,
    ),
    "roth_sotomayor_2_9": Example(
        # More men than women; m5 stays single in all four stable matchings. Their number is counted here.
        source="Roth and Sotomayor, Two-Sided Matching, 1990, example 2.9 (read in the tests of "
        "github.com/oyamad/MatchingMarkets.jl)",
        applicants={
            "m1": "w1 w2 w3 w4",
            "m2": "w4 w2 w3 w1",
            "m3": "w4 w3 w1 w2",
            "m4": "w1 w4 w3 w2",
            "m5": "w1 w2 w4",
        },
        programs={
            "w1": "m2 m3 m1 m4 m5",
            "w2": "m3 m1 m2 m4 m5",
            "w3": "m5 m4 m1 m2 m3",
            "w4": "m1 m4 m5 m2 m3",
        },
        quotas={"w1": 1, "w2": 1, "w3": 1, "w4": 1},
        applicant_optimal={"m1": "w1", "m2": "w2", "m3": "w3", "m4": "w4"},
        program_optimal={"m1": "w4", "m2": "w1", "m3": "w2", "m4": "w3"},
        stable=4,
    ),
    "roth_sotomayor_hospital_with_three": Example(
        # A hospital with three positions and four with one. The stable matchings are counted here.
        source="Roth and Sotomayor, Two-Sided Matching, 1990, p. 16 (read in the tests of "
        "github.com/oyamad/MatchingMarkets.jl)",
        applicants={
            "s1": "C5 C1",
            "s2": "C2 C5 C1",
            "s3": "C3 C1",
            "s4": "C4 C1",
            "s5": "C1 C2",
            "s6": "C1 C3",
            "s7": "C1 C3 C4",
        },
        programs={
            "C1": "s1 s2 s3 s4 s5 s6 s7",
            "C2": "s5 s2",
            "C3": "s6 s7 s3",
            "C4": "s7 s4",
            "C5": "s2 s1",
        },
        quotas={"C1": 3, "C2": 1, "C3": 1, "C4": 1, "C5": 1},
        applicant_optimal=numbered("s", "C5 C2 C3 C4 C1 C1 C1"),
        program_optimal=numbered("s", "C1 C5 C1 C1 C2 C3 C4"),
        stable=4,
    ),
    "gusfield_irving_hospitals": Example(
        # The program-optimal outcome is not the one that the book names: see the test below.
        source="Gusfield and Irving, The Stable Marriage Problem, 1989, section 1.6.5 (read in the tests of "
        "github.com/oyamad/MatchingMarkets.jl; lists also recalled)",
        applicants={
            "r1": "h3 h1 h5 h4",
            "r2": "h1 h3 h4 h2 h5",
            "r3": "h4 h5 h3 h1 h2",
            "r4": "h3 h4 h1 h5",
            "r5": "h1 h4 h2",
            "r6": "h4 h3 h2 h1 h5",
            "r7": "h2 h5 h1 h3",
            "r8": "h1 h3 h2 h5 h4",
            "r9": "h4 h1 h5",
            "r10": "h3 h1 h5 h2 h4",
            "r11": "h5 h4 h1 h3 h2",
        },
        programs={
            "h1": "r3 r7 r9 r11 r5 r4 r10 r8 r6 r1 r2",
            "h2": "r5 r7 r10 r6 r8 r2 r3 r11",
            "h3": "r11 r6 r8 r3 r2 r4 r7 r1 r10",
            "h4": "r10 r1 r2 r11 r4 r9 r5 r3 r6 r8",
            "h5": "r2 r4 r10 r7 r6 r1 r8 r3 r11 r9",
        },
        quotas={"h1": 4, "h2": 1, "h3": 3, "h4": 2, "h5": 1},
        applicant_optimal=numbered("r", "h3 h1 h4 h3 h1 h3 h2 h1 h4 h1 h5"),
        program_optimal=numbered("r", "h4 h5 h3 h1 h1 h3 h2 h3 h1 h4 h1"),
        stable=8,
    ),
    "nrmp_eight_applicants": Example(
        # NRMP's own illustration of the applicant-proposing algorithm. The page is gone; lists and
        # outcome as transcribed from nrmp.org by J. Aghion, gist.github.com/joeyAghion/719701 (2010).
        source="NRMP, 'How the matching algorithm works', nrmp.org, about 1999-2010",
        applicants={
            "Anderson": "City",
            "Brown": "City Mercy",
            "Chen": "City Mercy",
            "Davis": "Mercy City General State",
            "Eastman": "City Mercy State General",
            "Ford": "City General Mercy State",
            "Garcia": "City Mercy State General",
            "Hassan": "State City Mercy General",
        },
        programs={
            "Mercy": "Chen Garcia",
            "City": "Garcia Hassan Eastman Anderson Brown Chen Davis Ford",
            "General": "Brown Eastman Hassan Anderson Chen Davis Garcia",
            "State": "Brown Eastman Anderson Chen Hassan Ford Davis Garcia",
        },
        quotas={"Mercy": 2, "City": 2, "General": 2, "State": 2},
        applicant_optimal={
            "Chen": "Mercy",
            "Davis": "General",
            "Eastman": "City",
            "Ford": "State",
            "Garcia": "City",
            "Hassan": "State",
        },
        program_optimal={
            "Chen": "Mercy",
            "Davis": "General",
            "Eastman": "City",
            "Ford": "State",
            "Garcia": "City",
            "Hassan": "State",
        },
        stable=1,
    ),
}


def solved(matching: Matching) -> dict[str, str]:
    return {applicant: program for applicant, program in matching.to_dict().items() if program is not None}


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> Example:
    return EXAMPLES[request.param]


def test_each_side_gets_the_outcome_printed_for_it(example):
    assert solved(deferred_acceptance(example.market)) == example.applicant_optimal
    assert solved(deferred_acceptance(example.market, proposing="programs")) == example.program_optimal


def test_the_reference_agrees_with_print(example):
    market = example.market
    for solver, expected in (
        (reference.applicants_propose, example.applicant_optimal),
        (reference.programs_propose, example.program_optimal),
    ):
        assert solved(Matching.from_programs(market, solver(market)[0])) == expected


def test_there_are_as_many_stable_matchings_as_said(example):
    market = example.market
    found = list(stable_matchings(market))
    assert len(found) == example.stable
    assert all(is_stable(market, matching) for matching in found)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "gusfield_irving_hospitals"])
def test_trying_every_matching_finds_as_many(name):
    market = EXAMPLES[name].market
    stable = list(reference.stable_matchings(market))
    assert len(stable) == EXAMPLES[name].stable
    assert all(is_stable(market, program_of) for program_of in stable)


def test_what_the_book_calls_best_for_hospitals_is_stable_but_not_best_for_them():
    # An error of the book that the tests of MatchingMarkets.jl point out: r2 and r10 can change places.
    example = EXAMPLES["gusfield_irving_hospitals"]
    printed = Matching.from_dict(example.market, {**example.program_optimal, "r2": "h4", "r10": "h5"})
    assert is_stable(example.market, printed)
    best = deferred_acceptance(example.market, proposing="programs")
    h4, h5 = example.market.program_list("h4"), example.market.program_list("h5")
    assert (best.of("r10"), best.of("r2")) == ("h4", "h5")
    assert h4.index("r10") < h4.index("r2")
    assert h5.index("r2") < h5.index("r10")


def test_colleges_may_all_prefer_a_matching_that_is_not_stable():
    # Roth 1985: C1 prefers {s2, s4} to {s3, s4}, C2 prefers s1 to s2, and C3 prefers s3 to s1.
    market = EXAMPLES["roth_colleges_would_rather"].market
    better = Matching.from_dict(market, {"s1": "C2", "s2": "C1", "s3": "C3", "s4": "C1"})
    assert is_individually_rational(market, better)
    assert list(blocking_pairs(market, better)) == [("s1", "C1"), ("s3", "C1")]


def test_brown_is_not_helped_by_ranking_only_the_favourites():
    # NRMP's moral of the example: Brown, who ranked two programs, would have matched with a longer list.
    example = EXAMPLES["nrmp_eight_applicants"]
    longer = replace(example, applicants={**example.applicants, "Brown": "City Mercy General State"})
    assert deferred_acceptance(longer.market).of("Brown") == "General"
