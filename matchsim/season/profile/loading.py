"""From a name or file to a profile, with the places of what was written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from matchsim import documents
from matchsim.documents import Document, sorted_problems, validated
from matchsim.documents.nodes import Path as Steps
from matchsim.errors import InputError, Problem, counted, did_you_mean, shown
from matchsim.season.profile.model import Attempt, OetSitting, Profile

__all__ = [
    "LoadedProfile",
    "contradictions",
    "load_profile",
    "parsed_profile",
    "read_profile",
    "shipped_profiles",
]

OSTEOPATHIC = ("us_do_senior", "us_do_grad")


@dataclass(frozen=True)
class LoadedProfile:
    """A profile and the document in which it was written."""

    profile: Profile
    document: Document

    def refuse(self, found: Iterable[tuple[Steps, Problem]]) -> None:
        """Raise what was found about the profile, each with the place of its value.

        Raises
        ------
        InputError
            When anything was found.
        """
        problems = [
            Problem(problem.message, self.document.place_of(path), documents.dotted(path), problem.remedy)
            for path, problem in found
        ]
        if problems:
            raise InputError(sorted_problems(problems, self.document.files))


def load_profile(source: str | os.PathLike[str]) -> Profile:
    """The profile in a file, or one that is shipped.

    Parameters
    ----------
    source
        The path of a YAML file, or the name of a shipped profile such as ``"us-img"``.

    Raises
    ------
    InputError
        With every problem found and its place.
    """
    return read_profile(source).profile


def read_profile(source: str | os.PathLike[str]) -> LoadedProfile:
    """As :func:`load_profile`, with the places of all values."""
    loaded = parsed_profile(source)
    loaded.refuse(contradictions(loaded.profile))
    return loaded


def parsed_profile(source: str | os.PathLike[str]) -> LoadedProfile:
    """As :func:`read_profile`, but each value is checked by itself alone; see :func:`contradictions`."""
    document = _document(str(source))
    return LoadedProfile(validated(document, Profile), document)


def shipped_profiles() -> dict[str, Traversable]:
    """The profiles that come with matchsim, by name."""
    folder: Traversable = files("matchsim.data") / "scenarios" / "profiles"
    if not folder.is_dir():
        # In a checkout they stand at the top; building the wheel puts them into the package.
        folder = Path(str(files("matchsim"))).parent / "scenarios" / "profiles"
    if not folder.is_dir():
        return {}
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {entry.name.removesuffix(".yaml"): entry for entry in sorted(found, key=lambda e: e.name)}


def _document(source: str) -> Document:
    shipped = shipped_profiles()
    if source in shipped:
        return documents.parsed_document(documents.decoded(shipped[source].read_bytes(), source), source)
    names_a_file = source.endswith((".yaml", ".yml")) or Path(source).parent != Path()
    if not names_a_file and not Path(source).exists():
        near = did_you_mean(source, shipped)
        told = f"no profile is called {shown(source)}"
        raise InputError(Problem(told, remedy=f"{near} shipped profiles: {', '.join(shipped)}".strip()))
    return documents.read_document(source)


def contradictions(profile: Profile) -> Iterator[tuple[Steps, Problem]]:
    """What cannot be true together under the rules of any season, with the paths of the values."""
    yield from _citizenship(profile)
    yield from _exams(profile)
    yield from _wishes(profile)
    pathway, letters = profile.pathway, profile.letters
    if pathway.applied and pathway.accepted and pathway.accepted < pathway.applied:
        yield ("pathway", "accepted"), Problem("is before the day of the application")
    if pathway.accepted and pathway.expires and pathway.expires < pathway.accepted:
        yield ("pathway", "expires"), Problem("is before the day of the acceptance")
    if letters.ready is not None and letters.from_us is not None and letters.from_us > letters.ready:
        told = f"must be at most the letters ready, {letters.ready}, got {letters.from_us}"
        yield ("letters", "from_us"), Problem(told)


def _citizenship(profile: Profile) -> Iterator[tuple[Steps, Problem]]:
    kind, citizenship = profile.applicant_type, profile.citizenship
    if kind == "us_img" and citizenship not in (None, "us"):
        remedy = "permanent residents from schools abroad are non_us_img" if citizenship != "other" else ""
        yield ("citizenship",), Problem(f"us_img are US citizens, got {citizenship!r}", remedy=remedy)
    if kind == "non_us_img" and citizenship == "us":
        told = "US citizens from schools abroad are us_img, not non_us_img"
        yield ("citizenship",), Problem(told)
    if profile.visa in ("j1", "h1b") and (citizenship in ("us", "permanent_resident") or kind == "us_img"):
        who = "permanent residents need" if citizenship == "permanent_resident" else "US citizens need"
        yield ("visa",), Problem(f"{who} no visa, got {profile.visa!r}", remedy="write 'none'")


def _exams(profile: Profile) -> Iterator[tuple[Steps, Problem]]:
    for name in type(profile.exams).model_fields:
        attempts = getattr(profile.exams, name)
        if name.startswith("comlex") and attempts and profile.applicant_type not in OSTEOPATHIC:
            told = f"COMLEX-USA is for students and graduates of DO schools, not for {profile.applicant_type}"
            yield ("exams", name), Problem(told)
        yield from _same_days(attempts, ("exams", name), "an attempt")
    yield from _same_days(profile.oet, ("oet",), "a sitting")


def _same_days(
    exams: Sequence[Attempt | OetSitting], path: Steps, what: str
) -> Iterator[tuple[Steps, Problem]]:
    for number, one in enumerate(exams):
        if any(one.date == earlier.date for earlier in exams[:number]):
            told = f"there is already {what} of {one.date.isoformat()}"
            yield (*path, number, "date"), Problem(told)


def _wishes(profile: Profile) -> Iterator[tuple[Steps, Problem]]:
    for name, times in Counter(profile.specialties).items():
        if times > 1:
            last = len(profile.specialties) - 1 - profile.specialties[::-1].index(name)
            yield ("specialties", last), Problem(f"{name!r} stands twice")
    for part in ("applications", "signals"):
        for name in getattr(profile, part):
            if name not in profile.specialties:
                near = did_you_mean(name, profile.specialties)
                listed = f"specialties: {', '.join(profile.specialties) or 'none'}"
                told = f"{name!r} is not among your specialties"
                yield (part, name), Problem(told, remedy=f"{near} {listed}".strip())
    for name, some in profile.signals.items():
        sent, signals = profile.applications.get(name), some.gold + some.silver
        if sent is not None and signals > sent:
            both = f"{counted(signals, 'signal')} and {counted(sent, 'application')}"
            told = f"every signal goes with an application, got {both}"
            yield ("signals", name), Problem(told)
