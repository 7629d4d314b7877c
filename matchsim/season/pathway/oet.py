"""The gate of OET Medicine, by which ECFMG judges communication skills."""

from __future__ import annotations

from matchsim.season.days import in_words
from matchsim.season.pathway.case import Case, Verdict
from matchsim.season.pathway.certification import pathway
from matchsim.season.pathway.predicates import oet_reached, reached, within
from matchsim.season.profile.model import OetSitting
from matchsim.season.rules.model import Oet

__all__ = ["oet"]


def oet(case: Case) -> Verdict:
    """The verdict on OET Medicine: the scores in one sitting, recent enough and in time."""
    profile, rules = case.profile, case.rules.oet
    if profile.pathway.step_2_cs == "passed":
        return Verdict("not needed", "A valid pass of Step 2 CS stands for it.")
    accepted = profile.pathway.accepted is not None and profile.pathway.accepted <= case.today
    if accepted and pathway(case).status == "done":
        return Verdict("done", "It is part of the Pathway that ECFMG accepted.")
    sittings = sorted((one for one in profile.oet if one.date <= case.today), key=lambda one: one.date)
    since, last = rules.taken_since.value, case.last_day("oet")
    counting = [one for one in sittings if within(one.date, since, last)]
    reached_on = [one.date for one in counting if _sitting(one, rules) is True]
    if reached_on:
        return Verdict("done", f"You reached the scores on {in_words(reached_on[0])}.")
    waiting = [one.date for one in counting if _sitting(one, rules) is None]
    if waiting:
        told = f"Your profile does not give all four scores of the sitting of {in_words(waiting[0])}."
        return Verdict("cannot be judged", told)
    if accepted and not case.is_closed("oet"):
        told = "ECFMG must say whether revalidating the Pathway asks for a new sitting."
        return Verdict("cannot be judged", told)
    return case.open_or_closed("oet", _missing(case, sittings))


def _missing(case: Case, sittings: list[OetSitting]) -> str:
    rules = case.rules.oet
    wanted = (
        f"{rules.listening.value} in Listening, {rules.reading.value} in Reading, {rules.speaking.value} in "
        f"Speaking and {rules.writing.value} in Writing are asked in one sitting"
    )
    booked = [one.date for one in case.profile.oet if one.date > case.today]
    plan = f" You have booked {in_words(min(booked))}." if booked else ""
    if not sittings:
        return f"Not taken yet; {wanted}.{plan}"
    if any(_sitting(one, rules) and one.date < rules.taken_since.value for one in sittings):
        since = in_words(rules.taken_since.value)
        return f"Your sitting is too old; only those since {since} count for this season.{plan}"
    return f"No sitting reached the scores so far; {wanted}.{plan}"


def _sitting(sitting: OetSitting, rules: Oet) -> bool | None:
    """Whether a sitting reached the scores; None where the scores that are known do not decide."""
    parts = ("listening", "reading", "speaking", "writing")
    given = [getattr(sitting, part) for part in parts]
    lowest = [getattr(rules, part).value for part in parts]
    known = [(score, least) for score, least in zip(given, lowest, strict=True) if score is not None]
    if not all(reached(score, least) for score, least in known):
        return False
    if len(known) < len(parts):
        return None
    return bool(oet_reached(tuple(given), tuple(lowest)))
