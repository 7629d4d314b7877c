"""The agent tables of a run: one row a person, program or rank, as Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matchsim.season.tables import Applicants, Placements, Programs
from matchsim.tables import ColumnSpec

if TYPE_CHECKING:
    import pyarrow as pa

    from matchsim.season.season import Season

__all__ = ["AGENT_TABLES", "agent_tables", "write_agents"]


def _declared(columns: tuple[ColumnSpec, ...]) -> dict[str, str]:
    return {s.name: f"{s.meaning}, in {s.unit}" if s.unit else s.meaning for s in columns}


_REPLICATE = {"replicate": "number of the replicate, from 0"}
_PLACEMENT = _declared(Placements.columns())

AGENT_TABLES: Mapping[str, Mapping[str, str]] = {
    "applicants": {
        **_REPLICATE,
        "applicant": "name, as given or A and a number",
        **_declared(Applicants.columns()),
        "applications": "applications sent",
        "invitations": "invitations to interview received",
        "interviews": "interviews attended",
        "active": "certified a rank order list",
        "ranks": "ranks on the primary list",
    },
    "programs": {
        **_REPLICATE,
        "program": "name, as given or P and a number",
        **_declared(Programs.columns()),
        "applications": "applications received",
        "interviews": "interviews held",
        "ranks": "applicants ranked",
        "filled": "positions filled by the algorithm",
        "filled_in_soap": "positions filled in SOAP",
    },
    "rank_lists": {
        **_REPLICATE,
        "applicant": "applicant",
        "list": "primary or supplemental",
        "rank": "place of the program on that list, from 1",
        "program": "program",
        "program_rank": "place of the applicant on the program's list, from 1; 0 = not ranked",
    },
    "placements": {
        **_REPLICATE,
        "applicant": "applicant",
        "program": _PLACEMENT["program_of"].replace(", -1 = none", "; empty = none"),
        "rank": "its place on the primary list, from 1; 0 = none",
        "supplemental_program": _PLACEMENT["second_of"].replace(", -1 = none", "; empty = none"),
        "soap_pgy1_program": "PGY-1 program accepted in SOAP; empty = none",
        "soap_later_program": "A or R program accepted in SOAP; empty = none",
        "soap_eligible": _PLACEMENT["soap_eligible"],
        "matched": "matched to a PGY-1 position by the algorithm",
        "matched_any": "matched to any position by the algorithm",
        "placed": "in a PGY-1 position after SOAP",
    },
}


def agent_tables(season: Season) -> dict[str, pa.Table]:
    """The agent tables of a season by name, as Arrow tables in the columns of `AGENT_TABLES`."""
    import pyarrow as pa

    frames = {
        "applicants": season.applicants,
        "programs": season.programs,
        "placements": season.placements,
    }
    tables = {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()}
    tables["rank_lists"] = pa.table(_rank_lists(season))
    for name, table in tables.items():
        replicate = pa.array(np.full(len(table), season.replicate, dtype=np.int32))
        with_replicate = table.add_column(0, "replicate", replicate).replace_schema_metadata(None)
        tables[name] = with_replicate.select(list(AGENT_TABLES[name]))
    return tables


def write_agents(season: Season, folder: Path, *, alone: bool) -> None:
    """Write the agent tables of a season into `folder`.

    Parameters
    ----------
    alone
        Whether this is the only replicate kept: each table is then one file ``<table>.parquet``, else a
        part ``<table>.parquet/replicate-<number>.parquet`` of a folder that reads as one table.
    """
    import pyarrow.parquet as pq

    for name, table in agent_tables(season).items():
        path = folder / f"{name}.parquet"
        part = path if alone else path / f"replicate-{season.replicate:06d}.parquet"
        part.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, part, compression="zstd")


def _rank_lists(season: Season) -> dict[str, Any]:
    import pyarrow as pa

    lists = season.rank_lists
    people = np.arange(len(lists), dtype=np.int32)
    owners, ranks, programs = [], [], []
    for offsets, listed in (
        (lists.applicant_offsets, lists.applicant_programs),
        (lists.supplemental_offsets, lists.supplemental_programs),
    ):
        counts = np.diff(offsets)
        owners.append(np.repeat(people, counts))
        ranks.append((np.arange(len(listed)) - np.repeat(offsets[:-1], counts) + 1).astype(np.int32))
        programs.append(listed)
    owner, program = np.concatenate(owners), np.concatenate(programs)
    kind = np.repeat(np.array([0, 1], dtype=np.int8), [len(programs[0]), len(programs[1])])

    def words(codes: Any, names: list[str]) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, type=pa.string()))

    return {
        "applicant": words(owner, season.cohort.all_names()),
        "list": words(kind, ["primary", "supplemental"]),
        "rank": np.concatenate(ranks),
        "program": words(program, season.tracks.all_names()),
        "program_rank": _places_on_program_lists(season, owner, program),
    }


def _places_on_program_lists(season: Season, owner: Any, program: Any) -> Any:
    """Place of every (applicant, program) on the program's list, from 1; 0 where it is not there."""
    lists = season.rank_lists
    size = max(len(lists), 1)
    ranking = np.repeat(np.arange(len(season.tracks), dtype=np.int64), np.diff(lists.program_offsets))
    place = np.arange(len(ranking)) - lists.program_offsets[:-1][ranking] + 1
    key = ranking * size + lists.program_applicants
    order = np.argsort(key, kind="stable")
    asked = program.astype(np.int64) * size + owner
    at = np.minimum(np.searchsorted(key[order], asked), max(len(key) - 1, 0))
    if not len(key):
        return np.zeros(len(asked), dtype=np.int32)
    return np.where(key[order][at] == asked, place[order][at], 0).astype(np.int32)
