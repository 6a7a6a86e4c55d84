from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.text.segment import Backend, Segmenter, UserDictionaryError, UserWord, load_user_words

SENTENCES = [
    "夏季新款纯棉短袖T恤女宽松显瘦",
    "洗了两次领口就塌，3.5元的真不如不买！",
    "iPhone 17 手机壳　防摔",
    "第一行\n第二行\r\n第三行",
    "我妈穿了三天👨‍👩‍👧说什么也不肯脱",
    "坏掉的\ud83d字符",
    "结尾是回车\r",
    "",
]
SEGMENTER = Segmenter()
TEXTS = st.text(alphabet=st.characters(codec=None), max_size=30) | st.text(
    alphabet="纯棉短袖女最好 \u3000\n\r\t\x0b\x85\u2028a1.%-+#\ud800\ufffd👍", max_size=20
)


@pytest.fixture(scope="module", params=["rjieba", "jieba"])
def segmenter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    backend: Backend = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platformdirs.user_cache_dir", lambda *a, **k: str(tmp_path_factory.mktemp("cache") / "new"))
        return Segmenter(backend)


@pytest.mark.parametrize("text", SENTENCES)
def test_tokens_tile_the_text(segmenter: Segmenter, text: str) -> None:
    tokens = segmenter.tokens(text)
    assert "".join(token.text for token in tokens) == text
    assert all(text[token.start : token.end] == token.text for token in tokens)


def test_many_texts_are_cut_as_one_by_one(segmenter: Segmenter) -> None:
    assert segmenter.tag_many(SENTENCES) == [_singly(segmenter, text) for text in SENTENCES]
    clean = [text for text in SENTENCES if text.isprintable()]
    assert segmenter.tag_many(clean) == [_singly(segmenter, text) for text in clean]


@given(TEXTS)
def test_tokens_tile_any_text(text: str) -> None:
    tokens = SEGMENTER.tokens(text)
    assert "".join(token.text for token in tokens) == text
    assert [token.end for token in tokens][:-1] == [token.start for token in tokens][1:]


@given(st.lists(TEXTS, max_size=8))
@settings(max_examples=300)
def test_any_texts_are_cut_as_one_by_one(texts: list[str]) -> None:
    assert SEGMENTER.tag_many(texts) == [_singly(SEGMENTER, text) for text in texts]
    joinable = [
        "".join(char for char in text if char not in "\r\n" and not "\ud800" <= char <= "\udfff") for text in texts
    ]
    assert SEGMENTER.tag_many(joinable) == [_singly(SEGMENTER, text) for text in joinable]


@given(st.lists(TEXTS, max_size=8))
def test_a_row_of_words_is_parted_by_line_feeds(texts: list[str]) -> None:
    words, tags, begins, ends = SEGMENTER.cut_many(texts)
    assert len(words) == len(tags)
    assert [words[end] for end in ends] == ["\n"] * len(texts)
    assert ["".join(words[begin:end]) for begin, end in zip(begins, ends, strict=True)] == texts


@given(TEXTS)
def test_words_alone_tile_any_text_too(text: str) -> None:
    words = SEGMENTER.words(text)
    assert "".join(words) == re.sub("[\ud800-\udfff]", "\ufffd", text)
    assert "" not in words


def test_more_texts_than_one_chunk_keep_their_order() -> None:
    texts = [f"纯棉短袖{number}件" for number in range(1300)]
    assert ["".join(word for word, _ in words) for words in SEGMENTER.tag_many(texts)] == texts


def test_a_lone_surrogate_comes_back_as_it_was() -> None:
    assert [token.text for token in SEGMENTER.tokens("棉\ud83d袜")] == ["棉", "\ud83d", "袜"]


@pytest.mark.parametrize("backend", ["rjieba", "jieba"])
def test_a_user_word_stays_whole_and_is_known_to_nobody_else(backend: Backend, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platformdirs.user_cache_dir", lambda *a, **k: str(tmp_path))
        own = Segmenter(backend, [UserWord("云感裸睡裤", tag="nz"), UserWord("显瘦百搭", 2000)])
        assert ("云感裸睡裤", "nz") in own.tag_many(["新款云感裸睡裤女"])[0]
        assert ("显瘦百搭", "x") in own.tag_many(["显瘦百搭上衣"])[0]
        assert "云感裸睡裤" not in [word for word, _ in Segmenter(backend).tag_many(["新款云感裸睡裤女"])[0]]


WHOLE = ["大有", "上新", "的一", "澜沐", "小一家", "大有上新", "每个人", "500ml", "是我", "绫奥a"]


@pytest.mark.parametrize("backend", ["rjieba", "jieba"])
def test_words_kept_whole_get_the_frequency_that_takes(backend: Backend, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platformdirs.user_cache_dir", lambda *a, **k: str(tmp_path / "cache"))
        plain = Segmenter(backend)
        words = plain.kept_whole(dict.fromkeys(WHOLE, 6))
        assert [word.word for word in words] == WHOLE
        assert all(word.freq is not None and word.freq >= 6 for word in words)
        kept, counted = Segmenter(backend, words), Segmenter(backend, [UserWord(word, 6) for word in WHOLE])
    texts = {word: f"买了，{word}，面霜" for word in WHOLE}
    assert [word for word in WHOLE if word not in kept.words(texts[word])] == []
    assert {"大有", "的一", "是我"} <= {word for word in WHOLE if word not in counted.words(texts[word])}
    assert not plain.knows("大有")  # weighing them left the dictionary as it was


# A user's words, a text, and how it is cut.
LATIN = [
    (["ar", "le"], "carslan面霜apple", ["carslan", "面霜", "apple"]),
    (["ar眼镜", "t恤"], "solar眼镜ar眼镜polart恤", ["solar", "眼镜", "ar眼镜", "polart", "恤"]),
    (["5g手机", "x5"], "iphone15g手机bmwx5车5g手机", ["iphone15g", "手机", "bmwx5", "车", "5g手机"]),
]


@pytest.mark.parametrize("backend", ["rjieba", "jieba"])
@pytest.mark.parametrize(("own", "text", "expected"), LATIN)
def test_a_users_word_parts_no_latin_word_or_number(
    backend: Backend, own: list[str], text: str, expected: list[str], tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platformdirs.user_cache_dir", lambda *a, **k: str(tmp_path))
        segmenter = Segmenter(backend, [UserWord(word, 1_000, "nz") for word in own])
    assert segmenter.words(text) == expected
    assert [token.text for token in segmenter.tokens(text)] == expected


@given(st.text(alphabet="ar5g眼镜-x ", max_size=12), st.lists(st.text("ar5g眼镜-", min_size=1, max_size=4), max_size=4))
def test_a_latin_word_of_any_text_is_parted_by_no_users_word(text: str, own: list[str]) -> None:
    words = Segmenter(user_words=[UserWord(word, 10_000) for word in own if word.strip("-")]).words(text)
    assert "".join(words) == text
    inside = "".join("|" + word for word in words)
    assert re.search(r"[a-z0-9]\|[a-z0-9]", inside) is None


@given(
    st.lists(
        st.text(alphabet="大有上新的一小人不我好在是多", min_size=2, max_size=4), min_size=1, max_size=8, unique=True
    )
)
@settings(max_examples=10)
def test_any_words_are_kept_whole_beside_each_other(words: list[str]) -> None:
    kept = Segmenter(user_words=SEGMENTER.kept_whole(dict.fromkeys(words, 3)))
    assert [word for word in words if kept.words(f"买了，{word}，面霜")[3] != word] == []


def test_a_user_dictionary_is_read_in_the_format_of_jieba() -> None:
    lines = ["\ufeff云感裤 3 nz", "裸睡裤 12", "显瘦 a", "百搭", "", "# 季节词", "#好物"]
    assert load_user_words(lines) == [
        UserWord("云感裤", 3, "nz"),
        UserWord("裸睡裤", 12),
        UserWord("显瘦", None, "a"),
        UserWord("百搭"),
        UserWord("#好物"),
    ]


def test_bad_lines_of_a_user_dictionary_are_told_in_one_sentence() -> None:
    lines = ["好 看 的 衣 服", "百搭", "显瘦 0", "宽松 三 n", "薄款 9999999999"]
    with pytest.raises(UserDictionaryError) as caught:
        load_user_words(lines)
    for lang, places, more in (
        ("zh", ["第 1 行“好 看", "第 3 行", "第 4 行"], "还有 1 行"),
        ("en", ["line 1 '", "line 3 '", "line 4 '"], "and 1 more"),
    ):
        told = caught.value.say(lang)
        assert all(place in told for place in (*places, more))
        assert "\n" not in told
    assert "第 2 行" not in caught.value.say("zh")


def test_an_article_in_place_of_a_dictionary_is_told_in_few_words() -> None:
    with pytest.raises(UserDictionaryError) as caught:
        load_user_words(["双十一 大促 来了 " * 50] * 4_000)
    assert "还有 3,997 行" in caught.value.say("zh")
    assert len(caught.value.say("zh")) < 250


def _singly(segmenter: Segmenter, text: str) -> list[tuple[str, str]]:
    return [(token.text, token.tag) for token in segmenter.tokens(text)]
