"""Every reader of files, each as a function of bytes, and what is owed to whoever gives them.

Whatever the bytes, a reader gives a result or an :class:`InputError` that a person can use. The property
tests beside this file, the corpus in ``tests/corpus`` and ``fuzz.py`` all call the readers through here.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from matchsim.errors import InputError

CORPUS = Path(__file__).parents[1] / "corpus"
REPOSITORY = Path(__file__).parents[2]

Reader = Callable[[bytes], Any]

MARKET = {
    "programs.csv": "program,quota,track,joint_with\nCity,2,A,\nMercy,1,C,\nLake,1,P,\nHill,1,P,City\n",
    "applicants.csv": "applicant,school\nAna,X\nBo,Y\nCy,Z\nDee,Z\nEve,X\n",
    "applicant_rankings.csv": "applicant,rank,program\nAna,1,City\nAna,2,Mercy\nBo,1,Mercy\nBo,3,City\n",
    "program_rankings.csv": "program,rank,applicant\nCity,1,Ana\nCity,2,Cy\nMercy,1,Bo\nMercy,2,Dee\n"
    "Lake,1,Ana\nHill,1,Ana\nHill,2,Bo\n",
    "couples.csv": "couple,rank,applicant_1,program_1,applicant_2,program_2\n"
    "K,1,Cy,City,Dee,Mercy\nK,2,Cy,City,Dee,999999999\n",
    "supplemental_rankings.csv": "applicant,advanced_program,rank,program\n"
    "Ana,City,1,Lake\nAna,City,2,Hill\n",
    "reversions.csv": "donor,receiver,positions,order\nLake,Mercy,1,1\n",
}
TOWN = """\
extends: small
name: town
cohort:
  active: {us_md_senior: 30, us_md_grad: 4, us_do_senior: 12, us_do_grad: 2, us_img: 8, non_us_img: 14}
  withdrawn: {us_img: 0, non_us_img: 0}
couples: {number: 2}
programs:
  specialties:
    Internal Medicine: {C: {programs: 4, positions: 26}, P: {programs: 1, positions: 4}}
    Family Medicine: {C: {programs: 3, positions: 16}}
    Transitional Year: {P: {programs: 1, positions: 3}}
"""
OWN = {
    "own.yaml": "programs: {file: programs.csv}\ncohort: {file: applicants.csv}\n"
    "applications: {file: applications.csv}\ninterviews: {file: interviews.csv}\n",
    **{
        file.name: file.read_text(encoding="utf-8")
        for file in (Path(__file__).parents[1] / "data" / "own_files").glob("*.csv")
    },
}
OWN_TABLES = ("programs", "applicants", "applications", "interviews")


def owed(read: Reader, data: bytes) -> InputError | None:
    """Read, and hold a refusal to what every refusal owes; other exceptions pass through and are faults."""
    try:
        read(data)
    except InputError as error:
        refusal = error
    else:
        return None
    assert 1 <= len(refusal.problems) <= 250
    for problem in refusal.problems:
        assert problem.message.strip()
        told = str(problem)
        assert str(problem.place) or problem.path or problem.remedy or "more problems" in told
        assert len(told) < 4000
    return refusal


def readers(folder: Path) -> dict[str, Reader]:
    """All readers by name, working in a folder of their own; what they need beside is made at first use."""
    from matchsim.fidelity.targets import load_targets
    from matchsim.season.profile.loading import load_profile
    from matchsim.season.rules import load_rules
    from matchsim.study.loading import read_study

    found: dict[str, Reader] = {
        "scenario": partial(_scenario, folder),
        "setting": _setting,
        "profile": partial(_file, folder / "profile.yaml", load_profile),
        "rules": partial(_file, folder / "rules.yaml", load_rules),
        "study": partial(_file, folder / "study.yaml", read_study),
        "targets": partial(_file, folder / "targets.csv", load_targets),
        "workbook": partial(_file, folder / "market.xlsx", _market_read),
        "parquet": partial(_parquet, folder / "columns"),
        "instance": partial(_file, folder / "instance.txt", _market_read),
        "matches": partial(_matches, folder / "matched"),
        "result_folder": partial(_result_folder, folder / "result"),
        "run_folder": partial(_run_folder, folder / "run"),
        "study_folder": partial(_study_folder, folder / "studies"),
    }
    for name in MARKET:
        table = name.removesuffix(".csv")
        found[f"market_{table}"] = partial(_market_table, folder / f"market-{table}", name)
    for table in OWN_TABLES:
        found[f"own_{table}"] = partial(_own_table, folder / f"own-{table}", f"{table}.csv")
    return found


def _written(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _file(path: Path, read: Callable[[Any], Any], data: bytes) -> Any:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return read(str(path) if read.__module__.startswith("matchsim.season") else path)


def _scenario(folder: Path, data: bytes) -> Any:
    from matchsim.season.scenario import dump, read_scenario
    from matchsim.season.scenario.explaining import explanation

    (folder / "scenario.yaml").write_bytes(data)
    loaded = read_scenario(folder / "scenario.yaml")
    dump(loaded.scenario)
    return explanation(loaded)


def _setting(data: bytes) -> Any:
    from matchsim.season.scenario import read_scenario

    return read_scenario("teaching-8x4", [data.decode("utf-8", "surrogateescape").replace("\0", "")])


def _market_read(path: Path) -> Any:
    from matchsim.engine.folder import read_folder

    return read_folder(path)


def _market_table(folder: Path, name: str, data: bytes) -> Any:
    if not folder.exists():
        _written(folder, MARKET)
    (folder / name).write_bytes(data)
    return _market_read(folder)


def _parquet(folder: Path, data: bytes) -> Any:
    if not folder.exists():
        _written(folder, {name: text for name, text in MARKET.items() if name != "applicant_rankings.csv"})
    (folder / "applicant_rankings.parquet").write_bytes(data)
    return _market_read(folder)


def _matches(folder: Path, data: bytes) -> Any:
    from matchsim.engine.verdict import judge

    if not folder.exists():
        _written(folder / "market", MARKET)
    # The first byte says which of the two files is spoilt.
    name = ("matches.csv", "programs.csv")[data[0] % 2] if data else "matches.csv"
    (folder / "programs.csv").unlink(missing_ok=True)
    (folder / "matches.csv").write_text("applicant,program\nAna,City\nBo,Mercy\n", encoding="utf-8")
    (folder / name).write_bytes(data[1:])
    return judge(_market_read(folder / "market").market, folder / "matches.csv", "responsive")


def _run_command(*arguments: object) -> None:
    from matchsim.cli import cli

    cli.main([str(argument) for argument in arguments], standalone_mode=False)


def _spoilt(folder: Path, names: tuple[str, ...], data: bytes) -> Path:
    """A copy of the folder in which the file that the first byte names is replaced by the other bytes."""
    copy = folder.with_name(f"{folder.name}-spoilt")
    if not copy.exists():
        shutil.copytree(folder, copy)
    for name in names:
        shutil.copyfile(folder / name, copy / name)
    if data:
        (copy / names[data[0] % len(names)]).write_bytes(data[1:])
    return copy


RESULT_FILES = ("manifest.json", "matches.csv")
RUN_FILES = (
    "manifest.json",
    "summary.json",
    "resolved.yaml",
    "origins.csv",
    "tables/match_rates.csv",
    "tables/contiguous_ranks.csv",
    "charts/rank_obtained.svg",
)
STUDY_FILES = ("manifest.json", "study.yaml", "cells.csv", "results.parquet", "scenarios/00000.yaml")


def _result_folder(folder: Path, data: bytes) -> Any:
    from matchsim.engine.results import earlier_result
    from matchsim.study.recorded_matching import matching_in

    if not folder.exists():
        _written(folder.with_name("result-market"), MARKET)
        _run_command("solve", folder.with_name("result-market"), "--out", folder, "--quiet")
    spoilt = _spoilt(folder, RESULT_FILES, data)
    matching_in(spoilt).explain("Ana")
    return earlier_result(
        spoilt, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    )


def _run_folder(folder: Path, data: bytes) -> Any:
    from matchsim.charts import source_line
    from matchsim.report import read_tables, write_report
    from matchsim.study.recorded_matching import matching_in
    from matchsim.study.replaying import recorded_season
    from matchsim.study.run_folder import read_manifest

    if not folder.exists():
        _written(folder.with_name("run-scenario"), {"town.yaml": TOWN})
        _run_command("run", folder.with_name("run-scenario") / "town.yaml", "--out", folder, "--quiet")
    spoilt = _spoilt(folder, RUN_FILES, data)
    manifest = read_manifest(spoilt)
    source_line(manifest["scenario"], manifest["seed"])
    read_tables(spoilt)
    write_report(spoilt)
    recorded_season(spoilt, 0)
    return matching_in(spoilt) if data[:1] < b"\x20" else None


def _study_folder(folder: Path, data: bytes) -> Any:
    from matchsim.study import open_study, run_study
    from matchsim.study.replaying import recorded_season

    made = folder / "made"
    if not made.exists():
        text = "name: try\nbase: town.yaml\narms:\n  as it is: {}\nreplicates: 2\nmetrics: [match_rate]\n"
        _written(folder, {"town.yaml": TOWN, "try.yaml": text})
        run_study(folder / "try.yaml", out=made, jobs=1, progress=False)
    spoilt = _spoilt(made, STUDY_FILES, data)
    result = open_study(spoilt)
    recorded_season(spoilt, 0)
    return str(result.compare())


def _own_table(folder: Path, name: str, data: bytes) -> Any:
    from matchsim.season import run_season

    if not folder.exists():
        _written(folder, OWN)
    (folder / name).write_bytes(data)
    # Read once for every state of the file, told apart by its time.
    _own_table.clock += 1_000_000  # type: ignore[attr-defined]
    os.utime(folder / name, ns=(_own_table.clock, _own_table.clock))  # type: ignore[attr-defined]
    return run_season(folder / "own.yaml")


_own_table.clock = 10**18  # type: ignore[attr-defined]
