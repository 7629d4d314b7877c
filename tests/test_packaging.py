"""What is locked, and what is public: both change only on purpose."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PUBLIC = Path(__file__).parent / "data" / "public_names.txt"
ROOMS = (
    "matchsim",
    *(f"matchsim.{room}" for room in ("charts", "engine", "fidelity", "season", "strategy", "study")),
)


def public_names() -> str:
    """Every public name, one a line, with the room that it is imported from."""
    names = [f"{room}.{name}" for room in ROOMS for name in importlib.import_module(room).__all__]
    return "".join(f"{name}\n" for name in sorted(names))


def test_public_names_are_those_announced() -> None:
    told = (
        "the public names changed: say so in CHANGELOG.md, under Added, Changed or Removed, and write the new"
        " list with `python -m tests.test_packaging`"
    )
    assert public_names() == PUBLIC.read_text(encoding="utf-8"), told


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_exist_once_and_are_listed_to_whoever_asks(room: str) -> None:
    module = importlib.import_module(room)
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
        assert name in dir(module)


def test_the_lock_is_of_these_dependencies() -> None:
    """What the lock file says that the project asks for is what the project asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = {package["name"]: package for package in lock["package"]}
    asked = packages["matchsim"]["metadata"]
    groups = {"": project["project"]["dependencies"], **project["project"]["optional-dependencies"]}
    told = "write the lock again with `uv lock`"
    assert set(asked["provides-extras"]) == set(groups) - {""}, told
    wanted = {(extra, *_told(Requirement(one))) for extra, group in groups.items() for one in group}
    locked = {
        (_extra_of(one), one["name"], SpecifierSet(one.get("specifier", "")))
        for one in asked["requires-dist"]
    }
    assert locked == wanted, told
    for package in packages.values():
        archives = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
        assert package["name"] == "matchsim" or (archives and all(one["hash"] for one in archives))


def _told(requirement: Requirement) -> tuple[str, SpecifierSet]:
    """A requirement without its marker and extras, which the lock writes elsewhere."""
    return canonicalize_name(requirement.name), requirement.specifier


def _extra_of(asked: dict[str, str]) -> str:
    marker = asked.get("marker", "")
    return marker.split("extra == '")[1].split("'")[0] if "extra ==" in marker else ""


if __name__ == "__main__":
    PUBLIC.write_text(public_names(), encoding="utf-8", newline="\n")
