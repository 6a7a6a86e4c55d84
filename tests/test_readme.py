"""What the README shows is what the command prints; what the other pages tell to do can be done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copykit.cli import run

ROOT = Path(__file__).parent.parent
# A line of … stands for lines that are left out.
EXAMPLES = re.findall(r"```\n\$ copykit ([^\n]+)\n\n(.+?)\n```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_the_readmes_output_is_real(
    command: str, shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    args = [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', command)]
    assert run(args) in (0, 1)  # 1: the text that is shown must not go out
    left = "\n" + capsys.readouterr().out.strip() + "\n"
    parts = re.split(r"\n *…(?:\n|$)", shown.strip())
    assert left.startswith(f"\n{parts[0]}\n")
    for part in parts:
        _, found, left = left.partition(f"\n{part}\n" if part else "\n")
        assert found, part
        left = "\n" + left
    assert not parts[-1] or not left.strip()  # what ends without … ends with the output


def test_the_readme_has_an_example() -> None:
    assert EXAMPLES


def test_the_rule_of_contributing_is_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rule = tmp_path / "rules" / "novelty" / "例.toml"
    rule.parent.mkdir(parents=True)
    rule.write_text(re.findall(r"```toml\n(.+?)```", page, re.DOTALL)[0], "utf-8")
    assert run(["data", "check", str(rule)]) == 0, capsys.readouterr().err


def test_the_law_rule_of_contributing_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rule = tmp_path / "rules" / "law" / "例.toml"
    rule.parent.mkdir(parents=True)
    rule.write_text(re.findall(r"```toml\n(.+?)```", page, re.DOTALL)[1], "utf-8")
    assert run(["data", "check", str(rule)]) == 0, capsys.readouterr().err


def test_the_template_of_contributing_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    template = tmp_path / "templates" / "article" / "例.j2"
    template.parent.mkdir(parents=True)
    template.write_text(re.findall(r"```jinja\n(.+?)```", page, re.DOTALL)[0], "utf-8")
    assert run(["data", "check", str(template)]) == 0, capsys.readouterr().err


def test_every_local_link_leads_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/design.md"):
        path = ROOT / page
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / link).exists(), f"{page}: {link}"
