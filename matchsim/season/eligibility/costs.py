"""What the road costs a person under the fees of a season: what is behind them and what is ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from matchsim.errors import counted
from matchsim.season.pathway import Case, Verdict
from matchsim.season.pathway.exams import EXAM_TITLES, outcome, taken
from matchsim.season.rules.fees import application_fee, extra_ranks, is_late, schedule_of
from matchsim.season.rules.model import Sourced, SourcedAmount

__all__ = ["Cost", "costs", "not_counted", "total"]

# Verdicts after which something is still to be done, and paid.
AHEAD = ("missing", "cannot be judged")


@dataclass(frozen=True)
class Cost:
    """One thing to pay for.

    Parameters
    ----------
    gate
        The gate it belongs to.
    told
        What it is.
    amount
        US dollars.
    ahead
        Whether it is still to be paid; else it is behind.
    fee
        The value of the rules that it rests on.
    """

    gate: str
    told: str
    amount: float
    ahead: bool
    fee: Sourced


def costs(case: Case, verdicts: Mapping[str, Verdict]) -> list[Cost]:
    """Everything that the person has paid for and has still to pay for, in the order of the gates.

    What is behind is counted at the fees of this season, whatever was paid then.
    """
    found = [
        *_ecfmg(case, verdicts),
        *_exams(case, verdicts),
        *_applications(case, verdicts),
        *_registration(case, verdicts),
        *_visa(case, verdicts),
    ]
    order = list(verdicts)
    return sorted((cost for cost in found if cost.amount), key=lambda cost: order.index(cost.gate))


def total(found: Iterable[Cost], *, ahead: bool) -> float:
    """The sum of what is ahead, or of what is behind."""
    return sum(cost.amount for cost in found if cost.ahead == ahead)


def not_counted(case: Case) -> list[str]:
    """What costs money and is not in the sum."""
    told = []
    if case.needs_ecfmg:
        surcharge = case.rules.fees.test_delivery_abroad.value
        told.append(f"about ${surcharge:,.0f} for each Step taken outside the United States and Canada")
        told.append("clinical months in the United States")
    if case.profile.specialties and not case.profile.applications:
        told.append("applications, because your profile does not say how many")
    apart = [name for name in case.profile.applications if name in case.rules.other_matches]
    told += [f"{name}, which {case.rules.other_matches[name].value} matches" for name in apart]
    return [*told, "preparation, travel, and living"]


def _once(case: Case, verdicts: Mapping[str, Verdict], gate: str, told: str, fee: str) -> Iterator[Cost]:
    """A fee that is paid once, when the gate is passed."""
    verdict, value = verdicts[gate], _fee(case, fee)
    if verdict.status == "done":
        yield Cost(gate, told, value.value, ahead=False, fee=value)
    elif verdict.status in AHEAD:
        yield Cost(gate, told, value.value, ahead=True, fee=value)


def _ecfmg(case: Case, verdicts: Mapping[str, Verdict]) -> Iterator[Cost]:
    if not case.needs_ecfmg:
        return
    yield from _once(
        case, verdicts, "ecfmg_application", "application for certification", "ecfmg_application"
    )
    yield from _once(case, verdicts, "eras_token", "ERAS token", "eras_token")
    pathway, fee = case.profile.pathway, case.rules.fees.pathway
    if any(day is not None and day <= case.today for day in (pathway.applied, pathway.accepted)):
        yield Cost("pathway", "Pathway", fee.value, ahead=False, fee=fee)
    elif verdicts["pathway"].status in AHEAD:
        yield Cost("pathway", "Pathway", fee.value, ahead=True, fee=fee)
    sittings = sum(one.date <= case.today for one in case.profile.oet)
    again = verdicts["oet"].status == "missing"
    yield from _repeated("oet", "OET Medicine", case.rules.fees.oet, sittings, again=again)


def _exams(case: Case, verdicts: Mapping[str, Verdict]) -> Iterator[Cost]:
    abroad = "_international" if case.needs_ecfmg else ""
    fees = {
        "step_1": f"step_1{abroad}",
        "step_2_ck": f"step_2_ck{abroad}",
        "comlex_level_1": "comlex_level_1",
        "comlex_level_2_ce": "comlex_level_2_ce",
        "step_3": "step_3",
    }
    for name, fee in fees.items():
        if name in verdicts:
            attempts, rules = taken(case, name), getattr(case.rules.exams, name)
            waiting = any(outcome(one, rules) == "unknown" for one in attempts)
            again = verdicts[name].status == "missing" and not waiting
            yield from _repeated(name, EXAM_TITLES[name], _fee(case, fee), len(attempts), again=again)


def _repeated(gate: str, told: str, fee: SourcedAmount, times: int, *, again: bool) -> Iterator[Cost]:
    """A fee for each time that was, and for one more where there must be one."""
    counted = f"{told}, {times} times" if times > 1 else told
    yield Cost(gate, counted, times * fee.value, ahead=False, fee=fee)
    if again:
        yield Cost(gate, f"{told}{', again' if times else ''}", fee.value, ahead=True, fee=fee)


def _applications(case: Case, verdicts: Mapping[str, Verdict]) -> Iterator[Cost]:
    verdict, fees = verdicts["applications"], case.rules.fees
    if verdict.status == "failed":
        return
    ahead = verdict.status != "done"
    sent = {
        specialty: count
        for specialty, count in case.profile.applications.items()
        if count and specialty not in case.rules.other_matches
    }
    for specialty, count in sent.items():
        schedule = schedule_of(case.rules, specialty)
        service = case.rules.services[specialty].value if specialty in case.rules.services else "ERAS"
        told = f"{counted(count, 'application')} in {specialty}, {service}"
        yield Cost("applications", told, application_fee(schedule, count), ahead=ahead, fee=schedule)
    if not sent:
        return
    if case.profile.exams.step_1 or case.profile.exams.step_2_ck or "comlex_level_1" not in verdicts:
        fee = fees.usmle_transcript
        yield Cost("applications", "USMLE transcript", fee.value, ahead=ahead, fee=fee)
    if "comlex_level_1" in verdicts:
        fee = fees.comlex_transcript
        yield Cost("applications", "COMLEX-USA transcript", fee.value, ahead=ahead, fee=fee)


def _registration(case: Case, verdicts: Mapping[str, Verdict]) -> Iterator[Cost]:
    fees, verdict = case.rules.fees, verdicts["registration"]
    if verdict.status == "failed":
        return
    ahead = verdict.status != "done"
    planned = case.profile.done.nrmp_registration or case.today
    told = [("NRMP registration", fees.nrmp_registration)]
    if is_late(case.rules, max(planned, case.today) if ahead else planned):
        told.append(("late registration", fees.nrmp_late_registration))
    if case.profile.couple:
        told.append(("matching as a couple, your part", fees.nrmp_couple))
    for words, fee in told:
        yield Cost("registration", words, fee.value, ahead=ahead, fee=fee)
    length, fee, standing = case.profile.rank_list, fees.nrmp_extra_rank, verdicts["rank_list"].status
    if length is not None and standing != "failed":
        extra = extra_ranks(case.rules, length.primary, length.supplemental)
        words, ahead = f"{counted(extra, 'rank')} beyond those included", standing != "done"
        yield Cost("rank_list", words, extra * fee.value, ahead=ahead, fee=fee)


def _visa(case: Case, verdicts: Mapping[str, Verdict]) -> Iterator[Cost]:
    if not case.needs_visa or case.profile.visa != "j1":
        return
    for told, name in (
        ("J-1 sponsorship, first year", "j1_sponsorship"),
        ("J-1 SEVIS fee", "j1_sevis"),
        ("J-1 visa application", "j1_visa"),
    ):
        yield from _once(case, verdicts, "visa", told, name)


def _fee(case: Case, name: str) -> SourcedAmount:
    fee: SourcedAmount = getattr(case.rules.fees, name)
    return fee
