"""Words as numbers: what their hashes promise."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.keywords.candidates import Piece, in_units, phrases, read
from copykit.keywords.profile import load_profile, make_words
from copykit.keywords.words import Words, char_codes, folded_sums, text_hashes
from copykit.text.segment import Segmenter

SEGMENTER = Segmenter()
TEXTS = st.text(max_size=40) | st.text(
    alphabet="平价睫毛膏復購率Ａ a1iPhone。，\n\t\x1d\x1e\ud800👍\U00030000", max_size=40
)


def vocabulary() -> Words:
    return make_words(bundled(), load_profile(bundled(), "article"), SEGMENTER)


@given(TEXTS, st.data())
def test_a_stretch_has_the_same_hash_wherever_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    alone = text_hashes([text[start:end]])
    assert folded_sums(char_codes(text)).hashes(np.array([start]), np.array([end])) == alone


@given(st.text(alphabet="aB1Ａ ", max_size=30))
def test_blanks_that_do_not_count_leave_the_hash_of_what_is_left(text: str) -> None:
    codes = char_codes(text)
    sums = folded_sums(codes, np.flatnonzero(codes == ord(" ")))
    assert sums.hashes(np.array([0]), np.array([len(text)])) == text_hashes([text.replace(" ", "")])


def test_spellings_of_one_word_share_a_hash() -> None:
    hashes = text_hashes(["復購率", "复购率", "LED灯", "ＬＥＤ灯", "led灯", "复购卒"])
    assert hashes[0] == hashes[1]
    assert hashes[2] == hashes[3] == hashes[4]
    assert hashes[5] != hashes[0]


@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(["?", "\ud800"])
def test_words_tile_every_text_and_keep_their_numbers(texts: list[str]) -> None:
    words = vocabulary()
    pieces = [Piece("标题", text) for text in texts]
    first, second = read(pieces, words, SEGMENTER.words), read(pieces, words, SEGMENTER.words)
    assert first.numbers.tolist() == second.numbers.tolist()
    names = words.names
    for number, start, end in zip(first.numbers, first.starts, first.ends, strict=True):
        assert names[number] == first.text[start:end].replace("\n", " ")
    assert len(first.begins) == len(texts)
    assert first.docs.max() == len(texts) - 1
    # What is left out is the blank inside Latin phrases.
    places = {place for start, end in zip(first.starts, first.ends, strict=True) for place in range(start, end)}
    assert not "".join(char for place, char in enumerate(first.text) if place not in places).strip()


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_units_tile_the_words_they_are_parts_of(texts: list[str]) -> None:
    reading = read([Piece("", text) for text in texts], vocabulary(), SEGMENTER.words)
    units = in_units(reading, vocabulary())
    assert set(reading.starts.tolist()) <= set(units.starts.tolist())
    assert int((units.ends - units.starts).sum()) == int((reading.ends - reading.starts).sum())


def test_many_words_find_their_place() -> None:
    words = vocabulary()
    names = [f"词{number}号" for number in range(30_000)]
    text = "".join(names)
    ends = np.cumsum([len(name) for name in names])
    starts = ends - [len(name) for name in names]
    codes = char_codes(text)
    numbers = words.numbers(text, starts, ends, codes)
    written = words.names
    assert len(set(numbers.tolist())) == len(names)
    assert [written[number] for number in numbers] == names
    assert words.numbers(text, starts, ends, codes).tolist() == numbers.tolist()


def test_phrases_keep_stop_words_and_signs_out() -> None:
    words = vocabulary()
    reading = read([Piece("", "平价的睫毛膏，睫毛膏测评 iPhone Pro 手机壳。2024年")], words, SEGMENTER.words)
    found = phrases(reading, words)
    texts = {
        reading.text[reading.starts[place] : reading.ends[place + size - 1]]
        for place, size in zip(found.places.tolist(), found.sizes.tolist(), strict=True)
    }
    assert {"睫毛膏", "睫毛膏测评", "iPhone Pro"} <= texts
    assert not [text for text in texts if "的" in text or "，" in text or text.isdigit()]
