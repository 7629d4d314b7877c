"""The file that a person names for a picture: looked at before anything is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matchsim.errors import InputError, Place, Problem

__all__ = ["check_drawn_file"]


def check_drawn_file(path: Path, kinds: Sequence[str], *, force: bool) -> None:
    """Refuse a file that could not be written, or would replace one that is there.

    Parameters
    ----------
    kinds
        Endings that the name may have, with their dots.
    force
        Whether a file of the same name may be replaced.

    Raises
    ------
    InputError
        With all that is wrong and what to do.
    """
    place, problems = Place(str(path)), []
    if path.suffix.lower() not in kinds:
        problems.append(Problem(f"the name of a picture must end in {', '.join(kinds)}", place))
    if not path.absolute().parent.is_dir():
        problems.append(Problem("its folder is not there", place, remedy="make the folder first"))
    elif path.is_dir():
        problems.append(Problem("is a folder", place, remedy="give the name of a file"))
    elif path.exists() and not force:
        remedy = "give another name, or replace it with --force"
        problems.append(Problem("is there already", place, remedy=remedy))
    if problems:
        raise InputError(problems)
