from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles
from copykit.text.normalize import Folded, build_table, default_table, fold, fold_many, fold_text
from copykit.text.sound import Sounds

# Any text, and beside it text made of what folding is about, so that deletions and gaps meet each other.
TRICKY = st.text(
    alphabet="最好第一品牌 \u3000\u00a0\u200b\u0301\ufe0f*.·-蕞純Ｔ①3a\t\n\r\ud800\U0001f44d\U0001f3fd", max_size=30
)
TEXTS = st.text(alphabet=st.characters(codec=None), max_size=40) | TRICKY


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("夏季新款純棉短袖寬鬆顯瘦", "夏季新款纯棉短袖宽松显瘦"),
        ("ＳＡＬＥ　５折，限時！", "sale 5折,限时!"),
        ("Lancôme 小黑瓶", "lancome 小黑瓶"),
        ("ВЕST ΝΙΚΕ", "best nike"),
        ("①號店❷件㊙方⑶步⒋包", "1号店2件秘方3步4包"),
        ("𝐒𝐀𝐋𝐄 🅰货", "sale a货"),
        ("⼀⻋車", "一车车"),
        ("蕞佳 苐ー 囯家级", "最佳 第一 国家级"),
        ("最\u200b好\u202e的\ufe0f", "最好的"),
        ("e\u0301clair 1\ufe0f\u20e3", "eclair 1"),
        ("软\u00ad糖\x00\x07", "软糖"),
        ("乾燥花 干燥花", "干燥花 干燥花"),
        ("5μm β-胡萝卜素 12㎡", "5μm β-胡萝卜素 12㎡"),
    ],
)
def test_a_character_is_read_as_what_it_stands_for(written: str, read: str) -> None:
    assert fold_text(written) == read


@pytest.mark.parametrize("text", ["罪魁祸首", "哪吒手办", "蒜薹炒肉", "著名产地", "望远镜瞭望", "薇诺娜", "莪术油"])
def test_an_ordinary_character_is_left_alone(text: str) -> None:
    assert fold_text(text) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("最 好", "最好"),
        ("第 1 名", "第1 名"),
        ("第 一 品 牌", "第一品牌"),
        ("全网第\u3000\u00a0一", "全网第一"),
        ("第.一", "第一"),
        ("最*好的面膜", "最好的面膜"),
        ("国/家/级", "国家级"),
        ("绝・对", "绝对"),
        ("最\u200b \u200b好", "最好"),
        ("最\t好", "最好"),
    ],
)
def test_a_word_pulled_apart_is_closed_again(written: str, read: str) -> None:
    assert fold_text(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "新款男装 最爱",  # two words of two characters
        "时尚-女装",
        "满 3 件 8 折",  # nothing is closed beside a digit but behind 第
        "第**一",  # emphasis, not a sign inside a word
        "好\n的",  # two lines
    ],
)
def test_two_words_stay_two(text: str) -> None:
    assert fold_text(text) == text


def test_a_span_covers_what_was_deleted_inside_it_and_not_at_its_edges() -> None:
    folded = fold("它，\u200b最 \u200b好\ufe0f的")
    start = folded.text.index("最好")
    a, b = folded.span(start, start + 2)
    assert folded.source[a:b] == "最 \u200b好"


@given(TEXTS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once


@given(TEXTS, st.data())
def test_a_span_returns_to_the_characters_it_was_made_of(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(folded.text))] * 2)))
    a, b = folded.span(start, end)
    assert 0 <= a <= b <= len(text)
    table = default_table()
    if start < end:
        assert _reads(table, text[a]) == folded.text[start]
        assert _reads(table, text[b - 1]) == folded.text[end - 1]
    assert _without_gaps(text[a:b].translate(table)) == _without_gaps(folded.text[start:end])


@given(st.lists(TEXTS, max_size=20))
def test_many_texts_are_folded_as_one_by_one(texts: list[str]) -> None:
    def told(folded: Folded) -> tuple[str, str, list[tuple[int, int]]]:
        return folded.source, folded.text, [folded.span(at, at + 1) for at in range(len(folded.text))]

    for some in (texts, ["".join(text.split("\n")) for text in texts]):
        assert list(map(told, fold_many(some))) == [told(fold(text)) for text in some]


@given(TEXTS)
def test_the_spans_of_the_characters_rise_and_never_overlap(text: str) -> None:
    folded = fold(text)
    spans = [folded.span(i, i + 1) for i in range(len(folded.text))]
    assert all(b == a + 1 for a, b in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


def test_the_table_has_no_chains() -> None:
    table = default_table()
    assert [
        chr(code) for code, target in table.items() if target != code and target in table and table[target] != target
    ] == []


def test_a_chain_of_pairs_ends_in_one_step() -> None:
    table = build_table(["車车"], ["⻋車"])
    assert chr(table[ord("⻋")] or 0) == "车"


def test_pairs_that_lead_in_a_circle_still_end() -> None:
    assert set(build_table(["甲乙"], ["乙甲"])) == {ord("甲"), ord("乙")}


@pytest.mark.parametrize("name", ["simplify", "lookalike"])
def test_pairs_are_two_different_characters_and_told_once(name: str) -> None:
    pairs = datafiles.load("tables")[name]
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in pairs)
    assert len({pair[0] for pair in pairs}) == len(pairs)


def test_no_common_character_counts_as_a_look_alike() -> None:
    # GB 2312 holds what is printed every day. Four of its Han are rare all the same: 蕞 (蕞尔小国), 笫 (床笫), and the
    # radicals 隹 囗.
    han = [pair[0] for pair in datafiles.load("tables")["lookalike"] if "\u4e00" <= pair[0] <= "\u9fff"]
    assert [char for char in han if char not in "蕞笫隹囗" and _in_gb2312(char)] == []


def test_folded_shows_both_texts() -> None:
    assert repr(Folded("a", "A")) == "Folded('a', 'A')"


@pytest.mark.parametrize(
    ("pun", "idiom"), [("骑乐无穷", "其乐无穷"), ("衣见钟情", "一见钟情"), ("食全食美", "十全十美")]
)
def test_a_pun_sounds_like_its_idiom(pun: str, idiom: str) -> None:
    sounds = Sounds(datafiles.load("tables")["sound"])
    assert sounds.key(pun) == sounds.key(idiom)
    assert sounds.key("一心一意") != sounds.key(idiom)


@given(TEXTS)
def test_a_sound_key_is_as_long_as_its_text(text: str) -> None:
    assert len(Sounds(["yi 一衣", "jian 见件"]).key(text)) == len(text)


def _reads(table: dict[int, int | None], char: str) -> str:
    return char.translate(table)


def _without_gaps(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
