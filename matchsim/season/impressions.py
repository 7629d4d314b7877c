"""What the two sides learn about each other after applying: interviews, second looks, words of intent."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchsim.season.ragged import places_of
from matchsim.season.ranked import sorted_segments
from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import wishes
from matchsim.season.tables import Applicants, Interviews, Programs
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Int64

__all__ = ["Impressions", "impressions"]


class Impressions(NamedTuple):
    """What everybody thinks after the interviews; one element an interview.

    Parameters
    ----------
    wish
        How much the applicant wishes for the program, in SD.
    score
        What the program ranks by, in SD.
    """

    wish: Float32
    score: Float32


def impressions(
    scenario: Scenario, streams: Streams, applicants: Applicants, programs: Programs, interviewed: Interviews
) -> Impressions:
    """Wishes and scores after interviews, second looks and what applicants tell.

    Both sides' impressions are independent, and better where people prepared by mock interviews. A second
    look at the programs most wished for adds to both, but for programs that locked their lists before;
    some programs move up people who tell them that they wish for them most.
    """
    lists = scenario.rank_lists
    owner, program = interviewed.applicants(), interviewed.program
    mine, theirs = streams("rank_lists.interview").pair_normals(owner, program)
    standing = np.zeros(len(applicants))
    wish = wishes(
        scenario,
        applicants,
        programs,
        interviewed.applicant_offsets,
        program,
        interviewed.fit,
        standing,
    )
    wish += np.float32(lists.applicants.interview) * mine
    score = np.float32(lists.programs.file) * interviewed.score
    score += np.float32(lists.programs.interview) * theirs
    score += np.float32(lists.programs.mock_interview) * applicants.mock_interviews[owner]

    every = np.arange(len(programs), dtype=np.int32)
    visited = _most_wished(interviewed.applicant_offsets, wish, lists.second_looks.visits)
    mine, theirs = streams("rank_lists.second_look").pair_normals(owner[visited], program[visited])
    locks = streams("rank_lists.early_lock").uniform(every) < lists.early_lock
    wish[visited] += np.float32(lists.second_looks.applicants) * mine
    score[visited] += np.float32(lists.second_looks.programs) * theirs * ~locks[program[visited]]

    given = lists.programs.rank_to_match
    moves_up = streams("rank_lists.rank_to_match").uniform(every) < given.share
    tells = _tells(streams, len(applicants), given.told)
    first = _most_wished(interviewed.applicant_offsets, wish, 1)
    first = first[tells[owner[first]] & moves_up[program[first]]]
    score[first] += np.float32(given.bonus)
    return Impressions(wish, score)


def _most_wished(offsets: Int64, wish: Float32, most: int) -> Int64:
    """The interviews that everybody wishes for most, up to so many each."""
    return sorted_segments(offsets, wish)[places_of(np.diff(offsets)) < most]


def _tells(streams: Streams, people: int, share: float) -> Bool:
    everyone = np.arange(people, dtype=np.int32)
    told: Bool = streams("rank_lists.told").uniform(everyone) < share
    return told
