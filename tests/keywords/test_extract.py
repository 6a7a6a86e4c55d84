"""Keywords of single texts: they stand where they say, and depend on their own text alone."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from copykit.corpus.blocks import Block, marked
from copykit.datafiles import bundled
from copykit.keywords import extract
from copykit.keywords.candidates import Piece
from copykit.keywords.extract import KeywordExtractor
from copykit.keywords.mine import Wanted
from copykit.keywords.profile import KindUnknown, load_profile
from copykit.keywords.run import Recipe, discover_blocks, mine_blocks
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter

KINDS = ("article", "title", "product", "query")
SEGMENTER = Segmenter()
EXTRACTORS = {kind: KeywordExtractor(bundled(), load_profile(bundled(), kind)) for kind in KINDS}
ARTICLE = Piece(
    "平价睫毛膏怎么选",
    "平价睫毛膏的刷头要小。刷头小的睫毛膏不容易晕染，单眼皮也能刷到根部。晕染多半是膏体太湿，卸妆时水温40度就够。",
)
# kind, text, words that have to be among the first five
CASES = [
    ("article", ARTICLE, {"平价睫毛膏", "刷头"}),
    ("product", Piece("艾熙 儿童纯棉连衣裙女童夏装公主裙", ""), {"连衣裙", "公主裙"}),
    ("title", Piece("詹姆斯带领骑士击败猛龙，晋级东部决赛", ""), {"詹姆斯", "骑士", "猛龙"}),
    (
        "article",
        Piece("", "Wireless data access in a mobile network. A proxy cache reduces wireless data access delay."),
        {"wireless data access"},
    ),
]


@pytest.mark.parametrize(("kind", "piece", "expected"), CASES)
def test_the_first_keywords_are_what_a_person_would_mark(kind: str, piece: Piece, expected: set[str]) -> None:
    words = [word.text.lower() for word in EXTRACTORS[kind].extract([piece], 5)[0]]
    assert expected <= set(words), words


# kind, text, words that must not be among its keywords.
HALVES = [
    ("product", "睫毛膏不晕染 防水", {"晕染"}),
    ("article", "线上线下同价，门店的粗跟单鞋不磨脚。", {"线上线", "上线", "跟单鞋", "磨脚"}),
    ("product", "珂岸官方旗舰店", {"岸官方", "岸官方旗舰店"}),
    ("query", "黑色电脑包 皮革男士", {"包皮", "包皮革"}),
    ("title", "I don't believe it. The seller's shoes don't fit.", {"Don", "don", "t believe", "s shoes", "t fit"}),
]


@pytest.mark.parametrize(("kind", "text", "unwanted"), HALVES)
def test_no_keyword_is_half_a_word_or_the_opposite_of_what_is_said(kind: str, text: str, unwanted: set[str]) -> None:
    found = {word.text.replace(" ", "") for word in EXTRACTORS[kind].extract([Piece(text, "")], 30)[0]}
    assert found
    assert not {word.replace(" ", "") for word in unwanted} & found


@settings(max_examples=40)
@example("article", ["0²"])
@given(st.sampled_from(KINDS), st.lists(st.text(max_size=50), max_size=3))
def test_keywords_stand_where_they_say_and_weights_are_shares(kind: str, texts: list[str]) -> None:
    pieces = [ARTICLE, *(Piece(text[:10], text) for text in texts)]
    for piece, words in zip(pieces, EXTRACTORS[kind].extract(pieces, 8), strict=True):
        joined = "\x1e".join(re.sub("[\0\x1d\x1e]", " ", part) for part in (piece.title, piece.text))  # its own
        for word in words:
            assert joined[word.start : word.end] == word.text
            assert not word.text.isdigit()
        assert sum(word.weight for word in words) <= 1.001
        assert [word.weight for word in words] == sorted((word.weight for word in words), reverse=True)


@given(st.integers(1, 200), st.integers(0, 199))
@settings(max_examples=10)
def test_neighbours_change_nothing(size: int, place: int) -> None:
    pieces = [Piece("", f"第{number}款加绒打底裤，保暖不臃肿。") for number in range(size)]
    pieces[place % size] = ARTICLE
    extractor = EXTRACTORS["article"]
    assert extractor.extract(pieces, 5)[place % size] == extractor.extract([ARTICLE], 5)[0]


def test_a_vocabulary_that_is_begun_anew_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [ARTICLE, Piece("", "加绒打底裤保暖不臃肿，打底裤配长靴。")] * 80
    expected = EXTRACTORS["article"].extract(pieces, 5)
    monkeypatch.setattr(extract, "WORDS_IN_MEMORY", 5)
    assert KeywordExtractor.bundled("article").extract(pieces, 5) == expected


def test_stop_words_are_really_ignored() -> None:
    extractor = KeywordExtractor(bundled(), load_profile(bundled(), "article"), stop=["刷头", "平价睫毛膏"])
    words = [word.text for word in extractor.extract([ARTICLE], 30)[0]]
    assert words
    assert not [word for word in words if "刷头" in word or word == "平价睫毛膏"]


def test_explained_keywords_tell_every_factor_and_rank_the_same() -> None:
    plain, told = (EXTRACTORS["article"].extract([ARTICLE], 5, explain=explain)[0] for explain in (False, True))
    assert [word.text for word in plain] == [word.text for word in told]
    for word in told:
        assert {"base", "position", "cohesion", "wording"} <= set(word.factors)
        assert sum(round(10_000 * share) for share in word.factors.values()) == round(10_000 * word.weight)


@pytest.mark.parametrize("top", [1, 3, 10])
def test_the_same_words_turned_round_are_told_once(top: int) -> None:
    text = "防水睫毛膏和睫毛膏防水是一回事。防水睫毛膏卷翘，卷翘防水，防水卷翘。"
    found = EXTRACTORS["article"].extract([Piece("", text), ARTICLE], top)[0]
    made_of = [frozenset(SEGMENTER.words(word.text)) for word in found]
    assert len(set(made_of)) == len(made_of)
    assert len(found) == min(top, len(EXTRACTORS["article"].keywords(text)))


def test_texts_without_candidates_have_none() -> None:
    assert EXTRACTORS["article"].extract([Piece("", ""), Piece("", "的了，。！"), Piece("", "12 34")], 5) == [
        [],
        [],
        [],
    ]


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(KindUnknown, match="article"):
        load_profile(bundled(), "novel")


PIECES = [
    "碧朗诗",
    "手机",
    "壳",
    "殼",
    "T恤",
    "ｉPhone",
    "15",
    "内衣",
    "洗衣",
    "液",
    "le",
    "apple",
    " ",
    "，",
    "好用",
    "的",
]
STOPS = ["碧朗诗", "手机殼", "IPHONE 15", "洗衣液", "衣洗", "le", "好用"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=12),
    st.lists(st.sampled_from(STOPS), min_size=1, max_size=3),
)
def test_stop_words_stay_out_however_a_text_is_cut(kind: str, parts: list[str], stop: list[str]) -> None:
    text = "".join(parts)
    extractor = KeywordExtractor(bundled(), load_profile(bundled(), kind), SEGMENTER, stop)
    recipe = Recipe(bundled().layers, None, kind, stop=tuple(stop))
    block = Block("".join(marked(text, "") for _ in range(4)), 4, [])
    with tempfile.TemporaryDirectory() as mined, tempfile.TemporaryDirectory() as new:
        found = [word.text for word in extractor.extract([Piece(text, "")], 30)[0]]
        found += [word.text for word in mine_blocks([block], recipe, Wanted(top=None), Path(mined))[0]]
        found += [word.text for word in discover_blocks([block], recipe, Wanted(top=None), Path(new))[0]]
    for word in found:
        for name in stop:
            own = fold_text(name).replace(" ", "")
            before, after = ("[a-z]" if char.isalpha() else "[0-9]" for char in (own[0], own[-1]))
            whole = f"(?<!{before}){own}(?!{after})" if own.isascii() else own
            assert re.search(whole, fold_text(word).replace(" ", "")) is None, (word, name)
