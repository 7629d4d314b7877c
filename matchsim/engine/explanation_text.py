"""An explanation as text of 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from textwrap import fill

from matchsim.engine.explanation import Entry, Explanation, Roster, Step
from matchsim.engine.rejection_chain import told_steps

__all__ = ["text_of"]

WIDTH = 80
# Steps with an entry that are told in turn; more are counted.
MOST_IN_TURN = 8
# Steps of a chain that are told before the one that cost the applicant the program, and from it on; the
# graph has all.
STEPS_BEFORE, STEPS_AFTER = 6, 19

OUTCOMES = {
    "matched": "Matched.",
    "refused": "Refused.",
    "set aside": "Forbidden to break a cycle of proposals.",
    "offered again": "Offered again, and not had.",
    "left for a better one": "Held until something better was had.",
    "not reached": "Not reached: something better was had.",
    "list not opened": "Not tried: what this list hangs on was not held when lists were tried.",
    "not tried": "Not tried: the search ended before.",
    "not had": "Not had.",
}


def text_of(explanation: Explanation) -> str:
    """The explanation as several lines, none of them longer than 80 characters where names allow it."""
    blocks = ["\n".join(_heading(explanation))]
    blocks += ["\n".join(lines) for lines in _told_list(explanation.entries, explanation, "")]
    if not explanation.entries:
        blocks.append(_filled(f"{explanation.applicant} ranked no program.", ""))
    if explanation.lost is not None:
        blocks.append("\n".join(_chain(explanation)))
    return "\n\n".join(blocks)


def _filled(text: str, indent: str, first: str | None = None) -> str:
    return fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _heading(told: Explanation) -> Iterator[str]:
    who = told.applicant
    yield _filled(f"{who} is {_match(told)}.", "")
    if told.partner is not None:
        has = f"matched to {told.partner_program}" if told.partner_program else "unmatched"
        yield _filled(f"The partner, {told.partner}, is {has}.", "")
    if told.unrecorded:
        yield _filled(f"What happened on the way is not recorded: {told.unrecorded}.", "")
    if not told.stable:
        yield _filled("The matching as a whole is not stable.", "")


def _match(told: Explanation) -> str:
    several = "pairs" if told.partner is not None else "ranked"
    place = f"rank {told.rank}, {len(told.entries)} {several}"
    if told.program is None:
        if told.rank is None:
            return "unmatched"
        return f"unmatched, by the pair that the couple obtained ({place})"
    match = f"matched to {told.program}"
    match += f" ({place})" if told.rank is not None else ", which is not on the list"
    if told.second_program is not None:
        match += f" and, by a supplemental list, to {told.second_program}"
    return match


def _told_list(entries: tuple[Entry, ...], told: Explanation, indent: str) -> Iterator[list[str]]:
    """The entries, each as some lines; several of which nothing is to be told as one."""
    for silent, some in groupby(entries, key=_silent):
        same = list(some)
        if silent and len(same) > 2:
            label = f"{same[0].rank:>3}  "
            inner = indent + " " * len(label)
            text = f"and {len(same) - 1} more, to rank {same[-1].rank}."
            first = _names(same[0])
            yield [_filled(f"{first} {text}", inner, indent + label), _filled(OUTCOMES["not reached"], inner)]
        else:
            yield from (list(_told_entry(entry, told, indent)) for entry in same)


def _silent(entry: Entry) -> bool:
    return entry.outcome == "not reached" and not entry.steps and not entry.supplemental


def _names(entry: Entry) -> str:
    return " and ".join(program or "No Match" for program in entry.programs)


def _told_entry(entry: Entry, told: Explanation, indent: str) -> Iterator[str]:
    label = f"{entry.rank:>3}  "
    inner = indent + " " * len(label)
    yield _filled(_names(entry), inner, indent + label)
    yield _filled(_outcome(entry, told), inner)
    if _eventful(entry):
        yield _filled(_history(entry.steps), inner)
    for roster in entry.rosters:
        yield _filled(_roster(roster), inner)
    if entry.blocks:
        who = told.applicant if len(entry.programs) == 1 else f"{told.applicant} and {told.partner}"
        yield _filled(f"As things stand {who} could have it: this blocks the matching.", inner)
    if entry.supplemental:
        yield _filled(f"Supplemental list with {entry.programs[0]}:", inner)
        for lines in _told_list(entry.supplemental, told, inner):
            yield from lines


def _eventful(entry: Entry) -> bool:
    """Whether more happened than the outcome says; that what was lost stays refused goes without saying."""
    words = [step.what for step in entry.steps]
    if words[-1:] == ["refused"] and len(words) > 2:
        words.pop()
    return len(words) > 1 and words != ["held", entry.outcome]


def _outcome(entry: Entry, told: Explanation) -> str:
    last = next((step for step in reversed(entry.steps) if step.what == entry.outcome), None)
    if entry.outcome == "bumped" and last is not None:
        return f"Held, then bumped{_where(entry, last)} by {' and '.join(last.by)}."
    if entry.outcome == "partner bumped" and last is not None:
        by = " and ".join(last.by)
        return f"Held, then lost because {told.partner} was bumped from {last.program} by {by}."
    if entry.outcome == "advanced position lost":
        return "Held, then lost with the position that this list hangs on."
    if entry.outcome == "not ranked":
        return _not_ranked(entry, told)
    return OUTCOMES[entry.outcome]


def _where(entry: Entry, step: Step) -> str:
    return f" from {step.program}" if len(entry.programs) > 1 else ""


def _not_ranked(entry: Entry, told: Explanation) -> str:
    missing = [roster for roster in entry.rosters if roster.own_rank is None]
    if missing:
        return " ".join(f"{roster.program} does not rank {roster.applicant}." for roster in missing)
    if len(entry.programs) > 1:
        return "Not ranked by a program of the pair."
    return f"{entry.programs[0]} does not rank {told.applicant}."


def _history(steps: tuple[Step, ...]) -> str:
    if len(steps) <= MOST_IN_TURN:
        return f"In turn: {', '.join(map(_step, steps))}."
    counts: Counter[str] = Counter()
    for step in steps:
        counts[step.what] += step.count
    return f"In all: {', '.join(_step(Step(what, count)) for what, count in counts.items())}."


def _step(step: Step) -> str:
    told = step.what
    if step.by:
        told += f" by {' and '.join(step.by)}"
    return f"{told} {step.count} times" if step.count > 1 else told


def _roster(roster: Roster) -> str:
    before = f" ({roster.submitted_quota} before reversions)"
    quota = f"{roster.quota}{before if roster.quota != roster.submitted_quota else ''}"
    positions = "position" if roster.quota == 1 else "positions"
    holds = f"{roster.program} holds {roster.held} of {quota} {positions}"
    if roster.last is not None:
        holds += f", the last of them {roster.last} at its rank {roster.last_rank}"
    if roster.own_rank is None:
        return f"{holds}."
    own = f"{roster.applicant} is at rank {roster.own_rank}"
    if roster.behind is not None and roster.behind != 0:
        places = "place" if abs(roster.behind) == 1 else "places"
        own += f", {abs(roster.behind)} {places} {'behind' if roster.behind > 0 else 'before'}"
    return f"{holds}; {own}."


def _chain(told: Explanation) -> Iterator[str]:
    yield _filled(f"How {told.lost} was lost, and what followed:", "")
    steps = list(enumerate(told_steps(told.chain), 1))
    start = told.chain.graph["start"]
    first, behind = max(start - 1 - STEPS_BEFORE, 0), start - 1 + STEPS_AFTER
    if first:
        yield f"     {first:,} earlier steps; the graph has all"
    for number, step in steps[first:behind]:
        label = f"{number:>3}  "
        yield _filled(step, " " * len(label), label)
    if behind < len(steps):
        yield f"     and {len(steps) - behind:,} more steps; the graph has all"
