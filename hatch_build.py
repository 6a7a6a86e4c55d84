"""Compile what every start would read: the bundled data files into the wheel, the modules of a checkout in place."""

from __future__ import annotations

import compileall
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileDataFiles(BuildHookInterface):
    """Add ``copykit/_data/compiled/*.json`` to a standard wheel; an editable one reads the checkout.

    The checkout's modules are compiled as pip compiles a wheel's: a start without takes half as long again, and some
    systems never write what they compile.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile data into a temporary folder and force-include the results; modules beside their sources."""
        if self.target_name != "wheel":
            return
        if version == "editable":
            compileall.compile_dir(Path(self.root, "copykit"), quiet=2)
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
