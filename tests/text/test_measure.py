from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.text.measure import Unit, display_width, fit, measure, pad

FAMILY = "👨‍👩‍👧"
TEXTS = st.text(alphabet=st.characters(codec=None), max_size=30) | st.text(
    alphabet=f"{FAMILY}🇨🇳👍🏽❤\ufe0fe\u0301纯棉，A1 \t\u3000\ud800", max_size=20
)
UNITS = st.sampled_from(get_args(Unit))


@pytest.mark.parametrize(
    ("text", "unit", "length"),
    [
        ("纯棉T恤", "char", 4),
        ("纯棉T恤", "han2", 7),
        ("纯棉T恤", "utf8", 10),
        ("纯棉T恤", "xhs", 4),  # 7 halves, rounded up
        ("纯棉T恤", "px", 22 * 3 + 13),
        ("👍", "char", 1),
        ("👍", "han2", 2),
        ("👍", "utf8", 4),
        ("👍", "xhs", 2),  # two UTF-16 units
        ("é", "han2", 2),
        ("\x7f", "xhs", 1),
        ("\ud83d", "utf8", 3),
        ("\ud83d", "xhs", 1),
        ("", "px", 0),
    ],
)
def test_a_platform_counts_in_its_own_unit(text: str, unit: Unit, length: int) -> None:
    assert measure(text, unit) == length


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("纯棉T恤，好！", 13),
        ("ＡＢ", 4),
        (FAMILY, 2),
        ("🇨🇳", 2),
        ("👍🏽", 2),
        ("e\u0301", 1),
        ("好\u200b的", 4),
        ("\x07", 0),
        ("", 0),
    ],
)
def test_a_terminal_shows_a_text_in_so_many_columns(text: str, columns: int) -> None:
    assert display_width(text) == columns
    assert display_width(pad(text, 20)) == 20
    assert pad(text, 0) == text


@pytest.mark.parametrize(
    ("text", "unit", "limit", "kept"),
    [
        ("纯棉短袖T恤女", "han2", 9, "纯棉短袖T"),
        ("纯棉短袖", "han2", 5, "纯棉"),
        (f"全家{FAMILY}福", "char", 6, "全家"),
        (f"全家{FAMILY}福", "char", 7, f"全家{FAMILY}"),
        ("cafe\u0301", "char", 4, "caf"),
        ("中国🇨🇳好", "char", 3, "中国"),
        ("纯棉", "utf8", 5, "纯"),
        ("纯棉", "char", 0, ""),
        ("", "char", 0, ""),
    ],
)
def test_a_text_is_cut_between_what_a_reader_takes_for_characters(text: str, unit: Unit, limit: int, kept: str) -> None:
    assert fit(text, unit, limit) == kept


@given(TEXTS, TEXTS, st.sampled_from(["char", "han2", "utf8"]))
def test_lengths_add_up(left: str, right: str, unit: Unit) -> None:
    assert measure(left + right, unit) == measure(left, unit) + measure(right, unit)


@given(TEXTS, TEXTS)
def test_two_halves_round_up_once(left: str, right: str) -> None:
    apart = measure(left, "xhs") + measure(right, "xhs")
    assert apart - 1 <= measure(left + right, "xhs") <= apart


@given(TEXTS, UNITS, st.integers(0, 40))
def test_what_is_kept_begins_the_text_and_stays_within_the_limit(text: str, unit: Unit, limit: int) -> None:
    kept = fit(text, unit, limit)
    assert text.startswith(kept)
    assert measure(kept, unit) <= limit


@given(TEXTS, UNITS)
def test_a_text_within_its_limit_is_kept_whole(text: str, unit: Unit) -> None:
    assert fit(text, unit, measure(text, unit)) == text


@given(TEXTS)
def test_a_width_is_never_negative_nor_above_two_columns_a_character(text: str) -> None:
    assert 0 <= display_width(text) <= 2 * len(text)
