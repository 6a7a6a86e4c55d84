"""Are our links still there: friend links, posts, entries in directories, as their pages show them today.

A page is read once for all its links; how each stood the last time is passed in, and what is to be kept for the next
time comes back with each check. Days and the fetcher are passed in; this room opens nothing.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from copykit.corpus.address import fault_of, host_of, same_site
from copykit.corpus.fetch import PASSING, Ask, Fetcher, Reply
from copykit.corpus.pages import Anchor, Page, part_names
from copykit.corpus.signs import holds, weigh
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words
from copykit.lexicon import Lexicons
from copykit.model import Brief, LinkCheck, LinkReading, LinkReason, PlacedLink, Plan, Sign
from copykit.tables import Row, Table
from copykit.text.normalize import fold_text

READ_CHARS = 300_000  # of what a page says, in which our words and bad words are looked for
MOST_WORDS = 40
OWN_FAULTS = frozenset(("no_host", "no_answer", "timeout", "broken", "tls"))  # that may as well be of our connection


class NoLinkGiven(CopykitError):
    """A row that tells no page."""

    zh = "第 {row} 行没有能打开的网页地址：{reason}"
    en = "row {row} names no page that can be opened: {reason}"


class Remembered(NamedTuple):
    """What is kept of a check: when, and a body that JSON can hold."""

    at: str
    body: dict[str, Any]


class Verifier:
    """Reads pages and judges the links on them; ``words`` are ours, by which a page has to do with us."""

    def __init__(self, files: DataFiles, words: Sequence[str] = ()) -> None:
        self._data = files.load("linkcheck")["verify"]
        self._farm = files.load("signs")["link_farm"]
        self._spam = [fold_text(word) for word in Lexicons(files)["spam_words"].entries]
        self._gone = [fold_text(phrase) for phrase in self._data["gone_phrases"]]
        self._words = {word: fold_text(word) for word in words}
        self._parts = {name: part for lang in ("zh", "en") for part, name in part_names(lang).items()}

    def verify(
        self,
        placed: Iterable[PlacedLink],
        fetcher: Fetcher,
        before: Mapping[tuple[str, str], Remembered],
        at: str,
    ) -> Iterator[tuple[LinkCheck, Remembered]]:
        """Yield each link's check as its page comes in, with what to keep of it; ``at`` is now, in ISO form."""
        pages: dict[str, list[PlacedLink]] = {}
        for each in placed:
            pages.setdefault(each.page.partition("#")[0], []).append(each)
        asks = []
        for url, links in pages.items():
            known = [before.get((each.page, each.link)) for each in links]
            tags = {(_text(old, "etag"), _text(old, "last_modified")) for old in known}
            # Only where every link of the page was read from the same copy of it can "unchanged" tell something.
            etag, modified = tags.pop() if len(tags) == 1 else ("", "")
            asks.append(Ask(url, etag, modified, note=links))
        for reply in fetcher.fetch_all(asks):
            page = self._page(reply)
            for each in reply.ask.note:
                yield self._check(each, reply, page, before.get((each.page, each.link)), at)

    def _page(self, reply: Reply) -> _Read | None:
        if reply.outcome not in ("ok", "too_large"):
            return None
        source = reply.read().text
        page = Page(source, reply.url)
        anchors = page.anchors
        text = page.visible_text()[:READ_CHARS]
        folded = fold_text(f"{page.title}\n{text}")
        return _Read(page, source, anchors, folded, self._signs(page, anchors, folded, len(text)))

    def _signs(self, page: Page, anchors: Sequence[Anchor], folded: str, size: int) -> tuple[Sign, ...]:
        own = host_of(page.url)
        outside = [anchor for anchor in anchors if not same_site(host_of(anchor.href), own)]
        hidden = {host_of(anchor.href) for anchor in outside if page.unseen(anchor)}
        linked = sum(len(anchor.words) for anchor in outside)
        facts = {
            "outside_hosts": float(len({host_of(anchor.href) for anchor in outside})),
            "outside_share": round(100 * linked / size) if size >= 400 else 0.0,
            "spam_words": float(sum(word in folded for word in self._spam)),
            "hidden_links": float(len(hidden)),
        }
        signs = weigh(facts, self._farm)
        return signs if holds(signs, self._farm) else ()

    def _check(
        self, placed: PlacedLink, reply: Reply, page: _Read | None, old: Remembered | None, at: str
    ) -> tuple[LinkCheck, Remembered]:
        reading: LinkReading | None = None
        if page is not None:
            reading = self._read(placed, reply, page)
        elif reply.outcome == "unchanged" and old is not None and old.body.get("reading"):
            reading = reading_from(old.body["reading"])
        last = reading_from(old.body["reading"]) if old is not None and old.body.get("reading") else None
        state, reasons = self._judge(placed, reply, reading, last, old, at)
        was = str(old.body["state"]) if old is not None else ""
        since = str(old.body["since"]) if old is not None and was == state else at[:10]
        check = LinkCheck(placed, state, reply.status, reply.outcome, at, since, was, reading, tuple(reasons))
        return check, self._kept(check, reply, old)

    def _read(self, placed: PlacedLink, reply: Reply, read: _Read) -> LinkReading:
        page = read.page
        told = reply.headers.get("x-robots-tag", "").lower()
        robots = page.robots | {word.strip() for word in re.split("[,:]", told) if word.strip()}
        canonical = page.canonical
        facts: dict[str, Any] = {
            "robots": tuple(sorted(robots)),
            "farm": read.farm,
            "said": not placed.words or fold_text(placed.words) in read.folded,
            "gone": self._gone_in(reply, read),
            "elsewhere": canonical if canonical and not self._same(canonical, reply.url) else "",
        }
        if self._words:
            related = tuple(word for word, folded in self._words.items() if folded in read.folded)
            enough = min(self._data["related_words"], len(self._words))
            facts |= {"related": related, "relevance": min(100, round(100 * len(related) / enough))}
        if not placed.link:
            return LinkReading("page", reply.url, **facts)
        found = self._find(placed, read)
        if found is None:
            return LinkReading("none", hint=_hint(placed.link, read.source), **facts)
        kind, anchor, jump = found
        before, behind = page.context_of(anchor)
        return LinkReading(
            kind,
            anchor.href,
            anchor.words,
            tuple(sorted(anchor.rel)),
            page.part_of(anchor),
            before,
            behind,
            jump,
            page.unseen(anchor),
            **facts,
        )

    def _find(self, placed: PlacedLink, read: _Read) -> tuple[str, Anchor, bool] | None:
        """Return the best link to us: the very page before another of ours, direct, seen and with the words asked."""
        wanted = fold_text(placed.words)
        best: tuple[tuple[bool, ...], str, Anchor, bool] | None = None
        host = host_of(placed.link)
        for anchor in read.anchors:
            target, jump = anchor.href, False
            kind = self._kind(target, placed.link)
            if not kind and host in unquote(target).lower():
                for inner in _inner(target):
                    if kind := self._kind(inner, placed.link):
                        target, jump = inner, True
                        break
            if not kind:
                continue
            rank = (kind == "exact", not jump, not read.page.unseen(anchor), wanted in fold_text(anchor.words))
            if best is None or rank > best[0]:
                best = rank, kind, anchor, jump
        return best[1:] if best is not None else None

    def _gone_in(self, reply: Reply, read: _Read) -> str:
        """Return what tells that a page is gone though it answers: what it says first, or where it was sent to."""
        head = read.folded[:400]
        said = next((phrase for phrase in self._gone if phrase in head), "")
        return said or (reply.url if _to_home(reply) else "")

    def _kind(self, href: str, wanted: str) -> str:
        """Return exact, site (ours, another page), or nothing; a bare host stands for any page of it."""
        if not same_site(host_of(href), host_of(wanted)):
            return ""
        if "//" not in wanted or self._same(href, wanted):
            return "exact"
        return "site"

    def _same(self, one: str, other: str) -> bool:
        return self._place(one) == self._place(other)

    def _place(self, url: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """Return what tells which page an address names: host, path, query without what only follows visitors."""
        tracking = self._data["tracking"]
        try:
            parts = urlsplit(url)
            pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)
        except ValueError:
            return url, "", ()
        query = [pair for pair in pairs if not any(fnmatch.fnmatchcase(pair[0].lower(), glob) for glob in tracking)]
        path = re.sub(r"/(?:index|default)\.(?:html?|php|aspx?)$", "/", unquote(parts.path))
        return host_of(url), path.rstrip("/"), tuple(sorted(query))

    def _judge(
        self,
        placed: PlacedLink,
        reply: Reply,
        reading: LinkReading | None,
        last: LinkReading | None,
        old: Remembered | None,
        at: str,
    ) -> tuple[str, list[LinkReason]]:
        if reply.outcome == "gone":
            return "lost", [LinkReason("page_gone", now=str(reply.status))]
        if reading is None:
            return self._unreachable(reply, old, at)
        if reading.gone and (reading.found == "none" or (not placed.link and not (placed.words and reading.said))):
            code = "moved_home" if "//" in reading.gone else "page_says_gone"
            return "lost", [LinkReason(code, now=reading.gone)]
        if reading.found == "none":
            if reply.outcome == "too_large":
                return "unreachable", [LinkReason("outcome", now="too_large")]
            return "lost", [LinkReason(f"only_in_{reading.hint}" if reading.hint else "no_link")]
        changed = self._changes(placed, reply, reading, last)
        uncounted = self._uncounted(placed, reading, last)
        other = self._remarks(reading, old)
        if uncounted:
            return "nofollow", uncounted + changed + other
        return ("changed" if changed else "ok"), changed + other

    def _unreachable(self, reply: Reply, old: Remembered | None, at: str) -> tuple[str, list[LinkReason]]:
        """Return unreachable, or lost where a page has not been there for long."""
        told = LinkReason("outcome", now=reply.outcome)
        times, first = int(_text(old, "misses") or 0) + 1, _text(old, "missed_since") or at[:10]
        enough = times >= self._data["lost_after_times"] and _days(first, at) >= self._data["lost_after_days"]
        if reply.outcome in PASSING and enough:
            return "lost", [LinkReason("unreachable_long", first, str(times)), told]
        return "unreachable", [told]

    def _changes(
        self, placed: PlacedLink, reply: Reply, reading: LinkReading, last: LinkReading | None
    ) -> list[LinkReason]:
        """Return what is not as it was agreed, or as it was the last time."""
        found: list[LinkReason] = []
        if reading.found == "site":
            found.append(LinkReason("target", placed.link, reading.target))
        if reading.found == "page" and not reading.said:
            found.append(LinkReason("no_words", placed.words))
        if placed.link and placed.words and fold_text(placed.words) not in fold_text(reading.anchor):
            found.append(LinkReason("anchor", placed.words, reading.anchor))
        elif last is not None and last.anchor != reading.anchor and last.found == reading.found:
            found.append(LinkReason("anchor", last.anchor, reading.anchor))
        wanted = self._parts.get(placed.position, "")
        if wanted and reading.part and wanted != reading.part:
            found.append(LinkReason("part", wanted, reading.part))
        elif last is not None and last.part and reading.part and last.part != reading.part:
            found.append(LinkReason("part", last.part, reading.part))
        if reading.unseen:
            found.append(LinkReason("unseen"))
        moved_before = last.target if last is not None and last.found == "page" else placed.page
        if reading.found == "page" and not self._same(reply.url, moved_before):
            found.append(LinkReason("page_moved", moved_before, reply.url))
        return found

    def _uncounted(self, placed: PlacedLink, reading: LinkReading, last: LinkReading | None) -> list[LinkReason]:
        """Return why search engines do not count a link, unless that was agreed."""
        if not placed.link or _agreed(placed.rel):
            return []
        rels = [rel for rel in reading.rel if rel in self._data["uncounted_rels"]]
        robots = [word for word in reading.robots if word in self._data["uncounted_robots"]]
        found = []
        if rels:
            before = " ".join(last.rel) if last is not None and set(rels) - set(last.rel) else ""
            code = "rel_new" if last is not None and not set(last.rel) & set(rels) else "rel"
            found.append(LinkReason(code, before, " ".join(rels)))
        if robots:
            found.append(LinkReason("robots", now=" ".join(robots)))
        if reading.jump:
            found.append(LinkReason("jump", now=reading.target))
        return found

    def _remarks(self, reading: LinkReading, old: Remembered | None) -> list[LinkReason]:
        """Return what is worth knowing and changes no state."""
        found = []
        if old is not None and old.body["state"] in ("lost", "unreachable"):
            found.append(LinkReason("back", str(old.body["since"])))
        if reading.elsewhere:
            found.append(LinkReason("canonical", now=reading.elsewhere))
        if reading.farm:
            found.append(LinkReason("farm", now=str(sum(sign.points for sign in reading.farm))))
        if reading.relevance is not None and reading.relevance < self._data["related_from"]:
            found.append(LinkReason("unrelated", now=str(len(reading.related or ()))))
        return found

    def _kept(self, check: LinkCheck, reply: Reply, old: Remembered | None) -> Remembered:
        body: dict[str, Any] = {"state": check.state, "since": check.since, "placed": _plain(check.placed)}
        if check.reading is not None:
            headers = reply.headers
            body["reading"] = _plain(check.reading)
            if reply.outcome == "unchanged" and old is not None:
                body |= {key: old.body[key] for key in ("etag", "last_modified") if key in old.body}
            elif reply.outcome == "ok":
                body |= {"etag": headers.get("etag", ""), "last_modified": headers.get("last-modified", "")}
        elif reply.outcome != "gone":
            body["misses"] = int(_text(old, "misses") or 0) + 1
            body["missed_since"] = _text(old, "missed_since") or check.checked_at[:10]
            if old is not None and old.body.get("reading"):
                body["reading"] = old.body["reading"]
        return Remembered(check.checked_at, body)


class _Read(NamedTuple):
    """A page that was read, for all links on it."""

    page: Page
    source: str
    anchors: Sequence[Anchor]
    folded: str
    farm: tuple[Sign, ...]


def read_placed(row: Callable[[str], str], number: int, links: Sequence[str]) -> list[PlacedLink]:
    """Return what a row of a table asks for: its own link, else each of ``links``, else only that the page is there.

    Raises:
        NoLinkGiven: there is no page in it.
    """
    page = _completed(row("page").strip())
    if not page:
        raise NoLinkGiven(row=number, reason=Words("这一格是空的", "the cell is empty"))
    fault = fault_of(page)
    if fault:
        raise NoLinkGiven(row=number, reason=Words(f"“{page[:80]}”", fault))
    wanted = [own] if (own := row("link").strip()) else list(links) or [""]
    facts = {name: row(name).strip() for name in ("words", "rel", "position", "name", "kind")}
    return [PlacedLink(page, link, row=number, **facts) for link in wanted]


def placed_in(table: Table, links: Sequence[str], on_error: Callable[[CopykitError], None]) -> Iterator[PlacedLink]:
    """Yield what the rows of a table ask for; rows that name no page are told, empty ones passed over."""
    for row in table:
        if row.error is not None:
            on_error(row.error)
            continue
        if not any(row.values.values()) and not row.text.strip():
            continue

        def cell(role: str, row: Row = row) -> str:
            return row.text if role == "page" else table.value(row, role)

        try:
            yield from read_placed(cell, row.number, links)
        except NoLinkGiven as error:
            on_error(error)


def nobody_reached(checks: Sequence[LinkCheck]) -> bool:
    """Return whether no page at all was reached: then it may be our own connection that is gone, and none is blamed.

    A private address, which is never asked, tells nothing of the connection.
    """
    return all(check.outcome in OWN_FAULTS or check.outcome == "private" for check in checks)


def placed_of(plan: Plan, notes: Mapping[str, Sequence[tuple[str, str]]], links: Sequence[str]) -> list[PlacedLink]:
    """Return the pages that were noted on the tasks of a plan when they were done, each with our links."""
    placed: dict[tuple[str, str], PlacedLink] = {}
    for task in (*plan.tasks, *plan.kept):
        told = " ".join([task.note, *(text for _, text in notes.get(task.id, ()))])
        for page in (found.rstrip(".,;:!?)]>'\"") for found in _PAGE.findall(told)):
            if not fault_of(page):
                for link in links or [""]:
                    placed.setdefault((page, link), PlacedLink(page, link, name=task.title, kind=task.channel))
    return list(placed.values())


def own_words(brief: Brief, words: Callable[[str], list[str]], barred: Sequence[str]) -> list[str]:
    """Return the words by which a page has to do with a product; ``words`` cuts a text, ``barred`` says nothing."""
    phrases = [brief.product, brief.category, *brief.keywords, *brief.scenes, *brief.audience, *brief.selling_points]
    found: dict[str, None] = {}
    for phrase in phrases:
        if 2 <= len(phrase) <= 4:
            found[phrase] = None
        for word in words(phrase):
            if len(word) >= 2 and word not in barred and not word.isdigit():
                found[word] = None
    return list(found)[:MOST_WORDS]


def reading_from(body: Mapping[str, Any]) -> LinkReading:
    """Read a reading back from what was kept of it; what an older copykit did not keep is left empty."""
    known = {name: body[name] for name in LinkReading.__slots__ if name in body}
    for name in ("rel", "robots", "related"):
        if isinstance(known.get(name), list):
            known[name] = tuple(known[name])
    known["farm"] = tuple(Sign(*sign) for sign in known.get("farm", ()))
    return LinkReading(**known)


def placed_from(body: Mapping[str, Any]) -> PlacedLink:
    """Read back what a check was asked for."""
    return PlacedLink(**{name: body[name] for name in PlacedLink.__slots__ if name in body})


_PAGE = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def _inner(target: str) -> Iterator[str]:
    """Yield the addresses that stand inside another one: jump?to=https%3A%2F%2Fshop.example."""
    rest = target.partition("//")[2]
    for _ in range(3):
        for found in re.finditer(r"https?://[^\s&\"'<>]+", rest, re.IGNORECASE):
            yield found[0]
        plain = unquote(rest)
        if plain == rest:
            return
        rest = plain


def _hint(link: str, source: str) -> str:
    """Return where our address stands in the source though no link leads to it."""
    host = host_of(link)
    if not host:
        return ""
    # myshop.example and shop.example.other are somebody else's.
    ours = re.compile(rf"(?<![\w-]){re.escape(host)}(?![\w-]|\.\w)", re.IGNORECASE)
    places = [found.start() for found in ours.finditer(source)]
    if not places:
        return ""
    opened = source.rfind("<!--", 0, places[0])
    return "comment" if opened > source.rfind("-->", 0, places[0]) else "text"


def _completed(page: str) -> str:
    return f"http://{page}" if page and "//" not in page and re.match(r"[\w-]+(\.[\w-]+)+(/|:\d|$)", page) else page


def _to_home(reply: Reply) -> bool:
    """Return whether a page was redirected to the front page of a site, as is done with pages that are gone."""
    asked, found = urlsplit(reply.ask.url), urlsplit(reply.url)
    return bool(reply.hops) and len(asked.path) > 1 and found.path in ("", "/") and not found.query


def _agreed(rel: str) -> bool:
    """Return whether a table says that a link is not counted, and that it is known."""
    return bool(re.search(r"nofollow|ugc|sponsored|^(?:是|有|y|yes|true|1)$", rel.strip().lower()))


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days


def _text(old: Remembered | None, key: str) -> str:
    return str(old.body.get(key, "")) if old is not None else ""


def _plain(value: PlacedLink | LinkReading) -> dict[str, Any]:
    body = {name: getattr(value, name) for name in value.__slots__}
    if isinstance(value, LinkReading):
        body["farm"] = [list(sign) for sign in value.farm]
    return body
