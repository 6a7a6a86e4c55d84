"""Text laid out in cells: nothing is lost, nothing is too wide, and signs stand under their words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copykit.render.terminal import Mark, Terminal, columns, underlined, wrapped
from copykit.text.measure import display_width

SENTENCES = st.text(alphabet="睫毛膏，。11 25–300元abc（）", max_size=60)


@given(SENTENCES, st.integers(24, 80))
def test_wrapping_keeps_every_sign_and_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        # Only punctuation that nothing else stands before on its line may stand out.
        assert display_width(line) <= width or not line.lstrip("（").rstrip("，。） ")[1:]


def test_what_closes_takes_along_what_it_closes() -> None:
    assert wrapped("三个月断货五次；问题悬着", 14) == ["三个月断货五", "次；问题悬着"]
    assert wrapped("每万条约有（三条）；问题", 18) == ["每万条约有（三", "条）；问题"]


def test_a_number_is_not_cut_in_two() -> None:
    assert wrapped("睫毛膏一般是 25–300 元", 16) == ["睫毛膏一般是", "25–300 元"]


def test_a_bracket_stays_with_what_it_opens() -> None:
    assert wrapped("每个码印几个（1–2,000）", 14) == ["每个码印几个", "（1–2,000）"]
    assert wrapped("（（（", 2) == ["（", "（", "（"]


def test_signs_stand_under_their_words_whatever_their_width() -> None:
    text = "a11块钱"
    assert underlined(text, [Mark(1, 5, "━", "good")], Terminal()) == ["a11块钱", " ━━━━━━"]


def test_a_long_title_is_cut_with_its_signs() -> None:
    lines = underlined("长" * 30 + "11块", [Mark(30, 33, "━", "good")], Terminal(width=40))
    assert [display_width(line) for line in lines] == [40, 24, 24]


def test_columns_align_by_cells() -> None:
    assert columns([["分", "标题"], ["100", "x"]]) == ["分   标题", "100  x"]


def test_what_the_encoding_lacks_becomes_a_question_mark_and_control_signs_too() -> None:
    assert Terminal(encoding="gbk").safe("睫毛🔥膏\x1b[31m") == "睫毛?膏?[31m"
    assert Terminal(encoding="gbk").bar(50) == "█████     "
    assert Terminal(encoding="ascii").bar(50) == "#####....."
