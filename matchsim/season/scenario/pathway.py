"""The parts of a scenario about the road: who is stopped at which gate before and after the match."""

from __future__ import annotations

from matchsim.season.scenario.parts import Part, SharesByType, parameter

__all__ = ["Pathway", "RoadGates", "Training"]

_TOGETHER = (
    "by hand: the gates together stop about as many of each type as were registered and withdrawn in 2025 "
    "(derived from NRMP Results and Data 2025, tables 4A and 4B)"
)


class RoadGates(Part):
    """Share of the registered of each type whom a gate stops before the rank order list deadline."""

    school: SharesByType = parameter(
        SharesByType(us_img=0.001, non_us_img=0.002, other=0.002),
        "the school's entry in the World Directory has no ECFMG note for the year of graduation",
        source=_TOGETHER,
    )
    step_1: SharesByType = parameter(
        SharesByType(
            us_md_senior=0.0005,
            us_do_senior=0.0005,
            us_md_grad=0.01,
            us_do_grad=0.01,
            us_img=0.01,
            non_us_img=0.01,
            other=0.01,
        ),
        "Step 1 is not passed in time; whoever failed every attempt allowed is stopped besides",
        source=_TOGETHER,
    )
    step_2_ck: SharesByType = parameter(
        SharesByType(
            us_md_senior=0.001,
            us_do_senior=0.002,
            us_md_grad=0.015,
            us_do_grad=0.015,
            us_img=0.018,
            non_us_img=0.015,
            other=0.015,
        ),
        "Step 2 CK is not passed in time; whoever failed every attempt allowed is stopped besides",
        source=_TOGETHER,
    )
    exam_window: SharesByType = parameter(
        SharesByType(us_img=0.001, non_us_img=0.002, other=0.002),
        "the first exam lapsed before the last was passed",
        source=_TOGETHER,
    )
    oet: SharesByType = parameter(
        SharesByType(us_img=0.002, non_us_img=0.008, other=0.008),
        "no sitting of OET Medicine reached the scores in time",
        source=_TOGETHER,
    )
    pathway: SharesByType = parameter(
        SharesByType(us_img=0.01, non_us_img=0.013, other=0.013),
        "ECFMG accepted no Pathway in time",
        source=_TOGETHER,
    )
    documents: SharesByType = parameter(
        SharesByType(us_md_grad=0.002, us_do_grad=0.002, us_img=0.002, non_us_img=0.003, other=0.003),
        "MSPE, transcript or another paper is missing when applications are sent",
        source=_TOGETHER,
    )
    eras_token: SharesByType = parameter(
        SharesByType(us_img=0.002, non_us_img=0.003, other=0.003),
        "no token was had from ECFMG in time",
        source=_TOGETHER,
    )
    verification: SharesByType = parameter(
        SharesByType(
            us_md_senior=0.007,
            us_md_grad=0.095,
            us_do_senior=0.014,
            us_do_grad=0.11,
            us_img=0.025,
            non_us_img=0.015,
            other=0.42,
        ),
        "matched elsewhere (urology, ophthalmology, the military), not confirmed by the school, or withdrew",
        source=_TOGETHER,
    )


class Training(Part):
    """The first day of training: share of those with a position, by type, who cannot start in it."""

    graduation: SharesByType = parameter(
        SharesByType(us_md_senior=0.002, us_do_senior=0.002),
        "seniors who do not graduate in time",
    )
    certificate: SharesByType = parameter(
        SharesByType(us_img=0.004, non_us_img=0.006, other=0.006),
        "people verified for the match whom ECFMG does not certify in time",
    )
    visa: SharesByType = parameter(
        SharesByType(
            us_md_senior=0.01,
            us_md_grad=0.01,
            us_do_senior=0.01,
            us_do_grad=0.01,
            us_img=0.01,
            non_us_img=0.02,
            other=0.02,
        ),
        "of those who need a visa, those to whom it is not issued in time",
    )


class Pathway(Part):
    """The gates of the road. A gate with no shares is switched off.

    Where the number of people withdrawn is given (`cohort.withdrawn`), exactly that many of each type are
    stopped: the shares of all gates are moved together, on the scale of normal scores, until the number is
    right. Otherwise the shares are as they stand, and only as many more pass as must certify a list.
    """

    gates: RoadGates = RoadGates()
    strength: float = parameter(
        0.3,
        "correlation of a person's luck at the gates of exams and the Pathway with their Step 2 CK score",
        ge=0.0,
        le=1.0,
    )
    certified_early: SharesByType = parameter(
        SharesByType(us_img=0.3, non_us_img=0.5, other=0.5),
        "share who have the ECFMG certificate when programs begin to read applications; students of schools "
        "abroad who have not graduated cannot have it",
    )
