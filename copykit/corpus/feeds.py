"""Sitemaps, RSS and Atom: what a site says it has, and when it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, NamedTuple
from urllib.parse import urljoin

MOST_ENTRIES = 50_000  # what a sitemap may hold by its own rules


class Entry(NamedTuple):
    """One address that was told of: when it changed (ISO, as far as it is told), its title and its text."""

    url: str
    changed: str = ""
    title: str = ""
    text: str = ""  # HTML, as it stands in the feed
    published: str = ""


class Told(NamedTuple):
    """What a document tells of: pages of a sitemap, further sitemaps, or the entries of a feed."""

    kind: Literal["sitemap", "index", "feed"]
    entries: list[Entry]


def read_told(source: str, url: str) -> Told | None:
    """Return what a text tells of if it is a sitemap or a feed, else None.

    What is broken inside is passed over. Entities that the document defines itself are left out, and nothing is
    fetched.
    """
    if not looks_told(source):
        return None
    root = _parse(source)
    if root is None:
        return None
    match _local(root.tag):
        case "urlset":
            return Told("sitemap", _located(root, "url", url))
        case "sitemapindex":
            return Told("index", _located(root, "sitemap", url))
        case "rss" | "RDF":
            return Told("feed", [entry for item in _each(root, "item") if (entry := _rss(item, url))])
        case "feed":
            return Told("feed", [entry for item in _each(root, "entry") if (entry := _atom(item, url))])
    return None


def instant(told: str) -> str:
    """Return a moment as feeds tell it so that it can be compared as text: in UTC, where it names a zone."""
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).isoformat()
    return told


def looks_told(source: str) -> bool:
    """Return whether a text begins as a sitemap or a feed does."""
    return bool(_BEGIN.match(source))


_BEGIN = re.compile(
    r"\ufeff?\s*(?:<\?[^>]{0,500}\?>\s*|<!--.{0,2000}?-->\s*|<!DOCTYPE[^>]{0,500}>\s*){0,20}"
    r"<(?:urlset|sitemapindex|rss|rdf:RDF|(?:\w+:)?feed)[\s>]",
    re.IGNORECASE | re.DOTALL,
)


def _parse(source: str) -> Any:
    from lxml import etree

    text = re.sub(r"^\ufeff?\s*<\?xml[^>]{0,300}\?>", "", source).replace("\0", " ")
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _local(tag: Any) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _each(root: Any, name: str) -> Iterator[Any]:
    count = 0
    for element in root.iter():
        if _local(element.tag) == name:
            yield element
            count += 1
            if count == MOST_ENTRIES:
                return


def _texts(element: Any) -> dict[str, str]:
    """Return the texts of an element's children by their local name; the first of a name counts."""
    found: dict[str, str] = {}
    for child in element:
        name = _local(child.tag)
        if name and name not in found:
            found[name] = "".join(child.itertext()).strip()
    return found


def _located(root: Any, name: str, url: str) -> list[Entry]:
    found = []
    for element in _each(root, name):
        texts = _texts(element)
        if texts.get("loc"):
            found.append(Entry(_joined(url, texts["loc"]), _moment(texts.get("lastmod", ""))))
    return found


def _rss(item: Any, url: str) -> Entry | None:
    texts = _texts(item)
    link = texts.get("link") or next((child.get("href", "") for child in item if _local(child.tag) == "link"), "")
    if not link and re.match(r"https?://", texts.get("guid", "")):
        link = texts["guid"]
    when = _moment(texts.get("pubDate") or texts.get("date") or "")
    # content:encoded is the whole text where there is one.
    text = texts.get("encoded") or texts.get("description") or ""
    return Entry(_joined(url, link), when, _plain(texts.get("title", "")), text, when) if link else None


def _atom(item: Any, url: str) -> Entry | None:
    links = {
        child.get("rel", "alternate"): child.get("href") or ""
        for child in reversed(item)
        if _local(child.tag) == "link"
    }
    link = links.get("alternate") or next(iter(links.values()), "")
    if not link:
        return None
    texts = _texts(item)
    text = texts.get("content") or texts.get("summary") or ""
    for child in item:
        if _local(child.tag) == "content" and child.get("type") == "xhtml":
            text = _markup(child)
    published = _moment(texts.get("published") or texts.get("updated") or "")
    return Entry(_joined(url, link), _moment(texts.get("updated", "")), _plain(texts.get("title", "")), text, published)


def _markup(element: Any) -> str:
    from lxml import etree

    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def _plain(text: str) -> str:
    import html

    return " ".join(html.unescape(re.sub(r"<[^<>]{0,500}>", "", text)).split())


def _joined(base: str, link: str) -> str:
    with suppress(ValueError):
        return urljoin(base, link.strip())
    return ""


def _moment(text: str) -> str:
    """Return a date or a moment in ISO form, as exact as it was told; empty where it is none."""
    text = text.strip()
    if not text:
        return ""
    if re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        return text
    with suppress(ValueError):
        return datetime.fromisoformat(text).isoformat()
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(text).isoformat()
    found = re.match(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})", text)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else ""
