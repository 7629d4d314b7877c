"""One program in a propositional formula: its quota, whom it holds, and to whom it is closed."""

from __future__ import annotations

from bisect import bisect_left

from matchsim.engine.formula import FALSE, TRUE, Counter, Formula

__all__ = ["ProgramFormula"]


class ProgramFormula:
    """The quota of a program as clauses, and literals that say that it is closed.

    Parameters
    ----------
    formula
        To which the clauses are added.
    held
        Every seat that may be held, and the literal that says that it is.
    least, most
        The least and the largest quota.
    open_to, closed_behind
        What is known already; see ``bounds.Bounds``.
    """

    def __init__(
        self,
        formula: Formula,
        held: dict[int, int],
        quotas: tuple[int, int],
        known: tuple[int, int],
    ) -> None:
        self.formula = formula
        self.least, self.most = quotas
        self.open_to, self.closed_behind = known
        seats = sorted(held)
        # Seats held in any case only lower the number of the others that count. They are not more than the
        # least quota, being among so many of the best that may be held.
        self._sure = [seat for seat in seats if held[seat] == TRUE]
        self._seats = [seat for seat in seats if held[seat] != TRUE]
        self._literals = [held[seat] for seat in self._seats]
        self._counter: Counter | None = None
        self._closed: dict[tuple[int, int, int], int] = {}
        self._larger = [formula.variable() for _ in range(self.least, self.most)]
        for one, next_one in zip(self._larger, self._larger[1:], strict=False):
            formula.add(-next_one, one)
        self._keep_quota()

    def quota_at_least(self, number: int) -> int:
        """The literal that says that the quota is at least so large."""
        if number <= self.least:
            return TRUE
        return FALSE if number > self.most else self._larger[number - self.least - 1]

    def closed(self, seat: int, spare: int = 0) -> int:
        """A literal that is true only if as many better seats are held as there are positions.

        Parameters
        ----------
        spare
            That many fewer do.
        """
        if seat > self.closed_behind:
            return TRUE
        if seat <= self.open_to and not spare:
            return FALSE
        sure, among = bisect_left(self._sure, seat), bisect_left(self._seats, seat)
        if self.least == self.most:
            return self._held(self.least - spare - sure, among)
        asked = sure, among, spare
        if asked not in self._closed:
            self._closed[asked] = found = self.formula.variable()
            for quota in range(self.least, self.most + 1):
                full = self._held(quota - spare - sure, among)
                self.formula.add(-found, -self.quota_at_least(quota), full)
        return self._closed[asked]

    def _held(self, number: int, among: int) -> int:
        """The literal that says that at least `number` of the best `among` unsure seats are held."""
        room = self.most - len(self._sure)
        if number > min(among, room) or number <= 0:
            return TRUE if number <= 0 else FALSE
        if self._counter is None:
            self._counter = Counter(self.formula, self._literals, room)
        return self._counter.at_least(number, among)

    def _keep_quota(self) -> None:
        for quota in range(self.least, self.most + 1):
            larger, room = self.quota_at_least(quota + 1), quota - len(self._sure)
            for before in range(room, len(self._literals)):
                self.formula.add(-self._literals[before], -self._held(room, before), larger)
