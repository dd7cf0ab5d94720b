"""What counts as a line of code, and that the bar is one that can be missed."""

import pytest

from scripts.release import size

SOURCE = '''"""A module docstring,
of two lines."""

import os  # a comment after code


# a comment
class A:
    """A docstring."""

    x = """a string
    that is no docstring"""

    def f(self, a: int,
          b: int) -> int:
        """A docstring."""
        return a


async def g() -> None:
    "A docstring."
'''


def test_blanks_comments_and_docstrings_do_not_count() -> None:
    # import, class, x (2), def (2), return, async def
    assert size.code_lines(SOURCE) == 8


def test_only_what_an_import_loads_is_counted() -> None:
    loaded = size.loaded_files("camb_client")
    assert {"camb_client", "camb_client._polling.task", "camb_openapi"} <= loaded.keys()
    assert "camb_client._polling.poller" not in loaded
    assert not any(name.startswith("camb_client.testing") for name in loaded)


def test_the_bar_can_be_missed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(size, "LATER", {})  # Shown, but held to no bar.
    assert size.main() == 0
    monkeypatch.setattr(size, "BAR", 10)
    assert size.main() == 1
    assert "(bar: 10)" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.setattr(size, "LATER", {})
    monkeypatch.setitem(size.ROOMS, "_polling", 10)
    assert size.main() == 1
    assert "of _polling (bar: 10)" in capsys.readouterr().out
