"""Runs and studies whose reports are looked at: one ordinary of each, one with names that mean mischief."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from matchsim.cli import cli
from matchsim.season.words import APPLICANT_TYPES

MISCHIEF = "<script>document.title='run'</script>"
OWN = f"""\
extends: small
name: mischief
title: "</title>{MISCHIEF}"
description: "<img src=x onerror=alert(1)> & 'quotes'"
programs:
  specialties:
    "{MISCHIEF}":
      C: {{programs: 3, positions: 12}}
cohort:
  preferences:
"""
OWN += "".join(f'    {kind}: {{"{MISCHIEF}": 1.0}}\n' for kind in APPLICANT_TYPES)


STUDY = """\
name: try
title: Signals and slots
base: small
arms:
  as it is: {}
  no signals: {policies: [{no_signals: {}}]}
  fewer slots: {set: {interviews.per_position: 5.0}}
replicates: 6
metrics: [match_rate, placement_rate, interviews, unfilled_after_soap, stable]
"""
SWEEP = """\
name: swept
title: Slots and couples
base: small
arms:
  as it is: {}
  no signals: {policies: [{no_signals: {}}]}
sweep:
  values:
    interviews.per_position: [4.0, 8.0, 12.0]
    couples.number: [4, 12]
replicates: 2
metrics: [match_rate, interviews, stable]
people: false
"""
HYPERCUBE = """\
name: cube
base: small
sweep:
  design: latin_hypercube
  points: 4
  values:
    interviews.per_position: {low: 4, high: 16}
    couples.number: {low: 4, high: 12, whole: true}
replicates: 1
metrics: [match_rate]
people: false
"""
MISCHIEVOUS_STUDY = f"""\
name: mischief
title: "</title>{MISCHIEF}"
description: "<img src=x onerror=alert(1)> & 'quotes'"
base: own.yaml
sweep:
  values:
    programs.specialties."{MISCHIEF}".C.positions: [8, 12]
replicates: 2
metrics: [match_rate, stable]
"""


def made(folder: Path, *arguments: str) -> Path:
    result = CliRunner().invoke(
        cli, ["run", *arguments, "--out", str(folder), "--quiet"], catch_exceptions=False
    )
    assert result.exit_code == 0
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of five seasons."""
    return made(tmp_path_factory.mktemp("report") / "small", "small", "--replicates", "5")


@pytest.fixture(scope="session")
def mischief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run whose names would be scripts if they were not escaped."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    return made(folder / "mischief", str(folder / "own.yaml"))


def studied(folder: Path, text: str) -> Path:
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    command = ["study", "run", str(folder / "study.yaml"), "--jobs", "1", "--out", str(folder / "out")]
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert result.exit_code == 0
    return folder / "out"


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of three arms."""
    return studied(tmp_path_factory.mktemp("study"), STUDY)


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of two arms at six points of a grid."""
    return studied(tmp_path_factory.mktemp("study"), SWEEP)


@pytest.fixture(scope="session")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of one arm at points that are no grid."""
    return studied(tmp_path_factory.mktemp("study"), HYPERCUBE)


@pytest.fixture(scope="session")
def mischievous_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of one arm and two points, whose words would be scripts."""
    return studied(tmp_path_factory.mktemp("study"), MISCHIEVOUS_STUDY)
