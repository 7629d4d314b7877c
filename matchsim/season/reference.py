"""The obvious slow versions of a season's kernels: oracles for the tests. Plain Python, no compiled code.

Everything here works on lists of numbers, one applicant and one program at a time, and says what the
rules say in the order in which they say it. Equal values keep the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, exp, log2

import numpy as np
import numpy.typing as npt

from matchsim.season.rules.model import Schedule
from matchsim.season.scenario.applications import Bands
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Pathway, Programs
from matchsim.season.words import APPLICANT_TYPES, INTERNATIONAL, TRACKS, VISAS

__all__ = [
    "Acceptance",
    "AfterInterviews",
    "InterviewRules",
    "InterviewSeason",
    "SoapOffers",
    "affordable",
    "after_interviews",
    "application_weight",
    "chance_scale",
    "chosen_programs",
    "considered",
    "cost",
    "eligible",
    "first_contacts",
    "hold_interviews",
    "pair_list",
    "pair_wish",
    "perceived_chance",
    "read_first",
    "reported_list",
    "reverting",
    "screening_score",
    "send_signals",
    "soap_choice",
    "soap_rounds",
    "soap_weight",
    "sorted_segments",
    "supplemental_list",
    "visa_fits",
    "wish",
]

WORD = 2**32


def eligible(applicants: Applicants, programs: Programs, a: int, p: int) -> bool:
    """Whether applicant `a` may apply to program `p`: visa sponsored, reserved positions for physicians."""
    reserved = TRACKS[programs.track[p]] == "R"
    return visa_fits(applicants, programs, a, p) and (bool(applicants.prior_training[a]) or not reserved)


def visa_fits(applicants: Applicants, programs: Programs, a: int, p: int) -> bool:
    """Whether program `p` can take applicant `a` on the visa needed; an H-1B asks for Step 3 besides."""
    needed = VISAS[applicants.visa[a]]
    if needed == "j1":
        return bool(programs.sponsors_j1[p])
    return needed == "none" or bool(programs.sponsors_h1b[p] and applicants.step_3[a])


def considered(applicants: Applicants, road: Pathway, programs: Programs, a: int, p: int) -> bool:
    """Whether applicant `a` meets everything that program `p` requires."""
    most = int(programs.maximum_years[p])
    abroad = APPLICANT_TYPES[applicants.applicant_type[a]] in INTERNATIONAL
    return (
        eligible(applicants, programs, a, p)
        and int(applicants.step2_ck[a]) >= int(programs.minimum_step2_ck[p])
        and (most < 0 or int(applicants.years_since_graduation[a]) <= most)
        and not (programs.no_failed_attempts[p] and applicants.failed_attempts[a])
        and not (abroad and applicants.us_clinical_months[a] < programs.minimum_us_months[p])
        and not (programs.certificate_first[p] and not road.certificate[a])
    )


def application_weight(bands: Bands, home_weight: float, gap: float, *, at_home: bool) -> float:
    """How readily somebody applies to a program whose prestige lies `gap` SD above their standing."""
    if gap > bands.width:
        weight = bands.reach
    elif gap < -bands.width:
        weight = bands.safety
    else:
        weight = bands.target
    return weight * (home_weight if at_home else 1.0)


def chance_scale(weights: Iterable[float], wanted: float) -> float:
    """The scale at which the sum of ``min(1, scale * weight)`` is `wanted`, or every chance is 1.

    Weights of 0 never count. The largest weights reach 1 first, so their number is tried from none up.
    """
    positive = sorted((w for w in weights if w > 0), reverse=True)
    if not positive or wanted <= 0:
        return 0.0
    for certain in range(len(positive)):
        scale = (wanted - certain) / sum(positive[certain:])
        if scale * positive[certain] < 1:
            return scale
    return 1.0 / positive[-1]


def chosen_programs(words: Sequence[int], weights: Sequence[float | None], wanted: float) -> list[int]:
    """Which programs of a pool somebody applies to, by their places in the pool.

    Parameters
    ----------
    words
        One 32-bit draw for every program.
    weights
        How readily the person applies to each; None where that is impossible.
    wanted
        Expected number of applications. Who would apply nowhere applies to the program that a few more
        applications would bring first.
    """
    possible = [k for k, weight in enumerate(weights) if weight is not None]
    scale = chance_scale((weight for weight in weights if weight is not None), wanted)
    chosen = [k for k in possible if words[k] / WORD < scale * (weights[k] or 0.0)]
    if not chosen and possible and wanted > 0:
        first = min(possible, key=lambda k: (_ratio(words[k], weights[k] or 0.0), k))
        if weights[first]:
            chosen = [first]
    return chosen


def _ratio(word: int, weight: float) -> float:
    return word / weight if weight > 0 else float("inf")


def cost(schedule: Schedule, number: float) -> float:
    """What so many applications in one specialty cost, application by application; a part costs a part."""
    total, flat = 0.0, set()
    for k in range(ceil(number)):
        bracket = next(b for b in schedule.value if b.up_to is None or k < b.up_to)
        if bracket.each is not None:
            total += bracket.each * min(1.0, number - k)
        elif bracket.up_to not in flat:
            flat.add(bracket.up_to)
            total += bracket.flat or 0.0
    return total


def affordable(price: Callable[[float], float], number: float, budget: float) -> float:
    """As many of the applications wanted as a budget pays for, by halving; `price` is that of a number."""
    if price(number) <= budget:
        return number
    least, most = 0.0, number
    for _ in range(20):
        middle = (least + most) / 2
        if price(middle) <= budget:
            least = middle
        else:
            most = middle
    return least


def send_signals(
    pools: Sequence[int], wishes: Sequence[float], gold: Mapping[int, int], silver: Mapping[int, int]
) -> list[int]:
    """One applicant's signals: 2 (gold), 1 (silver) or 0 for every application.

    Parameters
    ----------
    pools, wishes
        Pool of every application, and how much it is wished for.
    gold, silver
        Budgets by pool.
    """
    signals = [0] * len(pools)
    for pool in set(pools):
        mine = sorted((i for i, at in enumerate(pools) if at == pool), key=lambda i: -wishes[i])
        both = gold.get(pool, 0) + silver.get(pool, 0)
        for place, i in enumerate(mine[:both]):
            signals[i] = 2 if place < gold.get(pool, 0) else 1
    return signals


def wish(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    a: int,
    p: int,
    fit: float,
    standing: float = 0.0,
    above: float = 0.0,
) -> float:
    """How much applicant `a` wishes for program `p` before any interview, in SD.

    `above` is added for every SD that the program stands above the applicant's `standing`.
    """
    taste = scenario.rank_lists.applicants
    prestige = float(programs.prestige[p])
    worth = taste.prestige * prestige + taste.fit * fit + above * max(0.0, prestige - standing)
    if _at_home(applicants, programs, a, p):
        worth += taste.home
    if TRACKS[programs.track[p]] == "P":
        worth += taste.preferred / 2
    elif programs.specialty[p] == applicants.preferred[a]:
        worth += taste.preferred
    return worth


def screening_score(
    scenario: Scenario,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    a: int,
    p: int,
    signal: int,
    noise: float,
) -> float:
    """What program `p` sees in the application of `a`, in SD; minus infinity where it cannot invite.

    `noise` is what readers disagree about, in SD.
    """
    given = scenario.interviews.screening
    exam = scenario.cohort.step2_ck
    kind = APPLICANT_TYPES[applicants.applicant_type[a]]
    if not considered(applicants, road, programs, a, p):
        return float("-inf")
    exam_z = (float(applicants.step2_ck[a]) - exam.mean) / exam.sd if exam.sd else 0.0
    score = given.ability * float(applicants.ability[a]) + given.step2_ck * exam_z + noise
    score += given.failed_attempt * int(applicants.failed_attempts[a])
    score += given.year_since_graduation * min(int(applicants.years_since_graduation[a]), 10)
    score += given.us_clinical_month * (min(float(applicants.us_clinical_months[a]), 6.0) - 6.0)
    score += given.us_letter * (int(applicants.us_letters[a]) - 4)
    score += given.research * log2((1 + int(applicants.research[a])) / 6)
    score += given.school * (2.5 - int(applicants.school_tier[a]))
    sought = (float(programs.competitiveness[p]) - 0.5) * 2 + float(programs.prestige[p]) / 4
    score += getattr(given.attitude, kind) * max(0.1, 1 + given.attitude_slope * sought)
    if kind != "us_md_senior":
        score += float(programs.openness[p])
    if _at_home(applicants, programs, a, p):
        score += given.home
    score += (0.0, given.silver, given.gold)[signal]
    core = TRACKS[programs.track[p]] != "P"
    if core and applicants.preferred[a] >= 0 and programs.specialty[p] != applicants.preferred[a]:
        score += given.backup
    return score if score >= given.lowest else float("-inf")


def _at_home(applicants: Applicants, programs: Programs, a: int, p: int) -> bool:
    return bool(applicants.division[a] >= 0 and applicants.division[a] == programs.division[p])


@dataclass(frozen=True)
class InterviewSeason:
    """What happened while interviews were given out.

    Attributes
    ----------
    held
        Applications that became interviews.
    invitations
        By applicant.
    waves
        Invitations (application numbers) of each wave.
    out
        What holds a slot in each wave, before the answers: accepted, unanswered and new invitations.
    """

    held: set[int]
    invitations: list[int]
    waves: list[list[int]]
    out: list[list[int]]


def read_first(
    program: Sequence[int],
    signal: Sequence[int],
    slots: Sequence[int],
    selects: Sequence[bool],
    enough: float,
) -> list[bool]:
    """Which applications are read before the others of their program.

    `selects` says which programs read signalled ones first if they get `enough` of them for every slot.
    """
    received = [
        sum(q == p and bool(s) for q, s in zip(program, signal, strict=True)) for p in range(len(slots))
    ]
    return [
        bool(s) and selects[p] and received[p] >= enough * slots[p]
        for p, s in zip(program, signal, strict=True)
    ]


@dataclass(frozen=True)
class InterviewRules:
    """How interviews are given out, beside scores and wishes.

    Attributes
    ----------
    slots, most, begins
        By program: interviews at a time, invitations altogether, and the wave of the first ones.
    capacity, late_answers, late_returns
        By applicant: interviews kept, whether they answer a wave later, and whether what they accepted and
        give back later stays empty.
    waves
        Number of waves.
    """

    slots: Sequence[int]
    most: Sequence[int]
    begins: Sequence[int]
    capacity: Sequence[int]
    late_answers: Sequence[bool]
    late_returns: Sequence[bool]
    waves: int


def hold_interviews(
    applicant: Sequence[int],
    program: Sequence[int],
    score: Sequence[float],
    first: Sequence[bool],
    wishes: Sequence[float],
    rules: InterviewRules,
) -> InterviewSeason:
    """Invite and answer in waves.

    In a wave every program that has begun invites the best applicants not yet invited, those of `first`
    before the others, as many as it has slots free at the wave's start; a slot is not free while somebody
    holds it, has yet to answer, or gave it back late. Everybody keeps the most wished-for invitations, up
    to capacity, of all those held and answered in the wave.
    """
    waiting = [i for i in range(len(program)) if score[i] > float("-inf")]
    held: set[int] = set()
    unanswered: set[int] = set()
    lost = [0] * len(rules.slots)
    asked = [0] * len(rules.slots)
    invitations = [0] * len(rules.capacity)
    sent: list[list[int]] = []
    out: list[list[int]] = []
    for wave in range(rules.waves + 1):
        invited: list[int] = []
        for p, size in enumerate(rules.slots):
            if wave < rules.begins[p] or wave == rules.waves:
                continue
            blocked = sum(program[i] == p for i in held | unanswered) + lost[p]
            most = max(0, min(size - blocked, rules.most[p] - asked[p]))
            mine = sorted((i for i in waiting if program[i] == p), key=lambda i: (not first[i], -score[i]))
            invited += mine[:most]
            asked[p] += len(mine[:most])
        waiting = [i for i in waiting if i not in invited]
        for i in invited:
            invitations[applicant[i]] += 1
        out.append(sorted(held | unanswered | set(invited)))
        later = {i for i in invited if rules.late_answers[applicant[i]]}
        kept = _most_wished(held | unanswered | set(invited) - later, applicant, wishes, rules.capacity)
        for i in held - kept:
            lost[program[i]] += rules.late_returns[applicant[i]]
        held, unanswered = kept, later
        sent.append(invited)
    return InterviewSeason(held, invitations, sent[:-1], out[:-1])


def _most_wished(
    answered: set[int], applicant: Sequence[int], wishes: Sequence[float], capacity: Sequence[int]
) -> set[int]:
    return {
        i
        for a, most in enumerate(capacity)
        for i in sorted((k for k in answered if applicant[k] == a), key=lambda k: -wishes[k])[:most]
    }


def sorted_segments(offsets: Sequence[int], key: Sequence[float]) -> list[int]:
    """Entry numbers such that each segment stands by falling key, equal ones as they were."""
    order: list[int] = []
    for start, end in pairwise(offsets):
        order += sorted(range(start, end), key=lambda i: -key[i])
    return order


@dataclass(frozen=True)
class AfterInterviews:
    """What both sides of the interviews held think: by (applicant, program), in SD."""

    wish: dict[tuple[int, int], float]
    score: dict[tuple[int, int], float]


def after_interviews(
    scenario: Scenario,
    wishes: Mapping[tuple[int, int], float],
    scores: Mapping[tuple[int, int], float],
    interview: Callable[[int, int], tuple[float, float]],
    mock_interviews: Sequence[int],
    second_look: Callable[[int, int], tuple[float, float]],
    locks: Callable[[int], bool],
    moved_up: Callable[[int, int], bool],
) -> AfterInterviews:
    """Wishes and scores after interviews, second looks and what people tell programs.

    Parameters
    ----------
    wishes, scores
        By (applicant, program): what both thought before the interview.
    interview, second_look
        Standard normal draws: what the applicant and the program learn.
    mock_interviews
        By applicant.
    locks
        Whether a program locks its list before second looks.
    moved_up
        Whether somebody, wishing for a program most, tells it, and it moves such people up.
    """
    given = scenario.rank_lists
    wish, score = dict(wishes), dict(scores)
    for pair in wish:
        mine, theirs = interview(*pair)
        wish[pair] += given.applicants.interview * mine
        score[pair] = given.programs.file * score[pair] + given.programs.interview * theirs
        score[pair] += given.programs.mock_interview * mock_interviews[pair[0]]
    met = {a: [pair for pair in wish if pair[0] == a] for a, _ in wish}
    for pairs in met.values():
        for pair in sorted(pairs, key=lambda pair: -wish[pair])[: given.second_looks.visits]:
            mine, theirs = second_look(*pair)
            wish[pair] += given.second_looks.applicants * mine
            score[pair] += 0.0 if locks(pair[1]) else given.second_looks.programs * theirs
    for pairs in met.values():
        first = max(pairs, key=lambda pair: wish[pair])
        score[first] += given.programs.rank_to_match.bonus * moved_up(*first)
    return AfterInterviews(wish, score)


def reported_list(
    kind: str, ranked: Sequence[int], chance: Mapping[int, float], preliminary: Callable[[int], bool]
) -> list[int]:
    """What somebody ranks who would rank `ranked` by taste.

    `kind` is ``by_chance``, ``safe_first``, ``truncation`` or empty; `chance` says how good the person
    believes the chances at a program to be. Preliminary programs stay at the end.
    """
    if kind == "truncation":
        return list(ranked[: ceil(len(ranked) / 2)])
    if kind == "by_chance":
        return sorted(ranked, key=lambda p: (preliminary(p), -chance[p]))
    if kind == "safe_first":
        safest = min(ranked, key=lambda p: (preliminary(p), -chance[p]))
        return [safest, *(p for p in ranked if p != safest)]
    return list(ranked)


def perceived_chance(scenario: Scenario, applicants: Applicants, programs: Programs, a: int, p: int) -> float:
    """How good `a` believes the chances at `p` to be, in SD; only differences within a person count."""
    chance = -float(programs.prestige[p]) - 2 * float(programs.competitiveness[p])
    return chance + scenario.interviews.screening.home * _at_home(applicants, programs, a, p)


def pair_wish(
    scenario: Scenario,
    programs: Programs,
    p: int | None,
    q: int | None,
    wishes: tuple[float, float],
    noise: float,
) -> float:
    """How much a couple wishes for the pair `p` and `q`, in SD; None = No Match.

    Parameters
    ----------
    wishes
        How much the one wishes for `p`, and the other for `q`.
    noise
        A standard normal draw for the pair.
    """
    given = scenario.couples
    worth = given.noise * noise
    worth += wishes[0] if p is not None else 0.0
    worth += wishes[1] if q is not None else 0.0
    if p is not None and q is not None:
        worth += given.same_division * _together(programs.division, p, q)
        worth += given.same_institution * _together(programs.institution, p, q)
    return worth


def pair_list(
    ones: Sequence[int],
    others: Sequence[int],
    wish_of: Callable[[int | None, int | None], float],
    preliminary: Callable[[int | None], bool],
    most: int,
    *,
    ends_alone: bool,
) -> list[tuple[int | None, int | None]]:
    """A couple's list of pairs, best first; None = No Match.

    Parameters
    ----------
    ones, others
        What each of the two would rank alone.
    wish_of
        How much the couple wishes for a pair.
    preliminary
        Whether a program is a preliminary one.
    most
        The most pairs on a list.
    ends_alone
        Whether the list ends with pairs in which one of the two has No Match.
    """

    def in_order(pairs: list[tuple[int | None, int | None]]) -> list[tuple[int | None, int | None]]:
        by_wish = sorted(pairs, key=lambda pair: -wish_of(*pair))
        return sorted(by_wish, key=lambda pair: preliminary(pair[0]) + preliminary(pair[1]))

    together = in_order([(p, q) for p in ones for q in others])
    alone = in_order([*((p, None) for p in ones), *((None, q) for q in others)]) if ends_alone else []
    alone = alone[: most // 2]
    return together[: most - len(alone)] + alone


def supplemental_list(
    scenario: Scenario, programs: Programs, advanced: int, first_years: Mapping[int, float]
) -> list[int]:
    """The preliminary programs to try while `advanced` is held, best first.

    `first_years` says how much each preliminary program that may be ranked is wished for.
    """
    taste = scenario.rank_lists.applicants

    def worth(p: int) -> float:
        near = taste.first_year_division * _together(programs.division, p, advanced)
        here = taste.first_year_institution * _together(programs.institution, p, advanced)
        return float(first_years[p] + near + here)

    return sorted(
        (p for p in first_years if programs.joint_with[p] in (-1, advanced)), key=lambda p: -worth(p)
    )


def _together(place_of: npt.NDArray[np.integer], p: int, q: int) -> bool:
    return bool(place_of[p] == place_of[q] >= 0)


def reverting(scenario: Scenario, programs: Programs, draws: Sequence[float]) -> list[tuple[int, int, int]]:
    """Donor, receiver and positions of every reversion; `draws` are uniform numbers, one a program."""
    shares = scenario.reversions.model_dump()
    found = []
    for donor, draw in enumerate(draws):
        site = programs.institution[donor], programs.specialty[donor]
        receivers = [
            p
            for p in range(len(programs))
            if TRACKS[programs.track[p]] == "C" and (programs.institution[p], programs.specialty[p]) == site
        ]
        agrees = draw < shares.get(TRACKS[programs.track[donor]], 0.0)
        if agrees and receivers and site[0] >= 0 and programs.quota[donor] > 0:
            found.append((donor, receivers[0], int(programs.quota[donor])))
    return found


def soap_weight(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    a: int,
    p: int,
    file: float,
    attitude: float,
) -> float:
    """How readily `a` applies to the unfilled program `p` in SOAP: taste, times the chance that is seen.

    The chance falls with every SD that the program stands above what the applicant is worth there: the
    `file`, and the program's `attitude` to the applicant's type.
    """
    given = scenario.soap
    gap = float(programs.prestige[p]) - (file + attitude)
    weight = exp(-given.caution * gap) if gap > 0 else 1.0
    if TRACKS[programs.track[p]] == "P":
        weight *= given.preliminary_weight
    if programs.specialty[p] in (applicants.preferred[a], applicants.backup[a]):
        weight *= given.specialty_weight
    return weight


def soap_choice(words: Sequence[int], weights: Sequence[float | None], most: int) -> list[int]:
    """Places of the unfilled programs that somebody applies to in SOAP, at most `most`.

    Weights are None where the person may not apply. The programs with the smallest ratios of draw to
    weight are taken: sequential Poisson sampling (Ohlsson, Journal of Official Statistics 14(2) 1998,
    149-162).
    """
    possible = [k for k, weight in enumerate(weights) if weight is not None]
    return sorted(possible, key=lambda k: words[k] / max(weights[k] or 0.0, 1e-9))[:most]


@dataclass(frozen=True)
class Acceptance:
    """One position accepted: by whom, where, in which round from 0."""

    applicant: int
    program: int
    round: int


@dataclass(frozen=True)
class SoapOffers:
    """What SOAP did: the acceptances, and the offers of every round as (applicant, program)."""

    accepted: list[Acceptance]
    offers: list[list[tuple[int, int]]]


def soap_rounds(
    preferences: Sequence[Sequence[int]],
    open_seats: Sequence[int],
    kind: Sequence[str],
    missing: Sequence[frozenset[str]],
    wishes: Mapping[tuple[int, int], float],
    withholds: Callable[[int, int, int], bool],
    waits: Callable[[int, int, int], bool],
    rounds: int,
) -> SoapOffers:
    """The offer rounds of SOAP, by the rules.

    Parameters
    ----------
    preferences
        By program: applicants, best first.
    open_seats
        By program.
    kind
        By program: ``whole`` (C, M, R), ``first_year`` (P) or ``later`` (A).
    missing
        By applicant: the kinds of position that they may take.
    wishes
        How much a person wishes for a program, by (applicant, program).
    withholds
        Whether a program would rather leave a position empty in a round (from 0) than offer it to a
        person, by (applicant, program, round).
    waits
        Whether a person refuses a program's offer in a round in hope of a better one, likewise.
    rounds
        Number of offer rounds.
    """
    seats = list(open_seats)
    free = [set(kinds) for kinds in missing]
    asked: set[tuple[int, int]] = set()
    accepted: list[Acceptance] = []
    told: list[list[tuple[int, int]]] = []
    for r in range(rounds):
        offers = [
            (a, p)
            for p, listed in enumerate(preferences)
            for a in [
                a for a in listed if (a, p) not in asked and kind[p] in free[a] and not withholds(a, p, r)
            ][: seats[p]]
        ]
        asked |= set(offers)
        told.append(offers)
        for a in sorted({a for a, _ in offers}):
            mine = [p for b, p in offers if b == a and not waits(a, p, r)]
            for p in _taken(a, mine, kind, wishes):
                accepted.append(Acceptance(a, p, r))
                seats[p] -= 1
                free[a] -= _closed(kind[p])
    return SoapOffers(accepted, told)


def first_contacts(
    contacts: Sequence[tuple[int, int]],
    agreed: Callable[[int, int], bool],
    open_seats: Sequence[int],
    kind: Sequence[str],
    missing: Sequence[frozenset[str]],
) -> list[tuple[int, int]]:
    """Who has which position by contact after SOAP: `contacts` are (applicant, program) as they come."""
    seats, free = list(open_seats), [set(kinds) for kinds in missing]
    made: list[tuple[int, int]] = []
    for a, p in contacts:
        if seats[p] > 0 and kind[p] in free[a] and agreed(a, p):
            made.append((a, p))
            seats[p] -= 1
            free[a] -= _closed(kind[p])
    return made


def _closed(kind: str) -> set[str]:
    """The kinds of position that nobody may take beside one of this kind."""
    return {"whole", kind} if kind != "whole" else {"whole", "first_year", "later"}


def _taken(
    a: int, offered: Sequence[int], kind: Sequence[str], wishes: Mapping[tuple[int, int], float]
) -> list[int]:
    """The one offer most wished for; beside a preliminary or an advanced one, the best of the other kind."""
    if not offered:
        return []
    best = max(offered, key=lambda p: wishes[a, p])
    if kind[best] == "whole":
        return [best]
    other = {"first_year": "later", "later": "first_year"}[kind[best]]
    rest = [p for p in offered if kind[p] == other]
    return [best, *([max(rest, key=lambda p: wishes[a, p])] if rest else [])]
