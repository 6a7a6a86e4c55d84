"""Texts judged before they go out: what is found, what is excused and why, and the promises that hold on any text."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copykit.categories import Categories, UnknownCategory
from copykit.compliance import Checker, Facts, Report, case_context, lowered_by
from copykit.datafiles import DataFiles, Layer, bundled, bundled_layer
from copykit.errors import DataFileError
from copykit.laws import Laws
from copykit.lexicon import Lexicons
from copykit.model import Brief, Claim
from copykit.rulepage import Pages
from copykit.rules.check import check_source
from copykit.rules.frames import Framer
from copykit.rules.reading import Context, Reading
from copykit.rules.relations import condition
from copykit.rules.surroundings import Surroundings
from copykit.text.normalize import fold
from copykit.text.segment import Segmenter

FILES = bundled()
EXEMPTIONS = FILES.load("exemptions")


@functools.cache
def checker() -> Checker:
    return Checker(FILES)


def check(text: str, **facts: object) -> Report:
    return checker().check(text, checker().context(Facts(**facts)))  # type: ignore[arg-type]


# --- exemptions carry their own sentences ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXEMPTIONS))
def test_an_exemption_excuses_what_it_governs_and_nothing_that_only_stands_near(name: str) -> None:
    data = EXEMPTIONS[name]
    context = case_context(FILES)(data["cases"].get("given", {}))
    assert len(data["cases"]["exempt"]) >= 3
    assert len(data["cases"]["flag"]) >= 3
    for sentence in data["cases"]["exempt"]:
        report = checker().check(sentence, context)
        assert name in [excused.exemption for excused in report.exempted] or lowered_by(data, report), sentence
        assert (report.verdict == "error") is (data.get("lowers") == "error"), sentence
    for sentence in data["cases"]["flag"]:
        report = checker().check(sentence, context)
        assert report.verdict != "ok", sentence
        assert name not in [excused.exemption for excused in report.exempted], sentence
        assert not lowered_by(data, report), sentence


@pytest.mark.parametrize("name", sorted(EXEMPTIONS))
def test_an_exemption_names_its_clause_and_rules_that_exist(name: str) -> None:
    data = EXEMPTIONS[name]
    assert all(citation.law for citation in Laws(FILES).cited(data["source"]))
    rules = list(FILES.load("rules"))
    for rule in data["rules"]:
        assert any(known == rule or known.startswith(rule + "/") for known in rules), rule


def patterns(value: object) -> Iterator[str]:
    """Yield every pattern in a data file, its sentences left out."""
    if isinstance(value, list):
        for item in value:
            yield from patterns(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if "pattern" in key:
                yield from [item] if isinstance(item, str) else item
            elif key != "cases":
                yield from patterns(item)


EXCUSING = [
    *((f"exemptions/{name}", data) for name, data in EXEMPTIONS.items()),
    *((f"frames/{name}", data) for name, data in FILES.load("frames").items()),
    *(
        (
            f"rules/{name}",
            data if name.startswith("law/absolute/") else [data.get("when", []), data.get("not_when", [])],
        )
        for name, data in FILES.load("rules").items()
        if name.startswith(("law/", "ip/"))
    ),
]


@pytest.mark.parametrize(("name", "data"), EXCUSING, ids=[name for name, _ in EXCUSING])
def test_no_lookaround_expresses_an_exemption(name: str, data: object) -> None:
    assert not [pattern for pattern in patterns(data) if LOOKAROUND.search(pattern)]


LOOKAROUND = re.compile(r"\(\?<?[=!]")


def reaches(tree: Any) -> bool:
    """Return whether a part of a pattern runs over characters that it does not name."""
    for op, value in tree:
        if str(op) in ("MAX_REPEAT", "MIN_REPEAT") and any(
            str(inner) == "ANY" or (str(inner) == "IN" and str(items[0][0]) in ("NEGATE", "RANGE", "CATEGORY"))
            for inner, items in value[2]
        ):
            return value[1] > 1
        if any(reaches(part) for part in parts_of(str(op), value)):
            return True
    return False


def parts_of(name: str, value: Any) -> list[Any]:
    """Return the parts of which a node of a parsed pattern is made."""
    if name == "BRANCH":
        return list(value[1])
    return [value[-1]] if name in ("SUBPATTERN", "MAX_REPEAT", "MIN_REPEAT", "ASSERT", "ASSERT_NOT") else []


def characters(tree: Any) -> Iterator[str]:
    """Yield the characters that a part of a pattern names."""
    for op, value in tree:
        if str(op) == "LITERAL":
            yield chr(value)
        elif str(op) == "IN":
            yield from characters(value)
        for part in parts_of(str(op), value):
            yield from characters(part)


def assertions(tree: Any) -> Iterator[tuple[bool, Any]]:
    """Yield a pattern's lookarounds, each with whether it forbids."""
    for op, value in tree:
        if str(op) in ("ASSERT", "ASSERT_NOT"):
            yield str(op) == "ASSERT_NOT", value[1]
        for part in parts_of(str(op), value):
            yield from assertions(part)


def bounds_a_word(pattern: str) -> bool:
    """Return whether a pattern's lookarounds only tell one word from a longer one, as in other scripts \\b does.

    One that reaches over a gap or looks for a negation says what governs what: that is said by relations.
    """
    tree = importlib.import_module("re._parser").parse(pattern)
    return not any(
        reaches(inner) or (forbids and set(characters(inner)) & set("不没未非无别勿"))
        for forbids, inner in assertions(tree)
    )


@pytest.mark.parametrize(
    ("pattern", "only"),
    [
        ("返(?!修|厂)", True),
        ("(?<![a-z0-9])a货", True),
        ("风险(?=[,。]|$)", True),
        ("(?<![不免])扣", False),
        ("扔(?!不得)", False),
        ("原价(?=[^,。]{0,8}现价)", False),
        (r"原价(?=(?:约|到)[\s\S]{0,40}?现价)", False),
    ],
)
def test_what_bounds_a_word_is_told_from_what_excuses(pattern: str, only: bool) -> None:
    assert bounds_a_word(pattern) is only


@pytest.mark.parametrize("name", sorted(name for name in FILES.load("rules") if name.startswith(("law/", "ip/"))))
def test_a_lookaround_of_a_law_rule_only_bounds_a_word(name: str) -> None:
    assert [pattern for pattern in patterns(FILES.load("rules")[name]) if not bounds_a_word(pattern)] == []


# --- what governs what ----------------------------------------------------------------------------------------------

GOVERNS = [
    # text, the claim, the exemption that governs it (None: it stays a finding), why
    ("目标是做最专业的修表铺", "最专业", "5_2_goal", "the goal heads the clause"),
    ("目标是十年，最专业的修表铺", "最专业", None, "the goal stands in another clause"),
    ("比上一代轻，是自家最轻的一把", "最轻", "6_1_self", "only its own goods are compared"),
    ("比同行轻，是市面上最轻的一把", "最轻", None, "others are compared"),
    ("最佳赏味期是两天", "最佳", "6_2_use", "the superlative is an attribute of the keeping time"),
    ("最佳伴侣，赏味期两天", "最佳", None, "it is an attribute of something else"),
    ("这不是最便宜的一把", "最便宜", "denied", "the clause denies it"),
    ("这不是广告，最便宜的一把", "最便宜", None, "another clause is denied"),
    ("不是大牌而是最便宜的一把", "最便宜", None, "the denial has turned"),
    ("2024年天猫茶具类目销量第一", "销量第一", "6_6_sales", "time and kind of fact are told"),
    ("销量第一的茶具，2024年新款", "销量第一", None, "the year limits the next clause only"),
]


@pytest.mark.parametrize(("text", "claim", "exemption", "why"), GOVERNS)
def test_an_excuse_counts_only_where_it_governs(text: str, claim: str, exemption: str | None, why: str) -> None:
    report = check(text)
    excused = {each.exemption for each in report.exempted if each.finding.match in claim or claim in each.finding.match}
    flagged = [finding for finding in report.findings if claim in finding.match or finding.match in claim]
    if exemption is None:
        assert flagged, why
        assert not excused, why
    else:
        assert exemption in excused, why
        assert not flagged, why


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("全国的客人都说它是全国最轻的", {"within": 0}, True),
        ("全国的客人都说它最轻", {"within": 0}, False),
        ("说它轻，大家都说，说它最轻", {"relation": "same_sentence", "words": ["说"], "not_across": [","]}, True),
        ("说它轻，大家都夸，它最轻", {"relation": "same_sentence", "words": ["说"], "not_across": [","]}, False),
    ],
)
def test_every_place_of_a_word_is_tried(text: str, words: dict[str, object], told: bool) -> None:
    around = Surroundings()
    lexicons = Lexicons(FILES)
    framer = Framer(FILES.load("frames")["claim"], around, lambda name: (lexicons[name].entries, ()))
    tried = condition({"relation": "same_clause", "words": ["全国"], **words}, around, None)
    start = text.index("最轻")
    cut = Segmenter().words(text)
    frame = framer.frame(Reading(text, fold(text), cut, [], {}, Context()), start, start + 2)
    assert (tried.holds(frame) is not None) is told


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("罪 佳 选 择，闭眼入", "罪 佳"),
        ("ＮＯ．１ 品质", "ＮＯ．１"),
        ("最-低-价，直降到底", "最-低-价"),
        ("頂級羊絨", "頂級"),
        ("蕞優質的棉花", "蕞優質"),
        ("最，好，用的拖把", "最，好，用"),
        ("销、量、第、一的保温杯", "销、量、第、一"),
        ("全网最\n好用的面霜", "最\n好用"),
        ("这款面霜卖了三年，回购的人多，是全网销量第\n一的牌子，买过的都知道。", "销量第\n一"),
        ("这支面霜卖了十二年，回购的人一直很多，遥遥领\n先", "遥遥领\n先"),
    ],
)
def test_an_evasion_is_seen_through_and_shown_as_it_was_written(text: str, match: str) -> None:
    (finding,) = check(text).findings
    assert finding.match == match
    assert finding.matched_as != match


@pytest.mark.parametrize("text", ["选购清单\n先看尺寸，再看第\n\n一页说明", "炒锅根\n治具两套", "今天全网\n最低十度"])
def test_lines_that_are_lines_are_not_read_as_one(text: str) -> None:
    assert not [finding for finding in check(text).findings if "\n" in finding.match]


def test_evidence_in_the_brief_lets_a_claim_stand_until_it_expires() -> None:
    proof = Brief("茶具", claims=(Claim("sales", "类目销量第一", "平台榜单截图", "2026-12-31"),))
    late = Brief("茶具", claims=(Claim("sales", "类目销量第一", "平台榜单截图", "2026-01-31"),))
    other = Brief("茶具", claims=(Claim("sales", "三个月卖出 5 万只", "后台订单截图", "2026-12-31"),))
    text = "类目销量第一的茶具"
    assert check(text, brief=other, today="2026-11-22").verdict == "error"
    assert check(text, brief=proof, today="2026-11-22").verdict == "ok"
    assert check(text, brief=late, today="2026-11-22").verdict == "error"
    assert check(text).verdict == "error"


# The guide, article 5 (1): how one serves and tries is no claim about the goods; what one chooses for them is.
CHOICE = EXEMPTIONS["5_1_no_choice"]["reason"]
EFFORTS = [
    "我们尽最大努力让你满意",
    "有问题找客服，我们尽最大努力",
    "以最大的诚意服务每位顾客",
    "用最快的速度回复",
    "用最短的时间处理售后",
    "以最认真的态度挑选每一颗果子",
    "用最严苛的态度选料",
    "以最严格的标准要求自己",
]
CHOICES = [
    "选最好的棉花",
    "用最好的料",
    "我们只用最好的面粉",
    "只挑最新鲜的果子",
    "选用最优质的",
    "精选最新鲜的",
    "甄选最上等的茶青",
    "每天采最新鲜的菜",
    "尽最大努力选最好的棉花",
    "用最认真的态度挑最优质的羊绒",
]


@pytest.mark.parametrize("text", EFFORTS)
def test_to_try_hard_is_no_claim_about_the_goods(text: str) -> None:
    assert check(text).findings == ()


@pytest.mark.parametrize("text", CHOICES)
def test_what_one_chooses_for_the_goods_is_a_claim_about_them(text: str) -> None:
    (finding,) = check(text).findings
    assert finding.severity == "error"
    assert finding.why.endswith(f"；{CHOICE}")


CITATIONS = [
    ("广告法 第七十四条；广告法 第七十五条", ["第七十五条"]),
    ("《广告法》第九条（三）（四）、第十五条第二款、第八十条", ["第八十条"]),
    ("广告法 第九条（十一）；广告法 第九条（十二）", ["第九条（十二）"]),
    ("广告法 第十三条（一）；广告法 第十一条第二款；广告法 第十一条第三款", ["第十三条（一）", "第十一条第三款"]),
    ("广告法 第二十八条第二款第（五）项、第二十八条第二款第六项", ["第二十八条第二款第六项"]),
    ("绝对化用语执法指南 第十二条；绝对化用语执法指南 第十三条（一）", ["第十三条"]),
    ("《中华人民共和国广告法》适用问题执法指南（一） 第十条", ["第十条"]),  # not 广告法, which has one
    ("中华人民共和国广告法 第 9 条、电子商务法 第一百条", ["第一百条"]),
    ("广告法 第零条", ["第零条"]),
    ("民法典 第一千零一十九条", []),  # not all of it was read
    ("某某管理办法 第九百条", []),
    ("广告法 第九条，下单第一百条裙子", []),
]


@pytest.mark.parametrize(("source", "beyond"), CITATIONS)
def test_what_a_law_does_not_have_is_seen(source: str, beyond: list[str]) -> None:
    assert [place for _, place, _ in Laws(FILES).beyond(source)] == beyond


# --- one hit, one word about it -------------------------------------------------------------------------------------


def test_a_notice_that_several_rules_ask_for_is_owed_once() -> None:
    text = "育儿小知识：换季怎么穿。亲测的睡袋点下方链接"
    report = check(text, has_link=True, commercial=True)
    owing = [finding.rule for finding in report.findings if finding.rule.startswith("law/identify/")]
    assert owing == ["law/identify/link_experience"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("感冒颗粒，一盒十袋", {"law/notices/otc"}),
        ("对阿莫西林过敏者慎用这款糖浆", {"law/notices/otc"}),
        ("感冒颗粒，下单立减", {"law/notices/otc", "law/approval/drug"}),
        ("某某片须凭处方购买", {"law/approval/drug"}),
        ("罗红霉素胶囊，一盒十二粒", {"law/medical/prescription_named"}),
        ("阿奇霉素，线上直接买", {"law/medical/prescription_named"}),
        ("处方药包邮到家", {"law/medical/no_prescription"}),
        ("莫达非尼现货，私信下单", {"law/medical/controlled"}),
    ],
)
def test_a_drug_that_may_not_be_advertised_owes_nothing_of_what_others_do(text: str, rules: set[str]) -> None:
    known = FILES.load("rules")
    told = {finding.rule for finding in check(text, category="药品").findings}
    assert {rule for rule in told if {"notice", "waives"} & known[rule].keys()} == rules


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("zh", "报了这条，就不再报“非处方药广告缺了必须写的提示”"),
        ("en", "once told, 'the notice that over-the-counter drugs owe is missing' is not"),
    ],
)
def test_the_page_of_a_rule_tells_what_it_waives(lang: str, line: str) -> None:
    assert line in Pages(FILES, lang).page("law/medical/prescription_named").conditions


def test_what_is_waived_is_a_notice_that_some_rule_asks_for() -> None:
    rules = FILES.load("rules").values()
    waived = {notice for data in rules for notice in data.get("waives", ())}
    assert waived
    assert waived <= {data.get("notice") for data in rules}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("我们的目标是做最专业的团队", "law/absolute/superlative"),
        ("愿你买到最合适的那一双", "law/absolute/any_most"),
        ("不求最便宜，只求耐用", "law/absolute/lowest_price"),
    ],
)
def test_a_hit_of_several_rules_is_excused_once_as_the_gravest_says(text: str, rule: str) -> None:
    (excused,) = check(text).exempted
    assert excused.finding.rule == rule


@pytest.mark.parametrize("name", sorted(EXEMPTIONS))
def test_no_place_is_told_or_excused_twice(name: str) -> None:
    for text in (*EXEMPTIONS[name]["cases"]["exempt"], *EXEMPTIONS[name]["cases"]["flag"]):
        report = check(text, has_link=True, commercial=True)
        places = [(each.start, each.end) for each in (*report.findings, *(one.finding for one in report.exempted))]
        assert len(places) == len(set(places)), text


# --- context --------------------------------------------------------------------------------------------------------


def test_a_category_is_found_by_id_name_alias_or_word_and_holds_what_it_lies_in() -> None:
    categories = Categories(FILES)
    for name in ("health_food", "保健食品", "保健品", "深海鱼油"):
        assert {"health_food", "food", "reviewed"} <= categories[name], name
    with pytest.raises(UnknownCategory, match="化妆品"):
        categories["化装品"]
    with pytest.raises(UnknownCategory) as told:
        categories["保温杯"]
    names = told.value.say("zh").partition("可以写 ")[2].partition("（")[0].split("、")
    assert len(names) == len(set(names)) == 10


OWN_CATEGORY = 'name = "医美护肤"\nnote = "店里自己分的"\naliases = ["{alias}"]\nwords = ["水光针同款"]\n'


@pytest.mark.parametrize(
    ("alias", "file", "more", "held"),
    [
        ("化妆品", "beauty2", "", "cosmetics"),
        ("护肤", "beauty2", "", "cosmetics"),
        ("护肤", "beauty2", 'within = ["general"]', "cosmetics"),
        ("护肤", "beauty2", 'within = ["cosmetics"]', None),
        ("护肤", "cosmetics", "", None),
        ("自家护肤", "beauty2", "", None),
    ],
)
def test_a_category_of_ones_own_hides_no_other_by_its_names(
    tmp_path: Path, alias: str, file: str, more: str, held: str | None
) -> None:
    path = tmp_path / "categories" / f"{file}.toml"
    path.parent.mkdir()
    path.write_text(OWN_CATEGORY.format(alias=alias) + more, encoding="utf-8")
    categories = Categories(DataFiles([bundled_layer(), Layer("option", (tmp_path,))]))
    if held is None:
        assert file in categories[alias]
        assert ("cosmetics" in categories[alias]) == (alias == "护肤")
        return
    with pytest.raises(DataFileError) as caught:
        categories["食品"]
    (problem,) = caught.value.problems
    assert problem.file.endswith(f"categories/{file}.toml")
    assert f"categories/{held}.toml 的名字" in problem.zh
    assert f'within = ["{held}"]' in problem.zh


@pytest.mark.parametrize("name", sorted(FILES.load("categories")))
def test_a_category_lies_in_categories_that_exist(name: str) -> None:
    assert set(FILES.load("categories")[name].get("within", ())) <= set(FILES.load("categories"))


@pytest.mark.parametrize("name", [name for name, told in FILES.load("categories").items() if "barred" in told])
def test_what_may_be_listed_nowhere_cites_laws_that_are_known(name: str) -> None:
    assert not check_source(name, FILES.load("categories")[name]["barred"], Laws(FILES))


REPORT = "记者从市民政局了解到，全市最好的两所养老院今年扩建。"


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, "warning"),
        ({"commercial": True}, "error"),
        ({"has_link": True}, "error"),
        ({"commercial": False}, "warning"),
    ],
)
def test_what_reads_like_a_report_stays_an_error_where_the_facts_say_that_it_sells(
    facts: dict[str, bool], verdict: str
) -> None:
    report = check(REPORT, **facts)
    assert report.verdict == verdict
    reason = EXEMPTIONS["no_ad_report"]["evidence"]
    assert any(reason in finding.why for finding in report.findings) is (verdict == "warning")


OWN_USE = "这是我用过最舒服的一支"
DECIDING: list[tuple[str, dict[str, bool], list[tuple[str, str]]]] = [
    # text, what is told, which fact decides about which rule
    (OWN_USE, {}, [("commercial", "law/absolute/superlative")]),
    (OWN_USE, {"has_link": False}, [("commercial", "law/absolute/superlative")]),
    (OWN_USE, {"commercial": True}, []),
    (OWN_USE, {"commercial": False}, []),
    ("这是全网最舒服的一支", {}, []),
    (REPORT, {}, [("has_link", "law/absolute/best"), ("commercial", "law/absolute/best")]),
    (REPORT, {"has_link": False}, [("commercial", "law/absolute/best")]),
    (REPORT, {"commercial": False, "has_link": False}, []),
    (REPORT, {"has_link": True}, []),
]


@pytest.mark.parametrize(("text", "facts", "asks"), DECIDING)
def test_a_fact_that_an_exemption_waits_for_is_asked(
    text: str, facts: dict[str, bool], asks: list[tuple[str, str]]
) -> None:
    assert [(fact, each.rule) for fact, about in check(text, **facts).asks for each in about] == asks


# --- promises on any text -------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "最好的",
        "最 佳",
        "全国第一",
        "我们",
        "目标是",
        "不是",
        "顶级",
        "，",
        "。",
        "\n",
        "2024年",
        "销量第一",
        "ＮＯ．１",
        "👨‍👩‍👧",
        "\ud800",
        "a",
    ]
)


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join)))
def test_every_span_points_at_its_match_and_no_hit_is_both_flagged_and_excused(text: str) -> None:
    report = check(text)
    for finding in (*report.findings, *(excused.finding for excused in report.exempted)):
        assert text[finding.start : finding.end] == finding.match
        assert finding.match
    flagged = {(finding.start, finding.end) for finding in report.findings}
    assert not flagged & {(each.finding.start, each.finding.end) for each in report.exempted}
    assert report == check(text)
    gravest = {finding.severity for finding in report.findings} & {"error", "warning"}
    assert report.verdict == ("error" if "error" in gravest else "warning" if gravest else "ok")


@given(st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=12).map("".join))
@example("目标是最 佳全国第一最好的", "最好的")
def test_a_text_before_another_line_is_judged_as_it_is_alone(first: str, second: str) -> None:
    alone, together = check(first), check(f"{first}\n{second}")
    seen = [finding for finding in together.findings if finding.end <= len(first)]
    assert [(f.rule, f.start, f.match) for f in seen] == [(f.rule, f.start, f.match) for f in alone.findings]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("孕妇可用，零副作用", ["孕妇可用", "零副作用"]),
        ("三天见效，无效退款", ["三天见效", "无效退款"]),
        ("儿童增高神器，一年长高8厘米", ["增高神器", "长高8厘米"]),
    ],
)
def test_every_offence_of_a_sentence_is_told_at_once(text: str, told: list[str]) -> None:
    report = check(text)
    assert [finding.match for finding in report.findings if finding.severity == "error"] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [("首发价格199元", "首发价格199"), ("比超市便宜一半", "比超市便宜一半"), ("比某某牌强十倍", "比某某牌强十倍")],
)
def test_no_quotation_ends_inside_a_number(text: str, told: str) -> None:
    assert told in [finding.match for finding in check(text).findings]


@pytest.mark.parametrize("channel", ["public", "group", "private", ""])
def test_what_is_sent_to_a_group_or_to_one_need_not_be_marked(channel: str) -> None:
    told = {finding.rule for finding in check("好物分享：这只锅我天天用，左下角小黄车", channel=channel).findings}
    assert ("law/identify/text_link" in told) == (channel in ("public", ""))
