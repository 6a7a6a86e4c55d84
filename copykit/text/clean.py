"""Mend what real files hold, saying what was changed and how often; every mend can be switched off.

Files that were copied from pages, PDFs and mirrors carry pinyin after traditional characters, entities whose names
were lost, tags, navigation, and the same advertisement between every two paragraphs. What is mended here would
otherwise be counted as words. A clean text is looked at a few times and copied never.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set
from typing import NamedTuple

from copykit import datafiles
from copykit.errors import CopykitError, Words
from copykit.text.markup import RAW, TOKEN
from copykit.text.normalize import default_table, fold_text

# In the order in which they are made.
MENDS = ("html", "radicals", "pinyin", "quotes", "furniture", "repeats")


class MendUnknown(CopykitError):
    """A mend that does not exist."""

    zh = "没有“{name}”这种清理；可以关的有 {known}"
    en = "there is no mend '{name}'; there are {known}"


class Cleaner:
    """Mends texts one after another and counts what it did; remembers long lines, to know them when they come again."""

    def __init__(self, without: Collection[str] = ()) -> None:
        """Leave out the mends named.

        Raises:
            MendUnknown: naming those there are.
        """
        for name in without:
            if name not in MENDS:
                raise MendUnknown(name=name, known=Words("、".join(MENDS), ", ".join(MENDS)))
        self._mends = frozenset(MENDS) - frozenset(without)
        self.changes: Counter[str] = Counter()  # mend → how often; for html tags, for furniture and repeats lines
        self._seen: set[int] = set()

    def clean(self, text: str) -> str:
        """Return the text mended."""
        if _SUSPECT.search(text) is None and not _may_hold_furniture(text):
            return text
        mended = self._inside(text)
        if "\n" in mended:
            mended = self._without_lines(mended)
        return mended

    def clean_lines(self, lines: str) -> str:
        """Return many texts, one a line, each mended; lines are kept, as each is a text of its own."""
        if _SUSPECT_INSIDE.search(lines) is None and not _may_hold_furniture(lines):
            return lines
        mended = self._inside(lines)
        if mended is not lines and mended.count("\n") != lines.count("\n"):
            return "\n".join(self._inside(line).replace("\n", " ") for line in lines.split("\n"))
        return mended

    def _inside(self, text: str) -> str:
        mends = self._mends
        if "html" in mends and ("<" in text or "&" in text):
            text = self._without_tags(text)
        if "radicals" in mends:
            text = self._told("radicals", *_RADICALS.subn(_meant, text))
        if "pinyin" in mends and ("(" in text or "（" in text):
            text = self._without_pinyin(text)
        if "quotes" in mends and "&" in text:
            text = self._with_quotes(text)
        if "furniture" in mends:
            for mark, pattern in _furniture_inside().items():
                if mark in text:
                    text = self._told("furniture", *pattern.subn("", text))
            text = self._without_addresses(text)
        return text

    def _told(self, mend: str, text: str, times: int) -> str:
        if times:
            self.changes[mend] += times
        return text

    def _without_tags(self, text: str) -> str:
        if "<" in text:
            text = self._told("html", *_without_hidden(text))
            text = self._told("html", *_TAG.subn(lambda tag: "\n" if _BLOCK.match(tag[0]) else "", text))
        if "&" in text:
            text = self._told("html", *_ENTITY.subn(lambda found: html.unescape(found[0]).replace("\xa0", " "), text))
        return text

    def _without_pinyin(self, text: str) -> str:
        dropped = 0

        def drop(found: re.Match[str]) -> str:
            nonlocal dropped
            reading = unicodedata.normalize("NFC", found[1].lower())
            if text[found.start() - 1] in _readings().get(reading, ""):
                dropped += 1
                return ""
            return found[0]

        for opening, pattern in _PINYIN.items():
            if opening in text:
                text = pattern.sub(drop, text)
        return self._told("pinyin", text, dropped)

    def _without_addresses(self, text: str) -> str:
        for mark, pattern in _ADDRESSES.items():
            if mark in text:
                text = self._told("furniture", *pattern.subn(" ", text))
        return self._told("furniture", *_without_mail(text))

    def _with_quotes(self, text: str) -> str:
        text = self._told("quotes", *_LOST_QUOTES.subn(r"“\1”", text))
        return self._told("quotes", *_LOST_BLANKS.subn(" ", text))

    def _without_lines(self, text: str) -> str:
        """Drop furniture, and lines that stood in this text, or long ones in any text, before."""
        furniture, repeats = "furniture" in self._mends, "repeats" in self._mends
        if not furniture and not repeats:
            return text
        kept: list[str] = []
        mine: set[str] = set()
        dropped = again = said = 0
        lines = text.split("\n")
        if repeats and (":" in text or "：" in text):
            said = _without_labels(lines)
        marked = _furniture_lines(lines) if furniture else frozenset()
        for number, line in enumerate(lines):
            if number in marked:
                dropped += 1
                continue
            bare = line.strip()
            size = len(bare)
            if repeats and size >= OWN_REPEAT:
                if bare in mine or (size >= ANY_REPEAT and hash_of(bare) in self._seen):
                    again += 1
                    continue
                mine.add(bare)
            kept.append(line)
        if repeats and len(self._seen) < REMEMBERED:
            self._seen.update(hash_of(line) for line in mine if len(line) >= ANY_REPEAT)
        if not dropped and not again and not said:
            return text
        self._told("furniture", "", dropped)
        self._told("repeats", "", again + said)
        return "\n".join(kept)


SHORT_LINE = 60  # a longer line that happens to hold such words is a sentence
SIGNATURE = 40  # characters of a signature
OFFICE = 4  # and before its first word: (总台央视记者 …)
START = 24  # so much of a longer one is looked at
OWN_REPEAT = 8  # characters from which a line is dropped when it stands in the same text again
ANY_REPEAT = 30  # and when it stood in another text: an advertisement, a notice; short lines may well be said twice
LABEL_TIMES = 3  # lines that begin with the same name and a colon
REMEMBERED = 200_000  # lines, about 15 MB; further ones are only known inside their own text


def _without_labels(lines: list[str]) -> int:
    """Take off, after the first time, the names before colons that begin several lines; return how many were taken off.

    So a talk that was written down names its speakers, and a site signs the parts of its articles.
    """
    found = [(number, label) for number, line in enumerate(lines) if (label := _LABEL.match(line)) is not None]
    times = Counter(label[1] for _, label in found)
    taken = 0
    met: set[str] = set()
    for number, label in found:
        if times[label[1]] >= LABEL_TIMES:
            if label[1] in met:
                lines[number] = lines[number][label.end() :]
                taken += 1
            met.add(label[1])
    return taken


def _furniture_lines(lines: Sequence[str]) -> Set[int]:
    """Return the numbers of the lines that are navigation, a source, a notice or a date rather than text."""
    bare = [line.strip() for line in lines]
    # All short lines and all beginnings are folded and searched at once; a line feed stays one in folding.
    heads = [line if len(line) <= SHORT_LINE else line[:START].lstrip("& ") for line in bare]
    folded = fold_text("\n".join(heads)).replace(" :", ":").split("\n")
    if len(folded) != len(lines):
        folded = [fold_text(head) for head in heads]
    short, loose, start = _any_furniture("short"), _any_furniture("loose"), _start_furniture()

    def is_short_furniture(line: str) -> bool:
        return bool(short.search(line) or _DATES.fullmatch(line) or (loose.search(line) and not _tells(line)))

    return {
        number
        for number, (line, whole) in enumerate(zip(folded, bare, strict=True))
        if line and (start.match(line) or (len(whole) <= SHORT_LINE and is_short_furniture(line)))
    }


def _tells(line: str) -> bool:
    """Return whether a line that holds a page's words says what somebody did with them, or thinks of it."""
    return any(found["told"] for found in _telling().finditer(line))


@functools.cache
def _telling() -> re.Pattern[str]:
    told, untold = ("|".join(map(re.escape, _phrases(sort))) for sort in ("told", "untold"))
    return re.compile(f"{untold}|(?P<told>{told})")


def hash_of(line: str) -> int:
    """Return a number for a line that is the same only for the same line, as far as one process goes."""
    return hash(line)


class Page(NamedTuple):
    """The title and the text of an HTML page; ``dropped`` counts blocks that belong to the page, not to the text."""

    title: str
    text: str
    dropped: int


def read_page(source: str) -> Page:
    """Return what a person reads on a page: without scripts, styles, navigation, header and footer."""
    parts: list[str] = []
    title: list[str] = []
    into, dropped = parts, 0
    hiding, depth = "", 0  # the name of the element that is left out, and how many of its name are open
    place = 0
    while (token := TOKEN.search(source, place)) is not None:
        if not hiding:
            into.append(source[place : token.start()])
        place = token.end()
        name = (token["name"] or "").lower()
        if hiding:
            depth += (name == hiding) * (-1 if token["close"] else 1)
            hiding = hiding if depth else ""
        elif not name:
            said = html.unescape(token["entity"]) if token["entity"] else token[0]
            into.append(" " if said.isspace() else said if token["entity"] else "")
        elif name in _HIDDEN and not token["close"]:
            dropped += 1
            hiding, depth = name, 1
            if name in RAW:
                shut = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, place)
                place = shut.start() if shut is not None else len(source)
        elif name == "title":
            into = parts if token["close"] else title
        elif name in _BLOCKS:
            parts.append("\n")
    if not hiding:
        into.append(source[place:])
    text = re.sub(r"\n{2,}", "\n", "\n".join(line.strip() for line in "".join(parts).split("\n")))
    return Page(" ".join("".join(title).split()), text.strip(), dropped)


_HIDDEN = frozenset(("script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "select"))
_BLOCKS = frozenset(
    (
        *("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table", "ul", "ol"),
        *("dl", "dt", "dd", "blockquote", "pre", "hr", "td", "th", "main", "figure", "figcaption"),
    )
)
# No pattern ignores case as a whole: only one that begins with a fixed sign is searched for at full speed.
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s[^<>]{0,1000})?/?>")
# What hides the text up to its own end, and how far that end may be.
_HIDING = (
    (re.compile("<!--"), re.compile("-->"), 5_000),
    (re.compile(r"<[sS][cC][rR][iI][pP][tT]\b"), re.compile(r"</[sS][cC][rR][iI][pP][tT]\s*>"), 20_000),
    (re.compile(r"<[sS][tT][yY][lL][eE]\b"), re.compile(r"</[sS][tT][yY][lL][eE]\s*>"), 20_000),
)
_BLOCK = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10}\d{0,2});")
_RADICALS = re.compile("[\u2e80-\u2fd5]")
# The bracket comes first and looks back: few places have one, while nearly all have a Han character. Each bracket has
# its pattern, as one that begins with a fixed sign is searched for at full speed.
_PINYIN = {
    opening: re.compile(
        rf"\{opening}(?<=[\u4e00-\u9fff].)"
        "([a-zA-ZüÜāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿế\u0300\u0301\u0304\u030c]{1,7})[)）]"
    )
    for opening in "(（"
}
_SUSPECT_INSIDE = re.compile("[<&(（\u2e80-\u2fd5]")
_SUSPECT = re.compile("[<&(（\n\u2e80-\u2fd5]")
# 我们定位&24小时的情感陪护&: both quotes became the sign that begins an entity.
_LOST_QUOTES = re.compile(
    "&(?<![A-Za-z&].)(?=[^&\n]*[\u4e00-\u9fff])([^&\\s][^&\n]{0,38}[^&\\s]|[\u4e00-\u9fff])&(?![A-Za-z&])"
)
_LOST_BLANKS = re.compile("&(?:(?:[ \t]*&)+|(?<![^\\s\u4e00-\u9fff，。].)(?=[\\s\u4e00-\u9fff]|$))", re.MULTILINE)
# Shorter ones are what a list of goods has before its colons: 颜色, 适合人群.
_LABEL = re.compile(r"[ \t\u3000]*([^\s:：，。,.!?！？；;、“”\"()（）][^\n:：，。,.!?！？；;“”\"]{4,22})[:：]")
# Each begins with a fixed sign, as those for pinyin do.
_ADDRESSES = {
    "【": re.compile(r"【[^】\n]{0,40}(?:www\.|https?:)[^】\n]{0,60}】"),
    "http": re.compile(r"https?://[!-~]{3,300}"),
    "HTTP": re.compile(r"HTTPS?://[!-~]{3,300}"),
    "www.": re.compile(r"www\.(?<![A-Za-z0-9_]....)[a-zA-Z0-9.-]{3,80}(?:/[!-~]*)?"),
    "WWW.": re.compile(r"WWW\.(?<![A-Za-z0-9_]....)[a-zA-Z0-9.-]{3,80}(?:/[!-~]*)?"),
}
_HOST = re.compile(r"@[\w-]{1,40}\.[a-zA-Z]{2,6}", re.ASCII)
_MAILBOX = re.compile(r"[\w.+-]{1,40}\Z", re.ASCII)


def _without_mail(text: str) -> tuple[str, int]:
    """Return the text without mail addresses, and how many there were; their signs are looked for, then backwards."""
    kept: list[str] = []
    begin = 0
    for host in _HOST.finditer(text) if "@" in text else ():
        box = _MAILBOX.search(text, max(begin, host.start() - 40), host.start())
        if box is not None:
            kept += text[begin : box.start()], " "
            begin = host.end()
    return "".join((*kept, text[begin:])), len(kept) // 2


def _may_hold_furniture(text: str) -> bool:
    """Return whether a text may hold furniture of which none of the suspect signs tells."""
    return any(mark in text for mark in _marks())


@functools.cache
def _marks() -> tuple[str, ...]:
    return "http", "www.", "@", "HTTP", "WWW.", *_phrases("ends"), *_phrases("mark")


_DATES = re.compile(r"[\s\d|:/.年月日时分秒点-]*\d[\s\d|:/.年月日时分秒点-]*|[\s|}{>»/&-]+")


def _without_hidden(text: str) -> tuple[str, int]:
    """Return the text without comments, scripts and styles, and how many there were; each end is looked for once."""
    times = 0
    for opening, closing, most in _HIDING:
        kept: list[str] = []
        begin = place = 0
        end: re.Match[str] | None = None
        while (start := opening.search(text, place)) is not None:
            if end is None or end.start() < start.end():
                end = closing.search(text, start.end())
            if end is None:
                break
            place = start.end()
            if end.start() - start.end() <= most:
                kept.append(text[begin : start.start()])
                begin = place = end.end()
                times += 1
        if begin:
            text = "".join((*kept, text[begin:]))
    return text, times


def _meant(found: re.Match[str]) -> str:
    meaning = default_table().get(ord(found[0]))
    return chr(meaning) if meaning else found[0]


@functools.cache
def _readings() -> dict[str, str]:
    lines: Iterable[str] = datafiles.load("cleaning")["readings"]
    return {reading: chars for reading, _, chars in (line.partition(" ") for line in lines)}


@functools.cache
def _phrases(sort: str) -> tuple[str, ...]:
    lines: Iterable[str] = datafiles.load("cleaning")["furniture"]
    return tuple(fold_text(line[len(sort) + 1 :]) for line in lines if line.startswith(sort + " "))


@functools.cache
def _any_furniture(sort: str) -> re.Pattern[str]:
    # Few places in a line begin any of the phrases; asking for their first characters comes first.
    phrases = _phrases(sort)
    firsts = "".join(sorted({re.escape(phrase[0]) for phrase in phrases}))
    return re.compile(f"(?=[{firsts}])(?:{'|'.join(map(re.escape, phrases))})")


@functools.cache
def _furniture_inside() -> dict[str, re.Pattern[str]]:
    """Return sign → what finds, from it on, who wrote, edited or first published a text.

    In brackets it stands behind a sentence, without them at the end of a line. Lines in which nobody wrote anything
    hold a sign, too.
    """
    inside, last = ("|".join(map(re.escape, _phrases(sort))) for sort in ("signed", "ends"))
    patterns = {
        opening: re.compile(
            rf"\{opening}(?<![^。！？!?…”)）\s].)[^()（）\n]{{0,{OFFICE}}}(?:{inside})[^()（）\n]{{0,{SIGNATURE}}}[)）]"
        )
        for opening in "(（"
    }
    empty = "|".join(map(re.escape, _phrases("whole")))
    unrated = re.compile(rf"^[ \t]*(?:{empty})[ \t。.!！~]*$", re.MULTILINE)
    patterns |= dict.fromkeys(_phrases("mark"), unrated)
    patterns["责"] = re.compile(rf"(?:{last})[:：]?[^。！？!?,，\n]{{1,{SIGNATURE}}}$", re.MULTILINE)
    return patterns


@functools.cache
def _start_furniture() -> re.Pattern[str]:
    return re.compile(rf"[&() ]*(?:\d\)\s*)?(?:{'|'.join(map(re.escape, _phrases('start')))})")
