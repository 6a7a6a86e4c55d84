"""Write texts: a brief through the ledger, a form through the composer, the result through the checker."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from copykit.brief.advice import rank_points
from copykit.compliance import Checker, Facts, verdict
from copykit.datafiles import DataFiles
from copykit.documents import Shops
from copykit.errors import CopykitError, Words
from copykit.lexicon import Lexicons
from copykit.model import Block, Brief, Draft, Finding, Traced, Withheld
from copykit.natures import KIND, Sizes, natures_of, sizes_of, unsure_of
from copykit.platforms import Platform, length_on
from copykit.render.drafts import Placed, markdown
from copykit.rules.reading import Context
from copykit.templating import Cage, Mark, Marked
from copykit.text.clauses import sentences
from copykit.text.markup import visible
from copykit.voices import Voice, Voices, lint
from copykit.writing.claims import Ledger, open_ledger, passed_over, stock_claims, without
from copykit.writing.compose import LONG_TITLE, Composer, Composition
from copykit.writing.facts import NAMES, Wordings, facts_of
from copykit.writing.facts import Facts as Said
from copykit.writing.forms import LENGTHS, Form, Forms, fitted
from copykit.writing.passages import TooLong
from copykit.writing.tables import finished, sms_segments

PACKS = ("law", "style")
# From so many statements on a text is of middle length, and long.
MIDDLE, LONG = 14, 34
# What the whole text shows to be wrong is left out, and the text composed again.
ROUNDS = 4
# When a text comes out without any of the words that buyers search for, it is composed with one.
NO_KEYWORD = "style/keyword/absent"


class NotWritable(CopykitError):
    """A brief has too few facts for a form."""

    zh = "“{product}”的资料写不成“{form}”：还缺{lacks}{held}{instead}"
    en = "the brief of {product} is too thin for '{form}': it lacks {lacks}{held}{instead}"

    def __init__(
        self,
        product: str,
        form: str,
        lacks: Sequence[str],
        called: Mapping[str, Mapping[str, str]],
        there: Container[str],
        withheld: Sequence[Withheld] = (),
        instead: Words = Words("", ""),  # noqa: B008
    ) -> None:
        """Take the variables that are lacking (any will do), what people call pools, and the pools that are there.

        ``withheld`` is what the brief holds and no text says, so that nobody looks for what is plainly written;
        ``instead`` the end of the sentence that names what to write first.
        """
        self.lacks = tuple(lacks)
        told = told_lacks(lacks, called, there)
        zh, en = "，或者".join(each.say("zh") for each in told), ", or ".join(each.say("en") for each in told)
        held = _told_held(withheld, lacks)
        super().__init__(product=product, form=form, lacks=Words(zh, en), held=held, instead=instead)


def _told_held(withheld: Sequence[Withheld], lacks: Sequence[str]) -> Words:
    """Return the end of a sentence: what lacks stands in the brief but is held back. Empty where that is not so."""
    lists = {_LISTS.get(pool, f"{pool}s") for lack in lacks if (pool := lack.partition("#")[0].partition(".")[0])}
    held = [each for each in withheld if each.field.partition(".")[0] in lists]
    if not held:
        return Words("", "")
    first = held[0]
    zh = f"；资料里写了，有 {len(held)} 句不能写进去，头一句是“{first.text}”（{first.field}）：{first.reason.say('zh')}"
    en = f"; {len(held)} phrases are held back, first '{first.text}' ({first.field}): {first.reason.say('en')}"
    if len(held) > 1:
        zh, en = f"{zh}。全部看 copykit brief check", f"{en}. All of them: copykit brief check"
    return Words(zh, en)


# The lists of a brief whose entries make a pool, where the list is not called as the pool is.
_LISTS = {"point": "selling_points", "wrong": "details", **dict.fromkeys(("own", "ip", "hot", "news"), "stories")}


class NameBarred(CopykitError):
    """A product whose name no text may say."""

    zh = "商品名（product）“{product}”写不得：{why}；请换一个"
    en = "the product's name '{product}' may not be written: {why}; give it another"

    def __init__(self, product: str, why: Words) -> None:
        super().__init__(product=product, why=why)
        self.why = why


def told_lacks(
    lacks: Sequence[str], called: Mapping[str, Mapping[str, str]], there: Container[str]
) -> tuple[Words, ...]:
    """Return what people call what is lacking, a few of it at most: what is there is not asked for again.

    A pool that is there and lacking all the same has nothing that speaks of the same selling point as the rest.
    """
    really = [lack for lack in lacks if lack not in there and lack not in _ALWAYS]
    # The whole of what is not there covers its fields; of what is there, the field that is missing is told.
    told: dict[str, Words] = {}
    for lack in sorted(really or lacks, key=lambda lack: "#" not in lack):  # one more is sooner had than a new kind
        pool, _, name = lack.partition("#")[0].partition(".")
        zh, en = (called.get(pool, {}).get(lang, pool) for lang in ("zh", "en"))
        least = lack.partition("#")[2]
        if least:
            words = Words(f"{zh}（至少 {least} 条）", f"{least} of {en} at least")
        elif lack in called:
            words = Words(*(called[lack][lang] for lang in ("zh", "en")))
        elif name and pool in there:
            words = Words(f"{zh}的 {name}", f"{name} of {en}")
        elif pool in there:
            words = Words(f"说到同一个卖点的{zh}", f"{en} that speaks of the same selling point")
        else:
            words = Words(zh, en)
        told.setdefault(words.say("zh"), words)
    return tuple(told.values())[:_MOST_LACKS]


_ALWAYS = frozenset(("product", "number", "count"))
_MOST_LACKS = 3  # more alternatives than that nobody reads


class NoConsent(CopykitError):
    """A message to people who are not known to want it."""

    zh = "“{form}”只能发给同意收的人：资料里没有记录（[shop] 里写 consent = true，并留好记录）"
    en = "'{form}' goes only to people who agreed to it; the brief has no record (consent = true under [shop])"


class NotForSuch(CopykitError):
    """A form that has no sense for goods of a nature: a service is never late in the post."""

    zh = "“{form}”不写给{nature}：{why}；请用“{instead}”"
    en = "'{form}' is not written for {nature}: {why}; use '{instead}'"


class Options(NamedTuple):
    """How a text is wanted; ``length`` auto goes by the facts at hand, ``voice`` None by the form, then the brief."""

    seed: str = "0"
    length: str = "auto"
    platform: Platform | None = None
    voice: Voice | None = None


class Prepared(NamedTuple):
    """A brief made ready: what may be said of it, and contexts by whether a text leads to a shop and is commercial.

    ``natures``: what the product is to those who deliver it, the special cases last, and how such goods are measured.
    """

    ledger: Ledger
    facts: Said
    contexts: Mapping[tuple[bool, bool], Context]
    order: tuple[int, ...]
    natures: tuple[str, ...]
    sizes: Sizes

    @property
    def nature(self) -> str:
        """What the product is to those who deliver it (``copykit/natures``)."""
        return self.natures[0]


class Writer:
    """Writes texts of one kind (article, post, reply) from briefs."""

    def __init__(self, files: DataFiles, kind: str = "article", lang: str = "zh") -> None:
        self.forms = Forms(files, kind)
        self._files, self._lang = files, lang
        self._checker = Checker(files, PACKS, lang=lang)
        self._shops = Shops(files)
        self._voices = Voices(files)
        self._natures: Mapping[str, Mapping[str, Any]] = files.load(KIND)
        self._pools: Mapping[str, Mapping[str, str]] = files.load("advice")["brief"]["pools"]
        self._of_nature: dict[
            tuple[str, tuple[str, ...]], tuple[Form, Form]
        ] = {}  # the form that was asked for, and as fitted
        self._wordings = Wordings.of(Lexicons(files))
        self._cage: Cage | None = None

    def prepare(self, brief: Brief, today: str, kind: str = "article") -> Prepared:
        """Return what may be said of a brief on a day (ISO).

        Raises:
            NameBarred: what the product is called may not be said.
        """
        contexts: dict[tuple[bool, bool], Context] = {}

        def make_context(left: Brief) -> Context:
            known = dataclasses.replace(left, claims=(*left.claims, *stock_claims(left)))
            context = self._checker.context(Facts(brief=known, today=today, kind=kind, commercial=True))
            for sells, commercial in itertools.product((False, True), (False, True)):
                contexts[sells, commercial] = dataclasses.replace(context, has_link=sells, commercial=commercial)
            # Rules are chosen anew for every context, so the ledger is judged in the one that most texts will be.
            return contexts[bool(brief.material.links), True]

        ledger = open_ledger(brief, today, self._files, self._checker, make_context)
        _require_name(ledger, brief)
        ledger = ledger._replace(withheld=(*ledger.withheld, *passed_over(ledger.brief, self._files)))
        points = list(ledger.brief.material.points)
        order = tuple(dict.fromkeys(points.index(each.point) for each in rank_points(ledger.brief, self._files)))
        natures = natures_of(brief, self._files)
        sizes = sizes_of(natures[0], self._files)
        facts = facts_of(ledger.brief, today, order, sizes, self._wordings)
        return Prepared(ledger, facts, contexts, order, natures, sizes)

    def _asking(self, settings: Mapping[str, Any]) -> Words:
        """Return what to write first of a form that is about a person: the outline by which to ask them."""
        names = sorted({self.forms[form].name for form in settings.get("without", {}).values()})
        if not names:
            return Words("", "")
        return Words(f"；去问的时候用 --form {names[0]}", f"; to ask for it: --form {names[0]}")

    def unsure_of(self, brief: Brief) -> Words | None:
        """Return what to tell where a brief leaves open how its goods are delivered."""
        return unsure_of(brief, self._files)

    def write(self, prepared: Prepared, form: Form, options: Options = Options()) -> Draft:  # noqa: B008
        """Write one text; the same brief, form and options give the same bytes.

        A form that cannot do without some facts names another to write in their stead (``settings.without``): without
        somebody's experience there is an interview outline, never a person who does not exist.

        Raises:
            NotWritable: the facts are too few, with what is lacking.
            NotForSuch: the form has no sense for such goods, with the one to use.
            NameBarred: what the product is called may not be said in this form.
            Caged, TemplateFault: a template of the user's own misbehaves.
        """
        ledger, facts = prepared.ledger, prepared.facts
        if "consent" in form.settings.get("needs", ()) and not ledger.brief.shop.consent:
            raise NoConsent(form=form.name)
        settings = form.settings
        self._refuse(form, prepared.nature)
        for pool, instead in settings.get("without", {}).items():
            if pool not in facts.pools:
                return self.write(prepared, self.forms[instead], options)
        # A folder of briefs is not to come out in one structure because it has one seed.
        voice = options.voice or self._voice_of(form, ledger.brief)
        options = options._replace(seed=f"{ledger.brief.product}|{options.seed}", voice=voice)
        keyword = False
        for _ in range(ROUNDS):
            length = LENGTHS.index(options.length) if options.length in LENGTHS else _length_of(facts)
            made = self._compose(form, prepared.natures, facts, options, length, keyword)
            if not made.blocks:
                lacks = made.lacks or tuple(form.data.get("variables", {}))
                raise NotWritable(
                    ledger.brief.product,
                    form.name,
                    lacks,
                    self._pools,
                    facts.pools,
                    ledger.withheld,
                    self._asking(settings),
                )
            made = made._replace(blocks=finished(made.blocks, form.data.get("columns", ()), form.settings))
            text, placed = markdown(made.title, made.blocks, form.data.get("columns", ()))
            findings = self._judge(text, prepared.contexts, settings.get("commercial", True))
            if settings.get("segments"):
                findings += (_billed(made.blocks, text, self._lang),)
            if voice is not None and not settings.get("outline"):
                findings += tuple(lint(voice, text, self._lang))
            if form.data.get("columns"):
                findings = tuple(each for each in findings if not _repeats_a_label(each, placed))
            blamed = _blamed(findings, placed)
            if not blamed and (keyword or not any(each.rule == NO_KEYWORD for each in findings)):
                break
            keyword = keyword or not blamed
            left = ledger.brief
            held = list(ledger.withheld)
            for path, message in blamed.items():
                held.append(Withheld(path, _said_at(placed, path, text), Words(message, message)))
                left = without(left, tuple(int(part) if part.isdigit() else part for part in path.split(".")))
            _require_name(Ledger(left, tuple(held)), ledger.brief)
            ledger = Ledger(left, tuple(held))
            facts = facts_of(left, facts.today, prepared.order, prepared.sizes, self._wordings)
        return Draft(
            form.id,
            form.name,
            made.title.text,
            text,
            made.blocks,
            tuple(form.data.get("columns", ())),
            findings,
            (*ledger.withheld, *_no_room(made.long, placed)),
            trace(text, placed),
            options.seed.partition("|")[2],
            made.plan,
            LENGTHS[length],
            made.lacks,
        )

    def _refuse(self, form: Form, nature: str) -> None:
        refused = form.settings.get("refuses", {}).get(nature)
        if refused is not None:
            called, other = self._natures[nature], self.forms[refused["instead"]]
            raise NotForSuch(
                form=Words(form.name, form.name_en),
                nature=Words(called["name"], called.get("name_en", nature)),
                why=Words(refused["why"], refused.get("why_en", refused["why"])),
                instead=Words(other.name, other.name_en),
            )

    def _voice_of(self, form: Form, brief: Brief) -> Voice | None:
        """Return the voice that a form names, else the one of the brief's platform."""
        told = form.settings.get("voice")
        return self._voices[told] if told is not None else self._voices.get(brief.platform)

    def _fitted(self, form: Form, natures: tuple[str, ...]) -> Form:
        key = form.id, natures
        if key not in self._of_nature or self._of_nature[key][0] is not form:
            self._of_nature[key] = form, fitted(form, *natures)
        return self._of_nature[key][1]

    def close(self) -> None:
        """End the child process of users' templates, if there is one."""
        if self._cage is not None:
            self._cage.close()
            self._cage = None

    def _compose(
        self, form: Form, natures: tuple[str, ...], facts: Said, options: Options, length: int, keyword: bool
    ) -> Composition:
        limit = options.platform
        voice: dict[str, Any] = {}
        if options.voice is not None:
            voice = {"barred": options.voice.barred, "breath": options.voice.median * 2}
        if not form.own:
            composer = Composer(self._fitted(form, natures), facts, fits_title=_fits(limit), keyword=keyword, **voice)
            return composer.compose(options.seed, length)
        self._cage = self._cage or Cage()
        files = {
            "kind": form.kind,
            "id": form.id,
            "data": form.data,
            "natures": natures,
            "shared": {name: self._files.load("shared")[name] for name in form.data.get("uses", ())},
        }
        asked = {
            "form": files,
            "facts": _plain(facts),
            "seed": options.seed,
            "length": length,
            "limit": _plain_limit(limit),
            "keyword": keyword,
            "voice": voice,
        }
        answer = orjson.loads(self._cage.call("copykit.writing.caged:compose", orjson.dumps(asked)))
        blocks = tuple(Block(kind, tuple(map(_marked, parts))) for kind, parts in answer["blocks"])
        long = tuple(TooLong(*each) for each in answer["long"])
        return Composition(answer["plan"], _marked(answer["title"]), blocks, tuple(answer["lacks"]), long)

    def _judge(self, text: str, contexts: Mapping[tuple[bool, bool], Context], commercial: bool) -> tuple[Finding, ...]:
        seen = visible(text, "md")
        links = tuple((*link.span, link.title) for link in seen.links if link.span.end)
        report = self._checker.check(seen.text, contexts[self._shops.sells(seen), commercial], links, seen.titles)
        moved = []
        for finding in report.findings:
            start, end = seen.span(finding.start, finding.end)
            moved.append(finding._replace(start=start, end=end, match=text[start:end], related=()))
        return tuple(moved)


def _require_name(ledger: Ledger, brief: Brief) -> None:
    if not ledger.brief.product.strip():
        blank = Words("是空的", "it is blank")
        why = next((each.reason for each in ledger.withheld if each.field == "product"), blank)
        raise NameBarred(brief.product, why)


def trace(text: str, placed: list[Placed]) -> tuple[Traced, ...]:
    """Return the sentences of a text and the fields that each rests on."""
    found = []
    whole = _ADDRESS.sub(lambda match: "_" * len(match[0]), text)  # an address has marks that end no sentence
    for start, end in sentences(whole):
        facts = dict.fromkeys(each.path for each in placed if each.start < end and each.end > start)
        found.append(Traced(start, end, tuple(facts)))
    return tuple(found)


_ADDRESS = re.compile(r"(?<=\])\([^()\s]*\)")


def _length_of(facts: Said) -> int:
    statements = sum(fact.path.rpartition(".")[2] not in NAMES for fact in facts.all)
    return 2 if statements >= LONG else 1 if statements >= MIDDLE else 0


def _fits(platform: Platform | None) -> Any:
    if platform is None:
        return lambda title: len(title) <= LONG_TITLE
    return lambda title: length_on(platform, title).ok is not False


def _no_room(long: Sequence[TooLong], placed: Sequence[Placed]) -> Iterator[Withheld]:
    """Yield the selling points that a text says nowhere because they are too long for their place, each once."""
    told = {_item(each.path) for each in placed}
    for path, said, room in long:
        if _item(path)[0] == "selling_points" and _item(path) not in told:
            told.add(_item(path))
            zh = f"这一格最多 {room} 个字，写一句短的（short）"
            en = f"its place takes {room} characters at most; say it in short (short)"
            yield Withheld(path, said, Words(zh, en))


def _item(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")[:2])


def _blamed(findings: tuple[Finding, ...], placed: list[Placed]) -> dict[str, str]:
    """Return the statements without which the errors would not be there, and why."""
    blamed: dict[str, str] = {}
    if verdict(findings) != "error":
        return blamed
    for finding in findings:
        if finding.severity == "error":
            inside = [each.path for each in placed if each.start < finding.end and each.end > finding.start]
            blamed |= dict.fromkeys((path for path in inside if path != "count"), finding.message)
    return blamed


def _billed(blocks: Sequence[Block], text: str, lang: str) -> Finding:
    """Return what is to be told of a text message's length."""
    size, count = sms_segments("".join(part.text for block in blocks for part in block.parts))
    message = Words(
        f"{size} 个字，按 {count} 条计费（一条 70 字，再长每条 67 字）",
        f"{size} characters, billed as {count} (one holds 70, parts of a longer one 67 each)",
    )
    match = _SIGNATURE.search(text)
    start, end = match.span() if match is not None else (0, min(len(text), 1))
    source = "3GPP TS 23.040"
    told = (message.say(lang), "", source)
    return Finding("message/segments", start, end, text[start:end], text[start:end], "hint", *told)


_SIGNATURE = re.compile("【[^】]*】")


def _repeats_a_label(finding: Finding, placed: list[Placed]) -> bool:
    """Return whether words of a template come again, as the labels of a table's rows do."""
    inside = any(each.start < finding.end and each.end > finding.start for each in placed)
    return finding.rule.startswith("style/repetition/") and not inside


def _said_at(placed: list[Placed], path: str, text: str) -> str:
    return next((text[each.start : each.end] for each in placed if each.path == path), "")


def _marked(data: Mapping[str, Any]) -> Marked:
    return Marked(data["text"], tuple(Mark(*mark) for mark in data["marks"]))


def _plain_limit(platform: Platform | None) -> dict[str, Any] | None:
    return None if platform is None else {"unit": platform.unit, "max": platform.max}


def _plain(facts: Said) -> dict[str, Any]:
    """Return facts as JSON holds them, for the cage."""

    def item(each: Any) -> dict[str, Any]:
        return {
            "pool": each.pool,
            "path": each.path,
            "fields": {name: ord_of(fact) for name, fact in each.fields.items()},
            "lists": {name: [item(inner) for inner in items] for name, items in each.lists.items()},
            "words": each.words,
        }

    numbers = {id(fact): number for number, fact in enumerate(facts.all)}

    def ord_of(fact: Any) -> int:
        return numbers[id(fact)]

    return {
        "all": [[fact.text, fact.path, fact.url] for fact in facts.all],
        "single": {name: ord_of(fact) for name, fact in facts.single.items()},
        "pools": {name: [item(each) for each in items] for name, items in facts.pools.items()},
        "today": facts.today,
    }
