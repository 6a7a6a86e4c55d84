"""Sitemaps and feeds as they really are: namespaces, broken dates, GBK, entities, and those that attack."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.corpus.feeds import Entry, read_told

SITEMAP = """<?xml version="1.0" encoding="gbk"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://a.example/1?x=1&amp;y=2 </loc><lastmod>2026-11-20T08:00:00+08:00</lastmod>
<image:image><image:loc>https://a.example/1.jpg</image:loc></image:image></url>
<url><loc>/2</loc><lastmod>2026-11-19</lastmod></url><url><loc></loc></url><url><loc>https://a.example/3</loc></url>
</urlset>"""
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>某站</title><link>https://a.example/</link>
<item><title><![CDATA[弯头 <b>睫毛膏</b>]]></title><link>https://a.example/p/1</link>
<pubDate>Fri, 20 Nov 2026 08:00:00 +0800</pubDate><description>摘要</description>
<content:encoded><![CDATA[<p>全文</p>]]></content:encoded></item>
<item><title>只有摘要</title><guid>https://a.example/p/2</guid><dc:date>2026-11-19</dc:date>
<description>&lt;p&gt;一句话&lt;/p&gt;</description></item>
<item><title>没有链接</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>某站</title><link href="https://a.example/"/>
<entry><title type="html">弯头&amp;amp;直头</title><link rel="alternate" href="/p/1"/><link rel="edit" href="/edit"/>
<updated>2026-11-20T00:00:00Z</updated><published>2026-11-18T00:00:00Z</published>
<content type="html">&lt;p&gt;全文&lt;/p&gt;</content></entry>
<entry><title>内嵌</title><link href="/p/2"/><updated>2026-11-19T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>段<b>落</b></p></div></content></entry></feed>"""


def test_a_sitemap_tells_of_pages_and_when_they_changed() -> None:
    told = read_told(SITEMAP, "https://a.example/sitemap.xml")
    assert told is not None
    assert told.kind == "sitemap"
    assert told.entries == [
        Entry("https://a.example/1?x=1&y=2", "2026-11-20T08:00:00+08:00"),
        Entry("https://a.example/2", "2026-11-19"),
        Entry("https://a.example/3"),
    ]


def test_an_index_tells_of_sitemaps() -> None:
    source = "<sitemapindex><sitemap><loc>/s1.xml.gz</loc><lastmod>2026年11月2日</lastmod></sitemap></sitemapindex>"
    told = read_told(source, "https://a.example/sitemap.xml")
    assert told is not None
    assert (told.kind, told.entries) == ("index", [Entry("https://a.example/s1.xml.gz", "2026-11-02")])


def test_rss_tells_of_entries_with_their_texts() -> None:
    told = read_told(RSS, "https://a.example/rss")
    assert told is not None
    assert told.kind == "feed"
    day = "2026-11-20T08:00:00+08:00"
    assert told.entries == [
        Entry("https://a.example/p/1", day, "弯头 睫毛膏", "<p>全文</p>", day),
        Entry("https://a.example/p/2", "2026-11-19", "只有摘要", "<p>一句话</p>", "2026-11-19"),
    ]


def test_atom_tells_of_entries_with_their_texts() -> None:
    told = read_told(ATOM, "https://a.example/atom")
    assert told is not None
    assert [(entry.url, entry.title, entry.published[:10]) for entry in told.entries] == [
        ("https://a.example/p/1", "弯头&直头", "2026-11-18"),
        ("https://a.example/p/2", "内嵌", "2026-11-19"),
    ]
    assert told.entries[0].text == "<p>全文</p>"
    assert "段<b" in told.entries[1].text.replace(' xmlns="http://www.w3.org/1999/xhtml"', "")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "<html><body>页</body></html>",
        "正文",
        "<?xml version='1.0'?><other/>",
        "<urlset",
        "{}",
        "<feeds>",
        "<rssx/>",
    ],
)
def test_what_is_neither_is_none(source: str) -> None:
    assert read_told(source, "https://a.example/") is None


@pytest.mark.parametrize("source", [SITEMAP, RSS, ATOM])
def test_what_is_cut_off_is_read_as_far_as_it_goes(source: str) -> None:
    whole = read_told(source, "https://a.example/")
    assert whole is not None
    for size in range(200, len(source), 97):
        told = read_told(source[:size], "https://a.example/")
        assert told is None or len(told.entries) <= len(whole.entries)


def test_entities_of_its_own_neither_grow_nor_read_files() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "哈" * 10}">' for n in range(9))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    source = f"{head}<rss><channel><item><title>&l8;&f;</title><link>https://a.example/1</link></item></channel></rss>"
    told = read_told(source, "https://a.example/")
    assert told is None or all(len(entry.title) < 100 and "root:" not in entry.title for entry in told.entries)


@given(st.text(st.sampled_from("<>/ursletoc=\"' &;#!-?xmln\n\0"), max_size=200))
def test_any_text_is_read_or_left(tail: str) -> None:
    for head in ("<urlset>", "<rss><channel>", "<feed>"):
        read_told(head + tail, "https://a.example/")
