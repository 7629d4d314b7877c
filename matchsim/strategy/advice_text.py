"""Advice in words, in lines of at most 80 columns, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from textwrap import wrap
from typing import Any

from matchsim.errors import counted
from matchsim.strategy.advice import Advice, Estimate, LeverEffect

__all__ = ["as_data", "report", "verdict"]

WIDTH = 80
FORMAT = 1
SHOWN_RANKS = (1, 2, 3, 5, 8, 10, 15, 20)
NOTICE = (
    "This is what a model says, not advice on a life. It knows types, exams, dates, visas, clinical months, "
    "letters by number, research by number, ties to regions, applications and signals. It does not know what "
    "letters say, how you interview, who knows you, or what a real program does. Its programs are invented. "
    "The intervals hold the chance of simulated seasons alone. How well the parameters are known is not in "
    "them: most weights of the screening are assumed, so read the order of the levers and their rough size, "
    "not their figures."
)


def percent(estimate: Estimate) -> str:
    """A probability in whole percent: no digit that the seasons do not carry."""
    if estimate.mean < 0.01:
        return "under 1%"
    return "over 99%" if estimate.mean > 0.99 else f"{estimate.mean:.0%}"


def interval(estimate: Estimate) -> str:
    """The ends of the interval in whole percent; empty where seasons are too few."""
    if isnan(estimate.half):
        return ""
    low, high = (min(max(estimate.mean + sign * estimate.half, 0.0), 1.0) for sign in (-1, 1))
    return f"{low:.0%} to {high:.0%}"


def verdict(effect: Estimate) -> str:
    """What an effect with this interval may be called."""
    if isnan(effect.half):
        return "too few seasons to say"
    if abs(effect.mean) <= effect.half:
        return "no effect seen"
    if abs(effect.mean) < 0.02:
        return "small"
    return "helps" if effect.mean > 0 else "hurts"


def report(found: Advice, notes: list[str]) -> str:
    """The report: chances, what they rest on, the levers, and what the model does not know."""
    parts = [_chances(found), _curve(found), _levers(found), [*_notes(notes), *_lines(NOTICE)]]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _chances(found: Advice) -> list[str]:
    seasons, copies = counted(found.seasons, "simulated season"), counted(found.copies, "copy")
    title = f"Your chances, in {seasons} with {copies} of you in each"
    rows = [
        ("one interview or more", found.interviews[1]),
        ("five or more", found.interviews[5]),
        ("ten or more", found.interviews[10]),
        ("a match, if you rank every program that interviews you", found.matched),
        ("no match, but a first year in SOAP", found.soap),
        ("a first year in the end", found.placed),
    ]
    lines = [f"  {told:<56}{percent(one):>9}  {interval(one)}".rstrip() for told, one in rows]
    mean = f"  {'interviews on average':<56}{_number(found.mean_interviews):>9}"
    return [title, "-" * min(len(title), WIDTH), "", *lines[:3], mean, *lines[3:]]


def _number(estimate: Estimate) -> str:
    return f"{estimate.mean:.0f}" if estimate.mean >= 2 else f"{estimate.mean:.1f}"


def _curve(found: Advice) -> list[str]:
    title = "A match by how many programs you rank, the most wished for first"
    shown = [k for k in SHOWN_RANKS if k <= len(found.by_ranks)]
    return [
        title,
        "-" * len(title),
        "",
        "  programs" + "".join(f"{k:>8}" for k in shown),
        "  matched " + "".join(f"{found.by_ranks[k - 1].mean:>8.0%}" for k in shown),
    ]


def _levers(found: Advice) -> list[str]:
    title = "Levers: one change each, on the same seasons"
    head = f"  {'':<42}{'points':>7}  {'interval':<13}{'cost':>7}"
    lines = [title, "-" * len(title), "", head]
    for hands, told in (("yours", "Yours"), ("may happen", "May happen"), ("past", "Past: what it weighs")):
        rows = [one for one in found.effects if one.lever.hands == hands]
        if rows:
            lines += [f"  {told}", *(line for one in rows for line in _lever(one))]
    return lines


def _lever(one: LeverEffect) -> Iterator[str]:
    effect, cost = one.effect, one.lever.cost
    first, *rest = wrap(one.lever.told, 38)
    said = verdict(effect)
    points = "none" if said == "no effect seen" else _points(100 * effect.mean)
    ends = [100 * (effect.mean + sign * effect.half) for sign in (-1, 1)]
    between = "" if isnan(effect.half) else f"{_points(ends[0])} to {_points(ends[1])}"
    price = "?" if cost is None else f"${cost:,.0f}"
    price = "" if one.lever.hands == "past" else price
    yield f"    {first:<40}{points:>7}  {between:<13}{price:>7}".rstrip()
    yield from (f"      {line}" for line in rest)
    if one.lever.note:
        yield f"      ({one.lever.note})"


def _points(value: float) -> str:
    """Whole percentage points with their sign; nothing has no sign."""
    return f"{value:+.0f}" if round(value) else "0"


def _notes(notes: list[str]) -> list[str]:
    return [line for note in notes for line in (*_lines(note), "")]


def _lines(text: str) -> list[str]:
    return wrap(text, WIDTH, break_on_hyphens=False)


def as_data(found: Advice, notes: list[str]) -> dict[str, Any]:
    """The same as plain data for JSON; probabilities from 0 to 1, effects as differences of them."""
    return {
        "format": FORMAT,
        "seasons": found.seasons,
        "copies": found.copies,
        "interviews_at_least": {str(n): _estimate(one) for n, one in found.interviews.items()},
        "mean_interviews": _estimate(found.mean_interviews),
        "match_by_ranks": [_estimate(one) for one in found.by_ranks],
        "match": _estimate(found.matched),
        "soap": _estimate(found.soap),
        "placed": _estimate(found.placed),
        "levers": [
            {
                "name": one.lever.name,
                "told": one.lever.told,
                "hands": one.lever.hands,
                "match": _estimate(one.probability),
                "effect": _estimate(one.effect),
                "effect_on_placed": _estimate(one.placed_effect),
                "verdict": verdict(one.effect),
                "cost": one.lever.cost,
                "note": one.lever.note,
                "rests_on": one.lever.rests_on,
            }
            for one in found.effects
        ],
        "notes": notes,
        "notice": NOTICE,
    }


def _estimate(one: Estimate) -> dict[str, float | None]:
    """Three digits: more are not in so many seasons."""
    if isnan(one.half):
        return {"mean": round(one.mean, 3), "low": None, "high": None}
    return {
        "mean": round(one.mean, 3),
        "low": round(one.mean - one.half, 3),
        "high": round(one.mean + one.half, 3),
    }
