"""The pages of the commands and of the tutorial say what the command line does."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import click
import pytest

from copykit.cli import cli
from copykit.cli.command import Option
from copykit.cli.language import LANG_KEY

ROOT = Path(__file__).resolve().parent.parent


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_has_a_page_that_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COPYKIT_LANG", raising=False)
    assert tool("make_command_pages").stale() == [], "run python tools/make_command_pages.py"


def test_an_english_page_names_its_values_in_english() -> None:
    for names, command in tool("make_command_pages").commands(cli, ()):
        context = click.Context(command)
        context.meta[LANG_KEY] = "en"
        options = [param.make_metavar(context) for param in command.params if isinstance(param, Option)]
        assert not re.search("[\u4e00-\u9fff]", " ".join([*command.collect_usage_pieces(context), *options])), names


def test_the_tutorial_shows_what_the_commands_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COPYKIT_LANG", raising=False)
    shown = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    assert tool("make_tutorial").page(shown) == shown, "run python tools/make_tutorial.py"


@pytest.mark.parametrize(
    "room",
    ["brief", "channels", "corpus", "keywords", "reports", "rules", "shop", "tables", "text", "titles", "writing"],
)
def test_the_design_has_every_module_on_its_map(room: str) -> None:
    lines = (ROOT / "docs" / "design.md").read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith(f"| `{room}/`"))
    modules = {path.stem for path in (ROOT / "copykit" / room).glob("*.py")} - {"__init__"}
    assert {module for module in modules if f"`{module}`" not in row} == set()


def test_the_design_has_a_reason_for_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["pages"]]
    told = (ROOT / "docs" / "design.md").read_text("utf-8").partition("## Dependencies")[2].lower()
    names = [re.split("[<>=]", each)[0] for each in asked]
    assert [name for name in names if name not in told and name != "lxml_html_clean"] == []
