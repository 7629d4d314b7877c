"""The part of a scenario about what programs look at in people: a Gaussian copula and its margins."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Annotated, Literal, get_args

from pydantic import Field

from matchsim.season.scenario.parts import Part, Share, SharesByType, Spread, WeightsByType, parameter, spread

__all__ = ["ATTRIBUTES", "Attribute", "Attributes", "Correlations", "lower_triangle"]

Attribute = Literal[
    "ability",
    "step2_ck",
    "step_1",
    "school",
    "research",
    "us_clinical_months",
    "years_since_graduation",
    "mock_interviews",
    "budget",
]
ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)

Correlation = Annotated[float, Field(ge=-1.0, le=1.0)]
Correlations = dict[Attribute, dict[Attribute, Correlation]]
Median = Annotated[float, Field(ge=0.0, le=10_000_000.0)]


class Budgets(Part):
    """Median of what people can spend on applications, by type, in US dollars."""

    us_md_senior: Median = 4000.0
    us_md_grad: Median = 4000.0
    us_do_senior: Median = 4000.0
    us_do_grad: Median = 4000.0
    us_img: Median = 6000.0
    non_us_img: Median = 5000.0
    other: Median = 5000.0


class Attributes(Part):
    """What programs look at beside the file's strength and the exam.

    All attributes of a person hang together by one Gaussian copula: standard normal scores with the
    `correlations` given, within each type, each turned into the attribute by its own distribution.
    """

    correlations: Correlations = parameter(
        {
            "school": {"ability": 0.4, "step2_ck": 0.3},
            "step_1": {"ability": 0.5, "step2_ck": 0.6},
            "research": {"ability": 0.4, "step2_ck": 0.2, "school": 0.3},
            "us_clinical_months": {"ability": 0.2, "step2_ck": 0.1, "budget": 0.3},
            "years_since_graduation": {"ability": -0.2, "step2_ck": -0.2},
            "mock_interviews": {"ability": 0.2, "budget": 0.2},
        },
        "correlations of the normal scores of two attributes; pairs that are not named are uncorrelated, and "
        "that of ability and step2_ck is step2_ck.ability_correlation",
    )
    step_1_first_pass: SharesByType = parameter(
        SharesByType(
            us_md_senior=0.96,
            us_md_grad=0.9,
            us_do_senior=0.95,
            us_do_grad=0.88,
            us_img=0.85,
            non_us_img=0.88,
            other=0.9,
        ),
        "share of the registered who passed Step 1 at the first attempt, by type",
        source="above the shares of all examinees (2025, second-hand from iatrox.com: MD 91, DO 89, "
        "international 72 percent), for who failed registers for a match less often",
    )
    step_1_later_pass: Share = parameter(
        0.7,
        "share of the registered who passed Step 1 at each further attempt",
        source="above the share of all repeaters (2025, second-hand from iatrox.com: 54 percent)",
    )
    retake: Spread = parameter(
        spread(8.0, 6.0), "points gained at a further attempt at Step 2 CK", unit="points"
    )
    step_3: SharesByType = parameter(
        SharesByType(us_md_grad=0.2, us_do_grad=0.2, us_img=0.1, non_us_img=0.15),
        "share who have passed Step 3, by type; for those who want an H-1B visa see h1b_step_3",
    )
    h1b: Share = parameter(
        0.1,
        "share of those who need a visa who want an H-1B; without Step 3 they make do with a J-1",
        source="H-1B is the rarer visa by far; how many want it is not published",
    )
    h1b_step_3: Share = parameter(0.8, "share of those who want an H-1B who have passed Step 3")
    years_since_graduation: WeightsByType = parameter(
        WeightsByType(us_md_grad=2.0, us_do_grad=2.0, us_img=1.5, non_us_img=4.0, other=1.0),
        "mean years since graduation by type, spread as a geometric distribution; graduates of earlier "
        "years have one at least, seniors none",
        unit="years",
    )
    us_clinical_months: WeightsByType = parameter(
        WeightsByType(
            us_md_senior=24.0,
            us_md_grad=24.0,
            us_do_senior=24.0,
            us_do_grad=24.0,
            us_img=18.0,
            non_us_img=3.0,
            other=3.0,
        ),
        "mean clinical experience in the United States by type; spread as an exponential distribution among "
        "non_us_img and other, as it stands for the others",
        unit="months",
    )
    letters_per_month: Annotated[float, Field(ge=0.0, le=10.0)] = parameter(
        0.75, "letters of recommendation earned by a month of clinical experience, at most four in all"
    )
    research: WeightsByType = parameter(
        WeightsByType(
            us_md_senior=8.0,
            us_md_grad=6.0,
            us_do_senior=4.0,
            us_do_grad=3.0,
            us_img=3.0,
            non_us_img=6.0,
            other=4.0,
        ),
        "mean number of publications, abstracts and presentations by type, spread as a geometric "
        "distribution",
        basis="recalled",
        source="NRMP Charting Outcomes: many more in competitive specialties, which is not modelled",
    )
    mock_interviews: WeightsByType = parameter(
        WeightsByType(
            us_md_senior=2.0,
            us_md_grad=1.0,
            us_do_senior=2.0,
            us_do_grad=1.0,
            us_img=2.0,
            non_us_img=2.0,
            other=2.0,
        ),
        "mean number of mock interviews by type, spread as a geometric distribution",
    )
    budget: Budgets = parameter(
        Budgets(), "median of what can be spent on applications, by type", unit="US dollars"
    )
    budget_spread: Annotated[float, Field(ge=0.0, le=3.0)] = parameter(
        0.7, "standard deviation of the logarithm of that"
    )


def lower_triangle(
    exam: float, correlations: Mapping[Attribute, Mapping[Attribute, float]]
) -> list[list[float]]:
    """The Cholesky factor of the correlations, which turns independent normal scores into correlated ones.

    Parameters
    ----------
    exam
        Correlation of ability and Step 2 CK.
    correlations
        Of the other pairs; both orders of a pair mean the same.

    Returns
    -------
    list of list of float
        Row *i* belongs to attribute *i* of :data:`ATTRIBUTES` and has i + 1 numbers.

    Raises
    ------
    ValueError
        When no people can have such correlations, with the attribute at which that shows.
    """
    size = len(ATTRIBUTES)
    matrix = [[float(i == j) for j in range(size)] for i in range(size)]
    pairs = {("ability", "step2_ck"): exam}
    pairs |= {(one, other): value for one, row in correlations.items() for other, value in row.items()}
    for (one, other), value in pairs.items():
        i, j = ATTRIBUTES.index(one), ATTRIBUTES.index(other)
        matrix[i][j] = matrix[j][i] = value
    factor: list[list[float]] = []
    for i in range(size):
        row: list[float] = []
        for j in range(i):
            inner = sum(a * b for a, b in zip(row, factor[j], strict=False))
            row.append((matrix[i][j] - inner) / factor[j][j] if factor[j][j] > 0 else 0.0)
        rest = matrix[i][i] - sum(a * a for a in row)
        if rest < -1e-12:
            raise ValueError(ATTRIBUTES[i])
        factor.append([*row, sqrt(max(rest, 0.0))])
    return factor
