"""The JSON Schema of study files, for editors, and the reference of all keys, for people."""

from __future__ import annotations

import json
from typing import Any

from matchsim.season.policies import policy_list
from matchsim.season.scenario.schema import as_written, sections
from matchsim.study.model import Study

__all__ = ["reference", "schema_text", "study_schema"]

_HEAD = """\
# The keys of a study file

A study is a YAML file, read as scenarios are. How to use one is told in the guide to studies.
"""


def study_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of study files; policies are checked by their own parameters."""
    schema = as_written(Study.model_json_schema())
    policies = as_written(policy_list().model_json_schema())
    schema["$defs"] |= policies["$defs"]
    listed = policies["properties"]["policies"]
    for properties in (schema["properties"], schema["$defs"]["Arm"]["properties"]):
        properties["policies"] = {**listed, "description": properties["policies"]["description"]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "required": ["base"]}


def schema_text() -> str:
    """:func:`study_schema` as text."""
    return json.dumps(study_schema(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def reference() -> str:
    """The page of all keys, in Markdown."""
    return "\n".join([_HEAD, *sections(Study, "")]) + "\n"
