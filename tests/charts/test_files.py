from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from hashlib import sha256
from pathlib import Path

import pytest

from matchsim.charts import CHARTS, save_charts, source_line
from matchsim.errors import InputError, TableError

from .sample import tables
from .variants import awkward_names

CAPTION = source_line("us-2025", 1)
SAVE = """
import sys
sys.path.insert(0, sys.argv[2])
from sample import tables
from matchsim.charts import save_charts
save_charts(tables(), sys.argv[1], caption=sys.argv[3])
"""


def digests(folder):
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in Path(folder).iterdir()}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return save_charts(tables(), tmp_path_factory.mktemp("saved") / "deep" / "charts", caption=CAPTION)


def test_writes_a_pair_for_every_chart(saved):
    names = [f"{name}.{suffix}" for name in CHARTS for suffix in ("png", "svg")]
    assert [path.name for path in saved] == names
    assert set(digests(saved[0].parent)) == set(names)


def test_bytes_are_the_same_again_here_and_in_another_process(saved, tmp_path):
    save_charts(tables(), tmp_path / "again", caption=CAPTION)
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", SAVE, str(tmp_path / "elsewhere"), here, CAPTION], check=True)
    first = digests(saved[0].parent)
    assert first == digests(tmp_path / "again") == digests(tmp_path / "elsewhere")
    assert len(set(first.values())) == 2 * len(CHARTS)


def test_files_hold_no_date_and_no_version_of_matplotlib(saved):
    for path in saved:
        content = path.read_bytes()
        assert b"atplotlib v" not in content
        assert b"<dc:date>" not in content
        assert b"Software" not in content


def test_svg_is_well_formed_and_keeps_awkward_names_as_text(tmp_path):
    save_charts(awkward_names(), tmp_path, caption="50$ & <b> 60$", formats=["svg"])
    for path in tmp_path.iterdir():
        texts = {"".join(node.itertext()) for node in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")}
        assert "50$ & <b> 60$" in texts
    drawn = ET.parse(tmp_path / "fill_by_specialty.svg").iter("{http://www.w3.org/2000/svg}text")
    assert {"A & B", "<script>", "$x_1$", "100$ and 200$"} <= {"".join(node.itertext()) for node in drawn}


def test_svg_says_what_it_shows(saved):
    for path in saved:
        if path.suffix == ".svg":
            assert CHARTS[path.stem].description in path.read_text(encoding="utf-8")


def test_charts_without_their_table_are_left_out(tmp_path):
    paths = save_charts({"soap_rounds": tables()["soap_rounds"]}, tmp_path, caption=CAPTION, formats=["png"])
    assert [path.name for path in paths] == ["soap_by_round.png"]


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(
        InputError, match=r"charts are saved as png, svg or pdf, got 'pngg' \(did you mean 'png'\?\)"
    ):
        save_charts(tables(), tmp_path / "charts", caption=CAPTION, formats=["svg", "pngg"])
    assert not (tmp_path / "charts").exists()


def test_a_failing_chart_leaves_no_half_file(tmp_path, monkeypatch):
    write = Path.write_bytes

    def full_disk(path, content):
        write(path, b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match=r"No space left on device: .*\.png'"):
        save_charts(tables(), tmp_path, caption=CAPTION)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_table_is_named(tmp_path):
    broken = {"rank_obtained": tables()["rank_obtained"].drop(columns="rank")}
    with pytest.raises(TableError, match="rank_obtained: column 'rank' is missing"):
        save_charts(broken, tmp_path, caption=CAPTION)


def test_charts_are_chosen_by_name_and_saved_as_pdf(tmp_path):
    chosen = {"tables": tables(), "caption": CAPTION, "formats": ["pdf"], "names": ["soap_by_round"]}
    (path,) = save_charts(**chosen, folder=tmp_path / "one")
    (again,) = save_charts(**chosen, folder=tmp_path / "two")
    content = path.read_bytes()
    assert (path.name, content[:5]) == ("soap_by_round.pdf", b"%PDF-")
    assert b"/CreationDate" not in content
    assert b"Matplotlib" not in content
    assert again.read_bytes() == content


def test_every_unknown_chart_is_told(tmp_path):
    with pytest.raises(InputError) as caught:
        save_charts(tables(), tmp_path / "out", caption=CAPTION, names=["soap_by_rounds", "zzz"])
    assert [str(problem) for problem in caught.value.problems] == [
        "charts: there is no such chart, got 'soap_by_rounds' (did you mean 'soap_by_round'?)",
        f"charts: there is no such chart, got 'zzz' (there are {', '.join(CHARTS)})",
    ]
    assert not (tmp_path / "out").exists()
