"""Roth-Peranson: units enter one after another; who is displaced, and what opens again, is looked at again.

Everything is kept in a few integer tables, whose columns are named here: a kernel gets only the tables
that it needs. Units are numbered singles and members of couples first (by applicant; members are never
used), then couples, then supplemental lists; options likewise: the entries of the applicants' lists, then
the pairs, then the entries of supplemental lists.
"""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["enter", "open_all", "open_lists", "seat_singles", "untangle"]

NONE = -1
# Ends of the chains of those who wait, and what stands where nobody waits.
LAST, ABSENT = -1, -2
SINGLE, COUPLE, SUPPLEMENTAL = range(3)

# units: its options run from START to END, PLACE is the one it has (from START, -1 = none). MEMBER is the
# applicant, PARTNER the second of a couple, ADVANCED what a supplemental list hangs on, SIBLING the
# applicant's next list (-1 = last). WAITING tells whether it is among those who look at their lists again.
KIND, START, END, PLACE, ENTERED, WAITING, MEMBER, PARTNER, ADVANCED, SIBLING = range(10)
UNIT_COLUMNS = 10
# people: the own position and that of the supplemental list in use (OPEN, a unit), with the ranks that
# the programs give; the unit that the person decides in; their first supplemental list (a unit).
PROGRAM, RANK, SECOND, SECOND_RANK, OPEN, UNIT, LISTS = range(7)
PERSON_COLUMNS = 7
# programs: where its list starts and ends; where its people are in `held`, how many, how many may be;
# REOPENED chains those who are to be offered again, from the rank FROM on.
FIRST, BEHIND, BASE, FILLED, QUOTA, REOPENED, FROM = range(7)
PROGRAM_COLUMNS = 7
# options: the program and its rank of the applicant, and the same for the partner (-1 = none).
P, P_RANK, Q, Q_RANK = range(4)
# work: how many wait, the head of the chain of programs, whether supplemental lists are closed, whether
# everybody is ASKED when a program is offered again, and what is counted.
COUNT_WAITING, HEAD_REOPENED, TOUCHED, BANNED, ROUND, CLOSED, ASKED = range(7)
PROPOSALS, CYCLES, DRAWN, SCANNED, NOTED = range(7, 12)
COUNTERS = 12
# log: what happened to which unit with which option, through which other unit (or program, where it was
# offered again), and to which person; -1 = nothing to say. A list that closes tells what it had.
ENTERS, REFUSED_BY, TAKES, BUMPED, OFFERED, LIST_OPENED, LIST_CLOSED, BANNED_OPTION, LIFTED = range(9)
LOG_COLUMNS = 5
# In `count`: an option that is never taken.
REFUSED = -1

# Numbers are made int64 where they are read, and flags stand in `work`: a kernel is compiled again for every
# type of its arguments, and a constant is a type of its own. What is small and called often is inlined, as a
# call with so many arrays costs more than its work.


def _note(log, work, what, unit, option, cause, person):
    """Write down what happened, while there is room; count it in any case."""
    at = work[NOTED]
    if at < len(log):
        log[at, 0] = what
        log[at, 1] = unit
        log[at, 2] = option
        log[at, 3] = cause
        log[at, 4] = person
    work[NOTED] = at + 1


note = compiled(_note, inline=True)


def _push(units, waiting, work, u):
    """Let unit `u` look at its list again, unless it waits already."""
    if not units[u, WAITING]:
        units[u, WAITING] = 1
        waiting[work[COUNT_WAITING]] = u
        work[COUNT_WAITING] += 1


push = compiled(_push, inline=True)


def _reopen(programs, held, work, p):
    """Let program `p`, which somebody is about to leave, be offered again.

    Who ranks better there than its last but one would have come before, if they wished: a single who beats
    the last, a couple who both want to be there the last two.
    """
    last_but_one = programs[p, QUOTA] - 2
    if last_but_one < 0:
        first_rank = 0
    elif last_but_one < programs[p, FILLED]:
        first_rank = held[programs[p, BASE] + last_but_one]
    else:
        first_rank = programs[p, BEHIND] - programs[p, FIRST]
    if programs[p, REOPENED] == ABSENT or first_rank < programs[p, FROM]:
        programs[p, FROM] = first_rank
    if programs[p, REOPENED] == ABSENT:
        programs[p, REOPENED] = work[HEAD_REOPENED]
        work[HEAD_REOPENED] = p


reopen = compiled(_reopen)


def _insert(programs, held, p, rank):
    base = programs[p, BASE]
    at = base + programs[p, FILLED]
    while at > base and held[at - 1] > rank:
        held[at] = held[at - 1]
        at -= 1
    held[at] = rank
    programs[p, FILLED] += 1


insert = compiled(_insert)


def _remove(programs, held, p, rank):
    at = programs[p, BASE]
    while held[at] != rank:
        at += 1
    programs[p, FILLED] -= 1
    end = programs[p, BASE] + programs[p, FILLED]
    while at < end:
        held[at] = held[at + 1]
        at += 1


remove = compiled(_remove)


def _drop_second(people, programs, held, work, a):
    """Applicant `a` gives up the position from a supplemental list, if there is one."""
    p = people[a, SECOND]
    if p >= 0:
        reopen(programs, held, work, p)
        remove(programs, held, p, people[a, SECOND_RANK])
        people[a, SECOND] = NONE


drop_second = compiled(_drop_second)


def _leave(units, people, programs, held, log, work, a):
    """Applicant `a` gives up their own position, and with it what hangs on it."""
    s = np.int64(people[a, OPEN])
    if s >= 0:
        had = units[s, START] + units[s, PLACE] if units[s, PLACE] >= 0 else NONE
        note(log, work, LIST_CLOSED, s, had, NONE, a)
        units[s, PLACE] = NONE
        people[a, OPEN] = NONE
        drop_second(people, programs, held, work, a)
    p = people[a, PROGRAM]
    if p >= 0:
        reopen(programs, held, work, p)
        remove(programs, held, p, people[a, RANK])
        people[a, PROGRAM] = NONE


leave = compiled(_leave)


def _withdraw(units, people, programs, held, waiting, log, work, u):
    """Unit `u` gives up all that it has and will look at its list again."""
    if units[u, KIND] == SUPPLEMENTAL:
        drop_second(people, programs, held, work, np.int64(units[u, MEMBER]))
    else:
        leave(units, people, programs, held, log, work, np.int64(units[u, MEMBER]))
        if units[u, KIND] == COUPLE:
            leave(units, people, programs, held, log, work, np.int64(units[u, PARTNER]))
    units[u, PLACE] = NONE
    push(units, waiting, work, u)


withdraw = compiled(_withdraw)


def _settle(units, people, programs, held, listed, waiting, log, work, p, by):
    """Program `p` lets its worst go while it is over its quota; partners go too."""
    while programs[p, FILLED] > programs[p, QUOTA]:
        worst = held[programs[p, BASE] + programs[p, FILLED] - 1]
        a = np.int64(listed[programs[p, FIRST] + worst])
        # A position lost to somebody better is not open again; what else the unit gives up is.
        remove(programs, held, p, worst)
        u = np.int64(people[a, UNIT])
        if people[a, SECOND] == p:
            people[a, SECOND] = NONE
            u = np.int64(people[a, OPEN])
        else:
            people[a, PROGRAM] = NONE
        note(log, work, BUMPED, u, units[u, START] + units[u, PLACE], by, a)
        withdraw(units, people, programs, held, waiting, log, work, u)


settle = compiled(_settle)


def _use_list(units, people, waiting, log, work, a):
    """Take up the supplemental list of applicant `a` that hangs on their position, if there is one."""
    s = np.int64(people[a, LISTS])
    while s >= 0 and not work[CLOSED]:
        if units[s, ADVANCED] == people[a, PROGRAM]:
            note(log, work, LIST_OPENED, s, NONE, NONE, a)
            people[a, OPEN] = s
            push(units, waiting, work, s)
        s = np.int64(units[s, SIBLING])


use_list = compiled(_use_list)


def _has_room(programs, held, p, rank):
    """Whether program `p` takes somebody of this rank beside those whom it holds."""
    filled = programs[p, FILLED]
    if filled < programs[p, QUOTA]:
        return True
    return filled > 0 and rank < held[programs[p, BASE] + filled - 1]


has_room = compiled(_has_room, inline=True)


def _gives_up(people, a, to, p):
    """Whether applicant `a`, by going to program `to`, gives up a position at program `p`."""
    return people[a, PROGRAM] != to and (people[a, PROGRAM] == p or people[a, SECOND] == p)


gives_up = compiled(_gives_up, inline=True)


def _pair_fits(people, programs, held, options, a, b, o):
    """Whether both programs of a pair take a couple; positions that the couple gives up are free."""
    p, q = options[o, P], options[o, Q]
    if p != q:
        if p >= 0 and p != people[a, PROGRAM] and not has_room(programs, held, p, options[o, P_RANK]):
            if not gives_up(people, a, p, p) and not gives_up(people, b, q, p):
                return False
        if q >= 0 and q != people[b, PROGRAM] and not has_room(programs, held, q, options[o, Q_RANK]):
            if not gives_up(people, b, q, q) and not gives_up(people, a, p, q):
                return False
        return True
    # Both at one program: both must be among its best.
    lower = max(options[o, P_RANK], options[o, Q_RANK])
    upper = min(options[o, P_RANK], options[o, Q_RANK])
    better = 0
    for at in range(programs[p, BASE], programs[p, BASE] + programs[p, FILLED]):
        if held[at] >= lower:
            break
        if held[at] != upper:
            better += 1
    return better + 2 <= programs[p, QUOTA]


pair_fits = compiled(_pair_fits)


def _fits(units, people, programs, held, options, log, work, u, o):
    """Whether the programs of option `o` take unit `u`."""
    work[PROPOSALS] += 1
    a = np.int64(units[u, MEMBER])
    if units[u, KIND] == COUPLE:
        taken = pair_fits(people, programs, held, options, a, np.int64(units[u, PARTNER]), o)
    else:
        # Who is there by a supplemental list would give that position up.
        there = units[u, KIND] == SINGLE and people[a, SECOND] == options[o, P]
        taken = there or has_room(programs, held, options[o, P], options[o, P_RANK])
    if not taken:
        note(log, work, REFUSED_BY, u, o, NONE, NONE)
    return taken


fits = compiled(_fits, inline=True)


def _best(units, people, programs, held, options, count, log, work, u):
    """The first option of unit `u`, above what it has, that it can have; -1 = none."""
    start = units[u, START]
    end = units[u, END] if units[u, PLACE] < 0 else start + units[u, PLACE]
    for o in range(start, end):
        if count[o] != REFUSED and fits(units, people, programs, held, options, log, work, u, o):
            return o
    return NONE


best = compiled(_best, inline=True)


def _seat_own(units, people, programs, held, options, waiting, log, work, u, o):
    """Seat a single or a couple; who of them stays where they were keeps what hangs on it."""
    for side in range(1 + (units[u, KIND] == COUPLE)):
        a, p = np.int64(units[u, MEMBER + side]), np.int64(options[o, 2 * side])
        if people[a, PROGRAM] != p:
            leave(units, people, programs, held, log, work, a)
    for side in range(1 + (units[u, KIND] == COUPLE)):
        a, p, rank = (
            np.int64(units[u, MEMBER + side]),
            np.int64(options[o, 2 * side]),
            options[o, 2 * side + 1],
        )
        if p >= 0 and people[a, PROGRAM] != p:
            insert(programs, held, p, rank)
            people[a, PROGRAM] = p
            people[a, RANK] = rank
            use_list(units, people, waiting, log, work, a)


seat_own = compiled(_seat_own)


def _seat(units, people, programs, held, options, listed, waiting, log, work, u, o):
    """Unit `u` takes option `o`; whoever is displaced withdraws."""
    a = np.int64(units[u, MEMBER])
    note(log, work, TAKES, u, o, NONE, NONE)
    if units[u, KIND] == SUPPLEMENTAL:
        drop_second(people, programs, held, work, a)
        insert(programs, held, options[o, P], options[o, P_RANK])
        people[a, SECOND] = options[o, P]
        people[a, SECOND_RANK] = options[o, P_RANK]
    else:
        seat_own(units, people, programs, held, options, waiting, log, work, u, o)
    units[u, PLACE] = o - units[u, START]
    if options[o, P] >= 0:
        settle(units, people, programs, held, listed, waiting, log, work, options[o, P], u)
    if options[o, Q] >= 0:
        settle(units, people, programs, held, listed, waiting, log, work, options[o, Q], u)
    # What they have they could also give up: for a couple another pair may fit now, for whoever was seated by
    # a supplemental list the same program in the better role.
    if units[u, KIND] == SUPPLEMENTAL or units[people[a, UNIT], KIND] == COUPLE:
        push(units, waiting, work, np.int64(people[a, UNIT]))


seat = compiled(_seat)


def _seat_singles(units, people, programs, held, options, program_of, rank_of, waiting, log, work):
    """Let all singles enter at once with the seats that deferred acceptance gave them."""
    for u in range(len(program_of)):
        if people[u, UNIT] != u:
            continue
        units[u, ENTERED] = 1
        units[u, PLACE] = rank_of[u]
        if program_of[u] >= 0:
            people[u, PROGRAM] = program_of[u]
            people[u, RANK] = options[units[u, START] + rank_of[u], P_RANK]
            insert(programs, held, program_of[u], people[u, RANK])
            use_list(units, people, waiting, log, work, u)


seat_singles = compiled(_seat_singles)


def _offer_again(
    units, people, programs, held, options, count, listed, own_rank, offsets, mentions, waiting, log, work
):
    """Let the best who would rather be at the program left last, and would be taken now, look again.

    If everybody is to be asked, all of them. The program stays open from that rank on, until the end of its
    list.
    """
    p = work[HEAD_REOPENED]
    first, filled = programs[p, FIRST], programs[p, FILLED]
    behind = programs[p, BEHIND]
    if filled >= programs[p, QUOTA]:
        behind = first + held[programs[p, BASE] + filled - 1] if filled > 0 else first
    before = work[COUNT_WAITING]
    f = first + programs[p, FROM]
    while f < behind and (work[ASKED] or work[COUNT_WAITING] == before):
        work[SCANNED] += 1
        a = np.int64(listed[f])
        mine, place = own_rank[f], units[a, PLACE]
        if mine >= 0 and units[a, ENTERED] and (place < 0 or mine < place):
            note(log, work, OFFERED, a, units[a, START] + mine, p, a)
            push(units, waiting, work, a)
        for at in range(offsets[f], offsets[f + 1]):
            u, o = np.int64(mentions[at, 0]), np.int64(mentions[at, 1])
            place = units[u, PLACE]
            if units[u, WAITING] or 0 <= place <= o - units[u, START]:
                continue
            if units[u, KIND] == SUPPLEMENTAL:
                if people[a, OPEN] == u:
                    note(log, work, OFFERED, u, o, p, a)
                    push(units, waiting, work, u)
            elif units[u, ENTERED] and count[o] != REFUSED:
                if pair_fits(
                    people,
                    programs,
                    held,
                    options,
                    np.int64(units[u, MEMBER]),
                    np.int64(units[u, PARTNER]),
                    o,
                ):
                    note(log, work, OFFERED, u, o, p, a)
                    push(units, waiting, work, u)
        f += 1
    programs[p, FROM] = f - first
    if f >= behind:
        work[HEAD_REOPENED] = programs[p, REOPENED]
        programs[p, REOPENED] = ABSENT


offer_again = compiled(_offer_again)


def _forget_counts(count, touched, work):
    for at in range(work[TOUCHED]):
        if count[touched[at]] != REFUSED:
            count[touched[at]] = 0
    work[TOUCHED] = 0


forget_counts = compiled(_forget_counts)


def _owner_of(units, o):
    """The unit whose option this is. By halving: the options of units follow each other."""
    low, high = 0, len(units)
    while high - low > 1:
        middle = (low + high) // 2
        if units[middle, START] <= o:
            low = middle
        else:
            high = middle
    return low


owner_of = compiled(_owner_of)


def _break_cycle(units, people, programs, held, count, first_linked, touched, bans, waiting, log, work):
    """Refuse an option that was taken often of late: one of a couple or supplemental list if there is any.

    Which one depends on the round, so that later rounds try what earlier ones did not.
    """
    most, often = 0, 0
    for at in range(work[TOUCHED]):
        if touched[at] >= first_linked:
            most = max(most, count[touched[at]])
    for at in range(work[TOUCHED]):
        if touched[at] >= first_linked and 2 * count[touched[at]] > most:
            often += 1
    chosen = np.int64(touched[work[TOUCHED] - 1])
    if often > 0:
        left = work[ROUND] % often
        for at in range(work[TOUCHED]):
            if touched[at] >= first_linked and 2 * count[touched[at]] > most:
                if left == 0:
                    chosen = np.int64(touched[at])
                left -= 1
    count[chosen] = REFUSED
    note(log, work, BANNED_OPTION, owner_of(units, chosen), chosen, NONE, NONE)
    bans[work[BANNED]] = chosen
    work[BANNED] += 1
    u = owner_of(units, chosen)
    if units[u, PLACE] == chosen - units[u, START]:
        withdraw(units, people, programs, held, waiting, log, work, u)
    forget_counts(count, touched, work)


break_cycle = compiled(_break_cycle)


def _take_turn(units, people, programs, held, options, count, listed, waiting, log, work, u):
    """Unit `u` takes its best option, if there is a better one than it has; returns it, else -1."""
    if units[u, KIND] == SUPPLEMENTAL and people[units[u, MEMBER], OPEN] != u:
        return NONE
    o = best(units, people, programs, held, options, count, log, work, u)
    if o >= 0:
        seat(units, people, programs, held, options, listed, waiting, log, work, u, o)
    return o


take_turn = compiled(_take_turn)


def _come_to_rest(
    units,
    people,
    programs,
    held,
    options,
    count,
    listed,
    own_rank,
    offsets,
    mentions,
    first_linked,
    most_often,
    touched,
    bans,
    waiting,
    log,
    work,
):
    """Until nobody waits and nothing is open again; False when there are more cycles than bans."""
    tables = units, people, programs, held, options, count, listed, own_rank, offsets, mentions
    while work[COUNT_WAITING] > 0 or work[HEAD_REOPENED] != LAST:
        if work[COUNT_WAITING] == 0:
            offer_again(*tables, waiting, log, work)
            continue
        work[COUNT_WAITING] -= 1
        u = np.int64(waiting[work[COUNT_WAITING]])
        units[u, WAITING] = 0
        o = take_turn(units, people, programs, held, options, count, listed, waiting, log, work, u)
        if o < 0:
            continue
        if count[o] == 0:
            touched[work[TOUCHED]] = o
            work[TOUCHED] += 1
        count[o] += 1
        if count[o] > most_often:
            work[CYCLES] += 1
            if work[BANNED] == len(bans):
                return False
            break_cycle(units, people, programs, held, count, first_linked, touched, bans, waiting, log, work)
    forget_counts(count, touched, work)
    return True


come_to_rest = compiled(_come_to_rest)


def _drawn(draws, work):
    """The next of the random numbers, from the first again after the last."""
    draw = draws[work[DRAWN] % len(draws)]
    work[DRAWN] += 1
    return draw


drawn = compiled(_drawn)


def _take_any(units, people, programs, held, options, count, listed, draws, waiting, log, work, u):
    """Unit `u` takes one of the better options that it can have, and will look at its list again."""
    if units[u, KIND] == SUPPLEMENTAL and people[units[u, MEMBER], OPEN] != u:
        return
    start = units[u, START]
    end = units[u, END] if units[u, PLACE] < 0 else start + units[u, PLACE]
    found, chosen = 0, np.int64(NONE)
    for o in range(start, end):
        if count[o] != REFUSED and fits(units, people, programs, held, options, log, work, u, o):
            found += 1
            if drawn(draws, work) * found < 1:
                chosen = o
    if chosen >= 0:
        seat(units, people, programs, held, options, listed, waiting, log, work, u, chosen)
        push(units, waiting, work, u)


take_any = compiled(_take_any)


def _wander(
    units,
    people,
    programs,
    held,
    options,
    count,
    listed,
    own_rank,
    offsets,
    mentions,
    draws,
    steps,
    whim,
    waiting,
    log,
    work,
):
    """Let those who wait take turns at random, at most so many; True when nobody waits any more.

    A share `whim` of the turns takes any better option in place of the best.
    """
    tables = units, people, programs, held, options, count, listed, own_rank, offsets, mentions
    work[ASKED] = 1
    for _ in range(steps):
        if work[COUNT_WAITING] == 0:
            if work[HEAD_REOPENED] == LAST:
                break
            offer_again(*tables, waiting, log, work)
            continue
        last = work[COUNT_WAITING] - 1
        at = np.int64(drawn(draws, work) * (last + 1))
        u = np.int64(waiting[at])
        waiting[at] = waiting[last]
        work[COUNT_WAITING] = last
        units[u, WAITING] = 0
        if drawn(draws, work) < whim:
            take_any(units, people, programs, held, options, count, listed, draws, waiting, log, work, u)
        else:
            take_turn(units, people, programs, held, options, count, listed, waiting, log, work, u)
    work[ASKED] = 0
    return work[COUNT_WAITING] == 0 and work[HEAD_REOPENED] == LAST


wander = compiled(_wander)


def _lift_bans(units, count, bans, waiting, log, work):
    """Allow again what was refused to break cycles; the owners look at their lists again."""
    while work[BANNED] > 0:
        work[BANNED] -= 1
        o = np.int64(bans[work[BANNED]])
        u = owner_of(units, o)
        count[o] = 0
        note(log, work, LIFTED, u, o, NONE, NONE)
        push(units, waiting, work, u)


lift_bans = compiled(_lift_bans)


def _enter(
    units,
    people,
    programs,
    held,
    options,
    count,
    listed,
    own_rank,
    offsets,
    mentions,
    order,
    first_linked,
    most_often,
    touched,
    bans,
    waiting,
    log,
    work,
):
    """Let those who wait, and then the units in this order, take what they can get.

    An option taken more than `most_often` times after one entry is part of a cycle, and refused. False when
    there are more refusals than `bans` has room for: the matching is left as it is, whoever did not enter.
    """
    tables = units, people, programs, held, options, count, listed, own_rank, offsets, mentions
    for at in range(-1, len(order)):
        if at >= 0:
            units[order[at], ENTERED] = 1
            note(log, work, ENTERS, np.int64(order[at]), NONE, NONE, NONE)
            push(units, waiting, work, np.int64(order[at]))
        if not come_to_rest(*tables, first_linked, most_often, touched, bans, waiting, log, work):
            return False
    return True


def _untangle(
    units,
    people,
    programs,
    held,
    options,
    count,
    listed,
    own_rank,
    offsets,
    mentions,
    first_linked,
    most_often,
    touched,
    bans,
    waiting,
    log,
    work,
    rounds,
    steps,
    whim,
    draws,
):
    """Allow again what was refused to break cycles, and let whoever then waits take turns at random.

    So many `steps` at a time, until nobody waits; if somebody still does, cycles are broken again, and so
    up to `rounds` times.
    """
    tables = units, people, programs, held, options, count, listed, own_rank, offsets, mentions
    for _ in range(rounds):
        if work[BANNED] == 0:
            return
        work[ROUND] += 1
        lift_bans(units, count, bans, waiting, log, work)
        if wander(*tables, draws, steps, whim, waiting, log, work):
            return
        if not come_to_rest(*tables, first_linked, most_often, touched, bans, waiting, log, work):
            return


enter = compiled(_enter)
untangle = compiled(_untangle)


def _open_all(programs, work, quota):
    """Give the programs these quotas; those that have more than before are offered again to all."""
    for p in range(len(quota)):
        if quota[p] > programs[p, QUOTA]:
            if programs[p, REOPENED] == ABSENT:
                programs[p, REOPENED] = work[HEAD_REOPENED]
                work[HEAD_REOPENED] = p
            programs[p, FROM] = 0
        programs[p, QUOTA] = quota[p]


def _open_lists(units, people, waiting, log, work):
    """Open the supplemental lists that were closed while singles entered."""
    work[CLOSED] = 0
    for a in range(len(people)):
        if people[a, UNIT] == a and people[a, PROGRAM] >= 0:
            use_list(units, people, waiting, log, work, a)


open_all = compiled(_open_all)
open_lists = compiled(_open_lists)
