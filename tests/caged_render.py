"""What the child process of ``test_templating`` runs; a module of its own, because it is imported there."""

from __future__ import annotations

from copykit.templating import passages, render


def greedy(payload: bytes) -> bytes:
    """Render a template without variables."""
    (alternate,) = passages("article/我的", f"== a\n{payload.decode()}\n", 1)["a"]
    return (render(alternate, {}) or "").encode()
