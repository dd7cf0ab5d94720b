"""`scripts.common.strict_yaml`: what is read is what JSON could say; what is written is read the same by everybody."""

import random
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from scripts.common.errors import PipelineError
from scripts.common.strict_yaml import dump, load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("off", "off"),
        ("y", "y"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("=", "="),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("~", None),
        ("", None),
        ("!!str 5", "5"),
        ("'5'", "5"),
    ],
)
def test_scalars_are_those_of_the_core_schema(text: str, value: Any) -> None:
    loaded = load(f"a: {text}", "f.yaml")["a"]
    assert (loaded, type(loaded)) == (value, type(value))


def test_integer_keys_are_response_codes_and_become_strings() -> None:
    assert load("200: ok", "f.yaml") == {"200": "ok"}
    assert load("'<<': a quoted key like any other", "f.yaml").keys() == {"<<"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml:3: /: the key 'a' is here twice, first in line 1"),
        ("x:\n  '200': a\n  200: b", "f.yaml:3: /x: the key '200' is here twice, first in line 2"),
        ("x:\n  true: a", "f.yaml:2: /x: the key True is not a string: put it in quotes"),
        ("1.5: a", "f.yaml:1: /: the key 1.5 is not a string: put it in quotes"),
        ("null: a", "f.yaml:1: /: the key None is not a string: put it in quotes"),
        ("? [a]\n: b", "f.yaml:1: /: the key ['a'] is not a string: put it in quotes"),
        ("a: &x 1\nb: *x", "f.yaml:2: the alias *x is not supported: write the value out"),
        ("a: &x [*x]", "f.yaml:1: the alias *x is not supported: write the value out"),
        ("<<: {a: 1}", "f.yaml:1: /: merge keys are not supported: write the keys out"),
        ("a: .nan", "f.yaml:1: /a: .nan is not a number that JSON knows"),
        ("a:\n  - -.inf", "f.yaml:2: /a/0: -.inf is not a number that JSON knows"),
        ("a: 1e999", "f.yaml:1: /a: 1e999 is not a number that JSON knows"),
        ("a: " + "1" * 5000, "f.yaml:1: /a: a number with too many digits"),
        ("a: 1\n---\nb: 2", "f.yaml:2: expected a single document in the stream, but found another document"),
        ("a: !!timestamp 2024-01-01", "f.yaml:1: /a: '2024-01-01' tagged tag:yaml.org,2002:timestamp is not supp"),
        ("a: !!set {b}", "f.yaml:1: /a: the tag tag:yaml.org,2002:set is not supported"),
        ("a: !!int x", "f.yaml:1: /a: 'x' tagged tag:yaml.org,2002:int is not supported"),
        ("a: [1", "f.yaml:1: while parsing a flow sequence, expected ',' or ']'"),
        ("a: \x01", "f.yaml: unacceptable character"),
        ("[" * 5000, "f.yaml:1: nested too deeply: more than 100 levels"),
    ],
)
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(PipelineError) as refusal:
        load(text, "f.yaml")
    assert str(refusal.value).startswith(message)
    assert str(refusal.value).count("\n") <= 1


def test_dump_sorts_but_for_the_customary_top_level() -> None:
    keys = ["x-own", "components", "paths", "tags", "security", "servers", "info", "openapi", "webhooks"]
    text = dump({key: {"b": 1, "a": [{"d": 1, "c": 2}]} for key in keys})
    order = [line[:-1] for line in text.splitlines() if not line.startswith(" ")]
    assert order == ["openapi", "info", "servers", "security", "tags", "paths", "webhooks", "components", "x-own"]
    assert text.startswith("openapi:\n  a:\n    - c: 2\n      d: 1\n  b: 1\ninfo:\n")


def test_dump_writes_shared_values_out() -> None:
    shared = {"a": [1]}
    text = dump({"p": shared, "q": shared})
    assert text == "p:\n  a:\n    - 1\nq:\n  a:\n    - 1\n"


@pytest.mark.parametrize("text", ["no", "y", "N", "1e3", "0o17", "12:30", "2024-01-01", "~", "", "<<", "=", "1_000"])
def test_dump_quotes_what_some_reader_would_misread(text: str) -> None:
    assert dump({"a": text}) == f"a: '{text}'\n"


def test_any_text_reads_the_same_in_each_dialect() -> None:
    alphabet = "ab 01\n\t:#-'\"|>&*!%@`,[]{}?~=<yn.eE_+x\x85\u2028é\\\r\x07\ufeff"
    source = random.Random(0)
    for _ in range(400):
        text = "".join(source.choice(alphabet) for _ in range(source.randint(0, 8)))
        document = {"k": text, f"x{text}": [text, {text: text}]}
        written = dump(document)
        assert load(written, "f.yaml") == document
        assert yaml.safe_load(written) == document
        assert YAML(typ="safe").load(written) == document
