"""Each edit to pages and overlay comes to what it has to, and says so."""

import pytest

from scripts.comparison import document_rules, schema_rules
from scripts.comparison.changes import Verdict
from scripts.comparison.engine import Comparison, Rule, Rules

from .__main__ import main
from .cases import MUTATIONS
from .edits import TTS, Edit, drop, put, text
from .run import REFUSED, Mutation, layers, run


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_an_edit_comes_to_what_it_has_to_and_says_so(mutation: Mutation) -> None:
    came = run(mutation)
    assert came.outcome == mutation.outcome, came.printed
    for words in mutation.words:
        assert words in came.printed


def test_the_suite_is_whole() -> None:
    assert len(MUTATIONS) >= 60
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)
    assert {mutation.outcome for mutation in MUTATIONS} == {REFUSED, *Verdict}
    assert all(mutation.words for mutation in MUTATIONS)


@pytest.mark.parametrize("edit", [text("no such text", ""), put("/no/such/place", 1), drop("/info/nothing")])
def test_an_edit_that_edits_nothing_is_an_error_not_a_pass(edit: Edit) -> None:
    with pytest.raises(LookupError, match="update the mutation"):
        run(Mutation("nothing", (edit,), Verdict.COMPATIBLE, ("no change",)))


def test_the_command_prints_a_table_and_fails_on_an_edit_that_comes_to_something_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = Mutation("a | in a name", (text("0.1.0", "9", TTS),), REFUSED, ("/info/version",))
    monkeypatch.setattr("tests.contract.mutations.cases.MUTATIONS", [good])
    assert main() == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| a &#124; in a name | refused by the merge | `/info/version` | yes |",
        "",
        "1 edits, 1 as they have to be: 1 refused by the merge, 0 breaking, 0 needs a decision, 0 compatible",
    ]
    for bad in (good._replace(outcome=Verdict.BREAKING), good._replace(words=("not said",))):
        monkeypatch.setattr("tests.contract.mutations.cases.MUTATIONS", [good, bad])
        assert main() == 1
        assert "NO: refused by the merge" in capsys.readouterr().out


def test_every_rule_of_the_comparison_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that no edit reaches may say anything."""
    tried: set[object] = set()
    rules = {rule: key for table in _tables() for key, rule in table.items() if rule is not None}
    for table in _tables():
        for key, rule in table.items():
            if rule is not None:
                monkeypatch.setitem(table, key, _noting(rule, tried))
    # Each edit is validated in a test of its own above; most of the time would go there.
    monkeypatch.setattr("scripts.pipeline.checks.validity", lambda *_: [])
    layers.cache_clear()
    for mutation in MUTATIONS:
        if mutation.outcome != REFUSED:
            run(mutation)
    layers.cache_clear()
    assert [key for rule, key in rules.items() if rule not in tried] == []


def _tables() -> list[Rules]:
    names = {**vars(document_rules), **vars(schema_rules)}
    private = [value for name, value in names.items() if name.startswith("_") and name.isupper()]
    return [value for value in private if isinstance(value, dict)]


def _noting(rule: Rule, tried: set[object]) -> Rule:
    def noting(comparison: Comparison, *arguments: object) -> None:
        before = len(comparison.found)
        rule(comparison, *arguments)  # type: ignore[arg-type]
        if len(comparison.found) > before:
            tried.add(rule)

    return noting
