"""Take what readers see out of plain text, Markdown and HTML, with a map back to the file's own text.

What is looked for in the visible text is told where it stands in the file: 全网<b>最好</b>用 is one word to a reader.
Both are read by patterns of their own: the libraries for them tell no place of a text, so that a finding would have to
be searched for again, and the standard library's parser takes minutes for a page of a megabyte that is all "<".
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from copykit.model import Span

Markup = Literal["txt", "md", "html"]


class Link(NamedTuple):
    """Where a link leads, the range of the visible words that it stands on, and its title; an address has no words."""

    target: str
    span: Span
    title: str = ""


class Directive(NamedTuple):
    """A line that its author wrote to the checker: ``allow``, ``off`` or ``on``, the rules named and the reason.

    ``span`` is where it stands in the source; ``alone`` when nothing else stands on its line.
    """

    verb: str
    rules: tuple[str, ...]
    reason: str
    span: Span
    alone: bool


class FrontMatter(NamedTuple):
    """The block of settings at the head of a Markdown file, not yet parsed; ``line`` is its first one, 1-based."""

    language: Literal["yaml", "toml"]
    text: str
    line: int


class Visible:
    """What readers see of a source. Offsets in ``text`` lead back to ``source`` by :meth:`span`.

    ``titles`` is where its title stands: in the page's head, as its first heading, or both. ``again`` is the one of
    the head where the first heading says the same: one title, written in two places.
    """

    __slots__ = ("_pieces", "_starts", "again", "directives", "front", "links", "source", "text", "titles")

    def __init__(
        self,
        source: str,
        pieces: Sequence[_Piece],
        text: str,
        links: Sequence[Link] = (),
        directives: Sequence[Directive] = (),
        front: FrontMatter | None = None,
        again: Span | None = None,
        titles: Sequence[Span] = (),
    ) -> None:
        self.source, self.text, self.again, self.titles = source, text, again, tuple(titles)
        self.links, self.directives, self.front = tuple(links), tuple(directives), front
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]

    def span(self, start: int, end: int) -> Span:
        """Return the source range of ``text[start:end]``; what lies between its parts is covered."""
        if not self._pieces:
            return Span(0, 0)
        first, offset = self._piece(start)
        low = first.source + offset if first.exact else first.source
        if end <= start:
            return Span(low, low)
        last, offset = self._piece(end - 1)
        return Span(low, max(last.source + offset + 1 if last.exact else last.end, low))

    def _piece(self, place: int) -> tuple[_Piece, int]:
        piece = self._pieces[max(bisect_right(self._starts, place) - 1, 0)]
        return piece, place - piece.start


class _Piece(NamedTuple):
    """A run of visible text; an exact one maps character by character, any other as a whole."""

    start: int
    source: int
    end: int
    exact: bool


class _Builder:
    """Puts visible text together, in the order of the source, and leaves the directives out of it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.directives = list(find_directives(source))
        self.parts: list[str] = []
        self.pieces: list[_Piece] = []
        self.size = 0
        self.attributes = 0  # how many were read
        self.title: Span | None = None  # where the title of the page's head is seen
        self.heading: int | None = None  # where its first heading begins to be
        self._next = 0  # the first directive that does not end before what is kept next

    def keep(self, start: int, end: int) -> None:
        """Take over a range of the source as it is, without the directives in it."""
        while self._next < len(self.directives) and self.directives[self._next].span.start < end:
            span = self.directives[self._next].span
            self._add(start, min(span.start, end))
            start = max(start, span.end)
            if span.end > end:
                return
            self._next += 1
        self._add(start, end)

    def put(self, start: int, end: int, text: str) -> None:
        """Let a range of the source be seen as another text (&amp; as &), or an empty range as a break."""
        if text:
            self.pieces.append(_Piece(self.size, start, end, exact=False))
            self.parts.append(text)
            self.size += len(text)

    def _add(self, start: int, end: int) -> None:
        if start < end:
            self.pieces.append(_Piece(self.size, start, end, exact=True))
            self.parts.append(self.source[start:end])
            self.size += end - start

    def ends_with_break(self) -> bool:
        """Return whether a new line has begun."""
        return not self.parts or self.parts[-1].endswith("\n")

    def visible(self, links: Sequence[Link], front: FrontMatter | None = None) -> Visible:
        """Return what was put together."""
        text = "".join(self.parts)
        heading = self._line_of_heading(text)
        again = self._again(text, heading)
        titles = [each for each in (self.title, heading) if each is not None]
        return Visible(self.source, self.pieces, text, links, self.directives, front, again, titles)

    def _line_of_heading(self, text: str) -> Span | None:
        if self.heading is None:
            return None
        start = self.heading + len(text[self.heading :]) - len(text[self.heading :].lstrip())
        end = text.find("\n", start)
        return Span(start, end if end >= 0 else len(text))

    def _again(self, text: str, heading: Span | None) -> Span | None:
        """Return the title if the heading says the same, whatever its signs."""
        if self.title is None or heading is None:
            return None
        title = _NO_INK.sub("", text[slice(*self.title)])
        return self.title if title and title == _NO_INK.sub("", text[slice(*heading)]) else None


_NO_INK = re.compile(r"[\W_]+")


def visible(source: str, markup: Markup) -> Visible:
    """Return what readers see of a source; total on any string, linear in its length."""
    if markup == "html":
        return _from_html(source)
    if markup == "md":
        return _from_markdown(source)
    builder = _Builder(source)
    builder.keep(0, len(source))
    links = [Link(match[0], Span(0, 0)) for match in _URL.finditer(source)]
    return builder.visible(links)


# --- directives -----------------------------------------------------------------------------------------------------

_VERBS = {"allow": "allow", "off": "off", "on": "on", "允许": "allow", "关": "off", "开": "on"}


def _form(kind: str, before: str, rest: str, after: str) -> str:
    """Return the pattern of one form of a directive; its groups begin with ``kind``."""
    words = rf"copykit\s*[:：]\s*(?P<{kind}verb>{'|'.join(_VERBS)})(?:[ \t\u3000]+(?P<{kind}rest>{rest}))?[ \t\u3000]*"
    return rf"{before}[ \t]*{words}{after}"


_DIRECTIVE = re.compile(
    "|".join(
        (
            _form("c", "<!--", r"(?:(?!-->)[^\n]){0,300}?", "-->"),
            _form("b", "〔", r"[^〔〕\n]{0,300}?", "〕"),
            _form("l", r"^[ \t]*(?:#|//)", r"[^\n]{0,300}?", r"\r?$"),
        )
    ),
    re.MULTILINE | re.IGNORECASE,
)


def find_directives(source: str) -> Iterator[Directive]:
    """Yield the directives of a text: ``<!-- copykit: … -->``, ``〔copykit：…〕`` or a line ``# copykit: …``."""
    if "copykit" not in source.casefold():
        return
    for match in _DIRECTIVE.finditer(source):
        kind = next(kind for kind in "cbl" if match[f"{kind}verb"])
        names, _, reason = (match[f"{kind}rest"] or "").strip().replace("\u3000", " ").partition(" ")
        rules = tuple(name for name in re.split("[,，、]", names) if name)
        start, end = match.span()
        # A glance to both sides is enough: nobody writes hundreds of blanks beside a word to the checker.
        around = source[max(start - 200, 0) : start].rpartition("\n")[2] + source[end : end + 200].partition("\n")[0]
        verb = _VERBS[match[f"{kind}verb"].lower()]
        yield Directive(verb, rules, reason.strip(), Span(start, end), not around.strip())


# Elements that part what stands before them from what stands in them.
_BLOCK_NAMES = (
    "address|article|aside|blockquote|br|button|caption|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|h1|h2|h3|h4|h5|h6|header|hr|legend|li|main|nav|ol|option|p|pre|section|select|summary|table|tbody|td|"
    "tfoot|th|thead|title|tr|ul|video"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split("|"))
_BREAKING = re.compile(rf"</?(?:{_BLOCK_NAMES})\b", re.IGNORECASE)


# --- Markdown -------------------------------------------------------------------------------------------------------

_FRONT = re.compile(
    r"\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<text>.*?)^(?P=fence)[ \t]*\r?(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_FRONT_CHARS = 65_536  # settings are some lines; anything longer is a text between two rules
# What of the settings is published with the text.
_PUBLISHED = re.compile(
    r"^(?P<key>title|description|summary|subtitle|标题|副标题|摘要|描述)[ \t]*[:=][ \t]*"
    r"""(?P<quote>["']?)(?P<text>[^\n]*?)(?P=quote)[ \t]*\r?$""",
    re.MULTILINE | re.IGNORECASE,
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_URL = re.compile(r"https?://[!-~]+")
_ENTITY = r"&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_INLINE = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|\[(?=[^\[\]\n]{0,200}\]\((?P<target>[^()\s]{0,2000}))"
    r"|(?P<tail>\]\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\))"
    r"|(?P<auto><https?://[^<>\s]{1,2000}>)"
    r"|(?P<url>https?://[!-~]+)"
    r"|(?P<tag></?[a-zA-Z][^<>]{0,2000}>)"
    rf"|(?P<entity>{_ENTITY})"
    r"|(?P<head>^[ \t]*(?:(?:\#{1,6}|[-*+]|[0-9]{1,3}[.)]|>)[ \t]+)+)"
    r"|(?P<mark>\*{2,3}|__|~~|`+|!(?=\[)|\\(?=[!-/:-@\[-`{-~]))",
    re.DOTALL | re.MULTILINE,
)
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


def _from_markdown(source: str) -> Visible:
    builder = _Builder(source)
    links: list[Link] = []
    open_link: tuple[str, int] | None = None
    start = 0
    front = None
    found = _FRONT.match(source, 0, _FRONT_CHARS)
    if found is not None:
        language: Literal["yaml", "toml"] = "yaml" if found["fence"] == "---" else "toml"
        front = FrontMatter(language, found["text"], 2)
        for line in _PUBLISHED.finditer(source, found.start("text"), found.end("text")):
            begin = builder.size
            builder.keep(*line.span("text"))
            if builder.title is None and line["key"].lower() in ("title", "标题"):
                builder.title = Span(begin, builder.size)
            builder.put(line.end("text"), line.end("text"), "\n")
        start = found.end()
    for begin, end in _outside_fences(source, start):
        place = begin
        for match in _INLINE.finditer(source, begin, end):
            builder.keep(place, match.start())
            place = match.end()
            if match["head"] and builder.heading is None and match["head"].strip() == "#":
                builder.heading = builder.size
            elif match["target"] is not None:
                open_link = match["target"], builder.size
            elif match["tail"] and open_link is not None:
                title = _TITLE.search(match["tail"])
                links.append(Link(open_link[0], Span(open_link[1], builder.size), title[2] if title else ""))
                open_link = None
            elif match["url"] or match["auto"]:
                links.append(Link(match[0].strip("<>"), Span(0, 0)))
                builder.put(*match.span(), " ")
            elif match["tag"]:
                links += [Link(html.unescape(target), Span(0, 0)) for target in _HREF.findall(match[0])]
                if (image := _IMAGE.match(match[0])) is not None:
                    _put_attribute(builder, match.start() + image.end(), match[0][image.end() : -1], "alt")
                if _BREAKING.match(match[0]):
                    builder.put(*match.span(), "\n")
            elif match["entity"]:
                builder.put(*match.span(), html.unescape(match[0]))
        builder.keep(place, end)
    return builder.visible(links, front)


_TITLE = re.compile(r"""[ \t](["'])([^"'\n]{1,200})\1\)$""")


def _outside_fences(source: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges that lie in no fenced code block; one that is never closed runs to the end."""
    fence = ""
    begin = place = start
    while place < len(source):
        line_end = source.find("\n", place) + 1 or len(source)
        match = _FENCE.match(source, place, line_end)
        if match is not None and not fence and not ("`" in match[1] and "`" in source[match.end() : line_end]):
            fence = match[1]
            yield begin, place
        elif match is not None and fence and match[1].startswith(fence) and not source[match.end() : line_end].strip():
            fence = ""
            begin = line_end
        place = line_end
    if not fence:
        yield begin, len(source)


# --- HTML -----------------------------------------------------------------------------------------------------------

# A tag with its attributes: at most 100 pieces, so that quotes that never close cost no look at all that follows.
# A comment, a tag, a declaration, an entity or a blank of a page; in time that grows with the page alone.
TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"""|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,60})(?P<attrs>(?:[^<>"']+|"[^"]*"|'[^']*'){0,100}+)>"""
    r"|<[!?/][^<>]{0,2000}>"
    rf"|(?P<entity>{_ENTITY})"
    r"|\s{2,}|[^\S ]",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
RAW = frozenset(("script", "style", "textarea"))  # in which a tag is no tag
_HIDDEN = RAW | {"template", "svg", "math", "object", "iframe", "noframes", "noscript"}
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def _from_html(source: str) -> Visible:
    """Read a page: what hides a text in it is seen through, what only moves it about on the screen is not."""
    builder = _Builder(source)
    links: list[Link] = []
    open_link: tuple[str, int, str] | None = None
    titled = 0  # where the page's title began
    hiding, depth = "", 0  # the name of the element that hides what is in it, and how many of its name are open
    place, end = 0, len(source)
    while (token := TOKEN.search(source, place)) is not None:
        if not hiding:
            builder.keep(place, token.start())
        place = token.end()
        name = (token["name"] or "").lower()
        if not name:
            if not hiding:
                _put_blank_or_entity(builder, token)
            continue
        if hiding:
            depth += (name == hiding) * (-1 if token["close"] else 1)
            hiding = hiding if depth > 0 else ""
            continue
        if name == "a" and open_link is not None:
            links.append(Link(open_link[0], Span(open_link[1], builder.size), open_link[2]))
            open_link = None
        if not token["close"]:
            given = _attributes(token["attrs"]) if token["attrs"].strip(" /") else {}
            if name not in _VOID and (name in _HIDDEN or "hidden" in given or _UNSEEN.search(given.get("style", ""))):
                hiding, depth = name, 1
                if name in RAW:
                    shut = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, place)
                    place = shut.start() if shut is not None else end
                continue
            for told in _told_by(name, given):
                _put_attribute(builder, token.start("attrs"), token["attrs"], told)
            if name == "a" and given.get("href"):
                open_link = html.unescape(given["href"]), builder.size, html.unescape(given.get("title", ""))
        if name in _BLOCKS and not builder.ends_with_break():
            builder.put(token.start(), token.start(), "\n")
        if name == "title" and builder.heading is None:
            builder.title = Span(builder.size if not token["close"] else titled, builder.size)
            titled = builder.size
        elif name == "h1" and builder.heading is None:
            builder.heading = builder.size
    if not hiding:
        builder.keep(place, end)
    return builder.visible(links)


def _put_blank_or_entity(builder: _Builder, token: re.Match[str]) -> None:
    """Let blanks be seen as one, and as none where a line ends between two Han, as browsers do."""
    start, end = token.span()
    if token["entity"]:
        builder.put(start, end, html.unescape(token["entity"]))
    elif token[0].isspace():
        source = builder.source
        inside = start > 0 and end < len(source)
        if not ("\n" in token[0] and inside and source[start - 1] >= "\u3000" and source[end] >= "\u3000"):
            builder.put(start, end, " ")


# What a page shows or reads out of a tag: a hint under the pointer, what a reader for the blind says, an empty field.
_SPOKEN = ("title", "aria-label", "placeholder")
_MOST_ATTRIBUTES = 300  # of a page: each is looked for in all of it
_SUMMED_UP = ("description", "og:title", "og:description", "twitter:title", "twitter:description")


def _told_by(name: str, given: Mapping[str, str]) -> Iterator[str]:
    """Yield the attributes of a tag that people read: what stands for an image, what a page says of itself."""
    if name == "meta":
        about = (given.get("name") or given.get("property") or "").lower()
        if about in _SUMMED_UP:
            yield "content"
    elif "hidden" not in given:
        told = ("alt", *_SPOKEN) if name == "img" else _SPOKEN
        yield from (each for each in told if each in given)


def _put_attribute(builder: _Builder, place: int, attributes: str, name: str) -> None:
    """Let an attribute be read as a line of its own, unless the page says the same elsewhere.

    ``attributes`` begin at ``place`` of the source.
    """
    for match in _ATTRIBUTE.finditer(attributes):
        group = next((each for each in (2, 3, 4) if match[each]), None)
        if match[1].lower() != name or group is None:
            continue
        builder.attributes += 1
        if name != "alt" and (builder.attributes > _MOST_ATTRIBUTES or builder.source.count(match[group]) > 1):
            return
        start, end = (place + each for each in match.span(group))
        if not builder.ends_with_break():
            builder.put(start, start, "\n")
        if "&" in match[group]:
            builder.put(start, end, html.unescape(match[group]))
        else:
            builder.keep(start, end)
        builder.put(end, end, "\n")
        return


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes of a tag; the first of a name counts."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), "".join(values))
    return found
