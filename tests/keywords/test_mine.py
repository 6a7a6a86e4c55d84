"""Words of a corpus: exact counts, the same whatever the blocks, the spills and the processes."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from copykit.corpus.blocks import Block, marked
from copykit.datafiles import bundled
from copykit.keywords import counts, discover, mine
from copykit.keywords.candidates import Piece, phrases, read
from copykit.keywords.mine import Wanted, survivors
from copykit.keywords.run import Recipe, ScratchFull, discover_blocks, mine_blocks
from copykit.model import Keyword
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter, load_user_words

BEGINNINGS = ["平价睫毛膏", "加绒打底裤", "復購率", "复购率", "ＬＥＤ化妆镜", "LED化妆镜", "卷翘睫毛膏", "三合一冲锋衣"]
ENDINGS = ["真的好用", "冬天也不冷", "比去年高", "照得清楚", "不晕染也不掉渣", "我买了2件", "洗了不起球"]
TEXTS = [f"{BEGINNINGS[n % 8]}{ENDINGS[n % 7]}，{BEGINNINGS[n % 5]}{ENDINGS[n % 3]}" for n in range(400)]


def blocks(size: int, texts: list[str] = TEXTS) -> list[Block]:
    return [
        Block("".join(marked(text, "") for text in texts[start : start + size]), len(texts[start : start + size]), [])
        for start in range(0, len(texts), size)
    ]


def recipe(**options: object) -> Recipe:
    return Recipe(bundled().layers, None, "product", **options)  # type: ignore[arg-type]


def mined(folder: Path, size: int = 100, jobs: int = 1, **options: object) -> list[Keyword]:
    folder.mkdir(exist_ok=True)
    wanted = Wanted(top=None, explain=True)
    return mine_blocks(blocks(size), recipe(**options), wanted, folder, jobs=jobs)[0]


def test_counts_are_those_of_counting_one_by_one(tmp_path: Path) -> None:
    segmenter = Segmenter()
    words = recipe().kitchen().words()
    count: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for text in TEXTS:
        reading = read([Piece(text, "")], words, segmenter.words)
        found = phrases(reading, words)
        own = [
            fold_text(reading.text[reading.starts[place] : reading.ends[place + size - 1]])
            for place, size in zip(found.places.tolist(), found.sizes.tolist(), strict=True)
        ]
        count.update(own)
        documents.update(set(own))
    keywords = mined(tmp_path / "a")
    assert len(keywords) > 5
    for word in keywords:
        assert (word.count, word.documents) == (count[fold_text(word.text)], documents[fold_text(word.text)]), word.text


@pytest.mark.parametrize("size", [1, 37, 400])
def test_blocks_and_spills_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    expected = mined(tmp_path / "a")
    monkeypatch.setattr(counts, "ROWS_IN_MEMORY", 60)
    monkeypatch.setattr(counts, "WORDS_IN_MEMORY", 25)
    monkeypatch.setattr(counts, "PARTITION_ROWS", 40)
    assert mined(tmp_path / "b", size) == expected
    assert list((tmp_path / "b").glob("*.run"))


@pytest.mark.parametrize("rows", [60, counts.ROWS_IN_MEMORY])
def test_two_processes_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    expected = mined(tmp_path / "a")
    monkeypatch.setattr(counts, "ROWS_IN_MEMORY", rows)
    assert mined(tmp_path / "b", 10, jobs=3) == expected


@pytest.mark.parametrize("most", [5, 40, 100_000])
def test_processes_that_sift_a_share_each_let_the_same_survive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(counts, "ROWS_IN_MEMORY", 60)
    monkeypatch.setattr(counts, "PARTITION_ROWS", 40)
    monkeypatch.setattr(mine, "SURVIVORS", most)
    kitchen = recipe().kitchen()
    closed = {}
    for name in ("0", "1"):
        counter = counts.Counter(kitchen.words, kitchen.segmenter.words, tmp_path, name)
        for block in blocks(20)[int(name) :: 2]:
            counter.add(block.text)
        closed[name] = counter.close()
    every = counter.closed(closed)
    expected = survivors(every, Wanted())
    assert 0 < len(expected.keys) <= most
    for numbers in ([range(0, 5000, 2), range(1, 5000, 2)], [[3], range(3), [], range(4, 5000)]):
        found = mine.brought_together([mine.sift(every, Wanted(), numbers=some) for some in numbers])
        for ours, theirs in zip(found, expected, strict=True):
            assert ours.tolist() == theirs.tolist()


@pytest.mark.parametrize("full", [True, False])
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool) -> None:
    def write(path: Path, rows: object, places: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(counts, "ROWS_IN_MEMORY", 60 if full else 1_000_000)
    monkeypatch.setattr(counts, "write_run", write)
    if full:
        with pytest.raises(ScratchFull, match="No space left"):
            mined(tmp_path / "a")
    else:
        assert mined(tmp_path / "a")  # what fits into memory touches no disk


def test_spellings_are_folded_and_told(tmp_path: Path) -> None:
    words = mined(tmp_path / "a")
    plain = [text.replace("復購", "复购").replace("ＬＥＤ", "LED") for text in TEXTS]
    same = mine_blocks(blocks(100, plain), recipe(), Wanted(top=None, explain=True), tmp_path)[0]
    assert [word.text for word in words] == [word.text for word in same]
    assert [word.count for word in words] == [word.count for word in same]


def test_a_phrase_tells_how_else_its_words_are_ordered(tmp_path: Path) -> None:
    texts = [
        "平价睫毛膏",
        "平价睫毛膏防水",
        "买平价睫毛膏",
        "平价睫毛膏呢",
        "睫毛膏平价",
        "睫毛膏平价好用",
        "睫毛膏平价的",
        "睫毛膏",
    ]
    found = {word.text: word for word in mine_blocks(blocks(9, texts), recipe(), Wanted(top=None), tmp_path)[0]}
    assert "睫毛膏平价" not in found
    assert found["平价睫毛膏"].count == 4
    assert found["平价睫毛膏"].turned == (("睫毛膏平价", 3),)


def test_a_blank_inside_a_latin_name_makes_no_other_word(tmp_path: Path) -> None:
    texts = ["iPhone 15 Pro手机壳", "iPhone15Pro手机壳", "手机壳iphone 15pro", "手机壳，IPHONE15 PRO"] * 5
    found = mine_blocks(blocks(7, texts), recipe(), Wanted(top=None), tmp_path)[0]
    counts = {word.text.lower(): word.count for word in found}
    assert counts["iphone 15 pro"] == 20
    assert len([word for word in counts if word.replace(" ", "") == "iphone15pro"]) == 1


def test_a_blank_between_words_joins_those_of_a_search_and_parts_those_of_a_title(tmp_path: Path) -> None:
    texts = ["平价睫毛膏", "平价 睫毛膏", "睫毛 膏", "睫毛膏 "] * 5
    found = {}
    for kind in ("query", "product"):
        folder = tmp_path / kind
        folder.mkdir()
        own = Recipe(bundled().layers, None, kind)
        found[kind] = mine_blocks(blocks(7, texts), own, Wanted(top=None), folder)[0]
    counts = {kind: {word.text: word.count for word in words} for kind, words in found.items()}
    assert (counts["query"]["睫毛膏"], counts["query"]["平价睫毛膏"]) == (20, 10)
    assert "睫毛 膏" not in counts["query"]
    assert counts["product"]["睫毛膏"] == 15


def test_a_weight_is_the_sum_of_its_factors_and_ranks_fall(tmp_path: Path) -> None:
    keywords = mined(tmp_path / "a")
    assert [word.rank for word in keywords] == list(range(1, len(keywords) + 1))
    assert [word.weight for word in keywords] == sorted((word.weight for word in keywords), reverse=True)
    for word in keywords:
        assert sum(round(100 * share) for share in word.factors.values()) == round(100 * word.weight)


def test_a_users_word_without_a_tag_is_worth_what_a_noun_is(tmp_path: Path) -> None:
    tagged, untagged = (
        mined(tmp_path / f"a{tag}", user_words=tuple(load_user_words([f"平价睫毛膏 {tag}".strip()])))
        for tag in ("n", "")
    )
    assert "平价睫毛膏" in {word.text for word in tagged}
    assert tagged == untagged


def test_whole_phrases_come_before_their_pieces(tmp_path: Path) -> None:
    texts = [word.text for word in mined(tmp_path / "a")]
    assert "加绒打底裤" in texts
    assert "打底" not in texts


# Texts, and the words that have to be among what is mined of them.
WHOLE = [
    (
        [
            f"{use}珂岸的{thing}"
            for use, thing in zip(["买了", "", "用过", "囤了"] * 2, ["口红", "眼影", "粉饼", "眉笔"] * 2, strict=True)
        ],
        {"珂岸"},
    ),
    (
        [
            f"第{n}期：华北地区新华书店门店周末读书会预告{place}"
            for n, place in enumerate(["朝阳", "海淀", "东城", "西城", "通州"])
        ],
        {"新华书店", "读书会"},
    ),
    (["键盘鼠标套装", "键盘鼠标无线", "键盘鼠标静音", "办公键盘鼠标"], {"键盘鼠标", "鼠标"}),
]


@pytest.mark.parametrize(("texts", "expected"), WHOLE)
def test_words_that_always_have_the_same_neighbour_are_found(
    tmp_path: Path, texts: list[str], expected: set[str]
) -> None:
    found = {word.text for word in mine_blocks(blocks(9, texts), recipe(), Wanted(top=None), tmp_path)[0]}
    assert expected <= found


# What one's own dictionary says, texts, words that have to be found, words that must not.
TAGGED = [
    ((), ["佳能相机", "索尼相机", "富士相机"], {"相机", "佳能相机"}, set()),
    (
        (),
        ["电脑一体机", "打印一体机", "大米真空装", "日历台历", "仿真花", "二手睫毛膏"],
        {"一体机", "大米", "日历", "二手"},
        set(),
    ),
    ((), ["这款睫毛膏防水", "那款睫毛膏晕", "哪款睫毛膏好", "这款睫毛膏贵"], {"睫毛膏"}, {"款睫毛膏"}),
    ((), ["逸品微信公众号", "逸品的微信公众号", "关注微信公众号"], {"微信公众号"}, set()),
    ((), ["密切接触者隔离", "密切接触者排查", "找到密切接触者"], {"密切接触者"}, {"接触者"}),
    # A stop word inside a word is no stop word: 下, 跟, 不.
    ((), ["线上线下同价", "线上线下活动", "门店线上线下"], {"线上线下"}, {"线上线", "上线"}),
    ((), ["粗跟单鞋", "粗跟凉鞋", "粗跟女靴", "细跟女靴"], {"粗跟"}, set()),
    ((), ["睫毛膏不晕染", "眼线笔不晕染", "眉笔不晕染", "不晕染眼线"], {"不晕染"}, {"晕染"}),
    (("终于 100 n", "文章 100 nz"), ["终于口红", "终于面霜", "文章口红", "文章面霜"], {"终于", "文章"}, set()),
]


@pytest.mark.parametrize(("own", "texts", "expected", "unwanted"), TAGGED)
def test_goods_are_no_adverbs_and_ones_own_dictionary_has_the_last_word(
    tmp_path: Path, own: tuple[str, ...], texts: list[str], expected: set[str], unwanted: set[str]
) -> None:
    query = Recipe(bundled().layers, None, "query", user_words=tuple(load_user_words(own)))
    found = {word.text for word in mine_blocks(blocks(9, texts), query, Wanted(top=None), tmp_path)[0]}
    assert expected <= found
    assert not unwanted & found


# Few texts, what a person would type of them, and what only stands there side by side or was guessed.
LITTLE = [
    (
        "title",
        [
            "按压盖单手就能开，抱娃的时候也挤得出来",
            "比想的薄，想要滋润的别买这支",
            "盖子弹簧没松",
            "办公室暖气太干",
            "护手霜里算干得快的",
        ],
        {"单手", "按压", "滋润", "盖子", "办公室", "暖气", "护手霜"},
        {"按压盖单手", "盖单手", "比想", "没松", "太干", "里算", "护手霜里算", "盖子弹簧没松"},
    ),
    (
        "product",
        ["不锈钢保温杯大容量便携男女学生水杯", "纯棉四件套床单被套简约学生宿舍"],
        {"不锈钢", "保温杯", "水杯", "四件套"},
        {"不锈钢保温杯大容量便携", "便携男女学生水杯", "床单被套简约学生"},
    ),
    ("product", ["加绒打底裤女冬季保暖", "烧水壶家用大容量"], {"打底裤", "烧水壶", "加绒"}, {"加绒打", "底裤女"}),
    ("query", ["活性炭摆件", "贝壳音乐盒", "女 雨靴"], {"活性炭摆件", "贝壳音乐盒", "女雨靴"}, set()),
]


@pytest.mark.parametrize(("kind", "texts", "expected", "unwanted"), LITTLE)
def test_a_few_texts_give_words_and_no_stretches(
    tmp_path: Path, kind: str, texts: list[str], expected: set[str], unwanted: set[str]
) -> None:
    own = Recipe(bundled().layers, None, kind)
    found = {word.text for word in mine_blocks(blocks(2, texts), own, Wanted(top=None), tmp_path)[0]}
    assert expected <= found
    assert not unwanted & found


def test_a_guessed_word_that_comes_often_is_one(tmp_path: Path) -> None:
    texts = ["没松的盖子", "盖子没松", "弹簧没松", "没松过", "我这支没松", "里面没松"]
    found = {word.text for word in mine_blocks(blocks(2, texts), recipe(), Wanted(top=None), tmp_path)[0]}
    assert "没松" in found


@settings(max_examples=60, deadline=None)
@example([[0, 1, 2, 3, 4, 5]] * 9)
@example([[0, 2, 1]] * 30)
@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=8), min_size=1, max_size=30))
def test_a_word_is_left_out_only_for_a_kept_one_that_has_most_of_its_places(texts: list[list[int]]) -> None:
    names = ["平价", "睫毛膏", "的", "珂", "岸", "手机壳", "款", "防水", "iPhone", "，"]
    kitchen = recipe().kitchen()
    words = kitchen.words()
    lines = ["".join(names[number] for number in text) for text in texts]
    single: Counter[str] = Counter()
    several: dict[str, tuple[set[str], int]] = {}
    for line in lines:
        reading = read([Piece(line, "")], words, kitchen.segmenter.words)
        every = phrases(reading, words)
        for place in every.places[every.sizes == 1].tolist():
            single[fold_text(reading.text[reading.starts[place] : reading.ends[place]])] += 1
        alone = set(every.places[every.sizes == 1].tolist())
        for place, size in zip(every.places.tolist(), every.sizes.tolist(), strict=True):
            if size > 1:
                own = [
                    fold_text(reading.text[reading.starts[at] : reading.ends[at]]) for at in range(place, place + size)
                ]
                parts = {own[at - place] for at in range(place, place + size) if at in alone}
                before = several.get("".join(own), (parts, 0))
                several["".join(own)] = before[0] & parts, before[1] + 1
    with tempfile.TemporaryDirectory() as folder:
        found = mine_blocks(blocks(7, lines), recipe(), Wanted(top=None), Path(folder))[0]
    kept = {fold_text(word.text).replace(" ", ""): word.count for word in found}
    for word, count in single.items():
        around = [own for text, own in kept.items() if word in text]
        assert word in kept or max(around, default=0) >= mine.SETTLED * count, (word, kept)
    # A phrase is left out for such a one, too, or because its words are nothing together; these are not lost with it.
    turned = {"".join(sorted(text)) for text in kept}
    for phrase, (parts, count) in several.items():
        around = [own for text, own in kept.items() if phrase in text]
        if (
            phrase not in kept
            and "".join(sorted(phrase)) not in turned
            and max(around, default=0) < mine.SETTLED * count
        ):
            assert all(any(part in text for text in kept) for part in parts), (phrase, kept)


def test_stop_words_and_rare_words_stay_out(tmp_path: Path) -> None:
    wanted = Wanted(top=None, min_documents=60)
    found = mine_blocks(blocks(100), recipe(stop=("睫毛膏",)), wanted, tmp_path)[0]
    assert found
    assert all(word.documents >= 60 and "睫毛膏" not in word.text for word in found)


def test_figures_are_summed_over_the_texts_that_hold_a_word(tmp_path: Path) -> None:
    texts = ["平价睫毛膏", "防水睫毛膏", "平价打底裤"]
    figures = [{"clicks": 10.5, "search_index": 300.0}, {"clicks": 4.0, "search_index": 900.0}, {"clicks": 1.0}]
    block = Block("".join(marked(text, "") for text in texts), 3, figures)  # type: ignore[arg-type]
    roles = ["clicks", "search_index"]
    found = mine_blocks([block], recipe(), Wanted(top=None), tmp_path, roles=roles, highest=["search_index"])[0]
    metrics = {word.text: dict(word.metrics) for word in found}
    assert metrics["睫毛膏"] == {"clicks": 14.5, "search_index": 900.0}  # an index is no sum


def test_new_words_are_found_and_kept_whole_by_the_next_run(tmp_path: Path) -> None:
    names = ["澜沐", "绫奥"]
    uses = [
        "家的面霜",
        "精华液好用",
        "洗面奶测评",
        "身体乳很香",
        "护手霜不油",
        "官方店",
        "真的会买",
        "水乳套装",
        "怎么样",
        "防晒",
    ]
    texts = [f"{name}{use}" for name in names for use in uses] + [
        f"今天用{name}，{use}" for name in names for use in uses
    ]
    found, totals = discover_blocks(blocks(10, texts), recipe(), Wanted(top=20), tmp_path)
    assert totals.documents == len(texts)
    new = {word.text: word.count for word in found}
    assert new.get("澜沐") == new.get("绫奥") == 20
    assert not [word for word in new if Segmenter().knows(word)]


BRAND = [
    "澜沐洗衣液除菌",
    "绫奥洗衣液持久留香",
    "澜沐洗衣液3kg",
    "家用洗衣液",
    "绫奥充电宝",
    "澜沐充电宝快充",
    "迷你充电宝",
]


def test_what_was_discovered_weighs_no_less_in_the_next_run(tmp_path: Path) -> None:
    texts = [
        f"{text}{use}" for text in BRAND for use in ("送人", "特价", "2022年11月新", "500g", "carslan", "正品", "ar")
    ]
    query = Recipe(bundled().layers, None, "query")
    new, _ = discover_blocks(blocks(9, texts), query, Wanted(top=None), _folder(tmp_path / "new"))
    segmenter = Segmenter()
    lines = discover.dictionary_lines(new, segmenter, bundled().load("discovery")["words"])
    own = load_user_words(lines)
    names = {word.word for word in own}
    assert {"洗衣液", "充电宝", "澜沐", "绫奥"} <= names
    assert not [name for name in names if name.isascii() or "年" in name or segmenter.knows(name)]
    before, after = (
        {word.text: word for word in mine_blocks(blocks(9, texts), each, Wanted(top=None), _folder(tmp_path / name))[0]}
        for name, each in (("before", query), ("after", replace(query, user_words=tuple(own))))
    )
    assert names <= after.keys()
    for name in names & before.keys():
        assert after[name].weight > before[name].weight - 1, name


CLIPPED = ["单鞋不", "用摄像头", "登陆后", "每个人", "这一", "个月", "比线下", "220v", "3-4岁", "carslan"]
WHOLE_NEW = ["同城配送", "被芯", "除螨", "粗跟", "自粘", "九分裤", "收纳架", "红米", "植脂末", "拼多多"]


def test_words_with_a_function_word_beside_them_are_not_exported() -> None:
    found = [
        Keyword(word, 9.0, 20, 20, number, {"aligned": 2.5, "compound": 0.0})
        for number, word in enumerate([*CLIPPED, *WHOLE_NEW], 1)
    ]
    lines = discover.dictionary_lines(found, Segmenter(), bundled().load("discovery")["words"])
    assert [line.split()[0] for line in lines] == WHOLE_NEW


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_new_words_show_where_they_stand(tmp_path: Path) -> None:
    around = [
        ("今天用", "香薰"),
        ("她买了", "面霜"),
        ("问问", "洗面奶"),
        ("说说", "身体乳"),
        ("看", "护手霜"),
        ("去", "官方店"),
    ]
    texts = [f"第一句。{before}{name}{after}。后一句" for before, after in around for name in ("澜沐", "ABKO")]
    texts += ["型号XABKOY，没有别的", "澜 沐不是一个词"]
    found, _ = discover_blocks(blocks(3, texts), recipe(), Wanted(top=20), tmp_path)
    shown = {word.text: word.contexts for word in found}
    for name in ("澜沐", "ABKO"):
        assert [(place.text, place.text[place.start : place.end]) for place in shown[name]] == [
            (f"{before}{name}{after}", name) for before, after in around[:3]
        ]
