"""Templates of others: each header takes what belongs under it, a row a version where versions have columns."""

from __future__ import annotations

import pytest

from copykit.datafiles import bundled
from copykit.model import Product, Sku
from copykit.writing.into import TemplateFields
from copykit.writing.records import Record
from tests.writing.test_listing import shape_of

PRODUCT = Product(
    "K1",
    "遮光窗帘",
    category="居家布艺>>窗帘",
    brand="禾木",
    attributes={"材质": "涤纶"},
    price=99.0,
    images=("https://img.example/1.jpg", "https://img.example/2.jpg"),
    skus=(
        Sku("K1-1", {"颜色": "白色", "尺寸": "1.5米"}, 99.0, 3.0),
        Sku("K1-2", {"颜色": "灰色", "尺寸": "2米"}, 109.0, 4.0),
    ),
    columns={"供应商名": "宏达"},
)
LISTING: Record = {"title": "禾木遮光窗帘", "fields": {"subtitle": "早上拉上像半夜", "short_title": "遮光窗帘"}}

# the headers of a template, the rows that they are filled with
TEMPLATES = [
    (
        ["产品标题(必填)", "产品分类", "库存"],
        [{"产品标题(必填)": "禾木遮光窗帘", "产品分类": "居家布艺>>窗帘", "库存": 7.0}],
    ),
    (
        ["*款式编码", "*商品编码", "颜色及规格", "基本售价", "供应商名"],
        [
            {"*款式编码": "K1", "*商品编码": "K1-1", "颜色及规格": "白色;1.5米", "基本售价": 99.0, "供应商名": "宏达"},
            {"*款式编码": "K1", "*商品编码": "K1-2", "颜色及规格": "灰色;2米", "基本售价": 109.0, "供应商名": "宏达"},
        ],
    ),
    (
        ["SKU", "颜色", "规格", "商品简称"],
        [
            {"SKU": "K1-1", "颜色": "白色", "规格": "1.5米", "商品简称": "遮光窗帘"},
            {"SKU": "K1-2", "颜色": "灰色", "规格": "2米", "商品简称": "遮光窗帘"},
        ],
    ),
    (
        ["属性名1", "属性值1", "属性值2", "主图(URL)地址", "详细描述"],
        [
            {
                "属性名1": "颜色",
                "属性值1": color,
                "属性值2": size,
                "主图(URL)地址": "https://img.example/1.jpg",
                "详细描述": "早上拉上像半夜",
            }
            for color, size in (("白色", "1.5米"), ("灰色", "2米"))
        ],
    ),
]


@pytest.mark.parametrize(("headers", "rows"), TEMPLATES, ids=[" ".join(headers) for headers, _ in TEMPLATES])
def test_each_header_takes_what_belongs_under_it(headers: list[str], rows: list[dict[str, object]]) -> None:
    into = TemplateFields(bundled(), shape_of("taobao"))
    assert list(into.rows(headers, LISTING, PRODUCT)) == rows


def test_goods_without_versions_have_one_row_and_their_own_number() -> None:
    plain = Product("K2", "窗帘", price=9.0)
    (row,) = TemplateFields(bundled(), shape_of("taobao")).rows(["商品名称", "SKU", "规格"], LISTING, plain)
    assert row == {"商品名称": "禾木遮光窗帘", "SKU": "K2"}
