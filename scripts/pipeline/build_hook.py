"""The build hook: it generates `generated/` for each build, of a wheel, of an sdist or of an editable install."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GenerateHook(BuildHookInterface[Any]):
    """Runs `scripts.pipeline.generate` before the files of the build are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Generate; a refusal ends the build with its one line."""
        # Hatchling loads this file by its path, so nobody has put the project on the module path.
        sys.path.insert(0, self.root)
        try:
            from scripts.common.errors import PipelineError
            from scripts.pipeline.generate import generate
        finally:
            sys.path.remove(self.root)
        try:
            self.app.display_info(generate(Path(self.root)))
        except PipelineError as error:
            self.app.abort(f"error: {error}")
