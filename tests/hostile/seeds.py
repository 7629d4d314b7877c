"""Valid inputs of every reader, from which both the fuzzer and the property tests begin."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

from hostile.readers import CORPUS, MARKET, OWN, OWN_TABLES, REPOSITORY, TOWN

DATA = REPOSITORY / "tests" / "data"


@lru_cache
def seeds(name: str) -> tuple[bytes, ...]:
    """What the reader called `name` takes as good, the first surely, and the kept inputs of its corpus."""
    corpus = sorted((CORPUS / name).glob("*")) if (CORPUS / name).is_dir() else []
    return (*_good(name), *(path.read_bytes() for path in corpus))


def _good(name: str) -> tuple[bytes, ...]:  # noqa: C901 - a table of readers
    scenarios = REPOSITORY / "scenarios"
    if name == "scenario":
        return (
            TOWN.encode(),
            *_files(scenarios.glob("*.yaml")),
            *_files((DATA / "broken_scenarios").glob("*.yaml")),
        )
    if name == "setting":
        return (
            b"seed=3",
            b"interviews.per_position=10",
            b"couples={number: 1}",
            b'programs.specialties."A.B".C={}',
        )
    if name == "profile":
        return _files([*(scenarios / "profiles").glob("*.yaml"), *(DATA / "broken_profiles").glob("*.yaml")])
    if name == "study":
        return (
            b"name: try\nbase: small\nreplicates: 2\narms:\n  a: {}\n  b:\n    set: {couples.number: 5}\n",
            *_files((scenarios / "studies").glob("*.yaml")),
        )
    if name == "rules":
        return _files((REPOSITORY / "matchsim" / "data" / "seasons").glob("*.yaml"))
    if name == "targets":
        return _files((REPOSITORY / "matchsim" / "data" / "targets").glob("*.csv"))
    if name == "workbook":
        return (workbook_of({Path(file).stem: _cells(text) for file, text in MARKET.items()}),)
    if name == "parquet":
        return (parquet_of({"applicant": ["Ana", "Bo"], "rank": [1, 1], "program": ["City", "Mercy"]}),)
    if name == "instance":
        return (b"# two\nr 0 1 2\nc 0 4 5 1 2 3 -1\np 1 2 4 0\np 2 1 5 0\np 3 1 4\n", b"r 0 0\np 0 1 0\n")
    if name == "matches":
        return (
            b"\0applicant,program,rank,list\nAna,City,1,primary\nAna,Lake,1,City\nBo,Mercy,1,primary\n",
            b"\1program,quota,final_quota,filled\nCity,2,2,1\nMercy,1,2,1\nLake,1,0,0\nHill,1,1,0\n",
        )
    if name.startswith("market_"):
        return (MARKET[f"{name.removeprefix('market_')}.csv"].encode(), *_wide(name))
    if name.startswith("own_"):
        assert name.removeprefix("own_") in OWN_TABLES
        return (OWN[f"{name.removeprefix('own_')}.csv"].encode(),)
    if name == "result_folder":
        return (b"", b'\0{"made_by": "matchsim solve", "format": 1, "market": "m", "inputs": []}')
    if name == "run_folder":
        head = b'{"made_by": "matchsim run", "format": 2, "scenario": "town", "seed": 1, "replicates": 1'
        head += b', "files": {}}'
        return (b"", b"\0" + head, b"\1{}", b"\2" + TOWN.encode(), b"\4replicate,group_by,group\n0,all,all\n")
    if name == "study_folder":
        head = b'{"made_by": "matchsim study run", "format": 1, "seed": 1, "replicates": 2}'
        return (b"", b"\0" + head, b"\1name: try\n", b"\2cell,arm,scenario_digest\n0,a,b\n")
    raise KeyError(name)


def _files(paths) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(paths))


def _wide(name: str) -> tuple[bytes, ...]:
    wide = {
        "market_applicant_rankings": b"applicant,pref_01,pref_02\nAna,City,Mercy\nBo,Mercy,City\n",
        "market_program_rankings": b"program,pref_01,pref_02\nCity,Ana,Cy\nMercy,Bo,Dee\n",
        "market_supplemental_rankings": b"applicant,advanced_program,pref_01\nAna,City,Lake\n",
    }
    return (wide[name],) if name in wide else ()


def _cells(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


def workbook_of(sheets: dict[str, list[list[object]]]) -> bytes:
    """An Excel workbook with these sheets of cells."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet_of(columns: dict[str, list[object]]) -> bytes:
    """A Parquet file with these columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()
