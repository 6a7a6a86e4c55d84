"""The promises of every score, on any text; and what a title's page is made of."""

from __future__ import annotations

import functools
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.categories import Categories
from copykit.datafiles import bundled
from copykit.errors import CopykitError
from copykit.model import Brief, TitleScore
from copykit.platforms import Platforms
from copykit.rules import rule as rules
from copykit.rules.engine import Engine
from copykit.text.segment import Segmenter
from copykit.titles.profile import load_profile
from copykit.titles.score import KINDS, Settings, TitleDamaged, TitleEmpty, TitleScorer, TitleTooLong, make_context

BRIEF = Brief("细刷头睫毛膏", "睫毛膏", audience=("单眼皮",), scenes=("早八",), keywords=("睫毛膏", "不晕染"))
WORDS = (
    *("11块钱", "三年", "竟然", "凭什么", "明星同款", "小个子", "羽绒服", "！", "“怎么又塌了”", "５折", "電商"),
    *("双11", "2019", "👩\u200d👩\u200d👧", "\u200b"),
)
PIECES = st.sampled_from([*WORDS, " "])
TITLES = st.lists(PIECES | st.text(max_size=6), min_size=1, max_size=9).map("".join)


@functools.cache
def scorer(profile: str = "content", platform: str | None = None, with_brief: bool = False) -> TitleScorer:
    files = bundled()
    place = Platforms(files)[platform] if platform else None
    used = ("别再夹睫毛了，先把刷头换小",) if with_brief else ()
    return TitleScorer(
        files, Settings(load_profile(files, profile), place, BRIEF if with_brief else None, "2026-11-21", used)
    )


def judged(title: str, **how: object) -> TitleScore | None:
    try:
        return scorer(**how).score(title)  # type: ignore[arg-type]
    except CopykitError:
        return None


@settings(deadline=None, max_examples=150)
@given(TITLES, st.sampled_from([("content", None, False), ("content", "小红书", True), ("listing", "淘宝", True)]))
def test_every_score_is_the_visible_sum_of_its_findings(title: str, how: tuple[str, str | None, bool]) -> None:
    score = judged(title, profile=how[0], platform=how[1], with_brief=how[2])
    if score is None:
        return
    for part in (*score.dimensions.values(), *score.risks.values()):
        assert part.value == part.base + sum(finding.points for finding in part.findings)
        assert 0 <= part.value <= 100
        assert set(part.findings) <= set(score.findings)
    total = sum(weight * score.dimensions[name].value for name, weight in score.overall.parts.items())
    assert abs(score.overall.value - total) <= 0.05 + 1e-9  # shown to one decimal
    for finding in score.findings:
        assert title[finding.start : finding.end] == finding.match
        assert all(0 <= span.start < span.end <= len(title) for span in finding.related)
        assert "{" not in finding.message or "{" in title
    errors = [each for each in score.findings if each.severity == "error" and each.rule.startswith("law/")]
    for part in score.dimensions.values():
        for finding in part.findings:
            barred = any(each.start <= finding.start and finding.end <= each.end for each in errors)
            assert not (barred and finding.points > 0)


@settings(deadline=None, max_examples=60)
@given(TITLES)
def test_judging_twice_or_among_others_changes_nothing(title: str) -> None:
    alone = judged(title)
    if alone is not None:
        assert scorer().score_many(["加绒打底裤", title, "别再夹睫毛了"])[1] == alone == judged(title)


@settings(deadline=None, max_examples=30)
@given(st.lists(TITLES, min_size=1, max_size=3))
def test_the_rules_that_a_title_may_call_find_in_it_what_all_rules_find(titles: list[str]) -> None:
    every = _engine(tuple(rule.id for rule in rules.load(bundled())))
    few = Engine.of("title", rules.rulebook(bundled()), bundled(), every.segmenter, KINDS)
    context = make_context(scorer().settings, Categories(bundled()))
    for title in titles:
        assert few.find(few.read([title], context)[0]) == every.find(every.read([title], context)[0])


def test_threads_may_share_a_scorer_while_its_rules_are_being_built() -> None:
    cases = [tomllib.loads(entry.path.read_text(encoding="utf-8"))["cases"] for entry in bundled().entries("rules")]
    titles = [case["flag"][0] for case in cases if 4 < len(case["flag"][0]) < 40][:160]
    alone = TitleScorer.bundled(platform="小红书").score_many(titles)
    shared = TitleScorer.bundled(platform="小红书")
    begun = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(shared.score, titles))
    finally:
        sys.setswitchinterval(begun)
    assert told == alone
    assert shared.score_many(titles) == alone


@settings(deadline=None, max_examples=40)
@given(TITLES, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_does_not_matter(title: str, random: object) -> None:
    loaded = rules.load(bundled())
    context = make_context(scorer().settings, Categories(bundled()))
    straight = _engine(tuple(rule.id for rule in loaded))
    backward = _engine(tuple(rule.id for rule in reversed(loaded)))
    findings = [engine.find(engine.read([title], context)[0]) for engine in (straight, backward)]
    assert findings[0] == findings[1]


@functools.cache
def _engine(order: tuple[str, ...]) -> Engine:
    loaded = {rule.id: rule for rule in rules.load(bundled())}
    return Engine([loaded[name] for name in order], bundled(), Segmenter(), KINDS)


@pytest.mark.parametrize(
    ("title", "error"),
    [
        ("", TitleEmpty),
        (" 　\n", TitleEmpty),
        ("！！！…★_", TitleEmpty),
        ("长" * 10_000, TitleTooLong),
        ("\udcbd\udcde膏", TitleDamaged),
    ],
)
def test_what_is_no_title_gets_one_sentence(title: str, error: type[CopykitError]) -> None:
    with pytest.raises(error) as caught:
        scorer().score(title)
    assert "\n" not in caught.value.say("zh")


def test_one_lost_emoji_warns_and_costs_nothing() -> None:
    score = scorer().score("这支睫毛膏\ufffd刷完不结块，早八也来得及")
    assert [f.severity for f in score.findings if f.rule == "platform/damaged"] == ["warning"]


@pytest.mark.parametrize(
    ("better", "worse", "dimension"),
    [
        # The figures and phrases that the field's own articles teach, each against its near miss.
        ("99元的袜子，老板自己也穿", "99元的沙发，老板自己也坐", "extremity"),
        ("几毛钱修好的水龙头", "修好的水龙头", "extremity"),
        ("凭什么三个月断货5次", "难道三个月断货5次你还不知道吗", "novelty"),
        ("领口洗两次就塌的T恤别买", "圆领T恤别买", "relevance"),
        ("不适合大基数的瑜伽裤", "大家都适合的瑜伽裤", "relevance"),
        ("小个子梨形身材的通勤裤", "你的通勤裤", "relevance"),
        ("618 买的羽绒服", "11块钱买的羽绒服", None),
    ],
)
def test_what_the_method_praises_scores_above_its_near_miss(better: str, worse: str, dimension: str | None) -> None:
    high, low = scorer().score(better), scorer().score(worse)
    if dimension is None:  # a sales day is no number: the title with the real one stands higher
        assert high.dimensions["extremity"].value < low.dimensions["extremity"].value
    else:
        assert high.dimensions[dimension].value > low.dimensions[dimension].value


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("明星同款小白鞋终于到货", "ip/same_style"),
        ("大牌平替睫毛膏，学生也买得起", "ip/dupe"),
        ("大饼脸也能戴的渔夫帽", "relevance/shaming"),
    ],
)
def test_risky_borrowing_and_shaming_warn_and_earn_nothing(title: str, rule: str) -> None:
    found = [finding for finding in scorer().score(title).findings if finding.rule == rule]
    assert found
    assert all(finding.points <= 0 and finding.severity == "warning" for finding in found)


def test_ambiguous_names_need_their_context() -> None:
    def names(title: str) -> set[str]:
        return {finding.match for finding in scorer().score(title).findings if finding.rule.startswith("ip/")}

    assert "苹果" not in names("烟台红富士苹果脆甜多汁")
    assert "小米" not in names("沁州黄小米熬粥出米油")


def test_a_shop_platform_is_judged_as_a_listing_and_keeps_the_four_beside() -> None:
    score = scorer("listing", "淘宝").score("加绒打底裤女冬季外穿高腰")
    assert set(score.overall.parts) == {"coverage", "order", "waste"}
    assert {"novelty", "extremity", "ip", "relevance"} <= set(score.dimensions)


def test_a_promise_that_the_body_does_not_keep_raises_the_risk() -> None:
    body = "这个夏天我只留了十二件衣服，搬家两个箱子。"
    kept = scorer().score("12件衣服过一个夏天", body)
    broken = scorer().score("7件衣服过一个夏天", body)
    assert not [finding for finding in kept.findings if finding.rule == "promise/broken"]
    assert [finding.match for finding in broken.findings if finding.rule == "promise/broken"] == ["7件"]
    assert broken.risks["clickbait"].value > kept.risks["clickbait"].value
    dated = scorer().score("11块钱的睫毛膏，凭什么断货5次", "上新时间11月5日，别错过")
    assert [finding.match for finding in dated.findings if finding.rule == "promise/broken"] == ["11块钱", "5次"]
    named = scorer().score("周杰伦也穿的帆布鞋", body)
    assert [finding.match for finding in named.findings if finding.rule == "promise/broken"] == ["周杰伦"]


@pytest.mark.parametrize(
    ("title", "bound"),
    [("睫毛短塌的单眼皮，早八出门前刷两下就够", 100), ("姐妹们绝绝子！闭眼入！天花板神仙神器！yyds！", 0)],
)
def test_a_sum_beyond_the_bounds_is_clamped_by_a_finding_of_its_own(title: str, bound: int) -> None:
    profile = scorer().settings.profile
    narrow = {name: replace(part, base=95 if bound else 5) for name, part in profile.dimensions.items()}
    judge = TitleScorer(bundled(), Settings(replace(profile, dimensions=narrow)))
    score = judge.score(title)
    clamps = [finding for finding in score.findings if finding.rule == "score/clamp"]
    assert clamps
    for clamp in clamps:
        part = score.dimensions[clamp.dimension or ""]
        assert part.value == bound
        assert clamp.points == bound - part.base - sum(f.points for f in part.findings if f is not clamp)


def test_only_the_two_best_numbers_earn() -> None:
    score = scorer().score("11块钱的睫毛膏，断货50次，排队9小时，回购300遍")
    numbers = [finding for finding in score.findings if finding.rule == "extremity/number"]
    assert len(numbers) == 2


@pytest.mark.parametrize("profile", ["content", "listing"])
def test_a_brief_word_without_ink_earns_nothing(profile: str) -> None:
    blank = Brief("雨伞", audience=("\u200b",), keywords=("\u200b",))
    judge = TitleScorer(bundled(), Settings(load_profile(bundled(), profile), brief=blank))
    assert all(finding.end > finding.start for finding in judge.score("晴雨两用防晒伞").findings)


@pytest.mark.parametrize(
    ("title", "rule"),
    [("这款护手霜最好用", "law/absolute/best"), ("全网最大的一把伞", "law/absolute/everywhere")],
)
def test_a_mark_pays_once_the_graver_price(title: str, rule: str) -> None:
    paid = [each for each in scorer().score(title).findings if each.rule.startswith("law/") and each.points < 0]
    assert [each.rule for each in paid] == [rule]


@pytest.mark.parametrize(
    ("title", "match", "paid"),
    [
        ("月入十万的摆摊秘诀", "月入十万", 0),
        ("一周瘦20斤，这款减肥茶真的行吗", "20斤", 0),
        ("有效率高达98%的枕头", "98%", 0),
        ("孕妇也能用，零风险的染发膏", "孕妇", 0),
        ("11块钱的睫毛膏，凭什么三个月断货5次？", "11块钱", 2),  # small in itself, and small for what it brings
        ("怕热的人别买这床被子", "怕热的", 1),
        ("广东人的浪漫！白切鸡烧鸭摆出恩爱名场面", "广东", 1),
        ("总落枕的人换了荞麦枕", "落枕", 1),
    ],
)
def test_words_that_an_error_bars_earn_nothing_and_a_place_pays_once(title: str, match: str, paid: int) -> None:
    score = scorer().score(title)
    start = title.index(match)
    counted = [each for part in score.dimensions.values() for each in part.findings]
    places = [each for each in counted if each.points > 0 and each.start <= start < each.end]
    assert len(places) == paid
    assert paid or any(each.severity == "error" for each in score.findings)


def test_a_heap_of_unlike_goods_stands_below_a_title_of_one() -> None:
    heap, plain = scorer("listing", "淘宝").score_many(
        ["女装男装童装鞋子包包衣服裤子帽子袜子手机电脑耳机", "加绒打底裤女冬季高腰显瘦外穿黑色保暖小脚裤"]
    )
    assert heap.overall.value < 50 < plain.overall.value
    assert [each.severity for each in heap.findings if each.rule == "listing/unlike"] == ["warning"]


def test_goods_without_a_family_make_no_heap_however_often_they_are_named() -> None:
    score = scorer("listing", "淘宝").score("躺着也能看的懒人支架" * 4)
    assert "listing/unlike" not in [finding.rule for finding in score.findings]


def test_a_word_that_costs_as_a_waste_is_no_searched_word() -> None:
    with_waste, without = scorer("listing", "淘宝").score_many(["明星同款连衣裙夏季新款显瘦包邮", "连衣裙夏季新款显瘦"])
    assert with_waste.dimensions["coverage"].value == without.dimensions["coverage"].value


@pytest.mark.parametrize(
    ("title", "platform", "barred"),
    [
        ("不锈钢保温杯🔥🔥大容量", "淘宝", ["🔥🔥"]),
        ("不锈钢保温杯👩\u200d👩\u200d👧❤️", "淘宝", ["👩\u200d👩\u200d👧❤️"]),
        ("不锈钢保温杯<大容量>", "淘宝", ["<", ">"]),
        ("不锈钢保温杯＜大容量＞★☆", "淘宝", []),
        ("不锈钢保温杯🔥", "京东", []),
        ("不锈钢保温杯🔥", "小红书", []),
    ],
)
def test_what_a_platform_does_not_take_is_an_error_as_it_is_written(
    title: str, platform: str, barred: list[str]
) -> None:
    profile = Platforms(bundled())[platform].profile
    score = scorer(profile, platform).score(title)
    assert [each.match for each in score.findings if each.rule == "platform/barred"] == barred


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("手机支架桌面懒人看电视", "支架"),
        ("苹果15手机壳", "手机壳"),
        ("冰箱收纳盒分格", "收纳盒"),
        ("苹果5斤装红富士", "苹果"),
        ("羽绒服棉服大衣", "羽绒服"),
        ("长袖纯棉衬衫男", "衬衫"),  # what others are like is no goods beside them
        ("上门保洁三小时", "保洁"),
    ],
)
def test_the_goods_of_a_compound_are_its_last_word(title: str, word: str) -> None:
    found = scorer("listing", "淘宝").score(title).findings
    assert [finding.match for finding in found if finding.rule == "listing/head_early"] == [word]


@pytest.mark.parametrize(
    ("title", "unnamed"),
    [
        ("证件照精修换底色当天出", False),
        ("加厚成人护理垫老人用", False),  # 护理|垫
        ("现摘水蜜桃五斤", False),
        ("上门清洗一次包两台", False),
        ("韩版宽松显瘦百搭", True),
    ],
)
def test_services_and_goods_of_no_list_are_goods_too(title: str, unnamed: bool) -> None:
    rules = {finding.rule for finding in scorer("listing", "淘宝").score(title).findings}
    assert ("listing/no_category" in rules) is unnamed


def test_goods_are_what_their_brief_calls_them() -> None:
    brief = Brief("不掉屑立式猫抓板", "猫抓板")
    title = "不掉屑立式猫抓板瓦楞纸耐磨大号猫窝一体"
    files = bundled()
    settings = Settings(load_profile(files, "listing"), Platforms(files)["淘宝"], brief, "2026-11-21")
    found = TitleScorer(files, settings).score(title).findings
    assert [finding.match for finding in found if finding.rule.startswith("listing/head")] == ["猫抓板"]


def test_where_most_titles_score_alike_no_rank_is_told() -> None:
    usual, ahead = (scorer().score(title) for title in ("小米手机壳", "身高155的我，终于找到不拖地的裤子"))
    assert (usual.usual, usual.percentile) == (True, None)
    assert not ahead.usual
    assert ahead.percentile is not None


def test_the_name_of_the_goods_is_a_searched_word_though_queries_seldom_hold_it() -> None:
    (searched,) = [
        finding
        for finding in TitleScorer.bundled("淘宝").score("睫毛膏 细刷头 防水不晕染 纤长卷翘").findings
        if finding.rule == "listing/searched"
    ]
    assert searched.match == "睫毛膏"
    assert len(searched.related) == 1
