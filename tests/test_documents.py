"""YAML documents: what is read, where it stood, how layers merge, and what is said when it is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from matchsim import documents
from matchsim.documents import Document, Node, assignment, merged, override, parsed_document, validated
from matchsim.documents.scalars import ScalarError, plain_scalar
from matchsim.errors import InputError, Place

QUICK = settings(deadline=None, max_examples=150)


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Size(Strict):
    quota: Annotated[int, Field(ge=0, le=100)]
    share: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.5


class Example(Strict):
    name: Annotated[str, Field(min_length=1, pattern="^[a-z]+$", description="small letters")] = "x"
    side: Literal["applicants", "programs"] = "applicants"
    open: bool = True
    weights: Annotated[list[float], Field(min_length=1, max_length=3)] = [1.0]
    programs: dict[str, Size] = {}
    tracks: dict[Literal["C", "A"], int] = {}
    size: Size | Literal["published"] | list[str] | None = None
    number: int | str = 1


def messages(text: str, model: type[BaseModel] = Example) -> list[str]:
    """Everything said about `text`, without the name of the file."""
    try:
        validated(parsed_document(text, "x.yaml"), model)
    except InputError as error:
        return [str(problem).removeprefix("x.yaml:") for problem in error.problems]
    return []


def loaded(text: str) -> Any:
    document = parsed_document(text, "x.yaml")
    assert document.problems == ()
    return document.data


# --- scalars -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2025-03-21", "2025-03-21"),
        ("1_000", "1_000"),
        ("1,5", "1,5"),
        ("-", "-"),
        (".", "."),
        ("1e5", 100000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("+3", 3),
        ("-0", 0),
        ("0", 0),
        ("0x1F", 31),
        ("0o17", 15),
        ("0b11", "0b11"),
        ("00.5", 0.5),
        ("true", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
    ],
)
def test_plain_words_follow_the_core_schema_of_yaml_1_2(word: str, value: object) -> None:
    got = plain_scalar(word)
    assert (type(got), got) == (type(value), value)


@pytest.mark.parametrize(
    "word", ["", "~", "null", "NULL", ".nan", "-.inf", "1e999", "012", "-007", "1" * 5000]
)
def test_misleading_words_are_refused(word: str) -> None:
    with pytest.raises(ScalarError):
        plain_scalar(word)


# --- reading -------------------------------------------------------------------------------------------

names = st.text(max_size=12)
scalars = st.one_of(
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    names,
)
data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
mappings = st.dictionaries(names, data, min_size=1, max_size=5)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, child in value.items() for text in (*texts(child), key)]
    if isinstance(value, list):
        return [text for child in value for text in texts(child)]
    return [value] if isinstance(value, str) else []


def same_word_in_both_versions(text: str) -> bool:
    """Whether PyYAML, which writes YAML 1.1 without quotes, means the same by this text."""
    try:
        return isinstance(plain_scalar(text), str)
    except ScalarError:
        return yaml.safe_load(text) != text


@QUICK
@given(mappings)
def test_what_pyyaml_writes_is_read_as_it_was(value: dict[str, Any]) -> None:
    assume(all(same_word_in_both_versions(text) for text in texts(value)))
    written = yaml.safe_dump(value, sort_keys=False)
    assume("&id" not in written)
    assert loaded(written) == value


@QUICK
@given(mappings)
def test_what_we_write_is_read_as_it_was(value: dict[str, Any]) -> None:
    again = loaded(documents.written(value))
    assert again == value
    assert repr(again) == repr(value), "types, order of keys and signs of zeros are kept too"


@QUICK
@given(mappings)
def test_every_line_written_names_the_place_of_its_value(value: dict[str, Any]) -> None:
    document = parsed_document(documents.written(value), "x.yaml")
    for number, (_, path) in enumerate(documents.lines(value), 1):
        if isinstance(path[-1], int) and isinstance(document.node(path).value, dict | list):
            continue  # a dash alone on its line: the entry starts on the next one
        assert document.place_of(path, key=True).line == number


@QUICK
@given(st.text(max_size=60) | st.text("[]{}:,-#&*!|>'\"%@`~ab1.\t\n <", max_size=40))
def test_any_text_is_read_or_refused_with_a_problem(text: str) -> None:
    error = refusal(lambda: parsed_document(text, "x.yaml"))
    assert error is None or all(p.message and p.place.file == "x.yaml" for p in error.problems)


@QUICK
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_with_a_problem(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    error = refusal(lambda: documents.read_document(file))
    assert error is None or error.problems


def refusal(read: Callable[[], Document]) -> InputError | None:
    """What is said when the document is read and validated; None when it is valid."""
    try:
        validated(read(), Example)
    except InputError as error:
        return error
    return None


@QUICK
@given(mappings)
def test_any_data_are_valid_or_refused_with_a_place(value: dict[str, Any]) -> None:
    keyed = dict(zip(Example.model_fields, value.values(), strict=False))
    document = parsed_document(documents.written(keyed), "x.yaml")
    error = refusal(lambda: document)
    for problem in error.problems if error else ():
        assert problem.place.line > 0
        assert "nput should" not in problem.message
        assert problem.path.split(".")[0].split("[")[0] in Example.model_fields


def test_places_count_from_one_and_point_at_keys_and_values() -> None:
    document = parsed_document("a: 1\nprograms:\n  im: {quota: 3}\n  list: [5, 6]\n", "x.yaml")
    assert document.place_of(("a",)) == Place("x.yaml", 1, 4)
    assert document.place_of(("programs", "im", "quota")) == Place("x.yaml", 3, 15)
    assert document.place_of(("programs", "im", "quota"), key=True) == Place("x.yaml", 3, 8)
    assert document.place_of(("programs", "list", 1)) == Place("x.yaml", 4, 13)
    assert document.place_of(("programs", "im", "missing")) == Place("x.yaml", 3, 3), "the parent's key"


def test_keys_are_always_text() -> None:
    assert loaded("101: a\ntrue: b\n1.50: c\nnull: d\n") == {
        "101": "a",
        "true": "b",
        "1.50": "c",
        "null": "d",
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(ending: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(f"\ufeffa: 1{ending}b:{ending}  c: [1]{ending}".encode())
    document = documents.read_document(file)
    assert document.data == {"a": 1, "b": {"c": [1]}}
    assert document.place_of(("b", "c")).line == 3
    assert document.place_of(("a",), key=True).column == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.yaml: is empty (write at least one 'key: value')"),
        ("# nothing\n", "x.yaml: is empty (write at least one 'key: value')"),
        ("---\n", "x.yaml: is empty (write at least one 'key: value')"),
        ("- 1\n", "x.yaml:1:1: must be a mapping of keys to values, got a list"),
        ("hello", "x.yaml:1:1: must be a mapping of keys to values, got 'hello'"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2:1: a second document starts here (keep one document a file)"),
        (
            "a: &x [1]\nb: *x\n",
            (
                "x.yaml:1:4: a: the anchor &x cannot be used "
                "(write the value out, or share it through 'extends')"
            ),
        ),
        (
            "a: *x\n",
            "x.yaml:1:4: a: the alias *x cannot be used (write the value out, or share it through 'extends')",
        ),
        (
            "a: !!python/object:os.system 1\n",
            (
                "x.yaml:1:4: a: the tag !!python/object:os.system cannot be used "
                "(put text in quotation marks; everything else needs no tag)"
            ),
        ),
        ("[a]: 1\n", "x.yaml:1:1: a key must be a single word or a quoted text"),
        ("a:\n\tb: 1\n", "x.yaml:2:1: a tab stands in the indentation (indent with blanks)"),
        ("a: \x07\n", "x.yaml:1:4: holds the control character U+0007 (remove it)"),
        (
            "a: [1, 2\nb: 3\n",
            ("x.yaml:2:2: the list that '[' opens in line 1 is not closed (add ']')"),
        ),
    ],
)
def test_texts_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed_document(text, "x.yaml")
    assert str(caught.value) == message


def test_deep_nesting_is_refused_without_recursion() -> None:
    with pytest.raises(InputError, match=r"x\.yaml:1:\d+: .*nested deeper than 64 levels"):
        parsed_document("a: " + "[" * 200_000, "x.yaml")
    with pytest.raises(InputError, match="nested deeper than 64 levels"):
        parsed_document("a: " + "{b: " * 70 + "1" + "}" * 70, "x.yaml")
    assert loaded("a: " + "[" * 60 + "]" * 60)


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
    )
    with pytest.raises(InputError, match=r"x\.yaml:1:4: a: the anchor &a cannot be used"):
        parsed_document(bomb, "x.yaml")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def message(file: Path) -> str:
        with pytest.raises(InputError) as caught:
            documents.read_document(file)
        return str(caught.value).replace(str(tmp_path), "TMP")

    assert message(tmp_path) == "TMP: is a directory (name a YAML file)"
    (tmp_path / "season.yaml").write_bytes(b"a: caf\xe9\n")
    assert message(tmp_path) == "TMP: is a directory (name one of its files: season.yaml)"
    told = "TMP/season.yaml:1:7: is not UTF-8: byte 0xe9 (save the file in the encoding UTF-8)"
    assert message(tmp_path / "season.yaml") == told
    (tmp_path / "mark.yaml").write_bytes(b"\xef\xbb\xbf# \xc3\xa9t\xc3\xa9\na: caf\xe9\n")
    told = "TMP/mark.yaml:2:7: is not UTF-8: byte 0xe9 (save the file in the encoding UTF-8)"
    assert message(tmp_path / "mark.yaml") == told
    (tmp_path / "mark.yaml").unlink()
    told = "TMP/seasn.yaml: there is no such file (did you mean 'TMP/season.yaml'?)"
    assert message(tmp_path / "seasn.yaml") == told
    told = "TMP/no/x.yaml: there is no such file (there is no folder 'TMP/no' either)"
    assert message(tmp_path / "no" / "x.yaml") == told
    with pytest.raises(InputError, match="is not a regular file"):
        documents.read_document(os.devnull)
    large = tmp_path / "large.yaml"
    with large.open("wb") as handle:
        handle.truncate(100_000_000)
    told = "is too large: 100 MB, at most 20 MB are read (put large tables into CSV or Parquet files)"
    assert message(large) == f"TMP/large.yaml: {told}"


# --- validation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("programs: {im: {quota: -3}}", ["1:24: programs.im.quota: must be >= 0, got -3"]),
        ("programs: {im: {quota: 300}}", ["1:24: programs.im.quota: must be <= 100, got 300"]),
        ("programs: {im: {quota: 12.5}}", ["1:24: programs.im.quota: must be a whole number, got 12.5"]),
        (
            "programs: {im: {quota: '8'}}",
            [
                (
                    "1:24: programs.im.quota: must be a whole number, got '8' "
                    "(write it without quotation marks, commas or underscores)"
                )
            ],
        ),
        ("programs: {im: {quota: true}}", ["1:24: programs.im.quota: must be a whole number, got true"]),
        (
            "programs: {im: {qouta: 8}}",
            [
                "1:12: programs.im.quota: is missing",
                "1:17: programs.im.qouta: unknown key (did you mean 'quota'? allowed: quota, share)",
            ],
        ),
        ("programs: {im: 3}", ["1:16: programs.im: must be a mapping of keys to values, got 3"]),
        ("programs: [im]", ["1:11: programs: must be a mapping of keys to values, got a list"]),
        (
            'programs: {"St. Mary": {quota: 1, share: 1}}',
            ['1:42: programs."St. Mary".share: must be < 1.0, got 1'],
        ),
        ("programs: {im: {quota: 1, share: 0.0}}", ["1:34: programs.im.share: must be > 0.0, got 0.0"]),
        ("weights: [0.1, NO]", ["1:16: weights[2]: must be a number, got 'NO'"]),
        ("weights: 0.1", ["1:10: weights: must be a list, got 0.1"]),
        ("weights: []", ["1:10: weights: must not be empty"]),
        ("weights: [1, 2, 3, 4]", ["1:10: weights: must have at most 3 entries, got 4"]),
        ("open: yes", ["1:7: open: must be true or false, got 'yes'"]),
        ("name: 12", ["1:7: name: must be text, got 12 (put it in quotation marks: '12')"]),
        ("name: ''", ["1:7: name: must not be empty"]),
        ("name: A b", ["1:7: name: does not have the right form, got 'A b' (small letters)"]),
        (
            "side: program",
            ["1:7: side: must be 'applicants' or 'programs', got 'program' (did you mean 'programs'?)"],
        ),
        ("tracks: {C: 1, B: 2}", ["1:16: tracks.B: unknown key (allowed: C, A)"]),
        (
            "size: publish",
            [
                (
                    "1:7: size: must be a mapping of keys to values, 'published' or a list, got 'publish' "
                    "(did you mean 'published'?)"
                )
            ],
        ),
        ("size: {quota: x}", ["1:15: size.quota: must be a whole number, got 'x'"]),
        ("size: [a, 2]", ["1:11: size[2]: must be text, got 2 (put it in quotation marks: '2')"]),
        ("number: [1]", ["1:9: number: must be a whole number or text, got a list"]),
        (
            "sise: 1",
            [f"1:1: sise: unknown key (did you mean 'size'? allowed: {', '.join(Example.model_fields)})"],
        ),
        ("zz: 1", [f"1:1: zz: unknown key (allowed: {', '.join(Example.model_fields)})"]),
        (
            "open:\nname: a",
            ["1:1: open: has no value (write one, or leave the line out to keep the default)"],
        ),
        ("open: ~", ["1:7: open: has no value (write one, or leave the line out to keep the default)"]),
        (
            "weights: [.nan, 012]",
            [
                "1:11: weights[1]: must be a finite number, got .nan (write a number)",
                (
                    "1:17: weights[2]: starts with a zero, got 012 "
                    "(write 12 for the number or '012' for the text)"
                ),
            ],
        ),
        (
            "name: a\nopen: true\nname: b",
            ["3:1: name: the key stands twice, first in line 1 (remove one of the two)"],
        ),
        (
            "programs:\n  im: {<<: {quota: 1}, quota: 2}",
            [
                (
                    "2:8: programs.im.<<: merge keys are not supported "
                    "(take values over from another scenario with 'extends', or write them out)"
                )
            ],
        ),
    ],
)
def test_messages(text: str, expected: list[str]) -> None:
    assert messages(text) == expected


def test_problems_of_reading_and_of_the_model_come_together_in_file_order() -> None:
    text = "zz: 1\nopen:\nside: x\nprograms:\n  im: {quota: -1}\n  im: {quota: 2}\n"
    assert [message.split(":")[0] for message in messages(text)] == ["1", "2", "3", "5", "6"]


class Checked(Strict):
    third: Annotated[int, Field(multiple_of=3)] = 3
    code: Annotated[str, Field(min_length=2)] = "ab"
    even: int = 2

    @field_validator("even")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError(f"must be even, got {value}")
        return value


def test_messages_of_rules_that_are_not_in_the_table() -> None:
    assert messages("third: 4\ncode: a\neven: 5\n", Checked) == [
        "1:8: third: must be a multiple of 3, got 4",
        "2:7: code: must have at least 2 characters, got 1",
        "3:7: even: must be even, got 5",
    ]


def test_hundreds_of_problems_are_cut() -> None:
    text = "programs:\n" + "".join(f"  p{i}: {{quota: -1}}\n" for i in range(250))
    told = messages(text)
    assert len(told) == documents.MAX_PROBLEMS + 1
    assert told[-1].endswith("and 150 more problems")


# --- layers --------------------------------------------------------------------------------------------


def test_mappings_merge_and_everything_else_replaces() -> None:
    below = parsed_document("a: {b: 1, c: [1, 2], d: {e: 1}}\nf: 1\n", "below.yaml")
    above = parsed_document("a: {c: [3], d: {g: 2}, b: {h: 1}}\n", "above.yaml")
    both = merged(below, above)
    assert both.data == {"a": {"b": {"h": 1}, "c": [3], "d": {"e": 1, "g": 2}}, "f": 1}
    assert both.place_of(("a", "d", "e")) == Place("below.yaml", 1, 29)
    assert both.place_of(("a", "d", "g")) == Place("above.yaml", 1, 20)
    assert both.files == ("below.yaml", "above.yaml")


def merged_plainly(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        keys = [*below, *(key for key in above if key not in below)]
        return {
            key: merged_plainly(below[key], above[key])
            if key in below and key in above
            else above.get(key, below.get(key))
            for key in keys
        }
    return above


small = st.dictionaries(
    st.sampled_from("abc"), data | st.dictionaries(st.sampled_from("abc"), data), max_size=3
)


@QUICK
@given(small, small)
def test_merging_equals_the_plain_rule(a: Any, b: Any) -> None:
    below, above = Document(Node.of(a, Place("below"))), Document(Node.of(b, Place("above")))
    assert merged(below, above).data == merged_plainly(a, b)
    assert merged(below, below).data == a


def test_an_assignment_is_a_document_that_points_at_the_option() -> None:
    document = assignment("programs.im.quota=-3")
    assert document.data == {"programs": {"im": {"quota": -3}}}
    with pytest.raises(InputError) as caught:
        validated(document, Example)
    assert str(caught.value) == "--set programs.im.quota=-3: programs.im.quota: must be >= 0, got -3"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=1", {"a": 1}),
        ("a.b=[1, 2]", {"a": {"b": [1, 2]}}),
        ("a={b: {c: x=y}}", {"a": {"b": {"c": "x=y"}}}),
        ('a."St. Mary=x".c=1e3', {"a": {"St. Mary=x": {"c": 1000.0}}}),
        ("a.Internal Medicine=NO", {"a": {"Internal Medicine": "NO"}}),
        ("a=''", {"a": ""}),
        (" a = 1 ", {"a": 1}),
    ],
)
def test_assignments(text: str, value: Any) -> None:
    document = assignment(text)
    assert document.problems == ()
    assert document.data == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "--set a: has no '=' (write --set path.to.key=value)"),
        ("=1", "--set =1: '' is not a path (write keys with dots between)"),
        ("a..b=1", "--set a..b=1: 'a..b' is not a path (write keys with dots between)"),
        ('"a=1', "--set \"a=1: has no '=' (write --set path.to.key=value)"),
        ("a=[1", "--set a=[1: the list that '[' opens in line 1 is not closed"),
        ("a=*x", "--set a=*x: the alias *x cannot be used"),
    ],
)
def test_assignments_that_cannot_be_used(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        assignment(text)
    assert str(caught.value).startswith(message)


def test_an_assignment_without_a_value_says_what_to_write() -> None:
    (problem,) = assignment("a.b=").problems
    assert str(problem) == "--set a.b=: a.b: has no value (write --set a.b=value)"


def test_overrides_from_python_name_their_path() -> None:
    with pytest.raises(InputError, match=r"override programs: programs\.im\.quota: must be >= 0, got -1"):
        validated(override("programs", {"im": {"quota": -1}}), Example)
    circle: dict[str, Any] = {}
    circle["a"] = circle
    with pytest.raises(InputError, match="nested deeper"):
        override("programs", circle)


@QUICK
@given(st.lists(names.filter(bool), min_size=1, max_size=4))
def test_dotted_paths_are_split_into_the_same_steps(steps: list[str]) -> None:
    assert documents.split_path(documents.dotted(tuple(steps))) == tuple(steps)
