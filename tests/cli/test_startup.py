"""What the quick commands load, asked of ``sys.modules`` in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numba", "llvmlite", "pandas", "matplotlib", "pyarrow", "networkx"}
SCRIPT = """
import json, sys
sys.argv = ["matchsim", *json.loads(sys.argv[1])]
from matchsim.cli import main
try:
    main()
    code = 0
except SystemExit as left:
    code = left.code or 0
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded(folder: Path, arguments: list[str]) -> tuple[int, set[str]]:
    """The exit code of a command, and the modules that it left loaded."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    code, modules = json.loads(run.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("PYTHONUTF8", "1")
    (tmp_path / "good.yaml").write_text("programs: {specialties: [Neurology]}\n")
    (tmp_path / "bad.yaml").write_text("seed: x\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "light"),
    [
        (["--help"], 0, {"numpy", "pydantic", "yaml"}),
        (["--version"], 0, {"numpy", "pydantic", "yaml"}),
        (["check", "--help"], 0, {"numpy", "pydantic", "yaml"}),
        (["check", "good.yaml"], 0, {"numpy"}),
        (["check", "bad.yaml"], 2, {"numpy"}),
        (["check", "good.yaml", "--json"], 0, {"numpy"}),
        (["explain", "good.yaml"], 0, {"numpy"}),
        (["schema"], 0, {"numpy"}),
        (["list", "scenarios"], 0, {"numpy"}),
        (["list", "charts"], 0, {"pydantic"}),
        (["init", "new.yaml"], 0, {"numpy"}),
    ],
)
def test_quick_commands_load_nothing_heavy(
    arguments: list[str], code: int, light: set[str], folder: Path
) -> None:
    left, modules = loaded(folder, arguments)
    assert left == code
    assert "matchsim.cli" in modules
    assert modules & (HEAVY | light) == set()


def test_importing_the_package_loads_nothing_heavy(folder: Path) -> None:
    told = "import sys, json, matchsim; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", told], cwd=folder, capture_output=True, text=True, check=True)
    assert set(json.loads(run.stdout)) & (HEAVY | {"numpy", "pydantic", "yaml"}) == set()
