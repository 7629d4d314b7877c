"""Stability of small markets with couples as an integer program for OR-tools, to compare answers with.

Written from the definitions in ``matchsim.engine.linked_reference``: everything is counted afresh for every
option, nothing is shared with the formula of ``matchsim.engine.exact``. No supplemental lists.
"""

from __future__ import annotations

from ortools.sat.python import cp_model

from matchsim.engine import Market
from matchsim.engine.reference import lists_of


def best_stable(market: Market, definition: str, objective: str) -> int | None:
    """The most applicants matched, or the lowest sum of ranks, in a stable matching; None if none exists."""
    return _Model(market, definition).best(objective)


class _Model:
    def __init__(self, market: Market, definition: str) -> None:
        self.model = cp_model.CpModel()
        self.definition = definition
        lists, self.programs = lists_of(market)
        self.quota = market.quota.tolist()
        couples = market.couples
        pairs = list(zip(couples.first_program.tolist(), couples.second_program.tolist(), strict=True))
        cut = couples.offsets.tolist()
        self.units = [((a,), [(p,) for p in own]) for a, own in enumerate(lists) if own]
        for c, people in enumerate(zip(couples.first.tolist(), couples.second.tolist(), strict=True)):
            self.units.append((people, pairs[cut[c] : cut[c + 1]]))
        self.chosen = [[self.model.new_bool_var("") for _ in options] for _, options in self.units]
        # Who would be at which program, by which choices.
        self.at: dict[tuple[int, int], list] = {}
        for (people, options), chosen in zip(self.units, self.chosen, strict=True):
            self.model.add(sum(chosen) <= 1)
            for option, x in zip(options, chosen, strict=True):
                if not all(p < 0 or a in self.programs[p] for a, p in zip(people, option, strict=True)):
                    self.model.add(x == 0)
                for a, p in zip(people, option, strict=True):
                    self.at.setdefault((a, p), []).append(x)
        for p, size in enumerate(self.quota):
            self.model.add(sum(self._present(p, self.programs[p])) <= size)
        for (people, options), chosen in zip(self.units, self.chosen, strict=True):
            for k, option in enumerate(options):
                self._forbid_block(people, option, sum(chosen[: k + 1]))

    def best(self, objective: str) -> int | None:
        matched = sum(x for (_, p), there in self.at.items() if p >= 0 for x in there)
        places = sum(
            len(people) * (len(options) + 1 - sum((len(options) - k) * x for k, x in enumerate(chosen)))
            for (people, options), chosen in zip(self.units, self.chosen, strict=True)
        )
        self.model.maximize(matched if objective == "most_matched" else -places)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(self.model)
        assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        return None if status == cp_model.INFEASIBLE else round(abs(solver.objective_value))

    def _present(self, p, people):
        return [x for a in people for x in self.at.get((a, p), [])]

    def _better(self, p, a, without=()):
        """How many that the program likes better than this applicant it holds."""
        ranked = self.programs[p]
        return sum(self._present(p, [b for b in ranked[: ranked.index(a)] if b not in without]))

    def _forbid_block(self, people, option, has):
        named = [(a, p) for a, p in zip(people, option, strict=True) if p >= 0]
        if not all(a in self.programs[p] for a, p in named):
            return
        if len(named) == 2 and option[0] == option[1]:
            refusals = self._refusals_of_both(people, option[0])
        else:
            refusals = [self._refusal(people, a, p) for a, p in named]
        self.model.add(has + sum(refusals) >= 1)

    def _implied(self, *conditions):
        reason = self.model.new_bool_var("")
        for condition in conditions:
            self.model.add(condition).only_enforce_if(reason)
        return reason

    def _refusal(self, people, a, p):
        """Full of better ones; a partner who is there and goes counts as gone where that makes room."""
        full = self._better(p, a) >= self.quota[p]
        if self.definition == "responsive" and len(people) == 2:
            (partner,) = (b for b in people if b != a)
            if partner in self.programs[p]:
                full = self._better(p, a, without=(partner,)) >= self.quota[p]
        return self._implied(full)

    def _refusals_of_both(self, people, p):
        better, worse = sorted(people, key=self.programs[p].index)
        size = self.quota[p]
        if self.definition != "mm":
            return [self._implied(self._better(p, worse, without=people) >= size - 1)]
        return [
            self._implied(self._better(p, worse) >= size),
            self._implied(self._better(p, better) >= size - 1),
        ]
