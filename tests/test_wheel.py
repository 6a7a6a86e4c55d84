"""The wheel, installed in a fresh environment elsewhere, does the main job as the checkout does."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from copykit._version import __version__

ROOT = Path(__file__).resolve().parent.parent
TITLE = "11块钱的睫毛膏，凭什么三个月断货5次？"
SCORE = ["titles", "score", TITLE, "-p", "小红书", "--today", "2026-11-21", "--format", "json"]
BUILD_NEEDS = ("hatchling", "orjson", "jsonschema", "platformdirs")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built once."""
    folder = tmp_path_factory.mktemp("dist")
    here = all(importlib.util.find_spec(name) for name in BUILD_NEEDS)
    isolation = ["--no-isolation"] if here else []
    command = [sys.executable, "-m", "build", "--wheel", *isolation, "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment that has the wheel and what it asks for, and nothing of this one."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    found = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [str(found), "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)]
    without = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=without)
    assert done.returncode == 0, done.stderr
    return found


def bare_environment(folder: Path) -> dict[str, str]:
    """Return an environment without this checkout and with a home in which nothing can be written."""
    home = folder / "home-is-a-file"  # which stops even root
    home.touch()
    dropped = ("PYTHON", "XDG_", "COPYKIT", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    homes = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"), str(home / "sub"))
    return kept | homes | {"PYTHONIOENCODING": "utf-8"}


def run(python: Path, folder: Path, *args: str) -> str:
    done = subprocess.run(
        [str(python), *args], capture_output=True, encoding="utf-8", cwd=folder, env=bare_environment(folder)
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_the_package_its_data_compiled_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        rules = json.loads(archive.read("copykit/_data/compiled/rules.json"))
    tops = {name.split("/")[0] for name in names}
    assert tops == {"copykit", f"copykit-{__version__}.dist-info"}
    assert rules["key"] == __version__
    written = [name for name in names if name.startswith("copykit/data/rules/") and name.endswith(".toml")]
    assert len(rules["values"]) == len(written) > 100
    compiled = {Path(name).stem for name in names if name.startswith("copykit/_data/compiled/")}
    kinds = {name.split("/")[2] for name in names if name.startswith("copykit/data/")} - {"schemas"}
    assert compiled == kinds | {
        name.split("/")[3]
        for name in names
        if name.startswith(("copykit/_data/corpora/", "copykit/_data/templates/")) and name.count("/") > 3
    }
    assert "copykit/py.typed" in names  # it says that it is typed
    assert f"copykit-{__version__}.dist-info/licenses/LICENSE" in names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_the_installed_command_scores_as_the_checkout_does(python: Path, tmp_path: Path) -> None:
    command = python.with_name("copykit.exe" if os.name == "nt" else "copykit")
    done = subprocess.run(
        [str(command), *SCORE], capture_output=True, encoding="utf-8", cwd=tmp_path, env=bare_environment(tmp_path)
    )
    assert (done.returncode, done.stderr) == (0, "")
    here = subprocess.run(
        [sys.executable, "-m", "copykit", *SCORE],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    assert json.loads(done.stdout) == json.loads(here.stdout)
    assert json.loads(done.stdout)[0]["title"] == TITLE


def test_the_installed_package_reads_no_toml_and_no_checkout(python: Path, tmp_path: Path) -> None:
    script = (
        "import sys, copykit\n"
        "from copykit.cli import run\n"
        f"code = run({SCORE!r})\n"
        "print(code, 'tomllib' in sys.modules, copykit.__file__, *sys.path, sep='\\n', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [str(python), "-c", script], capture_output=True, encoding="utf-8", cwd=tmp_path, env=bare_environment(tmp_path)
    )
    code, read_toml, file, *path = done.stderr.splitlines()
    assert (code, read_toml) == ("0", "False")
    assert python.parent.parent in Path(file).parents
    assert str(ROOT) not in path


@pytest.mark.parametrize(
    "args", [["demo"], ["data", "check", "--today", "2026-12-01"], ["data", "list"], ["write", "article", "--list"]]
)
def test_the_installed_commands_run(python: Path, tmp_path: Path, args: list[str]) -> None:
    assert run(python, tmp_path, "-m", "copykit", *args)
