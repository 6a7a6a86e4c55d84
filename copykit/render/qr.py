"""QR codes for print: as large as a phone needs them, with the quiet zone kept, captioned, alone or on A4 sheets."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from copykit.errors import CopykitError
from copykit.text.measure import display_width

LEVELS = ("L", "M", "Q", "H")
DOTS_PER_MM = 600 / 25.4  # of a PNG: twice what printers of labels resolve
MAX_BYTES = 1200  # beyond that a code has so many modules that phones give up
FONTS = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"


class TooSmall(CopykitError):
    """A size at which phones would not read the code."""

    zh = "{size:g} 毫米太小：这个码有 {modules} 格，至少印 {least:g} 毫米；放大，或者把链接缩短"
    en = "{size:g} mm is too small: the code has {modules} modules and needs {least:g}; enlarge it or shorten the link"


class TooMuch(CopykitError):
    """More content than a code that phones read can hold."""

    zh = "内容有 {size} 字节，一个好扫的码装不下 {most} 以上；先把链接缩短"
    en = "{size} bytes are more than a readable code holds ({most}); shorten the link"


class SheetTooSmall(CopykitError):
    """A code that does not fit on the sheet."""

    zh = "{size:g} 毫米的码放不进一张 A4；改小，或者不用 --sheet"
    en = "a code of {size:g} mm does not fit on an A4 sheet; make it smaller or leave out --sheet"


class QrCode(NamedTuple):
    """A code as rows of modules, its quiet zone included, and what it is printed as."""

    rows: tuple[tuple[int, ...], ...]
    size_mm: float
    least_mm: float
    caption: str
    level: str
    symbol: Any

    @property
    def modules(self) -> int:
        """Return the modules of one side, quiet zone included."""
        return len(self.rows)


class Print(NamedTuple):
    """The numbers of ``data/assumptions/print``: millimetres a module, part of the distance, quiet modules, sheet."""

    least_module: float
    good_module: float
    distance_part: float
    quiet: int
    sheet: Mapping[str, float]


def make_qr(
    content: str,
    rules: Print,
    *,
    level: str = "M",
    size_mm: float | None = None,
    distance_cm: float = 0,
    caption: str = "",
) -> QrCode:
    """Make a code; without a size as large as reads well at ``distance_cm``, rounded up to whole millimetres.

    The level is raised where that costs no module. Raises TooSmall, TooMuch.
    """
    import segno

    size = len(content.encode("utf-8", "replace"))
    if not content or size > MAX_BYTES:
        raise TooMuch(size=size, most=MAX_BYTES)
    text = content.encode("utf-8", "replace").decode()
    if text.isascii():
        code = segno.make_qr(text, error=level)
    else:
        # The mode is named, because segno takes some UTF-8 for Kanji and garbles it ("—0"); and the text is said to be
        # UTF-8, as the standard asks: left to guess, readers take short Chinese for Japanese.
        code = segno.make_qr(text, error=level, mode="byte", encoding="utf-8", eci=True)
    rows = tuple(tuple(int(module) for module in row) for row in code.matrix_iter(border=rules.quiet))
    least = max(len(rows) * rules.least_module, distance_cm * 10 * rules.distance_part)
    least = math.ceil(least * 10 - 1e-9) / 10
    wanted = size_mm if size_mm is not None else math.ceil(max(len(rows) * rules.good_module, least))
    if wanted < least:
        raise TooSmall(size=wanted, modules=len(rows), least=least)
    return QrCode(rows, float(wanted), least, caption, str(code.error), code)


def qr_svg(code: QrCode, caption_mm: float = 0.0) -> str:
    """Return one code as SVG in millimetres, its caption below it when there is one."""
    height = code.size_mm + (caption_mm if code.caption else 0)
    return _document(code.size_mm, height, [_placed(code, 0, 0, code.size_mm, caption_mm)])


def qr_png(code: QrCode, quiet: int) -> bytes:
    """Return one code as a PNG whose resolution gives the size in print; it carries no caption."""
    scale = max(math.ceil(code.size_mm * DOTS_PER_MM / code.modules), 1)
    out = io.BytesIO()
    dpi = round(scale * code.modules / code.size_mm * 25.4)
    code.symbol.save(out, kind="png", scale=scale, border=quiet, dpi=dpi)
    return out.getvalue()


def qr_sheets(codes: Sequence[QrCode], rules: Print) -> list[str]:
    """Return A4 sheets as SVG, codes of one size in rows, each with its caption; cut lines are left to the gaps.

    Raises SheetTooSmall.
    """
    sheet = rules.sheet
    size = max(code.size_mm for code in codes)
    across = _count(sheet["width_mm"], size, sheet)
    down = _count(sheet["height_mm"], size + sheet["caption_mm"], sheet)
    if not across or not down:
        raise SheetTooSmall(size=size)
    pages = []
    for first in range(0, len(codes), across * down):
        parts = []
        for place, code in enumerate(codes[first : first + across * down]):
            row, column = divmod(place, across)
            x = sheet["margin_mm"] + column * (size + sheet["gap_mm"])
            y = sheet["margin_mm"] + row * (size + sheet["caption_mm"] + sheet["gap_mm"])
            parts.append(_placed(code, x, y, size, sheet["caption_mm"]))
        pages.append(_document(sheet["width_mm"], sheet["height_mm"], parts))
    return pages


def _count(length: float, size: float, sheet: Mapping[str, float]) -> int:
    room = length - 2 * sheet["margin_mm"] + sheet["gap_mm"]
    return max(int((room + 1e-9) // (size + sheet["gap_mm"])), 0)


def _document(width: float, height: float, parts: Sequence[str]) -> str:
    size = f'width="{width:g}mm" height="{height:g}mm" viewBox="0 0 {width:g} {height:g}"'
    ground = f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
    body = "\n".join(parts)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}\n<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{ground}\n{body}\n</svg>\n'


def _placed(code: QrCode, x: float, y: float, size: float, caption_mm: float) -> str:
    """Return a code at a place, in its own modules as units, so that every edge is exact."""
    scale = size / code.modules
    path = f'<path transform="translate({x:g} {y:g}) scale({scale:.6g})" d="{_path(code.rows)}" fill="#000"/>'
    if not code.caption or not caption_mm:
        return path
    wide = max(display_width(code.caption) / 2, 1)
    font = min(caption_mm * 0.45, size / wide)
    place = f'x="{x + size / 2:g}" y="{y + size + caption_mm * 0.55:g}" font-size="{font:.3g}"'
    return f'{path}\n<text {place} text-anchor="middle" font-family="{FONTS}">{_plain(code.caption)}</text>'


def _path(rows: Sequence[Sequence[int]]) -> str:
    """Return the dark modules as one path, run by run."""
    runs: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length or 1
    return "".join(runs)


def _plain(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))


def print_rules(tables: Mapping[str, Any]) -> Print:
    """Return the numbers of print from the ``assumptions`` tables."""
    return Print(
        tables["module"]["least_mm"],
        tables["module"]["good_mm"],
        tables["distance"]["part"],
        tables["quiet"]["modules"],
        tables["sheet"],
    )
