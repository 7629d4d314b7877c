"""The agent tables of a run: one row a person, program or rank, as Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matchsim.season.ragged import owners_of, places_of
from matchsim.season.tables import Applicants, Placements, Programs
from matchsim.tables import ColumnSpec, Int32

if TYPE_CHECKING:
    import pyarrow as pa

    from matchsim.season.season import Season

__all__ = ["AGENT_TABLES", "agent_tables", "write_agents"]


def _declared(columns: tuple[ColumnSpec, ...]) -> dict[str, str]:
    return {s.name: f"{s.meaning}, in {s.unit}" if s.unit else s.meaning for s in columns}


_REPLICATE = {"replicate": "number of the replicate, from 0"}
_PLACEMENT = _declared(Placements.columns())
_PROGRAM = {name: told.replace(", -1 =", "; empty =") for name, told in _declared(Programs.columns()).items()}

AGENT_TABLES: Mapping[str, Mapping[str, str]] = {
    "applicants": {
        **_REPLICATE,
        "applicant": "name, as given or A and a number",
        **_declared(Applicants.columns()),
        "applications": "applications sent",
        "invitations": "invitations to interview received",
        "interviews": "interviews attended",
        "active": "certified a rank order list",
        "ranks": "ranks on the primary list, or pairs on the couple's",
    },
    "programs": {
        **_REPLICATE,
        "program": "name, as given or P and a number",
        **_PROGRAM,
        "applications": "applications received",
        "interviews": "interviews held",
        "ranks": "applicants ranked",
        "final_quota": "positions after reversions",
        "filled": "positions filled by the algorithm",
        "filled_in_soap": "positions filled in SOAP",
        "filled_by_contact": "positions filled by contact after SOAP",
    },
    "rank_lists": {
        **_REPLICATE,
        "applicant": "applicant",
        "list": "primary, couple (the applicant's half of the couple's pairs) or supplemental",
        "advanced_program": "the program that the supplemental list hangs on; empty for other lists",
        "rank": "place of the program or pair on that list, from 1",
        "program": "program; empty = No Match",
        "program_rank": "place of the applicant on the program's list, from 1; 0 = not ranked",
    },
    "placements": {
        **_REPLICATE,
        "applicant": "applicant",
        "partner": _PLACEMENT["partner"].replace(", -1 = none", "; empty = none"),
        "program": _PLACEMENT["program_of"].replace(", -1 = none", "; empty = none"),
        "rank": "its place on that list, from 1; 0 = none",
        "supplemental_program": _PLACEMENT["second_of"].replace(", -1 = none", "; empty = none"),
        "soap_pgy1_program": "PGY-1 program accepted in SOAP; empty = none",
        "soap_later_program": "A or R program accepted in SOAP; empty = none",
        "soap_eligible": _PLACEMENT["soap_eligible"],
        "contact_pgy1_program": _PLACEMENT["contact_pgy1"].replace(", -1 = none", "; empty = none"),
        "contact_later_program": _PLACEMENT["contact_later"].replace(", -1 = none", "; empty = none"),
        "matched": "matched to a PGY-1 position by the algorithm",
        "matched_any": "matched to any position by the algorithm",
        "placed": "in a PGY-1 position after SOAP",
        "partially_matched": "matched to an advanced position (A) without a first year",
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
    season
        The season.
    folder
        A folder that is there.
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


LISTS = ("primary", "couple", "supplemental")


def _rank_lists(season: Season) -> dict[str, Any]:
    import pyarrow as pa

    lists = season.rank_lists
    alone = owners_of(lists.applicant_offsets)
    couple, supplemental = owners_of(lists.couple_offsets), owners_of(lists.supplemental_offsets)
    # Every entry: which list it is on, whose, the program that the list hangs on, its place, the program.
    parts = [
        (0, alone, None, lists.applicant_offsets, lists.applicant_programs),
        (1, lists.couple_first[couple], None, lists.couple_offsets, lists.first_programs),
        (1, lists.couple_second[couple], None, lists.couple_offsets, lists.second_programs),
        (
            2,
            lists.supplemental_applicants[supplemental],
            lists.supplemental_advanced[supplemental],
            lists.supplemental_offsets,
            lists.supplemental_programs,
        ),
    ]
    kind = np.repeat(np.array([part[0] for part in parts], np.int8), [len(part[1]) for part in parts])
    owner = np.concatenate([part[1] for part in parts])
    hangs_on = np.concatenate([np.full(len(p[1]), -1, np.int32) if p[2] is None else p[2] for p in parts])
    rank = np.concatenate([places_of(np.diff(part[3])) + 1 for part in parts]).astype(np.int32)
    program = np.concatenate([part[4] for part in parts])

    def words(codes: Any, names: Sequence[str]) -> Any:
        known = pa.array(codes, mask=codes < 0)
        return pa.DictionaryArray.from_arrays(known, pa.array(names, type=pa.string()))

    programs = season.tracks.all_names()
    return {
        "applicant": words(owner, season.cohort.all_names()),
        "list": words(kind, LISTS),
        "advanced_program": words(hangs_on, programs),
        "rank": rank,
        "program": words(program, programs),
        "program_rank": _places_on_program_lists(season, owner, program),
    }


def _places_on_program_lists(season: Season, owner: Int32, program: Int32) -> Int32:
    """Place of every (applicant, program) on the program's list, from 1; 0 where it is not there."""
    lists = season.rank_lists
    if not len(lists.program_applicants):
        return np.zeros(len(program), dtype=np.int32)
    size = len(lists)
    ranking = np.repeat(np.arange(len(season.tracks), dtype=np.int64), np.diff(lists.program_offsets))
    place = np.arange(len(ranking)) - lists.program_offsets[:-1][ranking] + 1
    key = ranking * size + lists.program_applicants
    order = np.argsort(key, kind="stable")
    asked = program.astype(np.int64) * size + owner
    # No Match asks for a place on no list, and is found on none: its number is below all others.
    at = np.minimum(np.searchsorted(key[order], asked), len(key) - 1)
    return np.where(key[order][at] == asked, place[order][at], 0).astype(np.int32)
