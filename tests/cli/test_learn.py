"""``titles learn`` as its user meets it: a table of results in, a profile that ``titles score`` takes out."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from copykit.cli import run
from copykit.text.measure import display_width

TASTE = {"亲测": 2.0, "新款": 1.0, "包邮": 0.5}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    rng = random.Random(3)
    lines = ["测试编号,标题,展现量,点击量"]
    for number in range(60):
        for hook, times in TASTE.items():
            tail = "".join(rng.sample(["帆布鞋", "下雨天", "通勤", "学生", "宿舍", "一整年"], 3))
            lines.append(f"T{number},{hook}{tail},3000,{round(60 * times * rng.uniform(0.8, 1.25))}")
    (tmp_path / "历史.csv").write_bytes("\n".join(lines).encode("gb18030"))
    return tmp_path


def test_a_profile_is_learned_written_and_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["titles", "learn", "历史.csv", "--group", "测试编号", "-o", "我的读者.toml", "--today", "2026-11-22"]
    assert run(argv) == 0
    out, err = capsys.readouterr()
    assert out.startswith("学会了：没见过的组里")
    assert "亲测 +" in out
    assert "包邮 -" in out
    assert "写在 我的读者.toml" in err
    assert max(map(display_width, out.splitlines())) <= 82
    assert 'learned_on = "2026-11-22"' in Path("我的读者.toml").read_text("utf-8")
    titles = ["亲测帆布鞋下雨天", "包邮帆布鞋下雨天"]
    assert run(["titles", "score", *titles, "--profile", "我的读者.toml", "--format", "json"]) == 0
    good, bad = json.loads(capsys.readouterr().out)
    assert good["score"] > 60 > 40 > bad["score"]
    assert good["profile"] == "我的读者"
    assert run(["titles", "score", titles[0], "--profile", "我的读者.toml", "--lang", "en"]) == 0
    assert "your readers click more on '亲测'" in capsys.readouterr().out


def test_the_json_has_the_agreed_shape(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "learn", "历史.csv", "--group", "测试编号", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"pairs", "accuracy", "interval", "baseline", "accepted", "profile"} <= set(found)
    assert (found["accepted"], found["profile"], found["groups"]) == (True, None, 60)


def test_too_little_is_refused_and_an_old_profile_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Path("历史.csv").read_bytes().splitlines()
    Path("少.csv").write_bytes(b"\n".join(lines[:40]))
    Path("旧.toml").write_text("# 原来的", "utf-8")
    argv = ["titles", "learn", "少.csv", "--group", "测试编号", "-o", "旧.toml"]
    assert run(argv) == 1
    assert "数据太少，学不出来：要 40 组" in capsys.readouterr().err
    assert Path("旧.toml").read_text("utf-8") == "# 原来的"
    assert run([*argv, "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["accepted"], found["accuracy"], found["groups"]) == (False, None, 13)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["历史.csv"], "--group"),
        (["历史.csv", "--group", "款式"], "没有“款式”这一列"),
        (["历史.csv", "--group", "测试编号", "-o", "p.json"], "-o 写 .toml"),
        (["没有.csv", "--group", "测试编号"], "找不到文件"),
    ],
)
def test_what_cannot_be_learned_from_is_told_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str], says: str
) -> None:
    assert run(["titles", "learn", *argv]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert says in err


def test_bad_rows_are_told_and_the_others_learned_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "T1,,3000,20\nT2,亲测帆布鞋,20,3000\nT3,This Is An English Title,3000,20\n"
    Path("坏行.csv").write_bytes(Path("历史.csv").read_bytes() + ("\n" + bad).encode("gb18030"))
    assert run(["titles", "learn", "坏行.csv", "--group", "测试编号"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("学会了")
    assert "第 182 行：内容为空" in err
    assert "第 183 行：点击量 3000 比展现量 20 还多" in err
    assert "1 行是另一种语言" in err


def test_a_profile_that_is_no_file_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "score", "帆布鞋下雨天", "--profile", "没有这个"]) == 2
    assert "可以用 content、en、listing，或 titles learn 写的 .toml" in capsys.readouterr().err
    Path("坏.toml").write_text("name = 3\n", "utf-8")
    assert run(["titles", "score", "帆布鞋下雨天", "--profile", "坏.toml"]) == 2
    assert "坏.toml:1: name" in capsys.readouterr().err
