"""Split a text into clauses, by punctuation and by the connectives that open one."""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Iterator

from copykit.late import late
from copykit.model import Span

# Connectives are a closed class of the grammar, so they stand here and not in a data file. Only those are listed that
# open a clause wherever they stand; what stands beside one is a word that merely contains it, or a sense that opens
# nothing. Left out on purpose: 就 才 都 也 (stand after the subject), 而 (inside hundreds of idioms), 只有 除了 (open
# a phrase), 甚至 反而 同时 (stand anywhere).
CONNECTIVES: tuple[str, ...] = (
    # contrast
    "(?<![不非])但是?(?![凡愿])",
    "(?<![瞒比躲逃受熬信斗打跑赶争好拗抵放错掠越超通])不过(?![敏期时滤分热如度于量问载气关界户渡\\d])",
    "(?<![许认不])可是",
    "(?<![冷忘退推了省失抛])却(?![步之说])",
    "然而",
    # cause and effect
    "因为",
    "(?<![自])由于",
    "(?<!之)所以(?!然)",
    "因此",
    "因而",
    "从而",
    "(?<![对属关由等位处至在出])于是",
    # condition
    "如果",
    "(?<![主需重必还只])要是",
    "假如",
    "假使",
    "倘若",
    "只要(?![\\d一二两三四五六七八九十百千几])",
    "除非",
    "否则",
    "既然",
    "无论",
    "不论",
    "不管(?![用理教])",
    # concession
    "虽然",
    "虽说",
    "尽管(?![放下问来拍挑说找拿用买])",
    "即使",
    "即便",
    "哪怕",
    "就算",
    # addition and purpose
    "而且",
    "并且",
    "以免",
    "以便",
    "免得",
    "省得",
)


def clauses(text: str) -> list[Span]:
    """Return the clauses in order, without the punctuation and the blanks around them.

    Every character that is neither punctuation nor blank lies in exactly one clause. Decimals, 1,234, 12:30, web
    addresses, versions and Latin abbreviations stay whole; 、 joins items and does not split.
    """
    return [span for start, end in _pieces(text) for span in _by_connectives(text, start, end)]


def sentences(text: str) -> list[Span]:
    """Return the sentences in order, each with its end mark; a line feed and a semicolon end one too.

    Every character but line feeds and blanks between sentences lies in exactly one. What runs on for over 400
    characters is cut there, so that no text makes a sentence in which everything has to be held against everything.
    """
    return list(map(_span, map(_span_of, _SENTENCE.finditer(text))))


_span = functools.partial(tuple.__new__, Span)  # a named tuple's own constructor takes twice as long
_span_of = operator.methodcaller("span")


_SENTENCE = late("[^。！？!?；;\\s][^。！？!?；;\\n]{0,400}[。！？!?；;]*[”’」』）)》]*")

# Latin abbreviations whose dot ends no clause though a blank follows; single letters are seen to by the pattern.
_ABBREVIATIONS = (
    "Dr",
    "Mr",
    "Mrs",
    "Ms",
    "St",
    "Jr",
    "Sr",
    "Inc",
    "Ltd",
    "Co",
    "Corp",
    "No",
    "vs",
    "etc",
    "approx",
    "Vol",
)

_BREAK_OR_WHOLE = (
    # No alternative begins with Han: saying so first makes the search twice as fast.
    r"(?=[^\u4e00-\u9fff])(?:"
    # What stays whole is matched first and passed over.
    r"https?://[!-~]+(?<![,.;:!?'\")\]])"
    r"|[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})+(?![0-9０-９])(?:[.．][0-9０-９]+)?"
    r"|[0-9０-９]+(?:[.:：．][0-9０-９]+)+"
    r"|(?<![A-Za-z])[A-Za-z](?:\.[A-Za-z])*\.(?=[ A-Za-z,])"
    rf"|(?<![A-Za-z])(?i:{'|'.join(_ABBREVIATIONS)})\.(?=[ 0-9])"
    r"|(?:(?m:^)|(?<=[，。！？；：,!?;:]))[ \u3000]*[0-9]{1,2}[.．](?![0-9])"  # the number of a list item
    # What breaks: clause punctuation, with the quotes and brackets that it closes; a dot unless letters follow.
    r"|(?P<gap>(?:[，。！？；：…｡︰﹐﹑﹔﹕﹖﹗,!?;:\r\n\u2028\u2029]|[.．](?![A-Za-z0-9０-９])|\.{2,})+[”’」』）】》〉\]]*))"
)


# At their first use: the two take three milliseconds, and a single title seldom asks for its clauses.
_compiled = functools.cache(re.compile)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _compiled(_BREAK_OR_WHOLE).finditer(text):
        if match["gap"] is not None:
            yield start, match.start()
            start = match.end()
    yield start, len(text)


@functools.cache
def _connective() -> re.Pattern[str]:
    """Return what finds the connectives: first one of their first characters, as most places in a text begin none.

    A search for one of a set of characters is several times faster than one that looks ahead for them.
    """
    # What must not stand before a connective is looked back for with its first character: (?<=(?<![不非])但)是?.
    parts = [re.findall(r"(\(\?<!.*?\))?(.)(.*)", pattern)[0] for pattern in CONNECTIVES]
    firsts = "".join(sorted({first for _, first, _ in parts}))
    return re.compile(f"[{firsts}](?:{'|'.join(f'(?<={before}{first}){rest}' for before, first, rest in parts)})")


def _by_connectives(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for match in _connective().finditer(text, start, end):
        # The subject may come first (它却不掉色, 你如果), and one word is no clause.
        if match.start() - begin >= _SHORTEST:
            yield from _trimmed(text, begin, match.start())
            begin = match.start()
    yield from _trimmed(text, begin, end)


_SHORTEST = 3


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the range without blanks around it, unless nothing but punctuation is left."""
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    part = part.strip()
    if part and (part[0].isalnum() or not all(_is_ink_free(char) for char in part)):
        yield Span(start, start + len(part))


def _is_ink_free(char: str) -> bool:
    return char.isspace() or unicodedata.category(char).startswith("P")
