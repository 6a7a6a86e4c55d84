"""The other reader of pages, trafilatura: used where it is installed, named where it is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from copykit.corpus.collect import Collector, ReaderMissing, Wishes
from copykit.corpus.columns import columns_of
from copykit.corpus.store import Store
from copykit.datafiles import bundled

AT = "2026-11-22T08:00:00"
NOTE = "弯头睫毛膏适合单眼皮，刷到根部也不戳眼睛；卸的时候用温水敷一会儿就下来了，一支用了四个月还没有干。"
PAGE = (
    "<html><head><meta charset='gbk'><title>睫毛膏怎么选</title></head><body>"
    "<nav><a href='/a'>首页</a> <a href='/b'>全部分类</a> <a href='/c'>联系我们</a></nav>"
    f"<article><h1>睫毛膏怎么选</h1><p>{NOTE}</p><p>第二支是细刷头的，下睫毛也刷得到；{NOTE[:30]}。</p></article>"
    "<footer>版权所有 备案号 12345</footer></body></html>"
)


def collected(folder: Path, page: bytes) -> list[str]:
    """Return the texts of a page as trafilatura finds them."""
    (folder / "页.html").write_bytes(page)
    with Store(folder / "c.sqlite3") as store:
        files = bundled()
        wishes = Wishes(AT, reader="trafilatura")
        Collector(store, files, columns_of(files.load("columns")), wishes).collect([str(folder / "页.html")])
        return [document.text for document in store.documents()]


@pytest.mark.filterwarnings("default")  # its own dependencies warn of each other
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_it_finds_the_article_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    pytest.importorskip("trafilatura", reason="trafilatura is not installed: pip install 'copykit[pages]'")
    texts = collected(tmp_path, PAGE.replace("'gbk'", f"'{encoding}'").encode(encoding))
    assert len(texts) == 1
    assert NOTE in texts[0]
    assert "版权所有" not in texts[0]
    assert "全部分类" not in texts[0]


@pytest.mark.filterwarnings("default")
def test_where_it_finds_nothing_our_own_does(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura", reason="trafilatura is not installed: pip install 'copykit[pages]'")
    assert collected(tmp_path, "<html><body><p>卸妆水用完了</p></body></html>".encode()) == ["卸妆水用完了"]


def test_where_it_is_missing_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(ReaderMissing) as caught:
        collected(tmp_path, b"<p>x</p>")
    assert "pip install 'copykit[pages]'" in caught.value.say("zh")
