"""docs/rules.md is what the rules say, and a rule's page tells what people want to know."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from copykit.cli import run
from copykit.datafiles import bundled
from copykit.rulepage import Pages

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_of_all_rules_is_true() -> None:
    spec = importlib.util.spec_from_file_location("make_rules_page", ROOT / "tools" / "make_rules_page.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == tool.page(), "run python tools/make_rules_page.py"


def test_every_rule_has_a_page_and_every_folder_of_law_a_name() -> None:
    pages = Pages(bundled())
    for topic, rules in pages.pack("law"):
        assert topic.startswith("法规 · "), f"name {topic} in copykit/data/topics/law.toml"
        assert all(page.flagged and page.clean and page.sources for page in rules)


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        (
            "zh",
            [
                "错误：要改",
                "《中华人民共和国广告法》 第九条（三）",
                "官方文本",
                "https://",
                "会命中",
                "不会命中",
                "可以写",
            ],
        ),
        ("en", ["error: to be changed", "official text", "leaves alone", "use instead"]),
    ],
)
def test_show_prints_a_law_rule_for_people(lang: str, parts: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "show", "law/absolute/peak", "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert all(part in shown for part in parts), shown
