"""Sample tables of a run: SAMPLE DATA shaped like the 2025 season, made for looking at charts.

The totals are near the published ones (NRMP, Results and Data, 2025 Main Residency Match, tables 4A/4B),
everything finer is invented by formula. Nothing here is a finding.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from matchsim.season.words import DIVISIONS

TYPES = ["us_md_senior", "us_md_grad", "us_do_senior", "us_do_grad", "us_img", "non_us_img", "other"]
REGISTERED = [20505, 1957, 8503, 715, 5333, 13291, 20]
ACTIVE = [20368, 1751, 8392, 630, 4587, 11465, 15]
MATCHED = [19044, 803, 7773, 276, 3108, 6653, 10]
PLACED = [19922, 934, 8259, 343, 3370, 6915, 11]
MATCHED_LENGTH = [13.7, 7.9, 13.5, 7.1, 10.1, 7.3, 6.0]
UNMATCHED_LENGTH = [6.9, 3.1, 5.8, 3.0, 3.4, 3.2, 2.0]

# Specialty, track, programs, positions, filled, and who filled them in shares of the types above.
SPECIALTIES = [
    ("Internal Medicine", "C", 758, 10941, 10584, (0.36, 0.01, 0.18, 0.005, 0.11, 0.335, 0.0)),
    ("Family Medicine", "C", 817, 5357, 4552, (0.33, 0.02, 0.325, 0.011, 0.138, 0.176, 0.0)),
    ("Pediatrics", "C", 250, 3135, 2988, (0.49, 0.01, 0.17, 0.01, 0.1, 0.22, 0.0)),
    ("Emergency Medicine", "C", 292, 3068, 3003, (0.46, 0.02, 0.36, 0.01, 0.105, 0.044, 0.001)),
    ("Psychiatry", "C", 404, 2388, 2380, (0.6, 0.02, 0.23, 0.01, 0.06, 0.08, 0.0)),
    ("Transitional Year", "P", 236, 1860, 1617, (0.65, 0.01, 0.21, 0.01, 0.05, 0.07, 0.0)),
    ("Anesthesiology", "C", 183, 1805, 1804, (0.72, 0.03, 0.17, 0.01, 0.03, 0.04, 0.0)),
    ("Anesthesiology", "A", 58, 311, 310, (0.7, 0.06, 0.13, 0.02, 0.05, 0.04, 0.0)),
    ("Surgery", "C", 377, 1778, 1774, (0.71, 0.02, 0.15, 0.01, 0.05, 0.06, 0.0)),
    ("Internal Medicine-Preliminary", "P", 329, 1600, 1455, (0.76, 0.01, 0.09, 0.0, 0.04, 0.1, 0.0)),
    ("Obstetrics and Gynecology", "C", 295, 1587, 1586, (0.72, 0.02, 0.2, 0.0, 0.03, 0.03, 0.0)),
    ("Radiology-Diagnostic", "A", 169, 1057, 1042, (0.69, 0.05, 0.14, 0.01, 0.03, 0.08, 0.0)),
    ("Surgery-Preliminary", "P", 261, 1194, 673, (0.4, 0.01, 0.1, 0.0, 0.13, 0.36, 0.0)),
    ("Neurology", "C", 159, 932, 925, (0.53, 0.01, 0.17, 0.0, 0.05, 0.24, 0.0)),
    ("Orthopaedic Surgery", "C", 216, 929, 929, (0.78, 0.05, 0.14, 0.01, 0.01, 0.01, 0.0)),
    ("Pathology", "C", 175, 622, 619, (0.42, 0.03, 0.17, 0.01, 0.09, 0.28, 0.0)),
    ("Physical Medicine and Rehabilitation", "A", 69, 334, 333, (0.49, 0.04, 0.39, 0.02, 0.04, 0.02, 0.0)),
    ("Dermatology", "A", 148, 524, 523, (0.81, 0.09, 0.07, 0.01, 0.0, 0.02, 0.0)),
    ("Medicine-Pediatrics", "C", 79, 398, 395, (0.81, 0.01, 0.11, 0.0, 0.03, 0.04, 0.0)),
    ("Internal Medicine-Primary", "M", 91, 411, 400, (0.58, 0.0, 0.12, 0.0, 0.06, 0.24, 0.0)),
    ("Otolaryngology", "C", 139, 394, 393, (0.89, 0.03, 0.06, 0.0, 0.01, 0.01, 0.0)),
    ("Neurological Surgery", "C", 121, 268, 265, (0.86, 0.05, 0.02, 0.0, 0.01, 0.06, 0.0)),
    ("Plastic Surgery (Integrated)", "C", 91, 221, 221, (0.89, 0.07, 0.01, 0.0, 0.01, 0.02, 0.0)),
    ("Interventional Radiology (Integrated)", "A", 71, 150, 147, (0.8, 0.02, 0.1, 0.02, 0.02, 0.04, 0.0)),
    ("Child Neurology", "C", 78, 195, 185, (0.64, 0.01, 0.17, 0.0, 0.03, 0.15, 0.0)),
    ("Thoracic Surgery (Integrated)", "C", 40, 54, 54, (0.92, 0.0, 0.04, 0.0, 0.0, 0.04, 0.0)),
]

# Types of both members, couples, and how many of them both and one matched.
COUPLES = [
    ("us_md_senior", "us_md_senior", 690, 660, 27),
    ("us_md_senior", "us_md_grad", 8, 5, 2),
    ("us_md_senior", "us_do_senior", 110, 104, 5),
    ("us_md_senior", "us_img", 19, 14, 4),
    ("us_md_senior", "non_us_img", 27, 21, 5),
    ("us_md_grad", "us_md_grad", 3, 1, 1),
    ("us_do_senior", "us_do_senior", 200, 188, 11),
    ("us_do_senior", "us_img", 12, 8, 3),
    ("us_do_senior", "non_us_img", 11, 9, 2),
    ("us_img", "us_img", 40, 24, 13),
    ("us_img", "non_us_img", 15, 7, 6),
    ("non_us_img", "non_us_img", 124, 66, 40),
]

ROUND_SHARES = (0.62, 0.5, 0.35, 0.2)
SOAP_TYPES = (0.42, 0.06, 0.23, 0.03, 0.13, 0.125, 0.005)


def tables(replicates: int = 1, seed: int = 0) -> dict[str, pd.DataFrame]:
    """All tables that charts read; with several replicates the counts scatter a little."""
    chance = np.random.default_rng(seed)
    parts: dict[str, list[pd.DataFrame]] = {}
    for replicate in range(replicates):
        jitter = _jitter(chance, 0.015 if replicates > 1 else 0.0)
        for make in (
            _match_rates,
            _specialties,
            _contiguous_ranks,
            _rank_obtained,
            _list_lengths,
            _soap_rounds,
            _couples,
            _funnel,
            _interviews_held,
            _cutoffs,
            _flows,
        ):
            frame = make(jitter)
            frame.insert(0, "replicate", replicate)
            parts.setdefault(make.__name__.removeprefix("_"), []).append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def _jitter(chance, scale):
    def jitter(number):
        return round(number * float(np.exp(scale * chance.standard_normal())))

    return jitter


def _match_rates(jitter):
    rows = []
    for kind, registered, active, matched, placed in zip(
        TYPES, REGISTERED, ACTIVE, MATCHED, PLACED, strict=True
    ):
        lucky = min(jitter(matched), active)
        settled = min(max(jitter(placed), lucky), active)
        rows.append(("applicant_type", kind, registered, active, lucky, lucky + 5, settled))
    total = [sum(row[at] for row in rows) for at in range(2, 7)]
    rows.append(("all", "all", *total))
    rows.append(("specialty", "Internal Medicine", 17000, 16500, 10584, 10584, 10700))
    columns = ["group_by", "group", "registered", "active", "matched", "matched_any", "placed"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["match_rate"] = frame["matched"] / frame["active"]
    frame["placement_rate"] = frame["placed"] / frame["active"]
    return frame


def _specialties(jitter):
    rows = []
    for specialty, track, programs, positions, filled, shares in SPECIALTIES:
        taken = min(jitter(filled), positions)
        by_type = [int(share * taken) for share in shares]
        by_type[0] += taken - sum(by_type)
        after = taken + round(0.9 * (positions - taken))
        rows.append((specialty, track, programs, positions, taken, taken / positions, *by_type, after))
    by_type = [f"filled_{kind}" for kind in TYPES]
    head = ["specialty", "track", "programs", "positions", "filled", "fill_rate"]
    return pd.DataFrame(rows, columns=[*head, *by_type, "filled_after_soap"])


def _contiguous_ranks(jitter):
    rows = []
    for kind, active, slope in zip(TYPES, ACTIVE, (0.6, 0.18, 0.55, 0.16, 0.28, 0.23, 0.3), strict=True):
        ranks = np.arange(1, 26)
        weight = ranks * np.exp(-ranks / 5)
        for rank, part in zip(ranks, weight / weight.sum(), strict=True):
            applicants = round(active * part)
            matched = min(jitter(applicants * (1 - 0.75 * np.exp(-slope * (rank - 0.4)))), applicants)
            for specialty, share in (("Internal Medicine", 0.6), ("Surgery", 0.4)):
                split = round(applicants * share), min(round(matched * share), round(applicants * share))
                rows.append((kind, specialty, rank, *split))
    return pd.DataFrame(
        rows, columns=["applicant_type", "specialty", "contiguous_ranks", "applicants", "matched"]
    )


def _rank_obtained(jitter):
    rows = []
    for kind, active, matched, first in zip(
        TYPES, ACTIVE, MATCHED, (0.47, 0.5, 0.44, 0.5, 0.48, 0.55, 0.5), strict=True
    ):
        left = jitter(matched)
        rows.append((kind, 0, max(active - left, 0)))
        for rank in range(1, 22):
            here = round(left * (first if rank == 1 else 0.33))
            rows.append((kind, rank, here))
            left -= here
    return pd.DataFrame(rows, columns=["applicant_type", "rank", "applicants"])


def _list_lengths(jitter):
    rows = []
    for kind, active, matched, long, short in zip(
        [*TYPES, "all"],
        [*ACTIVE, sum(ACTIVE)],
        [*MATCHED, sum(MATCHED)],
        [*MATCHED_LENGTH, 12.0],
        [*UNMATCHED_LENGTH, 4.0],
        strict=True,
    ):
        for status, lists, mean in (("matched", matched, long), ("unmatched", active - matched, short)):
            length = jitter(1000 * mean) / 1000
            rows.append((kind, status, lists, length, round(length), np.nan))
    rows.append(("program", "filled", 5791, 81.15, 68.0, 12.47))
    rows.append(("program", "unfilled", 835, 58.74, 49.0, 8.83))
    columns = ["group", "status", "lists", "mean_length", "median_length", "mean_ranks_per_position"]
    return pd.DataFrame(rows, columns=columns)


def _soap_rounds(jitter):
    rows = []
    opened = jitter(2521)
    for number, share in enumerate(ROUND_SHARES, start=1):
        accepted = round(opened * share)
        by_type = [int(part * accepted) for part in SOAP_TYPES]
        by_type[0] += accepted - sum(by_type)
        rows.append((number, opened, round(0.9 * opened), accepted, opened - accepted, *by_type))
        opened -= accepted
    head = ["round", "positions_open", "offers", "accepted", "positions_left"]
    return pd.DataFrame(rows, columns=[*head, *(f"accepted_{kind}" for kind in TYPES)])


def _couples(jitter):
    rows = []
    for first, second, couples, both, one in COUPLES:
        together = min(jitter(both), couples)
        alone = min(jitter(one), couples - together)
        left = couples - together - alone
        rows.append((first, second, couples, together, alone, left, 180.0, 7.0))
    head = ["first_type", "second_type", "couples", "both", "one", "neither", "mean_pairs", "mean_rank"]
    return pd.DataFrame(rows, columns=head)


# Gates of the road and, of those who come to them, the share whom they stop, with the reasons.
GATES = [
    ("registration", {}),
    ("school", {"no ECFMG note": 0.002}),
    ("step_2_ck", {"not passed in time": 0.01, "all attempts used": 0.001}),
    ("pathway", {"not accepted in time": 0.01}),
    ("letters", {}),
    ("eras_token", {"no token in time": 0.003}),
    ("verification", {"withdrew": 0.01, "matched elsewhere": 0.005}),
    ("rank_list", {"no interview": 0.06, "certified none": 0.001}),
    ("position", {"no position": 0.15}),
    ("visa", {"no visa in time": 0.004}),
]


def _funnel(jitter):
    rows = []
    for kind, registered in zip(TYPES, REGISTERED, strict=True):
        left = registered
        for gate, shares in GATES:
            counts = {reason: min(jitter(share * left), left) for reason, share in shares.items()}
            counts = {reason: count for reason, count in counts.items() if count} or {"": 0}
            passed = left - sum(counts.values())
            rows += [(kind, gate, left, passed, reason, count) for reason, count in counts.items()]
            left = passed
    return pd.DataFrame(rows, columns=["applicant_type", "gate", "entered", "passed", "reason", "count"])


def _interviews_held(jitter):
    rows = []
    for kind, active, mean in zip(TYPES, ACTIVE, (14, 5, 13, 4, 6, 4, 3), strict=True):
        held = np.arange(0, 31)
        weight = (1 + held) * np.exp(-2 * held / mean)
        counts = [jitter(active * part) for part in weight / weight.sum()]
        rows += [(kind, int(many), count) for many, count in zip(held, counts, strict=True)]
    return pd.DataFrame(rows, columns=["applicant_type", "interviews", "applicants"])


def _cutoffs(jitter):
    rows = []
    for at, (specialty, _, programs, positions, filled, _) in enumerate(SPECIALTIES):
        full = min(jitter(programs * filled / positions), programs)
        middle = jitter(10 * (2.5 + at % 7)) / 10
        rows.append((specialty, programs, full, 0.6 * middle, middle, 1.7 * middle))
    columns = ["specialty", "programs", "full", "lower_quartile", "median", "upper_quartile"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates("specialty", ignore_index=True)


def _flows(jitter):
    rows = []
    for at, home in enumerate([*DIVISIONS, "none"]):
        for there, division in enumerate(DIVISIONS):
            rows.append((home, division, jitter(2000 if at == there else 60 + 20 * there)))
    return pd.DataFrame(rows, columns=["home", "division", "applicants"])
