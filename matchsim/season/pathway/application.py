"""The gates of applying: graduation, clinical months, letters, documents, token, applications, signals."""

from __future__ import annotations

from typing import get_args

from matchsim.season.days import in_words
from matchsim.season.pathway.case import Case, Verdict, listed
from matchsim.season.profile.model import Document

__all__ = [
    "applications",
    "documents",
    "eras_token",
    "graduation",
    "letters",
    "signals",
    "us_clinical_experience",
]

DOCUMENTS: dict[Document, str] = {
    "mspe": "MSPE",
    "transcript": "transcript",
    "personal_statement": "personal statement",
    "photo": "photo",
}
assert set(DOCUMENTS) == set(get_args(Document))


def graduation(case: Case) -> Verdict:
    """The verdict on graduating before training starts."""
    year, season, kind = case.profile.graduation_year, case.rules.season, case.profile.applicant_type
    if year is None:
        return Verdict("cannot be judged", "Your profile does not say when you graduate (graduation_year).")
    if year > season:
        start = in_words(case.day("training_starts"))
        return Verdict("failed", f"You graduate in {year}, after training starts on {start}.")
    if kind.endswith("_senior") != (year == season) and kind.startswith("us_") and kind != "us_img":
        senior = "us_md_senior or us_do_senior"
        told = f"Who graduates in {season} is {senior}, earlier graduates are us_md_grad or us_do_grad"
        return Verdict("cannot be judged", f"{told}; you are {kind} and graduate in {year}.")
    if year == season or year > case.today.year:
        return case.open_or_closed("graduation", f"You are to graduate in {year}.")
    return Verdict("done", f"You graduated in {year}.")


def us_clinical_experience(case: Case) -> Verdict:
    """What to know about clinical months in the United States, which no rule asks for."""
    months = case.profile.us_clinical_months
    told = "No rule asks for it; it is a filter of some programs."
    if months is None:
        return Verdict("not needed", f"{told} Your profile does not say how much you have.")
    return Verdict("not needed", f"{told} You have {months:g} {'month' if months == 1 else 'months'}.")


def letters(case: Case) -> Verdict:
    """The verdict on letters of recommendation."""
    given, limit = case.profile.letters, case.rules.limits.letters_per_program.value
    if given.ready is None:
        return Verdict("cannot be judged", "Your profile does not say how many are ready (letters.ready).")
    most = f"At most {limit} go to one program."
    if not given.ready:
        return case.open_or_closed("letters", f"No letter is ready. {most}")
    from_us = f", {given.from_us} of them from the United States" if given.from_us is not None else ""
    return Verdict("done", f"{given.ready} ready{from_us}. {most}")


def documents(case: Case) -> Verdict:
    """The verdict on the other documents of an application."""
    lacking = [told for word, told in DOCUMENTS.items() if word not in case.profile.documents]
    if not lacking:
        return Verdict("done", f"Uploaded: {listed(DOCUMENTS.values())}.")
    return case.open_or_closed("documents", f"Not uploaded: {listed(lacking)}.")


def eras_token(case: Case) -> Verdict:
    """The verdict on the token that opens MyERAS."""
    return case.step("eras_token", "eras_token", since="eras_opens")


def applications(case: Case) -> Verdict:
    """The verdict on sending the applications."""
    verdict = case.step("applications", "applications_sent", since="eras_submission_opens")
    wanted = [f"{count} in {specialty}" for specialty, count in case.profile.applications.items() if count]
    counted = f" {listed(wanted)}." if wanted else " Your profile does not say how many (applications)."
    elsewhere = [
        f"{name} is matched by {case.rules.other_matches[name].value}, apart from NRMP."
        for name in case.profile.specialties
        if name in case.rules.other_matches
    ]
    return Verdict(verdict.status, " ".join([f"{verdict.reason}{counted}", *elsewhere]))


def signals(case: Case) -> Verdict:
    """What to know about signals: voluntary, and not more than there are."""
    planned = case.profile.signals
    over: list[str] = []
    within: list[str] = []
    for specialty, given in planned.items():
        budget = case.rules.signals.get(specialty)
        gold, silver = (budget.gold, budget.silver) if budget is not None else (0, 0)
        plan = f"{_signals(given.gold, given.silver)} in {specialty} (there are {_signals(gold, silver)})"
        (over if given.gold > gold or given.silver > silver else within).append(plan)
    if over:
        return Verdict("failed", f"You plan {listed(over)}; the service does not let you send more.")
    if within:
        return Verdict("not needed", f"They are voluntary. You plan {listed(within)}.")
    wished = [
        f"{_signals(budget.gold, budget.silver)} in {specialty}"
        for specialty in case.profile.specialties
        if (budget := case.rules.signals.get(specialty)) is not None
    ]
    told = f" There are {listed(wished)}." if wished else ""
    return Verdict("not needed", f"They are voluntary, and you plan none.{told}")


def _signals(gold: int, silver: int) -> str:
    return f"{gold} gold and {silver} silver" if silver else str(gold)
