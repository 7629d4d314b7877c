"""The gates of the match itself and of the start: registration, verification, list, Step 3, visa."""

from __future__ import annotations

from collections.abc import Mapping

from matchsim.season.days import in_words
from matchsim.season.pathway import exams
from matchsim.season.pathway.case import Case, Verdict, listed

__all__ = ["rank_list", "registration", "step_3", "verification", "visa"]


def registration(case: Case) -> Verdict:
    """The verdict on registering with NRMP."""
    verdict = case.step("registration", "nrmp_registration", since="registration_opens")
    ends = case.day("standard_registration_ends")
    happened = case.profile.done.nrmp_registration
    if verdict.status == "done" and happened is not None and happened > ends:
        return Verdict("done", f"{verdict.reason} That was late and cost the late fee.")
    if verdict.status == "missing" and case.today < case.day("registration_opens"):
        opens = in_words(case.day("registration_opens"))
        return Verdict("missing", f"{verdict.reason} Registration opens on {opens}.")
    return verdict


def verification(case: Case, parts: Mapping[str, Verdict]) -> Verdict:
    """The verdict on being verified.

    Parameters
    ----------
    parts
        The verdicts on what ECFMG verifies, by the titles of their gates; empty for people whom their US
        school verifies.
    """
    if not parts:
        return case.step("verification", "school_verification")
    standing = {
        status: [title for title, part in parts.items() if part.status == status]
        for status in ("failed", "cannot be judged", "missing")
    }
    if standing["failed"]:
        return Verdict("failed", f"ECFMG cannot verify you: {listed(standing['failed'])} failed.")
    if standing["cannot be judged"]:
        told = f"It depends on {listed(standing['cannot be judged'])}, which cannot be judged."
        return Verdict("cannot be judged", told)
    if standing["missing"]:
        return case.open_or_closed("verification", f"It waits for {listed(standing['missing'])}.")
    return Verdict("done", "ECFMG can tell NRMP that exams, Pathway and OET are done.")


def rank_list(case: Case) -> Verdict:
    """The verdict on certifying a rank order list."""
    verdict = case.step("rank_list", "rank_list_certified", since="ranking_opens")
    if verdict.status == "missing" and case.today < case.day("ranking_opens"):
        return Verdict("missing", f"{verdict.reason} Ranking opens on {in_words(case.day('ranking_opens'))}.")
    return verdict


def step_3(case: Case) -> Verdict:
    """The verdict on Step 3, which only an H-1B visa asks for before training."""
    taken = exams.exam(case, "step_3")
    passed = taken.status == "done"
    if case.needs_visa is None:
        told = "It is needed for an H-1B visa, and your profile does not say which visa you need (visa)."
        return Verdict("cannot be judged", told)
    if not case.needs_visa or case.profile.visa != "h1b":
        return Verdict("not needed", f"Only an H-1B visa needs it.{f' {taken.reason}' if passed else ''}")
    return taken


def visa(case: Case) -> Verdict:
    """The verdict on the visa for training."""
    if case.needs_visa is None:
        return Verdict("cannot be judged", "Your profile does not say whether you need one (visa).")
    if not case.needs_visa:
        return Verdict("not needed", "You may work without one.")
    verdict = case.step("visa", "visa_issued")
    if verdict.status == "done":
        return verdict
    if case.profile.visa == "j1":
        limits = case.rules.visas
        told = (
            "A J-1 needs the certificate, a contract and a Statement of Need; it lasts at most "
            f"{limits.j1_years.value} years and asks for {limits.home_years.value} years at home afterwards, "
            "unless waived."
        )
        return Verdict(verdict.status, f"{verdict.reason} {told}")
    if step_3(case).status == "failed":
        return Verdict("failed", "An H-1B needs Step 3, which has failed.")
    petition = case.rules.fees.h1b_petition.value
    cost = f" A new petition costs the hospital ${petition:,.0f}." if petition else ""
    return Verdict(verdict.status, f"{verdict.reason} An H-1B needs Step 3 and a hospital that files.{cost}")
