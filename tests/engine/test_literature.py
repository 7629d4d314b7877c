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
)


@dataclass(frozen=True)
class Example:
    """A published market; outcomes are programs by applicant, the unmatched left out."""

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


def test_the_stable_matchings_are_as_many_as_printed(example):
    market = example.market
    stable = list(reference.stable_matchings(market))
    assert len(stable) == example.stable
    assert all(is_stable(market, program_of) for program_of in stable)


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
