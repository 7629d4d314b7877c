"""Probes: against people truly put into small seasons, and against what the profile says."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from season.worlds import changed, town

from matchsim.errors import InputError
from matchsim.season import run_season
from matchsim.season.applications import applications
from matchsim.season.interviews import interviews, invite
from matchsim.season.match import match
from matchsim.season.profile import Profile
from matchsim.season.profile.model import Signals
from matchsim.season.rank_lists import rank_lists
from matchsim.season.soap import soap
from matchsim.season.words import APPLICANT_TYPES
from matchsim.strategy import Person, match_probability, probes, standards
from matchsim.strategy.match_probabilities import _student
from matchsim.strategy.newcomers import OF_PROGRAMS, ProbeStreams, _exams, newcomers
from matchsim.streams import Streams
from strategy.conftest import ALONE
from strategy.spliced import Spliced

# Everybody with an interview certifies, so that a newcomer takes nobody's place on a roll of given length.
REGISTERED = dict(zip(APPLICANT_TYPES, (100, 12, 50, 8, 30, 66, 5), strict=True))
OPEN = {**ALONE, "cohort": {"active": dict.fromkeys(APPLICANT_TYPES, 0), "registered": REGISTERED}}
COPIES = 40
MD = Profile(applicant_type="us_md_senior")
IMG = Profile(applicant_type="non_us_img")


class Inserted(Streams):
    """The streams of a season in which one number is a newcomer, with the luck of a probe."""

    def __init__(self, season, newcomer: int, probe: int) -> None:
        super().__init__(season.seed, season.replicate)
        self.swap = newcomer, probe
        self.probes = ProbeStreams(season.seed, season.replicate, COPIES)

    def __call__(self, decision):
        own = super().__call__(decision)
        return own if decision in OF_PROGRAMS else Spliced(own, self.probes(decision), *self.swap)


def with_row(table, other, row: int):
    """A table of applicants with one more row, taken from another such table."""
    return type(table)(
        **{
            f.name: (
                np.append(getattr(table, f.name), getattr(other, f.name)[row])
                if "column" in f.metadata
                else getattr(table, f.name)
            )
            for f in fields(table)
        }
    )


def truly_inserted(season, people, probe: int):
    """Applications, interviews and program of a copy that takes part in the season."""
    new = len(season.cohort)
    streams = Inserted(season, new, probe)
    everybody = with_row(season.cohort, people.applicants, probe)
    road = with_row(season.road, people.road, probe)
    scenario, tracks = season.scenario, season.tracks
    applied = applications(scenario, streams, everybody, road, tracks)
    held = interviews(scenario, streams, everybody, road, tracks, applied)
    lists = rank_lists(scenario, streams, everybody, road, tracks, season.coupled, applied, held)
    matched = match(scenario, streams, tracks, lists, season.reversions)
    done = soap(scenario, streams, everybody, road, tracks, matched)
    first_year = tracks.is_track("CMP")[done.accepted_program]
    sent = applied.program[applied.applicant_offsets[new] :].tolist()
    return (
        sent,
        held.applicant_offsets[-1] - held.applicant_offsets[-2],
        matched.program_of[new],
        new in done.accepted_applicant[first_year],
    )


@pytest.mark.parametrize("crowd", [1, 2], ids=["slack", "crowded"])
@pytest.mark.parametrize("profile", [MD, IMG], ids=["md", "img"])
def test_probes_get_about_what_people_get_who_are_truly_put_in(profile, crowd):
    """The approximation at the interviews: how often it changes whether, and where, somebody matches."""
    registered = {name: crowd * number for name, number in REGISTERED.items()}
    scenario = changed(town(), {**OPEN, "cohort": {**OPEN["cohort"], "registered": registered}})
    different, elsewhere, other_interviews, other_soap, asked = 0, 0, 0, 0, 0
    for seed in range(2):
        season = run_season(scenario, seed=seed)
        reached = standards(season)
        found, people = probes(profile, reached, COPIES), newcomers([Person(profile)], reached, COPIES)
        for i in range(len(found)):
            sent, held, won, placed = truly_inserted(season, people, i)
            of = slice(*people.applied.applicant_offsets[i : i + 2])
            assert sent == people.applied.program[of].tolist()
            asked += 1
            different += (won >= 0) != found.matched[i]
            elsewhere += won != found.program[i]
            other_interviews += held != found.interviews[i]
            other_soap += won < 0 and placed != found.soap[i]
    print(
        f"{asked} put in; differ in matching {different}, place {elsewhere}, interviews {other_interviews}, "
        f"SOAP {other_soap}"
    )
    assert different / asked <= 0.03
    assert elsewhere / asked <= 0.05
    assert other_interviews / asked <= 0.05
    assert other_soap / asked <= 0.1


def test_what_a_profile_says_is_what_its_copies_are(alone):
    profile = Profile.model_validate(
        {
            "applicant_type": "non_us_img",
            "citizenship": "other",
            "visa": "j1",
            "graduation_year": alone.scenario.season - 6,
            "exams": {
                "step_1": [
                    {"date": date(2020, 1, 1), "result": "failed"},
                    {"date": date(2020, 6, 1), "result": "passed"},
                ],
                "step_2_ck": [{"date": date(2021, 1, 1), "score": 251, "result": "passed"}],
            },
            "us_clinical_months": 4.0,
            "letters": {"ready": 4, "from_us": 3},
            "research": 7,
            "prior_training": False,
            "specialties": ["Hearts", "Kin"],
            "applications": {"Hearts": 3, "Kin": 2},
            "signals": {"Kin": {"gold": 1}},
            "region_ties": ["pacific"],
            "done": {"ecfmg_certificate": date(1990, 1, 1)},
        }
    )
    made = newcomers([Person(profile)], standards(alone), 200)
    row = made.applicants.to_pandas().iloc[17]
    said = {
        "applicant_type": "non_us_img",
        "citizenship": "other",
        "visa": "j1",
        "years_since_graduation": 6,
        "step_1_failures": 1,
        "step_2_ck_failures": 0,
        "step2_ck": 251,
        "us_clinical_months": 4,
        "us_letters": 3,
        "research": 7,
        "prior_training": False,
        "step_3": False,
        "preferred": "Hearts",
        "backup": "Kin",
        "division": "pacific",
    }
    assert {name: row[name] for name in said} == said
    for name in said:
        assert len(np.unique(getattr(made.applicants, name))) == 1
    assert len(np.unique(made.applicants.ability)) == 200
    assert made.road.certificate.all()
    tracks, program = alone.tracks, made.applied.program
    words = np.array(tracks.specialties)[tracks.specialty[program]]
    assert set(words) == {"Hearts", "Kin"}
    assert (words == "Hearts").sum() / 200 == pytest.approx(3, abs=0.3)
    # A little more, since who would apply nowhere in a specialty applies to one program.
    assert (words == "Kin").sum() / 200 == pytest.approx(2, abs=0.4)
    owner = made.applied.applicants()
    assert set(words[made.applied.signal > 0]) == {"Kin"}
    assert np.bincount(owner[made.applied.signal == 2]).max() == 1


def test_a_number_has_the_same_luck_whatever_the_profile_says(alone):
    more = IMG.model_copy(update={"research": 40})
    asked = [Person(IMG), Person(MD), Person(more), Person(IMG, more={"step2_ck": 10})]
    made = newcomers(asked, standards(alone), 30)
    of = [slice(i * 30, i * 30 + 30) for i in range(4)]
    assert (made.applicants.research[of[2]] == 40).all()
    gained = made.applicants.step2_ck[of[3]] - made.applicants.step2_ck[of[0]]
    assert (gained == 10).all()
    for name in ("ability", "step2_ck", "preferred", "us_clinical_months"):
        values = getattr(made.applicants, name)
        assert (values[of[0]] == values[of[2]]).all()
    owner = made.applied.applicants()
    alone_too = newcomers(asked[2:3], standards(alone), 30)
    assert (made.applied.program[owner // 30 == 2] == alone_too.applied.program).all()
    assert (made.applied.signal[owner // 30 == 2] == alone_too.applied.signal).all()


def test_people_asked_about_together_get_what_they_get_alone(alone):
    reached = standards(alone)
    signals = {"Hearts": Signals(gold=2)}
    asked = [Person(IMG), MD, Person(MD.model_copy(update={"signals": signals}), signal_strategy="home")]
    together = probes(asked, reached, 50)
    for i, one in enumerate(asked):
        single, mine = probes(one, reached, 50), together.of(i)
        for name in ("applications", "interviews", "program", "place", "soap", "fees"):
            assert (getattr(single, name) == getattr(mine, name)).all()


def test_a_score_says_whether_an_exam_was_passed():
    """No word on the result is needed where there is a score, whatever the exam."""
    exams = {
        "step_2_ck": [{"date": date(2022, 5, 16), "score": 206}, {"date": date(2023, 9, 4), "score": 229}],
        "step_3": [{"date": date(2026, 4, 13), "score": 214}],
    }
    said = _exams(Profile.model_validate({"applicant_type": "non_us_img", "exams": exams}))
    assert said == {"step2_ck": 229, "step_1_failures": None, "step_2_ck_failures": 1, "step_3": True}


def test_soap_takes_whom_the_match_did_not(alone):
    found = probes(IMG, alone, 300)
    assert found.soap.any()
    assert not (found.soap & found.matched).any()


def test_a_better_file_never_means_fewer_invitations(alone):
    """With the same applications; a threshold stands still for a probe."""
    weak = Profile(
        applicant_type="us_md_senior",
        specialties=["Hearts"],
        applications={"Hearts": 500},
        # A better file would send its signals elsewhere.
        signals={"Hearts": Signals(gold=0)},
    )
    strong = weak.model_copy(update={"research": 100})
    reached = standards(alone)
    few = probes(weak.model_copy(update={"research": 0}), reached, 200)
    many = probes(strong, reached, 200)
    assert (many.applications == few.applications).all()
    assert (many.invitations >= few.invitations).all()
    assert many.invitations.sum() > few.invitations.sum()


def test_the_threshold_is_the_lowest_score_invited(alone):
    """Said once more: nobody above it was left out, and whoever was interviewed reached it."""
    reached = standards(alone)
    season = alone
    streams = Streams(season.seed, season.replicate)
    sent = invite(season.scenario, streams, season.cohort, season.road, season.tracks, season.applications)
    program = season.applications.program
    seen = sent.score + 1e6 * sent.first
    for p in range(len(season.tracks)):
        here = (program == p) & (sent.score > -np.inf)
        above = (here & (seen >= reached.invited_above[p])).sum()
        if np.isfinite(reached.invited_above[p]):
            assert above == sent.invited[p]
            assert seen[here & sent.held].min(initial=np.inf) >= reached.invited_above[p]
        elif reached.invited_above[p] < 0:
            assert above == sent.invited[p] == here.sum()
            assert sent.free[p] > 0
        else:
            assert sent.invited[p] == 0
    assert np.isfinite(reached.invited_above).sum() > 5


def test_nobody_is_disturbed(alone):
    before = standards(alone)
    probes(IMG, before, 50)
    after = standards(alone)
    assert before.equals(after)


def test_linked_seasons_take_probes(linked):
    found = probes(MD, linked, 300)
    assert 0.3 < found.matched.mean() < 1
    assert (found.place < found.ranks).all()
    assert (found.ranks <= found.interviews).all()


def test_probes_rank_no_more_than_the_scenario_allows(alone):
    """Who is taken within the first two ranks is taken still; nobody else is."""
    short = run_season(changed(alone.scenario, {"rank_lists": {"most": 2}}), seed=3)
    reached = standards(short)
    found = probes(MD, reached, 100)
    assert found.ranks.max() == 2
    free = probes(MD, replace(reached, scenario=alone.scenario), 100)
    assert free.ranks.max() > 2
    assert (found.program == np.where(free.place < 2, free.program, -1)).all()


def test_the_curve_is_that_of_the_probes(alone):
    reached = [standards(run_season(changed(town(), ALONE), seed=seed)) for seed in range(5)]
    got = match_probability(IMG, reached, ranks=6, copies=80)
    every = [probes(IMG, one, 80) for one in reached]
    for k in range(1, 7):
        shares = np.array([((one.place >= 0) & (one.place < k)).mean() for one in every])
        assert got.probability[k - 1] == pytest.approx(shares.mean())
        half = 2.776 * shares.std(ddof=1) / np.sqrt(5)
        assert got.high[k - 1] - got.probability[k - 1] == pytest.approx(half, rel=0.01, abs=1e-9)
        assert got.reached[k - 1] == pytest.approx(np.mean([(one.ranks >= k).mean() for one in every]))
    assert got.choice.sum() == pytest.approx(got.probability[-1])
    assert got.probes.sum() == 400
    assert got.overall == pytest.approx(np.mean([one.matched.mean() for one in every]))
    assert "5 seasons of 80 probes; parameter uncertainty not included" in repr(got)
    tiers = np.concatenate([one.tiers() for one in every])
    for tier, rows in got.ends().groupby("tier"):
        assert rows["probability"].sum() == pytest.approx((tiers == tier).mean())
    assert got.by_interviews()["probes"].sum() == 400
    assert list(got.to_pandas().columns) == ["ranks", "probability", "low", "high", "choice", "reached"]


def test_few_seasons_say_nothing_of_their_scatter():
    got = match_probability(IMG, town(), ranks=2, replicates=2, copies=20)
    assert np.isnan(got.low).all()
    assert np.isnan(got.high).all()
    assert "(" not in repr(got)


@pytest.mark.parametrize(("freedom", "table"), [(3, 3.182), (4, 2.776), (9, 2.262), (19, 2.093), (99, 1.984)])
def test_points_of_student(freedom, table):
    """Abramowitz and Stegun, table 26.10."""
    assert _student(freedom) == pytest.approx(table, rel=0.01)


def test_all_that_does_not_go_is_said_at_once(alone):
    wrong = Profile(
        applicant_type="us_img", couple=True, specialties=["Heart"], signals={"Bone": {"gold": 1}}
    )
    with pytest.raises(InputError) as caught:
        probes(wrong, alone, 0)
    told = str(caught.value)
    for word in ("'Heart'", "'Bone'", "matches alone", "copies"):
        assert word in told
    with pytest.raises(InputError) as caught:
        match_probability(IMG, town(), ranks=0, replicates=0, copies=0)
    assert all(name in str(caught.value) for name in ("ranks", "replicates", "copies"))
