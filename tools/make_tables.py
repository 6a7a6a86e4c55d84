"""Derive the generated tables of ``corpora/tables`` from OpenCC, pypinyin and Unicode.

Maintainers run it by hand after a release of one of the three, and read the diff::

    python -m pip install opencc pypinyin
    python tools/make_tables.py

``corpora/tables/lookalike.txt`` is written by hand and stays untouched.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import opencc
from pypinyin import Style, pinyin

TABLES = Path(__file__).resolve().parent.parent / "corpora" / "tables"

# OpenCC holds these for traditional forms; in simplified text they are ordinary characters of their own:
# 哪吒 (a name), 蒜薹 and 菜薹 (vegetables), 袷袢 (a coat).
ORDINARY = frozenset("吒薹袷")

# pypinyin's first reading is not the one that is met most: 长袖, 相似, 曝光, 嗯.
COMMON_READING = {"长": "chang", "似": "si", "曝": "bao", "嗯": "en"}

# Blocks whose compatibility forms, accents and capitals are met in Chinese text. Arabic, Hangul and the other scripts
# are left as they are: nobody dodges a Chinese word list with them, and their forms are not one to one.
FORM_BLOCKS = (
    (0x0041, 0x005B),  # ASCII capitals
    (0x00A0, 0x0250),  # Latin with accents
    (0x02B0, 0x0300),  # raised letters
    (0x0370, 0x0530),  # Greek, Cyrillic
    (0x1D2C, 0x1DC0),  # raised and lowered letters
    (0x1E00, 0x2000),  # Latin and Greek with accents
    (0x2000, 0x2200),  # punctuation, raised digits, letter-like signs, Roman numerals
    (0x2460, 0x2500),  # circled and bracketed
    (0x2776, 0x2794),  # circled digits among the dingbats
    (0x2C60, 0x2C80),  # Latin
    (0x2E80, 0x3000),  # radicals
    (0x3000, 0x3040),  # Han punctuation
    (0x3200, 0x3400),  # bracketed and squared Han
    (0xA640, 0xA6A0),  # Cyrillic
    (0xA720, 0xA800),  # Latin
    (0xF900, 0xFB07),  # compatibility ideographs, ligatures
    (0xFE10, 0xFE70),  # vertical and small punctuation
    (0xFF01, 0xFFEF),  # full and half width
    (0x1D400, 0x1D800),  # mathematical letters
    (0x1F100, 0x1F252),  # squared letters and Han
    (0x2F800, 0x2FA1E),  # compatibility ideographs
)

# Letters in black circles and squares have no compatibility form in Unicode, though they are read as the letter.
BLACK_LETTERS = (0x1F150, 0x1F170)

# Blank or without a shape, but neither format characters nor marks by category.
SHAPELESS = (0x115F, 0x1160, 0x3164, 0xFFA0)
BLANK = (0x2800,)


def main() -> None:
    """Write every generated table."""
    _write("simplify.txt", _simplify_header(), _simplify())
    _write("sound.txt", _sound_header(), _sound())
    _write("forms.txt", _forms_header(), _forms())
    _write("invisible.txt", _invisible_header(), _invisible())
    _write("../cleaning/readings.txt", _readings_header(), _readings())


def _write(name: str, header: Iterable[str], lines: Iterable[str]) -> None:
    text = "".join([*(f"# {line}".rstrip() + "\n" for line in header), *(line + "\n" for line in lines)])
    (TABLES / name).write_text(text, encoding="utf-8", newline="\n")


def _readings_header() -> list[str]:
    return [
        "Traditional characters by reading: a syllable with its tone, then every character that can be read so.",
        f"Derived by tools/make_tables.py from pypinyin {version('pypinyin')} (https://github.com/mozillazg/python-pinyin),",
        f"Copyright mozillazg and contributors, MIT licence, for what OpenCC {version('opencc')} simplifies.",
    ]


def _readings() -> Iterator[str]:
    by_syllable: dict[str, list[str]] = defaultdict(list)
    for pair in _simplify():
        # Rare characters are not met on pages; those of Big5's first level and their like are.
        if "\u4e00" <= pair[0] <= "\u9fff":
            for reading in pinyin(pair[0], style=Style.TONE, heteronym=True)[0]:
                if reading != pair[0]:
                    by_syllable[reading].append(pair[0])
    for syllable, chars in sorted(by_syllable.items()):
        yield f"{syllable} {''.join(chars)}"


def _simplify_header() -> list[str]:
    return [
        "Traditional and variant characters with their simplified form, one pair a line.",
        f"Derived by tools/make_tables.py from the character tables t2s and hk2s of OpenCC {version('opencc')}",
        "(https://github.com/BYVoid/OpenCC), Copyright BYVoid and contributors, Apache License 2.0.",
        "Where a character has two readings the common one is taken (乾 → 干); those that are ordinary in simplified",
        f"text are left alone ({' '.join(sorted(ORDINARY))}, and 著 藉 瞭 by OpenCC's own choice).",
    ]


def _simplify() -> Iterator[str]:
    """Yield pairs inside the basic plane; the rarer planes are not met in shop copy."""
    converters = [opencc.OpenCC(name) for name in ("t2s", "hk2s")]
    for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)):
        char = chr(code)
        if char in ORDINARY:
            continue
        for converter in converters:
            plain = converter.convert(char)
            if plain != char and len(plain) == 1 and ord(plain) < 0x10000:
                yield char + plain
                break


def _sound_header() -> list[str]:
    return [
        "Characters by sound: a syllable without its tone, then the characters that are mostly read so.",
        "The 6,763 characters of GB 2312, each under its most common reading; ü is written v.",
        f"Derived by tools/make_tables.py from pypinyin {version('pypinyin')} (https://github.com/mozillazg/python-pinyin),",
        "Copyright mozillazg and contributors, MIT licence.",
    ]


def _sound() -> Iterator[str]:
    by_syllable: dict[str, list[str]] = defaultdict(list)
    for char in _gb2312():
        reading = COMMON_READING.get(char) or pinyin(char, style=Style.NORMAL)[0][0]
        by_syllable[reading].append(char)
    for syllable, chars in sorted(by_syllable.items()):
        yield f"{syllable} {''.join(chars)}"


def _gb2312() -> Iterator[str]:
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue  # five cells at the end of row D7 are empty


def _forms_header() -> list[str]:
    return [
        "Forms of a character that are read as another: full width, capitals, accents, circles, radicals.",
        "Each line: the first code point, then what it and the code points after it are read as, one for one.",
        f"Derived by tools/make_tables.py from Unicode {unicodedata.unidata_version} as shipped with Python",
        "(https://www.unicode.org/license.txt, Unicode License V3).",
    ]


def _forms() -> Iterator[str]:
    pairs = {code: plain for code in _form_codes() if (plain := _plain(chr(code))) != chr(code)}
    run: list[str] = []
    first = 0
    for code in sorted(pairs):
        if not run or code != first + len(run):
            if run:
                yield f"U+{first:04X} {''.join(run)}"
            run, first = [], code
        run.append(pairs[code])
    yield f"U+{first:04X} {''.join(run)}"


def _form_codes() -> Iterator[int]:
    return (code for start, end in FORM_BLOCKS for code in range(start, end))


def _plain(char: str) -> str:
    """Return the one visible character that ``char`` is read as, or ``char`` itself."""
    for first in BLACK_LETTERS:
        if first <= ord(char) < first + 26:
            return chr(ord("a") + ord(char) - first)
    form = unicodedata.normalize("NFKC", char)
    if len(form) == 3 and form[0] + form[2] == "()":
        form = form[1]  # ⑴ and ㈠; two digits in brackets stay as they are
    digit = unicodedata.digit(char, -1) if unicodedata.category(char) == "No" else -1
    if digit >= 0:
        form = str(digit)  # ❶ has no compatibility form, ⒈ brings its dot
    if len(form) != 1:
        return char
    if _is_cased_script(form):
        form = _without_marks(form)
        lower = form.lower()
        form = "σ" if lower == "ς" else lower if len(lower) == 1 else form
    visible = not unicodedata.category(form).startswith(("M", "Z", "C"))
    return form if visible else char


def _is_cased_script(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("LATIN ", "GREEK ", "CYRILLIC "))


def _without_marks(char: str) -> str:
    base = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
    return base if len(base) == 1 else char


def _invisible_header() -> list[str]:
    return [
        "Characters without ink: 'space' is read as one blank, 'delete' as nothing.",
        "Format characters, combining marks, variation selectors, fillers, and controls except the line feed.",
        f"Derived by tools/make_tables.py from Unicode {unicodedata.unidata_version} as shipped with Python",
        "(https://www.unicode.org/license.txt, Unicode License V3).",
    ]


def _invisible() -> Iterator[str]:
    spaces = set(BLANK) | {0x09}
    deleted = set(SHAPELESS)
    for code in range(sys.maxunicode + 1):
        match unicodedata.category(chr(code)):
            case "Zs" | "Zl" | "Zp":
                spaces.add(code)
            case "Cc" | "Cf" | "Mn" | "Me":
                deleted.add(code)
    deleted |= set(range(0xE0000, 0xE01F0))  # tags and selectors, with the gaps between them
    for word, codes in (("space", spaces - {0x20}), ("delete", deleted - {0x09, 0x0A})):
        for first, last in _ranges(sorted(codes)):
            yield f"{word} {first:04X}" + (f"-{last:04X}" if last > first else "")


def _ranges(codes: list[int]) -> Iterator[tuple[int, int]]:
    first = previous = codes[0]
    for code in codes[1:]:
        if code != previous + 1:
            yield first, previous
            first = code
        previous = code
    yield first, previous


if __name__ == "__main__":
    main()
