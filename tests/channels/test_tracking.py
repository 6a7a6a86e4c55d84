"""Codes lead back to what they stand for, links stay what they were, and spoken words are not mistaken."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles
from copykit.channels import tracking
from copykit.channels.tracking import BadCode, BadLink, Known, NoWords, SpokenWords, codes_of, make_code, tag_url
from copykit.model import Plan

FILES = datafiles.bundled()
LIST = [line for line in FILES.load("lexicons")["spoken_codes"] if line]
SOUNDS = FILES.load("tables")["sound"]
WORDS = SpokenWords(LIST, SOUNDS)
TAGS = {"source": "小红书", "campaign": "双 12"}


@pytest.mark.parametrize(
    ("url", "tagged"),
    [
        ("https://a.cn", "https://a.cn?utm_source=Card"),
        ("https://a.cn/", "https://a.cn/?utm_source=Card"),
        ("https://a.cn/g?id=3&x=%E4%BD%A0+b", "https://a.cn/g?id=3&x=%E4%BD%A0+b&utm_source=Card"),
        ("https://a.cn/g?id=3#/tab?x=1", "https://a.cn/g?id=3&utm_source=Card#/tab?x=1"),
        ("https://a.cn/#top", "https://a.cn/?utm_source=Card#top"),
        ("https://a.cn/?utm_source=old&a=1", "https://a.cn/?a=1&utm_source=Card"),
        ("https://a.cn/?UTM_Source=old", "https://a.cn/?utm_source=Card"),
        ("https://a.cn/?a=1&&b", "https://a.cn/?a=1&&b&utm_source=Card"),
        ("HTTPS://A.cn:8080/中文?q=雨伞", "HTTPS://A.cn:8080/中文?q=雨伞&utm_source=Card"),
        ("https://雨伞.中国/", "https://雨伞.中国/?utm_source=Card"),
        ("http://[::1]/x", "http://[::1]/x?utm_source=Card"),
    ],
)
def test_a_link_keeps_all_it_had(url: str, tagged: str) -> None:
    assert tag_url(url, {"source": "Card"}) == tagged.replace("Card", "card")


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("小红书", "%E5%B0%8F%E7%BA%A2%E4%B9%A6"),
        ("%E5%B0%8F%E7%BA%A2%E4%B9%A6", "%E5%B0%8F%E7%BA%A2%E4%B9%A6"),  # it came encoded: not a second time
        ("Double 12", "double_12"),
        ("  双\t12 ", "%E5%8F%8C_12"),
        ("100%", "100%25"),
        ("a&b=c#d", "a%26b%3Dc%23d"),
        ("%FF%80", "%25ff%2580"),  # no UTF-8: the signs as they stand
    ],
)
def test_a_value_is_lower_case_and_encoded_once(value: str, encoded: str) -> None:
    assert tracking.tag_value(value) == encoded


paths = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C"), exclude_characters="\\?#"), max_size=20)
queries = st.lists(st.tuples(st.from_regex(r"[a-z%0-9]{1,6}", fullmatch=True), paths), max_size=4)
values = st.text(min_size=1, max_size=20).filter(lambda text: text.strip())


@given(paths, queries, paths, st.dictionaries(st.sampled_from(tracking.UTM), values, min_size=1))
def test_tagging_twice_is_tagging_once_and_nothing_else_changes(
    path: str, query: list[tuple[str, str]], fragment: str, tags: dict[str, str]
) -> None:
    pieces = "&".join(f"{name}={value}" for name, value in query if "&" not in value)
    url = f"https://shop.example/{path}" + (f"?{pieces}" if pieces else "") + (f"#{fragment}" if fragment else "")
    once = tag_url(url, tags)
    assert tag_url(once, tags) == once
    head, _, rest = once.partition("?")
    assert url.startswith(head)
    assert rest.startswith(pieces)
    assert once.partition("#")[2] == fragment
    added = rest.partition("#")[0].split("&")[-len(tags) :]
    for name, value in tags.items():
        (piece,) = [piece for piece in added if piece.startswith(f"utm_{name}=")]
        assert piece.isascii()
        assert piece == piece.lower() or "%" in piece
        if not tracking._ENCODED.search(value) and value.isprintable():
            assert unquote(piece.partition("=")[2]) == re.sub(r"\s+", "_", value.strip().lower())


@pytest.mark.parametrize(
    ("url", "zh"),
    [
        ("ftp://a.cn", "要以 http"),
        ("a.cn/x", "要以 http"),
        ("javascript:alert(1)", "要以 http"),
        ("https://", "域名不对"),
        ("https://a b.cn", "空格"),
        ("https://a.cn/\nx", "换行"),
        ("https://a.cn\\@b.cn", "反斜杠"),
        ("https://me:secret@a.cn/", "带着账号"),
        ("https://a.cn/" + "x" * 2000, "超过 2000"),
    ],
)
def test_a_bad_link_is_told(url: str, zh: str) -> None:
    with pytest.raises(BadLink) as caught:
        tag_url(url, TAGS)
    assert zh in caught.value.say("zh")
    assert "secret" not in caught.value.say("zh")


@given(st.text(max_size=15), st.dictionaries(st.sampled_from(tracking.UTM), st.text(max_size=8)))
def test_a_made_code_is_one_that_the_platform_takes(source: str, payload: dict[str, str]) -> None:
    scene = make_code(source, payload, {}, tracking.SCENE_LENGTH)
    assert tracking.check_scene(scene) == scene == make_code(source, payload, {scene: payload}, tracking.SCENE_LENGTH)
    state = make_code(source, payload, {}, tracking.WECOM_LENGTH)
    assert tracking.check_wecom(state) == state == state.lower()
    other = make_code(source, payload, {scene: {"source": "another"}}, tracking.SCENE_LENGTH)
    assert other != scene
    assert len(other) == len(scene) + 1


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (tracking.check_scene, "a=1&b=2,!#$'()*+/:;?@-._~", "包裹卡"),
        (tracking.check_scene, "x" * 32, "x" * 33),
        (tracking.check_scene, "0", ""),
        (tracking.check_scene, "a", "a b"),
        (tracking.check_scene, "a", "50%"),
        (tracking.check_wecom, "x" * 30, "x" * 31),
        (tracking.check_wecom, "card-1_a.b", "卡"),
        (tracking.check_pid, "mm_123_45_6", "mm_123_45"),
        (tracking.check_pid, "mm_1_2_3", "MM_1_2_3"),
        (tracking.check_pid, "mm_1_2_3", "mm_1_2_3 "),
    ],
)
def test_codes_of_platforms_are_checked(check: object, good: str, bad: str) -> None:
    assert check(good) == good  # type: ignore[operator]
    with pytest.raises(BadCode):
        check(bad)  # type: ignore[operator]


@pytest.mark.parametrize(("text", "good"), [("￥aB3dE6gH9￥", True), ("￥短￥", False), ("aB3dE6gH9", False)])
def test_a_taokouling_is_passed_through_or_told(text: str, good: bool) -> None:
    patterns = [pattern for data in FILES.load("links").values() for pattern in data.get("patterns", ())]
    if good:
        assert tracking.check_taokouling(text, patterns) == text
    else:
        with pytest.raises(BadCode):
            tracking.check_taokouling(text, patterns)


# --- spoken words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"), [("牛奶", "流来"), ("竹子", "卒紫"), ("花生", "发森"), ("彩虹", "彩红"), ("饭", "换")]
)
def test_words_that_careless_ears_confuse_have_one_key(one: str, other: str) -> None:
    assert WORDS.key(one) == WORDS.key(other)


def test_the_words_of_the_list_sound_like_none_of_the_others() -> None:
    keys = [WORDS.key(word) for word in LIST]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    assert all(len(word) == 2 for word in LIST)
    assert all(char in tracking.near_sounds(SOUNDS) for word in LIST for char in word)


@given(st.lists(st.text(max_size=12), unique=True, max_size=300))
def test_no_two_labels_get_words_that_sound_alike(labels: list[str]) -> None:
    found = WORDS.assign(labels, {})
    assert set(found) == set(labels)
    assert len({WORDS.key(word) for word in found.values()}) == len(labels)


@given(
    st.lists(st.text(max_size=12), unique=True, max_size=40), st.lists(st.text(max_size=12), unique=True, max_size=40)
)
def test_a_word_that_was_given_stays(first: list[str], then: list[str]) -> None:
    given_before = WORDS.assign(first, {})
    after = WORDS.assign([*then, *first], given_before)
    assert {label: after[label] for label in first} == given_before


def test_a_list_that_is_too_short_says_so() -> None:
    with pytest.raises(NoWords, match="3 wanted"):
        SpokenWords(["月亮"], SOUNDS).assign(["a", "b", "c"], {})
    assert len(SpokenWords(["月亮", "苹果"], SOUNDS).assign("abcd", {})) == 4  # pairs too


# --- in bulk --------------------------------------------------------------------------------------------------------


def test_a_plan_gets_a_code_for_every_piece(rich_plan: object) -> None:
    codes, left = codes_of(rich_plan, "https://coffee.example/goods?id=1", WORDS, Known({}))  # type: ignore[arg-type]
    assert len({(code.kind, code.code) for code in codes}) == len(codes)
    kinds = {code.kind for code in codes}
    assert {"utm", "scene", "wecom", "spoken"} == kinds
    for code in codes:
        if code.kind == "scene":
            tracking.check_scene(code.code)
        if code.link:
            query = dict(parse_qsl(urlsplit(code.link).query))
            assert query["id"] == "1"
            assert query["utm_source"] == code.channel
    assert any("PID" in name for name in left)
    known = Known({(code.kind, code.code): code.payload for code in codes})
    again, _ = codes_of(rich_plan, "https://coffee.example/goods?id=1", WORDS, known)  # type: ignore[arg-type]
    assert again == codes


def test_without_a_link_the_links_are_left_out_by_name(rich_plan: object) -> None:
    codes, left = codes_of(rich_plan, "", WORDS, Known({}))  # type: ignore[arg-type]
    assert not [code for code in codes if code.kind == "utm"]
    assert any("加 --link" in name for name in left)


def test_each_print_run_has_codes_of_its_own_and_links_none(rich_plan: Plan) -> None:
    first, _ = codes_of(rich_plan, "https://coffee.example/g?id=1", WORDS, Known({}))
    known = Known({(code.kind, code.code): code.payload for code in first})
    second, left = codes_of(rich_plan, "https://coffee.example/g?id=1", WORDS, known, "12月第2批")
    assert {code.kind for code in second} <= {"scene", "wecom", "spoken"}
    assert left == []
    assert not {code.code for code in first} & {code.code for code in second}
    card = next(code for code in second if code.channel == "parcel_card")
    assert card.payload["batch"] == "12月第2批"
    assert card.caption.endswith("12月第2批")
    again, _ = codes_of(rich_plan, "https://coffee.example/g?id=1", WORDS, known, "12月第2批")
    assert [code.code for code in again if code.kind != "spoken"] == [c.code for c in second if c.kind != "spoken"]
