"""The screens of a product page, written from what a product's own row says."""

from __future__ import annotations

from copykit.datafiles import DataFiles
from copykit.model import Brief, Material, Point, Product, Scene
from copykit.writing.stated import Stated, leaf_of
from copykit.writing.writer import NameBarred, NotWritable, Options, Writer

FORM = "detail_page"
BETWEEN = "｜"


class Screens:
    """Writes the screens of products, which are the same on every platform."""

    def __init__(self, files: DataFiles, today: str, lang: str) -> None:
        self._writer = Writer(files, "article", lang)
        self._form = self._writer.forms[FORM]
        self._today = today

    def of(self, product: Product, stated: Stated) -> str:
        """Return a line a screen with its cells between ｜; empty when the row has no selling point to write of.

        Raises:
            Caged, TemplateFault: a template of the user's own misbehaves.
        """
        brief = brief_of(product, stated)
        try:
            draft = self._writer.write(
                self._writer.prepare(brief, self._today), self._form, Options(product.id, length="long")
            )
        except (NotWritable, NameBarred):
            return ""
        rows = (BETWEEN.join(part.text for part in block.parts) for block in draft.blocks if block.kind == "row")
        return "\n".join(rows)


def brief_of(product: Product, stated: Stated) -> Brief:
    """Return a product's row as a brief: 灯臂能弯，光打得到书页 is what it has, and what that does for a buyer."""
    points = []
    for said in product.selling_points:
        feature, _, benefit = said.strip(_SIGNS).partition("，")
        points.append(Point(feature, benefit, short=feature if len(feature) <= SHORT else ""))
    scenes = tuple(Scene(name) for name in product.scenes)
    return Brief(
        product.name or stated.head.text,
        leaf_of(product.category) or stated.head.text,
        product.brand,
        product.price,
        product.audience,
        tuple(point.feature for point in points),
        product.scenes,
        claims=product.claims,
        material=Material(points=tuple(points), scenes=scenes),
    )


SHORT = 12  # characters of a screen's main line
_SIGNS = "，。；！？、,;!?. \n"
