"""What a valid scenario says that its author may not have meant: one small function for each suspicion.

Every function takes a loaded scenario and yields problems with dotted paths; none of them stops a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from matchsim.errors import Problem, counted
from matchsim.season.scenario.loading import LoadedScenario, placed
from matchsim.season.scenario.model import ByType, Counts, Scenario
from matchsim.season.words import APPLICANT_TYPES

__all__ = ["CHECKS", "people", "positions", "remarks"]

# Positions for one applicant, and applicants for one position, beyond which a market is remarked upon.
# The nation has 0.92 positions for one active applicant in 2025.
MANY_POSITIONS = 1.5
MANY_APPLICANTS = 5.0
MANY_REPLICATES = 10_000


def remarks(loaded: LoadedScenario) -> list[Problem]:
    """Everything suspicious about a scenario, with its places."""
    found = [problem for check in CHECKS for problem in check(loaded)]
    return [placed(problem, loaded.document) for problem in found]


def draws_people(scenario: Scenario) -> bool:
    """Whether applicants and programs are both drawn, not read from files or written out."""
    lists = scenario.rank_lists
    given = (lists.folder, lists.applicant_lists, scenario.cohort.file, scenario.programs.file)
    return all(value is None for value in given)


def people(scenario: Scenario) -> Counts:
    """Active people by type of a resolved scenario."""
    assert isinstance(scenario.cohort.active, Counts)
    return scenario.cohort.active


def positions(scenario: Scenario, tracks: str = "CMPAR") -> int:
    """Positions of a resolved scenario in these tracks."""
    sizes = scenario.programs.specialties
    assert isinstance(sizes, dict)
    return sum(
        size.positions for one in sizes.values() for track, size in one.tracks().items() if track in tracks
    )


def _market_balance(loaded: LoadedScenario) -> Iterator[Problem]:
    if not draws_people(loaded.scenario):
        return
    applicants = sum(getattr(people(loaded.scenario), t) for t in APPLICANT_TYPES)
    seats = positions(loaded.scenario)
    if not applicants:
        yield Problem("nobody is active, so nobody can match", path="cohort.active")
    if not seats:
        yield Problem("there are no positions", path="programs.specialties")
    if applicants and seats > MANY_POSITIONS * applicants:
        many = counted(seats, "position is", "positions are")
        told = f"{many} many for {counted(applicants, 'active applicant')}"
        yield Problem(told, path="programs.specialties")
    if seats and applicants > MANY_APPLICANTS * seats:
        many = counted(applicants, "active applicant is", "active applicants are")
        told = f"{many} many for {counted(seats, 'position')}"
        yield Problem(told, path="cohort.active")


def _types_left_out(loaded: LoadedScenario) -> Iterator[Problem]:
    """A mapping in place of the word 'published' sets the types that it leaves out to zero."""
    for part in ("active", "withdrawn", "registered", "backup_share"):
        node = loaded.document.node(("cohort", part))
        if node is None or not isinstance(node.value, dict) or not node.value:
            continue
        left = [t for t in APPLICANT_TYPES if t not in node.value]
        if left:
            told = f"is not given for {', '.join(left)}: taken as 0"
            yield Problem(told, path=f"cohort.{part}", remedy="write every type to be sure")


def _no_interviews(loaded: LoadedScenario) -> Iterator[Problem]:
    given = loaded.scenario.interviews
    if given.file is not None:
        return
    if given.per_position == 0 and given.minimum == 0:
        yield Problem("nobody is interviewed, so nobody can match", path="interviews.per_position")
    elif given.per_position < 1 and given.minimum == 0:
        told = "there are fewer interviews than positions"
        yield Problem(told, path="interviews.per_position")
    if given.capacity.mean < 1:
        told = f"people attend {given.capacity.mean:g} interviews on average; everybody attends at least one"
        yield Problem(told, path="interviews.capacity.mean")


def _no_applications(loaded: LoadedScenario) -> Iterator[Problem]:
    means = loaded.scenario.applications.per_applicant
    if loaded.scenario.applications.file is not None or not isinstance(means, ByType):
        return
    for t in APPLICANT_TYPES:
        if getattr(people(loaded.scenario), t) and getattr(means, t) <= 0:
            silent = getattr(people(loaded.scenario), t)
            told = f"{counted(silent, 'active person sends', 'active people send')} no applications"
            yield Problem(told, path=f"applications.per_applicant.{t}")


def _signals_without_programs(loaded: LoadedScenario) -> Iterator[Problem]:
    budgets, sizes = loaded.scenario.applications.signals, loaded.scenario.programs.specialties
    if not (isinstance(budgets, dict) and isinstance(sizes, dict) and draws_people(loaded.scenario)):
        return
    for name, budget in budgets.items():
        count = sum(size.programs for size in sizes[name].tracks().values()) if name in sizes else 0
        if name not in sizes:
            yield Problem("no program of this scenario is in it", path=f"applications.signals.{name}")
        elif budget.gold + budget.silver > count:
            told = f"{budget.gold + budget.silver} signals are more than its {counted(count, 'program')}"
            yield Problem(told, path=f"applications.signals.{name}")


def _advanced_without_first_year(loaded: LoadedScenario) -> Iterator[Problem]:
    if not draws_people(loaded.scenario):
        return
    if positions(loaded.scenario, "A") and not positions(loaded.scenario, "P"):
        told = "there are advanced positions, but no preliminary ones for their first year"
        yield Problem(told, path="programs.specialties")


def _reserved_without_physicians(loaded: LoadedScenario) -> Iterator[Problem]:
    training = loaded.scenario.cohort.prior_training
    if draws_people(loaded.scenario) and positions(loaded.scenario, "R"):
        active = people(loaded.scenario)
        if not any(getattr(training, t) and getattr(active, t) for t in APPLICANT_TYPES):
            told = "nobody has earlier training, so R positions stay empty"
            yield Problem(told, path="cohort.prior_training")


def _many_replicates(loaded: LoadedScenario) -> Iterator[Problem]:
    count = loaded.scenario.replicates
    if count > MANY_REPLICATES:
        told = f"{count:,} replicates narrow intervals no further than {MANY_REPLICATES:,} in most uses"
        yield Problem(told, path="replicates")


def _waves_of_nobody(loaded: LoadedScenario) -> Iterator[Problem]:
    soap, refusal = loaded.scenario.soap, loaded.scenario.soap.refusal
    if len(refusal) > soap.rounds > 0:
        told = f"has {len(refusal)} chances for {soap.rounds} rounds; the last are not used"
        yield Problem(told, path="soap.refusal")
    if soap.rounds and not soap.applications:
        yield Problem("nobody applies in SOAP, so no round fills anything", path="soap.applications")


CHECKS: tuple[Callable[[LoadedScenario], Iterator[Problem]], ...] = (
    _market_balance,
    _types_left_out,
    _no_applications,
    _signals_without_programs,
    _no_interviews,
    _advanced_without_first_year,
    _reserved_without_physicians,
    _waves_of_nobody,
    _many_replicates,
)
