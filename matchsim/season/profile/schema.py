"""The JSON Schema of profiles, for editors, and the reference of all keys, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from matchsim.documents.annotations import alternatives, described
from matchsim.season.profile.model import Profile

__all__ = ["profile_schema", "reference", "schema_text"]

_HEAD = """\
# The keys of a profile

<!-- Made by `matchsim schema profile --markdown`; a test keeps it current. Change the model instead. -->

A profile is a YAML file about one person; `matchsim eligibility` reads it. Only `applicant_type` is required.

- A **fact** that is left out is unknown, and a gate that needs it cannot be judged.
- A **step** that is left out (an exam attempt, a date under `done`, a document) is taken as not done yet.
- A date that lies after the day of judging is a plan: an exam that is booked, an application to be sent.

Dates are written YYYY-MM-DD, money is US dollars. The YAML that is read is that of
[scenarios](scenario.md#the-yaml-that-is-read). Three profiles ship with matchsim, in
[scenarios/profiles/](../../scenarios/profiles); they can be given by name. To let an editor complete keys,
save the schema (`matchsim schema profile > profile.schema.json`) and begin the file with
`# yaml-language-server: $schema=profile.schema.json`.
"""


def profile_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of profiles as people write them; ``null`` is not allowed."""
    schema = _without_null(Profile.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """:func:`profile_schema` as the text of the file that travels with the package."""
    return json.dumps(profile_schema(), indent=1, ensure_ascii=False) + "\n"


def reference() -> str:
    """The reference page of all keys, in Markdown."""
    return "\n".join([_HEAD, *_sections(Profile, "", set())]) + "\n"


def _without_null(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_null(part) for part in schema if part != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_null(part) for key, part in schema.items() if (key, part) != ("default", None)}


def _sections(model: type[BaseModel], path: str, told: set[type[BaseModel]]) -> Iterator[str]:
    """The keys of a model, then those of the models under it, each model once."""
    told.add(model)
    about = " ".join((model.__doc__ or "").split())
    yield f"## {f'`{path}`' if path else 'The top'}\n\n{about}\n"
    yield "| key | allowed | meaning |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        yield f"| `{name}` | {_allowed(field)} | {field.description or ''} |"
    yield ""
    for name, field in model.model_fields.items():
        here = f"{path}.{name}" if path else name
        for branch in alternatives(field.annotation):
            inner, where = _entries(branch, here)
            if isinstance(inner, type) and issubclass(inner, BaseModel) and inner not in told:
                yield from _sections(inner, where, told)


def _entries(branch: Any, path: str) -> tuple[Any, str]:
    """What stands at a path: the branch itself, or the entries of a list or mapping."""
    if get_origin(branch) is list:
        return get_args(branch)[0], f"{path}[…]"
    if get_origin(branch) is dict:
        return get_args(branch)[1], f"{path}.<name>"
    return branch, path


def _allowed(field: FieldInfo) -> str:
    return described(alternatives(field.annotation)).replace("date", "a day, YYYY-MM-DD")
