"""The text of a page without what stands around it, its links and where these stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.corpus.pages import CONTEXT, Page
from copykit.text.clean import Cleaner
from copykit.text.encoding import decode

MENU = "".join(
    f'<li><a href="/c{n}">{word}</a></li>' for n, word in enumerate(["首页", "面膜", "口红", "眼影", "工具"])
)
FIRST = "刷头是弯的，单眼皮也能刷到根部，第一次用不会戳到眼睛。"
SECOND = "卸的时候用四十度的温水敷一会儿，轻轻一拉就下来了，不用卸妆油。"

# what kind of page, its source, its title, its text line by line
PAGES = [
    (
        "news",
        f"""<html><head><title>弯头睫毛膏怎么选_美妆_某某网</title></head><body>
        <div class="top-nav"><ul>{MENU}</ul></div><div class="crumbs">当前位置：<a href="/">首页</a> &gt; 美妆</div>
        <div class="content"><h1>弯头睫毛膏怎么选</h1><p class="info">2026-11-20 10:30　来源：某某网</p>
        <p>{FIRST}</p><p>{SECOND}</p><h2>要注意的</h2><p>运动出汗多的话，选防水的，别的时候用不着。</p></div>
        <div class="related"><h3>相关阅读</h3><ul><li><a href="/1">口红怎么选才显白，一篇说清楚。</a></li></ul></div>
        <div id="footer">Copyright 2026 某某网 版权所有，未经许可不得转载。</div></body></html>""",
        "弯头睫毛膏怎么选",
        [FIRST, SECOND, "要注意的", "运动出汗多的话，选防水的，别的时候用不着。"],
    ),
    (
        "sections without paragraphs",
        f"""<title>微信文章</title><meta property="og:title" content="早八人的睫毛膏">
        <div id="js_content" class="rich_media_content"><section><span>{FIRST}</span></section>
        <section><section><span>{SECOND}<br></span></section></section><section><img src=x></section></div>
        <div class="qrcode">微信扫一扫，关注该公众号，每天看新的。</div>
        <script>var a = "不是正文，是脚本。";</script>""",
        "早八人的睫毛膏",
        [FIRST, SECOND],
    ),
    (
        "an old page of tables",
        f"""<HTML><TITLE>睫毛膏</TITLE><BODY><TABLE>
        <TR><TD><A HREF=a>首页</A> <A HREF=b>产品</A> <A HREF=c>留言</A></TD></TR>
        <TR><TD><FONT size=3>　　{FIRST}<BR>　　{SECOND}<BR></FONT></TD></TR>
        <TR><TD align=center><A HREF=x>上一篇</A> | <A HREF=y>下一篇</A></TD></TR></TABLE>""",
        "睫毛膏",
        [FIRST, SECOND],
    ),
    (
        "a thread with several posts",
        f"""<title>求推荐睫毛膏 - 某论坛</title><div class="thread"><h1>求推荐睫毛膏</h1>
        <div class="post"><div class="user"><a href="/u/1">楼主</a></div><div class="body">{FIRST}</div></div>
        <div class="post"><div class="user"><a href="/u/2">二楼</a></div><div class="body">{SECOND}</div></div>
        <div class="post"><div class="user"><a href="/u/3">三楼</a></div>
        <div class="body">同意楼上，我也是这么卸的。</div></div>
        </div>""",
        "求推荐睫毛膏",
        [FIRST, SECOND, "同意楼上，我也是这么卸的。"],
    ),
    (
        "a page of properties",
        """<title>弯头睫毛膏 6ml</title><div class="nav"><a href=/>首页</a></div>
        <table><tr><td>净含量</td><td>6ml</td></tr><tr><td>刷头</td><td>弯头</td></tr></table>""",
        "弯头睫毛膏 6ml",
        ["净含量", "6ml", "刷头", "弯头"],
    ),
    (
        "a wrapper named after what it holds beside the text",
        f"""<title>某站的文章</title><body class="with-sidebar"><div class="page-with-footer"><div class="has-nav">
        <p>{FIRST}</p><p>{SECOND}</p></div></div>""",
        "某站的文章",
        [FIRST, SECOND],
    ),
    (
        "what readers do not see",
        f"""<title>某站的文章</title><p>{FIRST}</p><div style="display: none">赌场开户送彩金，点这里马上领。</div>
        <p hidden>看不见的一段话，写给机器看的。</p><!-- 注释里的一句话，也不算。 -->
        <noscript>请打开脚本再看本页，谢谢。</noscript>""",
        "某站的文章",
        [FIRST],
    ),
    ("nothing", "", "", []),
    ("only a head", "<title>题</title>", "题", []),
]


@pytest.mark.parametrize(("kind", "source", "title", "lines"), PAGES, ids=[row[0] for row in PAGES])
def test_the_text_of_a_page_is_what_it_says(kind: str, source: str, title: str, lines: list[str]) -> None:
    found = Page(source, "http://a.example/").text_of()
    text = Cleaner().clean(found.text)
    assert (found.title, text.split("\n") if text else []) == (title, lines)


def test_a_gbk_page_with_a_character_beyond_its_charset_is_whole() -> None:
    source = f'<meta charset="gb2312"><title>連衣裙</title><p>{FIRST}</p><p>{SECOND}</p>'
    found = Page(decode(source.encode("gbk"), "gb2312").text, "http://a.example/").text_of()
    assert (found.title, found.text) == ("連衣裙", f"{FIRST}\n{SECOND}")


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ('<meta property="article:published_time" content="2026-11-20T10:30:00+08:00">', "2026-11-20"),
        ('<meta name="PubDate" content="2026/1/2">', "2026-01-02"),
        ('<time datetime="2026-11-20">昨天</time>', "2026-11-20"),
        ("<time>2026年3月4日</time>", "2026-03-04"),
        ('<script type="application/ld+json">{"datePublished": "2025-05-06"}</script>', "2025-05-06"),
        ("<p>2026-11-20 10:30　来源：某网</p>", "2026-11-20"),
        ("<p>2026年11月20日 10:30</p>", "2026-11-20"),
        ("<p>2026-11-20</p>", ""),
        ('<meta name="date" content="9999-99-99">', ""),
        ("", ""),
    ],
)
def test_the_day_of_a_page(source: str, day: str) -> None:
    assert Page(source + f"<p>{FIRST}</p>", "http://a.example/").text_of().published == day


# element around the link, part, seen
PLACES = [
    ("<p>{}</p>", "main", True),
    ("<footer><p>{}</p></footer>", "foot", True),
    ('<div id="page-footer"><ul><li>{}</ul></div>', "foot", True),
    ('<div class="siteFooter2">{}</div>', "foot", True),
    ('<div class="friend-links">{}</div>', "links", True),
    ('<footer><div class="flink">{}</div></footer>', "links", True),
    ('<aside><div class="entry">{}</div></aside>', "main", True),
    ('<div class="entry"><nav>{}</nav></div>', "nav", True),
    ('<div role="navigation">{}</div>', "nav", True),
    ('<div class="comment-list">{}</div>', "comment", True),
    ('<div class="sidebar widget">{}</div>', "side", True),
    ('<div style="display:none">{}</div>', "main", False),
    ('<div style="line-height:1; max-width:1px">{}</div>', "main", True),
    ('<p style="position:absolute;left:-9999px">{}</p>', "main", False),
    ('<div style="height:0;overflow:hidden">{}</div>', "main", False),
    ("<div hidden><p>{}</p></div>", "main", False),
    ('<b style="font-size:0">{}</b>', "main", False),
]


@pytest.mark.parametrize(("around", "part", "seen"), PLACES)
def test_where_a_link_stands_and_whether_it_is_seen(around: str, part: str, seen: bool) -> None:
    page = Page(around.format('<a href="http://shop.example/">店</a>'), "http://a.example/")
    assert (page.part_of(page.anchors[0]), not page.unseen(page.anchors[0])) == (part, seen)


def test_links_are_read_as_browsers_do() -> None:
    page = Page(
        """<base href="/deep/"><a href=" b.html ">相对</a><a href="//other.example/x"><img alt="店 标"></a>
        <a href="javascript:void(0)">脚本</a><a href="#top">顶</a><a>没有</a><a href="mailto:a@b">信</a>
        <a href="HTTP://Shop.example" rel="NoFollow  ugc"><b>我</b>的 店</a><area href="http://map.example" alt="图">
        <a href="http://[broken">坏</a><a href="http://empty.example"></a>""",
        "http://a.example/one/two.html",
    )
    assert [(anchor.href, anchor.words) for anchor in page.anchors] == [
        ("http://a.example/deep/b.html", "相对"),
        ("http://other.example/x", "店 标"),
        ("http://Shop.example", "我的 店"),
        ("http://map.example", "图"),
        ("http://empty.example", ""),
    ]
    assert page.anchors[2].rel == {"nofollow", "ugc"}
    assert page.unseen(page.anchors[-1])


def test_a_link_is_shown_with_what_stands_around_it() -> None:
    source = f"<p>别的段落。</p><p>{FIRST}我常去<b>这家<a href='http://shop.example/'>睫毛</a></b><i>小铺</i>，{SECOND}</p><p>尾</p>"
    page = Page(source, "http://a.example/")
    before, behind = page.context_of(page.anchors[0])
    assert before.endswith("我常去这家")
    assert behind.startswith("小铺，卸的时候")
    assert max(len(before), len(behind)) <= CONTEXT
    page = Page("<a href='http://shop.example/'>只有链接</a>", "http://a.example/")
    assert page.context_of(page.anchors[0]) == ("", "")


@pytest.mark.parametrize(
    ("head", "robots", "canonical", "refresh"),
    [
        ('<meta name="robots" content="NOINDEX, nofollow">', {"noindex", "nofollow"}, "", ""),
        ('<meta name="Baiduspider" content="noindex">', {"noindex"}, "", ""),
        ('<link rel="canonical" href="/whole">', set(), "http://a.example/whole", ""),
        ('<meta http-equiv="Refresh" content="0; URL=\'/new\'">', set(), "", "http://a.example/new"),
        ("", set(), "", ""),
    ],
)
def test_what_the_head_says(head: str, robots: set[str], canonical: str, refresh: str) -> None:
    page = Page(head + "<p>好", "http://a.example/")
    assert (page.robots, page.canonical, page.refresh) == (robots, canonical, refresh)


@given(st.text(st.sampled_from("<>/ap=\"' &;#!-divstyle正文。\n\0\ud800"), max_size=400))
def test_any_source_is_a_page(source: str) -> None:
    page = Page(source, "http://a.example/")
    for anchor in page.anchors:
        page.part_of(anchor), page.unseen(anchor), page.context_of(anchor)
    assert isinstance(page.visible_text(), str)
    assert "\0" not in page.text_of().text


@pytest.mark.parametrize(
    "piece", ["<div>", "<a href=x>", "<!--", "<table><tr><td>", "<b>", "<p class=nav>", "<", "&amp"]
)
def test_a_hostile_page_is_read_all_the_same(piece: str) -> None:
    page = Page(piece * (2_000_000 // len(piece)), "http://a.example/")
    assert len(page.anchors) <= 20_000
    page.text_of()
