"""Texts judged before they go out: what is found, what is excused and why, and the promises that hold on any text."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.categories import Categories, UnknownCategory
from copykit.compliance import Checker, Facts, Report, case_context
from copykit.datafiles import bundled
from copykit.laws import Laws
from copykit.model import Brief, Claim
from copykit.rules.claims import Exemption

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
        assert name in [excused.exemption for excused in report.exempted], sentence
        assert report.verdict != "error", sentence
    for sentence in data["cases"]["flag"]:
        report = checker().check(sentence, context)
        assert report.verdict != "ok", sentence
        assert name not in [excused.exemption for excused in report.exempted], sentence


@pytest.mark.parametrize("name", sorted(EXEMPTIONS))
def test_an_exemption_names_its_clause_and_rules_that_exist(name: str) -> None:
    data = EXEMPTIONS[name]
    assert all(citation.law for citation in Laws(FILES).cited(data["source"]))
    rules = list(FILES.load("rules"))
    exemption = Exemption(name, tuple(data["rules"]), "", "", "", 0, (), ())
    for rule in exemption.rules:
        assert any(known == rule or known.startswith(rule + "/") for known in rules), rule


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
    ("text", "match"),
    [
        ("罪 佳 选 择，闭眼入", "罪 佳"),
        ("ＮＯ．１ 品质", "ＮＯ．１"),
        ("最-低-价，直降到底", "最-低-价"),
        ("頂級羊絨", "頂級"),
        ("蕞優質的棉花", "蕞優質"),
    ],
)
def test_an_evasion_is_seen_through_and_shown_as_it_was_written(text: str, match: str) -> None:
    (finding,) = check(text).findings
    assert finding.match == match
    assert finding.matched_as != match


def test_evidence_in_the_brief_lets_a_claim_stand_until_it_expires() -> None:
    proof = Brief("茶具", claims=(Claim("sales", "类目销量第一", "平台榜单截图", "2026-12-31"),))
    late = Brief("茶具", claims=(Claim("sales", "类目销量第一", "平台榜单截图", "2026-01-31"),))
    other = Brief("茶具", claims=(Claim("sales", "三个月卖出 5 万只", "后台订单截图", "2026-12-31"),))
    text = "类目销量第一的茶具"
    assert check(text, brief=other, today="2026-11-22").verdict == "error"
    assert check(text, brief=proof, today="2026-11-22").verdict == "ok"
    assert check(text, brief=late, today="2026-11-22").verdict == "error"
    assert check(text).verdict == "error"


# --- context --------------------------------------------------------------------------------------------------------


def test_a_category_is_found_by_id_name_alias_or_word_and_holds_what_it_lies_in() -> None:
    categories = Categories(FILES)
    for name in ("health_food", "保健食品", "保健品", "深海鱼油"):
        assert {"health_food", "food", "reviewed"} <= categories[name], name
    with pytest.raises(UnknownCategory, match="化妆品"):
        categories["化装品"]


@pytest.mark.parametrize("name", sorted(FILES.load("categories")))
def test_a_category_lies_in_categories_that_exist(name: str) -> None:
    assert set(FILES.load("categories")[name].get("within", ())) <= set(FILES.load("categories"))


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
def test_a_text_before_another_line_is_judged_as_it_is_alone(first: str, second: str) -> None:
    alone, together = check(first), check(f"{first}\n{second}")
    seen = [finding for finding in together.findings if finding.end <= len(first)]
    assert [(f.rule, f.start, f.match) for f in seen] == [(f.rule, f.start, f.match) for f in alone.findings]
