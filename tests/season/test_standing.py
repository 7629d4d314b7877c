"""Scores and wishes against the formula written out for one person and one program."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given

from matchsim.season import reference
from matchsim.season.standing import attitudes, screening_scores, wishes
from matchsim.season.words import APPLICANT_TYPES, TRACKS

from .worlds import World, changed, examples, town, world_of, worlds


@examples(40)
@given(worlds())
def test_screening_scores_are_the_formula(world: World) -> None:
    applied = world.applied
    noise = np.random.default_rng(1).normal(size=len(applied)).astype(np.float32)
    score = screening_scores(world.scenario, world.applicants, world.road, world.programs, applied, noise)
    owner = applied.applicants()
    lowest = world.scenario.interviews.screening.lowest
    for i in range(len(applied)):
        expected = reference.screening_score(
            world.scenario,
            world.applicants,
            world.road,
            world.programs,
            int(owner[i]),
            int(applied.program[i]),
            int(applied.signal[i]),
            float(noise[i]),
        )
        if np.isfinite(expected) and np.isfinite(score[i]):
            assert abs(score[i] - expected) < 1e-4
        else:  # one of them rounded to the other side of the lowest score
            finite = expected if np.isfinite(expected) else score[i]
            assert expected == score[i] or abs(finite - lowest) < 1e-4


@examples(40)
@given(worlds())
def test_wishes_are_the_formula(world: World) -> None:
    applied = world.applied
    standing = np.random.default_rng(2).normal(size=len(world.applicants))
    for above in (0.0, -1.0):
        wish = wishes(
            world.scenario,
            world.applicants,
            world.programs,
            applied.applicant_offsets,
            applied.program,
            applied.fit,
            standing,
            above=above,
        )
        expected = [
            reference.wish(
                world.scenario, world.applicants, world.programs, a, p, fit, float(standing[a]), above
            )
            for a, p, fit in zip(
                applied.applicants().tolist(), applied.program.tolist(), applied.fit.tolist(), strict=True
            )
        ]
        np.testing.assert_allclose(wish, expected, atol=1e-4)


def test_a_backup_specialty_gains_nothing_where_there_is_no_preliminary_program() -> None:
    # The last specialty's pool was once taken for the preliminary one.
    sizes = {name: {"C": {"programs": 5, "positions": 9}} for name in ("Bones", "Hearts")}
    people = {"us_md_senior": {"Bones": 1.0}}
    world = world_of(
        changed(
            town(),
            {
                "programs": {"specialties": sizes},
                "cohort": {
                    "active": {"us_md_senior": 30},
                    "withdrawn": {"us_md_senior": 0, "non_us_img": 0},
                    "registered": None,
                    "preferences": people,
                    "backups": {"us_md_senior": {"Hearts": 1.0}},
                    "backup_share": {"us_md_senior": 1.0},
                },
                "couples": {"number": 0},
                "applications": {"signals": {}},
                "rank_lists": {"applicants": {"prestige": 0.0, "home": 0.0, "fit": 0.0}},
            },
        )
    )
    applied = world.applied
    wish = wishes(
        world.scenario,
        world.applicants,
        world.programs,
        applied.applicant_offsets,
        applied.program,
        applied.fit,
        np.zeros(30),
    )
    hearts = world.programs.specialty[applied.program] == 1
    assert hearts.any()
    assert set(wish[hearts].tolist()) == {0.0}
    assert set(wish[~hearts].tolist()) == {2.0}


def test_attitudes_are_sharper_where_places_are_sought_and_never_turn_round() -> None:
    world = world_of(changed(town(), {"programs": {"openness_sd": 0.0, "community_openness": 0.0}}))
    stated = world.scenario.interviews.screening.attitude
    worth = attitudes(world.scenario, world.programs)
    assert (worth[0] == 0).all()
    order = np.argsort((world.programs.competitiveness - 0.5) * 2 + world.programs.prestige / 4)
    assert (np.diff(worth[5][order]) <= 1e-9).all()
    assert (worth[5] <= 0.1 * stated.non_us_img + 1e-9).all()


def test_reserved_positions_look_at_graduates_as_others_do_at_seniors() -> None:
    programs = world_of(town()).programs
    others = replace(programs, track=np.full_like(programs.track, TRACKS.index("C")))
    reserved = replace(programs, track=np.full_like(programs.track, TRACKS.index("R")))
    to_others, to_reserved = attitudes(town(), others), attitudes(town(), reserved)
    grad, senior = APPLICANT_TYPES.index("us_do_grad"), APPLICANT_TYPES.index("us_do_senior")
    assert (to_reserved[grad] == to_others[senior]).all()
    assert (to_others[grad] < to_others[senior]).all()
    assert (to_reserved[4:] == to_others[4:]).all()


def test_a_preliminary_year_in_some_specialty_is_wished_for_less() -> None:
    world = world_of(town())
    specialties = world.programs.specialties
    surgery = specialties[int(world.programs.specialty[world.programs.is_track("P")][0])]
    standing = np.zeros(len(world.applicants))

    def wish_with(first_year: dict[str, float]) -> np.ndarray:
        return wishes(
            changed(world.scenario, {"rank_lists": {"applicants": {"first_year": first_year}}}),
            world.applicants,
            world.programs,
            world.applied.applicant_offsets,
            world.applied.program,
            world.applied.fit,
            standing,
        )

    less = wish_with({}) - wish_with({surgery: -1.5})
    program = world.applied.program
    concerned = world.programs.is_track("P") & (world.programs.specialty == specialties.index(surgery))
    assert concerned[program].any()
    np.testing.assert_allclose(less, np.where(concerned[program], 1.5, 0.0), atol=1e-5)
