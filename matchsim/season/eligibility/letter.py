"""A checklist as a letter, in lines of at most 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from textwrap import wrap

from matchsim.season.days import in_words
from matchsim.season.eligibility.checklist import NOTICE, Checklist, Item
from matchsim.season.eligibility.costs import Cost, not_counted, total
from matchsim.season.eligibility.filters import Remaining
from matchsim.season.pathway import Case
from matchsim.season.pathway.case import listed
from matchsim.season.rules.model import Sourced

__all__ = ["WIDTH", "letter"]

WIDTH = 80
INDENT = " " * 11
MARKS = {
    "done": "done",
    "missing": "MISSING",
    "failed": "FAILED",
    "not needed": "no need",
    "cannot be judged": "UNCLEAR",
}
TYPES = {
    "us_md_senior": "a senior of a US MD school",
    "us_md_grad": "a graduate of a US MD school",
    "us_do_senior": "a senior of a US DO school",
    "us_do_grad": "a graduate of a US DO school",
    "us_img": "a US citizen from a medical school abroad",
    "non_us_img": "an international medical graduate",
    "other": "an applicant of another type",
}
VISAS = {"j1": "a J-1", "h1b": "an H-1B"}
# Steps named at the head of the letter; the rest stands below.
FIRST_STEPS = 4


def letter(found: Checklist) -> str:
    """The letter: how the person stands, every gate, the costs, and the programs left open."""
    parts = [
        _greeting(found),
        _next(found),
        _gates(found),
        _costs(found),
        *([_programs(found)] if found.programs else []),
        _paragraph(NOTICE),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _greeting(found: Checklist) -> list[str]:
    case, counts = found.case, found.counts()
    start = in_words(case.day("training_starts"))
    standing = (
        f"this is how you stand on {in_words(case.today)} on the way to a residency that starts on {start}, "
        f"by the rules of the {case.rules.season} Match. You write as {TYPES[case.profile.applicant_type]}"
        f"{_visa(case)}{_wishes(case)}."
    )
    summary = (
        f"Of {len(found.items)} gates on your road {_counted(counts['done'], 'done')}, "
        f"{_counted(counts['missing'], 'missing')}, {_counted(counts['failed'], 'failed', 'has', 'have')}, "
        f"{_counted(counts['cannot be judged'], 'unclear')} and "
        f"{_counted(counts['not needed'], 'not needed')}."
    )
    title = f"Eligibility for the {case.rules.season} Match"
    name = f"Dear {case.profile.name}," if case.profile.name else "Dear applicant,"
    return [title, "=" * len(title), "", name, "", *_paragraph(standing), "", *_paragraph(summary)]


def _visa(case: Case) -> str:
    if case.needs_visa is None:
        return ""
    return f" who needs {VISAS[case.profile.visa or '']} visa" if case.needs_visa else ""


def _wishes(case: Case) -> str:
    wishes = case.profile.specialties
    return f", and you want {', then '.join(wishes)}" if wishes else ""


def _counted(count: int, word: str, one: str = "is", many: str = "are") -> str:
    return f"{count or 'none'} {one if count <= 1 else many} {word}"


def _next(found: Checklist) -> list[str]:
    failed = [item for item in found.items if item.verdict.status == "failed"]
    unclear = [item for item in found.items if item.verdict.status == "cannot be judged"]
    missing = [item for item in found.items if item.verdict.status == "missing" and not item.gate.follows]
    lines = []
    if failed:
        told = f"Look first at what failed: {listed(item.gate.title for item in failed)}."
        lines += [*_paragraph(told), ""]
    if missing:
        lines.append("What comes next:")
        dated = sorted(missing, key=lambda item: item.by.value)
        days = [_when(item, found.case.today) for item in dated[:FIRST_STEPS]]
        width = max(map(len, days))
        lines += [f"  {day:<{width}}  {item.gate.title}" for day, item in zip(days, dated, strict=False)]
        if len(dated) > FIRST_STEPS:
            lines.append(f"  and {len(dated) - FIRST_STEPS} more below")
    if unclear:
        told = f"Your profile leaves open: {listed(item.gate.title for item in unclear)}."
        lines += [*([""] if missing else []), *_paragraph(told)]
    return lines or ["Nothing is left to do."]


def _gates(found: Checklist) -> list[str]:
    lines = ["The gates", "---------"]
    for item in found.items:
        lines += ["", *_gate(item, found.case.today)]
    return lines


def _gate(item: Item, today: date) -> Iterator[str]:
    status = item.verdict.status
    head = f"{MARKS[status]:<{len(INDENT)}}{item.gate.title}"
    day = item.by if today <= item.by.value else item.until
    due = "" if status in ("done", "not needed") else f"by {in_words(day.value)}{_mark(day)}"
    right = ", ".join(part for part in (due, _price(item)) if part)
    if len(head) + len(right) + 2 > WIDTH:
        yield head
        head = ""
    yield f"{head}{right:>{WIDTH - len(head)}}".rstrip()
    yield from _paragraph(item.verdict.reason, INDENT)
    rule = item.requirement
    note = f" {rule.note[0].upper()}{rule.note[1:]}." if rule.note else ""
    yield from _paragraph(f"Asked by {rule.asked_by}: {rule.asks}{note}", INDENT)
    yield from _paragraph(f"[{rule.basis}: {rule.source}]", INDENT)


def _price(item: Item) -> str:
    """What is still to be paid, or what was paid for a gate that is passed."""
    ahead = total(item.costs, ahead=True)
    if ahead:
        return f"${ahead:,.0f}"
    behind = total(item.costs, ahead=False)
    return f"${behind:,.0f} behind you" if behind and item.verdict.status == "done" else ""


def _costs(found: Checklist) -> list[str]:
    budget = found.case.profile.budget
    lines = ["What it costs, in US dollars", "-" * 28, ""]
    ahead = total(found.costs, ahead=True)
    told = f"Not counted: {'; '.join(not_counted(found.case))}."
    if found.costs:
        behind = total(found.costs, ahead=False)
        lines.append(f"{'':<44}{'behind':>10}{'ahead':>10}  basis")
        lines += [_cost_line(cost) for cost in found.costs]
        lines += [f"{'in all':<44}{behind:>10,.0f}{ahead:>10,.0f}", ""]
        told = f"What is behind you is counted at the fees of this season; ~ stands for about. {told}"
    lines += _paragraph(told)
    if budget is not None:
        left = budget - ahead
        words = f"{left:,.0f} more than is ahead" if left >= 0 else f"{-left:,.0f} less than is ahead"
        lines += _paragraph(f"Your budget of ${budget:,.0f} is ${words}.")
    return lines


def _cost_line(cost: Cost) -> str:
    amounts = ("", f"{cost.amount:,.0f}") if cost.ahead else (f"{cost.amount:,.0f}", "")
    about = "~" if (cost.fee.note or "").startswith("about") else ""
    told = cost.told if len(cost.told) <= 43 else f"{cost.told[:42]}…"
    return f"{told:<44}{amounts[0]:>10}{amounts[1]:>10}  {about}{cost.fee.basis}"


def _programs(found: Checklist) -> list[str]:
    lines = ["Programs that your circumstances leave open", "-" * 43]
    for specialty, rows in found.programs.items():
        lines += ["", f"{specialty:<58}{'programs':>10}{'positions':>12}"]
        lines += [line for row in rows for line in _row(row)]
    told = (
        f"Counted among the simulated programs of {found.scenario}, one filter on top of the other. "
        "What they require is drawn with assumed shares: look up what real programs ask."
    )
    return [*lines, "", *_paragraph(told)]


def _row(row: Remaining) -> Iterator[str]:
    first, *rest = wrap(row.told, 54)
    figures = f"{row.programs:>10,}{row.positions:>12,}" if row.applied else f"{'not known':>22}"
    yield f"  {first:<56}{figures}"
    yield from (f"    {line}" for line in rest)


def _when(item: Item, today: date) -> str:
    """By when to do it, as a list of steps says."""
    return f"by {in_words(item.by.value)}" if today <= item.by.value else "at once"


def _mark(value: Sourced) -> str:
    return "" if value.basis == "published" else f" ({value.basis})"


def _paragraph(text: str, indent: str = "") -> list[str]:
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
