"""Bytes become text whatever they are, and the guess is right where a person would be right."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.text.encoding import HEAD_BYTES, decode, find_charset, open_text

SIMPLIFIED = "11块钱的睫毛膏，凭什么三个月断货5次？"
TRADITIONAL = "這款保濕面膜，為什麼三個月賣斷貨？"


@pytest.mark.parametrize(
    ("data", "declared", "text", "encoding"),
    [
        pytest.param(SIMPLIFIED.encode(), None, SIMPLIFIED, "utf-8", id="plain UTF-8"),
        pytest.param(SIMPLIFIED.encode("utf-8-sig"), None, SIMPLIFIED, "utf-8", id="UTF-8 with BOM"),
        pytest.param(SIMPLIFIED.encode("utf-16"), None, SIMPLIFIED, "utf-16-le", id="UTF-16 with BOM, from Excel"),
        pytest.param("\ufeff标题".encode("utf-16-be"), None, "标题", "utf-16-be", id="UTF-16 big end first"),
        pytest.param("\ufeff标题".encode("utf-32-le"), None, "标题", "utf-32-le", id="UTF-32 is not UTF-16"),
        pytest.param("id,价格\n1,99\n".encode("utf-16-le"), None, "id,价格\n1,99\n", "utf-16-le", id="UTF-16 unmarked"),
        pytest.param(
            "平价睫毛膏卷翘\n加绒打底裤\n".encode("utf-16-le"),
            None,
            "平价睫毛膏卷翘\n加绒打底裤\n",
            "utf-16-le",
            id="UTF-16 unmarked, of Chinese lines",
        ),
        pytest.param(
            "平价睫毛膏卷翘\n加绒打底裤\n".encode("utf-16-be"),
            None,
            "平价睫毛膏卷翘\n加绒打底裤\n",
            "utf-16-be",
            id="the same, big end first",
        ),
        pytest.param("加绒\0打底裤".encode(), None, "加绒\0打底裤", "utf-8", id="a zero in UTF-8"),
        pytest.param(SIMPLIFIED.encode("gbk"), None, SIMPLIFIED, "gb18030", id="GBK"),
        pytest.param("连衣裙女夏".encode("gbk"), None, "连衣裙女夏", "gb18030", id="a short GBK title is not Korean"),
        pytest.param("特价".encode("gbk"), None, "特价", "gb18030", id="two characters"),
        pytest.param("㐂囍🧧".encode("gb18030"), None, "㐂囍🧧", "gb18030", id="four-byte GB18030"),
        pytest.param(TRADITIONAL.encode("cp950"), None, TRADITIONAL, "cp950", id="Big5"),
        pytest.param(TRADITIONAL.encode("cp950"), "big5", TRADITIONAL, "cp950", id="Big5, declared"),
        pytest.param("張惠妹，連".encode("gbk"), "gb2312", "張惠妹，連", "gb18030", id="GB2312 that holds GBK"),
        pytest.param(SIMPLIFIED.encode("gbk"), "utf-8", SIMPLIFIED, "gb18030", id="a declaration that lies"),
        pytest.param(SIMPLIFIED.encode(), "iso-8859-1", SIMPLIFIED, "utf-8", id="what servers say by default"),
        pytest.param("日本語".encode("euc-jp"), "euc-jp", "日本語", "euc_jp", id="a declaration that fits"),
        pytest.param(b"abc", "no\0such", "abc", "utf-8", id="a name with a zero"),
        pytest.param(b"\\u4e2d", "unicode_escape", "\\u4e2d", "utf-8", id="a codec that is no encoding"),
        pytest.param(b"YWJj", "base64", "YWJj", "utf-8", id="a codec for bytes"),
        pytest.param(b"", None, "", "utf-8", id="nothing"),
    ],
)
def test_bytes_are_read_as_their_writer_meant_them(data: bytes, declared: str | None, text: str, encoding: str) -> None:
    decoded = decode(data, declared)
    assert (decoded.text, decoded.encoding, decoded.replaced) == (text, encoding, 0)


def test_half_an_emoji_does_not_turn_a_utf8_file_into_mojibake() -> None:
    decoded = decode("显白口红🧧".encode()[:-2] + "，黄皮也能用".encode())
    assert decoded.text == "显白口红\ufffd，黄皮也能用"
    assert (decoded.encoding, decoded.replaced) == ("utf-8", 1)


def test_a_genuine_replacement_character_is_not_counted_as_broken() -> None:
    assert decode("坏\ufffd字".encode() + b"\xff").replaced == 1


@given(st.binary(max_size=300), st.none() | st.text(max_size=12) | st.sampled_from(["gbk", "utf-16", "hz", "utf-7"]))
def test_no_bytes_make_it_raise(data: bytes, declared: str | None) -> None:
    decoded = decode(data, declared)
    assert decoded.replaced <= len(data)
    decoded.text.encode("utf-8")  # no lone surrogates come out


@given(st.text())
def test_utf8_is_never_taken_for_anything_else_when_it_is_marked(text: str) -> None:
    data = text.encode("utf-8-sig", "replace")
    assert decode(data).text == data.decode("utf-8-sig")


@given(st.binary(max_size=600))
def test_a_stream_reads_the_same_as_the_whole(data: bytes) -> None:
    text, encoding = open_text(io.BytesIO(data))
    whole = decode(data)
    assert (text.read(), encoding, text.replaced) == (whole.text, whole.encoding, whole.replaced)


def test_utf8_that_breaks_late_keeps_the_rest_and_counts() -> None:
    line = "平价好物推荐\n".encode()
    good = line * (HEAD_BYTES // len(line) + 10)
    text, encoding = open_text(io.BytesIO(good + b"\xb0\xd7\n" + line * 3))
    lines = text.readlines()
    assert encoding == "utf-8"
    assert lines[-4:] == ["\ufffd\ufffd\n", *["平价好物推荐\n"] * 3]
    assert text.replaced == 2


def test_a_character_cut_by_the_end_of_the_sample_is_not_broken() -> None:
    for shift in range(4):
        data = b"a" * shift + "🧧".encode() * (HEAD_BYTES // 4 + 5)
        text, encoding = open_text(io.BytesIO(data))
        assert (text.read(), encoding, text.replaced) == (data.decode(), "utf-8", 0)


def test_closing_the_text_leaves_the_callers_stream_open() -> None:
    stream = io.BytesIO(b"abc")
    open_text(stream)[0].close()
    assert not stream.closed


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        (b'<meta charset="gb2312">', "gb2312"),
        (b"<meta http-equiv=Content-Type content='text/html; charset=GBK'>", "GBK"),
        (b'<?xml version="1.0" encoding="UTF-8"?>', "UTF-8"),
        (b"<p>charset</p>", None),
    ],
)
def test_the_charset_of_a_page_is_found(head: bytes, charset: str | None) -> None:
    assert find_charset(head) == charset
