"""Hypothesis strategies for what people and attackers put into files."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from hostile.seeds import parquet_of, seeds, workbook_of

# What has broken programs before: markup, formulas, terminal escapes, bidirectional marks, no numbers.
NASTY = (
    "",
    " ",
    "\t",
    "0",
    "-1",
    "7.0",
    "1e5",
    "1e400",
    "NaN",
    "inf",
    "999999999",
    "99999999999999999999",
    "2147483648",
    "٣",
    "²",
    "true",
    "null",
    "~",
    '=HYPERLINK("http://example.org","x")',
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "'; DROP TABLE applicants;--",
    '"',
    'a"b',
    "two\nlines",
    "a\rb",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\x00",
    "\u202egnp.exe",
    "\u2028",
    "\ufeff",
    "\ud7ff",
    "e\u0301",
    "é",
    "$\\frac{1}{$",
    "{{ 7 * 7 }}",
    "%s%n",
    "../../etc/passwd",
    "/dev/zero",
    "A" * 10_000,
    "Ana",
    "City",
    "2025-02-30",
    "0000-01-01",
)
nasty = st.sampled_from(NASTY) | st.text(max_size=8)
CHUNKS = (
    *(text.encode("utf-8", "surrogatepass") for text in NASTY),
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\r",
    b",",
    b";",
    b":",
    b": ",
    b"- ",
    b"\n  ",
    b"{",
    b"}",
    b"[",
    b"]",
    b"&a ",
    b"*a",
    b"!!python/object/apply:os.system ['true']",
    b"<<: ",
    b"---\n",
    b"...\n",
    b"%YAML 1.1\n",
    b"[" * 300,
    b"? ",
    b"| ",
    b"#",
)


@st.composite
def spoilt_seeds(draw: st.DrawFn, name: str) -> bytes:
    """A valid input of the reader called `name` with some cuts, repeats and insertions."""
    data = draw(st.sampled_from(seeds(name)))
    for _ in range(draw(st.integers(1, 4))):
        first, second = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        second = min(second, first + draw(st.sampled_from([0, 1, 4, 30, 10**6])))
        piece = draw(st.sampled_from(CHUNKS) | st.binary(max_size=4) | st.just(data[first:second]))
        data = data[:first] + piece * draw(st.sampled_from([1, 1, 1, 2, 40])) + data[second:]
    return data


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | nasty,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(nasty, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt_trees(draw: st.DrawFn, name: str) -> bytes:
    """A valid YAML or JSON document with some of its values, or keys, replaced by others."""
    import yaml

    good = [seed for seed in seeds(name) if _tree(seed)]
    tree = yaml.safe_load(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(1, 3))):
        node = tree
        while True:
            key = draw(st.sampled_from(sorted(node, key=str) if isinstance(node, dict) else range(len(node))))
            if draw(st.booleans()) and isinstance(node[key], (dict, list)) and node[key]:
                node = node[key]
                continue
            if isinstance(node, dict) and draw(st.integers(0, 3)) == 0:
                node[draw(nasty)] = node.pop(key)
            else:
                node[key] = draw(values)
            break
    return json.dumps(tree, ensure_ascii=draw(st.booleans()), default=str).encode("utf-8", "surrogatepass")


def _tree(seed: bytes) -> bool:
    import yaml

    try:
        return bool(isinstance(yaml.safe_load(seed), dict) and yaml.safe_load(seed))
    except (yaml.YAMLError, ValueError):
        return False


@st.composite
def tables(draw: st.DrawFn, name: str) -> bytes:
    """A CSV table with the headings of a valid one and any cells."""
    header, *rows = [line.split(",") for line in _text(seeds(name)[0]).splitlines()]
    cells = nasty | st.sampled_from(sorted({cell for row in rows for cell in row}))
    separator = draw(st.sampled_from([",", ",", ";", "\t"]))
    lines = [separator.join(header)]
    for _ in range(draw(st.integers(0, 6))):
        width = len(header) + draw(st.sampled_from([0, 0, 0, 0, -1, 1]))
        lines.append(separator.join(_quoted(draw(cells)) for _ in range(width)))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode("utf-8", "replace")


def _text(seed: bytes) -> str:
    return seed.lstrip(b"\0\1").decode("utf-8")


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',;\t\n\r"') else cell


typed = st.one_of(
    nasty,
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
)


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """Workbooks with the sheets of a market and any cells."""
    from hostile.readers import MARKET

    sheets: dict[str, list[list[object]]] = {}
    for file, text in MARKET.items():
        if draw(st.integers(0, 5)):
            header, *rows = [line.split(",") for line in text.splitlines()]
            more = draw(
                st.lists(
                    st.lists(typed.map(_writable), min_size=len(header), max_size=len(header)), max_size=2
                )
            )
            sheets[file.removesuffix(".csv")] = [header, *rows, *more]
    return workbook_of(sheets or {"empty": [[]]})


def _writable(cell: Any) -> Any:
    """What openpyxl agrees to write: it refuses control characters and numbers that are none itself."""
    if isinstance(cell, str):
        return "".join(
            letter
            for letter in cell
            if letter >= " " and not "\ud800" <= letter <= "\udfff" and letter < "\ufffe"
        )
    return None if isinstance(cell, float) and (cell != cell or abs(cell) == float("inf")) else cell


@st.composite
def parquets(draw: st.DrawFn) -> bytes:
    """Parquet files with the columns of rank lists, of one type each."""
    length = draw(st.integers(0, 4))
    kinds = [
        nasty.map(lambda text: text.encode("utf-8", "replace").decode()),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.booleans(),
        st.binary(max_size=4),
        st.dates(),
        st.lists(st.integers(0, 3), max_size=2),
        st.none(),
    ]
    columns = {}
    for name in draw(st.sampled_from([("applicant", "rank", "program"), ("applicant", "pref_1"), ("rank",)])):
        kind = draw(st.sampled_from(kinds))
        columns[name] = draw(st.lists(kind | st.none(), min_size=length, max_size=length))
    return parquet_of(columns)


TREES = ("scenario", "profile", "study", "rules", "run_folder", "result_folder", "study_folder")


def inputs(name: str) -> st.SearchStrategy[bytes]:
    """What the reader called `name` may be given."""
    kinds = [spoilt_seeds(name), spoilt_seeds(name), st.binary(max_size=40)]
    if name in ("scenario", "profile", "study", "rules"):
        kinds += [spoilt_trees(name)] * 3
    elif name == "workbook":
        kinds += [workbooks()] * 2
    elif name == "parquet":
        kinds += [parquets()] * 3
    elif name.startswith(("market_", "own_")):
        kinds += [tables(name)] * 3
    elif name == "matches":
        kinds += [tables(name).map(lambda table: b"\0" + table)] * 2
    elif name.endswith("_folder"):
        kinds += [st.tuples(st.integers(0, 6), values).map(lambda pair: bytes([pair[0]]) + _json(pair[1]))]
        kinds += [_manifests(name)] * 2
    return st.one_of(kinds)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


@st.composite
def _manifests(draw: st.DrawFn, name: str) -> bytes:
    heads = [seed for seed in seeds(name) if seed[1:2] == b"{" and b"made_by" in seed]
    content = json.loads(draw(st.sampled_from(heads))[1:])
    for _ in range(draw(st.integers(1, 3))):
        key = draw(st.sampled_from(sorted(content)))
        if key != "made_by":
            content[key] = draw(values)
    return b"\0" + _json(content)
