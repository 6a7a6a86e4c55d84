"""Posts and replies with every sample: lawful, made of the brief alone, tables whole; messages only with consent."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.brief import brief_from, read_brief
from copykit.datafiles import DataFiles, Layer, bundled
from copykit.model import Brief, Point
from copykit.writing.tables import sms_segments, spoken_seconds
from copykit.writing.variants import alike, own_words, variants
from copykit.writing.writer import NoConsent, NotWritable, Options, Writer
from tests.writing.conftest import SAMPLES, TODAY

KINDS = ("post", "reply")
FORMS = [(kind, form.id) for kind in KINDS for form in Writer(bundled(), kind).forms]


@functools.cache
def brief_of(sample: Path) -> Brief:
    brief = read_brief(sample)
    return dataclasses.replace(brief, shop=dataclasses.replace(brief.shop, consent=True))


@functools.cache
def writer_of(kind: str) -> Writer:
    return Writer(bundled(), kind)


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=["-".join(each) for each in FORMS])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_form_stands(sample: Path, kind: str, form: str) -> None:
    writer = writer_of(kind)
    prepared = writer.prepare(brief_of(sample), TODAY)
    for seed in "123":
        draft = writer.write(prepared, writer.forms[form], Options(seed))
        told = (draft.plan, seed, draft.text)
        assert not [each for each in draft.findings if each.severity == "error"], told
        assert 0 < len(draft.title) <= 30, told
        rows = [block for block in draft.blocks if block.kind == "row"]
        assert all(len(block.parts) == len(draft.columns) for block in rows), told
        # What a cell states stands in the brief; labels, seconds and clock times are the form's own.
        words = [part for block in draft.blocks for part in block.parts if block.kind != "row"]
        own = "".join(
            "".join(c for at, c in enumerate(part.text) if not any(m.start <= at < m.end for m in part.marks))
            for part in words
        )
        assert not re.search(r"\d", own), told
        lines = [part.text for part in words]
        assert len(lines) == len(set(lines)), told


def test_a_text_message_needs_consent() -> None:
    writer = writer_of("post")
    brief = brief_of(SAMPLES[0])
    without = dataclasses.replace(brief, shop=dataclasses.replace(brief.shop, consent=None))
    with pytest.raises(NoConsent, match="agreed"):
        writer.write(writer.prepare(without, TODAY), writer.forms["短信"], Options("1"))
    draft = writer.write(writer.prepare(brief, TODAY), writer.forms["短信"], Options("1"))
    assert draft.text.split("\n\n")[-1].startswith(f"【{brief.brand}】")
    assert "拒收请回复 R" in draft.text


@pytest.mark.parametrize(("size", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)])
def test_a_text_message_is_billed_by_seventy_and_then_by_sixty_seven(size: int, count: int) -> None:
    assert sms_segments("字" * size) == (size, count)
    assert sms_segments("😀" * size)[0] == 2 * size


def test_a_text_message_says_what_it_is_billed_as() -> None:
    writer = writer_of("post")
    for sample in SAMPLES:
        draft = writer.write(writer.prepare(brief_of(sample), TODAY), writer.forms["短信"], Options("1"))
        (told,) = [each for each in draft.findings if each.rule == "message/segments"]
        assert "billed as 1" in told.message or "按 1 条计费" in told.message
        assert told.match == draft.text[told.start : told.end]


COAT: dict[str, Any] = {
    "product": "中长款羽绒服",
    "category": "羽绒服",
    "brand": "林间",
    "price": 599,
    "unit": "件",
    "shop": {"consent": True},
    "selling_points": [{"feature": "下摆两侧开了 18 厘米的衩", "benefit": "骑车腿迈得开", "short": "骑车迈得开腿"}],
    "doubts": [{"ask": "会不会钻绒", "answer": "头两周会有几根"}, {"ask": "M 码多大", "answer": "胸围 112 厘米"}],
    "steps": [{"do": "中性洗衣液泡十分钟", "note": "别超过三十度"}, {"do": "平铺晾到八成干，拍松"}],
    "claims": [
        {
            "kind": "stock",
            "statement": "黑色 M 码还有 46 件",
            "evidence": "仓库盘点",
            "valid_until": "2026-11-30",
        },
        {"kind": "returns", "statement": "签收七天内可以退换", "evidence": "店铺规则", "valid_until": "2027-12-31"},
    ],
}


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=["-".join(each) for each in FORMS])
def test_how_long_evidence_holds_is_no_last_day_of_the_sale(kind: str, form: str) -> None:
    writer = writer_of(kind)
    prepared = writer.prepare(brief_from(COAT, "x"), TODAY)
    for seed in "123456":
        with contextlib.suppress(NotWritable):
            text = writer.write(prepared, writer.forms[form], Options(seed)).text
            assert "11 月" not in text
            assert "12 月" not in text


@pytest.mark.parametrize("form", ["group", "sms"])
def test_what_a_claim_says_of_the_stock_is_told_where_stock_is(form: str) -> None:
    writer = writer_of("post")
    prepared = writer.prepare(brief_from(COAT, "x"), TODAY)
    texts = [writer.write(prepared, writer.forms[form], Options(seed)).text for seed in "123456"]
    assert any("黑色 M 码还有 46 件" in text for text in texts)


FRYER: dict[str, Any] = {
    "product": "空气炸锅",
    "category": "小家电",
    "unit": "台",
    "selling_points": [{"feature": "锅体正面有一块双层玻璃窗，带灯", "benefit": "不用开门看"}],
}


@pytest.mark.parametrize(
    ("data", "said", "unsaid"),
    [
        (COAT, "胸围 112 厘米", "洗衣液"),
        ({**COAT, "doubts": COAT["doubts"][:1]}, "", "洗衣液|钻绒|朋友"),
        (FRYER, "", "玻璃窗|朋友"),
        (
            {**FRYER, "claims": [{"kind": "spec", "statement": "高 32 厘米", "evidence": "量过"}]},
            "高 32 厘米",
            "玻璃窗",
        ),
        (
            {**COAT, "steps": [{"do": "软尺绕胸口量一圈"}, {"do": "照表挑码"}], "doubts": []},
            "软尺绕胸口量一圈|照表挑码",
            "钻绒",
        ),
    ],
    ids=["asked", "nothing", "fryer", "spec", "steps"],
)
def test_a_reply_about_the_size_tells_the_size_or_nothing(data: dict[str, Any], said: str, unsaid: str) -> None:
    writer = writer_of("reply")
    prepared = writer.prepare(brief_from(data, "x"), TODAY)
    texts = [writer.write(prepared, writer.forms["尺码"], Options(str(seed))).text for seed in range(12)]
    assert all(re.search(said, text) for text in texts), texts
    assert not any(re.search(unsaid, text) for text in texts), texts


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_quick_phrases_are_polite_and_admit_no_fault_that_nobody_looked_into(sample: Path) -> None:
    writer = writer_of("reply")
    prepared = writer.prepare(brief_of(sample), TODAY)
    for seed in range(12):
        phrases = writer.write(prepared, writer.forms["客服快捷语"], Options(str(seed)))
        assert "你" not in "".join(own_words(phrases.blocks)), phrases.text
        quality = writer.write(prepared, writer.forms["质量"], Options(str(seed)))
        own = "".join(own_words(quality.blocks))
        assert not re.search("没查出来|漏检|有毛病的货|检查不细|错在", own), quality.text


def test_a_campaign_without_rules_invents_none() -> None:
    writer = writer_of("post")
    prepared = writer.prepare(brief_from({**COAT, "claims": []}, "x"), TODAY)
    for seed in range(12):
        text = writer.write(prepared, writer.forms["三天活动"], Options(str(seed))).text
        assert not re.search("没有别的条件|规则没变|规则就一句|不用领券|哪儿都一样", text), text


def test_how_to_wash_is_not_called_how_to_measure() -> None:
    prepared = writer_of("reply").prepare(brief_from(COAT, "x"), TODAY)
    draft = writer_of("reply").write(prepared, writer_of("reply").forms["客服快捷语"], Options("1"))
    rows = {block.parts[2].text: block.parts[1].text for block in draft.blocks if block.kind == "row"}
    assert {rows[text] for text in rows if "洗衣液" in text or "晾" in text} == {"怎么打理"}
    assert rows["胸围 112 厘米。"] == "M 码多大"
    for seed in "123456":
        assert "怎么量" not in writer_of("post").write(prepared, writer_of("post").forms["群通知"], Options(seed)).text


def test_goods_that_go_with_these_are_named_and_nothing_else_is() -> None:
    writer = writer_of("reply")
    brief = brief_of(next(path for path in SAMPLES if path.stem == "torch"))
    for form in ("好评", "客服快捷语"):
        bare = dataclasses.replace(brief, material=dataclasses.replace(brief.material, related=()))
        named, unnamed = (
            [
                writer.write(writer.prepare(each, TODAY), writer.forms[form], Options(str(seed))).text
                for seed in range(8)
            ]
            for each in (brief, bare)
        )
        # Not every reply sells something else.
        assert any(other.name in text for other in brief.material.related for text in named)
        assert not any(other.name in text for other in brief.material.related for text in unnamed)


@pytest.mark.parametrize(
    ("kind", "form"), [*FORMS, ("article", "hot"), ("article", "detail_page")], ids=lambda each: str(each)
)
def test_five_of_a_form_are_five(kind: str, form: str) -> None:
    writer = writer_of(kind)
    for sample in SAMPLES:
        made = list(variants(writer, writer.prepare(brief_of(sample), TODAY), writer.forms[form], Options("7"), 5))
        assert len(made) == 5, sample
        assert not [pair for pair in itertools.combinations(made, 2) if alike(*pair, titled=False)], sample


def test_a_campaign_says_who_sends_each_thing() -> None:
    writer = writer_of("post")
    for sample in SAMPLES:
        draft = writer.write(writer.prepare(brief_of(sample), TODAY), writer.forms["三天活动"], Options("1"))
        senders = {block.parts[draft.columns.index("谁发")].text for block in draft.blocks if block.kind == "row"}
        assert {"运营", "群主", "客服", brief_of(sample).material.persona.name} == senders


@pytest.mark.parametrize("form", [form for kind, form in FORMS if kind == "reply"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_reply_promises_what_the_brief_says_and_nothing_more(sample: Path, form: str) -> None:
    writer = writer_of("reply")
    brief = dataclasses.replace(brief_of(sample), claims=())
    prepared = writer.prepare(brief, TODAY)
    for seed in range(20):
        draft = writer.write(prepared, writer.forms[form], Options(str(seed)))
        own = "".join(words for words in own_words(draft.blocks))
        promises = [
            word
            for word in (
                "退款",
                "全退",
                "都能退",
                "都能换",
                "运费",
                "补发",
                "赔",
                "返现",
                "红包",
                "售后页",
                "这批货",
                "我们认，",
                "是我们的，",
            )
            if word in own
        ]
        assert not promises, draft.text


REVIEWS = ("质量", "尺码", "物流", "服务", "好评")


@pytest.mark.parametrize("form", REVIEWS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_reply_to_a_review_keeps_to_its_cause(sample: Path, form: str) -> None:
    writer = writer_of("reply")
    prepared = writer.prepare(brief_of(sample), TODAY)
    for seed in range(20):
        draft = writer.write(prepared, writer.forms[form], Options(str(seed)))
        own = "".join(own_words(draft.blocks))
        told = {mark.path.partition(".")[0] for block in draft.blocks for part in block.parts for mark in part.marks}
        # One way to speak to the buyer, an apology or thanks, once.
        assert "你" not in own, draft.text
        assert re.search("谢" if form == "好评" else "抱歉|对不|道歉|道个歉|过意不去|认错", own), draft.text
        # Whom it is not for, and what went wrong with other buyers, is no answer to this one.
        assert not told & {"audience", "details"}, draft.text
        if form == "服务":
            assert "？" not in draft.text, draft.text
        if form == "物流" and prepared.nature != "food":
            assert "claims" not in told, draft.text


LEAKS: dict[str, Any] = {
    "product": "不锈钢保温杯",
    "category": "保温杯",
    "brand": "山行",
    "price": 89,
    "unit": "只",
    "audience": {"not_for": ["想泡汤药的人"], "pains": ["杯子倒在包里，电脑袋湿了一片"]},
    "persona": {"name": "店主老秦"},
    "selling_points": [
        {"feature": "杯口一圈硅胶垫", "benefit": "横着放不漏", "proof": "装满水倒放过一夜", "scene": "早高峰挤地铁。"},
        {"feature": "盖子能拆成三件", "benefit": "刷子伸得进每条缝", "proof": "拆装一遍四十秒"},
        {"feature": "杯底印着钢号", "benefit": "是什么钢一看就知道", "proof": "报告上也是这个钢号"},
    ],
    "scenes": [{"name": "骑车到公司", "text": "杯子横在包里颠了五公里", "trouble": "一开包先看电脑湿没湿"}],
    "details": ["拧盖的师傅只听那一声咔", {"kind": "wrong", "text": "头一批垫子裁小了"}],
    "doubts": [{"ask": "能装牛奶吗", "answer": "能装"}, {"ask": "能放洗碗机吗", "answer": "杯身别放"}],
    "steps": [{"do": "灌水留出一指高", "wrong": "灌到杯口，一拧就溢"}, {"do": "喝完拆开晾着", "note": "垫子单独摆"}],
    "shop": {"name": "山行", "consent": True},
}


@pytest.mark.parametrize(
    ("statement", "of_size"),
    [
        ("", False),
        ("漏水包退，来回运费我们出", False),
        ("质量问题三十天内换新", False),
        ("收到破了、碎了，补一只", False),
        ("签收七天内可以退换", True),
        ("七天内没弄坏就能退", True),
        ("七天无理由退货，漏水包退", True),
        ("用着不合适，三十天内能退", True),
    ],
)
def test_a_complaint_about_size_hears_of_returns_that_cover_it(statement: str, of_size: bool) -> None:
    writer = writer_of("reply")
    claims = [{"kind": "returns", "statement": statement, "evidence": "店铺规则"}] if statement else []
    prepared = writer.prepare(brief_from({**LEAKS, "claims": claims}, "x"), TODAY)
    for seed in range(20):
        draft = writer.write(prepared, writer.forms["尺码"], Options(str(seed)))
        own = "".join(own_words(draft.blocks))
        assert (bool(statement) and statement in draft.text) == of_size, draft.text
        assert "客服" in draft.text
        if not of_size:
            assert not re.search("退|换", own.replace("换谁", "")), draft.text
        # That they answer is all that is promised.
        assert not re.search("就能办|给您办|就能处理", own), draft.text


@pytest.mark.parametrize(
    ("kind", "form"), [each for each in FORMS if each[1] not in ("review_logistics", "sms")], ids="-".join
)
def test_nothing_is_told_of_returns_roles_and_numbers_that_the_brief_does_not_tell(kind: str, form: str) -> None:
    writer = writer_of(kind)
    prepared = writer.prepare(brief_from(LEAKS, "x"), TODAY)
    for seed in range(20):
        own = "".join(own_words(writer.write(prepared, writer.forms[form], Options(str(seed))).blocks))
        wrong = (
            "也是退|包退|能退|可退|退换|要退|的售后|今天起|我家这样|你家|谁家|常有|老有|多半|都这么过来|大家容易|天天都是"
            "|收件人是您本人吗|用着找我|没答好您的话"
        )
        assert not re.findall(wrong, own), own


@pytest.mark.parametrize(("form", "plans"), [("社群通知", {"trouble"}), ("公众号", {"scene", "pain"})])
def test_a_trouble_is_answered_with_what_speaks_of_it(form: str, plans: set[str]) -> None:
    words = (["漏", "倒", "包"], ["缝", "洗"], ["钢"])
    points = [{**point, "words": own} for point, own in zip(LEAKS["selling_points"], words, strict=True)]
    writer = writer_of("post")
    prepared = writer.prepare(brief_from({**LEAKS, "selling_points": points}, "x"), TODAY)
    met = set()
    for seed in range(60):
        draft = writer.write(prepared, writer.forms[form], Options(str(seed)))
        if draft.plan in plans:
            told = [mark.path for block in draft.blocks for part in block.parts for mark in part.marks]
            (first, *_) = [path for path in told if path.startswith("selling_points")]
            assert first.startswith("selling_points.0."), draft.text
            met.add(draft.plan)
    assert met == plans


def test_what_goes_wrong_is_no_instruction() -> None:
    writer = writer_of("post")
    prepared = writer.prepare(brief_from(LEAKS, "x"), TODAY)
    texts = [writer.write(prepared, writer.forms["公众号"], Options(str(seed))).text for seed in range(40)]
    assert any("要是灌到杯口" in text for text in texts)
    assert not any("\n\n灌到杯口" in text for text in texts)


@pytest.mark.parametrize(("form", "plan"), [("公众号", "how"), ("小红书", "how"), ("社群通知", "how")])
def test_what_says_how_leaves_no_step_out_and_counts_them_all(form: str, plan: str) -> None:
    steps = [{"do": f"{do}一遍", "note": note, "wrong": wrong} for do, note, wrong in HOW]
    writer = writer_of("post")
    prepared = writer.prepare(brief_from({**LEAKS, "steps": steps}, "x"), TODAY)
    met, counted = 0, set()
    for seed in range(80):
        draft = writer.write(prepared, writer.forms[form], Options(str(seed), "short"))
        if draft.plan == plan:
            body = draft.text.partition("\n")[2]
            places = [body.find(step["do"]) for step in steps]
            assert places[0] > -1
            assert places == sorted(places), draft.text
            counted |= set(re.findall(r"(\d+) ?步", draft.title))
            met += 1
    assert met
    assert counted <= {str(len(steps))}


HOW = (
    ("拿温水泡", "去掉味道", "直接灌水，有股金属味"),
    ("拿软布擦", "擦干为止", "湿着收进柜子，会闷"),
    ("把垫子拆", "单独晾着", "垫子不拆，藏污垢"),
    ("对光检查", "看有没有裂", "裂了还用，会渗"),
    ("倒水试漏", "纸巾垫着", "不试就出门，湿一包"),
    ("盖上再拧", "听到咔一声", "拧不到底，会滴"),
)


def test_the_first_selling_point_of_a_show_is_no_next_one() -> None:
    writer = writer_of("post")
    prepared = writer.prepare(brief_from(LEAKS, "x"), TODAY)
    spoken = ""
    for seed in range(20):
        draft = writer.write(prepared, writer.forms["直播"], Options(str(seed)))
        points = [block.parts[1].text for block in draft.blocks if block.parts[0].text == "讲点"]
        joints = re.compile("下一样|再说一样|接着讲|还有一样|往下讲")
        assert not joints.match(points[0]), draft.text
        assert all(joints.match(point) for point in points[1:]), draft.text
        spoken += "".join(points)
    assert len(set(joints.findall(spoken))) > 3


@pytest.mark.parametrize(
    ("form", "faults"),
    [
        ("服务", {"没答清": "答|问|话", "回话慢": "慢|等|晚|迟|及时|遍|催", "态度": "烦|硬|好好|口气|舒服|冲|怠慢|言"}),
        ("物流", {"收到破损": "坏|破|护好|完好|好好到", "到得慢": "等|慢|耽|到没到|盼"}),
    ],
)
def test_a_reply_says_which_fault_it_answers(form: str, faults: dict[str, str]) -> None:
    writer = writer_of("reply")
    prepared = writer.prepare(brief_from(LEAKS, "x"), TODAY)
    met = set()
    for seed in range(40):
        draft = writer.write(prepared, writer.forms[form], Options(str(seed)))
        (fault,) = [name for name in faults if name in draft.title]
        assert re.search(faults[fault], "，".join(draft.text.partition("\n\n")[2].split("，")[:2])), draft.text
        met.add(fault)
    assert met == set(faults)


def test_a_shooting_table_counts_seconds_without_gaps() -> None:
    writer = writer_of("post")
    draft = writer.write(writer.prepare(brief_of(SAMPLES[0]), TODAY), writer.forms["口播"], Options("1"))
    spans = [tuple(map(int, block.parts[0].text.split("–"))) for block in draft.blocks if block.kind == "row"]
    assert spans[0][0] == 0
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_a_point_is_good_for_is_spoken_with_what_it_is(sample: Path) -> None:
    writer = writer_of("post")
    prepared = writer.prepare(brief_of(sample), TODAY)
    for form, column in (("口播", 2), ("直播", 1), ("朋友圈", 2)):
        for seed in range(6):
            draft = writer.write(prepared, writer.forms[form], Options(str(seed)))
            for row in (block.parts for block in draft.blocks if block.kind == "row"):
                told = {mark.path.partition(".")[2] for mark in row[column].marks if "selling_points" in mark.path}
                lines = {path.partition(".")[2] for path in told}
                assert not lines & {"benefit", "proof"} or lines & {"feature", "short"}, row[column].text


def test_nothing_is_turned_before_a_camera_that_comes_over_the_net() -> None:
    writer = writer_of("post")
    (course,) = (path for path in SAMPLES if path.stem == "food_photo_course")
    prepared = writer.prepare(brief_of(course), TODAY)
    for form in ("口播", "直播", "朋友圈", "活动"):
        for seed in range(10):
            text = writer.write(prepared, writer.forms[form], Options(str(seed))).text
            assert not re.search("拿近镜头|转一圈|现场照片|用着的手|拿到镜头前", text), text


@pytest.mark.parametrize("own", [False, True])
def test_a_point_too_long_for_its_screen_is_told(own: bool, tmp_path: Path) -> None:
    if own:  # composed by a process of its own
        ours = next(entry.path for entry in bundled().entries("article") if entry.id == "detail_page")
        (tmp_path / "article").mkdir()
        text = ours.read_text("utf-8").replace("详情页分屏", "我的详情页", 1)
        (tmp_path / "article" / "mine.j2").write_text(text, "utf-8")
    writer = Writer(DataFiles([*bundled().layers, Layer("own", (tmp_path,))]), "article")
    brief = brief_of(SAMPLES[0])
    wordy = Point(feature="伞骨换成十根玻璃纤维的，伞尖包了胶", benefit="大风天走过两座桥也没有翻过面")
    brief = dataclasses.replace(
        brief, material=dataclasses.replace(brief.material, points=(*brief.material.points, wordy))
    )
    draft = writer.write(
        writer.prepare(brief, TODAY), writer.forms["我的详情页" if own else "详情页"], Options("1", "long")
    )
    writer.close()
    assert wordy.feature not in draft.text
    assert any("short" in held.reason.zh for held in draft.withheld if held.text in (wordy.feature, wordy.benefit))


def test_a_calendar_is_in_the_order_of_its_days() -> None:
    writer = writer_of("post")
    draft = writer.write(writer.prepare(brief_of(SAMPLES[0]), TODAY), writer.forms["朋友圈"], Options("1"))
    days = [block.parts[0].text for block in draft.blocks if block.kind == "row"]
    numbers = [[int(number) for number in re.findall(r"\d+", day)] for day in days if "天" in day and "第" in day]
    assert numbers == sorted(numbers)


@given(st.text(max_size=80), st.text(max_size=80))
def test_more_words_take_no_less_time(text: str, more: str) -> None:
    assert spoken_seconds(text + "，" + more, 4.5) >= spoken_seconds(text, 4.5)
