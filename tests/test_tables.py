"""Frozen column tables: frozen for good, checked at the door, and honest about what differs."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchsim.errors import TableError
from matchsim.season import tables as season_tables
from matchsim.tables import Float32, Int8, Int32, Int64, Table, column, frozen, offsets

COLOURS = ("red", "green")


@dataclass(frozen=True, eq=False, repr=False)
class Shelf(Table):
    """Books on shelves."""

    rows = "shelf"

    colour: Int8 = column(np.int8, "shelf", "colour of the <board>", labels=COLOURS)
    width: Float32 = column(np.float32, "shelf", "how wide", unit="m")
    book_offsets: Int64 = offsets("shelf", "book", "each shelf's books")
    pages: Int32 = column(np.int32, "book", "pages", unit="pages")


def shelf(**changes) -> Shelf:
    good = {
        "colour": [0, 1, -1],
        "width": [1.0, 2.0, 0.5],
        "book_offsets": [0, 2, 2, 3],
        "pages": [10, 20, 30],
    }
    return Shelf(**{**good, **changes})


COLUMNS = ["colour", "width", "book_offsets", "pages"]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_can_never_be_written_to(name: str) -> None:
    values = getattr(shelf(), name)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        values.flags.writeable = True


def test_columns_cannot_be_exchanged() -> None:
    one = shelf()
    with pytest.raises(FrozenInstanceError):
        one.width = np.zeros(3)  # type: ignore[misc]


def writable() -> np.ndarray:
    return np.array([1.0, 2.0, 3.0], dtype=np.float32)


def test_a_column_is_safe_from_whoever_gave_it() -> None:
    whole = np.arange(6, dtype=np.float32)
    view, hidden = whole[:3], whole[3:]
    hidden.flags.writeable = False
    for given_ in (view, hidden, hidden.view()):
        table = shelf(width=given_)
        before = table.width.copy()
        whole += 1
        np.testing.assert_array_equal(table.width, before)


def test_an_array_that_owns_its_memory_is_taken_over() -> None:
    mine = writable()
    table = shelf(width=mine)
    assert np.shares_memory(table.width, mine)
    with pytest.raises(ValueError, match="read-only"):
        mine[0] = 9


@settings(max_examples=50)
@given(
    st.lists(st.integers(-5, 5), max_size=6), st.sampled_from([np.int8, np.int64, np.float64]), st.booleans()
)
def test_frozen_keeps_values_and_lays_them_in_one_piece(values, dtype, backwards) -> None:
    given_ = np.array(values, dtype=dtype)[:: -1 if backwards else 1]
    out = frozen(given_, np.int32 if dtype != np.float64 else np.float32)
    assert out.tolist() == given_.tolist()
    assert out.flags.c_contiguous
    assert not out.flags.writeable
    with pytest.raises(ValueError, match="WRITEABLE"):
        out.flags.writeable = True


BROKEN = [
    ({"width": None}, "is missing"),
    ({"width": [[1.0, 2.0, 0.5]]}, "must have one dimension, got shape (1, 3)"),
    ({"pages": [1.5, 2.0, 3.0]}, "must be int32, got float64"),
    ({"pages": [0, 1, 2**31]}, "must be int32, got int64"),
    ({"colour": [0, 1, 2]}, "codes must be -1 to 1, got 0 to 2"),
    ({"colour": [0, -2, 1]}, "codes must be -1 to 1, got -2 to 1"),
    ({"width": ["a", "b", "c"]}, "must be float32, got <U1"),
    ({"width": [1.0, 2.0]}, "has 2 entries along 'shelf', but 'colour' has 3"),
    ({"book_offsets": [0, 2, 3]}, "has 2 entries along 'shelf', but 'colour' has 3"),
    ({"book_offsets": np.empty(0, np.int64)}, "offsets need at least one entry"),
    ({"book_offsets": [1, 2, 2, 3]}, "must start at 0 and never fall"),
    ({"book_offsets": [0, 2, 1, 3]}, "must start at 0 and never fall"),
    ({"book_offsets": [0, 2, 2, 4]}, "ends at 4, but 'pages' has 3 entries along 'book'"),
    ({"pages": [10, 20]}, "ends at 3, but 'pages' has 2 entries along 'book'"),
]


@pytest.mark.parametrize(("changes", "told"), BROKEN)
def test_columns_that_do_not_fit_are_refused(changes, told: str) -> None:
    with pytest.raises(TableError) as caught:
        shelf(**changes)
    first = caught.value.problems[0]
    assert first.message == told
    assert first.path.split(".")[-1] in COLUMNS


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(TableError) as caught:
        shelf(width=None, pages=[0.5], colour=[7])
    assert len(caught.value.problems) == 3


def test_whole_numbers_that_fit_and_shorter_floats_are_converted() -> None:
    table = shelf(pages=np.array([1, 2, 3], dtype=np.uint64), width=np.array([1, 2, 3]))
    assert (table.pages.dtype, table.width.dtype) == (np.int32, np.float32)


def test_sizes() -> None:
    table = shelf()
    assert (len(table), table.size("shelf"), table.size("book")) == (3, 3, 3)
    with pytest.raises(KeyError):
        table.size("page")
    assert repr(table) == "<Shelf: 3 shelfs, 3 books>"


@pytest.mark.parametrize("copied", [lambda t: pickle.loads(pickle.dumps(t)), copy.deepcopy, copy.copy])
def test_copies_are_equal_and_as_frozen(copied) -> None:
    again = copied(shelf())
    assert again.equals(shelf())
    for name in COLUMNS:
        with pytest.raises(ValueError, match="WRITEABLE"):
            getattr(again, name).flags.writeable = True


def test_season_tables_survive_pickling() -> None:
    named = season_tables.Programs(
        specialties=("Bones",),
        names=("City",),
        specialty=[0],
        track=[0],
        quota=[2],
        prestige=[0.0],
        openness=[0.0],
        division=[-1],
        setting=[0],
        sponsors_j1=[True],
        sponsors_h1b=[True],
        minimum_step2_ck=[0],
        maximum_years=[-1],
        no_failed_attempts=[False],
        minimum_us_months=[0.0],
        certificate_first=[False],
        competitiveness=[0.5],
        institution=[-1],
        joint_with=[-1],
        parity=[0],
    )
    again = pickle.loads(pickle.dumps(named))
    assert again.equals(named)
    assert (again.specialties, again.names) == (("Bones",), ("City",))


def test_replace_shares_the_other_columns() -> None:
    one = shelf()
    two = one.replace(width=[3.0, 3.0, 3.0])
    assert two.pages.base is one.pages.base or np.shares_memory(two.pages, one.pages)
    assert one.width.tolist() == [1.0, 2.0, 0.5]
    assert two.differences(one) == ["width: 3 differ, first at 0: 3.0 against 1.0"]


def test_differences_say_what_differs() -> None:
    one = shelf()
    assert one.differences(shelf()) == []
    assert one.equals(shelf())
    assert one.differences(shelf(pages=[10, 21, 31])) == ["pages: 2 differ, first at 1: 20 against 21"]
    longer = shelf(book_offsets=[0, 2, 2, 4], pages=[10, 20, 30, 40])
    assert one.differences(longer) == [
        "book_offsets: 1 differ, first at 3: 3 against 4",
        "pages: (3,) against (4,) entries",
    ]
    other = season_tables.SoapRounds([1], [1], [1])
    assert one.differences(other) == ["Shelf against SoapRounds"]
    assert not one.equals(other)


def test_unknown_numbers_are_equal_to_unknown_numbers() -> None:
    nan = float("nan")
    one = shelf(width=[nan, 2.0, 1.0])
    assert one.equals(shelf(width=[nan, 2.0, 1.0]))
    assert one.differences(shelf(width=[nan, 2.0, 3.0])) == ["width: 1 differ, first at 2: 1.0 against 3.0"]
    assert one.differences(shelf(width=[nan, nan, 1.0])) == ["width: 1 differ, first at 1: 2.0 against nan"]


def test_rows_as_a_frame_with_words_for_codes() -> None:
    frame = shelf().to_pandas()
    assert list(frame.columns) == ["colour", "width"]
    assert frame["colour"].astype(object).where(frame["colour"].notna(), None).tolist() == [
        "red",
        "green",
        None,
    ]
    assert list(frame["colour"].cat.categories) == list(COLOURS)
    assert shelf().to_pandas(labels=False)["colour"].tolist() == [0, 1, -1]


def test_a_frame_cannot_write_into_the_table() -> None:
    table = shelf()
    frame = table.to_pandas()
    frame.loc[0, "width"] = 9.0
    assert table.width[0] == 1.0


def test_named_tables_put_names_first() -> None:
    people = season_tables.Applicants(
        specialties=("Bones", "Hearts"),
        names=(),
        applicant_type=[0, 5],
        ability=[0.0, 1.0],
        step2_ck=[250, 260],
        preferred=[1, 0],
        backup=[-1, 1],
        division=[0, -1],
        step_1_failures=[0, 1],
        step_2_ck_failures=[0, 0],
        step_3=[False, False],
        citizenship=[0, 2],
        visa=[0, 1],
        years_since_graduation=[0, 3],
        us_clinical_months=[24.0, 2.5],
        us_letters=[4, 1],
        research=[0, 7],
        school_tier=[1, 4],
        mock_interviews=[0, 2],
        budget=[100.0, 200.0],
        prior_training=[False, False],
    )
    frame = people.to_pandas()
    assert frame["applicant"].tolist() == ["A000001", "A000002"]
    assert frame["preferred"].tolist() == ["Hearts", "Bones"]
    assert frame["backup"].isna().tolist() == [True, False]
    assert frame["applicant_type"].tolist() == ["us_md_senior", "non_us_img"]


def test_the_html_face_declares_every_column_and_is_escaped() -> None:
    face = shelf()._repr_html_()
    assert "&lt;board&gt;" in face
    assert "<board>" not in face
    for name in COLUMNS:
        assert f"<code>{name}</code>" in face


@pytest.mark.parametrize(
    "table", [getattr(season_tables, name) for name in season_tables.__all__ if name != "SIGNALS"]
)
def test_every_season_table_declares_its_columns_in_full(table) -> None:
    specs = table.columns()
    assert specs
    assert table.rows in {spec.dim for spec in specs}
    for spec in specs:
        assert spec.meaning
        assert spec.name
        if spec.into:
            assert spec.dtype == np.int64
