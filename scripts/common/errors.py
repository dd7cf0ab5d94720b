"""The one exception with which a script refuses its input."""

import textwrap


class PipelineError(ValueError):
    """A script refuses its input; whoever runs it prints this one line and stops, no traceback needed."""

    def __init__(self, where: str, reason: str) -> None:
        """`where` names the place to mend (a file, with a line or a JSON pointer), `reason` what is wrong with it."""
        super().__init__(where, reason)
        self.where = where
        # What other tools say may have many lines, or hold the whole document.
        self.reason = textwrap.shorten(reason, 500, placeholder=" …")

    def __str__(self) -> str:
        """One line, ready to print."""
        return f"{self.where}: {self.reason}"
