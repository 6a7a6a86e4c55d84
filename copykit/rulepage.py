"""Describe rules in words: what they flag, under which conditions, by which law."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from copykit import categories
from copykit.datafiles import DataFiles
from copykit.excuses import FAULTS, named
from copykit.laws import Laws
from copykit.render.rules import Cited, RulePage

# What governs what, as it is told to people; {words} are those of the condition.
_RELATIONS = {
    "covers": ("更长的说法里包着它：{words}", "a longer phrase holds it: {words}"),
    "equals": ("说的正是 {words}", "it is {words}"),
    "modifies": ("后面紧跟着 {words}", "it stands right before {words}"),
    "modified_by": ("前面紧挨着 {words}", "right behind {words}"),
    "in_phrase": ("它开头的名词短语里有 {words}", "the noun phrase that it opens holds {words}"),
    "heads_phrase": ("它修饰的是 {words}", "it is an attribute of {words}"),
    "governs": ("{words} 管着它，没有隔着现成的商品", "{words} takes it in, with no goods that are there between"),
    "announces": ("前面是 {words} 加冒号", "{words} and a colon lead to it"),
    "concludes": ("后面归结为 {words}", "what follows calls it {words}"),
    "heads_clause": ("分句以 {words} 开头", "its clause begins with {words}"),
    "earlier_in_clause": ("同一分句里前面有 {words}", "{words} stand before it in its clause"),
    "later_in_clause": ("同一分句里后面有 {words}", "{words} stand behind it in its clause"),
    "same_clause": ("同一分句里有 {words}", "{words} stand in its clause"),
    "earlier_in_sentence": ("前面的分句里有 {words}", "{words} stand in a clause before it"),
    "later_in_sentence": ("后面的分句里有 {words}", "{words} stand in a clause behind it"),
    "same_sentence": ("同一句里有 {words}", "{words} stand in its sentence"),
    "compares_with_itself": ("和自家的东西比（{words}）", "compared with the seller's own ({words})"),
    "chosen_from": ("从 {words} 里选出来", "chosen from {words}"),
    "attributive": ("后面带着“的”和名词", "it is an attribute of a noun"),
    "titled": ("在书名号里", "it is a title"),
    "next_sentence": ("下一句里有 {words}", "the next sentence holds {words}"),
    "denied": ("被否定了（不是、不能…）", "it is denied"),
    "asked": ("是在问", "it is asked"),
    "quoted": ("在引号里", "it is quoted"),
    "limited_in_time": ("限定了时间", "limited in time"),
    "limited_in_place": ("限定了地方", "limited in place"),
    "anywhere": ("全文里有 {words}", "{words} stand anywhere in the text"),
}
_FACTS = {
    ("has_link", True): ("带购买链接", "it leads to a shop"),
    ("has_link", False): ("不带购买链接", "it leads to no shop"),
    ("commercial", True): ("作者和卖家有利益关系", "its writer gains by the sale"),
    ("commercial", False): ("作者和卖家没有利益关系", "its writer does not gain by the sale"),
    ("audience", "minors"): ("给未成年人看", "for minors"),
    ("audience", "general"): ("给一般人看", "for the public"),
    ("channel", "public"): ("公开发布", "published"),
    ("channel", "group"): ("发在群里", "sent to a group"),
    ("channel", "private"): ("一对一发送", "sent one to one"),
}
_SHOWN = 8  # words of a list that are shown


class Pages:
    """Makes the pages of the rules of a run."""

    def __init__(self, files: DataFiles, lang: str = "zh") -> None:
        self._rules: dict[str, Any] = files.load("rules")
        self._exemptions: dict[str, Any] = files.load("exemptions")
        self._laws = Laws(files)
        self._names = categories.names(files)
        self._topics: dict[str, Any] = files.load("topics")
        self._lang = lang
        self._dimensions = {
            name: part.get("label_en", part["label"]) if lang == "en" else part["label"]
            for profile in files.load("profiles").values()
            for group in ("dimensions", "beside", "risks")
            for name, part in profile.get(group, {}).items()
        }

    def summary(self, name: str) -> Mapping[str, Any]:
        """Return what a machine's report tells of a rule: name, why, severity, source, url, whether it is official."""
        if name not in self._rules:
            message, why = FAULTS[name.partition("/")[2]]
            return {"name": message.say(self._lang).replace("{names}", "…"), "why": why.say(self._lang)}
        page = self.page(name)
        told = {"name": page.title, "why": page.why, "severity": page.severity, "source": page.source}
        url = next((each.url for each in page.sources if each.url), "")
        laws = [each for each in page.sources if each.official is not None]
        return {**told, "url": url, **({"official": page.official} if laws else {})}

    def page(self, name: str) -> RulePage:
        """Return the page of a rule; KeyError when there is none."""
        data = self._rules[name]
        words = {**data, **data.get("en", {})} if self._lang == "en" else data
        cited = tuple(self._cited(data["source"]))
        return RulePage(
            name,
            _untold(words["message"]),
            data.get("severity", "hint"),
            _untold(words["why"]),
            cited,
            data["source"],
            tuple(self._searched(data)),
            tuple(self._conditions(data)),
            tuple(self._may_stand(name)),
            tuple(words.get("suggestions", ())),
            tuple(data["cases"]["flag"]),
            tuple(data["cases"]["pass"]),
            all(each.official is not False for each in cited),
            self._worth(data),
        )

    def _worth(self, data: Mapping[str, Any]) -> str:
        """Return what a finding of a rule is worth in a title's score, empty for a rule that scores nothing."""
        name = data.get("dimension")
        if name not in self._dimensions:  # what is only told scores nothing
            return ""
        points, each, limit = data.get("points"), data.get("points_each"), data.get("limit")
        told = [f"{points:+d}" if points else self._say("不计分", "no points")] if points is not None else []
        told += [self._say(f"每处 {each:+d}", f"{each:+d} each")] if each else []
        told = told or [self._say("看差多少、配不配，定几分", "by how much and how well it fits")]
        told += [self._say(f"最多算 {limit} 处", f"{limit} at most")] if limit else []
        return f"{self._dimensions[name]} {' · '.join(told)}"

    def pack(self, pack: str) -> list[tuple[str, list[RulePage]]]:
        """Return the pages of a pack by topic, both in the order of their names."""
        topics: dict[str, list[RulePage]] = {}
        for name in sorted(self._rules):
            if named(name, (pack,)):
                topics.setdefault(name.rpartition("/")[0], []).append(self.page(name))
        return [(self._topic(folder), pages) for folder, pages in sorted(topics.items())]

    def _topic(self, folder: str) -> str:
        """Return what people call a folder of rules: 法规 · 绝对化用语."""
        pack, _, topic = folder.partition("/")
        told = self._topics.get(pack)
        if told is None or topic not in told["names"]:
            return folder
        return f"{told['name']} · {told['names'][topic]}"

    def _say(self, zh: str, en: str) -> str:
        return zh if self._lang == "zh" else en

    def _cited(self, source: str) -> Iterator[Cited]:
        for law, article in self._laws.cited(source):
            if law is None:
                yield Cited(article, "")
            else:
                name = f"《{law.name}》" if self._lang == "zh" else law.name
                yield Cited(name, article, law.issuer, law.text_date, law.url, law.official, law.note)

    def _searched(self, data: Mapping[str, Any]) -> Iterator[str]:
        if "words" in data or "lexicon" in data or "lexicons" in data:
            yield _listed(data)
        if "pattern" in data:
            yield self._say("一种句式，里面有：", "a pattern with one of: ") + _listed(
                {"words": data.get("anchor", ())}
            )
        if "before" in data:
            yield self._say("前面是：", "behind one of: ") + _listed({"words": data["before"]})
        for key, zh, en in (("required", "全文应该有：", "the text owes one of: "),):
            if key in data:
                yield self._say(zh, en) + _listed({"words": data[key]})

    def _conditions(self, data: Mapping[str, Any]) -> Iterator[str]:
        applies = data.get("applies", {})
        for key, zh, en in (
            ("category", "品类是 ", "the category is "),
            ("not_category", "品类不是 ", "the category is not "),
        ):
            if key in applies:
                yield self._say(zh, en) + "、".join(self._names.get(name, name) for name in applies[key])
        for fact in ("has_link", "commercial", "audience", "channel"):
            given = applies.get(fact, ())
            for value in given if isinstance(given, list) else [given]:
                if (fact, value) in _FACTS:
                    yield self._say(*_FACTS[fact, value])
        for channel in applies.get("not_channel", ()):
            yield self._say("不算：", "not when ") + self._say(*_FACTS["channel", channel])
        if any(key not in ("unknown", "not_channel") for key in applies):
            yield self._unknown(applies.get("unknown", "warning"))
        yield from (self._condition(each) for each in data.get("when", ()))
        yield from (self._say("不算：", "not when ") + self._condition(each) for each in data.get("not_when", ()))
        for title in self._waived(data.get("waives", ())):
            yield self._say(f"报了这条，就不再报“{title}”", f"once told, '{title}' is not")

    def _waived(self, notices: Collection[str]) -> Iterator[str]:
        """Yield the messages of the rules that ask for some notices."""
        for data in self._rules.values() if notices else ():
            if data.get("notice") in notices:
                words = {**data, **data.get("en", {})} if self._lang == "en" else data
                yield _untold(words["message"])

    def _unknown(self, unknown: str) -> str:
        if unknown == "skip":
            return self._say("没说的时候不报", "says nothing when that is not told")
        names = {"error": "错误", "warning": "提醒", "hint": "建议"}
        return self._say(f"没说的时候最多算{names[unknown]}", f"at most a {unknown} when that is not told")

    def _condition(self, data: Mapping[str, Any]) -> str:
        relation = data["relation"]
        zh, en = _RELATIONS.get(relation, (f"{relation}：{{words}}", f"{relation}: {{words}}"))
        listed = _listed(data) or self._say("某种句式", "a pattern")
        return self._say(zh, en).replace("{words}", listed)

    def _may_stand(self, rule: str) -> Iterator[str]:
        for data in sorted(self._exemptions.values(), key=lambda data: data.get("rank", 50)):
            if named(rule, data["rules"]) and data.get("lowers") != "error":
                words = {**data, **data.get("en", {})} if self._lang == "en" else data
                evidence = words.get("evidence", "")
                owed = self._say(f"；备好{evidence}", f"; have at hand: {evidence}") if evidence else ""
                yield f"{words['name']}（{data['source']}）{owed}"


def _listed(data: Mapping[str, Any]) -> str:
    words: Sequence[str] = data.get("words", ())
    shown = "、".join(words[:_SHOWN]) + ("…" if len(words) > _SHOWN else "")
    lists: Iterable[str] = [*([data["lexicon"]] if "lexicon" in data else []), *data.get("lexicons", ())]
    return "；".join(part for part in (shown, *(f"lexicons/{name}.txt" for name in lists)) if part)


def _untold(message: str) -> str:
    """Return a message without what fills it in a text."""
    return message.replace("{match}", "…")
