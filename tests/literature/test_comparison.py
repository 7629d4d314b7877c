"""When a figure agrees with ours, and above all when it does not: what all the other tests here rely on."""

from __future__ import annotations

import pytest

from literature.comparison import STANDARD_ERRORS, Comparison, Estimate, Figure, assert_agreement


def compared(figure: Figure, ours: Estimate) -> Comparison:
    return Comparison("a market", "a number", figure, ours)


def test_an_estimate_is_the_mean_of_its_draws_with_its_standard_error():
    assert Estimate.of([1, 2, 3, 6]) == Estimate(3.0, pytest.approx((14 / 3) ** 0.5), 4)
    assert Estimate(3.0, 2.0, 16).error == 0.5
    share = Estimate.share(3, 4)
    assert (share.mean, share.draws) == (0.75, 4)
    assert share.deviation == pytest.approx((0.7 * 0.3) ** 0.5)
    # Nothing of four is no certainty.
    assert Estimate.share(0, 4).error > 0
    # A number computed once has no chance in it.
    assert Estimate(3.0) == Estimate(3.0, 0.0, 1)


@pytest.mark.parametrize(
    ("figure", "distance"),
    [
        (Figure(10.0, "theorem"), 8.0),
        (Figure(18.0, "theorem"), 8.0),
        # Its own draws vary as ours do: the errors are 0.5 and 1.2, together 1.3.
        (Figure(10.0, "recomputed", draws=100), 4 / 1.3),
        (Figure(10.0, "quoted", allowance=1.5), 5.0),
        (Figure(10.0, "quoted", allowance=4.0), 0.0),
        (Figure(10.0, "theorem", bound="at most"), 8.0),
        (Figure(18.0, "theorem", bound="at most"), 0.0),
        (Figure(18.0, "theorem", bound="at least"), 8.0),
        (Figure(10.0, "theorem", bound="at least"), 0.0),
        (Figure(10.0, "theorem", bound="at most", allowance=1.0), 6.0),
    ],
)
def test_the_distance_is_what_a_figure_does_not_leave_open(figure, distance):
    ours = Estimate(14.0, 12.0, 576) if figure.draws else Estimate(14.0, 5.0, 100)
    one = compared(figure, ours)
    assert one.distance == pytest.approx(distance)
    assert one.agrees == (distance <= STANDARD_ERRORS)


def test_a_number_without_chance_must_be_met_exactly():
    assert compared(Figure(3.0, "theorem"), Estimate(3.0 + 1e-10)).agrees
    assert not compared(Figure(3.0, "theorem"), Estimate(3.0 + 1e-7)).agrees
    assert not compared(Figure(0.0, "theorem"), Estimate(1e-7)).agrees
    # What a float keeps of a large number is less.
    assert compared(Figure(3e12, "theorem"), Estimate(3e12 + 1)).agrees


def test_every_comparison_that_misses_is_told_and_none_is_no_agreement():
    near = compared(Figure(10.0, "quoted"), Estimate(10.1, 1.0, 100))
    low, high = (compared(Figure(value, "recalled"), Estimate(10.0, 1.0, 100)) for value in (9.0, 11.0))
    assert_agreement([near])
    with pytest.raises(AssertionError) as caught:
        assert_agreement(one for one in (low, near, high))
    told = str(caught.value)
    assert told.count("a market, a number: ") == 2
    assert "9 (recalled, allowance 0), ours 10 ± 0.1, 10.0 standard errors beyond" in told
    assert "11 (recalled, allowance 0)" in told
    with pytest.raises(AssertionError):
        assert_agreement([])


def test_the_tolerance_is_that_of_the_page():
    assert STANDARD_ERRORS == 5.0
