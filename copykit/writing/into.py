"""Which header of a user's own template takes which field of a listing, or which cell of the product's own row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from copykit.datafiles import DataFiles
from copykit.model import Product, Sku
from copykit.tables import fold_header, merge_names
from copykit.writing.fields import Shape
from copykit.writing.records import Record

# Roles of a table of products → the field of a listing that belongs under such a header.
_ROLE_FIELDS = {
    "product": "title",  # 商品名称 is what back offices call the title
    "current_title": "title",
    "id": "id",
    "brand": "brand",
    "category": "category",
    "selling_points": "subtitle",
    "attributes": "attributes",
    "price": "price",
    "stock": "stock",
    "sku": "sku",
    "options": "options",
    "images": "image",
}
# What platforms call differently, the nearest first.
_INSTEAD = {
    "subtitle": ("points", "highlights"),
    "body": ("description", "detail", "subtitle", "points"),
    "tags": ("search_terms",),
}
_BY_VERSION = frozenset(("sku", "options", "version", "option_value_1", "option_value_2"))


class TemplateFields:
    """Fills the headers of templates for one platform."""

    def __init__(self, files: DataFiles, shape: Shape) -> None:
        self._fields: dict[str, str] = {}
        columns = files.load("columns")
        lists = (("template", None), ("listing", _ROLE_FIELDS), ("text", {"title": "title", "body": "body"}))
        for name, roles in lists:
            for role, names in merge_names(columns[name]).items():
                field = role if roles is None else roles.get(role)
                if field is not None:
                    for header in names:
                        self._fields.setdefault(fold_header(header), field)
        for spec in shape.fields:  # what the platform's own file says wins
            self._fields[fold_header(spec.column)] = spec.id

    def knows(self, header: str) -> bool:
        """Return whether a header takes a field of a listing."""
        return self._field(header) is not None

    def rows(self, headers: Sequence[str], listing: Record, product: Product) -> Iterator[dict[str, str | float]]:
        """Yield the rows of a product: one a version where the template has columns for versions."""
        fields = self._told_apart(headers)
        skus: Sequence[Sku | None] = (None,)
        if product.skus and not _BY_VERSION.isdisjoint(field for field in fields.values() if field):
            skus = product.skus
        own = frozenset(map(fold_header, headers))  # 颜色 has a column of its own
        for sku in skus:
            told = ((header, self._cell(header, field, listing, product, sku, own)) for header, field in fields.items())
            yield {header: value for header, value in told if value != ""}

    def _told_apart(self, headers: Sequence[str]) -> dict[str, str | None]:
        """Return the field of each header; beside 款式编码 a 商品编码 is the version's."""
        fields = {header: self._field(header) for header in headers}
        ids = [header for header, field in fields.items() if field == "id"]
        if len(ids) > 1 and "sku" not in fields.values():
            fields[ids[1]] = "sku"
        return fields

    def _field(self, header: str) -> str | None:
        folded = fold_header(header)
        found = self._fields.get(folded)
        if found is None and folded[-1:] in (")", "]"):
            found = self._fields.get(folded[: max(folded.rfind("("), folded.rfind("["))])
        return found

    def _cell(
        self, header: str, field: str | None, listing: Record, product: Product, sku: Sku | None, own: frozenset[str]
    ) -> str | float:
        fields: Mapping[str, str] = listing["fields"]
        options = sku.options if sku is not None else {}
        value: str | float | None
        match field:
            case "id":
                value = product.id
            case "sku":
                value = sku.id if sku is not None else product.id
            case "options":
                rest = {name: told for name, told in options.items() if fold_header(name) not in own}
                value = "；".join(told if len(rest) == 1 else f"{name}:{told}" for name, told in rest.items())
            case "version":
                value = ";".join(options.values())
            case "option_name_1" | "option_name_2":
                value = [*options, "", ""][field == "option_name_2"]
            case "option_value_1" | "option_value_2":
                value = [*options.values(), "", ""][field == "option_value_2"]
            case "image":
                value = product.images[0] if product.images else ""
            case "price":
                value = sku.price if sku is not None and sku.price is not None else product.price
            case "stock":
                told = (sku,) if sku is not None else product.skus
                stocks = [each.stock for each in told if each.stock is not None]
                value = sum(stocks) if stocks else None
            case "brand":
                value = fields.get("brand") or product.brand
            case "category":
                value = product.category
            case "title":
                value = listing["title"]
            case None:
                value = self._own(header, product, sku)
            case _:
                names = (field, *_INSTEAD.get(field, ()))
                value = next((fields[name] for name in names if fields.get(name)), "")
        return "" if value is None else value

    def _own(self, header: str, product: Product, sku: Sku | None) -> str:
        """Return what the product's own row says under the same header."""
        folded = fold_header(header)
        for told in (sku.options if sku is not None else {}, product.attributes, product.columns):
            for name, value in told.items():
                if fold_header(name) == folded:
                    return value
        return ""
