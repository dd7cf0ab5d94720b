"""Edits that need a decision."""

from .edits import copy_of_page, drop, put
from .places import BOTH, ERROR, GET, MADE, POST, STATUS, VOICES, Cases, Groups

_PAGES: Cases = (
    ("`no` in an enum is the string", put(f"{STATUS}/enum/-", "no"), 'gets the value "no"', BOTH),
    (
        "a status added",
        put(f"{STATUS}/enum/-", "UNHEARD_OF"),
        "write `TaskStatus.UNHEARD_OF: Meaning.…,` in _MEANINGS of facade/camb_client/_polling/status.py",
        '`UNHEARD_OF = "UNHEARD_OF"` in TaskStatus',
        "code that matches every status breaks",
        BOTH,
    ),
    (
        "a status added that is no Python name",
        put(f"{STATUS}/enum/-", "in-review"),
        "TaskStatus.IN_REVIEW: Meaning.…,",
        'IN_REVIEW = "in-review"',
    ),
    (
        "a status removed",
        drop(f"{STATUS}/enum/2"),
        'loses the value "TIMEOUT"',
        '"TIMEOUT": "<where it is from>",` in UNDOCUMENTED of scripts/contract/facts.py',
    ),
    ("a status of any text", drop(f"{STATUS}/enum"), "may have any value now", "is no plain enum now"),
    (
        "FAILED documented",
        put(f"{STATUS}/enum/-", "FAILED"),
        "the table of meanings has it",
        "take it out of UNDOCUMENTED",
    ),
    ("a keyword that nobody knows", put(f"{ERROR}/properties/msg/madeUp", 5), "gets `madeUp` 5"),
    ("a `not` in a schema", put(f"{ERROR}/properties/msg/not", {"const": ""}), "gets `not`"),
    ("a discriminator", put(f"{ERROR}/discriminator", {"propertyName": "type"}), "discriminator"),
    ("the 3.0 way to be nullable", put(f"{ERROR}/properties/msg/nullable", True), "`nullable`"),
    ("webhooks", put("/webhooks", {}), "gets `webhooks` {}", BOTH),
    (
        "another media type besides",
        put(f"{GET}/responses/200/content/text~1plain", {"schema": {"type": "string"}}),
        "may be text/plain too",
    ),
    (
        "a new task result where no family can be",
        copy_of_page("get-dub", ("/tts/{task_id}", "/dub/{task_id}/status"), ("get_tts_result_tts__id__get", "d")),
        "is no family",
        "widen openapi/templates/api_init.py.jinja",
    ),
)

_VOICES: Cases = (
    ("callbacks", put(f"{POST}/callbacks", {"done": {}}), 'gets `callbacks` {"done": {}}'),
    ("a limit of a response raised", put(f"{MADE}/properties/score/maximum", 100), "is 100, was 10", "made room"),
    (
        "another default of a parameter",
        put(f"{POST}/parameters/0/schema/default", True),
        "users who leave it out get the new default",
    ),
)

_SERVERS: Cases = (("a second server gone", drop("/servers/1"), "the server https://eu.example is gone"),)

# What the cases start from, and the cases.
GROUPS: Groups = (((), _PAGES), ((VOICES,), _VOICES), ((put("/servers/-", {"url": "https://eu.example"}),), _SERVERS))
