from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit import datafiles, parsing
from copykit.datafiles import DataFiles, Layer, bundled_layer
from copykit.model import Brief, Claim, Finding, Span
from copykit.platforms import Platforms
from copykit.rules import kinds
from copykit.rules.check import check_rule
from copykit.rules.engine import Engine
from copykit.rules.kinds import RuleError, RuleTooSlow
from copykit.rules.reading import Context, PartReading
from copykit.rules.rule import from_data, load, rulebook
from copykit.text.normalize import fold
from copykit.text.segment import Segmenter
from copykit.titles.novelty import UsedTitles
from copykit.titles.score import KINDS, case_context

FILES = datafiles.bundled()
SEGMENTER = Segmenter()
ENTRIES = FILES.entries("rules")
NOTHING = Context()
BASE = {"message": "“{match}”", "why": "读者会问", "source": "测试", "kind": "word"}


def rule_data(entry: datafiles.Entry) -> dict[str, Any]:
    value, problems = parsing.parse_file(entry.path, "rules")
    assert problems == []
    return dict(value)


def engine_of(rule: Mapping[str, Any], files: DataFiles = FILES, *, trusted: bool = True) -> Engine:
    return Engine([from_data("测试/规则", {**BASE, **rule}, trusted=trusted)], files, SEGMENTER, KINDS)


def findings(rule: Mapping[str, Any], text: str, files: DataFiles = FILES, *, trusted: bool = True) -> list[Finding]:
    engine = engine_of(rule, files, trusted=trusted)
    return all_findings(engine, [text])[0]


def all_findings(engine: Engine, texts: Sequence[str], context: Context = NOTHING) -> list[list[Finding]]:
    return [engine.find(reading) for reading in engine.read(texts, context)]


def matches(rule: Mapping[str, Any], text: str) -> list[str]:
    return [finding.match for finding in findings(rule, text)]


def lists(folder: Path, **named: str) -> DataFiles:
    """Return the bundled files with word lists of the test's own before them."""
    (folder / "lexicons").mkdir()
    for name, text in named.items():
        (folder / f"lexicons/{name}.txt").write_text(text, encoding="utf-8")
    return DataFiles([bundled_layer(), Layer("option", (folder,))], datafiles.cache_folder())


# --- bundled rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_bundled_rule_flags_and_passes_what_it_says(entry: datafiles.Entry) -> None:
    data = rule_data(entry)
    problems = check_rule(entry.id, data, FILES, SEGMENTER, KINDS, case_context(FILES), minimum=3)
    assert not problems, "\n".join(problem.say("zh") for problem in problems)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_bundled_rule_speaks_both_languages_and_fills_its_messages(entry: datafiles.Entry) -> None:
    data = rule_data(entry)
    assert {"message", "why"} <= set(data["en"])
    assert ("suggestions" in data) == ("suggestions" in data["en"])
    cases = data["cases"]
    given_ = cases.get("given", {})
    context = case_context(FILES)(given_)
    bodies = [given_["body"]] * len(cases["flag"]) if "body" in given_ else ()
    for lang in ("zh", "en"):
        rule = from_data(entry.id, data, lang)
        engine = Engine([rule], FILES, SEGMENTER, KINDS)
        for reading in engine.read(cases["flag"], context, bodies):
            for finding in engine.find(reading):
                without_match = finding.message.replace(finding.match, "").replace(finding.matched_as, "")
                assert "{" not in without_match
                assert "None" not in without_match
                assert finding.why
                assert "{" not in finding.why


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_dated_fact_says_when_it_was_verified_and_until_when(entry: datafiles.Entry) -> None:
    data = rule_data(entry)
    assert ("checked" in data) == ("expires" in data)
    assert data.get("checked", "0") < data.get("expires", "9")


def test_every_bundled_rule_file_has_an_id_of_its_own() -> None:
    folder = datafiles.PACKAGE / "data/rules"
    assert len(ENTRIES) == sum(path.is_file() for path in folder.rglob("*"))
    # pack/rule, and in the packs of laws and of style pack/topic/rule
    assert all(entry.id.count("/") == 1 + entry.id.startswith(("law/", "style/")) for entry in ENTRIES)


# --- kinds ----------------------------------------------------------------------------------------------------------

WORD_CASES = [
    ({"words": ["断货"]}, "三个月断货5次，又断货了", ["断货", "断货"]),
    ({"words": ["斷貨"]}, "三个月ＤＵＡＮ斷 貨5次", ["斷 貨"]),
    ({"words": ["最"], "except": ["最近"]}, "最近最火", ["最"]),
    ({"words": ["太"], "at": "token"}, "太平洋的鱼太新鲜", ["太"]),
    ({"words": ["太", "平洋"], "at": "single_token"}, "太平洋的鱼太新鲜", ["平洋", "太"]),
    ({"words": ["原来"], "at": "start"}, " 原来是这样，原来如此", ["原来"]),
    ({"words": ["原来"], "at": "start"}, "这原来不贵", []),
    ({"words": ["了"], "at": "end"}, "断货了又补了!!~", ["了"]),
    ({"words": ["了"], "at": "end"}, "断货了又补", []),
    ({"words": ["便宜"], "unless": ["不"]}, "不便宜，但比专柜便宜", ["便宜"]),
    ({"words": ["便宜"], "unless": ["不"]}, "便宜不", []),
    ({"words": ["便宜"], "needs": ["专柜"]}, "便宜", []),
    ({"words": ["便宜"], "needs": ["专柜"]}, "便宜，专柜买不到", ["便宜"]),
    ({"words": ["好"], "limit": 2}, "好用好看好穿", ["好", "好"]),
]


@pytest.mark.parametrize(("rule", "text", "found"), WORD_CASES)
def test_word(rule: Mapping[str, Any], text: str, found: list[str]) -> None:
    assert matches(rule, text) == found


def test_a_lists_fields_set_points_and_suggestions_and_fill_the_message(tmp_path: Path) -> None:
    files = lists(
        tmp_path,
        惊讶="震惊\tpoints=-6\tkind=旧\nUC\tuse=快报|号外\nseverity\tseverity=error\trelated=1\tmatch=2\n!震惊部",
    )
    rule = {"lexicon": "惊讶", "points": 3, "limit": 2, "suggestions": ["换一个"]}
    (best, other) = findings(rule, "震惊部说uc与震惊与severity", files)
    assert [(best.matched_as, best.points, best.suggestions), (other.matched_as, other.points, other.suggestions)] == [
        ("uc", 3, ("快报", "号外")),
        ("震惊", -6, ("换一个",)),
    ]
    (told,) = findings({**rule, "message": "{kind}词“{match}”"}, "震惊", files)
    assert told.message == "旧词“震惊”"
    (plain,) = findings(rule, "severity", files)
    assert (plain.severity, plain.related, plain.match) == ("hint", (), "severity")


PATTERN_CASES = [
    ({"anchor": ["块"], "pattern": r"(\d+)块"}, "11块和22块", ["11块", "22块"]),
    ({"anchor": ["块"], "pattern": r"只要(?P<hit>\d+)块"}, "只要11块，原价22块", ["11"]),
    # A group that takes no part in a match, and one that is empty, point at nothing.
    ({"anchor": ["块"], "pattern": r"\d块(?P<hit>五)?"}, "3块五，4块", ["五"]),
    ({"anchor": ["块"], "pattern": r"块(?P<hit>.*?)"}, "3块", []),
    ({"anchor": ["块"], "pattern": r"x*"}, "3块", []),
    ({"anchor": ["凭什么"], "pattern": "凭什么.+"}, "11块凭什么 Ａ货", ["凭什么 Ａ货"]),
    ({"anchor": ["块"], "pattern": r"\d+块", "unless": ["不到"]}, "不到11块，要22块", ["22块"]),
    ({"anchor": ["块"], "pattern": r"\d+块", "except": ["块头"]}, "3块头", []),
    ({"anchor": ["块"], "pattern": r"\d块", "limit": 1}, "3块4块", ["3块"]),
]


@pytest.mark.parametrize("trusted", [True, False], ids=["bundled", "user"])
@pytest.mark.parametrize(("rule", "text", "found"), PATTERN_CASES)
def test_pattern(rule: Mapping[str, Any], text: str, found: list[str], trusted: bool) -> None:
    told = findings({"kind": "pattern", **rule}, text, trusted=trusted)
    assert [finding.match for finding in told] == found


def test_a_pattern_is_tried_only_where_its_anchor_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def matcher(rule: object) -> Any:
        def match(text: str) -> list[tuple[int, int]]:
            tried.append(text)
            return []

        return match

    monkeypatch.setattr(kinds, "pattern_matcher", matcher)
    engine = engine_of({"kind": "pattern", "anchor": ["凭什么", "块"], "pattern": "."})
    texts = ["凭什么三块", "块块块", "凭良心", "今天到货", ""]
    assert all_findings(engine, texts) == [[]] * len(texts)
    assert tried == ["凭什么三块", "块块块"]


HANGING = {"kind": "pattern", "anchor": ["很"], "pattern": "(?:很|很很)+好"}


def test_a_users_pattern_that_hangs_is_stopped_and_named() -> None:
    begun = time.perf_counter()
    with pytest.raises(RuleTooSlow, match="测试/规则"):
        findings(HANGING, "很" * 60, trusted=False)
    assert time.perf_counter() - begun < 5  # without a limit it would take longer than the universe


def test_a_users_pattern_that_hangs_again_and_again_is_left_out() -> None:
    engine = engine_of({**BASE, **HANGING}, trusted=False)
    reading = engine.read(["很" * 60], Context())[0]
    for _ in range(3):
        with pytest.raises(RuleTooSlow):
            engine.find(reading)
    assert engine.find(reading) == []


def test_checking_a_users_rule_that_hangs_tells_it_too() -> None:
    data = {**BASE, **HANGING, "cases": {"flag": ["很好"], "pass": ["很" * 60]}}
    (problem,) = check_rule("测试/规则", data, FILES, SEGMENTER, KINDS, trusted=False)
    assert "0.1 秒" in problem.zh


COUNT_CASES = [
    # rule, text, first match, points, related
    ({"words": ["好"], "over": 2}, "好用好看", None, 0, []),
    ({"words": ["好"], "over": 2, "points": -4}, "好用好看好穿", "好", -4, ["好", "好"]),
    ({"words": ["好"], "over": 1, "points": -4, "points_each": -2}, "好用好看好穿", "好", -6, ["好", "好"]),
    ({"words": ["好"], "points_each": 3, "limit": 2}, "好好好好好", "好", 6, ["好"] * 4),
    ({"chars": ["!", "？"], "over": 1}, "真的!？", "!", 0, ["？"]),
    ({"chars": ["！"]}, "真的！", "！", 0, []),  # written full width in the rule, as people do
    ({"chars": ["^", "]", "-", "\\"]}, "a-b", "-", 0, []),
    ({"words": ["好"]}, "", None, 0, []),
]


@pytest.mark.parametrize(("rule", "text", "match", "points", "related"), COUNT_CASES)
def test_count(rule: Mapping[str, Any], text: str, match: str | None, points: int, related: list[str]) -> None:
    told = findings({"kind": "count", "message": "{count} 个", **rule}, text)
    if match is None:
        assert told == []
        return
    (finding,) = told
    assert (finding.match, finding.points) == (match, points)
    assert [text[start:end] for start, end in finding.related] == related
    assert finding.message == f"{1 + len(related)} 个"


LENGTH_CASES = [
    ({"min": 3}, "两字", True),
    ({"min": 3}, "三个字", False),
    ({"max": 3}, "三个字", False),
    ({"max": 3}, "四个字啊", True),
    ({"max": 6, "unit": "han2"}, "abc三", False),
    ({"max": 4, "unit": "han2"}, "abc三", True),
    ({"max": 6, "unit": "utf8"}, "三字", False),
    ({"max": 5, "unit": "utf8"}, "三字", True),
    ({"min": 1}, "", True),
]


@pytest.mark.parametrize(("rule", "text", "fires"), LENGTH_CASES)
def test_length(rule: Mapping[str, Any], text: str, fires: bool) -> None:
    told = findings({"kind": "length", "message": "{used} 个", **rule}, text)
    assert [finding.match for finding in told] == ([text] if fires else [])


@pytest.mark.parametrize(
    ("text", "fires"),
    [("短袖女夏", True), ("純棉短袖女夏", False), ("纯 棉短袖", False), ("纯棉布袋", True), ("", True)],
)
def test_missing(text: str, fires: bool) -> None:
    told = findings({"kind": "missing", "words": ["纯棉", "真丝"], "except": ["纯棉布袋"]}, text)
    assert [finding.match for finding in told] == ([text] if fires else [])


# --- rules that cannot be used --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ({"kind": "wrod", "words": ["好"]}, "没有“wrod”这种规则，可以用", "unknown kind 'wrod'; known:"),
        ({"lexicon": "没有的词表"}, "没有词表“没有的词表”", "there is no word list '没有的词表'"),
        ({"lexicons": ["audience", "没有的词表"]}, "没有词表“没有的词表”", "there is no word list"),
        ({}, "一个词也没有，请写 words / lexicon / lexicons", "it has no words"),
        ({"words": ["\u200b"]}, "一个词也没有", "it has no words"),
        ({"kind": "missing"}, "一个词也没有", "it has no words"),
        ({"kind": "count"}, "一个词也没有", "it has no words"),
        ({"kind": "pattern", "pattern": "好"}, "一个词也没有，请写 anchor", "it has no words; give anchor"),
        ({"kind": "pattern", "anchor": ["好"]}, "少了“pattern”", "'pattern' is missing"),
        ({"kind": "pattern", "anchor": ["好"], "pattern": "(好"}, "pattern 写错了", "bad pattern"),
    ],
)
def test_a_rule_that_cannot_be_built_is_told_in_one_sentence(rule: Mapping[str, Any], zh: str, en: str) -> None:
    with pytest.raises(RuleError) as caught:
        engine_of(rule, trusted=False)
    assert caught.value.say("zh").startswith(f"规则 测试/规则：{zh}")
    assert caught.value.say("en").startswith(f"rule 测试/规则: {en}")
    assert "\n" not in caught.value.say("zh")


@pytest.mark.parametrize("message", ["“{match}”是{kind}", "{}", "{match", "{match.nope}", "{0}", "{match!z}"])
def test_a_message_that_nothing_fills_is_told_in_one_sentence(message: str) -> None:
    with pytest.raises(RuleError, match="message"):
        findings({"words": ["好"], "message": message}, "好看")


@pytest.mark.parametrize(
    ("rule", "cases", "key", "zh"),
    [
        ({"words": ["断货"]}, {"flag": ["到货了"]}, "cases.flag", "该命中却没有：到货了"),
        ({"words": ["断货"]}, {"flag": ["断货"], "pass": ["不断货"]}, "cases.pass", "不该命中却命中“断货”：不断货"),
        ({"words": ["断货"]}, {"flag": ["断货"], "minimum": 2}, "cases.flag", "至少要 2 句，现在 1 句"),
        ({"lexicon": "没有的词表"}, {}, "", "没有词表"),
        ({"words": ["断货"], "message": "{nope}"}, {"flag": ["断货"]}, "", "填不上"),
        ({"kind": "pattern", "anchor": ["断"], "pattern": "断("}, {"flag": ["断货"]}, "pattern", "pattern 写错了"),
        ({"words": ["断货"]}, {"flag": ["断货"], "given": {"platform": "淘保"}}, "", "没有叫“淘保”的平台"),
        ({"words": ["断货"]}, {"flag": ["断货"], "given": {"brief": {"prodcut": "伞"}}}, "", "product"),
    ],
)
def test_a_rule_that_fails_its_own_cases_is_told(
    rule: Mapping[str, Any], cases: dict[str, Any], key: str, zh: str
) -> None:
    minimum = cases.get("minimum", 1)
    data = {**BASE, **rule, "cases": {"flag": ["断货"], "pass": ["今天到货"], **cases}}
    problems = check_rule("测试/规则", data, FILES, SEGMENTER, KINDS, case_context(FILES), minimum)
    assert any(problem.key == key and zh in problem.zh for problem in problems), problems


def test_only_the_packs_that_are_asked_for_are_loaded_in_the_language_that_is_read() -> None:
    packs = {rule.id.partition("/")[0] for rule in load(FILES, ["novelty", "ip"])}
    assert packs == {"novelty", "ip"}
    assert {rule.id.partition("/")[0] for rule in load(FILES)} == {entry.id.partition("/")[0] for entry in ENTRIES}
    zh, en = (next(iter(load(FILES, ["novelty"], lang))) for lang in ("zh", "en"))
    assert (zh.id, zh.source) == (en.id, en.source)
    assert zh.why != en.why
    assert zh.trusted


def test_a_users_rule_of_a_bundled_id_is_the_users(tmp_path: Path) -> None:
    path = tmp_path / "rules/novelty/hype.toml"
    path.parent.mkdir(parents=True)
    path.write_text(
        'kind = "word"\nwords = ["断货"]\nmessage = "我的“{match}”"\nwhy = "店里说好的"\nsource = "店规"\n'
        '[cases]\nflag = ["断货"]\npass = ["到货"]\n',
        encoding="utf-8",
    )
    files = DataFiles([bundled_layer(), Layer("user", (tmp_path,))], datafiles.cache_folder())
    (rule,) = [rule for rule in load(files) if rule.id == "novelty/hype"]
    assert (rule.message, rule.trusted) == ("我的“{match}”", False)


# --- promises on any text -------------------------------------------------------------------------------------------

PACKS = load(FILES)
CONTEXT = Context(
    platform=Platforms(FILES)["小红书"],
    brief=Brief(
        "睫毛膏",
        category="美妆",
        price=11,
        audience=("学生党", "内双"),
        selling_points=("三个月断货5次", "不晕染"),
        scenes=("军训",),
        keywords=("睫毛膏", "防水"),
        claims=(Claim("authority", "迪士尼形象授权", "授权书 1", "2026-09-30"),),
    ),
    category="美妆",
    today="2026-11-25",
    used=UsedTitles(("11块钱的睫毛膏，凭什么三个月断货5次？",)),
)
BODY = "睫毛膏三个月断货3次，内双也能用。"
SENTENCES = [sentence for entry in ENTRIES for case in ("flag", "pass") for sentence in rule_data(entry)["cases"][case]]
NOISE = [
    *("\ud800", "\udfff", "\u200b", "\ufeff", "\u0301", "\x00", "\n", "\t", "　", "👨‍👩‍👧", "👍🏽", "🇨🇳", "❤️"),
    *(
        "ＢＩＧ",
        "①",
        "竟然寬鬆顯瘦",
        "電動牙刷",
        "蕞便宜",
        "９９元",
        "1,000,000",
        "3.5折",
        "最 好",
        "!!!!",
        "？？",
        "“",
        "”",
    ),
    *("{match}", "%s"),
]


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


# What the rules are about, cut up, mixed and disguised; and beside it any text at all.
PIECES = st.sampled_from(SENTENCES).flatmap(
    lambda text: st.sampled_from([text, text[:7], text[-9:], full_width(text), text.replace("，", ""), " ".join(text)])
)
TEXTS = st.lists(PIECES | st.sampled_from(NOISE), max_size=5).map("".join) | st.text(st.characters(codec=None))


@pytest.fixture(scope="module")
def engines() -> list[Engine]:
    """One set of rules, built in three orders."""
    shuffled = list(PACKS)
    random.Random(7).shuffle(shuffled)
    return [Engine(order, FILES, SEGMENTER, KINDS) for order in (PACKS, list(reversed(PACKS)), shuffled)]


def found(engine: Engine, text: str) -> list[Finding]:
    (reading,) = engine.read([text], CONTEXT, [BODY])
    return engine.find(reading)


@settings(max_examples=300)  # the widest promise of all, and 1 ms an example
@given(text=TEXTS)
def test_spans_point_at_their_matches_and_nothing_but_the_text_matters(engines: list[Engine], text: str) -> None:
    told = found(engines[0], text)
    for finding in told:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.match
        assert all(0 <= start <= end <= len(text) for start, end in finding.related)
        assert isinstance(finding.points, int)
        assert finding.severity in ("error", "warning", "hint")
    assert told == sorted(told, key=lambda finding: (finding.start, finding.end, finding.rule))
    assert found(engines[0], text) == told
    for engine in engines[1:]:
        assert sorted(found(engine, text)) == sorted(told)


@given(
    text=TEXTS | st.text("最好的面膜推荐，,。、 ab1.%-", max_size=40), begin=st.integers(0, 40), end=st.integers(0, 40)
)
def test_a_sentence_that_is_cut_where_it_is_asked_about_has_the_words_of_one_that_is_cut_as_a_whole(
    text: str, begin: int, end: int
) -> None:
    folded = fold(text)
    part = PartReading(text, folded, SEGMENTER, {}, NOTHING)
    tokens = SEGMENTER.tokens(folded.text)
    bounds = {0, len(folded.text)}.union(*((token.start, token.end) for token in tokens))
    assert {place for place in range(len(folded.text) + 1) if place in part.bounds} == bounds
    assert part.tagged(begin, end) == [
        (Span(token.start, token.end), token.tag) for token in tokens if begin <= token.start and token.end <= end
    ]


@given(texts=st.lists(TEXTS, max_size=4))
def test_texts_read_together_are_judged_as_they_are_alone(engines: list[Engine], texts: list[str]) -> None:
    together = all_findings(engines[0], texts, CONTEXT)
    assert together == [all_findings(engines[0], [text], CONTEXT)[0] for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "最近最" * 3_333,
        "便宜不，" * 2_500,
        "不到1块，" * 2_000,
        "好" * 10_000,
        "，" * 10_000,
        " " * 10_000,
        "\u200b好" * 5_000,
    ],
    ids=lambda text: text[:6],
)
def test_ten_thousand_characters_are_read_at_once(text: str) -> None:
    rules: list[dict[str, Any]] = [
        {"words": ["最"], "except": ["最近"]},
        {"words": ["便宜"], "unless": ["不"]},
        {"words": ["好"], "at": "token"},
        {"words": ["好"], "at": "end"},
        {"kind": "pattern", "anchor": ["块"], "pattern": r"\d+块", "unless": ["不到"]},
        {"kind": "count", "words": ["好"]},
    ]
    engine = Engine([from_data(f"测试/{n}", {**BASE, **rule}) for n, rule in enumerate(rules)], FILES, SEGMENTER)
    begun = time.process_time()
    all_findings(engine, [text])
    assert time.process_time() - begun < 20  # measured 0.6 at most; something cubic would take minutes


def test_a_short_text_builds_few_rules_and_a_long_one_all() -> None:
    made: list[str] = []

    def noted(make: kinds.KindMaker) -> kinds.KindMaker:
        return lambda rule, build: made.append(rule.id) or make(rule, build)  # type: ignore[func-returns-value]

    makers = {name: noted(make) for name, make in KINDS.items()}
    every = Engine(load(FILES, ["law"]), FILES, SEGMENTER, KINDS)
    few = Engine.of("test", rulebook(FILES, ["law"]), FILES, SEGMENTER, makers)
    made.clear()
    for text, most in (("全国最好的面膜，买就送", 44), ("不打针，三天见效", 66), ("最好的面膜。" * 300, 1000)):
        readings = [engine.read([text], NOTHING)[0] for engine in (few, every)]
        assert few.find(readings[0]) == every.find(readings[1])
        assert len(made) < most
    assert sorted(made) == [kind.rule.id for kind in every.built]


def test_many_texts_find_every_rule_ready() -> None:
    engine = Engine.of("test", rulebook(FILES, ["law"]), FILES, SEGMENTER, KINDS)
    engine.find(engine.read(["一句话，没有什么要说"], NOTHING)[0])
    assert not [kind for kind in engine._built.values() if "conditions" in vars(kind)]
    engine.read(["一句话，没有什么要说"] * 200, NOTHING)
    assert all("conditions" in vars(kind) for kind in engine.built if hasattr(kind, "conditions"))
    assert [kind for kind in engine.built if hasattr(kind, "conditions")]
