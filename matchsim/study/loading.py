"""From a name or file to a study: its arms and points, each a resolved scenario."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from matchsim import documents
from matchsim.documents import Document, Node, dotted, sorted_problems, split_path, validated
from matchsim.errors import InputError, Problem, did_you_mean, shown
from matchsim.season.scenario import Scenario, digest, shipped_scenarios
from matchsim.season.scenario.loading import LoadedScenario, layered
from matchsim.season.scenario.origins import leaves
from matchsim.season.scenario.outside import refuse_outside
from matchsim.study.charts import STUDY_CHARTS
from matchsim.study.metrics import METRICS
from matchsim.study.model import Study
from matchsim.study.sweep import points, sweep_problems

__all__ = ["Cell", "LoadedStudy", "read_study", "shipped_studies"]

BASE_ARM = "base"
# Keys of a scenario that belong to the study as a whole, or are written elsewhere in it.
NOT_SET = {
    "seed": "write it at the top of the study: every arm meets the same people",
    "replicates": "write it at the top of the study",
    "extends": "name the scenario under base",
    "policies": "write policies beside set, not in it",
}


@dataclass(frozen=True)
class Cell:
    """One arm at one point of the sweep.

    Attributes
    ----------
    number : int
        Place among the cells, from 0; arms in order, and the points of the sweep within each.
    arm : str
        Name of the arm.
    point : dict
        The values swept, by path; as the results hold them where the study is read back from its folder.
    scenario : Scenario
        Resolved.
    """

    number: int
    arm: str
    point: Mapping[str, Any]
    scenario: Scenario


@dataclass(frozen=True)
class LoadedStudy:
    """A valid study with the resolved scenario of every arm and point.

    Attributes
    ----------
    study : Study
        As written, with the number of replicates asked for.
    cells : tuple of Cell
        All arms at all points.
    seed : int
        Of all random streams: the study's, or else that of its base.
    written : LoadedScenario
        The baseline's scenario at the first point with the places of its values; None where the study is read
        back from its folder.
    """

    study: Study
    cells: tuple[Cell, ...]
    seed: int
    written: LoadedScenario | None = None

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in order."""
        return list(dict.fromkeys(cell.arm for cell in self.cells))

    @property
    def baseline(self) -> str:
        """The arm that the others are compared with."""
        return self.study.baseline or self.arms[0]

    @property
    def axes(self) -> list[str]:
        """What is swept, by path."""
        return list(self.cells[0].point)

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics recorded."""
        return self.study.metrics or list(METRICS)

    def compared(self, baseline: str | None = None) -> list[tuple[Cell, Cell]]:
        """Every cell that is compared, with what it is compared with.

        Where there are several arms that is the cell of the baseline at the same point, where there is one
        its first point.
        """
        if len(self.arms) == 1:
            return [(cell, self.cells[0]) for cell in self.cells[1:]]
        against = self.baseline if baseline is None else baseline
        base = {tuple(cell.point.values()): cell for cell in self.cells if cell.arm == against}
        return [(cell, base[tuple(cell.point.values())]) for cell in self.cells if cell.arm != against]

    def plain(self) -> dict[str, Any]:
        """The study as plain data, every value written out but what is not used."""
        data = self.study.model_dump(exclude_none=True) | {"seed": self.seed}
        return {key: value for key, value in data.items() if value or key != "arms"}

    @cached_property
    def digest(self) -> str:
        """What tells one study from another: 32 hexadecimal digits.

        BLAKE2b (16 bytes) of the study in canonical YAML, but for the charts that are drawn of it, and of the
        digests of all resolved scenarios.
        """
        asked = {key: value for key, value in self.plain().items() if key != "charts"}
        told = [documents.written(asked), *(digest(cell.scenario) for cell in self.cells)]
        return blake2b("\n".join(told).encode(), digest_size=16).hexdigest()


def read_study(
    source: str | os.PathLike[str], *, replicates: int | None = None, allow_outside: bool = True
) -> LoadedStudy:
    """A study with all its scenarios resolved.

    Parameters
    ----------
    source
        The name of a shipped study or the path of a YAML file.
    replicates
        In place of the study's own.
    allow_outside
        Whether the study and its scenarios may name files outside the study's folder.

    Raises
    ------
    InputError
        With every problem found in the study and in its scenarios, each with its place.
    """
    document = _document(str(source))
    study = validated(document, Study)
    if replicates is not None:
        if replicates < 1:
            raise InputError(f"replicates must be at least 1, got {replicates}")
        study = study.model_copy(update={"replicates": replicates})
    found = [*_problems(study)]
    if found:
        raise _placed(found, document)
    return _with_cells(study, document, str(source), allow_outside=allow_outside)


def shipped_studies() -> dict[str, Traversable]:
    """The studies that come with matchsim, by name."""
    folder: Traversable = files("matchsim.data") / "scenarios" / "studies"
    if not folder.is_dir():
        # In a checkout they stand at the top; building the wheel puts them into the package.
        folder = Path(str(files("matchsim"))).parent / "scenarios" / "studies"
    if not folder.is_dir():
        return {}
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {entry.name.removesuffix(".yaml"): entry for entry in sorted(found, key=lambda e: e.name)}


def _document(source: str) -> Document:
    shipped = shipped_studies()
    if source in shipped:
        return documents.parsed_document(documents.decoded(shipped[source].read_bytes(), source), source)
    names_a_file = source.endswith((".yaml", ".yml")) or Path(source).parent != Path()
    if not names_a_file and not Path(source).exists():
        near = did_you_mean(source, shipped)
        told = f"no study is called {shown(source)}"
        raise InputError(Problem(told, remedy=f"{near} shipped studies: {', '.join(shipped)}".strip()))
    return documents.read_document(source)


def _problems(study: Study) -> Iterator[tuple[documents.Path, Problem]]:
    """What cannot be meant in a study whose values are each valid, with the paths of the values."""
    arms = list(study.arms) or [BASE_ARM]
    if study.baseline is not None and study.baseline not in arms:
        told = f"must be one of the arms {', '.join(arms)}; got {study.baseline!r}"
        yield ("baseline",), Problem(told, remedy=did_you_mean(study.baseline, arms))
    for number, name in enumerate(study.metrics):
        if name not in METRICS:
            near = did_you_mean(name, METRICS)
            remedy = f"{near} there are {', '.join(METRICS)}".strip()
            yield ("metrics", number), Problem(f"no metric is called {name!r}", remedy=remedy)
        elif name in study.metrics[:number]:
            yield ("metrics", number), Problem(f"{name!r} stands twice")
    yield from _chart_problems(study)
    for problem in sweep_problems(study.sweep):
        first, _, rest = problem.path.partition(".")
        yield ("sweep", first, *([rest] if rest else [])), problem
    changes = [(("set",), study.set), *((("arms", name, "set"), arm.set) for name, arm in study.arms.items())]
    for path, values in changes:
        yield from _swept_too(path, values, study.sweep.values)
    changes.append((("sweep", "values"), dict(study.sweep.values)))
    for path, values in changes:
        yield from _keys_not_to_set(path, values)


def _chart_problems(study: Study) -> Iterator[tuple[documents.Path, Problem]]:
    for number, name in enumerate(study.charts):
        if name not in STUDY_CHARTS:
            near = did_you_mean(name, STUDY_CHARTS)
            remedy = f"{near} there are {', '.join(STUDY_CHARTS)}".strip()
            yield ("charts", number), Problem(f"no chart of a study is called {name!r}", remedy=remedy)
        elif name in study.charts[:number]:
            yield ("charts", number), Problem(f"{name!r} stands twice")
        elif lacking := STUDY_CHARTS[name].wants(study):
            yield ("charts", number), Problem(f"{name!r} cannot be drawn: {lacking}")


def _swept_too(
    path: documents.Path, values: Mapping[str, Any], swept: Iterable[str]
) -> Iterator[tuple[documents.Path, Problem]]:
    """What is set although the sweep sets it again, written with dots or nested."""
    again = {_steps(key) for key in swept}
    for key, value in values.items():
        for leaf, _ in leaves({key: value}):
            if (*_steps(key), *leaf[1:]) in again:
                told = "is swept too, so that no season would have it"
                yield (*path, *leaf), Problem(told, remedy="take it out here or out of the sweep")


def _steps(key: str) -> documents.Path:
    """The steps of a key, or the key alone where it is no path, which is told elsewhere."""
    try:
        return split_path(key)
    except ValueError:
        return (key,)


def _keys_not_to_set(
    path: documents.Path, values: Mapping[str, Any]
) -> Iterator[tuple[documents.Path, Problem]]:
    for key in values:
        try:
            first, *rest = split_path(key)
        except ValueError:
            yield (*path, key), Problem(f"{key!r} is not a path", remedy="write keys with dots between")
            continue
        if path[0] == "sweep" and first == "policies":
            if len(rest) != 2:
                yield (*path, key), Problem("a parameter is swept as policies.<name>.<parameter>")
        elif first in NOT_SET:
            yield (*path, key), Problem(f"{first} cannot be changed here", remedy=NOT_SET[first])


def _placed(found: list[tuple[documents.Path, Problem]], document: Document) -> InputError:
    problems = [
        Problem(problem.message, document.place_of(path), dotted(path), problem.remedy)
        for path, problem in found
    ]
    return InputError(sorted_problems(problems, document.files))


def _with_cells(study: Study, document: Document, source: str, *, allow_outside: bool) -> LoadedStudy:
    base_place = document.place_of(("base",))
    base = study.base
    if base not in shipped_scenarios():
        base = str(Path(source).parent / base)
    # The base alone first: what is wrong with it need not be said once for every arm.
    try:
        alone = layered(base, (), base_place)
        if not allow_outside:
            refuse_outside(alone, source)
    except InputError as error:
        raise InputError(
            replace(problem, path="base") if problem.place == base_place else problem
            for problem in error.problems
        ) from None
    seed = study.seed if study.seed is not None else alone.scenario.seed
    problems: list[Problem] = []
    cells: list[Cell] = []
    written: dict[str, LoadedScenario] = {}
    for name in study.arms or [BASE_ARM]:
        for point in points(study.sweep, seed):
            try:
                laid = _documents(name, point, document)
                policies = _policies(study, name, point, document)
                found = layered(base, laid, base_place, policies)
                if not allow_outside:
                    refuse_outside(found, source)
            except InputError as error:
                problems += error.problems
                continue
            written.setdefault(name, found)
            scenario = found.scenario.model_copy(update={"seed": seed, "replicates": study.replicates})
            cells.append(Cell(len(cells), name, point, scenario))
    if problems:
        raise InputError(sorted_problems(problems, document.files))
    loaded = LoadedStudy(study, tuple(cells), seed)
    return replace(loaded, written=written[loaded.baseline])


def _documents(arm: str, point: Mapping[str, Any], document: Document) -> list[Document]:
    """What lies over the base in one arm at one point."""
    nodes = [document.node(("set",)), document.node(("arms", arm, "set"))]
    laid = [
        Document(_nested(split_path(key), child), document.files)
        for node in nodes
        if node is not None and isinstance(node.value, dict)
        for key, child in node.value.items()
    ]
    for key, value in point.items():
        steps = split_path(key)
        if steps[0] != "policies":
            laid.append(Document(_nested(steps, _swept(key, value, document)), document.files))
    return laid


def _swept(key: str, value: Any, document: Document) -> Node:
    """The value of a point, standing where it was written or else where its range was."""
    node = document.node(("sweep", "values", key))
    assert node is not None
    if isinstance(node.value, list):
        for item in node.value:
            if item.plain() == value:
                return item
    return Node.of(value, node.place)


def _policies(study: Study, arm: str, point: Mapping[str, Any], document: Document) -> list[Node]:
    """The policies of the study and of the arm as written, with the parameters swept."""
    own = _listed(document.node(("policies",))) + _listed(document.node(("arms", arm, "policies")))
    everywhere = _names(study.policies) | {n for one in study.arms.values() for n in _names(one.policies)}
    for key, value in point.items():
        first, *rest = split_path(key)
        if first != "policies":
            continue
        name, parameter = rest
        swept = _swept(key, value, document)
        held = [node for node in own if isinstance(node.value, dict) and name in node.value]
        if held:
            own = [_with_parameter(node, name, parameter, swept) if node in held else node for node in own]
        elif name not in everywhere:
            own.append(Node({name: Node({parameter: swept}, swept.place)}, swept.place))
    return own


def _listed(node: Node | None) -> list[Node]:
    return list(node.value) if node is not None and isinstance(node.value, list) else []


def _names(policies: list[Any]) -> set[str]:
    return {str(name) for entry in policies if isinstance(entry, dict) for name in entry}


def _with_parameter(node: Node, name: str, parameter: str, value: Node) -> Node:
    assert isinstance(node.value, dict)
    below = node.value[name]
    settings = {**(below.value if isinstance(below.value, dict) else {}), parameter: value}
    return Node({name: Node(settings, below.place, below.key)}, node.place, node.key)


def _nested(steps: tuple[str, ...], node: Node) -> Node:
    for step in reversed(steps):
        node = Node({step: node}, node.place, node.key)
    return node
