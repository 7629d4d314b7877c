"""Who applies where, what it costs, and where signals go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil

from matchsim.season.rules.model import Schedule
from matchsim.season.scenario.applications import Bands

__all__ = [
    "WORD",
    "affordable",
    "application_weight",
    "chance_scale",
    "chosen_programs",
    "cost",
    "send_signals",
]


WORD = 2**32


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
