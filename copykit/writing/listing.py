"""Listings: a product's title and fields on each platform, checked as a whole, with every trouble named."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copykit.compliance import Checker, Facts
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import Brief, CellNote, FieldFinding, Finding, Listing, PackedTitle, Product, ShopWord
from copykit.rules.reading import Context
from copykit.text.markup import Visible, visible
from copykit.text.measure import measure
from copykit.writing.fields import FieldSpec, Making, Shape, make_fields
from copykit.writing.latin import LatinPacker
from copykit.writing.screen import Screen
from copykit.writing.stated import Reader, Stated, goods_of_another
from copykit.writing.terms import Vocabulary
from copykit.writing.tidy import tidied
from copykit.writing.title import Task, TitlePacker, TitleRoom, code_of
from copykit.writing.wanted import Keywords

if TYPE_CHECKING:
    from copykit.writing.screens import Screens

# How much of a title in use may change where nobody says how much: a title that is searched keeps most of itself.
USUAL_CHANGE = 0.3
TITLE = "title"
_SHORT = 3  # a title in use that takes a third of its room at most may grow
_ROOMY, _THIN = 40, 6  # a title with room for so much that takes a sixth of it at most says too little


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a run.

    ``change``: how much of titles in use may change, 0–1; None lets figures of search decide. ``others``: how many
    further titles to test.
    """

    shapes: tuple[Shape, ...]
    change: float | None = None
    others: int = 0
    today: str = ""
    lang: str = "zh"


class ListingBuilder:
    """Builds the listings of products for the platforms of a run."""

    def __init__(
        self,
        files: DataFiles,
        checker: Checker,
        wishes: Wishes,
        words: Iterable[ShopWord] = (),
        brands: Iterable[str] = (),
        vocabulary: Vocabulary | None = None,
    ) -> None:
        """Take the shop's keywords, and the brands that its table names."""
        from copykit.categories import Categories

        self.vocabulary = vocabulary or Vocabulary(files)
        self.checker, self.wishes = checker, wishes
        self._reader = Reader(self.vocabulary, Categories(files))
        searched = files.load("background")["searched"]
        counts = dict(zip(searched["words"].split("\n"), searched["counts"], strict=True))
        self._screen = Screen(files, self.vocabulary, checker, wishes.today, brands)
        self._latin = LatinPacker(self._screen)
        self._packer = TitlePacker(self.vocabulary, self._screen, Keywords(words, self.vocabulary), counts)
        plain = Facts(has_link=False, today=wishes.today, kind="listing")
        self._plain = checker.context(plain)
        self._contexts: dict[tuple[object, ...], Context] = {}
        self._screens: Screens | None = None
        if any(spec.make == "detail" for shape in wishes.shapes for spec in shape.fields):
            from copykit.writing.screens import Screens  # templates load jinja2

            self._screens = Screens(files, wishes.today, wishes.lang)

    def build(self, product: Product) -> list[Listing]:
        """Return a listing for each platform; what cannot be written has an error, and never stops the others."""
        try:
            product, stated = self._read(product)
            detail = self._screens.of(product, stated) if self._screens is not None else ""
        except CopykitError as error:
            return [self._failed(product, shape, error) for shape in self.wishes.shapes]
        task = self._packer.task(product, stated)
        context = self._context(product, stated)
        packed: dict[tuple[TitleRoom, bool], list[PackedTitle]] = {}
        listings = []
        for shape in self.wishes.shapes:
            try:
                listings.append(self._listing(product, stated, task, context, shape, packed, detail))
            except CopykitError as error:
                listings.append(self._failed(product, shape, error))
        return listings

    def _read(self, product: Product) -> tuple[Product, Stated]:
        """Return a product with what its data state; a title in use that names other goods is noted and left out."""
        product = tidied(product, self._screen, self.vocabulary)
        stated = self._reader.read(product)
        title = product.current_title
        other = goods_of_another(title, stated, self.vocabulary) if title and title != product.name else ""
        if not other:
            return product, stated
        head = stated.head.text
        zh = f"在用的标题“{title}”说的是“{other}”，这件是“{head}”，像是串了行：没有用它，先核实"
        en = f"the title in use '{title}' names '{other}', this is '{head}'; it was not used: are the rows mixed up?"
        product = replace(product, current_title="", notes=(*product.notes, CellNote(TITLE, title, zh, en)))
        return product, self._reader.read(product)

    def _failed(self, product: Product, shape: Shape, error: CopykitError) -> Listing:
        return Listing(product.id, product.row, shape.platform.id, error=error, old_title=product.current_title)

    def _listing(
        self,
        product: Product,
        stated: Stated,
        task: Task,
        context: Context,
        shape: Shape,
        packed: dict[tuple[TitleRoom, bool], list[PackedTitle]],
        detail: str,
    ) -> Listing:
        in_english = shape.language == "en" and bool(product.english.get("name_en"))
        titles = packed.get((shape.room, in_english))  # Taobao and Pinduoduo count alike
        if titles is None:
            titles = packed[shape.room, in_english] = (
                [self._latin.pack(product, shape.room)]
                if in_english
                else self._titles(task, shape.room, product, context)
            )
        title, *others = (
            packed_title._replace(code=code_of(product.id, shape.platform.id, packed_title.text))
            for packed_title in titles
        )

        def short(room: TitleRoom) -> PackedTitle | None:
            found = packed.get((room, in_english))
            if found is None:
                try:
                    found = [self._latin.pack(product, room) if in_english else task.pack(room)]
                except CopykitError:
                    found = []  # a short title is no reason to have none at all
                packed[room, in_english] = found
            return found[0] if found else None

        making = Making(product, stated, title, short, self.vocabulary, shape, detail, self._latin, {})
        fields, rows = make_fields(making)
        findings = [*self._measured(title, fields, shape), *self._language(making, shape), *self._odd(stated, title)]
        findings += self._noted(product)
        findings += self._judged(fields, rows, context, shape)
        if title.text not in fields.values():
            fields[TITLE] = title.text
        return Listing(
            product.id,
            product.row,
            shape.platform.id,
            title,
            fields,
            rows,
            tuple(findings),
            tuple(others),
            product.current_title,
        )

    def _titles(self, task: Task, room: TitleRoom, product: Product, context: Context) -> list[PackedTitle]:
        """Return titles none of whose neighbouring words say together what neither says alone (最 beside 高级).

        Words that meet so are left out; an error that stays is told with the title. Further titles have none.
        """
        change, grows = self._change(product), self._grows(product, room)
        without: set[str] = set()
        titles: list[PackedTitle] = []
        for _ in range(_TRIES):
            titles = task.pack_many(room, 1 + self.wishes.others, change, frozenset(without), grows)
            meeting = self._meeting(titles[0], context)
            if not meeting:
                break
            without |= meeting
        return [titles[0], *(title for title in titles[1:] if not self._errors(title, context))]

    def _errors(self, title: PackedTitle, context: Context) -> list[Finding]:
        findings = self.checker.check(title.text, context).findings
        return [finding for finding in findings if finding.severity == "error"]

    def _meeting(self, title: PackedTitle, context: Context) -> set[str]:
        """Return the words that stand in errors of a title and could be left out: all but its first name."""
        found: set[str] = set()
        for finding in self._errors(title, context):
            found.update(
                word
                for word, (start, end) in zip(title.words, title.spans, strict=True)
                if start < finding.end and finding.start < end
            )
        return found

    def _change(self, product: Product) -> float | None:
        """Return how much of the title in use may change; None where there is none, or where search brings nothing."""
        if not product.current_title or product.current_title == product.name:
            return None
        if self.wishes.change is not None:
            return None if self.wishes.change >= 1 else self.wishes.change
        return None if product.searched == 0 else USUAL_CHANGE

    def _grows(self, product: Product, room: TitleRoom) -> bool:
        """Return whether the title in use leaves so much room that words may come in freely, if nobody objects."""
        return self.wishes.change is None and _SHORT * measure(product.current_title, room.unit) <= room.limit

    def _context(self, product: Product, stated: Stated) -> Context:
        """Return what rules know of a product; equal ones share it, as the checker keeps what waits in each."""
        key = (stated.head.text, product.category, product.brand, product.claims, stated.categories)
        found = self._contexts.get(key)
        if found is None:
            if len(self._contexts) >= _MOST_CONTEXTS:
                self._contexts.clear()
            brief = Brief(stated.head.text, product.category, product.brand, claims=product.claims)
            context = replace(self._plain, brief=brief, category=product.category, categories=stated.categories)
            found = self._contexts[key] = context
        return found

    def _judged(
        self, fields: Mapping[str, str], rows: Sequence[Mapping[str, str]], context: Context, shape: Shape
    ) -> list[FieldFinding]:
        """Check all fields as one text: a notice in one of them counts for all; places are told in the field."""
        makes = {spec.id: spec.make for spec in shape.fields}
        pieces: list[tuple[str, str, Visible | None]] = []
        seen: set[str] = set()
        for fields_of in (fields, *rows):
            for name, text in fields_of.items():
                if makes.get(name) in _UNREAD or text in seen:
                    continue
                seen.add(text)
                seen_by_readers = visible(text, "html") if makes.get(name) == "html" else None
                pieces.append((name, text if seen_by_readers is None else seen_by_readers.text, seen_by_readers))
        starts: list[int] = []
        place = 0
        for _, text, _ in pieces:
            starts.append(place)
            place += len(text) + 1
        found = []
        brand = context.brief.brand if context.brief is not None else ""
        for finding in self.checker.check("\n".join(text for _, text, _ in pieces), context).findings:
            number = bisect_right(starts, finding.start) - 1
            name, text, source = pieces[number]
            start = finding.start - starts[number]
            end = min(finding.end - starts[number], len(text))
            if _begins_in(brand, text, start, end):
                continue  # 人家 of the brand 山里人家 is nobody
            if source is not None:
                start, end = source.span(start, end)
            found.append(FieldFinding(name, finding._replace(start=start, end=end, related=())))
        return found

    def _measured(self, title: PackedTitle, fields: dict[str, str], shape: Shape) -> list[FieldFinding]:
        """Return what is wrong with lengths: nothing is ever over, and too short is said."""
        say = _sayer(self.wishes.lang)
        found = []
        low = shape.platform.min
        if low is not None and title.used < low:
            zh, en = (
                f"标题只有 {title.used}，平台要求至少 {low}",
                f"the title measures {title.used}, at least {low} is asked",
            )
            found.append(FieldFinding(TITLE, _finding("listing/too_short", title.text, "error", say(zh, en))))
        elif title.limit >= _ROOMY and title.used * _THIN <= title.limit:
            zh = f"标题只写了 {title.used}/{title.limit}：别的能写的表里没有，补上材质、规格、卖点等列，或给关键词表"
            en = f"the title takes {title.used} of {title.limit}: the table has no more words; add columns or keywords"
            found.append(FieldFinding(TITLE, _finding("listing/thin", title.text, "warning", say(zh, en))))
        if shape.needs_han and not any("\u4e00" <= char <= "\u9fff" for char in title.text):
            zh, en = "标题里没有汉字，平台不收", "there is no Han character in the title, which the platform refuses"
            found.append(FieldFinding(TITLE, _finding("listing/no_han", title.text, "error", say(zh, en))))
        for spec in shape.fields:
            text = fields.get(spec.id, "")
            over = _over(spec, text) if spec.make not in ("title", "seo_title") else title.used > title.limit
            if over:
                zh, en = f"“{spec.column}”超过了上限", f"'{spec.column}' is over its limit"
                found.append(FieldFinding(spec.id, _finding("listing/too_long", text, "error", say(zh, en))))
        return found

    def _noted(self, product: Product) -> list[FieldFinding]:
        """Return a warning for each cell that was not taken over as it stands."""
        say = _sayer(self.wishes.lang)
        return [
            FieldFinding(note.field, _finding("listing/cell", note.cell, "warning", say(note.zh, note.en)))
            for note in product.notes
        ]

    def _odd(self, stated: Stated, title: PackedTitle) -> list[FieldFinding]:
        """Return a warning for each word of the product's name that one of its columns contradicts."""
        say = _sayer(self.wishes.lang)
        found = []
        for odd in stated.odds:
            zh, en = (
                "品名写“{word}”，{attribute}写“{stated}”，两处对不上，先核实",
                "the name says '{word}', its {attribute_en} '{stated}'; find out which is true",
            )
            message = say(zh, en).format(**odd)
            found.append(FieldFinding(TITLE, _finding("listing/contradicts", title.text, "warning", message)))
        return found

    def _language(self, making: Making, shape: Shape) -> list[FieldFinding]:
        if shape.language != "en" or making.in_english:
            return []
        zh = f"{shape.platform.name}的买家读英文，表里没有“英文品名”，先照中文写了"
        en = f"buyers on {shape.platform.name} read English; the table has no column 英文品名, so this is in Chinese"
        message = _sayer(self.wishes.lang)(zh, en)
        return [FieldFinding(TITLE, _finding("listing/language", making.title.text, "warning", message))]


_MOST_CONTEXTS = 1_000
_TRIES = 3
# What is made for no reader: ids, addresses, figures.
_UNREAD = frozenset(("product", "sku", "handle", "image", "fixed"))


def _begins_in(brand: str, text: str, start: int, end: int) -> bool:
    """Return whether a stretch begins within a brand's name and goes on after it: what the name itself says is told."""
    place = text.rfind(brand, max(0, start - len(brand) + 1), start + len(brand) - 1) if brand else -1
    return 0 <= place < place + len(brand) < end


def _over(spec: FieldSpec, text: str) -> bool:
    return spec.max is not None and measure(text, spec.unit) > spec.max


def _finding(rule: str, text: str, severity: str, message: str) -> Finding:
    return Finding(rule, 0, len(text), text, text, severity, message)  # type: ignore[arg-type]


def _sayer(lang: str) -> Callable[[str, str], str]:
    return (lambda zh, en: zh) if lang == "zh" else (lambda zh, en: en)
