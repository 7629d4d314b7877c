"""``matchsim why``: what happened to one applicant of a match."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from matchsim.engine.explanation import Explanation

__all__ = ["why"]

PICTURES = (".png", ".svg")
KINDS_OF_GRAPH = (*PICTURES, ".json")


@click.command(
    epilog="Examples:  matchsim why my-result Ana    matchsim why runs/us-2025-1a2b3c4d A000017 --json"
)
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("applicant")
@click.option(
    "--market", type=click.Path(path_type=Path), help="The market, where it is no longer where it was."
)
@click.option("--replicate", type=click.IntRange(min=0), help="Season of a run, from 0.  [default: 0]")
@click.option(
    "--anonymous", is_flag=True, help="Leave out the names of all other applicants but the partner."
)
@click.option(
    "--graph", type=click.Path(path_type=Path), help="Write the rejection chain: .png, .svg or .json."
)
@click.option("--force", is_flag=True, help="Let the file of --graph replace one of the same name.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
def why(
    out: Path,
    applicant: str,
    market: Path | None,
    replicate: int | None,
    anonymous: bool,
    graph: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Tell what happened to one applicant, program by program.

    OUT is a result of matchsim solve, or a run of matchsim run, whose season is simulated again. The match
    is made again, as its manifest says, and everything that happens is written down; it must be the match
    in OUT.

    Exit code 0: told. 2: OUT or its market cannot be used, or there is no such applicant.
    """
    from matchsim.cli.drawn_file import check_drawn_file
    from matchsim.study.recorded_matching import matching_in

    if graph is not None:
        check_drawn_file(graph, KINDS_OF_GRAPH, force=force)
    explanation = matching_in(out, market=market, replicate=replicate).explain(applicant, anonymous=anonymous)
    # What is told comes before the picture, which a full disk may refuse.
    if as_json:
        click.echo(json.dumps(explanation.to_dict(), indent=2, ensure_ascii=False))
    else:
        click.echo(str(explanation))
    if graph is not None:
        _write_graph(explanation, graph)


def _write_graph(explanation: Explanation, path: Path) -> None:
    from matchsim.errors import InputError, Place, Problem, system_told
    from matchsim.folders import new_file

    kind = path.suffix.lower()
    if kind in PICTURES:
        content = _drawn(explanation, kind)
    else:
        content = (json.dumps(_chain(explanation), indent=2, ensure_ascii=False) + "\n").encode()
    try:
        with new_file(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        told = f"cannot be written: {system_told(error)}"
        raise InputError(Problem(told, Place(str(path)))) from error


def _chain(explanation: Explanation) -> dict[str, Any]:
    chain: dict[str, Any] = explanation.to_dict()["chain"]
    return chain


def _drawn(explanation: Explanation, kind: str) -> bytes:
    from io import BytesIO

    from matchsim.charts import style
    from matchsim.charts._figure import DPI
    from matchsim.charts.rejection_chain import rejection_chain

    stream = BytesIO()
    lost = f", from the loss of {style.shortened(explanation.lost)}" if explanation.lost else ""
    caption = f"{style.shortened(explanation.applicant)}{lost}"
    figure = rejection_chain(explanation.to_graph(), caption=caption).get_figure(root=True)
    assert figure is not None
    with style.in_use():
        figure.savefig(stream, format=kind[1:], dpi=DPI)
    return stream.getvalue()
