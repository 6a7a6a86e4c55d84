"""What readers see of a text, and the way back: promises on any source, and hostile ones."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.documents import Document, read_documents
from copykit.text.markup import Markup, visible

SEEN: list[tuple[Markup, str, str]] = [
    # markup, source, what readers see
    ("txt", "最好 <b>x</b>", "最好 <b>x</b>"),
    ("txt", "一〔copykit：允许 law/x 理由〕二", "一二"),
    ("md", "**最**好_用_ ~~旧~~", "最好_用_ 旧"),
    ("md", '[去看](https://a.cn/top1 "题")和![图](a.png)', "去看和图"),
    ("md", "见 https://a.cn/no1 。", "见   。"),
    ("md", "- 甲\n> 乙\n## 丙\n1. 丁", "甲\n乙\n丙\n丁"),
    ("md", "甲\n```\n顶级\n```\n乙", "甲\n乙"),
    ("md", "甲\n```\n顶级", "甲\n"),
    ("md", "甲\n~~~ 语言\n```\n顶级\n~~~\n乙", "甲\n乙"),
    ("md", "国<!-- 注 -->家&amp;级\\*", "国家&级*"),
    ("md", "甲<br>乙<b>丙</b>", "甲\n乙丙"),
    ("md", '---\ntitle: "题"\ntags: [顶级]\n---\n文', "题\n文"),
    ("md", "+++\ntitle = '题'\n+++\n文", "题\n文"),
    ("md", "---\n不是设置", "---\n不是设置"),
    ("html", "<p>最<b>好</b></p><p>二</p>", "最好\n二\n"),
    ("html", "<p>甲\n   乙 c\n d</p>", "甲乙 c d\n"),
    ("html", "<style>顶级</style><script>if (a<b) '顶级'</script>文", "文"),
    ("html", "<div hidden>甲<div>乙</div>丙</div>丁", "丁"),
    ("html", '<p style="color:red; display : none">甲</p>乙', "乙"),
    ("html", "<a title='<b>顶级' href=x>甲</a>&nbsp;&#22909;&notanentity;", "<b>顶级\n甲\xa0好¬anentity;"),
    ("html", "1 < 2 <3 甲", "1 < 2 <3 甲"),
    ("html", "<!-- 顶级 --><![CDATA[x]]><?php 顶级 ?>甲", "甲"),
    # What stands for an image is read as a line of its own.
    ("html", '<p>锅<img src=a.png alt="结实&amp;轻">好用</p>', "锅\n结实&轻\n好用"),
    ("html", "<img alt=铁锅 src=b><img alt='' src=c><img hidden alt=看不见>真沉", "铁锅\n真沉"),
    (
        "html",
        '<p title="结实的锅">锅</p><a title="看看" href="#">看看</a><i aria-label="加入购物车"></i>',
        "结实的锅\n锅\n看看\n加入购物车",
    ),
    (
        "html",
        '<meta name="description" content="用了三年"><meta name="viewport" content="width=1"><p>锅',
        "用了三年\n锅",
    ),
    ("md", '炒锅<img src=a alt="铁锅">真沉 ![木柄](b.png)', "炒锅\n铁锅\n真沉 木柄"),
]


@pytest.mark.parametrize(("markup", "source", "seen"), SEEN)
def test_what_readers_see(markup: Markup, source: str, seen: str) -> None:
    assert visible(source, markup).text.strip("\n") == seen.strip("\n")


@pytest.mark.parametrize(
    ("markup", "source", "again"),
    [
        ("md", "---\ntitle: 旧伞怎么补\n---\n# 旧伞怎么补\n\n先找线。", "旧伞怎么补"),
        ("md", "---\nsummary: 一把伞\n标题: “旧伞”怎么补\n---\n\n#  旧伞怎么补？\n", "“旧伞”怎么补"),
        ("md", "---\ntitle: 旧伞怎么补\n---\n# 补伞\n\n旧伞怎么补\n", None),
        ("md", "---\ntitle: 旧伞怎么补\n---\n## 旧伞怎么补\n", None),
        ("md", "# 旧伞怎么补\n\n# 旧伞怎么补\n", None),
        ("html", "<title>旧伞怎么补</title><h1 class=a>旧伞<b>怎么补</b></h1><p>先找线", "旧伞怎么补"),
        ("html", "<title>旧伞怎么补</title><p>旧伞怎么补</p>", None),
        ("html", "<h1>旧伞怎么补</h1><title>旧伞怎么补</title>", None),
    ],
)
def test_a_title_that_the_first_heading_says_again_is_one(markup: Markup, source: str, again: str | None) -> None:
    seen = visible(source, markup)
    assert (seen.again and seen.text[slice(*seen.again)].strip()) == again


@pytest.mark.parametrize(
    ("markup", "source", "titles"),
    [
        ("md", "---\ntitle: 旧伞怎么补\n---\n#  补**伞**\n\n先找线。\n\n# 再补", ["旧伞怎么补", "补伞"]),
        ("md", "先找线。\n\n## 补伞", []),
        ("md", "# 补伞", ["补伞"]),
        ("html", "<title>旧伞</title><h1>补伞</h1><p>先找线", ["旧伞", "补伞"]),
    ],
)
def test_a_text_knows_where_its_title_stands(markup: Markup, source: str, titles: list[str]) -> None:
    seen = visible(source, markup)
    assert [seen.text[slice(*span)].strip() for span in seen.titles] == titles


def test_links_stand_on_their_words() -> None:
    for markup, source in (
        ("md", '甲[去看](https://a.cn "题")'),
        ("html", '甲<a href="https://a.cn" title="题">去看</a>'),
    ):
        seen = visible(source, markup)  # type: ignore[arg-type]
        (link,) = seen.links
        assert (link.target, seen.text[slice(*link.span)], link.title) == ("https://a.cn", "去看", "题")


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<b>", "<a href='x'>", "</a>", "<div hidden>", "</div>", "<script>", "</script>", "<br/>"),
        *(
            "&amp;",
            "&#22909;",
            "&",
            "<",
            ">",
            '"',
            "'",
            "<!--",
            "-->",
            "**",
            "[甲](b)",
            "[",
            "](",
            "```\n",
            "\n",
            "\r\n",
        ),
        *(
            "---\n",
            "title: 题\n",
            "# ",
            "- ",
            "> ",
            "\\*",
            "https://a.cn/b",
            "〔copykit：允许 law/x 理由〕",
            "最好",
            "x",
        ),
        *("<!-- copykit: off law/x y -->", "# copykit: on", "\u200b", "\ud800", "👨‍👩‍👧", "\x00"),
    ]
)
SOURCES = st.lists(PIECES, max_size=25).map("".join) | st.text(st.characters(codec=None), max_size=60)


@given(source=SOURCES, markup=st.sampled_from(["txt", "md", "html"]))
def test_every_visible_range_leads_back_into_the_source(source: str, markup: Markup) -> None:
    seen = visible(source, markup)
    last = 0
    for place, char in enumerate(seen.text):
        start, end = seen.span(place, place + 1)
        assert last <= start <= end <= len(source)
        # One character stands for itself, or for markup that means it.
        assert source[start:end] == char or char in "\n " or source[start:end].startswith("&")
        last = start
    assert seen.span(0, len(seen.text)).end <= len(source)
    assert all(0 <= link.span.start <= link.span.end <= len(seen.text) for link in seen.links)
    assert "copykit：允许" not in seen.text


@pytest.mark.parametrize("markup", ["md", "html"])
@pytest.mark.parametrize(
    "unit",
    [
        *(
            "<",
            "<!--",
            "<a ",
            "<img alt=",
            "<a '",
            '<a "x',
            "&#1",
            "<div>",
            "[",
            "](",
            "[a](",
            "```\n",
            "`",
            "# ",
            "> ",
            "</",
            "<![",
        ),
        *("<?", "<script>", "\n", " ", "〔copykit", "<!-- copykit: allow x ", "# copykit: off law/x 理由\n"),
    ],
)
def test_a_hostile_page_does_not_hang(unit: str, markup: Markup) -> None:
    begun = time.process_time()
    visible(unit * (400_000 // len(unit)), markup)
    assert time.process_time() - begun < 10  # measured 0.6 at most; the standard library's parser takes minutes


def test_a_stream_that_begins_with_known_settings_is_markdown() -> None:
    for text, guessed in (("---\ncategory: 茶\n---\n好茶", True), ("---\n第一段\n---\n好茶", False)):
        (document,) = read_documents(io.BytesIO(text.encode()), (), {})
        assert isinstance(document, Document)
        assert (document.guessed, document.visible.text.strip() == "好茶") == (guessed, guessed)
