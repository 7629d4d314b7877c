"""Roth-Peranson: units enter one after another; who is displaced, and what opens again, is looked at again.

Units are numbered singles first (by applicant), then couples, then supplemental lists. Options are
numbered likewise: the entries of the applicants' lists, then the pairs, then the supplemental entries.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchsim._jit import compiled

__all__ = ["CYCLES", "PROPOSALS", "Lists", "State", "count_mentions", "enter", "fill_mentions"]

# What the places of ``State.work`` count.
WAITING, REOPENED, TOUCHED, BANNED, PROPOSALS, CYCLES = range(6)


class Lists(NamedTuple):
    """What was submitted: the arrays of the market, its couples, supplemental lists and links.

    ``mention_unit`` and ``mention_place`` from ``mention_offsets[f]`` to ``mention_offsets[f + 1]`` are the
    couples and supplemental lists (by unit) and the places on them that name the program and applicant of
    entry ``f`` of the programs' lists. Singles need no such index: ``applicant_rank`` has their place.
    """

    applicant_offsets: np.ndarray
    applicant_programs: np.ndarray
    program_rank: np.ndarray
    program_offsets: np.ndarray
    program_applicants: np.ndarray
    applicant_rank: np.ndarray
    quota: np.ndarray
    couple_of: np.ndarray
    first: np.ndarray
    second: np.ndarray
    couple_offsets: np.ndarray
    first_program: np.ndarray
    second_program: np.ndarray
    first_rank: np.ndarray
    second_rank: np.ndarray
    list_applicant: np.ndarray
    list_advanced: np.ndarray
    list_offsets: np.ndarray
    list_programs: np.ndarray
    list_rank: np.ndarray
    own_offsets: np.ndarray
    own_lists: np.ndarray
    mention_offsets: np.ndarray
    mention_unit: np.ndarray
    mention_place: np.ndarray


class State(NamedTuple):
    """The tentative matching, and what is still to be looked at.

    The ranks of those held by program ``p``, best first, are ``held[base[p]:base[p] + filled[p]]``.
    ``place[u]`` is the place on its list of the option that unit ``u`` has, -1 = none. ``open_list[a]`` is
    the supplemental list of applicant ``a`` that is being used, -1 = none.
    """

    base: np.ndarray
    held: np.ndarray
    filled: np.ndarray
    program_of: np.ndarray
    rank_at: np.ndarray
    second_of: np.ndarray
    second_rank: np.ndarray
    open_list: np.ndarray
    place: np.ndarray
    entered: np.ndarray
    waiting: np.ndarray
    is_waiting: np.ndarray
    reopened: np.ndarray
    is_reopened: np.ndarray
    count: np.ndarray
    touched: np.ndarray
    banned: np.ndarray
    bans: np.ndarray
    work: np.ndarray


def _count_mentions(lists, ends):
    """Set ``ends`` to the offsets of the index of who mentions what; it starts as zeros. See `Lists`."""
    for k in range(len(lists.first_program)):
        p, q = lists.first_program[k], lists.second_program[k]
        if p >= 0 and lists.first_rank[k] >= 0:
            ends[lists.program_offsets[p] + lists.first_rank[k] + 1] += 1
        if q >= 0 and lists.second_rank[k] >= 0:
            ends[lists.program_offsets[q] + lists.second_rank[k] + 1] += 1
    for e in range(len(lists.list_programs)):
        if lists.list_rank[e] >= 0:
            ends[lists.program_offsets[lists.list_programs[e]] + lists.list_rank[e] + 1] += 1
    for f in range(len(ends) - 1):
        ends[f + 1] += ends[f]


def _note(ends, unit, place, f, u, at):
    unit[ends[f]] = u
    place[ends[f]] = at
    ends[f] += 1


note = compiled(_note)


def _fill_mentions(lists, ends, unit, place):
    """Fill the index; moves each of the offsets on to where the next one was."""
    applicants, couples = len(lists.couple_of), len(lists.first)
    for c in range(couples):
        start = lists.couple_offsets[c]
        for k in range(start, lists.couple_offsets[c + 1]):
            p, q = lists.first_program[k], lists.second_program[k]
            if p >= 0 and lists.first_rank[k] >= 0:
                f = lists.program_offsets[p] + lists.first_rank[k]
                note(ends, unit, place, f, applicants + c, k - start)
            if q >= 0 and lists.second_rank[k] >= 0:
                f = lists.program_offsets[q] + lists.second_rank[k]
                note(ends, unit, place, f, applicants + c, k - start)
    for s in range(len(lists.list_applicant)):
        start = lists.list_offsets[s]
        for e in range(start, lists.list_offsets[s + 1]):
            if lists.list_rank[e] >= 0:
                f = lists.program_offsets[lists.list_programs[e]] + lists.list_rank[e]
                note(ends, unit, place, f, applicants + couples + s, e - start)


def _push(state, u):
    """Let unit `u` look at its list again, unless it waits already."""
    if not state.is_waiting[u]:
        state.is_waiting[u] = True
        state.waiting[state.work[WAITING]] = u
        state.work[WAITING] += 1


push = compiled(_push)


def _reopen(state, p):
    """Let program `p`, where somebody left, be offered again, unless it is to be already."""
    if not state.is_reopened[p]:
        state.is_reopened[p] = True
        state.reopened[state.work[REOPENED]] = p
        state.work[REOPENED] += 1


reopen = compiled(_reopen)


def _insert(state, p, rank):
    at = state.base[p] + state.filled[p]
    while at > state.base[p] and state.held[at - 1] > rank:
        state.held[at] = state.held[at - 1]
        at -= 1
    state.held[at] = rank
    state.filled[p] += 1


insert = compiled(_insert)


def _remove(state, p, rank):
    at = state.base[p]
    while state.held[at] != rank:
        at += 1
    state.filled[p] -= 1
    end = state.base[p] + state.filled[p]
    while at < end:
        state.held[at] = state.held[at + 1]
        at += 1


remove = compiled(_remove)


def _drop_second(state, a):
    """Applicant `a` gives up the position from a supplemental list, if there is one."""
    p = state.second_of[a]
    if p >= 0:
        remove(state, p, state.second_rank[a])
        state.second_of[a] = -1
        reopen(state, p)


drop_second = compiled(_drop_second)


def _leave(lists, state, a):
    """Applicant `a` gives up their own position, and with it what hangs on it."""
    s = state.open_list[a]
    if s >= 0:
        state.open_list[a] = -1
        state.place[len(lists.couple_of) + len(lists.first) + s] = -1
        drop_second(state, a)
    p = state.program_of[a]
    if p >= 0:
        remove(state, p, state.rank_at[a])
        state.program_of[a] = -1
        reopen(state, p)


leave = compiled(_leave)


def _withdraw(lists, state, u):
    """Unit `u` gives up all that it has and will look at its list again."""
    applicants, couples = len(lists.couple_of), len(lists.first)
    if u < applicants:
        leave(lists, state, u)
    elif u < applicants + couples:
        leave(lists, state, lists.first[u - applicants])
        leave(lists, state, lists.second[u - applicants])
    else:
        drop_second(state, lists.list_applicant[u - applicants - couples])
    state.place[u] = -1
    push(state, u)


withdraw = compiled(_withdraw)


def _settle(lists, state, p):
    """Program `p` lets its worst go while it is over its quota; partners go too."""
    applicants, couples = len(lists.couple_of), len(lists.first)
    while state.filled[p] > lists.quota[p]:
        worst = state.held[state.base[p] + state.filled[p] - 1]
        a = lists.program_applicants[lists.program_offsets[p] + worst]
        # A position lost to somebody better is not open again; what else the unit gives up is.
        remove(state, p, worst)
        if state.second_of[a] == p:
            state.second_of[a] = -1
            withdraw(lists, state, applicants + couples + state.open_list[a])
        else:
            state.program_of[a] = -1
            withdraw(lists, state, a if lists.couple_of[a] < 0 else applicants + lists.couple_of[a])


settle = compiled(_settle)


def _sit(state, a, p, rank):
    """Applicant `a`, who has no own position, takes one at program `p`."""
    insert(state, p, rank)
    state.program_of[a] = p
    state.rank_at[a] = rank


sit = compiled(_sit)


def _use_list(lists, state, a):
    """Take up the supplemental list of applicant `a` that hangs on their position, if there is one."""
    for at in range(lists.own_offsets[a], lists.own_offsets[a + 1]):
        s = lists.own_lists[at]
        if lists.list_advanced[s] == state.program_of[a]:
            state.open_list[a] = s
            push(state, len(lists.couple_of) + len(lists.first) + s)


use_list = compiled(_use_list)


def _has_room(lists, state, p, rank):
    """Whether program `p` takes somebody of this rank beside those whom it holds."""
    if state.filled[p] < lists.quota[p]:
        return True
    return state.filled[p] > 0 and rank < state.held[state.base[p] + state.filled[p] - 1]


has_room = compiled(_has_room)


def _gives_up(state, a, to, p):
    """Whether applicant `a`, by going to program `to`, gives up a position at program `p`."""
    return state.program_of[a] != to and (state.program_of[a] == p or state.second_of[a] == p)


gives_up = compiled(_gives_up)


def _both_fit(lists, state, p, a, b, rank_1, rank_2):
    """Whether program `p` takes both members of a couple."""
    present = state.filled[p]
    if gives_up(state, a, p, p):
        present -= 1
    if gives_up(state, b, p, p):
        present -= 1
    lower = max(rank_1, rank_2)
    better = 0
    for at in range(state.base[p], state.base[p] + state.filled[p]):
        rank = state.held[at]
        if rank >= lower:
            break
        if rank != rank_1 and rank != rank_2:
            better += 1
    return better + 2 <= lists.quota[p]


both_fit = compiled(_both_fit)


def _pair_fits(lists, state, c, k):
    """Whether both programs of pair `k` take couple `c`; positions that the couple gives up are free."""
    a, b = lists.first[c], lists.second[c]
    p, q = lists.first_program[k], lists.second_program[k]
    rank_1, rank_2 = lists.first_rank[k], lists.second_rank[k]
    if (p >= 0 and rank_1 < 0) or (q >= 0 and rank_2 < 0):
        return False
    if p == q:
        return both_fit(lists, state, p, a, b, rank_1, rank_2)
    if p >= 0 and p != state.program_of[a] and not has_room(lists, state, p, rank_1):
        if not gives_up(state, a, p, p) and not gives_up(state, b, q, p):
            return False
    if q >= 0 and q != state.program_of[b] and not has_room(lists, state, q, rank_2):
        if not gives_up(state, b, q, q) and not gives_up(state, a, p, q):
            return False
    return True


pair_fits = compiled(_pair_fits)


def _best_for_single(lists, state, a):
    """The first place above the present one where applicant `a` is taken, -1 = none."""
    start = lists.applicant_offsets[a]
    end = lists.applicant_offsets[a + 1] if state.place[a] < 0 else start + state.place[a]
    for e in range(start, end):
        rank = lists.program_rank[e]
        if rank >= 0 and not state.banned[e]:
            state.work[PROPOSALS] += 1
            p = lists.applicant_programs[e]
            # Who is there by a supplemental list would give that position up.
            if has_room(lists, state, p, rank) or state.second_of[a] == p:
                return e - start
    return -1


best_for_single = compiled(_best_for_single)


def _best_for_couple(lists, state, c, u):
    start = lists.couple_offsets[c]
    end = lists.couple_offsets[c + 1] if state.place[u] < 0 else start + state.place[u]
    option = len(lists.applicant_programs)
    for k in range(start, end):
        if not state.banned[option + k]:
            state.work[PROPOSALS] += 1
            if pair_fits(lists, state, c, k):
                return k - start
    return -1


best_for_couple = compiled(_best_for_couple)


def _best_for_list(lists, state, s, u):
    start = lists.list_offsets[s]
    end = lists.list_offsets[s + 1] if state.place[u] < 0 else start + state.place[u]
    option = len(lists.applicant_programs) + len(lists.first_program)
    for e in range(start, end):
        if lists.list_rank[e] >= 0 and not state.banned[option + e]:
            state.work[PROPOSALS] += 1
            if has_room(lists, state, lists.list_programs[e], lists.list_rank[e]):
                return e - start
    return -1


best_for_list = compiled(_best_for_list)


def _seat_single(lists, state, a, e):
    leave(lists, state, a)
    p = lists.applicant_programs[e]
    sit(state, a, p, lists.program_rank[e])
    settle(lists, state, p)
    use_list(lists, state, a)


seat_single = compiled(_seat_single)


def _seat_couple(lists, state, c, k, u):
    a, b = lists.first[c], lists.second[c]
    p, q = lists.first_program[k], lists.second_program[k]
    moves_1, moves_2 = state.program_of[a] != p, state.program_of[b] != q
    if moves_1:
        leave(lists, state, a)
    if moves_2:
        leave(lists, state, b)
    if moves_1 and p >= 0:
        sit(state, a, p, lists.first_rank[k])
    if moves_2 and q >= 0:
        sit(state, b, q, lists.second_rank[k])
    if moves_1 and p >= 0:
        settle(lists, state, p)
    if moves_2 and q >= 0:
        settle(lists, state, q)
    if moves_1 and p >= 0:
        use_list(lists, state, a)
    if moves_2 and q >= 0:
        use_list(lists, state, b)
    # What the couple now has it could also give up: an option that did not fit before may fit now.
    push(state, u)


seat_couple = compiled(_seat_couple)


def _seat_from_list(lists, state, s, e):
    a = lists.list_applicant[s]
    drop_second(state, a)
    p = lists.list_programs[e]
    insert(state, p, lists.list_rank[e])
    state.second_of[a] = p
    state.second_rank[a] = lists.list_rank[e]
    settle(lists, state, p)
    if lists.couple_of[a] >= 0:
        push(state, len(lists.couple_of) + lists.couple_of[a])


seat_from_list = compiled(_seat_from_list)


def _look(lists, state, u):
    """Unit `u` takes the best option above what it has; returns the number of that option, -1 = none."""
    applicants, couples = len(lists.couple_of), len(lists.first)
    option = np.int64(0)
    if u < applicants:
        place = best_for_single(lists, state, u)
        option = lists.applicant_offsets[u] + place
        if place >= 0:
            seat_single(lists, state, u, option)
    elif u < applicants + couples:
        c = u - applicants
        place = best_for_couple(lists, state, c, u)
        k = lists.couple_offsets[c] + place
        option = len(lists.applicant_programs) + k
        if place >= 0:
            seat_couple(lists, state, c, k, u)
    else:
        s = u - applicants - couples
        if state.open_list[lists.list_applicant[s]] != s:
            return np.int64(-1)
        place = best_for_list(lists, state, s, u)
        e = lists.list_offsets[s] + place
        option = len(lists.applicant_programs) + len(lists.first_program) + e
        if place >= 0:
            seat_from_list(lists, state, s, e)
    if place < 0:
        return np.int64(-1)
    state.place[u] = place
    return option


look = compiled(_look)


def _offer_again(lists, state, p):
    """Let everybody who would rather be at program `p`, and would be taken now, look again; best first."""
    applicants, couples = len(lists.couple_of), len(lists.first)
    before = state.work[WAITING]
    start = lists.program_offsets[p]
    for f in range(start, lists.program_offsets[p + 1]):
        if not has_room(lists, state, p, f - start):
            break
        a = lists.program_applicants[f]
        mine = lists.applicant_rank[f]
        if mine >= 0 and state.entered[a] and (state.place[a] < 0 or mine < state.place[a]):
            push(state, a)
        for at in range(lists.mention_offsets[f], lists.mention_offsets[f + 1]):
            u, place = lists.mention_unit[at], lists.mention_place[at]
            if 0 <= state.place[u] <= place or state.is_waiting[u]:
                continue
            if u < applicants + couples:
                c = u - applicants
                if state.entered[u] and pair_fits(lists, state, c, lists.couple_offsets[c] + place):
                    push(state, u)
            elif state.open_list[a] == u - applicants - couples:
                push(state, u)
    after = state.work[WAITING] - 1
    while before < after:
        state.waiting[before], state.waiting[after] = state.waiting[after], state.waiting[before]
        before += 1
        after -= 1


offer_again = compiled(_offer_again)


def _forget_counts(state):
    for at in range(state.work[TOUCHED]):
        state.count[state.touched[at]] = 0
    state.work[TOUCHED] = 0


forget_counts = compiled(_forget_counts)


def _owner_of(lists, option):
    """The unit whose option this is, and the place of it; by halving."""
    singles, pairs = len(lists.applicant_programs), len(lists.first_program)
    unit = len(lists.couple_of)
    if option < singles:
        offsets, entry, unit = lists.applicant_offsets, option, 0
    elif option < singles + pairs:
        offsets, entry = lists.couple_offsets, option - singles
    else:
        offsets, entry, unit = lists.list_offsets, option - singles - pairs, unit + len(lists.first)
    low, high = 0, len(offsets) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if offsets[middle] <= entry:
            low = middle
        else:
            high = middle
    # Empty lists have the same offset: the last of these owners has the entry.
    return unit + low, entry - offsets[low]


owner_of = compiled(_owner_of)


def _break_cycle(lists, state):
    """Ban the option that was taken most often of late: a pair or a supplemental entry where there is one."""
    singles = len(lists.applicant_programs)
    worst = state.touched[0]
    for at in range(state.work[TOUCHED]):
        option = state.touched[at]
        linked, worst_linked = option >= singles, worst >= singles
        if (linked and not worst_linked) or (
            linked == worst_linked and state.count[option] > state.count[worst]
        ):
            worst = option
    state.banned[worst] = True
    state.bans[state.work[BANNED]] = worst
    state.work[BANNED] += 1
    u, place = owner_of(lists, worst)
    if state.place[u] == place:
        withdraw(lists, state, u)
    forget_counts(state)


break_cycle = compiled(_break_cycle)


def _drain(lists, state, most_often):
    """Until nobody waits and nothing is open again; False when there are no more bans against cycles."""
    while True:
        if state.work[WAITING] > 0:
            state.work[WAITING] -= 1
            u = state.waiting[state.work[WAITING]]
            state.is_waiting[u] = False
            option = look(lists, state, u)
            if option >= 0:
                if state.count[option] == 0:
                    state.touched[state.work[TOUCHED]] = option
                    state.work[TOUCHED] += 1
                state.count[option] += 1
                if state.count[option] > most_often:
                    state.work[CYCLES] += 1
                    if state.work[BANNED] == len(state.bans):
                        return False
                    break_cycle(lists, state)
        elif state.work[REOPENED] > 0:
            state.work[REOPENED] -= 1
            p = state.reopened[state.work[REOPENED]]
            state.is_reopened[p] = False
            offer_again(lists, state, p)
        else:
            return True


drain = compiled(_drain)


def _enter(lists, state, order, together, most_often):
    """Let the units enter in this order, the first `together` of them at once.

    An option taken more than `most_often` times by one entry is a cycle, and banned; False when there
    are more cycles than there is room for bans, and the rest of the units did not enter.
    """
    for at in range(len(order)):
        state.entered[order[at]] = True
        push(state, order[at])
        if at + 1 >= together:
            if not drain(lists, state, most_often):
                return False
            forget_counts(state)
    return True


count_mentions = compiled(_count_mentions)
fill_mentions = compiled(_fill_mentions)
enter = compiled(_enter)
