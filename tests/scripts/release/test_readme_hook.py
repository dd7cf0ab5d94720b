"""README.md as the package index shows it, where a relative link leads nowhere."""

import pytest

from scripts.common.project import ROOT
from scripts.release.prove_wheel import relative_links
from scripts.release.readme_hook import for_index

WEB = "[site](https://example.org/a) ![plot](https://example.org/p.png) [us](mailto:us@example.org)"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("See [one task](docs/one.md).", "See one task."),
        ('See [one\ntask](docs/one.md#a "title").', "See one\ntask."),
        ("[`wait`](docs/one.md), [below](#below), [up](../x)", "`wait`, below, up"),
        ("![A terminal](docs/terminal.svg)", "A terminal"),
        ("[![A plot](docs/plot.png)](docs/report.md)", "A plot"),
        ("[![A plot](docs/plot.png)](https://example.org)", "[A plot](https://example.org)"),
        (WEB, WEB),
        ("Code: `x[0](y)`", "Code: `x[0](y)`"),
        ("```python\ncalls[0](docs)\n```\n[a](b)\n", "```python\ncalls[0](docs)\n```\na\n"),
    ],
)
def test_the_text_stands_where_the_link_was(markdown: str, shown: str) -> None:
    assert for_index(markdown) == shown
    assert relative_links(shown) == []


def test_the_proof_sees_a_relative_link() -> None:
    assert relative_links(f"[a](docs/a.md) {WEB}\n\n- ![b](b.svg)\n- [c][]\n\n[c]: d.md\n") == [
        "docs/a.md",
        "b.svg",
        "d.md",
    ]


def test_readme_becomes_a_page_without_them() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(relative_links(text)) > 10
    assert relative_links(for_index(text)) == []
    assert len(for_index(text).splitlines()) == len(text.splitlines())
