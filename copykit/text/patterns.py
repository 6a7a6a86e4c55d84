"""Compile patterns so that long texts are searched fast: at most places one look at the first character is enough.

``re`` tries every alternative at every place unless all of them begin with a plain character. A pattern whose
alternatives begin with something optional (``(?:数据)?来源|…``) is therefore given a look-ahead for the characters
with which a match of it can begin, which finds the same matches in a fifth of the time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Container, Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern; its matches and groups are those of ``re.compile(pattern)``.

    Raises:
        re.error: the pattern is badly written.
    """
    parser = import_module("re._parser")
    tree = parser.parse(pattern)
    chars = None if _begins_plainly(tree) or tree.state.flags != re.UNICODE else _first_chars(tree)
    if chars:
        ahead = parser.SubPattern(tree.state, [(parser.IN, [(parser.LITERAL, char) for char in sorted(chars)])])
        tree.insert(0, (parser.ASSERT, (1, ahead)))
    return _made_of(tree)


def either(words: Iterable[str]) -> str:
    """Return the pattern of any of some words, the longest first; of nothing at all when there are none."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


@functools.cache
def presence(pattern: str) -> re.Pattern[str]:
    """Return what is found in exactly the texts in which the pattern is found, though seldom all of the match.

    What a match may begin without is left out: the search for ``(?:深受)*广大用户`` would begin anew at every 深, and
    ``[一-龥]{0,6}专家`` at every character. With it fewer characters can begin a match, too. What it has to begin with
    and may be nearly anything is looked back for, as in ``[一-龥]第一``: so a search from the middle of a text
    on may find what begins a little before.

    Raises:
        re.error: the pattern is badly written.
    """
    parser = import_module("re._parser")
    tree = parser.parse(pattern)
    if tree.state.flags != re.UNICODE or any(str(op) == "GROUPREF_EXISTS" for op, _ in _nodes(tree)):
        return compiled(pattern)
    again = frozenset(value for op, value in _nodes(tree) if str(op) == "GROUPREF")
    _leave_out(tree, again)
    _look_back(tree, again, parser)
    chars = None if _begins_plainly(tree) else _first_chars(tree)
    if chars:
        # A set that is taken is found several times faster than one that is looked at; the pattern then looks back.
        among = (parser.IN, [(parser.LITERAL, char) for char in sorted(chars)])
        back = parser.SubPattern(tree.state, [(parser.ASSERT, (1, tree)), _any_char(parser)])
        tree = parser.SubPattern(tree.state, [among, (parser.ASSERT, (-1, back))])
    return _made_of(tree)


def _made_of(tree: Any) -> re.Pattern[str]:
    """Return the pattern of a tree; to write it down and have it read again would take half of the time."""
    made: re.Pattern[str] = import_module("re._compiler").compile(tree)
    return made


def _any_char(parser: Any) -> Any:
    """Return the node of a character, whichever it is."""
    return parser.IN, [(parser.CATEGORY, parser.CATEGORY_SPACE), (parser.CATEGORY, parser.CATEGORY_NOT_SPACE)]


@functools.cache
def needed(pattern: str) -> frozenset[str]:
    """Return words of which every match of a pattern holds one; none when no such words are known.

    Of the sets that would do (使用 or 保存 …, and 方法 or 时间 …) it is the one whose words are longest and fewest, as
    these stand in the fewest texts.

    Raises:
        re.error: the pattern is badly written.
    """
    tree = import_module("re._parser").parse(pattern)
    if tree.state.flags != re.UNICODE:
        return frozenset()
    words = _needs_of(tree).words
    return frozenset(word for word in words if not any(part in words for part in _parts_of(word)))


def _parts_of(word: str) -> Iterator[str]:
    """Yield what stands in a word and is shorter."""
    for size in range(1, len(word)):
        yield from (word[start : start + size] for start in range(len(word) - size + 1))


class _Needs(NamedTuple):
    """What a part of a pattern needs: ``whole`` are all texts that it matches, None when they are not few."""

    whole: frozenset[str] | None
    words: frozenset[str] = frozenset()


_NOTHING = frozenset(("",))
_FEW_WORDS = 150


def _needs_of(tree: Any) -> _Needs:
    """Return what a parsed pattern needs."""
    found: list[frozenset[str]] = []
    run, whole = _NOTHING, True  # what the nodes since the last one that matches too much can match together
    for op, value in tree:
        name = str(op)
        if name in ("ASSERT", "ASSERT_NOT", "AT"):
            continue  # takes no character
        needs = _node_needs(name, value)
        found.append(needs.words)
        joined = len(run) * len(needs.whole) if needs.whole is not None else _FEW_WORDS + 1
        if needs.whole is not None and joined <= _FEW_WORDS:
            run = frozenset(before + after for before in run for after in needs.whole)
        else:
            found.append(run)
            run, whole = needs.whole or _NOTHING, False
    return _Needs(run if whole else None, _rarest([*found, run]))


def _node_needs(name: str, value: Any) -> _Needs:
    if name == "LITERAL":
        return _Needs(frozenset(chr(value)))
    if name == "IN":
        chars = _members(value)
        return _Needs(frozenset(map(chr, chars)) if chars and len(chars) <= _FEW_WORDS else None)
    if name == "SUBPATTERN":
        return _Needs(None) if value[1] or value[2] else _needs_of(value[-1])  # flags of its own
    if name == "BRANCH":
        parts = [_needs_of(each) for each in value[1]]
        wholes = [each.whole for each in parts if each.whole is not None]
        whole = frozenset().union(*wholes) if len(wholes) == len(parts) else None
        return _Needs(
            whole if whole is not None and len(whole) <= _FEW_WORDS else None,
            frozenset().union(*(each.words for each in parts)) if all(each.words for each in parts) else frozenset(),
        )
    if name in _REPEATS:
        least, most, body = value
        each = _needs_of(body)
        if most == 1 and each.whole is not None:
            return _Needs(each.whole if least else each.whole | _NOTHING, each.words if least else frozenset())
        return _Needs(None, each.words if least else frozenset())
    return _Needs(None)


def _rarest(found: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the words that stand in the fewest texts, judged by their lengths; none where all are too common."""
    able = [words for words in found if words and "" not in words]
    best = min(able, key=_frequency, default=frozenset[str]())
    return best if _frequency(best) <= _TOO_FREQUENT else frozenset()


def _frequency(words: Iterable[str]) -> float:
    return sum(_BY_LENGTH.get(len(word), 0.02) for word in words)


_BY_LENGTH = {1: 1.0, 2: 0.06}  # a word of two characters stands in a sixteenth of the texts that one of them does
_TOO_FREQUENT = 25


def _leave_out(tree: Any, again: Container[int]) -> None:
    """Take out, in place, what stands at the beginning of a parsed pattern and need not.

    ``again`` are the groups that are asked for again, which stay as they are.
    """
    while len(tree):
        op, value = tree[0]
        name = str(op)
        if name in _REPEATS:
            least, _, body = value
            if any(str(inner) == "SUBPATTERN" and held[0] in again for inner, held in _nodes(body)):
                return
            if not least:
                del tree[0]
                continue
            tree[0] = op, (least, least, body)
        elif name == "SUBPATTERN" and value[0] not in again:
            _leave_out(value[-1], again)
        elif name == "BRANCH":
            for each in value[1]:
                _leave_out(each, again)
        return


def _look_back(tree: Any, again: Container[int], parser: Any) -> None:
    """Let, in place, a parsed pattern begin behind what may be nearly any character, and look back for that."""
    if not len(tree):
        return
    op, value = tree[0]
    name = str(op)
    if name == "SUBPATTERN" and value[0] not in again:
        _look_back(value[-1], again, parser)
    elif name == "BRANCH":
        for each in value[1]:
            _look_back(each, again, parser)
    elif name in ("SUBPATTERN", "IN", "NOT_LITERAL", *_REPEATS):
        first = parser.SubPattern(tree.state, [tree[0]])
        least, most = first.getwidth()
        if least == most and _first_chars(first) is None:
            tree[0] = parser.ASSERT, (-1, first)


def _nodes(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every node of a parsed pattern."""
    for op, value in tree:
        yield op, value
        for part in _parts(value):
            yield from _nodes(part)


def _parts(value: Any) -> Iterator[Any]:
    """Yield the parsed patterns inside of a node's value."""
    if hasattr(value, "state"):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _parts(each)


def _begins_plainly(tree: Any) -> bool:
    """Return whether ``re`` itself looks for the pattern's first character."""
    if len(tree) and str(tree[0][0]) == "BRANCH":
        return all(len(each) and str(each[0][0]) == "LITERAL" for each in tree[0][1][1])
    return bool(len(tree)) and str(tree[0][0]) in ("LITERAL", "IN")


_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_BLANKS = frozenset(map(ord, filter(str.isspace, map(chr, range(0x3001)))))
_MANY = 200  # a set of more characters than this rules too little out


def _first_chars(tree: Any) -> set[int] | None:
    """Return the characters with which a match begins; None when it may be empty or begin with nearly anything."""
    chars, optional = _first_of_any([tree])
    return None if chars is None or optional or len(chars) > _MANY else chars


def _first_of(name: str, value: Any) -> tuple[set[int] | None, bool]:
    """Return the first characters of one node, and whether it may also be left out."""
    if name == "LITERAL":
        return {value}, False
    if name == "IN":
        return _members(value), False
    if name == "SUBPATTERN":
        return _first_of_any([value[-1]])
    if name == "BRANCH":
        return _first_of_any(value[1])
    if name in _REPEATS:
        least, _, body = value
        first, optional = _first_of_any([body])
        return first, optional or least == 0
    return None, False


def _first_of_any(trees: Iterable[Any]) -> tuple[set[int] | None, bool]:
    chars: set[int] = set()
    optional = False
    for tree in trees:
        for op, value in tree:
            name = str(op)
            if name in ("ASSERT", "ASSERT_NOT", "AT"):
                continue  # takes no character; that it may forbid some of the set does no harm
            first, left_out = _first_of(name, value)
            if first is None:
                return None, False
            chars |= first
            if not left_out:
                break
        else:
            optional = True
    return chars, optional


def _members(items: Any) -> set[int] | None:
    chars: set[int] = set()
    for op, value in items:
        name = str(op)
        if name == "LITERAL":
            chars.add(value)
        elif name == "RANGE" and value[1] - value[0] < _MANY:
            chars.update(range(value[0], value[1] + 1))
        elif name == "CATEGORY" and str(value) == "CATEGORY_SPACE":
            chars |= _BLANKS
        else:
            return None
    return chars
