"""What happened to one applicant, program by program."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from matchsim.errors import counted

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from matplotlib.axes import Axes

    from matchsim.engine.matching import Matching

__all__ = ["OUTCOMES", "Entry", "Explanation", "Roster", "Step", "explained"]

FORMAT = 1

# How an entry of a list ended, and what that means.
OUTCOMES = {
    "matched": "the applicant has it",
    "not ranked": "a program of it does not rank the member who would come",
    "refused": "tried, and not taken",
    "bumped": "held, and lost to somebody whom the program likes better",
    "partner bumped": "held, and lost because the partner was bumped from theirs",
    "advanced position lost": "held through a supplemental list, and lost with what the list hangs on",
    "set aside": "forbidden to break a cycle of proposals, and not had since",
    "offered again": "offered again after somebody left, and not had",
    "left for a better one": "held, and given up for one higher on the list",
    "not reached": "never tried, because something better was had",
    "list not opened": "never tried, because what the list hangs on was not held when lists were tried",
    "not tried": "never tried, although nothing better was had: the search ended before",
    "not had": "the program ranks the applicant, who has something worse; what happened is not recorded",
}


@dataclass(frozen=True)
class Step:
    """Something that happened with an entry, as often in a row as `count` says.

    Parameters
    ----------
    what
        A word such as ``"refused"``, ``"held"``, ``"bumped"``, ``"partner bumped"``, ``"offered again"``.
    count
        How often in a row.
    program
        Where somebody was bumped; None for other steps.
    by
        Who took the seat: one applicant, or two where a couple came to one program.
    """

    what: str
    count: int = 1
    program: str | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """Whom a program holds in the end, seen from one applicant.

    Parameters
    ----------
    program
        Its name.
    applicant, own_rank
        The applicant, or member of the couple, who would come; their rank there as submitted, None = not
        ranked.
    quota, submitted_quota
        Positions in the end, and before reversions.
    held
        How many it holds.
    last, last_rank
        The last person held and their rank there as submitted; None = nobody on its list.
    behind
        How many places on its list the applicant stands behind that person (below 0: before); None where
        one of the two is not on it.
    """

    program: str
    applicant: str
    own_rank: int | None
    quota: int
    submitted_quota: int
    held: int
    last: str | None
    last_rank: int | None
    behind: int | None


@dataclass(frozen=True)
class Entry:
    """One entry of the applicant's list, pair of a couple's list, or entry of a supplemental list.

    Parameters
    ----------
    rank
        As submitted.
    programs
        The program; of a couple the applicant's own and the partner's, None = No Match.
    outcome
        One of ``OUTCOMES``.
    steps
        What happened with it, in its order; empty where that is not recorded.
    rosters
        How its programs ended, where the entry is better than what the applicant has.
    blocks
        Whether the applicant (with the partner) would rather have it and could get it as things stand: a
        matching in which anybody could is not stable.
    supplemental
        The supplemental list that hangs on it, if there is one.
    """

    rank: int
    programs: tuple[str | None, ...]
    outcome: str
    steps: tuple[Step, ...] = ()
    rosters: tuple[Roster, ...] = ()
    blocks: bool = False
    supplemental: tuple[Entry, ...] = ()


@dataclass(frozen=True, repr=False)
class Explanation:
    """What happened to one applicant; see :meth:`Matching.explain`.

    Parameters
    ----------
    applicant, partner
        Whom it is about, and the other member of the couple, None = single.
    program, rank
        The match and its rank as submitted; None = unmatched, or not on the list.
    partner_program
        What the partner has.
    second_program
        What a supplemental list found.
    entries
        The list, best first.
    unrecorded
        Why nothing is told of what happened on the way; empty where it is.
    stable
        Whether the whole matching is stable.
    chain
        The rejection chain; see :meth:`to_graph`.
    lost
        The program whose loss the chain is about; None where the applicant lost none above the match.
    """

    applicant: str
    partner: str | None
    program: str | None
    rank: int | None
    partner_program: str | None
    second_program: str | None
    entries: tuple[Entry, ...]
    unrecorded: str
    stable: bool
    chain: nx.DiGraph = field(repr=False, compare=False)
    lost: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, the chain as lists of its nodes and edges."""
        plain = {name: value for name, value in vars(self).items() if name not in ("entries", "chain")}
        nodes = [{"node": node, **data} for node, data in self.chain.nodes(data=True)]
        edges = [{"from": a, "to": b, **data} for a, b, data in self.chain.edges(data=True)]
        start = self.chain.graph.get("start")
        return {
            "format": FORMAT,
            **plain,
            "entries": [_plain(asdict(entry)) for entry in self.entries],
            "chain": {"start": start, "nodes": nodes, "edges": edges},
        }

    def to_graph(self) -> nx.DiGraph:
        """The rejection chain that cost the applicant the best program that they held and lost.

        Back to the entry of whoever set it off, and forward to everybody who was displaced or let in by
        it. Where the applicant lost nothing above the match, it is the chain in which they got what they
        have; it is empty where nothing is recorded.

        Returns
        -------
        networkx.DiGraph
            See :func:`~matchsim.engine.rejection_chain.rejection_chain`.
        """
        return self.chain.copy()

    def to_pandas(self) -> pd.DataFrame:
        """The list, one row an entry: ``rank``, ``program``, ``partner_program``, ``outcome``, ``blocks``.

        Programs are missing where an entry means No Match; ``partner_program`` is there for couples alone.
        """
        import pandas as pd

        rows: list[dict[str, object]] = []
        for entry in self.entries:
            row: dict[str, object] = {"rank": entry.rank, "outcome": entry.outcome, "blocks": entry.blocks}
            row |= dict(zip(("program", "partner_program"), entry.programs, strict=False))
            rows.append(row)
        columns = ["rank", "program", *(["partner_program"] if self.partner is not None else [])]
        return pd.DataFrame(rows, columns=[*columns, "outcome", "blocks"])

    def plot(self, ax: Axes | None = None, *, caption: str = "") -> Axes:
        """Draw the rejection chain; see :func:`matchsim.charts.rejection_chain.rejection_chain`."""
        from matchsim.charts.rejection_chain import rejection_chain

        return rejection_chain(self.chain, ax, caption=caption)

    def __repr__(self) -> str:
        rank = "" if self.rank is None else f", rank {self.rank}"
        number = counted(len(self.entries), "entry")
        return f"<Explanation of {self.applicant}: {self.program or 'unmatched'}{rank}; {number}>"

    def __str__(self) -> str:
        from matchsim.engine.explanation_text import text_of

        return text_of(self)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _plain(value: Any) -> Any:
    """Tuples as lists, all the way down."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def explained(matching: Matching, applicant: int, *, anonymous: bool = False) -> Explanation:
    """The explanation for the applicant with this index; see :meth:`Matching.explain`."""
    from matchsim.engine.explaining import Explaining

    return Explaining(matching, applicant, anonymous).explanation()
