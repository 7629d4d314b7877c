"""One agent of a stream with the draws of another."""

from __future__ import annotations

import numpy as np

from matchsim.streams import Stream


class Spliced(Stream):
    """The draws of a stream, and for one agent those of another agent in another stream."""

    def __init__(self, own, other, newcomer, probe) -> None:
        self.own, self.other, self.newcomer, self.probe = own, other, newcomer, probe

    def words(self, agents, first, count):
        return self._mixed(agents, lambda stream, some: stream.words(some, first, count))

    def words_at(self, agents, draws):
        return self._mixed(agents, lambda stream, some: stream.words_at(some, draws))

    def pair_words(self, agents, others):
        return (
            self._mixed(agents, lambda stream, some: stream.pair_words(some, others)[0]),
            self._mixed(agents, lambda stream, some: stream.pair_words(some, others)[1]),
        )

    def _mixed(self, agents, draw):
        new = agents == self.newcomer
        words = draw(self.own, agents)
        if new.any():
            words[new] = draw(self.other, np.where(new, self.probe, 0).astype(np.int32))[new]
        return np.ascontiguousarray(words)
