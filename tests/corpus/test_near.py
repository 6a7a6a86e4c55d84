"""Copies and near-copies are suspected, whatever else is looked at with them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from copykit.corpus.near import BANDS, LEAST, Known, alike, runs_of, sketch

LONG = "刷头是弯的，单眼皮也能刷到根部，第一次用不会戳到眼睛；卸的时候温水敷一会儿，一拉就下来了，不用卸妆油。" * 2
OTHER = "羽绒服先看充绒量再看蓬松度，标签上都写着；白鸭绒九十以上，零下十度够穿，回来挂着别压，来年还蓬。" * 2
TEXTS = st.lists(st.text(st.sampled_from("睫毛膏弯头刷, .\n\U00020000a1"), max_size=200), max_size=12)


@given(TEXTS, TEXTS)
def test_a_text_is_sketched_alike_in_any_company(texts: list[str], others: list[str]) -> None:
    alone = sketch(texts)
    together = sketch([*others, *texts])
    assert alone.digests.tolist() == together.digests.tolist()[len(others) :]
    assert alone.bands.tolist() == together.bands.tolist()[len(others) :]


@given(TEXTS)
def test_only_ink_counts_and_short_texts_have_no_bands(texts: list[str]) -> None:
    found = sketch(texts)
    inks = ["".join(char for char in text if char.isalnum()) for text in texts]
    for ink, digest, bands in zip(inks, found.digests.tolist(), found.bands.tolist(), strict=True):
        assert bool(digest) == bool(ink)
        assert any(bands) == (len(ink) >= LEAST)
    assert [a == b for a in inks for b in inks] == [
        a == b for a in found.digests.tolist() for b in found.digests.tolist()
    ]


def test_a_copy_with_a_line_added_is_suspected_and_borne_out_and_another_text_is_neither() -> None:
    copy = LONG.replace("，", " ") + "本文转自网络。"
    bands = sketch([LONG, copy, OTHER]).bands
    known = Known()
    known.add(bands[0], np.repeat(7, BANDS))
    assert {document for _, document in known.find(bands[1])} == {7}
    assert alike(runs_of(LONG), runs_of(copy))
    assert not list(known.find(bands[2]))
    assert not alike(runs_of(LONG), runs_of(OTHER))
    assert not alike(set(), set())


@given(st.lists(st.lists(st.integers(-5, 5), max_size=8), max_size=12), st.lists(st.integers(-6, 6), max_size=8))
def test_what_was_added_is_found_however_it_was_merged(lots: list[list[int]], asked: list[int]) -> None:
    known = Known()
    held: set[int] = set()
    for number, lot in enumerate(lots):
        known.add(np.array(lot, np.int64), np.full(len(lot), number))
        held |= set(lot)
    hits = list(known.find(np.array(asked, np.int64)))
    assert {place for place, _ in hits} == {place for place, key in enumerate(asked) if key in held}
    assert all(asked[place] in lots[document] for place, document in hits)
