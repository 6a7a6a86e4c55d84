"""What counts as an extreme number, what does not, and how numbers are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles
from copykit.model import Brief
from copykit.rules import kinds as rule_kinds
from copykit.rules import rule as rules
from copykit.rules.engine import Engine
from copykit.rules.reading import Context
from copykit.text.numerals import parse_han
from copykit.text.segment import Segmenter
from copykit.titles import extremity
from copykit.titles.quantities import quantities_of

FILES = datafiles.DataFiles([datafiles.bundled_layer()])
ENGINE = Engine(rules.load(FILES, ["extremity"]), FILES, Segmenter(), {**rule_kinds.KINDS, **extremity.KINDS})
READER = quantities_of(ENGINE)


def read(title, context):
    return next(iter(ENGINE.read([title], context)))


def findings(title, context=None):
    return ENGINE.find(read(title, context or Context()))


def rules_of(title, context=None):
    return {finding.rule.partition("/")[2] for finding in findings(title, context)}


def quantities(title):
    reading = read(title, Context())
    return [
        (reading.folded.text[quantity.start : quantity.end], quantity.measure.id, quantity.low, quantity.high)
        for quantity in READER.of(reading)
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("不到20块钱的裙子", ("20块钱", "money", 20, 20)),
        ("9块9的发圈", ("9块9", "money", 9.9, 9.9)),
        ("两块五的发圈", ("两块五", "money", 2.5, 2.5)),
        ("￥1,299 的大衣", ("¥1,299", "money", 1299, 1299)),
        ("月薪2万8的人怎么存钱", ("月薪2万8", "money", 28000, 28000)),
        ("几毛钱的皮筋", ("几毛钱", "money", 0.2, 0.9)),
        ("二三十块钱的蛋糕", ("二三十块钱", "money", 20, 30)),
        ("9.9元10双的袜子", ("9.9元", "money", 0.99, 0.99)),
        ("花5w装修的厨房", ("花5w", "money", 50000, 50000)),
        ("500块装修一个家", ("500块", "money", 500, 500)),
        ("买了100双鞋之后", ("100双", "count", 100, 100)),
        ("坚持了两年半", ("两年半", "time", 2.5 * 31536000, 2.5 * 31536000)),
        ("一个半小时做好一桌菜", ("一个半小时", "time", 5400, 5400)),
        ("2年3个月的流水账", ("2年3个月", "time", 2 * 31536000 + 3 * 2592000, 2 * 31536000 + 3 * 2592000)),
        ("只要3-5天", ("3-5天", "time", 3 * 86400, 5 * 86400)),
        ("瘦了一百二十斤", ("一百二十斤", "body_weight", 120, 120)),
        ("洗了上百次不变形", ("百次", "frequency", 100, 100)),
        ("百分之九十九的人不知道", ("百分之九十九", "share", 99, 99)),
        ("20多岁开始存钱", ("20多岁", "age", 20, 30)),
        ("10k粉丝的账号", ("10k粉丝", "people", 10000, 10000)),
    ],
)
def test_a_number_is_read_as_people_write_it(title, expected):
    text, measure, low, high = expected
    assert any(
        found[1] == measure and found[0].endswith(text) and found[2:] == pytest.approx((low, high))
        for found in quantities(title)
    ), quantities(title)


@pytest.mark.parametrize(
    "title",
    [
        "2024年秋冬新款",
        "24年新款和95年女生",
        "二零二四年总结",
        "双11天猫，618再见",
        "V30手机和X-200电脑",
        "500g洗衣粉，8GB内存，36码",
        "第3名，第100次",
        "24小时营业，7天无理由",
        "两口子的三明治、五花肉和八宝粥",
        "百搭的千层底，万能的双肩包，一字肩和半身裙",
        "四件套配七分裤、九分袖",
        "一起一样一定，一点一下",
        "统一天下，万一天气不好",
        "三天两头，五年级，一次性",
        "满300减30",
        "0-3岁宝宝绘本",
        "100%纯棉",
        "和朋友一块去",
        "三块蛋糕",
        "12块巧克力",
    ],
)
def test_what_is_no_quantity_is_not_read_as_one(title):
    assert quantities(title) == []


@pytest.mark.parametrize(("title", "extreme"), [("99元一双的袜子", True), ("99元的沙发", False), ("9.9元的沙发", True)])
def test_the_category_decides_what_is_much(title, extreme):
    assert ("number" in rules_of(title)) is extreme


@pytest.mark.parametrize(("category", "extreme"), [("袜子", True), ("客厅沙发", False), ("没见过的东西", False)])
def test_a_category_may_come_from_the_brief(category, extreme):
    brief = Brief(product="新品", category=category)
    assert ("number" in rules_of("99元，我又买了", Context(brief=brief))) is extreme


def test_a_word_at_the_number_is_nearer_than_the_brief():
    brief = Brief(product="懒人沙发", category="沙发")
    assert "number" in rules_of("买沙发送的99元袜子", Context(brief=brief))


@pytest.mark.parametrize("title", ["99元手机壳，手机都换了它还在", "99元手机挂绳", "99元沙发清洁剂"])
def test_a_thing_for_another_thing_is_not_priced_as_that_thing(title):
    assert "低" not in "".join(finding.message for finding in findings(title))


def test_only_the_best_two_numbers_earn_and_a_heap_costs():
    found = findings("回购8次，瘦了20斤，3毛钱一片，用了9年，试了100款")
    assert sum(finding.rule == "extremity/number" for finding in found) == 2
    assert [finding.points for finding in found if finding.rule == "extremity/heap"] == [-11]


def test_the_example_of_the_storyboard_reaches_its_bar():
    found = findings("11块钱的睫毛膏，凭什么三个月断货5次？")
    assert {(finding.rule, finding.match) for finding in found} >= {
        ("extremity/number", "11块钱"),
        ("extremity/number", "5次"),
        ("extremity/small_cost", "11块钱"),
    }
    assert 35 <= sum(finding.points for finding in found) <= 50


def test_both_sides_of_a_contrast_are_underlined():
    title = "别人3天学会，我学了3年"
    (finding,) = (finding for finding in findings(title) if finding.rule == "extremity/contrast_number")
    assert (finding.match, [title[slice(*span)] for span in finding.related]) == ("3天", ["3年"])


def test_spans_of_a_price_point_into_the_text_as_written():
    (finding,) = findings("￥９．９ 的睡衣")
    assert (finding.match, finding.matched_as) == ("￥９．９", "¥9.9")


@pytest.mark.parametrize(
    ("numeral", "bounds"),
    [
        ("十", (10, 10)),
        ("十几", (11, 19)),
        ("几十", (20, 90)),
        ("三五", (3, 5)),
        ("一百二", (120, 120)),
        ("一百零二", (102, 102)),
        ("两万八", (28000, 28000)),
        ("三千五百万", (35_000_000, 35_000_000)),
        ("一亿两千万", (120_000_000, 120_000_000)),
        ("数百", (200, 900)),
        ("半", (0.5, 0.5)),
        ("二零二四", (2024, 2024)),
        ("几几", None),
    ],
)
def test_chinese_numerals(numeral, bounds):
    assert parse_han(numeral) == bounds


@given(st.integers(1, 99_999_999), st.sampled_from(["plain", "comma", "wan", "han"]))
def test_a_number_is_the_same_in_any_style(value, style):
    written = {"plain": str(value), "comma": f"{value:,}", "wan": f"{value // 10000}万", "han": in_han(value)}[style]
    expected = value if style != "wan" else value // 10000 * 10000
    ((_, measure, low, high),) = quantities(f"{written}块钱")
    assert (measure, low, high) == ("money", expected, expected)


@given(
    st.text(
        "0123456789.,-¥年天个月块钱元毛斤次岁%折倍万亿wk零一二两三十百千几数半多到从睫毛膏断货搞定平价大牌 Ａ１，",
        max_size=30,
    )
)
def test_on_any_text_spans_match_and_nothing_raises(text):
    for finding in findings(text):
        assert text[finding.start : finding.end] == finding.match
        assert all(0 <= span.start < span.end <= len(text) for span in finding.related)


@given(st.text(alphabet="零一二两三四五六七八九十百千万亿几数半", max_size=40))
def test_numerals_never_raise(run):
    bounds = parse_han(run)
    assert bounds is None or bounds[0] <= bounds[1]


def test_a_unit_belongs_to_one_measure_and_ranges_are_ranges():
    owners = {}
    for name, data in FILES.load("quantities").items():
        for unit in data["units"]:
            for word in unit["words"]:
                assert owners.setdefault(word, name) == name
        for category in data.get("category", ()):
            assert category["range"][0] < category["range"][1], category["words"]
    money = FILES.load("quantities")["money"]
    assert len(money["category"]) >= 60


def in_han(value):
    """Return a whole number as Chinese writes it in full."""
    if value >= 10000:
        rest = value % 10000
        return in_han(value // 10000) + "万" + ("零" if 0 < rest < 1000 else "") + (in_han(rest) if rest else "")
    digits = "零一二三四五六七八九"
    written, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            written += ("零" if gap and written else "") + digits[digit] + name
        gap = not digit
    return written


def points_of(title):
    return {finding.match: finding.points for finding in findings(title) if finding.rule == "extremity/number"}


@pytest.mark.parametrize(
    ("title", "again"),
    [("11块钱的睫毛膏", "11块钱11块钱11块钱的睫毛膏"), ("99元的袜子，贵在哪", "99元的袜子，99块钱贵在哪")],
)
def test_the_same_number_said_again_earns_nothing(title, again):
    assert sum(points_of(again).values()) == sum(points_of(title).values()) > 0


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("每天走一万步，我的鞋底磨成这样", {}),
        ("每天走三万步，鞋底磨成这样", {"三万步": 7}),
        ("一天八千多步，鞋垫塌了", {}),
        ("这道菜要做30步", {"30步": 7}),
    ],
)
def test_steps_that_are_walked_are_no_instructions(title, found):
    assert points_of(title) == found


def test_a_range_too_wide_to_say_anything_is_not_named():
    for measure in READER.measures.values():
        if measure.ordinary and measure.ordinary.low and measure.ordinary.high / measure.ordinary.low >= 1000:
            assert not any("一般是" in compared for compared in measure.ordinary.compared), measure.id


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("退货率从40%降到9%，我改了尺码表", "contrast_number"),
        ("店里的点击率从2%到6%，只换了背景", "contrast_number"),
        ("从月销12单到月销600单，我只做了一件事", "contrast_number"),
        ("69元的电饭煲，我用了六年", "small_cost"),
        ("8块8的毛巾用了两年没掉毛", "small_cost"),
        ("买了9把伞，只留下这1把", "many_to_few"),
    ],
)
def test_a_pair_with_its_base_is_one_find(title, rule):
    assert rule in rules_of(title)


@pytest.mark.parametrize(
    "title",
    [
        "复购率2%正常吗",
        "毛利率95%的生意",
        "水温从20度到90度都行，容量从300到900毫升",
        "从3岁到60岁都能玩的桌游",
        "5999元的沙发，坐了两年",
        "买了3把伞，只留下1把",
    ],
)
def test_a_rate_a_range_and_a_dear_thing_are_no_extremes(title):
    assert not rules_of(title) & {"number", "contrast_number", "small_cost", "many_to_few"}


def test_no_reason_names_a_range_too_wide_to_tell_anything():
    for measure in READER.measures.values():
        for ordinary in filter(None, (measure.ordinary, *measure.categories.values())):
            for steps, said in zip((ordinary.below, ordinary.above), ordinary.compared, strict=True):
                wide = ordinary.high > 100 * ordinary.low
                assert not (steps and wide and f"{ordinary.low:g}–{ordinary.high:.10g}" in said), measure.id
