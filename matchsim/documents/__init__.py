"""YAML documents whose values know where they were written: reading, layering, validating, writing.

The YAML is that of version 1.2 (``NO`` is text, ``1e5`` a number) without anchors, aliases, tags, merge
keys and nulls; keys are always text. Nothing here knows what a document is about.
"""

from __future__ import annotations

from matchsim.documents.layers import assignment, merged, override
from matchsim.documents.loader import (
    MAX_BYTES,
    decoded,
    parsed_document,
    parsed_node,
    read_document,
    read_text,
)
from matchsim.documents.nodes import MAX_DEPTH, Document, Node, Path, dotted, split_path
from matchsim.documents.validation import MAX_PROBLEMS, sorted_problems, validated
from matchsim.documents.writer import lines, written

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_PROBLEMS",
    "Document",
    "Node",
    "Path",
    "assignment",
    "decoded",
    "dotted",
    "lines",
    "merged",
    "override",
    "parsed_document",
    "parsed_node",
    "read_document",
    "read_text",
    "sorted_problems",
    "split_path",
    "validated",
    "written",
]
