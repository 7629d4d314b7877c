"""Interviews and signals.

Manjunath and Morrill, Theoretical Economics 18 (2023), 503-527; Beyhaghi and Tardos, ITCS 2021; Lee and
Schwarz, RAND Journal of Economics 48 (2017); Coles, Kushnir and Niederle, American Economic Journal:
Microeconomics 5 (2013).
"""

from __future__ import annotations

from literature.comparison import assert_agreement
from literature.interviews import HOARDING, MISSED, OVERLAP, dip, gains, hoarding, overlap, signals


def test_nobody_matched_before_gains_by_more_interviews_for_all():
    faults, checks, situations = gains(54)
    assert situations > 50
    assert checks > 2_000
    assert faults == 0


def test_hoarding_leaves_doctors_unmatched():
    found = hoarding(effort=0.2)
    assert_agreement(found)
    matched = dict(zip(HOARDING, (one.ours.mean for one in found), strict=True))
    assert max(matched, key=matched.__getitem__) in (4, 5, 6)


def test_more_applications_may_mean_fewer_matches():
    found = dip(effort=0.2)
    assert_agreement(found)
    shares = {one.case: one.ours.mean for one in found}
    for interviews, whole, half, more in (("1 interview", 2, 2.5, 3), ("2 interviews", 4, 4.5, 5)):
        dipped = shares[f"{interviews} a job, {half} applications"]
        assert all(dipped < shares[f"{interviews} a job, {sent} applications"] for sent in (whole, more))


def test_firms_that_interview_the_same_workers_hire_more():
    """Figures that are missed, and why, are told where they stand."""
    found = overlap(effort=0.2)
    keys = [(case, how) for case in OVERLAP for how in ("in blocks", "at random")]
    assert_agreement(one for one, key in zip(found, keys, strict=True) if key not in MISSED)
    assert all(one.ours.mean > other.ours.mean for one, other in zip(found[::2], found[1::2], strict=True))


def test_one_signal_each_makes_more_matches():
    found = signals(effort=0.2)
    assert_agreement(found)
    assert all(found[k].ours.mean < found[k + 1].ours.mean for k in range(1, len(found), 3))
