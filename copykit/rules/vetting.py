"""Look a user's rule over before it is used: what it would fire on, whether it can fire, and how long it may take.

A bundled rule is proved by its sentences and the project's tests; a rule of a user's own runs on everything at once, so
one that hangs, fires on every text or never fires is refused with the reason and the cure. One whose words stand in
most longer texts is warned of, as it may be meant.
"""

from __future__ import annotations

import base64
import difflib
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import Problem
from copykit.laws import Laws
from copykit.lexicon import Lexicons
from copykit.rules.pattern_faults import Fault, badly_written, hanging, pattern_faults, words_of
from copykit.text.normalize import fold_text

CASES = 3  # sentences of each sort that prove a rule
COMMON_CHARACTER = 0.005  # share of texts that hold it
COMMON_WORD = 0.02
COMMON_IN_GENERAL = 0.02  # share of pieces of general prose, of which an article has dozens


def vet(name: str, data: Mapping[str, Any], files: DataFiles) -> list[Problem]:
    """Return why a rule is refused, with the key to mend; empty for a sound one. ``data`` fits the schema."""
    found = [
        *names_nothing(data, files),
        *_waives_nothing(data, files),
        *Laws(files).untrue(data),
        *_broad_words(data, files),
        *_hidden_words(data, files),
        *_contradictions(data, files),
        *(pattern_faults(data) if isinstance(data.get("pattern"), str) else ()),
        *hanging(data),
        *badly_written(data),
    ]
    return [Problem(name, 0, key, zh, en) for key, zh, en in found]


def names_nothing(data: Mapping[str, Any], files: DataFiles, kinds: Iterable[str] = ()) -> Iterator[Fault]:
    """Yield the names that stand for nothing: a dimension of no profile, a proof of no claim, a kind not of ``kinds``.

    ``data`` may be one that does not fit the schema. A rule of an unknown dimension would be left out by every profile
    without a word, and one of an unknown proof would hold against every claim.
    """
    from copykit.brief import claim_kinds  # late: few rules are vetted

    profiles = files.load("profiles").values()
    groups = ("dimensions", "beside", "risks", "notes")
    dimensions = {name for profile in profiles for group in groups for name in profile.get(group, ())}
    for key, known, zh, en in (
        ("kind", set(kinds), "种规则", "kind"),
        ("dimension", dimensions, "个维度", "dimension"),
        ("proof", set(claim_kinds()), "种证据", "proof"),
    ):
        yield from unheard_of(key, data.get(key), known, zh, en)


def unheard_of(key: str, told: Any, known: Set[str], zh: str, en: str) -> Iterator[Fault]:
    """Yield the names of a key, one or a list, that are not known; with nothing known any will do."""
    for name in told if isinstance(told, list) else [told]:
        if isinstance(name, str) and known and name not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            hint_zh = f"，是不是想写“{near[0]}”？" if near else "；"
            hint_en = f"; did you mean '{near[0]}'? known: " if near else "; known: "
            names = sorted(known)
            yield (
                key,
                f"没有“{name}”这{zh}{hint_zh}可以用 {'、'.join(names)}",
                f"unknown {en} '{name}'{hint_en}{', '.join(names)}",
            )


def few_cases(name: str, data: Mapping[str, Any]) -> list[Problem]:
    """Return a reminder where a rule or an exemption carries fewer sentences than prove one."""
    counts = {key: len(told) for key, told in data["cases"].items() if key in ("flag", "pass", "exempt")}
    if min(counts.values(), default=CASES) >= CASES:
        return []
    zh = "、".join(f"{key} {count} 句" for key, count in counts.items())
    en = ", ".join(f"{key} {count}" for key, count in counts.items())
    return [
        Problem(
            name,
            0,
            "cases",
            f"提醒：{zh}，各写 {CASES} 句才看得出会不会错杀，写差一点就弄错的话",
            f"warning: {en}; {CASES} sentences each show whether it goes too far: give those that it nearly gets wrong",
        )
    ]


def _waives_nothing(data: Mapping[str, Any], files: DataFiles) -> Iterator[Fault]:
    """Yield the notices that a rule waives and that no rule asks for."""
    if "waives" not in data:
        return
    asked = sorted({rule["notice"] for rule in files.load("rules").values() if "notice" in rule})
    for name in data["waives"]:
        if name not in asked:
            zh = f"没有哪条规则的 notice 是“{name}”；可以写 {'、'.join(asked)}"
            yield "waives", zh, f"no rule has the notice '{name}'; known: {', '.join(asked)}"


def _broad_words(data: Mapping[str, Any], files: DataFiles) -> Iterator[Fault]:
    """Yield the words that stand in so many texts that the rule would fire on all of them."""
    shares = _in_copy(files) if _fires_alone(data) else {}
    for word in data.get("words", ()):
        folded = fold_text(word)
        if _too_common(folded, shares, data):
            share = shares[folded]
            if len(folded) == 1:
                zh = f'“{word}”是单个常用字，{share:.1%} 的文案里都有，会处处命中；写成词，或加 at = "token"'
                en = f"'{word}' is a common character ({share:.1%} of texts); write a word, or add at = \"token\""
            else:
                zh = f"“{word}”太常见，{share:.1%} 的文案里都有；写得更具体，或用 except 排除"
                en = f"'{word}' is too common ({share:.1%} of texts); be more specific, or list exceptions"
            yield "words", zh, en


def _fires_alone(data: Mapping[str, Any]) -> bool:
    """Return whether a rule's words make it fire wherever they stand.

    Some kinds count, ``at`` keeps whole words only, what goes with other conditions does not fire by itself, and a
    pattern is only tried where an anchor stands.
    """
    if data["kind"] in ("count", "missing", "length") or data.get("at", "any") not in ("any", "single_token"):
        return False
    return not any(data.get(key) for key in ("before", "needs", "when", "pattern"))


def _too_common(word: str, shares: Mapping[str, float], data: Mapping[str, Any]) -> bool:
    if len(word) == 1:
        return data.get("at") != "single_token" and shares.get(word, 0.0) >= COMMON_CHARACTER
    return shares.get(word, 0.0) >= COMMON_WORD


def _in_copy(files: DataFiles) -> dict[str, float]:
    """Return the share of titles and short copy that hold a common word or character."""
    table = files.load("background").get("common")
    return {} if table is None else dict(zip(table["words"].split("\n"), table["shares"], strict=True))


def _in_general(files: DataFiles) -> dict[str, float]:
    """Return the share of pieces of general prose that hold a common word; the table holds 16 × ln(1 / share)."""
    table = files.load("rarity").get("general")
    if table is None:
        return {}
    values = zip(table["words"].split("\n"), base64.b64decode(table["bytes"]), strict=True)
    most = -16 * math.log(COMMON_IN_GENERAL)
    return {word: math.exp(-value / 16) for word, value in values if value <= most}


def broad(name: str, data: Mapping[str, Any], files: DataFiles) -> list[Problem]:
    """Return, in a sentence a key, which words of a rule, of its lists or its pattern stand in most longer texts.

    What ``vet`` refuses is left to it.
    """
    pattern = data.get("pattern", "")
    if not _fires_alone({**data, "pattern": ""}):
        return []
    copy, general, lexicons = _in_copy(files), _in_general(files), Lexicons(files)
    found: dict[str, dict[str, float]] = {"words": {}, "lexicon": {}, "lexicons": {}, "pattern": {}}
    for word in data.get("words", ()) if not pattern else ():
        folded = fold_text(word)
        if folded in general and not _too_common(folded, copy, data):
            found["words"][word] = general[folded]
    searched = {"pattern": words_of(pattern)}
    for key in ("lexicon", "lexicons") if not pattern else ():
        lists = _listed({key: data[key]}) if key in data else ()
        searched[key] = [word for each in lists if each in lexicons for word in lexicons[each].entries]
    for key, words in searched.items():
        for word in words:
            if word in general or _too_common(word, copy, data):
                found[key][word] = general.get(word) or copy[word]
    return [Problem(name, 0, key, *_warned(words)) for key, words in found.items() if words]


def _warned(words: Mapping[str, float]) -> tuple[str, str]:
    """Return the sentence about words that are too common, the commonest first."""
    told = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
    zh = "、".join(f"“{word}”（{share:.0%}）" for word, share in told)
    en = ", ".join(f"'{word}' ({share:.0%})" for word, share in told)
    if len(told) < len(words):
        zh, en = f"{zh}等 {len(words)} 个词", f"{en} and {len(words) - len(told)} more"
    return (
        f"提醒：{zh}太常见（括号里是一般文字带着它的份额），一篇文章多半会命中；"
        "写更长的说法，或用 at、needs、[[when]] 说明在哪里才算",
        f"warning: too common: {en} (the share of general prose that holds it), so that most articles are flagged; "
        "write a longer word, or say with at, needs or [[when]] where it counts",
    )


_SHOWN = 5  # words that are too common and are named


def _hidden_words(data: Mapping[str, Any], files: DataFiles) -> Iterator[Fault]:
    """Yield the words that can never be found: nothing is left of them, or the rule's own exceptions hide them."""
    exceptions = {fold_text(word) for word in data.get("except", ())}
    lexicons = Lexicons(files)
    names = [*([data["lexicon"]] if "lexicon" in data else []), *data.get("lexicons", ())]
    for name in names:
        if name in lexicons:
            exceptions |= lexicons[name].exceptions
    for key in ("words", "anchor"):
        for word in data.get(key, ()):
            folded = fold_text(word).strip()
            if not folded:
                zh, en = f"“{word}”里没有能找的字", f"'{word}' holds nothing that can be found"
                yield key, zh, en
            elif folded in exceptions:
                zh = f"“{word}”同时写在 except 里，永远不会命中；删掉一处"
                en = f"'{word}' is its own exception and can never be found; remove one of the two"
                yield key, zh, en
    for name in names:
        for word in lexicons[name].entries if name in lexicons else ():
            if word in exceptions:
                zh = f"词表 {name} 里的“{word}”被例外挡住，永远不会命中；删掉一处"
                en = f"'{word}' of the list {name} is its own exception; remove one of the two"
                yield "except", zh, en


def _contradictions(data: Mapping[str, Any], files: DataFiles) -> Iterator[Fault]:
    """Yield the conditions that can never hold together."""
    if data["kind"] == "length" and data.get("min", 0) > data.get("max", 10**9):
        # It fires outside of the range, so an empty range fires on everything.
        yield "min", "min 比 max 大，什么长度都会命中", "min is over max, so that every length fires"
    yield from _contradicting_relations(data)
    applies = data.get("applies", {})
    categories = files.load("categories")
    excluded = set(applies.get("not_category", ()))
    wanted = applies.get("category", ())
    if wanted and excluded and all(excluded & _above(name, categories) for name in wanted):
        names = "、".join(wanted)
        zh = f"品类 {names} 都在 not_category 里，永远轮不到这条规则"
        en = f"category {names} lies in not_category, so that the rule never applies"
        yield "applies", zh, en
    if data["kind"] == "duty":
        yield from _met_by_itself(data)


def _contradicting_relations(data: Mapping[str, Any]) -> Iterator[Fault]:
    when, not_when = data.get("when", ()), data.get("not_when", ())
    for needed, barred in itertools.product(when, not_when):
        if needed["relation"] == barred["relation"] and _implied(needed, barred):
            relation = needed["relation"]
            zh = f"[[when]] 和 [[not_when]] 都写了 {relation}，一个要、一个不要，永远不会命中"
            en = f"[[when]] asks for {relation} and [[not_when]] bars it, so that nothing is ever found"
            yield "not_when", zh, en
    subjects = [set(each["subject"]) for each in when if each.get("subject")]
    if subjects and not set.intersection(*subjects):
        yield "when", "几个 [[when]] 的 subject 对不上，永远不会命中", "the subjects of [[when]] exclude each other"


def _implied(needed: Mapping[str, Any], barred: Mapping[str, Any]) -> bool:
    """Return whether what is needed always brings about what is barred."""
    loose = ("not_across", "within", "except")
    if any(barred.get(key) for key in loose) or (barred.get("subject") and barred["subject"] != needed.get("subject")):
        return False
    if "pattern" in needed or "pattern" in barred:
        return bool(needed.get("pattern") == barred.get("pattern") and not needed.get("words"))
    lists = {key: {*_listed(each)} for key, each in (("needed", needed), ("barred", barred))}
    return set(needed.get("words", ())) <= set(barred.get("words", ())) and lists["needed"] <= lists["barred"]


def _listed(condition: Mapping[str, Any]) -> Iterable[str]:
    return [*([condition["lexicon"]] if "lexicon" in condition else []), *condition.get("lexicons", ())]


def _met_by_itself(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a duty of which every word that calls for it is the notice itself."""
    words = [fold_text(word) for word in data.get("words", ())]
    required = [fold_text(word) for word in data.get("required", ())]
    if words and required and not _listed(data) and all(any(one in word for one in required) for word in words):
        zh = "words 里的每个词都包含 required 的词，通知永远算写了，这条不会命中"
        en = "every one of words holds one of required, so that the notice always counts as given"
        yield "required", zh, en


def _above(name: str, categories: Mapping[str, Any]) -> set[str]:
    ids: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in ids and current in categories:
            ids.add(current)
            waiting += categories[current].get("within", ())
    return ids
