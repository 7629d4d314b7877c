"""From the terse scenario that a person writes to the resolved one, in which nothing is implied."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from matchsim.errors import Problem, ScenarioError, did_you_mean
from matchsim.season.pathway.case import in_force
from matchsim.season.rules import load_rules
from matchsim.season.scenario import contradictions, published
from matchsim.season.scenario.model import (
    ByType,
    Cohort,
    Counts,
    Couples,
    Programs,
    RankLists,
    Scenario,
    SharesByType,
    SignalBudget,
    TrackSize,
    WeightsByType,
)
from matchsim.season.scenario.parts import MOST_PEOPLE
from matchsim.season.scenario.preferences import faults, published_preferences
from matchsim.season.scenario.programs import Specialty
from matchsim.season.scenario.resizing import resized
from matchsim.season.words import APPLICANT_TYPES, ROAD_GATES, ApplicantType

__all__ = ["Resolution", "resolved"]


@dataclass(frozen=True)
class Resolution:
    """A resolved scenario and where its published values come from.

    Attributes
    ----------
    scenario
        Without the word ``published`` and without optional parts that mean something by their absence.
    sources
        By dotted path of a value or of the part that holds it: basis and source in one sentence.
    """

    scenario: Scenario
    sources: dict[str, str]


def resolved(scenario: Scenario) -> Resolution:
    """Replace every ``published`` and every implied value of a valid scenario by numbers.

    A resolved scenario is left as it is.

    Raises
    ------
    ScenarioError
        When the parts contradict each other, every contradiction with its dotted path (without a
        place: the caller knows the file).
    """
    resolver = _Resolver(scenario)
    result = resolver.scenario()
    if resolver.problems:
        raise ScenarioError(resolver.problems)
    return Resolution(result, resolver.sources)


class _Resolver:
    def __init__(self, scenario: Scenario) -> None:
        self.given = scenario
        self.problems: list[Problem] = []
        self.sources: dict[str, str] = {}
        self.season = published.season_of(scenario.season)
        self.known = published.specialties(self.season)
        self.season_told = f"season {self.season}, matchsim/data/published/{self.season}"

    def scenario(self) -> Scenario:
        self.problems += contradictions.of_lists(self.given.rank_lists)
        self.problems += contradictions.of_names(self.given, self.known)
        lists_given = _lists_given(self.given.rank_lists)
        programs = self._programs(self.given.programs, unused=lists_given)
        cohort = self._cohort(self.given.cohort, programs, unused=lists_given)
        couples = self._couples(self.given.couples, cohort, programs, unused=lists_given)
        applications = self.given.applications
        if applications.per_applicant == "published":
            mean = published.applications_per_applicant(self.season)
            self._tell("applications.per_applicant", "published", "applications.csv")
            applications = applications.model_copy(update={"per_applicant": ByType(**mean)})
        if applications.signals == "published":
            assert isinstance(programs.specialties, dict)
            budgets = {
                name: SignalBudget(gold=budget.gold, silver=budget.silver)
                for name, budget in load_rules(self.given.season).signals.items()
                if name in programs.specialties
            }
            rules = f"matchsim/data/seasons/{self.given.season}.yaml"
            self.sources["applications.signals"] = f"published, some recalled or inferred; {rules}"
            applications = applications.model_copy(update={"signals": budgets})
        soap = self.given.soap
        self.problems += contradictions.of_soap(soap)
        if soap.services == "published":
            services = {name: told.value for name, told in load_rules(self.given.season).services.items()}
            rules = f"matchsim/data/seasons/{self.given.season}.yaml"
            self.sources["soap.services"] = f"published; season {self.given.season}, {rules}"
            soap = soap.model_copy(update={"services": services})
        parts = {
            "programs": programs,
            "cohort": cohort,
            "couples": couples,
            "applications": applications,
            "soap": soap,
        }
        # Lists in a folder are looked at later.
        if not lists_given and not self.problems:
            self.problems += contradictions.of_proposing(self.given, couples, programs)
        return self.given.model_copy(update=parts)

    def _programs(self, programs: Programs, *, unused: bool) -> Programs:
        given = programs.specialties
        if unused or programs.file is not None:
            self.problems += contradictions.of_given_programs(programs)
            return programs.model_copy(update={"specialties": given if isinstance(given, dict) else {}})
        if given == "published":
            given = list(self.known)
        if isinstance(given, list):
            self._tell("programs.specialties", "published, unpublished counts derived", "specialties.csv")
            given = self._published_specialties(given)
        sized: dict[str, Specialty] = {}
        for name, specialty in given.items():
            self.problems += contradictions.of_sizes(name, specialty)
            sized[name] = self._with_competitiveness(name, specialty)
        sized = self._resized(programs, sized)
        return programs.model_copy(update={"specialties": sized, "positions": None, "number": None})

    def _resized(self, programs: Programs, specialties: dict[str, Specialty]) -> dict[str, Specialty]:
        """The specialties with the positions and programs that are asked for."""
        if self.problems or (programs.positions is None and programs.number is None):
            return specialties
        try:
            sized = resized(specialties, programs.positions, programs.number)
        except ScenarioError as error:
            self.problems += error.problems
            return specialties
        if "programs.specialties" in self.sources:
            what = " and ".join(
                f"programs.{part}" for part in ("positions", "number") if getattr(programs, part) is not None
            )
            self.sources["programs.specialties"] += f", scaled to {what}"
        return sized

    def _published_specialties(self, names: list[str]) -> dict[str, Specialty]:
        found: dict[str, Specialty] = {}
        for i, name in enumerate(names):
            if name not in self.known:
                self._problem(
                    f"programs.specialties.{i}",
                    f"no published specialty of {self.season} is called {name!r}",
                    did_you_mean(name, self.known),
                )
            elif name in found:
                self._problem(f"programs.specialties.{i}", f"{name!r} is named twice")
            else:
                sizes = self.known[name].sizes
                tracks: dict[str, Any] = {
                    t: TrackSize(programs=p, positions=q) for t, (p, q) in sizes.items() if q
                }
                found[name] = Specialty().model_copy(update=tracks)
        return found

    def _with_competitiveness(self, name: str, specialty: Specialty) -> Specialty:
        if specialty.competitiveness is not None:
            return specialty
        path = f"programs.specialties.{name}.competitiveness"
        value = 0.5
        if name in self.known:
            value = round(self.known[name].competitiveness, 4)
            self._tell(path, "derived: share filled by US MD seniors", "specialties.csv")
        return specialty.model_copy(update={"competitiveness": value})

    def _cohort(self, cohort: Cohort, programs: Programs, *, unused: bool) -> Cohort:
        self.problems += contradictions.of_correlations(cohort)
        cohort = self._exam(cohort)
        if unused or cohort.file is not None:
            return _emptied(cohort)
        assert isinstance(programs.specialties, dict)
        if programs.file is not None and self._asks_for_published(cohort):
            return _emptied(cohort)
        cohort = self._counts(cohort, programs)
        return self._preferences(cohort, programs.specialties)

    def _asks_for_published(self, cohort: Cohort) -> bool:
        """Whether people are to be as published although the programs are a person's own; complains of it."""
        asked = [
            part for part in ("active", "preferences", "backups") if getattr(cohort, part) == "published"
        ]
        for part in asked:
            how = "by type" if part == "active" else "by type and specialty"
            self._problem(f"cohort.{part}", f"must be written out {how}, for the programs come from a file")
        return bool(asked)

    def _counts(self, cohort: Cohort, programs: Programs) -> Cohort:
        whole = self.given.programs.specialties == "published"
        figures = published.people(self.season)
        active, withdrawn, registered = cohort.active, cohort.withdrawn, cohort.registered
        if active == "published":
            assert isinstance(programs.specialties, dict)
            names = list(programs.specialties)
            unknown = [name for name in names if name not in self.known]
            if unknown:
                told = f"is published for no specialty {unknown[0]!r}; write the numbers out by type"
                self._problem("cohort.active", told)
            some = published.applicants_of(self.season, [n for n in names if n in self.known])
            active = Counts(**(figures["active"] if whole else some))
            basis = "published" if whole else "derived: people who rank these specialties"
            self._tell("cohort.active", basis, "totals.csv" if whole else "specialties.csv")
        assert isinstance(active, Counts)
        if withdrawn == "published" or (withdrawn is None and registered == "published"):
            withdrawn = (
                self._counts_of("withdrawn", _in_proportion(figures, "withdrawn", active)) if whole else None
            )
            basis = "derived" if whole else "as the gates of the pathway stop people"
            self._tell("cohort.withdrawn", basis, "totals.csv")
        assert not isinstance(withdrawn, str)
        least = {t: getattr(active, t) + (getattr(withdrawn, t) if withdrawn else 0) for t in APPLICANT_TYPES}
        if registered == "published" and whole:
            registered = self._counts_of("registered", _in_proportion(figures, "registered", active))
            self._tell("cohort.registered", "derived by type from published sums", "totals.csv")
        if registered == "published" or registered is None:
            passing = 1.0 if withdrawn else None
            chance = {t: passing or self._pass_rate(t) for t in APPLICANT_TYPES}
            registered = self._counts_of(
                "registered", {t: round(least[t] / chance[t]) for t in APPLICANT_TYPES}
            )
        assert isinstance(registered, Counts)
        for t, count in least.items():
            if getattr(registered, t) < min(count, MOST_PEOPLE):
                told = (
                    f"must be at least active and withdrawn together, {count}, got {getattr(registered, t)}"
                )
                self._problem(f"cohort.registered.{t}", told)
        counts = {"active": active, "withdrawn": withdrawn, "registered": registered}
        return cohort.model_copy(update=counts)

    def _counts_of(self, part: str, derived: dict[ApplicantType, int]) -> Counts:
        """Derived numbers of people, complaining of those that no scenario could state."""
        for t, count in derived.items():
            if count > MOST_PEOPLE:
                told = f"asks for {count:,} people {part}, and there can be at most {MOST_PEOPLE:,} of a type"
                self._problem(f"cohort.active.{t}", told)
        return Counts(**{t: min(count, MOST_PEOPLE) for t, count in derived.items()})

    def _pass_rate(self, kind: ApplicantType) -> float:
        """The share of a type whom the gates before the list deadline let pass; at least 0.001."""
        gates = self.given.pathway.gates
        stopped: list[float] = [getattr(getattr(gates, gate), kind) for gate in ROAD_GATES]
        return max(prod(1.0 - share for share in stopped), 0.001)

    def _exam(self, cohort: Cohort) -> Cohort:
        """Step 2 CK with the passing score in force at the list deadline of the season."""
        exam = cohort.step2_ck
        if exam.passing == "published":
            rules = load_rules(self.given.season)
            entry = in_force(rules.exams.step_2_ck.passing, rules.calendar.rank_list_deadline.value)
            assert entry is not None
            exam = exam.model_copy(update={"passing": entry.value})
            self.sources["cohort.step2_ck.passing"] = f"{entry.basis}; {entry.source}"
        return cohort.model_copy(update={"step2_ck": exam})

    def _preferences(self, cohort: Cohort, specialties: dict[str, Specialty]) -> Cohort:
        values, basis = published_preferences(cohort, specialties, self.season)
        for part, told in basis.items():
            self._tell(f"cohort.{part}", told, "specialties.csv")
        cohort = cohort.model_copy(update=values)
        # The specialties of a file are known, and checked, when it is read.
        self.problems += faults(cohort, None if self.given.programs.file else specialties)
        return cohort

    def _couples(self, couples: Couples, cohort: Cohort, programs: Programs, *, unused: bool) -> Couples:
        if unused or cohort.file is not None:
            if couples.number not in ("published", 0):
                told = f"would not be read, for the people are given; got {couples.number}"
                self._problem(
                    "couples.number", told, "say with the people who is in a couple, and leave this out"
                )
            nobody = {"number": 0, "members": WeightsByType()}
            return couples.model_copy(
                update={key: value for key, value in nobody.items() if getattr(couples, key) == "published"}
            )
        if self.problems:  # without numbers of people there are none of couples
            return couples
        assert isinstance(cohort.active, Counts)
        active = {t: getattr(cohort.active, t) for t in APPLICANT_TYPES}
        national = published.people(self.season)["active"]
        known = published.members_of_couples(self.season)
        often = {t: active[t] * known[t] / national[t] for t in APPLICANT_TYPES}
        update: dict[str, object] = {}
        if couples.number == "published":
            # Where there is one specialty, most partners are in another, which is not simulated.
            alone = programs.file is None and len(programs.specialties) == 1
            update["number"] = 0 if alone else round(sum(often.values()) / 2)
            basis = "published" if active == national else "derived: as frequent by type as in the nation"
            self._tell("couples.number", basis, "couples.csv")
        if couples.members == "published":
            update["members"] = WeightsByType(**{t: round(value, 3) for t, value in often.items()})
            self._tell("couples.members", "derived", "couples.csv")
        couples = couples.model_copy(update=update)
        self.problems += contradictions.of_couples(couples, cohort)
        return couples

    def _problem(self, path: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(message, path=path, remedy=remedy))

    def _tell(self, path: str, basis: str, table: str) -> None:
        self.sources[path] = f"{basis}; {self.season_told}/{table}"


def _lists_given(lists: RankLists) -> bool:
    return lists.folder is not None or lists.applicant_lists is not None or lists.program_lists is not None


def _in_proportion(
    figures: dict[str, dict[ApplicantType, int]], part: str, active: Counts
) -> dict[ApplicantType, int]:
    """The published registered or withdrawn, as many for each active person as published."""
    return {t: round(figures[part][t] * getattr(active, t) / figures["active"][t]) for t in APPLICANT_TYPES}


def _emptied(cohort: Cohort) -> Cohort:
    """The cohort with nothing left to resolve: its numbers come from files or written lists."""
    empty: dict[str, object] = {
        "active": Counts(),
        "registered": Counts(),
        "withdrawn": Counts(),
        "preferences": {},
        "backups": {},
        "backup_share": SharesByType(),
        "prior_training": SharesByType(),
        "trained_preferences": {},
    }
    words = {key: value for key, value in empty.items() if getattr(cohort, key) in ("published", None)}
    return cohort.model_copy(update=words)
