"""The gates of ECFMG certification beside the exams: school, application, Pathway, certificate."""

from __future__ import annotations

from matchsim.season.days import in_words
from matchsim.season.pathway.case import Case, Verdict, listed
from matchsim.season.pathway.predicates import decided, open_pathways

__all__ = ["accreditation", "application", "certificate", "pathway", "pathways_open_to", "school"]

ACCREDITED = {
    3: ("wfme", "an agency that WFME recognises"),
    4: ("ncfmea", "an agency that NCFMEA found comparable"),
}


def school(case: Case) -> Verdict:
    """The verdict on the school's entry in the World Directory."""
    given, year = case.profile.school, case.profile.graduation_year
    of_year = f" for {year}" if year is not None else " for your graduation year"
    if given.ecfmg_note is None:
        return Verdict(
            "cannot be judged",
            f"Your profile does not say whether the school's entry has an ECFMG note{of_year} "
            "(school.ecfmg_note); look it up at wdoms.org.",
        )
    name = given.name or "Your school"
    if given.ecfmg_note:
        return Verdict("done", f"{name} has an ECFMG note{of_year}.")
    told = f"{name} has no ECFMG note{of_year}; its graduates of that year cannot be certified."
    return Verdict("failed", told)


def accreditation(case: Case) -> Verdict:
    """The verdict on the school's accreditation, which two of the Pathways ask for."""
    number = case.profile.pathway.number
    if number not in ACCREDITED or case.profile.pathway.accepted is not None:
        told = "It is reported with your file and decides nothing; only Pathways 3 and 4 ask for it."
        return Verdict("not needed", told)
    word, agency = ACCREDITED[number]
    given = case.profile.school.accreditation
    if given is None:
        told = f"Pathway {number} asks for it, and your profile does not say (school.accreditation)."
        return Verdict("cannot be judged", told)
    if given in (word, "both"):
        return Verdict("done", f"The school is accredited by {agency}, as Pathway {number} asks.")
    return Verdict("failed", f"Pathway {number} asks for a school accredited by {agency}; choose another.")


def application(case: Case) -> Verdict:
    """The verdict on the application for ECFMG certification."""
    return case.step("ecfmg_application", "ecfmg_application")


def pathways_open_to(case: Case) -> tuple[bool | None, ...]:
    """Which of the Pathways 1 to 6 are open to a person; None where the profile does not decide."""
    profile, rules = case.profile, case.rules.pathways
    given, cs = profile.school, profile.pathway.step_2_cs
    facts = (
        None if cs is None else cs == "failed",
        profile.pathway.licensed,
        _recent(profile.graduation_year, rules.graduated_since.value.year),
        given.clinical_skills_exam,
        None if given.accreditation is None else given.accreditation in ("wfme", "both"),
        None if given.accreditation is None else given.accreditation in ("ncfmea", "both"),
        given.joint_degree,
    )
    return tuple(decided(lambda *known, at=number: open_pathways(*known)[at], *facts) for number in range(6))


def pathway(case: Case) -> Verdict:
    """The verdict on the clinical-skills Pathway."""
    given = case.profile.pathway
    if given.step_2_cs == "passed":
        return Verdict("not needed", "A valid pass of Step 2 CS stands for it.")
    if given.accepted is not None and given.accepted <= case.today:
        return _accepted(case)
    if given.applied is not None and given.applied <= case.today:
        return _applied(case)
    last = case.day("pathways_last_application")
    told = f"You have not applied. {_choice(case)}"
    if case.today > last:
        return Verdict("failed", f"{told} The last day to apply was {in_words(last)}.")
    if given.applied is not None:
        told = f"{told} You plan to apply on {in_words(given.applied)}."
    if given.applied is not None and given.applied > last:
        told = f"{told} That is too late."
    return Verdict("missing", told)


def certificate(case: Case) -> Verdict:
    """The verdict on the ECFMG certificate itself, which training asks for."""
    verdict = case.step("certificate", "ecfmg_certificate")
    resting_on = pathway(case)
    if verdict.status == "done" and resting_on.status not in ("done", "not needed"):
        told = f"{verdict.reason} A certificate that rests on a Pathway expires with it: see the Pathway."
        return Verdict("cannot be judged", told)
    if verdict.status == "missing":
        due = in_words(case.day("pathways_documents_due"))
        told = f"{verdict.reason} Your diploma must be verified; documents for a Pathway are due by {due}."
        return Verdict("missing", told)
    return verdict


def _recent(year: int | None, since: int) -> bool | None:
    return None if year is None else year >= since


def _accepted(case: Case) -> Verdict:
    given = case.profile.pathway
    assert given.accepted is not None
    day = in_words(given.accepted)
    if given.accepted > case.last_day("pathway"):
        told = f"ECFMG accepted it on {day}, after {in_words(case.last_day('pathway'))}."
        return Verdict("failed", f"{told} It counts for the next season.")
    if given.accepted >= case.day("pathways_open"):
        return Verdict("done", f"ECFMG accepted {_named(case)} on {day}.")
    told = f"ECFMG accepted {_named(case)} on {day}, in an earlier season."
    if given.expires is None:
        told = f"{told} Such an acceptance expires, and your profile does not say when (pathway.expires)."
        return Verdict("cannot be judged", told)
    expires = in_words(given.expires)
    if given.expires < case.day("training_starts"):
        told = f"{told} It expires on {expires}, before training starts: have it revalidated."
        return case.open_or_closed("pathway", told)
    return Verdict("done", f"{told} It is valid until {expires}.")


def _applied(case: Case) -> Verdict:
    given, last = case.profile.pathway, case.day("pathways_last_application")
    assert given.applied is not None
    told = f"You applied for {_named(case)} on {in_words(given.applied)}"
    if given.applied > last:
        return Verdict("failed", f"{told}, after the last day for this match, {in_words(last)}.")
    until = in_words(case.last_day("pathway"))
    if case.is_closed("pathway"):
        return Verdict("failed", f"{told}; it was not accepted by {until}.")
    return Verdict("missing", f"{told}; ECFMG must accept it by {until}.")


def _named(case: Case) -> str:
    number = case.profile.pathway.number
    return "the Pathway" if number is None else f"Pathway {number}"


def _choice(case: Case) -> str:
    """Which Pathways are open, in a sentence or two."""
    verdicts = dict(enumerate(pathways_open_to(case), start=1))
    open_now = [number for number, verdict in verdicts.items() if verdict]
    unclear = [number for number, verdict in verdicts.items() if verdict is None]
    chosen = case.profile.pathway.number
    sentences = []
    if chosen is not None and verdicts[chosen] is False:
        sentences.append(f"Pathway {chosen}, which you chose, is not open to you.")
    if open_now:
        sentences.append(f"Open to you: Pathway {listed(open_now, 'or')}.")
    if unclear:
        missing = ", ".join(_unknown(case))
        sentences.append(
            f"Whether Pathway {listed(unclear, 'or')} is open, your profile does not decide ({missing})."
        )
    return " ".join(sentences)


def _unknown(case: Case) -> list[str]:
    profile = case.profile
    facts = {
        "pathway.step_2_cs": profile.pathway.step_2_cs,
        "pathway.licensed": profile.pathway.licensed,
        "graduation_year": profile.graduation_year,
        "school.clinical_skills_exam": profile.school.clinical_skills_exam,
        "school.accreditation": profile.school.accreditation,
        "school.joint_degree": profile.school.joint_degree,
    }
    return [name for name, value in facts.items() if value is None]
