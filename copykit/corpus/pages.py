"""Pages as trees: their links and where these stand, what their heads say, and the text that is theirs.

The text was decoded by us before it comes here: a parser that decodes by itself drops the rest of a GBK page at the
first character that its meta tag does not cover. Parsed with lxml, whose parser is linear and bounds its depth.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any, NamedTuple
from urllib.parse import urljoin

from copykit import datafiles

MOST_LINKS = 20_000  # of a page; farms have thousands, nothing honest has more
CONTEXT = 24  # characters on each side of a link
BLANKS = re.compile(r"\s+")


class Anchor(NamedTuple):
    """A link of a page: where it leads, the words it stands on (of a picture its description), and its ``rel``."""

    href: str
    words: str
    rel: frozenset[str]
    element: Any


class Text(NamedTuple):
    """What a page says: its title, its own text, the day it was published (ISO) or empty."""

    title: str
    text: str
    published: str


class Page:
    """One page. ``text_of`` is asked last: it takes the tree apart."""

    def __init__(self, source: str, url: str) -> None:
        """Parse a page that was found at ``url``; whatever the source, there is a page, if an empty one."""
        self.url = url
        self._root = _parse(source)
        bases = [href for element in self._root.iter("base") if (href := element.get("href"))]
        self._base = _joined(url, bases[0]) if bases else url
        self._parts = _parts()
        self._unseen: dict[Any, bool] = {}

    @functools.cached_property
    def title(self) -> str:
        """The title as the browser's tab shows it."""
        found = next(self._root.iter("title"), None)
        return _squeezed(_content(found))[:300] if found is not None else ""

    @functools.cached_property
    def metas(self) -> Mapping[str, str]:
        """Name or property of the meta elements, in lower case, to their content; the first of a name counts."""
        found: dict[str, str] = {}
        for element in self._root.iter("meta"):
            name = (
                element.get("name") or element.get("property") or element.get("http-equiv") or element.get("itemprop")
            )
            if name:
                found.setdefault(name.strip().lower(), (element.get("content") or "").strip())
        return found

    @property
    def language(self) -> str:
        """The language that the page says it is in, in lower case."""
        return str(self._root.get("lang") or self.metas.get("content-language", "")).strip().lower()

    @property
    def robots(self) -> frozenset[str]:
        """What the page's head tells search engines: noindex, nofollow, none …"""
        names = ("robots", "baiduspider", "googlebot", "360spider", "sogou spider", "bytespider", "bingbot")
        told = ",".join(self.metas.get(name, "") for name in names)
        return frozenset(word for part in told.lower().split(",") if (word := part.strip()))

    @property
    def canonical(self) -> str:
        """The address that the page gives as its own."""
        for element in self._root.iter("link"):
            if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
                return _joined(self.url, element.get("href"))
        return ""

    @property
    def refresh(self) -> str:
        """Where the page sends its readers on to by itself."""
        found = re.search(r"url\s*=\s*[\"']?([^\"'>\s]+)", self.metas.get("refresh", ""), re.IGNORECASE)
        return _joined(self.url, found[1]) if found else ""

    @functools.cached_property
    def anchors(self) -> list[Anchor]:
        """The links of the page in their order."""
        found = []
        for element in self._root.iter("a", "area"):
            href = (element.get("href") or "").strip()
            if not href or href.startswith("#"):
                continue
            target = _joined(self._base, href)
            if target.startswith(("http://", "https://")):
                rel = frozenset((element.get("rel") or "").lower().split())
                found.append(Anchor(target, _words_of(element), rel, element))
                if len(found) == MOST_LINKS:
                    break
        return found

    def feeds(self) -> list[str]:
        """Return the addresses of the feeds that the page offers."""
        return [
            _joined(self.url, element.get("href"))
            for element in self._root.iter("link")
            if (element.get("type") or "").lower() in ("application/rss+xml", "application/atom+xml")
            if element.get("href")
        ]

    def part_of(self, anchor: Anchor) -> str:
        """Return the id of the part of the page in which a link stands; ``main`` where nothing else is said."""
        for element in anchor.element.iterancestors():
            part = self._part(element)
            if part is not None:
                return part
        return "main"

    def unseen(self, anchor: Anchor) -> bool:
        """Return whether readers do not see a link: it, or what it stands in, is hidden or shrunk to nothing."""
        return self._is_unseen(anchor.element) or not (anchor.words or _has_picture(anchor.element))

    def context_of(self, anchor: Anchor) -> tuple[str, str]:
        """Return what stands before and behind a link in its paragraph."""
        block = anchor.element
        while (parent := block.getparent()) is not None and block.tag not in _BLOCKS:
            block = parent
        before: list[str] = []
        behind: list[str] = []
        where = before
        for event, element in _walk(block):
            if element is anchor.element:
                where = behind if event == "end" else []
                text = element.tail if event == "end" else None
            else:
                text = element.text if event == "start" else element.tail
            if text and not (event == "end" and element is block):
                where.append(text)
            if where is behind and sum(map(len, behind)) > 10 * CONTEXT:
                break
        return _squeezed("".join(before)[-10 * CONTEXT :])[-CONTEXT:], _squeezed("".join(behind))[:CONTEXT]

    def visible_text(self) -> str:
        """Return all that readers see, navigation included, as one line a block."""
        return "\n".join(block.text for block in _blocks(self._root, self._hide_or_leave))

    def text_of(self, zone: tzinfo | None = None) -> Text:
        """Return the page's own text: without navigation, sidebars, footers and lists of links.

        A moment that names its own zone is of the day that it was in ``zone``.
        """
        body = next(self._root.iter("body"), self._root)
        published = _published(self, zone)
        heading = self._heading()
        for element in list(body.iter(*_UNREAD)):
            _drop(element)
        for element in body.xpath(".//*[@style or @hidden]"):
            if self._is_hidden(element):
                _drop(element)
        whole = len(_squeezed(_content(body)))
        for element in body.xpath(".//*[@class or @id or @role]") + list(body.iter(*self._parts.elements)):
            part = self._part(element)
            if part is None or self._parts.says(part) or element.getparent() is None or element is body:
                continue
            # A wrapper called with-sidebar holds the page, not a sidebar; what holds the article is not in its way.
            if 2 * len(_squeezed(_content(element))) <= whole and not _holds_article(element):
                _drop(element)
        kept = _own_blocks(list(_blocks(body)))
        if kept and heading and kept[0] == heading:
            kept = kept[1:]
        return Text(heading or self.title, "\n".join(kept), published)

    def _heading(self) -> str:
        told = self.metas.get("og:title", "")
        headings = [text for element in self._root.iter("h1") if (text := _squeezed(_content(element)))]
        if len(headings) == 1 and 4 <= len(headings[0]) <= 120:
            return headings[0]
        if told:
            return _squeezed(told)[:300]
        # 标题 - 栏目 - 站名: the first piece, unless it is only a word
        first = re.split(r"\s*[_|｜]\s*|\s+[-–—]\s+", self.title)[0]
        return first if len(first) >= 4 else self.title

    def _part(self, element: Any) -> str | None:
        tag = element.tag
        if not isinstance(tag, str):
            return None
        own = self._parts.elements.get(tag)
        if own is not None:
            return own
        if tag in ("html", "body"):
            return None
        names = f"{element.get('id') or ''} {element.get('class') or ''} {element.get('role') or ''}"
        if names == "  ":
            return None
        return _part_named(names)

    def _is_unseen(self, element: Any) -> bool:
        chain = []
        found = False
        while element is not None:
            known = self._unseen.get(element)
            if known is not None:
                found = known
                break
            chain.append(element)
            if self._is_hidden(element):
                found = True
                break
            element = element.getparent()
        self._unseen.update(dict.fromkeys(chain, found))
        return found

    def _is_hidden(self, element: Any) -> bool:
        if not isinstance(element.tag, str):
            return False
        return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))

    def _hide_or_leave(self, element: Any) -> bool:
        return element.tag in _UNREAD or self._is_hidden(element)


# --- parts ----------------------------------------------------------------------------------------------------------


class _Parts(NamedTuple):
    elements: Mapping[str, str]
    words: Mapping[str, str]
    silent: frozenset[str]

    def says(self, part: str) -> bool:
        return part not in self.silent


@functools.cache
def _parts() -> _Parts:
    rows = datafiles.load("pages")["parts"]["parts"]
    elements = {element: row["id"] for row in rows for element in row.get("elements", ())}
    words = {word: row["id"] for row in reversed(rows) for word in row.get("words", ())}
    return _Parts(elements, words, frozenset(row["id"] for row in rows if not row["text"]))


def part_names(lang: str) -> Mapping[str, str]:
    """Return id → name of the parts, in ``zh`` or ``en``."""
    return {row["id"]: row[lang] for row in datafiles.load("pages")["parts"]["parts"]}


@functools.lru_cache(4096)
def _part_named(names: str) -> str | None:
    words = _parts().words
    for name in names.split():
        low = name.lower()
        if low in words:
            return words[low]
        # friendLink2, page-footer, side_bar: each word by itself, then two together
        pieces = [piece.lower() for piece in _PIECES.findall(name)]
        for piece in (*map("".join, itertools.pairwise(pieces)), *reversed(pieces)):
            if piece in words:
                return words[piece]
    return None


_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _holds_article(element: Any) -> bool:
    return any(True for _ in element.iter("article", "main")) and element.tag not in ("article", "main")


# --- blocks ---------------------------------------------------------------------------------------------------------


class _Block(NamedTuple):
    text: str
    linked: int  # how many of its characters stand on links
    heading: bool


def _own_blocks(blocks: list[_Block]) -> list[str]:
    """Return the blocks that are sentences, and what stands between such: headings, short lines."""
    good = [_is_good(block) for block in blocks]
    if not any(good):
        # A page of short lines (a product's properties, a short note): what is no link.
        return [block.text for block in blocks if 3 * block.linked < len(block.text)]
    kept: list[str] = []
    last = -99
    for place, block in enumerate(blocks):
        if good[place]:
            kept.append(block.text)
            last = place
            continue
        if 3 * block.linked > len(block.text):
            continue
        following = next((step for step in range(1, 4) if place + step < len(blocks) and good[place + step]), 0)
        if following and (block.heading or place - last <= 3 or (following == 1 and len(block.text) >= 6)):
            kept.append(block.text)
        elif place - last <= 2 and _ENDED.search(block.text):
            kept.append(block.text)  # the last short lines of a text
    return kept


def _is_good(block: _Block) -> bool:
    size = len(block.text)
    if 4 * block.linked > size:
        return False
    signs = len(_SIGNS.findall(block.text))
    return size >= 80 or (size >= 15 and signs >= 1) or (size >= 8 and bool(_ENDED.search(block.text)))


_SIGNS = re.compile(r"[，。！？；：,.!?;]")
_ENDED = re.compile(r"[。！？…!?][”’」』）)]?$")


def _blocks(root: Any, leave: Any = None) -> Iterator[_Block]:
    """Yield the blocks of text under an element: what a line break or the border of a block parts."""
    parts: list[str] = []
    linked = depth = 0
    heading = False

    def block() -> Iterator[_Block]:
        text = _squeezed("".join(parts))
        if text:
            yield _Block(text, linked, heading)

    skipping: Any = None
    for event, element in _walk(root):
        tag = element.tag
        if skipping is not None:
            if not (event == "end" and element is skipping):
                continue
            skipping = None
        elif event == "start" and leave is not None and leave(element):
            skipping = element
            continue
        elif event == "start":
            if tag in _BLOCKS or tag == "br":
                yield from block()
                parts, linked = [], 0
                heading = tag in _HEADINGS
            depth += tag == "a"
            if element.text and tag not in _UNREAD:
                parts.append(element.text)
                linked += len(element.text.strip()) * (depth > 0)
            continue
        else:
            depth -= tag == "a"
            if tag in _BLOCKS:
                yield from block()
                parts, linked, heading = [], 0, False
        if element is not root and element.tail:
            parts.append(element.tail)
            linked += len(element.tail.strip()) * (depth > 0)
    yield from block()


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    return iter(etree.iterwalk(root, events=("start", "end")))


# --- small things ---------------------------------------------------------------------------------------------------


def _parse(source: str) -> Any:
    from lxml import etree

    data = source.replace("\0", " ").encode("utf-8", "replace")
    # etree's own elements: those of lxml.html cost four times as much to look at.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = etree.fromstring(data, parser) if data.strip() else None
    return root if root is not None else etree.fromstring(b"<html><body></body></html>", parser)


def _content(element: Any) -> str:
    from lxml import etree

    return str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, re.sub(r"[\t\r\n]", "", href.strip()))
    except ValueError:  # a bracket that never closes
        return ""


def _squeezed(text: str) -> str:
    return BLANKS.sub(" ", text).strip()


def _words_of(element: Any) -> str:
    text = _squeezed(_content(element))
    if not text:
        pictures = [image.get("alt") or "" for image in element.iter("img")]
        text = _squeezed(" ".join([*pictures, element.get("title") or "", element.get("alt") or ""]))
    return text[:300]


def _has_picture(element: Any) -> bool:
    return element.tag == "area" or any(True for _ in element.iter("img", "svg", "picture", "video"))


def _drop(element: Any) -> None:
    """Take an element out of the tree; what stands behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
        element.tail = None
    parent.remove(element)


def _published(page: Page, zone: tzinfo | None) -> str:
    for name in ("article:published_time", "datepublished", "pubdate", "publishdate", "og:release_date", "date"):
        if found := _when(page.metas.get(name, ""), zone):
            return found
    for element in page._root.iter("time"):
        if found := _when(element.get("datetime") or _content(element), zone):
            return found
    for element in page._root.iter("script"):
        told = re.search(r'"datePublished"\s*:\s*"([^"]{8,40})"', element.text or "")
        if told and (found := _when(told[1], zone)):
            return found
    # 2026-11-20 10:30 来源：… stands near the head of nearly every article.
    stamp = _STAMP.search(_content(page._root)[:20_000])
    return _iso(stamp) if stamp else ""


def _when(text: str, zone: tzinfo | None) -> str:
    """Return the day in a text, that of a whole moment in ``zone``; empty where there is none."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text.strip())
        if zone is not None and moment.tzinfo is not None and moment.year in _YEARS:
            return moment.astimezone(zone).date().isoformat()
    found = _DAY.search(text)
    return _iso(found) if found else ""


def _iso(found: re.Match[str]) -> str:
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if not (year in _YEARS and 1 <= month <= 12 and 1 <= day <= 31):
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}"


_DAY = re.compile(r"((?:19|20)\d\d)\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)")
_YEARS = range(1995, 2101)
_STAMP = re.compile(r"((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s+\d{1,2}:\d\d")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
    r"|(?:text-indent|(?<![-\w])left|(?<![-\w])top|margin-left)\s*:\s*-\d{4,}"
    r"|(?<![-\w])(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_UNREAD = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "textarea", "head")
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"),
        *(
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
        ),
        *(
            "hr",
            "html",
            "legend",
            "li",
            "main",
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
        ),
        *("td", "tfoot", "th", "thead", "tr", "ul", "option", "title"),
    )
)
