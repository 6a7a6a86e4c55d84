"""What is printed is read back by a decoder that is not ours, from the pixels of a renderer that is not ours."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree

import pytest
import resvg_py
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from copykit import datafiles
from copykit.channels.forecast import Assumptions
from copykit.render.qr import LEVELS, SheetTooSmall, TooMuch, TooSmall, make_qr, print_rules, qr_png, qr_sheets, qr_svg

ASSUMED = Assumptions(datafiles.bundled())
RULES = print_rules({name: ASSUMED[name] for name in ("module", "distance", "quiet", "sheet")})
LINK = "https://shop.example/goods?id=1&utm_source=card&utm_content=a7k2"


def picture(svg: str, dpi: int = 600) -> Image.Image:
    drawn = resvg_py.svg_to_bytes(svg_string=svg, dpi=dpi, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGB")


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "content",
    [
        LINK,
        "parcel_card.8fyj2n",
        "https://a.cn/%E5%8F%8C",
        "口令：月亮",
        "https://雨伞.中国/睫毛膏?来自=包裹卡",
        "x" * 400,
    ],
)
def test_png_and_svg_are_read_back(content: str, level: str) -> None:
    code = make_qr(content, RULES, level=level, caption="包裹卡 第 1 批")
    assert read(Image.open(io.BytesIO(qr_png(code, RULES.quiet)))) == [content]
    assert read(picture(qr_svg(code, 9))) == [content]
    assert LEVELS.index(code.level) >= LEVELS.index(level)


@settings(max_examples=30)
@given(
    st.text(
        st.characters(min_codepoint=0x21, max_codepoint=0x7E) | st.sampled_from("伞睫毛膏月亮，。￥—包裹卡买"),
        min_size=1,
        max_size=80,
    )
)
def test_any_link_or_chinese_is_read_back(content: str) -> None:
    code = make_qr(content, RULES)
    assert read(picture(qr_svg(code))) == [content]


def test_a_sheet_holds_all_codes_and_each_is_read_back() -> None:
    links = [f"{LINK}{number}" for number in range(40)]
    codes = [make_qr(link, RULES, size_mm=30, caption=f"第 {number} 张") for number, link in enumerate(links)]
    pages = qr_sheets(codes, RULES)
    assert len(pages) == 2
    found = [text for page in pages for text in read(picture(page, 300))]
    assert sorted(found) == sorted(links)
    for page in pages:
        root = ElementTree.fromstring(page)
        assert (root.get("width"), root.get("height")) == ("210mm", "297mm")


def test_the_quiet_zone_is_four_modules_of_white() -> None:
    code = make_qr(LINK, RULES)
    edge = [*code.rows[:4], *code.rows[-4:], *([*row[:4], *row[-4:]] for row in code.rows)]
    assert not any(map(any, edge))
    assert code.rows[4][4] == 1


def test_the_png_says_how_large_it_is_in_print() -> None:
    code = make_qr(LINK, RULES, size_mm=30)
    image = Image.open(io.BytesIO(qr_png(code, RULES.quiet)))
    dpi = image.info["dpi"][0]
    assert image.width / dpi * 25.4 == pytest.approx(30, rel=0.01)
    assert dpi >= 600


def test_the_least_size_follows_modules_and_distance() -> None:
    code = make_qr(LINK, RULES)
    assert code.least_mm == pytest.approx(code.modules * 0.4, abs=0.1)
    assert code.size_mm >= code.modules * 0.5
    poster = make_qr(LINK, RULES, distance_cm=300)
    assert poster.least_mm == 300
    with pytest.raises(TooSmall) as caught:
        make_qr(LINK, RULES, size_mm=8)
    assert f"{code.modules} 格" in caught.value.say("zh")


def test_too_much_and_too_large_are_told() -> None:
    with pytest.raises(TooMuch):
        make_qr("伞" * 401, RULES)
    with pytest.raises(TooMuch):
        make_qr("", RULES)
    with pytest.raises(SheetTooSmall):
        qr_sheets([make_qr(LINK, RULES, size_mm=250)], RULES)


def test_a_caption_cannot_break_out_of_the_picture() -> None:
    svg = qr_svg(make_qr(LINK, RULES, caption='<script>alert("&")</script>\x00'), 9)
    root = ElementTree.fromstring(svg)
    assert [child.tag.rpartition("}")[2] for child in root] == ["rect", "path", "text"]
    size = float(re.findall(r'font-size="([\d.]+)"', svg)[0])
    assert size < 9 * 0.45  # it is made smaller so that it does not run out of the picture
