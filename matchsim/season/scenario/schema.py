"""The JSON Schema of scenario files, for editors, and the reference of all keys, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from matchsim.documents.annotations import alternatives, described
from matchsim.documents.writer import lines
from matchsim.season.policies import POLICIES, policy_list
from matchsim.season.scenario.model import Scenario

__all__ = ["as_written", "reference", "scenario_schema", "schema_text", "sections"]

_HEAD = """\
# The keys of a scenario file

<!-- Made by `matchsim schema --markdown`; a test keeps it current. Change the model instead. -->

A scenario is a YAML file. It may leave out every key below, for each has a default. Basis of a default:
`published` (read in the named source), `derived` (arithmetic on published figures), `recalled` (from memory,
never a target) or `assumed` (chosen by us, not calibrated). The word `published` as a value stands for the
figures of the season named by `season`.

## Layers

- `extends: us-2025` takes over another scenario: a shipped one by its name, or a file by its path, which is
  relative to the file that says so. At most 8 scenarios may stand on one another.
- **Mappings merge key by key; everything else (a number, a word, a list) replaces what was below.** So
  `needs_visa: {non_us_img: 0.9}` changes one type, and `refusal: [0.1]` replaces the whole list. A mapping in
  place of the word `published` replaces the word: the types that it leaves out are 0.
- The order, from the bottom: defaults, the scenarios extended, the file, `--set path.to.key=value` in the
  order given. The value is YAML: `--set 'soap.refusal=[0.1, 0, 0, 0]'`. A key with dots stands in double
  quotation marks: `--set 'rank_lists.quotas."St. Mary"=2'`.
- Paths of files are relative to the scenario file that names them; those given by `--set` and from Python to
  the working directory.

## The YAML that is read

YAML 1.2 in UTF-8: `NO`, `on` and `12:30` are text, `1e5` is a number, keys are always text. Refused, each
with line and column: keys that stand twice, keys without value, numbers with leading zeros, `.nan`, `.inf`,
anchors and aliases, merge keys (`<<`), tags, several documents, tabs in the indentation, more than 64 levels,
files above 20 MB.

In messages the entries of a list count from 1: `soap.refusal[2]` is the second.

## The digest

`matchsim check --json` shows the digest by which runs are told apart: BLAKE2b of the resolved scenario in
canonical YAML, names and titles included, with the content of the
files that it names in place of their paths.
"""


_POLICIES = """\
## `policies`

A list of named changes of values, each a name with its parameters: `policies: [{no_signals: {}}]`. They are
applied in this order after everything else, to the resolved scenario, and each sees what those before it have
changed. A list of policies replaces the list of the layer below. A parameter left out has its default.
"""


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of scenario files as people write them.

    Nothing is required, because what is left out is taken from the layer below; ``null`` is not allowed.
    """
    schema = as_written(Scenario.model_json_schema())
    extends = {"type": "string", "description": "a shipped scenario or the path of one, taken over first"}
    policies = as_written(policy_list().model_json_schema())
    schema["$defs"] |= policies["$defs"]
    told = "named changes of values, applied in this order after everything else"
    schema["properties"] = {
        "extends": extends,
        **schema["properties"],
        "policies": {"description": told, **policies["properties"]["policies"]},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """:func:`scenario_schema` as the text of the file that travels with the package."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def reference() -> str:
    """The reference page of all keys, in Markdown."""
    policies = [part for name, one in POLICIES.items() for part in sections(one, f"policies: - {name}")]
    return "\n".join([_HEAD, *sections(Scenario, ""), _POLICIES, *policies]) + "\n"


def as_written(schema: Any) -> Any:
    """A schema without requirements and nulls: what a person may leave out need not be there."""
    if isinstance(schema, list):
        return [as_written(part) for part in schema if part != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    kept = {key: as_written(part) for key, part in schema.items() if not _is_requirement(key, part)}
    if kept.get("default", ...) is None:
        del kept["default"]
    return kept


def _is_requirement(key: str, part: Any) -> bool:
    # A property may itself be called "required"; its schema is then a mapping.
    return key == "required" and isinstance(part, list)


def sections(model: type[BaseModel], path: str) -> Iterator[str]:
    """The tables of the keys of a model and of the parts below it, line by line in Markdown."""
    about = " ".join((model.__doc__ or "").split())
    yield f"## {f'`{path}`' if path else 'The top'}\n\n{about}\n"
    yield "| key | allowed | default | unit | meaning | basis and source of the default |"
    yield "|---|---|---|---|---|---|"
    deeper = []
    for name, field in model.model_fields.items():
        yield _row(name, field)
        deeper += [
            (branch, f"{path}.{name}" if path else name)
            for branch in alternatives(field.annotation)
            if isinstance(branch, type) and issubclass(branch, BaseModel) and path.count(".") < 3
        ]
        deeper += [
            (branch, f"{path}.{name}.<name>")
            for outer in alternatives(field.annotation)
            for branch in getattr(outer, "__args__", ())[1:]
            if isinstance(branch, type) and issubclass(branch, BaseModel)
        ]
    yield ""
    for branch, below in deeper:
        yield from sections(branch, below)


def _row(name: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    told = [str(extra[key]) for key in ("basis", "source") if extra.get(key)]
    cells = [
        f"`{name}`",
        described(alternatives(field.annotation)) + _limits(field),
        _default(field),
        str(extra.get("unit", "")),
        field.description or "",
        ": ".join(told),
    ]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _limits(field: FieldInfo) -> str:
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    found = [
        f"{sign} {getattr(rule, name)}"
        for rule in field.metadata
        for name, sign in signs.items()
        if getattr(rule, name, None) is not None
    ]
    return f" {', '.join(found)}" if found else ""


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "from the layer below"
    if value is None:
        return "not used"
    if isinstance(value, (BaseModel, dict)):
        return "see below" if isinstance(value, BaseModel) and type(value).__doc__ else "a mapping"
    return f"`{next(line for line, _ in lines({'x': value}))[3:]}`"
