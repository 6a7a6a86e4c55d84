"""Compile the bundled data files to JSON while the wheel is built, so that no command reads TOML at start."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileDataFiles(BuildHookInterface):
    """Add ``copykit/_data/compiled/*.json`` to a standard wheel; an editable one reads the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a temporary folder and force-include the results."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        from copykit import datafiles

        self.folder = tempfile.TemporaryDirectory()
        datafiles.compile_bundled(Path(self.folder.name))
        for path in sorted(Path(self.folder.name).iterdir()):
            build_data["force_include"][str(path)] = f"copykit/_data/compiled/{path.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if hasattr(self, "folder"):
            self.folder.cleanup()
