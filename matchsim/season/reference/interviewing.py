"""Invitations, answers and interviews, wave by wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["InterviewRules", "InterviewSeason", "hold_interviews", "read_first"]


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
