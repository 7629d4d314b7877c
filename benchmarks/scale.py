"""How time and memory grow with the number of people: markets up to ten million, seasons up to eight nations.

python benchmarks/scale.py [--most 10_000_000] [--nations 8] [--picture docs/images/scale.png]

Every size is measured in a process of its own: the peak of its memory, the processor time of what is named.
Markets have lists of ten, a program for every seven people and a position for all but one in ten; seasons are
`us-2025` with so many times its people and positions. Kernels are compiled before the clock starts.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np

RANKS = 10
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
NATIONS = (0.25, 0.5, 1, 2, 4, 8)


def market_arrays(people: int) -> tuple[np.ndarray, ...]:
    """Lists of ten in random order, ranked back by every program in random order."""
    rng = np.random.default_rng(people)
    programs = people // 7
    # Steps of one odd length from a random start never meet the same program twice.
    start = rng.integers(0, programs, people, dtype=np.int32)
    step = rng.integers(1, programs // RANKS, people, dtype=np.int32)
    ranked = (start[:, None] + step[:, None] * np.arange(RANKS, dtype=np.int32)) % np.int32(programs)
    ranked = ranked.ravel()
    shuffled = rng.permutation(len(ranked)).astype(np.int32)
    by_program = shuffled[np.argsort(ranked[shuffled], kind="stable")]
    counts = np.bincount(ranked, minlength=programs)
    quota = rng.multinomial(people * 9 // 10, np.full(programs, 1 / programs)).astype(np.int32)
    return (
        np.arange(0, RANKS * people + 1, RANKS, dtype=np.int64),
        ranked,
        np.concatenate(([0], np.cumsum(counts))),
        (by_program // RANKS).astype(np.int32),
        quota,
    )


def market(people: int) -> dict[str, float]:
    """Seconds to build, match and verify a market, to find its menus, and the peak of memory in MB."""
    from matchsim.engine import Market, blocking_pairs
    from matchsim.engine.deferred_acceptance import deferred_acceptance
    from matchsim.engine.menus import menus

    def worked(size: int) -> dict[str, float]:
        arrays = market_arrays(size)
        laps: dict[str, float] = {}
        last = process_time()

        def lap(name: str) -> None:
            nonlocal last
            now = process_time()
            laps[name], last = now - last, now

        built = Market.from_arrays(*arrays)
        lap("build")
        matching = deferred_acceptance(built)
        lap("match")
        assert not len(blocking_pairs(built, matching))
        lap("verify")
        menus(built)
        lap("menus")
        return laps

    worked(1_000)
    return {**worked(people), "megabytes": _peak()}


def season(nations: float) -> dict[str, float]:
    """Seconds and peak of memory of a season with so many times the people and positions of 2025."""
    from matchsim import load_scenario, run_season
    from matchsim.season.words import APPLICANT_TYPES

    run_season("small")
    active = load_scenario("us-2025").cohort.active
    people = ", ".join(f"{t}: {round(nations * getattr(active, t))}" for t in APPLICANT_TYPES)
    text = f"extends: us-2025\ncohort: {{active: {{{people}}}}}\n"
    text += f"programs: {{positions: {round(43_237 * nations)}}}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nations.yaml"
        path.write_text(text, encoding="utf-8")
        scenario = load_scenario(path)
    start = process_time()
    simulated = run_season(scenario)
    return {
        "people": len(simulated.cohort),
        "applications": len(simulated.applications),
        "simulate": process_time() - start,
        "megabytes": _peak(),
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(kind: str, size: float) -> dict[str, float]:
    """One size, measured in a process of its own."""
    command = [sys.executable, __file__, "--one", kind, str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def picture(markets: list[dict[str, float]], seasons: list[dict[str, float]], path: Path) -> None:
    """Time and memory over the number of people, both on logarithmic axes."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    of = [m["people"] for m in markets]
    for name in ("build", "match", "verify", "menus"):
        left.plot(of, [m[name] for m in markets], marker="o", label=f"market: {name}")
    left.plot([s["people"] for s in seasons], [s["simulate"] for s in seasons], marker="s", label="season")
    right.plot(of, [m["megabytes"] for m in markets], marker="o", label="market of lists of ten")
    right.plot([s["people"] for s in seasons], [s["megabytes"] for s in seasons], marker="s", label="season")
    for axes, told in ((left, "processor time, s"), (right, "peak of memory, MB")):
        axes.set(xscale="log", yscale="log", xlabel="people", ylabel=told)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=SIZES[-1], help="people in the largest market")
    parser.add_argument("--nations", type=float, default=NATIONS[-1], help="the largest season")
    parser.add_argument("--picture", type=Path, help="draw the growth into this file")
    parser.add_argument("--one", nargs=2, metavar=("KIND", "SIZE"), help="measure one size, as JSON")
    asked = parser.parse_args()
    if asked.one:
        kind, size = asked.one
        print(json.dumps(market(int(size)) if kind == "market" else season(float(size))))
        return
    table = csv.writer(sys.stdout)
    markets, seasons = [], []
    table.writerow(["market of", "build", "match", "verify", "menus", "megabytes"])
    for people in (size for size in SIZES if size <= asked.most):
        found = measured("market", people)
        markets.append({"people": people, **found})
        table.writerow([people, *(f"{value:.3g}" for value in found.values())])
    table.writerow(["nations", "people", "applications", "simulate", "megabytes"])
    for nations in (size for size in NATIONS if size <= asked.nations):
        found = measured("season", nations)
        seasons.append(found)
        table.writerow([nations, *(f"{value:.6g}" for value in found.values())])
    if asked.picture:
        picture(markets, seasons, asked.picture)


if __name__ == "__main__":
    main()
