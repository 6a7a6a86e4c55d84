"""What dirty texts become, and what must stay as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles
from copykit.text.clean import MENDS, Cleaner, MendUnknown, read_page

# before, after, which mend
CASES = [
    ("電商運(yùn)營(yíng)方案", "電商運營方案", "pinyin"),
    ("移動(dòng)互聯(lián)網(wǎng)", "移動互聯網", "pinyin"),
    ("课本：学(xué)而时习之", "课本：学(xué)而时习之", None),  # a textbook's own, after a simplified character
    ("運(dòng)", "運(dòng)", None),  # no reading of that character
    ("電商(dian shang)", "電商(dian shang)", None),
    ("⼥装⼤牌⾮常便宜", "女装大牌非常便宜", "radicals"),
    ("我们定位&24小时的情感陪护&，不是聊天", "我们定位“24小时的情感陪护”，不是聊天", "quotes"),
    ("日期&&来源&&&正文", "日期 来源 正文", "quotes"),
    ("H&M 和 AT&T 的外套", "H&M 和 AT&T 的外套", None),
    ("A&B测试和C&D测试", "A&B测试和C&D测试", None),
    ("<b>加绒</b>打底裤&nbsp;A&amp;B", "加绒打底裤 A&B", "html"),
    ("<p>第一段</p><p>第二段</p>", "\n第一段\n\n第二段\n", "html"),
    ("3<5 而且 7>2", "3<5 而且 7>2", None),
    ("价格<199，包邮>", "价格<199，包邮>", None),
    ("第一段讲布料。\n上一篇：怎么洗毛衣\n第二段讲尺码。", "第一段讲布料。\n第二段讲尺码。", "furniture"),
    ("正文。\n2022-06-21|10:25\n正文二。", "正文。\n正文二。", "furniture"),
    ("炸篮涂层掉了，联系客服给换了\n联系客服，没人理\n物流很快，点赞", None, None),  # what buyers write
    ("洗了三次。\n如有问题请联系客服\n点赞收藏不迷路\n想了解更多请联系我们", "洗了三次。", "furniture"),
    ("閱讀:159\n正文在這裡。", "正文在這裡。", "furniture"),
    (
        "正文。\n版权声明：本站文章都来自网友投稿，转载的时候请写明出处并且保留原来的链接，否则会追究责任，请大家理解。\n好。",
        "正文。\n好。",
        "furniture",
    ),
    (
        "上一篇文章里我们讲过面料怎么选，这一篇接着讲版型：肩线、袖窿、腰线、下摆，四个地方看清楚就不会买错，宽松不等于显胖，修身也不等于勒人。",
        None,
        None,
    ),
    ("今天下单就送大礼包\n正文。\n今天下单就送大礼包\n结尾。", "今天下单就送大礼包\n正文。\n结尾。", "repeats"),
    (
        "讲师王小明：先看数据。\n讲师王小明：再看人群。\n  讲师王小明: 最后看价格。\n颜色：红\n颜色：蓝\n颜色：白",
        "讲师王小明：先看数据。\n再看人群。\n 最后看价格。\n颜色：红\n颜色：蓝\n颜色：白",
        "repeats",
    ),
    ("面料说明见 https://shop.example.cn/item.htm?id=3&v=2 这一页", "面料说明见   这一页", "furniture"),
    ("拍下发我 WWW.SHOP.CN 或写信 ask@shop.cn", "拍下发我   或写信  ", "furniture"),
    ("秋装开始上新。（记者王明、李红）（责任编辑：张华 AB12）", "秋装开始上新。", "furniture"),
    ("新一季开始预约。（本台记者王明）责任编辑：张华AB12", "新一季开始预约。", "furniture"),
    ("此用户没有填写评价。", "", "furniture"),
    ("我没有填写评价的习惯", None, None),
    ("这件外套(记者同款)卖完了（编辑也买了）", None, None),
    ("<b>甲</b><!-- <p>藏着 --><script>var a = '<p>';</script>乙", "甲乙", "html"),
    ("好看\n好看\n好看", "好看\n好看\n好看", None),  # short lines may well be said again
]


@pytest.mark.parametrize(("before", "after", "mend"), CASES)
def test_texts_are_mended_and_it_is_told(before: str, after: str | None, mend: str | None) -> None:
    cleaner = Cleaner()
    assert cleaner.clean(before) == (before if after is None else after)
    assert set(cleaner.changes) == ({mend} if mend else set())


@pytest.mark.parametrize(("before", "after", "mend"), [case for case in CASES if case[2]])
def test_a_mend_that_is_switched_off_is_not_made(before: str, after: str, mend: str) -> None:
    cleaner = Cleaner([mend])
    assert cleaner.clean(before) != after
    assert mend not in cleaner.changes


@pytest.mark.parametrize(
    "line", [line for line in datafiles.load("cleaning")["furniture"] if line.startswith("whole ")]
)
def test_a_review_that_nobody_wrote_goes(line: str) -> None:
    review = line.removeprefix("whole ")
    assert Cleaner().clean_lines(f"红\n {review}！\n白") == "红\n\n白"


def test_an_advertisement_is_known_again_in_the_next_text() -> None:
    advertisement = "本店全场满三百减五十，加客服领券再减十块，现在下单今天发货，七天无理由退换。"
    cleaner = Cleaner()
    assert advertisement in cleaner.clean(f"第一篇。\n{advertisement}")
    assert advertisement not in cleaner.clean(f"第二篇。\n{advertisement}")


def test_an_unknown_mend_is_refused_with_those_there_are() -> None:
    with pytest.raises(MendUnknown, match="pinyin"):
        Cleaner(["pinyi"])


@given(st.text(alphabet="電商(diàn)&<b>/p ⼥\n好a;#xmp1【www.a.cn】", max_size=60))
def test_without_mends_nothing_changes(text: str) -> None:
    assert Cleaner(MENDS).clean(text) == text


@given(st.text(max_size=60).filter(lambda text: "\n" not in text))
def test_many_lines_are_mended_as_each_by_itself(text: str) -> None:
    lines = f"電商運(yùn)營\n{text}\n⼥装"
    assert Cleaner().clean_lines(lines).count("\n") == lines.count("\n")


def test_a_page_gives_its_title_and_what_is_read() -> None:
    page = read_page(
        "<html><head><title> 睫毛膏 测评 </title><style>p{}</style><script>var a='<p>x</p>'</script></head><body>"
        "<nav><a>首页</a></nav><h1>平价睫毛膏</h1><p>刷两下&amp;不晕染</p><footer>版权</footer></body></html>"
    )
    assert page.title == "睫毛膏 测评"
    assert page.text == "平价睫毛膏\n刷两下&不晕染"
    assert page.dropped == 4


@pytest.mark.parametrize(
    "piece", ["<!--", "<", "<a ", '<a href="', "&#", "&", "<script>", "</", "<![CDATA[", "<?", "<p>", "【www.", "(a"]
)
def test_hostile_texts_are_read_in_time_that_grows_with_them(piece: str) -> None:
    """Quadratic readers take minutes for these, and the run is stopped by whoever waits."""
    source = piece * (400_000 // len(piece))
    assert len(read_page(source).text) <= len(source)
    assert len(Cleaner().clean(source + "\n")) <= len(source) + 1
