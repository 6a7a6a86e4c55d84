"""What commands that read the web share: who asks, how politely, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from copykit.cli.command import option
from copykit.cli.language import UsageMistake
from copykit.corpus.fetch import DEFAULT_MANNERS, Fetcher
from copykit.project import fetch_settings

F = TypeVar("F", bound=Callable[..., Any])


def fetch_options(command: F) -> F:
    """Add --contact and --pause."""
    decorators = (
        option(
            "--contact",
            metavar="URL|邮箱",
            zh="写进访问标识，站长看得到谁在访问（也可写在 copykit.toml 的 [fetch] 里）",
            en="stands in the user agent, so that site owners see who asks (or [fetch] in copykit.toml)",
        ),
        option(
            "--pause",
            type=click.FloatRange(0.5, 60),
            metavar="秒",
            zh="同一个站两次访问之间隔几秒（默认 2）",
            en="seconds between two requests to a host (2)",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def open_fetcher(contact: str | None, pause: float | None, start: Path | None = None) -> Fetcher:
    """Return what asks pages, by the options and the project's settings; only the open internet is asked.

    The project is that of the working folder unless ``start`` names another.
    """
    settings = fetch_settings(start or Path.cwd())
    contact = contact if contact is not None else settings.contact
    if not all("!" <= char <= "~" for char in contact):
        raise UsageMistake(
            "--contact 写网址或邮箱，不能有空格和中文", "--contact takes a page or an address: no blanks, ASCII only"
        )
    manners = replace(DEFAULT_MANNERS, pause=pause or settings.pause)
    return Fetcher(contact, manners=manners)
