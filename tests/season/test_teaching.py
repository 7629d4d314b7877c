"""The shipped teaching scenario: the printed outcome, and the explanation that stands in the file."""

from __future__ import annotations

import re
from pathlib import Path

from matchsim.engine import Market, Matching, blocking_pairs, reference
from matchsim.season import load_scenario, run_season
from matchsim.season.scenario.model import RankLists

FILE = Path(__file__).parents[2] / "scenarios" / "teaching-8x4.yaml"
# NRMP, "How the matching algorithm works"; see the head of the scenario.
PRINTED = {
    "Anderson": None,
    "Brown": None,
    "Chen": "Mercy",
    "Davis": "General",
    "Eastman": "City",
    "Ford": "State",
    "Garcia": "City",
    "Hassan": "State",
}
SEATED = {name: program for name, program in PRINTED.items() if program}


def market() -> Market:
    lists = load_scenario(FILE).rank_lists
    return Market.from_lists(lists.applicant_lists, lists.program_lists, lists.quotas)


def test_the_season_ends_as_printed_whatever_the_seed():
    for seed in (1, 2):
        season = run_season(FILE, seed=seed)
        frame = season.placements
        ended = dict(zip(frame["applicant"], frame["program"], strict=True))
        assert {name: program for name, program in ended.items() if isinstance(program, str)} == SEATED
        assert list(ended) == list(PRINTED)
        assert season.match.stable


def test_the_reference_solver_gives_the_printed_outcome_from_both_sides():
    for solver in (reference.applicants_propose, reference.programs_propose):
        matching = Matching.from_programs(market(), solver(market())[0])
        assert matching.to_dict() == PRINTED
        assert len(blocking_pairs(market(), matching)) == 0


def test_the_steps_in_the_file_are_those_of_the_algorithm():
    """Replays the table in the comments: who asks, and who is at that program then."""
    lists = load_scenario(FILE).rank_lists
    held: dict[str, list[str]] = {program: [] for program in lists.program_lists}
    left = {name: list(ranked) for name, ranked in lists.applicant_lists.items()}
    steps = re.findall(
        r"^# +([A-Z]\w+) .*(?:  (\w+): ([\w, ]+)|: (unmatched))$", FILE.read_text(), re.MULTILINE
    )
    assert {name for name, *_ in steps} == set(PRINTED)
    for name, program, people, unmatched in steps:
        ask(name, lists, held, left)
        if unmatched:
            assert not left[name]
            assert all(name not in seated for seated in held.values())
        else:
            assert sorted(held[program]) == sorted(people.split(", "))
            assert name in held[program]
    assert {name: next((p for p in held if name in held[p]), None) for name in PRINTED} == PRINTED


def ask(name: str, lists: RankLists, held: dict[str, list[str]], left: dict[str, list[str]]) -> None:
    """Let one applicant ask down the list until a program says yes for now."""
    while left[name]:
        program = left[name].pop(0)
        wanted = lists.program_lists[program]
        if name in wanted:
            best = sorted([*held[program], name], key=wanted.index)
            held[program] = best[: lists.quotas[program]]
            if name in held[program]:
                return
