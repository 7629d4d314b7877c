"""All arms of a study against one of them: metric by metric, and person by person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from matchsim.errors import InputError, check_choice, counted
from matchsim.study.chunks import Chunk, chunks_of
from matchsim.study.comparing import CHANGES, EFFECTS, SHARES, changes, effects, shares_changed
from matchsim.study.parts import Parts
from matchsim.study.words import difference, level
from matchsim.tables import html_table

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.study.result import StudyResult

__all__ = ["GROUPINGS", "Comparison"]

GROUPINGS = ("applicant_type", "ability_decile")
"""What people can be told apart by."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """All arms of a study against one of them; made by :meth:`StudyResult.compare`.

    Attributes
    ----------
    result : StudyResult
    baseline : str
        Name of the arm that the others are compared with; of a study of one arm all points but the first are
        compared with that.
    metrics : tuple of str, optional
        Those compared; None for all.
    """

    result: StudyResult
    baseline: str
    metrics: tuple[str, ...] | None = None

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Differences with intervals, one row an arm, point, metric and group.

        Beside arm and values swept the columns of :data:`~matchsim.study.comparing.EFFECTS`.
        """
        import pandas as pd

        data = self.result.to_pandas(self.metrics)
        axes = self.result.loaded.axes
        by_cell = dict(iter(data.groupby(["arm", *axes], sort=False)))
        parts = []
        for cell, before in self.result.loaded.compared(self.baseline):
            arm, base = (by_cell.get((one.arm, *one.point.values())) for one in (cell, before))
            if arm is None or base is None:  # that arm failed
                continue
            found = effects(arm, base, self.result.loaded.seed)
            for place, (axis, value) in enumerate([("arm", cell.arm), *cell.point.items()]):
                found.insert(place, axis, value)
            parts.append(found)
        if not parts:
            return pd.DataFrame(columns=["arm", *axes, *EFFECTS])
        return pd.concat(parts, ignore_index=True)

    def changes(self) -> pd.DataFrame:
        """Who is helped and who is hurt, one row an arm, point, replicate, applicant type and ability decile.

        The parts are read one after the other, so that the study may be larger than memory. Beside arm and
        values swept the columns of :data:`~matchsim.study.comparing.CHANGES`.

        Raises
        ------
        InputError
            When the study did not keep people, or the arms do not hold the same people.
        """
        return self._changes.copy()

    @cached_property
    def _changes(self) -> pd.DataFrame:
        import pandas as pd
        import pyarrow.parquet as pq

        if not self.result.loaded.study.people:
            raise InputError("the study did not keep people; write people: true and run it again")
        parts = Parts(self.result.folder)
        by_place = {(chunk.cell, chunk.first): chunk for chunk in chunks_of(self.result.loaded)}
        # All cells are cut at the same replicates.
        firsts = list(dict.fromkeys(first for _, first in by_place))

        def people(chunk: Chunk) -> pd.DataFrame | None:
            path = parts.path("people", chunk)
            return pq.read_table(path, partitioning=None).to_pandas() if path.exists() else None

        found = []
        for cell, before in self.result.loaded.compared(self.baseline):
            for first in firsts:
                arm, base = (people(by_place[one.number, first]) for one in (cell, before))
                if arm is None or base is None:
                    continue
                frame = changes(arm, base)
                for place, (axis, value) in enumerate([("arm", cell.arm), *cell.point.items()]):
                    frame.insert(place, axis, value)
                found.append(frame)
        if not found:
            return pd.DataFrame(columns=["arm", *self.result.loaded.axes, *CHANGES])
        return pd.concat(found, ignore_index=True)

    def helped_and_hurt(self, by: str = "applicant_type") -> pd.DataFrame:
        """Shares of people helped and hurt, one row an arm, point and group.

        Beside arm and values swept the columns of :data:`~matchsim.study.comparing.SHARES`.

        Parameters
        ----------
        by
            ``applicant_type`` or ``ability_decile``: tenths of the ability within each applicant type.

        Raises
        ------
        InputError
            As :meth:`changes` does.
        """
        import pandas as pd

        check_choice("by", by, GROUPINGS)
        keys = ["arm", *self.result.loaded.axes]
        parts = [
            found[keys].head(1).merge(shares_changed(found, by, self.result.loaded.seed), how="cross")
            for _, found in self._changes.groupby(keys, sort=False)
        ]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*keys, *SHARES])

    def to_pandas(self) -> pd.DataFrame:
        """The differences with their intervals; see :attr:`effects`."""
        return self.effects.copy()

    def __repr__(self) -> str:
        compared = self.result.loaded.compared(self.baseline)
        number = counted(len(compared), "comparison")
        return f"<Comparison of {self.result.loaded.study.name}: {number}, baseline {self.baseline}>"

    def _repr_html_(self) -> str:
        found = self.effects[self.effects["group"] == "all"]
        rows = (
            (self.result.told(row), row["metric"], level(row["mean"], row["unit"]), difference(row))
            for row in found.to_dict("records")
        )
        head = ("arm", "metric", "mean", "difference (95% interval)")
        return html_table(repr(self), head, rows, len(found))
