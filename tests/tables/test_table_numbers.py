"""Numbers are read as exports write them, and nothing else is taken for one."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.tables import estimate_number, parse_number, read_rows
from copykit.tables.figures import BadFigure, amounts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1234),
        ("1,234,567.8", 1234567.8),
        ("3.21%", 0.0321),
        ("1.2万", 12000),
        ("1.14万", 11400),
        ("1.2w", 12000),
        ("10万+", 100000),
        ("3亿", 3e8),
        ("￥99.00", 99),
        ("¥ 1,299", 1299),
        ("99元", 99),
        ("1 234", 1234),
        ("12,000 次", 12000),
        ("1.2万+人次", 12000),
        ("1.2万次+", 12000),
        ("18单", 18),
        ("3天", None),
        ("3个月", None),
        ("次", None),
        ("1\u00a0234", 1234),
        ("１２３", 123),
        ("-5", -5),
        ("−5.5", -5.5),
        ("+3%", 0.03),
        ("1e-05", 1e-05),
        (".5", 0.5),
        ("0", 0),
        ("-", None),
        ("--", None),
        ("", None),
        ("无", None),
        ("12,34", None),
        ("100-200", None),
        ("0.35~4.52", None),
        ("2026-11-01", None),
        ("nan", None),
        ("inf", None),
        ("1_000", None),
        ("9" * 400, None),
        ("<10", None),
    ],
)
def test_numbers_are_read_as_exports_write_them(text: str, number: float | None) -> None:
    assert parse_number(text) == (None if number is None else pytest.approx(number))


@given(st.text())
def test_no_text_breaks_the_number_reader(text: str) -> None:
    parse_number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3000~5000", 4000),
        ("3,000-5,000", 4000),
        ("3000～5000", 4000),
        ("１～２", 1.5),
        ("3000至5000", 4000),
        ("1~2万", 15000),
        ("1万~2万", 15000),
        ("0.35~4.52", 2.435),
        ("5%-10%", 0.075),
        ("5~10%", 0.075),
        ("<100", 50),
        ("＜100", 50),
        ("≤1,000", 500),
        ("100以下", 50),
        ("不足1万", 5000),
        ("不到100", 50),
        ("不超过 80", 40),
        ("-", None),
        ("--", None),
        ("", None),
        ("~", None),
        ("5000~3000", None),
        ("2026-11-01", None),
        (">100", None),
        ("<", None),
        ("以下", None),
        ("无", None),
        ("12", None),
    ],
)
def test_what_leaves_a_number_open_counts_as_its_middle(text: str, number: float | None) -> None:
    assert estimate_number(text) == (None if number is None else pytest.approx(number))


@given(st.text(alphabet="0123456789~-<以下万%, ") | st.text())
def test_no_text_breaks_the_estimate(text: str) -> None:
    estimate_number(text)


def test_a_row_of_figures_is_read_as_people_write_them() -> None:
    told = "货号,库存,售价\nA,约 500 件,35.8元/件\nB,-,¥99起\n"
    table = read_rows(
        io.BytesIO(told.encode()), wanted={"id": ["货号"], "stock": ["库存"], "price": ["售价"]}, name="表"
    )
    first, second = table
    assert amounts(table, first, ("stock", "price")) == {"stock": 500.0, "price": 35.8}
    with pytest.raises(BadFigure) as bad:
        amounts(table, second, ("stock", "price"))
    assert "售价的“¥99起”不是数" in bad.value.say("zh")
