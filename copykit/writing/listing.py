"""Listings: a product's title and fields on each platform, checked as a whole, with every trouble named."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from copykit.compliance import Checker, Facts
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import Brief, FieldFinding, Finding, Listing, PackedTitle, Product, ShopWord
from copykit.rules.reading import Context
from copykit.text.measure import measure
from copykit.writing.fields import FieldSpec, Making, Shape, make_fields
from copykit.writing.latin import LATIN
from copykit.writing.screen import Screen
from copykit.writing.stated import Reader, Stated
from copykit.writing.terms import Vocabulary
from copykit.writing.title import Keywords, Task, TitlePacker, TitleRoom, code_of

# How much of a title in use may change where nobody says how much: a title that is searched keeps most of itself.
USUAL_CHANGE = 0.3
TITLE = "title"


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
        screen = Screen(files, self.vocabulary, checker, wishes.today, brands)
        self._packer = TitlePacker(self.vocabulary, screen, Keywords(words, self.vocabulary), counts)
        plain = Facts(has_link=False, today=wishes.today, kind="listing")
        self._plain = checker.context(plain)
        self._contexts: dict[tuple[object, ...], Context] = {}

    def build(self, product: Product) -> list[Listing]:
        """Return a listing for each platform; what cannot be written has an error, and never stops the others."""
        try:
            stated = self._reader.read(product)
        except CopykitError as error:
            return [self._failed(product, shape, error) for shape in self.wishes.shapes]
        task = self._packer.task(product, stated)
        context = self._context(product, stated)
        packed: dict[tuple[TitleRoom, bool], list[PackedTitle]] = {}
        listings = []
        for shape in self.wishes.shapes:
            try:
                listings.append(self._listing(product, stated, task, context, shape, packed))
            except CopykitError as error:
                listings.append(self._failed(product, shape, error))
        return listings

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
    ) -> Listing:
        in_english = shape.language == "en" and bool(product.english.get("name_en"))
        titles = packed.get((shape.room, in_english))  # Taobao and Pinduoduo count alike
        if titles is None:
            titles = packed[shape.room, in_english] = (
                [LATIN.pack(product, shape.room)]
                if in_english
                else task.pack_many(shape.room, 1 + self.wishes.others, self._change(product))
            )
        title, *others = (
            packed_title._replace(code=code_of(product.id, shape.platform.id, packed_title.text))
            for packed_title in titles
        )

        def short(room: TitleRoom) -> PackedTitle | None:
            found = packed.get((room, in_english))
            if found is None:
                try:
                    found = [LATIN.pack(product, room) if in_english else task.pack(room)]
                except CopykitError:
                    found = []  # a short title is no reason to have none at all
                packed[room, in_english] = found
            return found[0] if found else None

        making = Making(product, stated, title, short, self.vocabulary, shape)
        fields, rows = make_fields(making)
        findings = [*self._measured(title, fields, shape), *self._language(making, shape)]
        findings += self._judged(fields, rows, context)
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

    def _change(self, product: Product) -> float | None:
        """Return how much of the title in use may change; None where there is none, or where search brings nothing."""
        if not product.current_title or product.current_title == product.name:
            return None
        if self.wishes.change is not None:
            return None if self.wishes.change >= 1 else self.wishes.change
        return None if product.searched == 0 else USUAL_CHANGE

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

    def _judged(self, fields: dict[str, str], rows: Sequence[dict[str, str]], context: Context) -> list[FieldFinding]:
        """Check all fields as one text: a notice in one of them counts for all; places are told in the field."""
        texts: dict[str, str] = {}
        seen: set[str] = set()
        for fields_of in (fields, *rows):
            for name, text in fields_of.items():
                if name not in _UNREAD and text not in seen:
                    seen.add(text)
                    texts.setdefault(name, text)
        starts: list[int] = []
        place = 0
        for text in texts.values():
            starts.append(place)
            place += len(text) + 1
        names = list(texts)
        found = []
        for finding in self.checker.check("\n".join(texts.values()), context).findings:
            number = bisect_right(starts, finding.start) - 1
            moved = finding._replace(
                start=finding.start - starts[number],
                end=min(finding.end - starts[number], len(texts[names[number]])),
                related=(),
            )
            found.append(FieldFinding(names[number], moved))
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
        for spec in shape.fields:
            text = fields.get(spec.id, "")
            over = _over(spec, text) if spec.make not in ("title", "seo_title") else title.used > title.limit
            if over:
                zh, en = f"“{spec.column}”超过了上限", f"'{spec.column}' is over its limit"
                found.append(FieldFinding(spec.id, _finding("listing/too_long", text, "error", say(zh, en))))
        return found

    def _language(self, making: Making, shape: Shape) -> list[FieldFinding]:
        if shape.language != "en" or making.in_english:
            return []
        zh = f"{shape.platform.name}的买家读英文，表里没有“英文品名”，先照中文写了"
        en = f"buyers on {shape.platform.name} read English; the table has no column 英文品名, so this is in Chinese"
        message = _sayer(self.wishes.lang)(zh, en)
        return [FieldFinding(TITLE, _finding("listing/language", making.title.text, "warning", message))]


_MOST_CONTEXTS = 1_000
# Fields that nobody reads as copy: ids, addresses, figures.
_UNREAD = frozenset(("id", "price", "stock", "handle", "image", "published", "status", "sku"))


def _over(spec: FieldSpec, text: str) -> bool:
    return spec.max is not None and measure(text, spec.unit) > spec.max


def _finding(rule: str, text: str, severity: str, message: str) -> Finding:
    return Finding(rule, 0, len(text), text, text, severity, message)  # type: ignore[arg-type]


def _sayer(lang: str):  # type: ignore[no-untyped-def]
    return (lambda zh, en: zh) if lang == "zh" else (lambda zh, en: en)
