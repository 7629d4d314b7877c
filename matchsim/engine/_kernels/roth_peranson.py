"""Roth-Peranson: units enter one after another; who is displaced, and what opens again, is looked at again.

Everything is kept in a few integer tables, whose columns are named here: a kernel gets only the tables
that it needs. Units are numbered singles and members of couples first (by applicant; members are never
used), then couples, then supplemental lists; options likewise: the entries of the applicants' lists, then
the pairs, then the entries of supplemental lists.
"""

from __future__ import annotations

from matchsim._jit import compiled

__all__ = ["count_mentions", "enter", "fill_mentions", "seat_singles"]

NONE = -1
# Ends of the chains of those who wait, and what stands where nobody waits.
LAST, ABSENT = -1, -2
SINGLE, COUPLE, SUPPLEMENTAL = range(3)

# units: its options run from START to END, PLACE is the one it has (from START, -1 = none). MEMBER is the
# applicant, PARTNER the second of a couple, ADVANCED what a supplemental list hangs on, SIBLING the
# applicant's next list (-1 = last). WAITING chains those who are to look at their lists again.
KIND, START, END, PLACE, ENTERED, WAITING, MEMBER, PARTNER, ADVANCED, SIBLING = range(10)
UNIT_COLUMNS = 10
# people: the own position and that of the supplemental list in use (OPEN, a unit), with the ranks that
# the programs give; the unit that the person decides in; their first supplemental list (a unit).
PROGRAM, RANK, SECOND, SECOND_RANK, OPEN, UNIT, LISTS = range(7)
PERSON_COLUMNS = 7
# programs: where its list starts and ends; where its people are in `held`, how many, how many may be;
# REOPENED chains those who are to be offered again.
FIRST, BEHIND, BASE, FILLED, QUOTA, REOPENED = range(6)
PROGRAM_COLUMNS = 6
# options: the program and its rank of the applicant, and the same for the partner (-1 = none).
P, P_RANK, Q, Q_RANK = range(4)
# work: heads of the chains, and what is counted.
HEAD_WAITING, HEAD_REOPENED, TOUCHED, BANNED, ROUND, PROPOSALS, CYCLES = range(7)
COUNTERS = 7
# In `count`: an option that is never taken.
REFUSED = -1


def _count_mentions(options, count, programs, first_linked, ends):
    """Set ``ends`` to the offsets of the index of who mentions what; it starts as zeros."""
    for o in range(first_linked, len(options)):
        if count[o] != REFUSED:
            if options[o, P] >= 0:
                ends[programs[options[o, P], FIRST] + options[o, P_RANK] + 1] += 1
            if options[o, Q] >= 0:
                ends[programs[options[o, Q], FIRST] + options[o, Q_RANK] + 1] += 1
    for f in range(len(ends) - 1):
        ends[f + 1] += ends[f]


def _fill_mentions(units, options, count, programs, first_linked, ends, mentions):
    """Fill the index; moves each of the offsets on to where the next one was.

    ``mentions[offsets[f]:offsets[f + 1]]`` are the (unit, option) of couples and supplemental lists that
    name the program and applicant of entry ``f`` of the programs' lists. Singles need no such index.
    """
    for u in range(len(units)):
        for o in range(max(units[u, START], first_linked), units[u, END]):
            if count[o] == REFUSED:
                continue
            for side in range(2):
                p, rank = options[o, 2 * side], options[o, 2 * side + 1]
                if p >= 0:
                    at = ends[programs[p, FIRST] + rank]
                    mentions[at, 0] = u
                    mentions[at, 1] = o
                    ends[programs[p, FIRST] + rank] += 1


def _push(units, work, u):
    """Let unit `u` look at its list again, unless it waits already."""
    if units[u, WAITING] == ABSENT:
        units[u, WAITING] = work[HEAD_WAITING]
        work[HEAD_WAITING] = u


push = compiled(_push)


def _reopen(programs, work, p):
    """Let program `p`, where somebody left, be offered again, unless it is to be already."""
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
        remove(programs, held, p, people[a, SECOND_RANK])
        people[a, SECOND] = NONE
        reopen(programs, work, p)


drop_second = compiled(_drop_second)


def _leave(units, people, programs, held, work, a):
    """Applicant `a` gives up their own position, and with it what hangs on it."""
    if people[a, OPEN] >= 0:
        units[people[a, OPEN], PLACE] = NONE
        people[a, OPEN] = NONE
        drop_second(people, programs, held, work, a)
    p = people[a, PROGRAM]
    if p >= 0:
        remove(programs, held, p, people[a, RANK])
        people[a, PROGRAM] = NONE
        reopen(programs, work, p)


leave = compiled(_leave)


def _withdraw(units, people, programs, held, work, u):
    """Unit `u` gives up all that it has and will look at its list again."""
    if units[u, KIND] == SUPPLEMENTAL:
        drop_second(people, programs, held, work, units[u, MEMBER])
    else:
        leave(units, people, programs, held, work, units[u, MEMBER])
        if units[u, KIND] == COUPLE:
            leave(units, people, programs, held, work, units[u, PARTNER])
    units[u, PLACE] = NONE
    push(units, work, u)


withdraw = compiled(_withdraw)


def _settle(units, people, programs, held, listed, work, p):
    """Program `p` lets its worst go while it is over its quota; partners go too."""
    while programs[p, FILLED] > programs[p, QUOTA]:
        worst = held[programs[p, BASE] + programs[p, FILLED] - 1]
        a = listed[programs[p, FIRST] + worst]
        # A position lost to somebody better is not open again; what else the unit gives up is.
        remove(programs, held, p, worst)
        if people[a, SECOND] == p:
            people[a, SECOND] = NONE
            withdraw(units, people, programs, held, work, people[a, OPEN])
        else:
            people[a, PROGRAM] = NONE
            withdraw(units, people, programs, held, work, people[a, UNIT])


settle = compiled(_settle)


def _use_list(units, people, work, a):
    """Take up the supplemental list of applicant `a` that hangs on their position, if there is one."""
    s = people[a, LISTS]
    while s >= 0:
        if units[s, ADVANCED] == people[a, PROGRAM]:
            people[a, OPEN] = s
            push(units, work, s)
        s = units[s, SIBLING]


use_list = compiled(_use_list)


def _has_room(programs, held, p, rank):
    """Whether program `p` takes somebody of this rank beside those whom it holds."""
    filled = programs[p, FILLED]
    if filled < programs[p, QUOTA]:
        return True
    return filled > 0 and rank < held[programs[p, BASE] + filled - 1]


has_room = compiled(_has_room)


def _gives_up(people, a, to, p):
    """Whether applicant `a`, by going to program `to`, gives up a position at program `p`."""
    return people[a, PROGRAM] != to and (people[a, PROGRAM] == p or people[a, SECOND] == p)


gives_up = compiled(_gives_up)


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


def _best(units, people, programs, held, options, count, work, u):
    """The first option of unit `u`, above what it has, that it can have; -1 = none."""
    kind, start, a = units[u, KIND], units[u, START], units[u, MEMBER]
    end = units[u, END] if units[u, PLACE] < 0 else start + units[u, PLACE]
    for o in range(start, end):
        if count[o] == REFUSED:
            continue
        work[PROPOSALS] += 1
        if kind == COUPLE:
            fits = pair_fits(people, programs, held, options, a, units[u, PARTNER], o)
        else:
            fits = has_room(programs, held, options[o, P], options[o, P_RANK])
            # Who is there by a supplemental list would give that position up.
            fits = fits or (kind == SINGLE and people[a, SECOND] == options[o, P])
        if fits:
            return o
    return NONE


best = compiled(_best)


def _seat_own(units, people, programs, held, options, work, u, o):
    """Seat a single or a couple; who of them stays where they were keeps what hangs on it."""
    for side in range(1 + (units[u, KIND] == COUPLE)):
        a, p = units[u, MEMBER + side], options[o, 2 * side]
        if people[a, PROGRAM] != p:
            leave(units, people, programs, held, work, a)
    for side in range(1 + (units[u, KIND] == COUPLE)):
        a, p, rank = units[u, MEMBER + side], options[o, 2 * side], options[o, 2 * side + 1]
        if p >= 0 and people[a, PROGRAM] != p:
            insert(programs, held, p, rank)
            people[a, PROGRAM] = p
            people[a, RANK] = rank
            use_list(units, people, work, a)


seat_own = compiled(_seat_own)


def _seat(units, people, programs, held, options, listed, work, u, o):
    """Unit `u` takes option `o`; whoever is displaced withdraws."""
    a = units[u, MEMBER]
    if units[u, KIND] == SUPPLEMENTAL:
        drop_second(people, programs, held, work, a)
        insert(programs, held, options[o, P], options[o, P_RANK])
        people[a, SECOND] = options[o, P]
        people[a, SECOND_RANK] = options[o, P_RANK]
    else:
        seat_own(units, people, programs, held, options, work, u, o)
    units[u, PLACE] = o - units[u, START]
    if options[o, P] >= 0:
        settle(units, people, programs, held, listed, work, options[o, P])
    if options[o, Q] >= 0:
        settle(units, people, programs, held, listed, work, options[o, Q])
    # What a couple has it could also give up: a pair that did not fit before may fit now.
    if units[people[a, UNIT], KIND] == COUPLE:
        push(units, work, people[a, UNIT])


seat = compiled(_seat)


def _seat_singles(units, people, programs, held, options, program_of, rank_of, work):
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
            use_list(units, people, work, u)


seat_singles = compiled(_seat_singles)


def _offer_again(units, people, programs, held, options, count, listed, own_rank, offsets, mentions, work, p):
    """Let everybody who would rather be at program `p`, and would be taken now, look again.

    From the worst to the best, so that the best looks first.
    """
    first, filled = programs[p, FIRST], programs[p, FILLED]
    behind = programs[p, BEHIND]
    if filled >= programs[p, QUOTA]:
        behind = first + held[programs[p, BASE] + filled - 1] if filled > 0 else first
    for f in range(behind - 1, first - 1, -1):
        a = listed[f]
        mine, place = own_rank[f], units[a, PLACE]
        if mine >= 0 and units[a, ENTERED] and (place < 0 or mine < place):
            push(units, work, a)
        for at in range(offsets[f], offsets[f + 1]):
            u, o = mentions[at, 0], mentions[at, 1]
            place = units[u, PLACE]
            if units[u, WAITING] != ABSENT or 0 <= place <= o - units[u, START]:
                continue
            if units[u, KIND] == SUPPLEMENTAL:
                if people[a, OPEN] == u:
                    push(units, work, u)
            elif units[u, ENTERED] and count[o] != REFUSED:
                if pair_fits(people, programs, held, options, units[u, MEMBER], units[u, PARTNER], o):
                    push(units, work, u)


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


def _break_cycle(units, people, programs, held, count, first_linked, touched, bans, work):
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
    chosen = touched[work[TOUCHED] - 1]
    if often > 0:
        left = work[ROUND] % often
        for at in range(work[TOUCHED]):
            if touched[at] >= first_linked and 2 * count[touched[at]] > most:
                if left == 0:
                    chosen = touched[at]
                left -= 1
    count[chosen] = REFUSED
    bans[work[BANNED]] = chosen
    work[BANNED] += 1
    u = owner_of(units, chosen)
    if units[u, PLACE] == chosen - units[u, START]:
        withdraw(units, people, programs, held, work, u)
    forget_counts(count, touched, work)


break_cycle = compiled(_break_cycle)


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
    work,
):
    """Until nobody waits and nothing is open again; False when there are more cycles than bans."""
    while work[HEAD_WAITING] != LAST or work[HEAD_REOPENED] != LAST:
        if work[HEAD_WAITING] == LAST:
            p = work[HEAD_REOPENED]
            work[HEAD_REOPENED] = programs[p, REOPENED]
            programs[p, REOPENED] = ABSENT
            offer_again(
                units, people, programs, held, options, count, listed, own_rank, offsets, mentions, work, p
            )
            continue
        u = work[HEAD_WAITING]
        work[HEAD_WAITING] = units[u, WAITING]
        units[u, WAITING] = ABSENT
        if units[u, KIND] == SUPPLEMENTAL and people[units[u, MEMBER], OPEN] != u:
            continue
        o = best(units, people, programs, held, options, count, work, u)
        if o < 0:
            continue
        seat(units, people, programs, held, options, listed, work, u, o)
        if count[o] == 0:
            touched[work[TOUCHED]] = o
            work[TOUCHED] += 1
        count[o] += 1
        if count[o] > most_often:
            work[CYCLES] += 1
            if work[BANNED] == len(bans):
                return False
            break_cycle(units, people, programs, held, count, first_linked, touched, bans, work)
    forget_counts(count, touched, work)
    return True


come_to_rest = compiled(_come_to_rest)


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
    rounds,
    touched,
    bans,
    work,
):
    """Let those who wait, and then the units in this order, take what they can get.

    An option taken more than `most_often` times after one entry is part of a cycle, and refused. When all
    have entered, such refusals are lifted and their owners look again, up to `rounds` times. With more
    refusals at a time than `bans` has room for, the matching is left as it is, whoever did not enter.
    """
    tables = units, people, programs, held, options, count, listed, own_rank, offsets, mentions
    for at in range(-1, len(order)):
        if at >= 0:
            units[order[at], ENTERED] = 1
            push(units, work, order[at])
        if not come_to_rest(*tables, first_linked, most_often, touched, bans, work):
            return
    while work[BANNED] > 0 and work[ROUND] < rounds:
        work[ROUND] += 1
        while work[BANNED] > 0:
            work[BANNED] -= 1
            count[bans[work[BANNED]]] = 0
            push(units, work, owner_of(units, bans[work[BANNED]]))
        if not come_to_rest(*tables, first_linked, most_often, touched, bans, work):
            return


count_mentions = compiled(_count_mentions)
fill_mentions = compiled(_fill_mentions)
enter = compiled(_enter)
