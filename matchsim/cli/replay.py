"""``matchsim replay``: one season of a run or a study again, in full, from its seed."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["replay"]


@click.command(
    epilog="Examples:  matchsim replay runs/us-2025-0af3b1c2 --replicate 17    "
    "matchsim replay studies/cap-1b2c3d4e --replicate 3 --arm capped"
)
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--replicate", type=click.IntRange(min=0), required=True, help="Its number, from 0.")
@click.option("--arm", help="Of a study: the arm; default its baseline.")
@click.option("--point", type=click.IntRange(min=0), default=0, help="Of a sweep: the point, from 0.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default <RUN>-replicate-<number>.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what went wrong.")
def replay(
    folder: Path, replicate: int, arm: str | None, point: int, out: Path | None, *, quiet: bool
) -> None:
    """Simulate one season of RUN, the folder of a run or study, again: all its tables and charts.

    What the season gives is held to what RUN recorded; where it differs, that is said and the exit code is 1.
    """
    from matchsim.errors import InputError, Place, Problem
    from matchsim.study.replaying import recorded_season, replayed

    season = recorded_season(folder, replicate, arm=arm, point=point)
    target = out if out is not None else folder.with_name(f"{folder.name}-replicate-{replicate}")
    if target.resolve() == folder.resolve():
        told = "is the run that is replayed, which would be replaced by one of its seasons"
        raise InputError(Problem(told, Place(str(target)), remedy="give another folder with --out"))
    replayed(season, target)
    if not quiet:
        click.echo(f"{season.told}: the same as recorded\n  written to {target}")
