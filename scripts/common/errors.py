"""The one exception with which a script refuses its input."""

import textwrap


class PipelineError(ValueError):
    """A script refuses its input; whoever runs it prints this, a line for each reason, and stops: no traceback."""

    def __init__(self, where: str, *reasons: str) -> None:
        """`where` names the place to mend (a file, with a line or a JSON pointer), `reasons` what is wrong with it."""
        super().__init__(where, *reasons)
        self.where = where
        # What other tools say may have many lines, or hold the whole document.
        self.reasons = [textwrap.shorten(reason, 500, placeholder=" …") for reason in reasons]

    def __str__(self) -> str:
        """Ready to print."""
        return "\n".join(f"{self.where}: {reason}" for reason in self.reasons)
