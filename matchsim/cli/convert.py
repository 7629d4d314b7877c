"""``matchsim convert``: write a market in another form."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["convert"]


@click.command(epilog="Example:  matchsim convert my-market my-market.txt")
@click.argument("market", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def convert(market: Path, out: Path, quiet: bool) -> None:
    """Write a market as a folder of CSV files, or as an instance in text.

    MARKET is whatever matchsim solve reads. OUT is a text file with lines r, c and p when its name ends in
    .txt, and otherwise a folder; it must not be there yet. Text has room for lists, quotas and couples
    only.
    """
    from matchsim.engine.folder import read_folder, write_market
    from matchsim.engine.suite_format import write_suite_text
    from matchsim.errors import InputError, Place, Problem, RunError, system_told
    from matchsim.folders import OF_FILES, new_folder

    as_text = out.suffix.lower() == ".txt"
    _check_new(out)
    if out.suffix.lower() in OF_FILES and not as_text:
        told, remedy = f"cannot be written as {out.suffix}", "give a folder, or a name that ends in .txt"
        raise InputError(Problem(told, Place(str(out)), remedy=remedy))
    folder = read_folder(market)
    try:
        if as_text:
            write_suite_text(folder.market, out)
        else:
            with new_folder(out, lambda: _check_new(out)) as temporary:
                write_market(folder.market, temporary)
    except OSError as error:
        raise RunError(f"{out} could not be written: {system_told(error)}") from None
    if quiet:
        return
    for remark in folder.remarks:
        click.echo(f"note: {remark}", err=True)
    click.echo(f"Written to {out}: {repr(folder.market)[1:-1]}")


def _check_new(out: Path) -> None:
    from matchsim.errors import InputError, Place, Problem

    if out.exists():
        told, remedy = "is there already", "give another name, or remove it"
        raise InputError(Problem(told, Place(str(out)), remedy=remedy))
