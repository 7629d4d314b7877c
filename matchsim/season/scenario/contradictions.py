"""What the parts of a scenario say against one another: one function a part.

Each yields problems with dotted paths. They look at parts whose values are each valid; which of those must be
resolved is said where it matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from matchsim.errors import Problem, counted, did_you_mean
from matchsim.season.scenario.attributes import lower_triangle
from matchsim.season.scenario.model import Cohort, Counts, Couples, Programs, RankLists, Scenario
from matchsim.season.scenario.programs import Specialty
from matchsim.season.scenario.soap import Soap
from matchsim.season.words import APPLICANT_TYPES

__all__ = [
    "of_correlations",
    "of_couples",
    "of_given_programs",
    "of_lists",
    "of_names",
    "of_proposing",
    "of_sizes",
    "of_soap",
]


def of_lists(lists: RankLists) -> Iterator[Problem]:
    """Rank lists come from a folder or are written out, and then all of them."""
    written = {"applicant_lists": lists.applicant_lists, "program_lists": lists.program_lists}
    if not any(value is not None for value in written.values()):
        return
    if lists.folder is not None:
        yield Problem("gives the lists, so no lists may be written out beside it", path="rank_lists.folder")
    for name, value in {**written, "quotas": lists.quotas}.items():
        if value is None:
            yield Problem(f"{name} is missing: lists written out need all three", path="rank_lists")


def of_names(scenario: Scenario, published: Collection[str]) -> Iterator[Problem]:
    """Specialties that this scenario lacks may be named, for a scenario below may have them.

    Parameters
    ----------
    scenario
        As given.
    published
        Names of the specialties of which something is published.
    """
    if scenario.programs.file is not None:
        return
    sizes = scenario.programs.specialties
    known = [*published, *(sizes if isinstance(sizes, dict) else ())]
    early = scenario.match.early_results.specialties
    named = [(f"rank_lists.applicants.first_year.{n}", n) for n in scenario.rank_lists.applicants.first_year]
    named += [(f"match.early_results.specialties[{i}]", name) for i, name in enumerate(early, 1)]
    for path, name in named:
        if name not in known:
            yield Problem(f"no specialty is called {name!r}", path=path, remedy=did_you_mean(name, known))


def of_given_programs(programs: Programs) -> Iterator[Problem]:
    """Where programs or lists are given, no sizes are asked for beside them."""
    for part in ("positions", "number"):
        if getattr(programs, part) is not None:
            told = "would not be read, for the programs are given"
            yield Problem(told, path=f"programs.{part}", remedy="remove it")


def of_sizes(name: str, specialty: Specialty) -> Iterator[Problem]:
    """A specialty has a track, and every program of it a position."""
    path = f"programs.specialties.{name}"
    if not specialty.tracks():
        yield Problem("has no track; give at least one of C, M, P, A, R", path=path)
    for track, size in specialty.tracks().items():
        if size.positions < size.programs:
            need = counted(size.programs, "program needs", "programs need")
            told = f"{need} as many positions at least, got {size.positions}"
            yield Problem(told, path=f"{path}.{track}.positions")
        elif size.positions and not size.programs:
            need = counted(size.positions, "position needs", "positions need")
            told = f"{need} at least one program, got 0"
            yield Problem(told, path=f"{path}.{track}.programs")


def of_correlations(cohort: Cohort) -> Iterator[Problem]:
    """The correlations of attributes are each said once, and people can be so."""
    for one, row in cohort.attributes.correlations.items():
        for other in row:
            if one == other or {one, other} == {"ability", "step2_ck"}:
                told = "is 1 by itself" if one == other else "is step2_ck.ability_correlation"
                path = f"cohort.attributes.correlations.{one}.{other}"
                yield Problem(told, path=path, remedy="remove it")
    try:
        lower_triangle(cohort.step2_ck.ability_correlation, cohort.attributes.correlations)
    except ValueError as error:
        told = f"no people can be so: the correlations of {error} contradict the others"
        yield Problem(told, path="cohort.attributes.correlations", remedy="bring them nearer to 0")


def of_couples(couples: Couples, cohort: Cohort) -> Iterator[Problem]:
    """Everybody in a couple certifies a list, so there must be as many who do; both parts resolved."""
    stated = any(getattr(cohort.active, t) for t in APPLICANT_TYPES)
    if couples.number and not any(getattr(couples.members, t) for t in APPLICANT_TYPES):
        told = f"no type has a weight, but number is {couples.number}"
        yield Problem(told, path="couples.members")
        return
    for t, count in couples.counts().items():
        most = getattr(cohort.active, t)
        if not stated:
            gone = getattr(cohort.withdrawn, t) if isinstance(cohort.withdrawn, Counts) else 0
            most = getattr(cohort.registered, t) - gone
        if count > most:
            told = f"{couples.number} couples have {count} members of this type, but only {most} are "
            told += "active" if stated else "registered and not withdrawn"
            remedy = "make couples.number or this weight smaller"
            yield Problem(told, path=f"couples.members.{t}", remedy=remedy)


def of_soap(soap: Soap) -> Iterator[Problem]:
    """Every round of SOAP has its chance of refusal."""
    if len(soap.refusal) < soap.rounds:
        told = f"needs one chance for each of the {soap.rounds} rounds, got {len(soap.refusal)}"
        yield Problem(told, path="soap.refusal")


def of_proposing(scenario: Scenario, couples: Couples, programs: Programs) -> Iterator[Problem]:
    """Programs propose only where nothing links positions; couples and programs resolved."""
    if scenario.match.proposing == "applicants":
        return
    linked = _linked(scenario, couples, programs)
    if linked:
        told = f"programs can propose only where nothing links positions, but {' and '.join(linked)}"
        zeros = "couples.number, rank_lists.applicants.supplemental and the shares of reversions"
        yield Problem(told, path="match.proposing", remedy=f"set {zeros} to 0")


def _linked(scenario: Scenario, couples: Couples, programs: Programs) -> list[str]:
    """What links positions in a scenario, as far as can be seen before it is run."""
    found = [f"couples.number is {couples.number}"] if couples.number else []
    tracks: set[str] = set("CMPAR")  # of programs in a file nothing is known yet
    if programs.file is None:
        assert isinstance(programs.specialties, dict)
        sizes = [one.tracks() for one in programs.specialties.values()]
        tracks = {track for one in sizes for track, size in one.items() if size.positions}
    share = scenario.rank_lists.applicants.supplemental
    if share and {"A", "P"} <= tracks:
        found.append(f"rank_lists.applicants.supplemental is {share:g}")
    shares = scenario.reversions.model_dump()
    found += [f"reversions.{t} is {shares[t]:g}" for t in shares if shares[t] and {"C", t} <= tracks]
    return found
