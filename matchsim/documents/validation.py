"""A document against a pydantic model: every problem at once, with its place, in people's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from matchsim.documents.annotations import at_path, described, field_names, located
from matchsim.documents.nodes import Document, Path, dotted
from matchsim.errors import InputError, Place, Problem, did_you_mean, shown

__all__ = ["MAX_PROBLEMS", "said", "sorted_problems", "validated"]

# More than fit on a few screens help nobody.
MAX_PROBLEMS = 100

Model = TypeVar("Model", bound=BaseModel)

_WRONG_TYPE = frozenset(
    [
        "bool_type",
        "dict_type",
        "float_type",
        "int_from_float",
        "int_type",
        "list_type",
        "literal_error",
        "model_type",
        "string_type",
        "union_tag_invalid",
        "union_tag_not_found",
    ]
)
_LIMITS = {
    "greater_than_equal": (">=", "ge"),
    "greater_than": (">", "gt"),
    "less_than_equal": ("<=", "le"),
    "less_than": ("<", "lt"),
}


def validated(document: Document, model: type[Model], error: type[InputError] = InputError) -> Model:
    """The document as a `model`.

    Parameters
    ----------
    document
        What was read; the problems it carries are reported together with those found here.
    model
        A pydantic model, strict and forbidding unknown keys, so that nothing is converted silently.
    error
        The class of the error raised.

    Raises
    ------
    InputError
        With every problem found, in the order of the files and lines, at most `MAX_PROBLEMS`.
    """
    problems = list(document.problems)
    try:
        valid = model.model_validate(document.data)
    except ValidationError as failure:
        problems += _problems(failure, document, model)
    if problems:
        raise error(sorted_problems(problems, document.files))
    return valid


def sorted_problems(problems: Iterable[Problem], files: tuple[str, ...]) -> list[Problem]:
    """The problems in the order of `files` and lines, cut to `MAX_PROBLEMS`."""
    order = {file: number for number, file in enumerate(files)}
    unique = list(dict.fromkeys(problems))
    unique.sort(key=lambda p: (order.get(p.place.file, -1), p.place.line, p.place.column))
    if len(unique) > MAX_PROBLEMS:
        rest = len(unique) - MAX_PROBLEMS
        return [*unique[:MAX_PROBLEMS], Problem(f"and {rest} more problems", Place(unique[-1].place.file))]
    return unique


def said(value: Any) -> str:
    """A value of a document as a message shows it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown(value)


def _problems(failure: ValidationError, document: Document, model: type[BaseModel]) -> Iterator[Problem]:
    known = {problem.path for problem in document.problems}
    errors = [(located(e["loc"], model), e) for e in failure.errors(include_url=False)]
    for path, error in errors:
        # A branch that fits the kind of value says more than those that do not.
        if error["type"] in _WRONG_TYPE and any(_is_below(other, path) for other, _ in errors):
            continue
        if dotted(path) not in known:
            yield _problem(path, error, document, model)


def _is_below(path: Path, parent: Path) -> bool:
    return len(path) > len(parent) and path[: len(parent)] == parent


def _problem(path: Path, error: Any, document: Document, model: type[BaseModel]) -> Problem:
    kind = error["type"]
    about_key = kind in ("extra_forbidden", "missing") or error["loc"][-1:] == ("[key]",)
    message, remedy = _worded(path, error, about_key, model)
    return Problem(message, document.place_of(path, key=about_key), dotted(path), remedy)


def _worded(  # noqa: PLR0911 - a table of kinds, one line each
    path: Path, error: Any, about_key: bool, model: type[BaseModel]
) -> tuple[str, str]:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return "is missing", _meaning(model, path)
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), field_names(at_path(model, path[:-1])))
    if about_key and kind == "literal_error":
        return _unknown_key(str(path[-1]), _words_for_keys(model, path))
    if kind in _WRONG_TYPE:
        return _wrong_type(given, at_path(model, path))
    if kind in _LIMITS:
        sign, name = _LIMITS[kind]
        return f"must be {sign} {context[name]}, got {said(given)}", ""
    if kind == "string_pattern_mismatch":
        remedy = _meaning(model, path) or f"it must match {context['pattern']}"
        return f"does not have the right form, got {said(given)}", remedy
    if kind in ("string_too_short", "too_short") and context["min_length"] == 1:
        return "must not be empty", ""
    if kind in ("string_too_short", "string_too_long", "too_short", "too_long"):
        return _wrong_length(given, context), ""
    if kind == "value_error":
        return str(context["error"]), ""
    return f"{error['msg'].replace('Input should', 'must')}, got {said(given)}", ""


def _unknown_key(key: str, allowed: list[str]) -> tuple[str, str]:
    listed = f"allowed: {', '.join(allowed)}" if allowed else "no keys are allowed here"
    near = did_you_mean(key, allowed)
    return "unknown key", f"{near} {listed}" if near else listed


def _words_for_keys(model: type[BaseModel], path: Path) -> list[str]:
    return [
        str(word)
        for branch in at_path(model, path[:-1])
        if getattr(branch, "__origin__", None) is dict
        for word in get_args(get_args(branch)[0])
    ]


def _wrong_type(given: Any, allowed: list[Any]) -> tuple[str, str]:
    words = [str(word) for branch in allowed for word in get_args(branch) if isinstance(word, str)]
    remedy = did_you_mean(given, words) if isinstance(given, str) else ""
    if allowed == [str] and isinstance(given, (int, float)) and not isinstance(given, bool):
        remedy = f"put it in quotation marks: '{given}'"
    elif isinstance(given, str) and set(allowed) & {int, float} and _looks_numeric(given):
        remedy = "write it without quotation marks, commas or underscores"
    return f"must be {described(allowed)}, got {said(given)}", remedy


def _looks_numeric(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def _wrong_length(given: Any, context: dict[str, Any]) -> str:
    thing = "characters" if isinstance(given, str) else "entries"
    if "min_length" in context:
        return f"must have at least {context['min_length']} {thing}, got {len(given)}"
    return f"must have at most {context['max_length']} {thing}, got {len(given)}"


def _meaning(model: type[BaseModel], path: Path) -> str:
    """What the field at `path` means, as its declaration says."""
    for branch in at_path(model, path[:-1]):
        fields = getattr(branch, "model_fields", {})
        if path[-1] in fields:
            return fields[path[-1]].description or ""
    return ""
