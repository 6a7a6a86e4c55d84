"""``copykit report``: the same inputs give the same bytes, a bad source stops nothing, a killed run leaves no mess."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from copykit.cli import run
from copykit.templating import Cage, Caps
from tests.reports.receivers import Receiver, serving

DAY = ["--today", "2026-11-23"]
WORDS = ["羽绒服女", "轻薄羽绒服", "三合一冲锋衣", "羽绒服清洗", *(f"羽绒服{n}款" for n in "甲乙丙丁戊己庚辛壬癸")]
SETTINGS = """name = "羽绒服周报"
own_brands = ["禾木"]
[[source]]
name = "搜索词"
files = ["数据/{start}.csv"]
[titles]
file = "标题.txt"
platform = "小红书"
"""


def week(folder: Path, monday: str, boost: dict[str, float]) -> None:
    lines = ["搜索词,搜索次数"]
    for place, word in enumerate([*WORDS, "禾木羽绒服", "可机洗羽绒服"]):
        count = int((400 - 20 * place) * boost.get(word, 0 if word == "可机洗羽绒服" else 1))
        lines += [f"{word},{count}"] if count else []
    (folder / "数据").mkdir(exist_ok=True)
    (folder / "数据" / f"{monday}.csv").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    week(tmp_path, "2026-11-09", {})
    week(tmp_path, "2026-11-16", {"三合一冲锋衣": 3, "可机洗羽绒服": 1, "轻薄羽绒服": 0.4, "禾木羽绒服": 2})
    (tmp_path / "标题.txt").write_text("轻薄羽绒服女短款\n儿童羽绒服加厚\n三合一冲锋衣\n", "utf-8")
    (tmp_path / "周报.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


def settings(shop: Path) -> str:
    return str(shop / "周报.toml")


def files(shop: Path, label: str = "2026-W47") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((shop / "报告" / label).iterdir())}


def both(shop: Path) -> None:
    assert run(["report", "run", settings(shop), "--period", "2026-W46", *DAY]) == 0
    assert run(["report", "run", settings(shop), *DAY]) == 0


def test_a_week_compared_with_the_one_before(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both(shop)
    told = json.loads(files(shop)["report.json"])
    assert [row["keyword"] for row in told["words"]["new"]] == ["可机洗羽绒服"]
    assert told["words"]["rising"][0]["keyword"] == "三合一冲锋衣"
    assert told["words"]["falling"][0]["keyword"] == "轻薄羽绒服"
    assert [row["keyword"] for row in told["own"]] == ["禾木羽绒服"]
    assert told["words"]["new"][0]["could"] == ["轻薄羽绒服女短款", "儿童羽绒服加厚"]
    assert "三合一冲锋衣" in told["lead"][0]
    assert len(told["lead"]) <= 3
    assert set(files(shop)) == {
        *(f"report.{form}" for form in ("html", "md", "xlsx", "json", "csv")),
        "snapshot.json",
        "message.json",
    }
    assert run(["report", "show", settings(shop)]) == 0
    assert "2026-W46" in capsys.readouterr().out
    assert run(["report", "show", settings(shop), "--period", "2026-W47"]) == 0
    assert "# 羽绒服周报" in capsys.readouterr().out


def test_the_same_inputs_give_the_same_bytes(shop: Path) -> None:
    both(shop)
    before = files(shop)
    stamps = {path: path.stat().st_mtime_ns for path in (shop / "报告" / "2026-W47").iterdir()}
    assert run(["report", "run", settings(shop), *DAY]) == 0
    assert {path: path.stat().st_mtime_ns for path in (shop / "报告" / "2026-W47").iterdir()} == stamps
    time.sleep(1.1)
    assert run(["report", "run", settings(shop), "--force", *DAY]) == 0
    assert files(shop) == before


def test_days_are_those_of_the_reports_time_zone(shop: Path) -> None:
    rows = ["搜索词,搜索次数,时间", "羽绒服女,30,2026-11-15T18:00:00Z", "羽绒服男,20,2026-11-15T12:00:00Z"]
    rows += ["羽绒被,10,2026-11-22T18:00:00Z"]
    (shop / "日志.csv").write_text("\n".join(rows) + "\n", "utf-8")
    text = 'name = "周报"\ntimezone = "ZONE"\n[[source]]\nfiles = ["日志.csv"]\ndate_column = "时间"\n'
    for zone, words in (("Asia/Shanghai", {"羽绒服女"}), ("UTC", {"羽绒被"}), ("America/Los_Angeles", {"羽绒被"})):
        (shop / "周报.toml").write_text(text.replace("ZONE", zone), "utf-8")
        assert run(["report", "run", settings(shop), "--force", *DAY]) == 0
        assert set(json.loads(files(shop)["snapshot.json"])["words"]) == words


def test_titles_are_named_by_their_products(shop: Path) -> None:
    (shop / "商品.csv").write_text("货号,商品标题\nHM-01,轻薄羽绒服女短款\nHM-02,三合一冲锋衣\n", "utf-8")
    path = shop / "周报.toml"
    path.write_text(path.read_text("utf-8").replace("标题.txt", "商品.csv"), "utf-8")
    both(shop)
    told = json.loads(files(shop)["report.json"])["words"]
    assert told["new"][0]["could"] == ["HM-01 轻薄羽绒服女短款"]
    assert told["rising"][0]["titles"] == ["HM-02 三合一冲锋衣"]


def test_a_ready_command_asks_for_titles_only_with_words_that_the_brief_has(shop: Path) -> None:
    (shop / "衣.toml").write_text('product = "冲锋衣"\nkeywords = ["男款三合一冲锋衣"]\n', "utf-8")
    text = (shop / "周报.toml").read_text("utf-8")
    (shop / "周报.toml").write_text('brief = "衣.toml"\n' + text, "utf-8")
    both(shop)
    words = json.loads(files(shop)["report.json"])["words"]
    assert words["rising"][0]["commands"] == ["copykit titles suggest 衣.toml --keyword 三合一冲锋衣"]
    assert words["new"][0]["commands"] == []
    assert "keywords 里没有它" in words["new"][0]["note"]


def test_words_that_do_not_count_are_left_out(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (shop / "周报.toml").open("a", encoding="utf-8") as out:
        out.write('[words]\nstop = "不要.txt"\n')
    assert run(["report", "run", settings(shop), *DAY]) == 2
    assert "不要.txt" in capsys.readouterr().err
    (shop / "不要.txt").write_text("# 别的店\n冲锋衣\n", "utf-8")
    both(shop)
    assert "三合一冲锋衣" not in str(json.loads(files(shop)["report.json"])["words"])


def test_a_late_run_covers_its_own_period_and_sees_what_was_missed(shop: Path) -> None:
    assert run(["report", "run", settings(shop), "--period", "2026-W46", *DAY]) == 0
    week(shop, "2026-11-23", {})
    assert run(["report", "run", settings(shop), "--today", "2026-12-03"]) == 0
    assert "漏了 2026-W47" in files(shop, "2026-W48")["report.md"].decode()


def test_the_same_weeks_of_last_year_stand_beside(shop: Path) -> None:
    week(shop, "2025-11-10", {})
    week(shop, "2025-11-17", {"三合一冲锋衣": 2.5, "羽绒服清洗": 4})
    both(shop)
    told = json.loads(files(shop)["report.json"])
    row = told["words"]["rising"][0]
    assert (row["keyword"], row["year_ago"]) == ("三合一冲锋衣", 900)
    assert "去年这时也涨" in row["note"]
    assert (told["year"]["period"], told["year"]["days"]) == ("2025-W47", "2025年11月17日—11月23日")
    assert {row["keyword"]: row["state"] for row in told["year"]["words"]}["羽绒服清洗"] == "falling"
    page = files(shop)["report.html"].decode()
    assert "去年同期 900" in page
    assert "和去年同期比" in page
    assert "和去年同期比" in files(shop)["report.md"].decode()
    # Round 双 11 the week before is another kind of week.
    assert "在双 11 前后" in "".join(told["notes"])


def test_a_word_that_rose_less_than_the_rest_is_not_said_to_have_fallen(shop: Path) -> None:
    every = dict.fromkeys(WORDS, 3.0) | {"三合一冲锋衣": 1.1, "禾木羽绒服": 3.0}
    week(shop, "2026-11-09", {})
    week(shop, "2026-11-16", every)
    both(shop)
    told = json.loads(files(shop)["report.json"])
    assert told["lead"] == ["“三合一冲锋衣”涨得不如别的词：360 → 396（次数，和别的词比 −63%）。"]
    assert "和别的词比 −63%（360 → 396） · 整体涨得更多" in files(shop)["report.md"].decode()
    assert any("上一期在双 11 前后" in note for note in told["notes"])


def test_a_word_that_went_leads_where_it_lost_the_most(shop: Path) -> None:
    week(shop, "2026-11-16", {"羽绒服女": 0, "轻薄羽绒服": 0.4})
    both(shop)
    told = json.loads(files(shop)["report.json"])
    assert told["words"]["falling"][0]["keyword"] == "轻薄羽绒服"
    assert "“羽绒服女”这期没有了：400 → 0（次数）。" in told["lead"]


def test_a_cell_that_is_no_number_is_told_and_its_row_is_not_dropped_in_silence(shop: Path) -> None:
    with (shop / "数据" / "2026-11-16.csv").open("a", encoding="utf-8") as out:
        out.write("坏词,abc\n没数的词,-\n")
    assert run(["report", "run", settings(shop), *DAY]) == 2  # a row was refused, the report stands
    source = json.loads(files(shop)["report.json"])["sources"][0]
    assert source["detail"].count("不是数") == 1
    assert "搜索次数的“abc”不是数" in source["detail"]


def test_an_index_is_called_what_it_is_and_the_week_of_a_sale_is_told(shop: Path) -> None:
    for monday, figure in (("2026-11-02", 1000), ("2026-11-09", 2000)):
        (shop / "数据" / f"{monday}.csv").write_text(f"搜索词,搜索人气\n护手霜,{figure}\n润唇膏,900\n", "utf-8")
    assert run(["report", "run", settings(shop), "--period", "2026-W46", *DAY]) == 0
    told = json.loads(files(shop, "2026-W46")["report.json"])
    assert told["lead"][0] == "“护手霜”增加最多：1,000 → 2,000（搜索人气，+100%）。"
    assert "这一期里有双 11，涨跌里有日子的缘故" in told["notes"]
    paragraphs = json.loads(files(shop, "2026-W46")["message.json"])["paragraphs"]
    assert any("**说明**：" in each and "这一期里有双 11" in each for each in paragraphs)


def test_in_english_it_says_as_much(shop: Path) -> None:
    week(shop, "2025-11-10", {})
    week(shop, "2025-11-17", {"三合一冲锋衣": 2.5, "羽绒服清洗": 4})
    with (shop / "周报.toml").open("a", encoding="utf-8") as out:
        out.write('[[source]]\nname = "more"\nfiles = ["gone-{start}.csv"]\n')
    shown = {}
    for lang in ("zh", "en"):
        for label in ("2026-W46", "2026-W47"):
            assert run(["report", "run", settings(shop), "--period", label, "--force", "--lang", lang, *DAY]) == 3
        told = json.loads(files(shop)["report.json"])
        text = files(shop)["report.md"].decode() + files(shop)["message.json"].decode()
        row = told["words"]["rising"][0]
        counts = (told["lead"], told["notes"], row["note"].split("；" if lang == "zh" else "; "), told["totals"])
        shown[lang] = [len(each) for each in counts], text.count("\n")
        ours = re.sub(r"\n  → .*", "", text)  # titles are Chinese in any language
        assert bool(re.search("[（），：；、]", ours)) == (lang == "zh")
    assert shown["zh"] == shown["en"]


def test_what_was_missed_is_read_from_the_sources(shop: Path) -> None:
    assert run(["report", "run", settings(shop), *DAY]) == 0
    told = json.loads(files(shop)["report.json"])
    assert told["words"]["rising"][0]["keyword"] == "三合一冲锋衣"
    assert run(["report", "run", settings(shop), "--period", "2026-W46", *DAY]) == 0
    both_made = files(shop)
    assert run(["report", "run", settings(shop), "--force", *DAY]) == 0
    assert json.loads(files(shop)["report.json"])["words"] == json.loads(both_made["report.json"])["words"]


def test_one_bad_source_stops_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (shop / "周报.toml").open("a", encoding="utf-8") as out:
        out.write('[[source]]\nname = "评论"\nfiles = ["没有.csv"]\n')
    assert run(["report", "run", settings(shop), *DAY]) == 3
    told = capsys.readouterr()
    assert "评论" in told.err
    report = json.loads(files(shop)["report.json"])
    assert [(row["name"], row["ok"]) for row in report["sources"]] == [("搜索词", True), ("评论", False)]
    assert str(shop) not in json.dumps(report, ensure_ascii=False)
    assert "没读到" in "".join(report["lead"])
    assert run(["report", "check", settings(shop), *DAY]) == 2
    assert "✗ 评论" in capsys.readouterr().out


def test_the_address_of_the_watchdog_is_read_as_carefully(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (shop / "周报.toml").open("a", encoding="utf-8") as out:
        out.write('[ping]\nurl_file = "ping.txt"\n')
    for data, why in (
        ("https://hc.example/abc\n".encode("utf-16"), "UTF-8"),
        (b"https://[hc.example/abc\n", "https://"),
        (None, "不在那里"),
    ):
        (shop / "ping.txt").unlink(missing_ok=True)
        if data is not None:
            (shop / "ping.txt").write_bytes(data)
        assert run(["report", "check", settings(shop), *DAY]) == 2
        assert why in capsys.readouterr().out
        assert run(["report", "run", settings(shop), "--force", *DAY]) == 0
        assert why in capsys.readouterr().err


def test_titles_that_cannot_be_judged_stand_in_the_report(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "标题.csv").write_text('标题\n轻薄羽绒服女短款\n"儿童羽绒服\n', "utf-8")
    text = (shop / "周报.toml").read_text("utf-8")
    (shop / "周报.toml").write_text(text.replace("标题.txt", "标题.csv"), "utf-8")
    assert run(["report", "check", settings(shop), *DAY]) == 2
    assert "✗ titles" in capsys.readouterr().out
    assert run(["report", "run", settings(shop), *DAY]) == 2
    report = json.loads(files(shop)["report.json"])
    assert [row["title"] for row in report["titles"]] == ["轻薄羽绒服女短款"]
    assert any(note.startswith("标题.csv 第 3 行") for note in report["notes"])
    (shop / "周报.toml").write_text(text.replace("小红书", "小红薯"), "utf-8")
    assert run(["report", "check", settings(shop), *DAY]) == 2
    assert "小红书" in capsys.readouterr().out
    assert run(["report", "run", settings(shop), "--force", *DAY]) == 2
    report = json.loads(files(shop)["report.json"])
    assert report["titles"] is None
    assert any("小红薯" in note for note in report["notes"])


def test_mistakes_in_settings_have_a_place(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shop / "错.toml"
    path.write_text('name = "x"\nperoid = "week"\ntimezone = "Asia/Shanghia"\n[[source]]\nfiles = ["a"]\n', "utf-8")
    assert run(["report", "check", str(path)]) == 2
    assert "错.toml:2" in capsys.readouterr().err
    assert run(["report", "run", settings(shop), "--period", "2026-W60"]) == 2
    assert run(["report", "run", settings(shop), "--period", "2026-W48", *DAY]) == 2
    assert "还没过完" in capsys.readouterr().err
    assert run(["report", "run", str(shop / "没有.toml")]) == 2


def test_two_reports_do_not_share_a_folder(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = '[[source]]\nfiles = ["数据/2026-11-16.csv"]\n'
    (shop / "b店.toml").write_text(f'name = "羽绒服周报"\n{other}', "utf-8")
    assert run(["report", "check", settings(shop), *DAY]) == 2
    assert "另一份报告（b店.toml）" in capsys.readouterr().out
    assert run(["report", "run", settings(shop), *DAY]) == 0
    assert run(["report", "check", settings(shop), *DAY]) == 0
    kept = files(shop)
    (shop / "日报.toml").write_text(f'name = "日报"\nperiod = "day"\n{other}', "utf-8")
    for name, told in (("b店", "周报.toml"), ("日报", "2026-W47")):
        capsys.readouterr()
        assert run(["report", "run", str(shop / f"{name}.toml"), *DAY]) == 2
        err = capsys.readouterr().err
        assert f"另一份报告（{told}）" in err
        assert f'folder = "报告-{name}"' in err
        assert run(["report", "check", str(shop / f"{name}.toml"), *DAY]) == 2
        assert "✗ output" in capsys.readouterr().out
        assert run(["report", "show", str(shop / f"{name}.toml")]) == 2
    assert files(shop) == kept
    with (shop / "b店.toml").open("a", encoding="utf-8") as out:
        out.write('[output]\nfolder = "报告-b店"\n')
    assert run(["report", "run", str(shop / "b店.toml"), *DAY]) == 0


def test_a_snapshot_of_an_older_copykit_is_anybodys(shop: Path) -> None:
    assert run(["report", "run", settings(shop), "--period", "2026-W46", *DAY]) == 0
    path = shop / "报告" / "2026-W46" / "snapshot.json"
    old = json.loads(path.read_bytes())
    del old["report"]
    path.write_text(json.dumps(old | {"version": 1}), "utf-8")
    (shop / "报告" / "2026-W46 副本").mkdir()
    (shop / "报告" / "2026-W46 副本" / "snapshot.json").write_bytes(path.read_bytes())
    assert run(["report", "run", settings(shop), *DAY]) == 0
    assert "三合一冲锋衣" in json.loads(files(shop)["report.json"])["lead"][0]


def test_a_message_goes_out_once_and_shows_in_the_history(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Receiver(lambda *_: 0, "any", time.time)) as server:
        (shop / "url.txt").write_text(server.url, "utf-8")
        with (shop / "周报.toml").open("a", encoding="utf-8") as out:
            out.write('[[delivery]]\nname = "群"\nto = "webhook"\nurl_file = "url.txt"\n')
        server.behave.append("500")
        assert run(["report", "run", settings(shop), *DAY]) == 3
        assert run(["report", "run", settings(shop), *DAY]) == 3  # nobody can tell, so it is not sent again
        assert len(server.accepted) == 0
        assert run(["report", "run", settings(shop), "--resend-unknown", *DAY]) == 0
        assert run(["report", "run", settings(shop), *DAY]) == 0
        assert len(server.accepted) == 1
        assert "三合一冲锋衣" in server.accepted[0]["text"]
        capsys.readouterr()
        run(["report", "show", settings(shop)])
        assert "群 sent" in capsys.readouterr().out
        assert "TOKEN-for-tests" not in "".join(map(str, files(shop).values()))


def test_a_period_that_lacked_a_source_is_made_good_and_corrected(shop: Path) -> None:
    with serving(Receiver(lambda *_: 0, "any", time.time)) as server:
        (shop / "url.txt").write_text(server.url, "utf-8")
        with (shop / "周报.toml").open("a", encoding="utf-8") as out:
            out.write('[[source]]\nname = "千川"\nfiles = ["千川-{start}.csv"]\n')
            out.write('[[delivery]]\nname = "群"\nto = "webhook"\nurl_file = "url.txt"\n')
        assert run(["report", "run", settings(shop), *DAY]) == 3
        before = files(shop)
        assert run(["report", "run", settings(shop), *DAY]) == 3  # it cannot be read yet
        assert files(shop) == before
        assert len(server.accepted) == 1
        for monday in ("2026-11-09", "2026-11-16"):
            (shop / f"千川-{monday}.csv").write_text("搜索词,搜索次数\n羽绒服女,500\n", "utf-8")
        assert run(["report", "run", settings(shop), *DAY]) == 0
        assert [row["ok"] for row in json.loads(files(shop)["report.json"])["sources"]] == [True, True]
        assert len(server.accepted) == 2
        assert "更正：这一期发过的那份没读到“千川”，现在读到了，以这份为准。" in server.accepted[1]["text"]
        assert server.accepted[1]["title"].endswith("（更正）")
        before = files(shop)
        assert run(["report", "run", settings(shop), *DAY]) == 0
        assert run(["report", "run", settings(shop), "--force", *DAY]) == 0
        assert files(shop) == before
        assert len(server.accepted) == 2


class _Page(HTMLParser):
    """Collects what a page would load, run, or leave open."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object"):
            self.loads.append(tag)
        self.loads += [f"{name}={value}" for name, value in attrs if name in ("src", "href", "onload", "onclick")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_for_nothing(shop: Path) -> None:
    (shop / "标题.txt").write_text("<script>alert(1)</script>羽绒服\n", "utf-8")
    both(shop)
    text = files(shop)["report.html"].decode()
    page = _Page()
    page.feed(text)
    assert page.loads == []
    assert page.open == []
    assert "&lt;script&gt;" in text
    assert len(text.encode()) < 300_000
    assert not re.search(r"url\(|@import|https?://", text.partition("</style>")[0])


# a page of one's own, and what is said of it
OWN_PAGES = [
    ("<h1>{{ report.name }}</h1>\n{{ report.nosuch }}", "report.html:5: 模板写错了"),
    ("{% for row in report.words.rising %}\n{{ row.keyword }\n{% endfor %}", "report.html:5: 模板写错了"),
    ("{{ lang.__class__.__mro__ }}", "report.html:4: 模板写错了"),
    ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "超过了时间"),
]


@pytest.mark.parametrize(("page", "told"), OWN_PAGES)
def test_a_page_of_ones_own_that_is_no_use_is_told(
    shop: Path, capsys: pytest.CaptureFixture[str], page: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copykit.render.report.page.Cage", lambda: Cage(Caps(seconds=1.0)))
    template = own_page(shop, page)
    assert run(["report", "check", settings(shop), *DAY]) == 2
    assert told in capsys.readouterr().out
    assert run(["report", "run", settings(shop), *DAY]) == 2
    assert told in capsys.readouterr().err
    assert not (shop / "报告" / "2026-W47").exists()
    template.unlink()
    assert run(["report", "run", settings(shop), *DAY]) == 0


def test_a_page_of_ones_own_takes_the_place_of_ours(shop: Path) -> None:
    own_page(shop, "<h1>{{ report.name }}</h1>{% for state, rows in groups %}<b>{{ rows[0].keyword }}</b>{% endfor %}")
    assert run(["report", "check", settings(shop), *DAY]) == 0
    both(shop)
    assert files(shop, "2026-W46")["report.html"].decode() == "<h1>羽绒服周报</h1>\n"
    page = "<h1>羽绒服周报</h1><b>可机洗羽绒服</b><b>三合一冲锋衣</b><b>轻薄羽绒服</b>\n"
    assert files(shop)["report.html"].decode() == page
    # A first report has no rising words.
    own_page(shop, "{{ report.words.rising[0].keyword }}")
    assert run(["report", "check", settings(shop), *DAY]) == 2


def own_page(shop: Path, page: str) -> Path:
    (shop / "copykit.toml").touch()
    template = shop / "templates" / "report" / "report.html.j2"
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(f'+++\nname = "页"\n+++\n{page}', "utf-8")
    return template


def test_a_killed_run_leaves_nothing_that_the_next_one_minds(shop: Path) -> None:
    both(shop)
    wanted = files(shop)
    command = [sys.executable, "-m", "copykit", "report", "run", settings(shop), "--force", "--quiet", *DAY]
    started = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - started
    rng = random.Random(7)
    for _ in range(6):
        process = subprocess.Popen(command)
        time.sleep(rng.uniform(0.3, 1.0) * whole)
        process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        process.wait()
    assert subprocess.run(command, check=False).returncode == 0
    assert files(shop) == wanted
    assert sorted(path.name for path in (shop / "报告").iterdir()) == [".lock", "2026-W46", "2026-W47"]


def test_a_schedule_is_a_line_that_can_be_pasted(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "schedule", settings(shop)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("CRON_TZ=Asia/Shanghai\n")
    assert "report run" in shown
    assert run(["report", "schedule", settings(shop), "--as", "systemd", "--hour", "9"]) == 0
    assert "OnCalendar=Mon *-*-* 09:" in capsys.readouterr().out
    month = shop / "月报.toml"
    month.write_text(
        (shop / "周报.toml").read_text("utf-8").replace("[[source]]", 'period = "month"\n[[source]]', 1), "utf-8"
    )
    assert run(["report", "schedule", str(month), "--weekday", "3"]) == 0
    shown = capsys.readouterr()
    assert " 1 * * " in shown.out
    assert "--weekday 只管周报：这份报告每月 1 日出" in shown.err
