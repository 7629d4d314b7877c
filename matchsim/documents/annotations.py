"""What a pydantic model allows at a path, read from its annotations."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from matchsim.documents.nodes import Path

__all__ = ["alternatives", "at_path", "described", "field_names", "located"]

_SCALARS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


def alternatives(annotation: Any) -> list[Any]:
    """The branches of an annotation: unions laid flat, ``Annotated`` and ``None`` taken away."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return alternatives(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [branch for part in get_args(annotation) for branch in alternatives(part)]
    return [] if annotation in (None, type(None)) else [annotation]


def located(loc: Iterable[str | int], model: type[BaseModel]) -> Path:
    """The path inside the document that pydantic's `loc` means.

    Pydantic adds the label of the branch wherever an annotation has several; those steps are left out,
    and so is its mark for a key of a mapping.
    """
    path: list[str | int] = []
    allowed: list[Any] = [model]
    branch_expected = False
    for step in loc:
        if step == "[key]":
            break
        if branch_expected:
            branch_expected = False
            continue
        path.append(step)
        allowed = _below(allowed, step)
        branch_expected = len(allowed) > 1
    return tuple(path)


def at_path(model: type[BaseModel], path: Path) -> list[Any]:
    """The branches that are allowed at `path`; empty when the model has nothing there."""
    allowed: list[Any] = [model]
    for step in path:
        allowed = _below(allowed, step)
    return allowed


def field_names(allowed: Iterable[Any]) -> list[str]:
    """The keys of the models among the branches `allowed`, in their order."""
    return [name for branch in allowed if _is_model(branch) for name in branch.model_fields]


def described(allowed: Iterable[Any]) -> str:
    """The branches in words: ``'published', a list or a mapping``."""
    words = list(dict.fromkeys(word for branch in allowed for word in _words(branch)))
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _words(branch: Any) -> list[str]:
    if get_origin(branch) is Literal:
        return [repr(value) for value in get_args(branch)]
    if _is_model(branch) or get_origin(branch) is dict or branch is dict:
        return ["a mapping of keys to values"]
    if get_origin(branch) is list or branch is list:
        return ["a list"]
    return [_SCALARS.get(branch, getattr(branch, "__name__", str(branch)))]


def _below(allowed: Iterable[Any], step: str | int) -> list[Any]:
    found: list[Any] = []
    for branch in allowed:
        if _is_model(branch):
            field = branch.model_fields.get(step)
            found += alternatives(field.annotation) if field is not None else []
        elif get_origin(branch) is (list if isinstance(step, int) else dict):
            found += alternatives(get_args(branch)[-1])
    return found


def _is_model(branch: Any) -> bool:
    return isinstance(branch, type) and issubclass(branch, BaseModel)
