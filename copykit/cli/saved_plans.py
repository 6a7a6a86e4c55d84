"""Plans that a project keeps, as the commands that go on with them find them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from copykit import datafiles
from copykit.channels.progress import marked, plan_from
from copykit.cli.language import UsageMistake
from copykit.errors import FileMissing
from copykit.model import Plan, Task
from copykit.state import State, state_path


def saved_plan(name: str | None) -> Plan:
    """Return a saved plan with its marks, for other commands.

    Raises:
        UsageMistake: there is none.
    """
    with State(existing_state()) as state:
        return plan_in(state, name)


def plan_of(name: str) -> Plan:
    """Return the plan of a ``.json`` file, else the saved one of that name, for other commands.

    Raises:
        FileMissing, UsageMistake: there is none, or the file holds none.
    """
    if not name.lower().endswith(".json"):
        return saved_plan(name)
    path = Path(name)
    try:
        body = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise FileMissing(path) from None
    except (OSError, orjson.JSONDecodeError) as error:
        raise UsageMistake(f"{path} 读不了：{error}", f"cannot read {path}: {error}") from None
    if not isinstance(body, dict):
        raise UsageMistake(f"{path} 不是计划", f"{path} is no plan")
    return plan_from(body, name)


def remembered(names: Sequence[str]) -> tuple[dict[tuple[str, str], dict[str, Any]], list[Plan]]:
    """Return the codes given out in the project and its saved plans, those of ``names`` where there are any.

    Raises:
        UsageMistake: there is no plan of a name.
    """
    path = state_file()
    if not path.is_file():
        if names:
            raise _no_plan()
        return {}, []
    with State(path) as state:
        return state.codes(), [plan_in(state, name) for name in names or state.plan_names()]


def open_state() -> State:
    """Open, or create, the state of the project that the working folder belongs to."""
    return State(state_file())


def kept_tasks(name: str) -> list[Task]:
    """Return what was done or skipped of an earlier plan of this name."""
    path = state_file()
    if not path.is_file():
        return []
    with State(path) as state:
        found = state.plan(name)
        if found is None:
            return []
        earlier = marked(plan_from(found.body, str(path)), state.marks(name))
    return [task for task in (*earlier.tasks, *earlier.kept) if task.state != "open"]


def plan_in(state: State, name: str | None) -> Plan:
    """Return a plan of a project's state with its marks, the latest where no name is given.

    Raises:
        UsageMistake: there is none.
    """
    names = state.plan_names()
    wanted = name or (names[0] if names else "")
    found = state.plan(wanted)
    if found is None:
        if not names:
            raise _no_plan()
        raise UsageMistake(
            f"没有叫“{wanted}”的计划；有 {'、'.join(names)}",
            f"there is no plan '{wanted}'; there are {', '.join(names)}",
        )
    return marked(plan_from(found.body, str(state.path)), state.marks(found.name))


def _no_plan() -> UsageMistake:
    return UsageMistake(
        "这个项目里还没有存过计划；先 copykit channels plan 资料.toml --save",
        "no plan is saved in this project; first copykit channels plan BRIEF --save",
    )


def state_file() -> Path:
    """Return where the project that the working folder belongs to keeps its state."""
    here = Path.cwd()
    return state_path(datafiles.project_folder(here) or here)


def existing_state() -> Path:
    """Return the state's file; raise UsageMistake when there is none yet."""
    path = state_file()
    if not path.is_file():
        raise _no_plan()
    return path
