"""A study of a few small seasons, for several tests."""

from __future__ import annotations

from pathlib import Path

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
    Orthopaedic Surgery: {C: {programs: 2, positions: 4}}
    Radiology-Diagnostic: {A: {programs: 2, positions: 5}}
    Transitional Year: {P: {programs: 1, positions: 3}}
"""

STUDY = """\
name: try
base: town.yaml
arms:
  as it is: {}
  no signals:
    policies: [{no_signals: {}}]
  fewer slots:
    set: {interviews.per_position: 5.0}
replicates: 8
replicates_per_part: 2
metrics: [match_rate, placement_rate, interviews, rank_obtained, stable]
"""


def written(folder: Path, text: str = STUDY) -> Path:
    """The study in a folder, with its scenario beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "town.yaml").write_text(TOWN, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder but the manifest, by name."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
