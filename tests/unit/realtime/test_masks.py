"""Noticing frames that are not masked."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from quiz.realtime.masks import Masks

sizes = st.integers(0, 300) | st.sampled_from([125, 126, 127, 65_535, 65_536, 70_000])


def frame(size: int, *, masked: bool = True) -> bytes:
    bit = 0x80 if masked else 0
    if size < 126:
        head = bytes((0x81, bit | size))
    elif size < 65_536:
        head = bytes((0x81, bit | 126)) + size.to_bytes(2)
    else:
        head = bytes((0x81, bit | 127)) + size.to_bytes(8)
    # Nothing in the payload looks like the head of a masked frame.
    return head + (b"abcd" if masked else b"") + bytes(size)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.lists(sizes, max_size=5), st.lists(st.integers(0, 200_000), max_size=8))
def test_masked_frames_pass_however_they_are_cut(lengths: list[int], cuts: list[int]) -> None:
    masks = Masks()
    assert all(masks.hold(piece) for piece in pieces(b"".join(map(frame, lengths)), cuts))


@given(st.lists(sizes, max_size=4), sizes, st.lists(st.integers(0, 200_000), max_size=8))
def test_one_unmasked_frame_behind_any_number_of_others_is_noticed(
    before: list[int], size: int, cuts: list[int]
) -> None:
    masks = Masks()
    data = b"".join(map(frame, before)) + frame(size, masked=False)
    assert not all(masks.hold(piece) for piece in pieces(data, cuts))
