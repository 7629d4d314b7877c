"""The named random streams: the published generator, reached directly, with nothing shared."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matchsim
from matchsim import _kernels
from matchsim.errors import InputError
from matchsim.streams import Stream, Streams, philox4x32

WORDS = st.integers(0, 2**32 - 1)
AGENTS = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=8).map(
    lambda a: np.array(a, dtype=np.int32)
)
EXAMPLES = settings(max_examples=60)


# philox4x32 with 10 rounds: counter, key, result, from kat_vectors of Random123 (Salmon and others 2011).
KNOWN = [
    ("00000000 " * 4, "00000000 " * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff " * 4, "ffffffff " * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_the_generator_gives_its_published_answers(counter: str, key: str, expected: str) -> None:
    assert philox4x32(numbers(key), numbers(counter)) == numbers(expected)


def block(stream: Stream, agent: int, other: int, number: int) -> tuple[int, ...]:
    return philox4x32((int(stream._key0), int(stream._key1)), (agent, other, number, 0))


@EXAMPLES
@given(WORDS, WORDS, AGENTS, st.integers(0, 1000), st.integers(1, 11))
def test_words_are_those_of_the_plain_generator(key0, key1, agents, first, count) -> None:
    stream = Stream(key0, key1)
    words = stream.words(agents, first, count)
    assert words.shape == (len(agents), count)
    assert words.dtype == np.uint32
    for i, agent in enumerate(agents.tolist()):
        expected = [block(stream, agent, 0, k // 4)[k % 4] for k in range(first, first + count)]
        assert words[i].tolist() == expected


@EXAMPLES
@given(WORDS, WORDS, AGENTS, st.lists(st.integers(0, 5000), max_size=9))
def test_draws_are_reached_directly_in_any_order(key0, key1, agents, draws) -> None:
    stream = Stream(key0, key1)
    at = stream.words_at(agents, np.array(draws, dtype=np.int32))
    for j, draw in enumerate(draws):
        np.testing.assert_array_equal(at[:, j], stream.words(agents, draw, 1)[:, 0])


@EXAMPLES
@given(WORDS, WORDS, AGENTS, st.data())
def test_pairs_are_those_of_the_plain_generator(key0, key1, agents, data) -> None:
    others = data.draw(st.lists(st.integers(0, 2**31 - 1), min_size=len(agents), max_size=len(agents)))
    stream = Stream(key0, key1)
    word0, word1 = stream.pair_words(agents, np.array(others, dtype=np.int32))
    for i, (agent, other) in enumerate(zip(agents.tolist(), others, strict=True)):
        assert (word0[i], word1[i]) == block(stream, agent, other, 0)[:2]


def test_the_key_is_laid_out_as_documented() -> None:
    # Worked out by hand from the layout: blake2b of the name as key, seed and replicate as counter.
    from hashlib import blake2b

    seed, replicate = 0x0123456789ABCDEF, 0xFEDCBA9876543210
    digest = blake2b(b"cohort.ability", digest_size=8).digest()
    name = int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")
    expected = philox4x32(name, (0x89ABCDEF, 0x01234567, 0x76543210, 0xFEDCBA98))[:2]
    stream = Streams(seed, replicate)("cohort.ability")
    assert (int(stream._key0), int(stream._key1)) == expected


EVERYONE = np.arange(500, dtype=np.int32)


def test_a_world_with_one_agent_more_changes_nobody_else_s_draws() -> None:
    stream = Streams(3)("cohort.ability")
    more = np.arange(501, dtype=np.int32)
    np.testing.assert_array_equal(stream.normal(EVERYONE), stream.normal(more)[:-1])
    np.testing.assert_array_equal(stream.words(EVERYONE, 5, 9), stream.words(more, 5, 9)[:-1])
    backwards = EVERYONE[::-1].copy()
    np.testing.assert_array_equal(stream.uniform(EVERYONE), stream.uniform(backwards)[::-1])


def test_a_replicate_is_the_same_alone_and_after_others() -> None:
    alone = Streams(9, 3)("x").words(EVERYONE, 0, 4)
    for replicate in range(4):
        last = Streams(9, replicate)("x").words(EVERYONE, 0, 4)
    np.testing.assert_array_equal(alone, last)


def test_seed_replicate_name_and_agent_all_matter() -> None:
    drawn = [
        tuple(Streams(seed, replicate)(name).words(EVERYONE[:2], 0, 2).ravel().tolist())
        for seed in (0, 1, 2**32, 2**64 - 1)
        for replicate in (0, 1, 2**32)
        for name in ("a", "b", "a.b")
    ]
    assert len(set(drawn)) == len(drawn)


def names_in_the_code() -> list[str]:
    source = Path(matchsim.__file__).parent
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.py")))
    return sorted(set(re.findall(r"""streams\(\s*["']([^"']+)["']\s*\)""", text)))


def test_the_streams_of_the_code_never_collide() -> None:
    names = names_in_the_code()
    assert len(names) >= 25
    for seed in (0, 1, 2**63):
        streams = [Streams(seed)(name) for name in names]
        assert len({(int(s._key0), int(s._key1)) for s in streams}) == len(names)
        # Neither word alone is shared either, as far as 32 bits allow for so few names.
        assert len({int(s._key0) for s in streams}) == len(names)


def test_decisions_are_named_after_the_stage_that_makes_them() -> None:
    source = Path(matchsim.__file__).parent
    stages = {path.stem for room in ("season", "study", "strategy") for path in (source / room).iterdir()}
    for name in names_in_the_code():
        stage, _, decision = name.partition(".")
        assert stage in stages
        assert re.fullmatch(r"[a-z0-9_]+", decision), name


def test_normal_quantiles_against_the_standard_library() -> None:
    rng = np.random.default_rng(5)
    ends = np.concatenate([np.arange(40), 2**32 - 1 - np.arange(40), 2**31 + np.arange(-20, 20)])
    # Around the joints of the approximation: |q| = 0.425 and r = 5.
    joints = [round((0.5 + sign * q) * 2**32) for sign in (-1, 1) for q in (0.425, 0.5 - np.exp(-25.0))]
    near = np.concatenate([np.arange(j - 5, j + 5) for j in joints])
    words = np.unique(np.concatenate([ends, near, rng.integers(0, 2**32, 3000)]).clip(0, 2**32 - 1))
    words = words.astype(np.uint32)
    out = np.empty(len(words), dtype=np.float32)
    _kernels.normal_quantiles(words, out)
    expected = [NormalDist().inv_cdf((int(w) + 0.5) / 2**32) for w in words]
    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-6)
    assert (np.diff(out) >= 0).all()
    np.testing.assert_allclose(out[[0, -1]], [-6.3379, 6.3379], atol=1e-3)


def test_uniform_numbers_never_reach_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    extremes = np.array([[0], [2**32 - 1]], dtype=np.uint32)
    monkeypatch.setattr(Stream, "words", lambda *_: extremes)
    low, high = Stream(1, 2).uniform(EVERYONE[:2])
    assert 0.0 < low < 1e-9
    assert 1 - 1e-9 < high < 1.0


def test_moments_and_independence() -> None:
    n = 20_000
    people = np.arange(n, dtype=np.int32)
    stream = Streams(11)("moments")
    uniform = stream.uniform(people)
    assert uniform.dtype == np.float64
    assert abs(uniform.mean() - 0.5) < 4 / np.sqrt(12 * n)
    assert abs(uniform.var() - 1 / 12) < 4 / np.sqrt(180 * n)
    normal = stream.normal(people, draw=1)
    assert normal.dtype == np.float32
    assert abs(float(normal.mean())) < 4 / np.sqrt(n)
    assert abs(float(normal.var()) - 1) < 4 * np.sqrt(2 / n)
    assert abs(float((normal**3).mean())) < 4 * np.sqrt(15 / n)
    assert abs(float((normal**4).mean()) - 3) < 4 * np.sqrt(96 / n)
    one, two = stream.pair_normals(people, people[::-1].copy())
    other = Streams(11)("moments.other").normal(people)
    later = stream.normal(people, draw=2)
    for x, y in ((one, two), (normal, other), (normal, later), (normal[1:], normal[:-1]), (one, normal)):
        assert abs(np.corrcoef(x, y)[0, 1]) < 4 / np.sqrt(n)


def test_one_pair_normal_is_the_first_of_two() -> None:
    stream = Streams(2)("pairs")
    others = EVERYONE[::-1].copy()
    np.testing.assert_array_equal(
        stream.pair_normal(EVERYONE, others), stream.pair_normals(EVERYONE, others)[0]
    )


def test_nobody_has_no_draws() -> None:
    stream, nobody = Streams(2)("pairs"), np.empty(0, dtype=np.int32)
    assert stream.words(nobody, 3, 2).shape == (0, 2)
    assert stream.words(EVERYONE, 3, 0).shape == (500, 0)
    assert stream.normal(nobody).shape == stream.uniform(nobody).shape == (0,)
    assert stream.pair_normal(nobody, nobody).shape == (0,)


def test_pairs_need_two_of_each() -> None:
    with pytest.raises(ValueError, match="agents and others differ in length: 500 and 499"):
        Streams(2)("pairs").pair_words(EVERYONE, EVERYONE[1:])


@pytest.mark.parametrize(("seed", "replicate"), [(-1, 0), (2**64, 0), (0, -1), (0, 2**64)])
def test_seeds_and_replicates_out_of_range(seed: int, replicate: int) -> None:
    name, value = ("replicate", replicate) if seed == 0 else ("seed", seed)
    with pytest.raises(InputError) as caught:
        Streams(seed, replicate)
    assert str(caught.value) == f"{name} must be 0 to 2**64 - 1, got {value}"


def test_the_largest_seed_and_replicate_are_good() -> None:
    assert repr(Streams(2**64 - 1, 2**64 - 1)) == f"Streams(seed={2**64 - 1}, replicate={2**64 - 1})"
    Streams(2**64 - 1, 2**64 - 1)("x").words(EVERYONE, 0, 1)
