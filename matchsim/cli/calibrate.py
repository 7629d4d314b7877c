"""``matchsim calibrate``: a few parameters of a scenario fitted to published figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matchsim.fidelity.calibration import Calibration

__all__ = ["calibrate"]


@click.command(epilog="Example:  matchsim calibrate us-2025 --jobs 2 --out calibration")
@click.argument("scenario", metavar="[SCENARIO]", default="us-2025")
@click.option(
    "--replicates",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Seasons simulated at every point, with the same seeds everywhere.",
)
@click.option(
    "--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Gauss-Newton steps at most."
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--seed", type=int, help="Seed of all random streams, in place of the scenario's.")
@click.option(
    "--targets", type=click.Path(path_type=Path), help="CSV file with published figures of your own."
)
@click.option("--parameters", type=click.Path(path_type=Path), help="CSV file with parameters of your own.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="New folder for <season>.yaml, sensitivity.csv and the picture of the sensitivities.",
)
@click.option("--allow-outside", is_flag=True, help="Let the scenario name files outside its folder.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what went wrong.")
def calibrate(
    scenario: str,
    replicates: int,
    rounds: int,
    jobs: int,
    seed: int | None,
    targets: Path | None,
    parameters: Path | None,
    out: Path,
    allow_outside: bool,
    quiet: bool,
) -> None:
    """Fit a few parameters of SCENARIO (default: us-2025) to the calibrated targets.

    The fit begins where the table of parameters says. It changes no scenario: what it finds is printed as
    lines that can be laid into one, and written with its uncertainty. Validation targets are not looked at.
    """
    from matchsim.cli.progress import announce
    from matchsim.fidelity import load_targets
    from matchsim.fidelity.calibration import calibrate as fitted
    from matchsim.fidelity.parameters import load_parameters
    from matchsim.season.scenario.outside import read_inside
    from matchsim.study.memory import refuse_what_cannot_fit

    _check_new(out)
    resolved = read_inside(scenario, allow_outside=allow_outside).scenario
    refuse_what_cannot_fit(resolved, jobs)
    announce(resolved, jobs, quiet=quiet)
    found = fitted(
        scenario,
        parameters=None if parameters is None else load_parameters(parameters),
        targets=None if targets is None else load_targets(targets),
        replicates=replicates,
        rounds=rounds,
        seed=seed,
        jobs=jobs,
        told=(lambda _: None) if quiet else (lambda text: click.echo(text, err=True)),
    )
    # What is told comes before the files, which a full disk may refuse.
    if not quiet:
        click.echo(_screen(found))
    _write(found, out)
    if not quiet:
        click.echo(f"written to {out}")


def _check_new(out: Path) -> None:
    from matchsim.errors import InputError, Place, Problem
    from matchsim.folders import check_folder_name

    if out.exists():
        raise InputError(Problem("exists", Place(str(out)), remedy="give a new folder with --out"))
    check_folder_name(out)


def _write(found: Calibration, out: Path) -> None:
    from matchsim.charts import source_line
    from matchsim.charts.files import save_chart
    from matchsim.charts.sensitivity import sensitivity
    from matchsim.documents import written
    from matchsim.folders import new_folder

    table = found.sensitivity_table()
    with new_folder(out, lambda: _check_new(out)) as folder:
        (folder / f"{found.season}.yaml").write_text(written(found.document()), encoding="utf-8")
        table.to_csv(folder / "sensitivity.csv", index=False, lineterminator="\n")
        caption = source_line(found.scenario, found.seed)
        save_chart(sensitivity(table, caption=caption), folder / "sensitivity")


def _screen(found: Calibration) -> str:
    from matchsim.documents import written

    noisy, tolerated = found.uncertainty()
    known = found.identified()
    lines = [f"  {'':<28}{'before':>9}{'after':>9}{'± noise':>9}{'± tolerance':>13}"]
    lines += [
        f"  {parameter.name:<28}{found.before[i]:>9.3f}{found.after[i]:>9.3f}"
        f"{noisy[i]:>9.3f}{tolerated[i]:>13.3f}" + ("" if known[i] else "  not identified")
        for i, parameter in enumerate(found.parameters)
    ]
    nested: dict[str, object] = {}
    for path, value in found.laid.items():
        part = nested
        *above, last = path.split(".")
        for step in above:
            part = part.setdefault(step, {})  # type: ignore[assignment]
        part[last] = value
    return "\n".join([*lines, "", "To be laid into a scenario:", "", written(nested)])
