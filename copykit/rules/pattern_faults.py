"""What is wrong with a pattern: it hangs on long texts, takes long on one, or can never be tried.

Read out of its parse tree, and tried on texts that are made from it.
"""

from __future__ import annotations

import importlib
import itertools
import re
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from copykit.text.normalize import fold_text

PATIENCE = 0.1  # seconds that a pattern may take on one hostile text, as when it runs
REPEATS = 500  # characters of such a text: rules see titles and sentences, and a sentence is cut at 400
WHOLE_TEXT = 20_000  # of one for a duty, which sees a text as a whole
SAMPLES = 24  # texts that a pattern describes, made to try it
_NEARLY = 4  # samples that are cut short
_ENOUGH = 1.0  # seconds for all trials of one rule

Fault = tuple[str, str, str]  # key, zh, en


def pattern_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a rule's own pattern; the keys are those to mend."""
    pattern = data["pattern"]
    size = WHOLE_TEXT if data["kind"] == "duty" else REPEATS
    tree = _parsed(pattern)
    if tree is not None:
        if _nested(tree):
            yield "pattern", *_HANGS
        else:
            samples = list(itertools.islice(_samples(tree), SAMPLES))
            yield from _anchor_faults(data, samples)
            yield from _slow(pattern, samples, size)
    else:
        yield from _slow(pattern, [], size)


_HANGS = (
    "重复里面套着重复（像 (a+)+）或者连着写（像 .*.*），长句子会卡住；只留一层、一个，或者写上次数上限 {0,10}",
    "a repeat in a repeat, as in (a+)+, or beside one, as in .*.*, hangs on long texts; use one, or bound it: {0,10}",
)


def hanging(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the patterns beside the rule's own, of conditions and notices, that hang."""
    for key, pattern in _beside(data):
        if hangs(pattern):
            yield key, *_HANGS


def badly_written(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the patterns beside the rule's own, of conditions and notices, that are none."""
    for key, pattern in _beside(data):
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            yield key, f"“{pattern}”写得不对：{error}", f"'{pattern}' is badly written: {error}"


def _beside(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys and patterns of notices and conditions."""
    for key in ("required_pattern", "with_pattern"):
        if isinstance(data.get(key), str):
            yield key, data[key]
    for key in ("when", "not_when"):
        for each in data.get(key, ()):
            if isinstance(each.get("pattern"), str):
                yield key, each["pattern"]


def words_of(pattern: str) -> list[str]:
    """Return the words that a pattern may be, where it is nothing but words."""
    return _spoken(_parsed(pattern) or ()) or []


def _parsed(pattern: str) -> Any:
    """Return the parse tree of a pattern; None for one that only the regex package reads."""
    try:
        return importlib.import_module("re._parser").parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


_UNBOUNDED = 200  # repeats from which a bound is none


def hangs(pattern: str) -> bool:
    r"""Return whether a pattern holds repeats, one in another or side by side, that share a run in ever more ways.

    Two open-ended ones do (``.*.*`` too), and so does a bounded one that is all that its turn of the outer one must
    take: ``(?:约|[一-龥]{0,4})*`` parts thirty characters in billions of ways, ``(?:\d{1,3},)*`` in one. So do words of
    which one is made of others, or is there twice: ``(?:某|某某)*``, ``(?:要价?|里?要)+``.
    """
    tree = _parsed(pattern)
    return tree is not None and _nested(tree)


def _nested(tree: Any, inside: bool = False) -> bool:
    """Return what ``hangs`` does; possessive repeats and atomic groups never go back."""
    if any(_open_ended(first) and _open_ended(second) for first, second in itertools.pairwise(tree)):
        return True
    for op, value in tree:
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, most, body = value
            open_ended = most >= _UNBOUNDED
            if open_ended and (inside or any(map(_elastic, _turns(body))) or _said_twice(_spoken(body) or [])):
                return True
            if _nested(body, inside or open_ended):
                return True
        elif name in ("POSSESSIVE_REPEAT", "ATOMIC_GROUP"):
            continue
        elif any(_nested(part, inside) for part in _inner(name, value)):
            return True
    return False


def _open_ended(node: Any) -> bool:
    """Return whether a node repeats any character without a bound: two in a row share a run in ever more ways."""
    op, value = node
    if str(op) not in ("MAX_REPEAT", "MIN_REPEAT") or value[1] < _UNBOUNDED:
        return False
    kinds = [(str(kind), found) for kind, found in value[2]]
    return len(kinds) == 1 and (
        kinds[0][0] in ("ANY", "NOT_LITERAL") or (kinds[0][0] == "IN" and _is_negated(kinds[0]))
    )


def _is_negated(node: tuple[str, Any]) -> bool:
    return str(node[1][0][0]) == "NEGATE"


def _turns(body: Any) -> Iterator[Any]:
    """Yield what one turn of a repeat may be: the alternatives of its body."""
    if len(body) == 1 and str(body[0][0]) in ("BRANCH", "SUBPATTERN"):
        for part in _inner(str(body[0][0]), body[0][1]):
            yield from _turns(part)
    else:
        yield body


def _elastic(turn: Any) -> bool:
    """Return whether a repeat of no fixed number is all that a turn must take."""
    elastic, fixed = False, 0
    for op, value in turn:
        if str(op) in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, _ = value
            elastic |= least < most > 1
            fixed += least > 0
        elif str(op) not in ("ASSERT", "ASSERT_NOT", "AT"):
            fixed += 1
    return elastic and fixed <= 1


def _spoken(body: Any) -> list[str] | None:
    """Return the words that a pattern may be, one twice that it may be in two ways; None if they are not just words.

    Of alternatives those that are words are taken.
    """
    words = [""]
    for op, value in body:
        name = str(op)
        found: list[str] | None = None
        if name == "LITERAL":
            found = [chr(value)]
        elif name == "SUBPATTERN":
            found = _spoken(value[-1])
        elif name == "BRANCH":
            found = [word for part in value[1] for word in _spoken(part) or ()]
        elif name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
            found = [chr(code) for _, code in value]
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and value[:2] == (0, 1):
            inner = _spoken(value[2])
            found = None if inner is None else ["", *inner]
        if not found or len(words) * len(found) > _MOST_WORDS:
            return None
        words = [first + second for first in words for second in found]
    return words


_MOST_WORDS = 2_000


def _said_twice(words: Sequence[str]) -> bool:
    """Return whether some text can be said with these words in two ways because of one of them."""
    given = [word for word in words if word]
    known = set(given)
    return len(known) < len(given) or any(_parts(word, known) for word in known)


def _parts(word: str, known: Set[str]) -> bool:
    """Return whether a word is made of shorter ones."""
    reached = {0}
    for end in range(1, len(word) + 1):
        if any(begin in reached and word[begin:end] in known and end - begin < len(word) for begin in range(end)):
            reached.add(end)
    return len(word) in reached


def _inner(name: str, value: Any) -> Sequence[Any]:
    """Return the parts of a node that are patterns themselves."""
    if name == "SUBPATTERN":
        return (value[-1],)
    if name == "BRANCH":
        parts: Sequence[Any] = value[1]
        return parts
    if name in ("ASSERT", "ASSERT_NOT"):
        return (value[1],)
    if name == "GROUPREF_EXISTS":
        return tuple(part for part in value[1:] if part is not None)
    return ()


def _samples(tree: Any) -> Iterator[str]:
    """Yield texts that a pattern describes: its branches one after the other, repeats at their least and once more."""
    choices = [_node_samples(str(op), value) for op, value in tree]
    longest = max(map(len, choices), default=1)
    for number in range(longest):
        yield "".join(choice[number % len(choice)] for choice in choices if choice)


def _node_samples(name: str, value: Any) -> list[str]:
    match name:
        case "LITERAL":
            return [chr(value)]
        case "NOT_LITERAL" | "ANY":
            return ["某"]
        case "IN":
            return _set_samples(value)
        case "BRANCH":
            return [sample for part in value[1] for sample in itertools.islice(_samples(part), SAMPLES)]
        case "SUBPATTERN":
            return list(itertools.islice(_samples(value[-1]), SAMPLES))
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, body = value
            parts = list(itertools.islice(_samples(body), SAMPLES)) or [""]
            times = [least] if least else [1, 0]
            return [part * max(count, 0) for part in parts for count in times if count <= most][:SAMPLES]
        case "ATOMIC_GROUP":
            return list(itertools.islice(_samples(value), SAMPLES))
        case _:
            return [""]


def _set_samples(items: Sequence[Any]) -> list[str]:
    chars: list[str] = []
    for op, value in items:
        match str(op):
            case "NEGATE":
                return ["某"]
            case "LITERAL":
                chars.append(chr(value))
            case "RANGE":
                chars.append(chr(value[0]))
            case "CATEGORY":
                chars.append({"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(value), "某"))
    return chars[:SAMPLES] or [""]


def _anchor_faults(data: Mapping[str, Any], samples: Sequence[str]) -> Iterator[Fault]:
    """Yield the anchors when no text that the pattern describes holds one, nor a sentence of the rule's own."""
    anchors = [fold_text(word) for word in data.get("anchor", ())]
    pattern = re.compile(data["pattern"])
    told = [text for case in data.get("cases", {}).get("flag", ()) if pattern.search(text := fold_text(case))]
    texts = [*map(fold_text, samples), *told]
    if anchors and texts and not any(anchor in text for anchor in anchors for text in texts):
        shown = "、".join(data["anchor"][:5])
        zh = f"正则里写不出 anchor 的“{shown}”，永远轮不到它跑；anchor 要写正则里一定会出现的字"
        en = f"the pattern never holds an anchor ({shown}), so that it is never tried; anchors are words of its matches"
        yield "anchor", zh, en


def _slow(pattern: str, samples: Sequence[str], size: int) -> Iterator[Fault]:
    """Yield a pattern that takes long on a text of repeats, tried under a time limit."""
    import regex

    try:
        compiled = regex.compile(pattern)
    except regex.error:
        return  # told when the rule is built
    begun = time.perf_counter()
    # What nearly matches, again and again, is worse than what does.
    nearly = [sample[:-cut] for sample in samples[:_NEARLY] for cut in (1, 2, len(sample) // 2)]
    seeds = dict.fromkeys([*samples, *nearly, *"".join(samples)[:40], "某", "1", "a", " "])
    for seed in filter(None, seeds):
        repeated = seed * (size // len(seed) + 1)
        # An end that does not fit makes a pattern go back over what it has taken.
        for text in (repeated, repeated + "\0"):
            try:
                for _ in compiled.finditer(text, timeout=PATIENCE):
                    pass
            except TimeoutError:
                shown = seed if len(seed) <= 12 else seed[:12] + "…"
                zh = (
                    f"“{shown}”重复 {size} 字时，正则超过 {PATIENCE} 秒，长文章会卡住；"
                    "把 .* 和 + 换成有上限的 {0,20}，起头写得具体些"
                )
                en = (
                    f"takes over {PATIENCE} s where '{shown}' is repeated; "
                    "bound .* and + as {0,20}, begin it with a literal"
                )
                yield "pattern", zh, en
                return
        if time.perf_counter() - begun > _ENOUGH:
            return
