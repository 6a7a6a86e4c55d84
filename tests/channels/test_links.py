"""Links on other people's pages: found however they are written, and told what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.channels.links import (
    NoLinkGiven,
    Remembered,
    Verifier,
    own_words,
    placed_from,
    placed_of,
    read_placed,
    reading_from,
)
from copykit.channels.progress import marked
from copykit.corpus.address import host_of, same_site
from copykit.corpus.fetch import OUTCOMES
from copykit.datafiles import bundled
from copykit.model import Brief, LinkCheck, PlacedLink, Plan
from copykit.render import web as words
from copykit.render.links import REASONS, LinkView, link_json
from copykit.state import Mark
from copykit.text.segment import Segmenter
from tests.web import Page, Web, endless, moved, packed

SHOP = "http://shop.example/"
LINK = f'<p>我常去的小铺：<a href="{SHOP}">睫毛小铺</a>，东西不贵。</p>'
VERIFIER = Verifier(bundled())
Memory = dict[tuple[str, str], Remembered]


def check(
    web: Web,
    placed: Sequence[PlacedLink],
    before: dict[tuple[str, str], Remembered] | None = None,
    day: str = "2026-11-22",
) -> tuple[list[LinkCheck], dict[tuple[str, str], Remembered]]:
    """Verify once; return the checks in the order of what was placed, and what is remembered."""
    memory = dict(before or {})
    found = {}
    for each, kept in VERIFIER.verify(placed, web.fetcher(), memory.copy(), f"{day}T08:00:00+08:00"):
        found[each.placed] = each
        memory[each.placed.page, each.placed.link] = kept
    return [found[each] for each in placed], memory


def one(web: Web, answer: Any, link: str = SHOP, **facts: str) -> LinkCheck:
    web.pages["/links"] = answer if isinstance(answer, Page | list) or callable(answer) else Page(answer)
    checks, _ = check(web, [PlacedLink(web.url("site.example/links"), link, **facts)])
    return checks[0]


def codes(found: LinkCheck) -> list[str]:
    return [reason.code for reason in found.reasons]


# --- the link -------------------------------------------------------------------------------------------------------

# what stands on the page, which link is ours, state, reasons
FOUND = [
    (LINK, SHOP, "ok", []),
    (LINK, "shop.example", "ok", []),
    ('<a href="https://www.shop.example">店</a>', SHOP, "ok", []),
    ('<a href="//shop.example/index.html?utm_source=friend#top">店</a>', SHOP, "ok", []),
    ('<a href="http://shop.example:80/a%20b/">店</a>', "https://shop.example/a b", "ok", []),
    ('<a href="http://shop.example/g?id=1&spm=a.b">店</a>', "http://shop.example/g?id=1", "ok", []),
    ('<a href="http://shop.example/g?id=2">店</a>', "http://shop.example/g?id=1", "changed", ["target"]),
    ('<a href="http://shop.example/old">店</a>', "shop.example", "ok", []),
    ('<a href="http://m.shop.example/">店</a>', "shop.example", "ok", []),
    ('<a href="http://睫毛.example/">店</a>', "http://xn--ipwp0w.example", "ok", []),
    ('<a href="http://notshop.example/">店</a>', SHOP, "lost", ["no_link"]),
    ('<a href="http://shop.example.evil.example/">店</a>', SHOP, "lost", ["no_link"]),
    ("<p>没有链接</p>", SHOP, "lost", ["no_link"]),
    ("", SHOP, "lost", ["no_link"]),
    (f"<!-- {LINK} --><p>没有</p>", SHOP, "lost", ["only_in_comment"]),
    ("<p>网址：shop.example</p>", SHOP, "lost", ["only_in_text"]),
    ('<a rel="nofollow" href="http://shop.example/">店</a>', SHOP, "nofollow", ["rel"]),
    ('<a rel="noopener UGC" href="http://shop.example/">店</a>', SHOP, "nofollow", ["rel"]),
    ('<a rel="noopener" href="http://shop.example/">店</a>', SHOP, "ok", []),
    ('<meta name=robots content="noindex,follow">' + LINK, SHOP, "nofollow", ["robots"]),
    ('<meta name=baiduspider content="NONE">' + LINK, SHOP, "nofollow", ["robots"]),
    ('<a href="/go?to=http%3A%2F%2Fshop.example%2F">店</a>', SHOP, "nofollow", ["jump"]),
    ('<a href="//link.site.example/?target=http%253A//shop.example">店</a>', SHOP, "nofollow", ["jump"]),
    (f'<div style="display:none">{LINK}</div>', SHOP, "changed", ["unseen"]),
    (f'<div style="display:none">{LINK}</div>{LINK}', SHOP, "ok", []),
    ('<a rel=nofollow href="http://shop.example/x">店</a>' + LINK, SHOP, "ok", []),
    ('<link rel=canonical href="/other">' + LINK, SHOP, "ok", ["canonical"]),
    ('<link rel=canonical href="https://site.example/links?utm_source=x">' + LINK, SHOP, "ok", []),
    ("<title>页面不存在</title><p>三秒后回到首页", SHOP, "lost", ["page_says_gone"]),
]


@pytest.mark.parametrize(("source", "link", "state", "reasons"), FOUND)
def test_a_link_is_found_however_it_is_written(
    web: Web, source: str, link: str, state: str, reasons: list[str]
) -> None:
    found = one(web, source, link)
    assert (found.state, codes(found)) == (state, reasons)


# what the table agreed, state, reasons
AGREED = [
    ({"words": "睫毛小铺"}, "ok", []),
    ({"words": "睫毛膏"}, "changed", ["anchor"]),
    ({"position": "正文"}, "ok", []),
    ({"position": "页脚"}, "changed", ["part"]),
    ({"position": "哪儿都行"}, "ok", []),
    ({"rel": "dofollow"}, "ok", []),
]


@pytest.mark.parametrize(("facts", "state", "reasons"), AGREED)
def test_a_link_is_held_against_what_was_agreed(
    web: Web, facts: dict[str, str], state: str, reasons: list[str]
) -> None:
    found = one(web, LINK, **facts)
    assert (found.state, codes(found)) == (state, reasons)


@pytest.mark.parametrize("rel", ["nofollow", "是", "ugc"])
def test_a_nofollow_that_was_agreed_is_fine(web: Web, rel: str) -> None:
    assert one(web, f'<a rel="nofollow" href="{SHOP}">店</a>', rel=rel).state == "ok"


def test_where_a_link_stands_is_told(web: Web) -> None:
    found = one(web, f"<footer>友情链接：<a href='{SHOP}'>睫毛小铺</a>｜别家</footer>")
    assert found.reading is not None
    told = found.reading
    assert (told.part, told.before, told.anchor, told.behind) == ("foot", "友情链接：", "睫毛小铺", "｜别家")


# the answer, state, what is told
ANSWERS = [
    (Page("没了", 404), "lost", "page_gone"),
    (Page("没了", 410), "lost", "page_gone"),
    (Page("", 403), "unreachable", "outcome"),
    (Page("", 500), "unreachable", "outcome"),
    (Page("", 429, {"Retry-After": "999"}), "unreachable", "outcome"),
    (moved("/"), "lost", "moved_home"),
    (moved("/links"), "unreachable", "outcome"),
    (moved("http://localhost/"), "unreachable", "outcome"),
    (endless, "unreachable", "outcome"),
    (packed(b"0" * 3_000_000), "unreachable", "outcome"),
    (Page(LINK.encode("gbk"), 200, {"Content-Type": "text/html; charset=gb2312"}), "ok", ""),
    (Page(LINK, 200, {"Content-Type": "text/html; charset=utf-8", "X-Robots-Tag": "noindex"}), "nofollow", "robots"),
    (Page(LINK + "<p>好</p>" * 300_000), "ok", ""),
]


@pytest.mark.parametrize(("answer", "state", "reason"), ANSWERS)
def test_whatever_a_page_does_the_link_has_a_state(web: Web, answer: Any, state: str, reason: str) -> None:
    web.pages["/"] = Page("首页")
    web.names["localhost"] = ["127.0.0.1", "::1"]
    found = one(web, answer)
    assert found.state == state
    assert codes(found)[:1] == ([reason] if reason else [])


# --- pages without a link -------------------------------------------------------------------------------------------

POSTS = [
    ("<title>笔记</title><p>睫毛短塌的看过来</p>", "睫毛短塌", "ok", []),
    ("<title>笔记</title><p>睫毛短塌的看过来</p>", "", "ok", []),
    ("<title>笔记</title><p>别的</p>", "睫毛短塌", "changed", ["no_words"]),
    ("<title>笔记</title><p>内容已被作者删除</p>", "睫毛短塌", "lost", ["page_says_gone"]),
    ("<title>该内容已被删除</title>", "睫毛短塌", "lost", ["page_says_gone"]),
    ("<title>抱歉</title><p>您访问的页面不存在</p>", "", "lost", ["page_says_gone"]),
    ("<title>页面不存在怎么办</title><p>睫毛短塌的看过来</p>", "睫毛短塌", "ok", []),
]


@pytest.mark.parametrize(("source", "said", "state", "reasons"), POSTS)
def test_a_post_is_there_when_its_page_says_what_it_said(
    web: Web, source: str, said: str, state: str, reasons: list[str]
) -> None:
    found = one(web, source, "", words=said)
    assert (found.state, codes(found)) == (state, reasons)


# --- compared with the last time ------------------------------------------------------------------------------------

# then, now, state, reasons
CHANGES = [
    (LINK, LINK, "ok", []),
    (LINK, LINK.replace("睫毛小铺", "某店"), "changed", ["anchor"]),
    (LINK, f"<footer>{LINK}</footer>", "changed", ["part"]),
    (LINK, LINK.replace("<a ", '<a rel="nofollow" '), "nofollow", ["rel_new"]),
    (LINK.replace("<a ", '<a rel="nofollow" '), LINK.replace("<a ", '<a rel="nofollow" '), "nofollow", ["rel"]),
    (LINK.replace("<a ", '<a rel="nofollow" '), LINK, "ok", []),
    (LINK, "<p>撤了</p>", "lost", ["no_link"]),
    ("<p>撤了</p>", LINK, "ok", ["back"]),
    (Page("", 500), LINK, "ok", ["back"]),
]


@pytest.mark.parametrize(("then", "now", "state", "reasons"), CHANGES)
def test_a_link_is_compared_with_the_last_time(web: Web, then: Any, now: str, state: str, reasons: list[str]) -> None:
    placed = [PlacedLink(web.url("site.example/links"), SHOP)]
    web.pages["/links"] = then if isinstance(then, Page) else Page(then)
    first, memory = check(web, placed, day="2026-11-15")
    web.pages["/links"] = Page(now)
    second, memory = check(web, placed, memory, day="2026-11-22")
    assert (second[0].state, codes(second[0])) == (state, reasons)
    assert second[0].was == first[0].state
    assert second[0].since == ("2026-11-15" if first[0].state == state else "2026-11-22")
    third, _ = check(web, placed, memory, day="2026-11-29")
    if state == "changed":
        assert third[0].state == "ok"  # what changed once is what it is compared with from then on
    else:
        assert third[0].since == second[0].since


def test_a_page_that_did_not_change_is_not_sent_again_and_its_links_stand_as_they_did(web: Web) -> None:
    web.pages["/links"] = Page(LINK.replace("<a ", '<a rel="nofollow" '), etag='"1"')
    placed = [PlacedLink(web.url("site.example/links"), link) for link in (SHOP, "http://other.example/")]
    first, memory = check(web, placed)
    second, memory = check(web, placed, memory)
    assert [each.outcome for each in second] == ["unchanged", "unchanged"]
    assert [each.state for each in second] == [each.state for each in first] == ["nofollow", "lost"]
    # A link that was not looked for before needs the page itself.
    third, _ = check(web, [*placed, PlacedLink(placed[0].page, "http://third.example/")], memory)
    assert {each.outcome for each in third} == {"ok"}


def test_a_page_that_cannot_be_opened_for_long_counts_as_gone(web: Web) -> None:
    placed = [PlacedLink("http://site.nowhere/links", SHOP)]
    memory: Memory = {}
    states = []
    for day in ("2026-11-01", "2026-11-02", "2026-11-03", "2026-11-16"):
        found, memory = check(web, placed, memory, day)
        states.append((found[0].state, found[0].since))
    assert states == [("unreachable", "2026-11-01")] * 3 + [("lost", "2026-11-16")]


def test_one_that_only_refuses_us_never_counts_as_gone(web: Web) -> None:
    web.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /")
    placed = [PlacedLink(web.url("site.example/links"), SHOP)]
    memory: Memory = {}
    for day in ("2026-10-01", "2026-10-20", "2026-11-10", "2026-11-30"):
        found, memory = check(web, placed, memory, day)
        assert found[0].state == "unreachable"


# --- what a page is -------------------------------------------------------------------------------------------------


def test_a_page_is_read_once_for_all_its_links(web: Web) -> None:
    web.pages["/links"] = Page(LINK)
    page = web.url("site.example/links")
    checks, _ = check(web, [PlacedLink(page, SHOP), PlacedLink(page + "#a", "http://b.example"), PlacedLink(page, "")])
    assert [each.state for each in checks] == ["ok", "lost", "ok"]
    assert web.paths() == ["/links"]


FARM = "".join(f'<a href="http://site{number}.example/">网站{number}</a>\n' for number in range(120))


def test_a_page_of_nothing_but_links_is_told(web: Web) -> None:
    found = one(web, FARM + LINK)
    assert codes(found) == ["farm"]
    assert found.reading is not None
    assert [sign.id for sign in found.reading.farm] == ["many_hosts", "only_links"]
    assert "链到 121 个别家网站" in LinkView().why(found)


@pytest.mark.parametrize("source", [LINK, "".join(FARM.splitlines()[:40]) + LINK, f"<p>线上娱乐城的新闻</p>{LINK}"])
def test_an_ordinary_page_is_not(web: Web, source: str) -> None:
    assert codes(one(web, source)) == []


def test_what_a_page_has_to_do_with_us_is_told(web: Web) -> None:
    brief = Brief("弯头睫毛膏", "化妆品", keywords=("睫毛膏", "单眼皮"), scenes=("早八",))
    own = own_words(brief, Segmenter().words, bundled().load("stopwords")["zh"])
    assert {"睫毛膏", "单眼皮", "早八"} <= set(own)
    verifier = Verifier(bundled(), own)
    web.pages |= {
        "/near": Page(f"<title>睫毛膏</title>单眼皮 化妆品{LINK}"),
        "/far": Page(f'<p>农机<a href="{SHOP}">店</a>'),
    }
    asked = [PlacedLink(web.url(f"site.example/{name}"), SHOP) for name in ("near", "far")]
    found = {each.placed: each for each, _ in verifier.verify(asked, web.fetcher(), {}, "2026-11-22T08:00:00")}
    near, far = (found[each] for each in asked)
    assert near.reading is not None
    assert near.reading.relevance is not None
    assert near.reading.relevance > 50
    assert codes(near) == []
    assert codes(far) == ["unrelated"]


# --- what to look for -----------------------------------------------------------------------------------------------


def test_a_row_gives_its_own_link_or_ours() -> None:
    row = {"page": "site.example/links", "link": "", "words": " 店 ", "name": "小站"}
    found = read_placed(lambda role: row.get(role, ""), 3, ["a.example", "b.example"])
    assert [(each.page, each.link, each.words, each.row) for each in found] == [
        ("http://site.example/links", "a.example", "店", 3),
        ("http://site.example/links", "b.example", "店", 3),
    ]
    row["link"] = "c.example"
    assert [each.link for each in read_placed(lambda role: row.get(role, ""), 3, ["a.example"])] == ["c.example"]
    with pytest.raises(NoLinkGiven) as caught:
        read_placed(lambda role: "小站", 7, [])
    assert "第 7 行" in caught.value.say("zh")


def test_pages_noted_on_done_tasks_are_looked_for(rich_plan: Plan) -> None:
    first, second, third = rich_plan.tasks[:3]
    marks = {first.id: Mark("done", "2026-11-22", "发了 https://bbs.example/t/1，没带链接")}
    notes = {second.id: [("2026-11-22", "http://a.example/p（已收录）"), ("2026-11-23", "没有网址")], third.id: []}
    found = placed_of(marked(rich_plan, marks), notes, ["shop.example"])
    assert [(each.page, each.link, each.name) for each in found] == [
        ("https://bbs.example/t/1", "shop.example", first.title),
        ("http://a.example/p", "shop.example", second.title),
    ]


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://WWW.Shop.example:8080/x", "shop.example"), ("shop.example", "shop.example"), ("", ""), ("http://[", "")],
)
def test_hosts(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_host_under_another_is_the_same_site_and_one_that_ends_alike_is_not() -> None:
    assert same_site("m.shop.example", "shop.example")
    assert not same_site("myshop.example", "shop.example")
    assert not same_site("", "")


# --- what is kept and shown -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [LINK, FARM + LINK, "<p>没有</p>", LINK.replace("<a ", "<a rel='ugc' ")])
def test_what_is_kept_reads_back_as_it_was(web: Web, source: str) -> None:
    import orjson

    web.pages["/links"] = Page(source)
    checks, memory = check(web, [PlacedLink(web.url("site.example/links"), SHOP, name="小站")])
    kept = orjson.loads(orjson.dumps(next(iter(memory.values())).body))
    assert reading_from(kept["reading"]) == checks[0].reading
    assert placed_from(kept["placed"]) == checks[0].placed
    assert orjson.dumps(link_json(checks[0]))


@given(st.dictionaries(st.sampled_from(["found", "anchor", "new_field", "rel", "farm"]), st.just([]), max_size=4))
def test_what_another_copykit_kept_does_not_stop_this_one(body: dict[str, Any]) -> None:
    assert reading_from({"found": "exact", **body})


def test_every_outcome_and_reason_has_words() -> None:
    from pathlib import Path

    import copykit.channels.links as module

    assert set(words.OUTCOMES) == set(OUTCOMES)
    source = Path(module.__file__).read_text("utf-8")
    assert all(f'"{code}"' in source or code.startswith(("only_in_", "outcome")) for code in REASONS)
    assert date.fromisoformat("2026-11-22")
