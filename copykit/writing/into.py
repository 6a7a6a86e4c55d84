"""Which header of a user's own template takes which field of a listing, or which cell of the product's own row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
}
NUMBERS = ("price", "stock")


class TemplateFields:
    """Fills the headers of templates for one platform."""

    def __init__(self, files: DataFiles, shape: Shape) -> None:
        self._fields: dict[str, str] = {}
        columns = files.load("columns")
        for name, roles in (("listing", _ROLE_FIELDS), ("text", {"title": "title", "body": "body"})):
            for role, names in merge_names(columns[name]).items():
                if role in roles:
                    for header in names:
                        self._fields.setdefault(fold_header(header), roles[role])
        for spec in shape.fields:  # what the platform's own file says wins
            self._fields[fold_header(spec.column)] = spec.id

    def knows(self, header: str) -> bool:
        """Return whether a header takes a field of a listing."""
        return self._field(header) is not None

    def rows(self, headers: list[str], listing: Record, product: Product) -> Iterator[dict[str, str | float]]:
        """Yield the rows of a product: one a version where the template has columns for versions."""
        by_version = any(self._field(header) in ("sku", "options") for header in headers)
        skus: tuple[Sku | None, ...] = product.skus if by_version and product.skus else (None,)
        for sku in skus:
            yield {header: value for header in headers if (value := self._cell(header, listing, product, sku)) != ""}

    def _field(self, header: str) -> str | None:
        folded = fold_header(header)
        found = self._fields.get(folded)
        if found is None and folded[-1:] in (")", "]"):
            found = self._fields.get(folded[: max(folded.rfind("("), folded.rfind("["))])
        return found

    def _cell(self, header: str, listing: Record, product: Product, sku: Sku | None) -> str | float:
        field = self._field(header)
        fields: Mapping[str, str] = listing["fields"]
        value: str | float | None = None
        match field:
            case "sku":
                value = sku.id if sku is not None else ""
            case "options":
                value = "；".join(f"{name}:{told}" for name, told in sku.options.items()) if sku is not None else ""
            case "price":
                value = sku.price if sku is not None and sku.price is not None else product.price
            case "stock":
                stocks = [
                    each.stock
                    for each in ((sku,) if sku is not None else product.skus)
                    if each and each.stock is not None
                ]
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
                value = fields.get(field, "")
        return "" if value is None else value

    def _own(self, header: str, product: Product, sku: Sku | None) -> str:
        """Return what the product's own row says under the same header."""
        folded = fold_header(header)
        for told in (sku.options if sku is not None else {}, product.attributes, product.columns):
            for name, value in told.items():
                if fold_header(name) == folded:
                    return value
        return ""
