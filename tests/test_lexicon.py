from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import DataFiles, Layer
from copykit.errors import DataFileError
from copykit.lexicon import AutomatonBuilder, Hits, Lexicons, check_file, parse, starts_of

Group = tuple[list[str], list[str]]


def found(text: str, words: list[str], exceptions: list[str] | None = None) -> list[str]:
    builder = AutomatonBuilder()
    slot = builder.words(words, exceptions or [])
    return [text[start:end] for start, end in builder.build().hits(text).get(slot, [])]


def test_lists_are_the_same_whether_parsed_or_read_from_the_cache(tmp_path: Path) -> None:
    lists = tmp_path / "lexicons"
    lists.mkdir()
    (lists / "布.txt").write_text("真丝\tpoints=3\n亞麻\n!真丝绒\n", "utf-8")
    (lists / "坏.txt").write_text("棉\n棉\n", "utf-8")
    for _ in ("parsed", "read"):
        lexicons = Lexicons(DataFiles([Layer("option", (tmp_path,))], tmp_path / "cache"))
        assert lexicons["布"].entries == {"真丝": {"points": "3"}, "亚麻": {}}
        assert lexicons["布"].exceptions == {"真丝绒"}
        with pytest.raises(DataFileError):
            lexicons["坏"]
        with pytest.raises(KeyError):
            lexicons["没有"]


@pytest.mark.parametrize(
    ("text", "words", "exceptions", "kept"),
    [
        ("最好的面料最划算", ["最", "最好"], [], ["最好", "最"]),
        ("最近降温，穿最暖的", ["最"], ["最近"], ["最"]),
        ("最近最近最近", ["最"], ["最近"], []),
        ("离地铁最近", ["最近", "最"], ["最近"], []),  # a word that is its own exception is never one
        ("全网第一", ["第一", "全网第一"], [], ["全网第一"]),
        ("第一次做饭，第一名", ["第一", "第一名"], ["第一次"], ["第一名"]),
        ("太平洋保险太划算", ["太"], ["太平洋"], ["太"]),
        ("太平洋太太口服液", ["太太", "太"], ["太平洋"], ["太太"]),
        # An exception that only touches a word does not hide it: 最高级 is none of 高级感's business.
        ("最高级感", ["最高"], ["高级感"], ["最高"]),
        ("上海自来水来自海上", ["来水", "水来", "来自海上"], [], ["来水", "来自海上"]),
        ("哈哈哈哈哈", ["哈哈"], [], ["哈哈", "哈哈"]),
        ("", ["最"], [], []),
        ("没有一个词", [], [], []),
    ],
)
def test_the_longest_match_wins_and_exceptions_hide(
    text: str, words: list[str], exceptions: list[str], kept: list[str]
) -> None:
    assert found(text, words, exceptions) == kept


def test_groups_do_not_take_each_others_hits() -> None:
    builder = AutomatonBuilder()
    short, long = builder.words(["第一"]), builder.words(["第一名"], ["全校第一名"])
    hits = builder.build().hits("全校第一名和全班第一名")
    assert hits == {short: [(2, 4), (8, 10)], long: [(8, 11)]}


def test_equal_groups_share_a_slot_and_unequal_exceptions_part_them() -> None:
    builder = AutomatonBuilder()
    one = builder.words(["断货", "售罄"])
    assert builder.words(["售罄", "断货", "断货"]) == one
    assert builder.words(["断货", "售罄"], ["断货王"]) != one


# --- lists ----------------------------------------------------------------------------------------------------------


def test_a_list_has_fields_exceptions_and_one_spelling() -> None:
    lexicon, problems = parse(
        "贬低", ["# 说明", "", "黃臉婆\tuse=气色差的|脸色暗沉的\tpoints=-6", "ＢＩＧ　ＳＩＺＥ", "死胖子 ", "!胖子面馆"]
    )
    assert problems == []
    assert lexicon.entries == {
        "黄脸婆": {"use": "气色差的|脸色暗沉的", "points": "-6"},
        "big size": {},
        "死胖子": {},
    }
    assert lexicon.exceptions == {"胖子面馆"}


@pytest.mark.parametrize(
    ("line", "key", "zh", "en"),
    [
        ("\tuse=显瘦", "", "没有词", "no word"),
        ("!", "", "没有词", "no word"),
        ("\u200b", "", "没有词", "no word"),
        ("胖子", "胖子", "重复了", "listed twice"),
        ("ｐａｎｇ子", "ｐａｎｇ子", "重复了", "listed twice"),
        ("大饼脸\t脸圆的", "大饼脸", "键=值", "key=value"),
        ("大饼脸\tpoints=很多", "大饼脸", "整数", "whole number"),
        ("大饼脸\tpoints=1.5", "大饼脸", "整数", "whole number"),
    ],
)
def test_a_faulty_line_is_told_with_its_number(tmp_path: Path, line: str, key: str, zh: str, en: str) -> None:
    path = tmp_path / "lexicons/贬低.txt"
    path.parent.mkdir()
    path.write_text(f"# 说明\n\n胖子\npang子\u2028\n{line}\n", encoding="utf-8")
    (problem,) = check_file(path)
    assert (problem.file, problem.line, problem.key) == (path.as_posix(), 5, key)
    assert zh in problem.zh
    assert en in problem.en

    with pytest.raises(DataFileError) as caught:
        Lexicons(DataFiles([Layer("bundled", (tmp_path,))]))["贬低"]
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize(
    ("fields", "zh", "en"),
    [
        ("licence=合同 26-018\tuntil=2026-12-31", "", ""),
        ("kind=character\theat=1\tlicence=自有\tnote=法务看过", "", ""),
        ("licence=合同 26-018\tuntl=2020-01-01", "是不是想写“until”", "did you mean 'until'"),
        ("license=合同 26-018", "是不是想写“licence”", "did you mean 'licence'"),
        ("licensed=合同 26-018", "是不是想写“licence”", "did you mean 'licence'"),
        ("授权=合同 26-018", "可以用的有 kind、heat、licence、until", "known: kind, heat, licence"),
        ("licence=", "授权在哪里", "where the paper is"),
        ("until=2026-12-31", "加上 licence=", "add licence="),
        ("kind=own", "只能是 star、", "one of star,"),
    ],
)
def test_what_lists_of_names_say_of_a_licence_is_heard_or_told(tmp_path: Path, fields: str, zh: str, en: str) -> None:
    for name in ("lexicons/names_mine.txt", "names_mine.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"迪士尼\t{fields}\n", encoding="utf-8")
        problems = check_file(path)
        assert len(problems) == bool(zh)
        assert all(problem.line == 1 and zh in problem.zh and en in problem.en for problem in problems)

    other = tmp_path / "lexicons/图案.txt"
    other.write_text("迪士尼\tkind=own\tuse=卡通\tlicence=\n", encoding="utf-8")
    assert check_file(other) == []


def test_a_list_that_is_not_there() -> None:
    lexicons = Lexicons(DataFiles([Layer("bundled", ())]))
    assert "没有" not in lexicons
    with pytest.raises(KeyError):
        lexicons["没有"]


# --- promises -------------------------------------------------------------------------------------------------------

# Few characters, so that words, exceptions and texts meet each other in every way.
WORDS = st.lists(st.text("最近好a", min_size=1, max_size=3), max_size=4)
GROUPS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4)
TEXTS = st.text("最近好a。", max_size=20)


def all_hits(groups: list[Group], text: str) -> tuple[list[int], Hits]:
    builder = AutomatonBuilder()
    slots = [builder.words(*group) for group in groups]
    return slots, builder.build().hits(text)


@given(GROUPS, TEXTS)
def test_hits_are_words_that_neither_overlap_nor_stand_inside_an_exception(groups: list[Group], text: str) -> None:
    slots, hits = all_hits(groups, text)
    for slot, (words, exceptions) in zip(slots, groups, strict=True):
        reached = 0
        for start, end in hits.get(slot, []):
            assert text[start:end] in words
            assert start >= reached
            reached = end
            assert not any(
                text.startswith(phrase, at) and at <= start and end <= at + len(phrase)
                for phrase in exceptions
                for at in range(start + 1)
            )


@given(GROUPS, TEXTS)
def test_no_word_is_missed(groups: list[Group], text: str) -> None:
    slots, hits = all_hits(groups, text)
    for slot, (words, exceptions) in zip(slots, groups, strict=True):
        spans = hits.get(slot, [])
        for at in range(len(text)):
            for word in words:
                if exceptions or not text.startswith(word, at):
                    continue
                # found itself, or a longer one from the same place, or one that had begun before
                assert any(start <= at < end for start, end in spans)


@given(GROUPS, st.lists(TEXTS | st.text("最近好\n", max_size=6), max_size=6), st.booleans())
def test_many_texts_have_the_hits_of_each_one(groups: list[Group], texts: list[str], feeds: bool) -> None:
    builder = AutomatonBuilder()
    for group in groups:
        builder.words(*group)
    if feeds:
        builder.words(["\n", "好\n"])
    automaton = builder.build()
    for some in (texts, [text.replace("\n", "") for text in texts]):
        assert automaton.hits_many(some) == [automaton.hits(text) for text in some]


@given(GROUPS, TEXTS)
def test_words_that_are_seen_have_the_places_of_hits(groups: list[Group], text: str) -> None:
    builder = AutomatonBuilder()
    slots = [builder.words(*group) for group in groups]
    automaton = builder.build()
    hits, seen = automaton.hits(text), automaton.seen(text)
    assert {slot: list(seen.places(slot)) for slot in slots} == {slot: hits.get(slot, []) for slot in slots}
    assert all(seen.slots >> slot & 1 for slot in hits)


@given(GROUPS, st.lists(TEXTS, min_size=1, max_size=3))
def test_an_automaton_for_a_few_texts_finds_in_them_what_the_whole_one_does(
    groups: list[Group], texts: list[str]
) -> None:
    builder = AutomatonBuilder()
    for group in groups:
        builder.words(*group)
    whole, small = builder.build(), builder.build(starts_of(texts))
    assert [small.hits(text) for text in texts] == [whole.hits(text) for text in texts]


@given(GROUPS, TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(groups: list[Group], text: str, random: object) -> None:
    slots, hits = all_hits(groups, text)
    order = list(range(len(groups)))
    random.shuffle(order)  # type: ignore[attr-defined]
    others, again = all_hits([groups[number] for number in order], text)
    for place, number in enumerate(order):
        assert again.get(others[place]) == hits.get(slots[number])
