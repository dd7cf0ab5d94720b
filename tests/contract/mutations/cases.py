"""The edits of `mutations.py`, and what has to come of each.

The rule of this file: one edit, one idea; sorted by what each has to come to; nothing is computed here.
"""

from collections.abc import Iterator
from typing import Any

from .edits import (
    BREAKING,
    COMPATIBLE,
    DECISION,
    OVERLAY,
    REFUSED,
    SOUND,
    TTS,
    Edit,
    Mutation,
    copy_of_page,
    drop,
    operation_page,
    put,
    rename,
    supplement,
    text,
    whole_page,
    without_actions,
    without_page,
)

_Cases = tuple[tuple[str | Edit, ...], ...]  # a name, then edits and words

_GET = "/paths/~1tts~1{task_id}/get"
_SCHEMAS = "/components/schemas"
_RESULT = f"{_SCHEMAS}/OrchestratorPipelineResult"
_STATUS = f"{_SCHEMAS}/TaskStatus"
_RUN_ID = f"{_RESULT}/properties/run_id"
_ERROR = f"{_SCHEMAS}/ValidationError"
_KEY = "/components/securitySchemes/APIKeyHeader"
_BOTH = "(docs, camb.yaml)"

_NO_TTS_ACTIONS = without_actions("'/tts/")
_DUB = copy_of_page("get-dub", ("/tts/", "/dub/"), ("get_tts_result_tts__id__get", "get_dub"))

# A create call, for the kinds of change in what we send: the status pages have but one path parameter.
_POST = "/paths/~1voices/post"
_BODY = f"{_POST}/requestBody/content/application~1json/schema"
_MADE = f"{_POST}/responses/200/content/application~1json/schema"
_CREATE: dict[str, Any] = {
    "operationId": "create_voice",
    "tags": ["Voices"],
    "parameters": [
        {"in": "query", "name": "dry", "schema": {"type": "boolean", "default": False}},
        {"in": "header", "name": "x-trace", "required": False, "schema": {"type": "string"}},
    ],
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "title": "CreateVoice",
                    "required": ["text"],
                    "properties": {
                        "text": {"type": "string", "maxLength": 500},
                        "language": {"type": ["integer", "string"]},
                        "format": {"type": "string", "enum": ["wav", "mp3"]},
                    },
                }
            }
        }
    },
    "responses": {
        "200": {
            "description": "Made",
            "headers": {"x-cost": {"schema": {"type": "integer"}}},
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "title": "Voice",
                        "required": ["id"],
                        "properties": {
                            "id": {"type": "string"},
                            "score": {"type": "number", "maximum": 10},
                            "mood": {"type": "string", "enum": ["calm", "wild"]},
                            "notes": {"type": "object", "additionalProperties": {"type": "string"}},
                        },
                    }
                }
            },
        }
    },
    "security": [{"APIKeyHeader": []}],
}
_VOICES = operation_page("create-voice", "/voices", "post", _CREATE)

# A guess, and pages for what was guessed.
_DUB_GUESS = "supplements/get-dub-status.yaml"
_STORY = copy_of_page("get-story", ("/tts/", "/story/"), ("get_tts_result_tts__id__get", "get_story"))
_WITH_GUESSES = (supplement("get-dub-status"), supplement("create-tts"))
_GUESS = "it was our guess"
_DUB_GET = "/paths/~1dub~1{task_id}/get"
_CREATE_TTS: dict[str, Any] = {
    **_CREATE,
    "operationId": "create_tts_tts_post",
    "parameters": [{"in": "header", "name": "x-trace", "required": True, "schema": {"type": "string"}}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "title": "CreateTts",
                    "required": ["text", "voice_id", "tone"],
                    "properties": {
                        "text": {"type": "string", "maxLength": 500},
                        "voice_id": {"type": "string"},
                        "tone": {"type": "string"},
                        "gender": {"type": "integer", "enum": [1, 2]},
                    },
                }
            }
        },
    },
}

# What YAML would let pass
_YAML_REFUSED: _Cases = (
    ("a key twice", text("openapi: 3.1.0", "openapi: 3.1.0\nopenapi: 3.1.0"), "here twice"),
    (
        "a property twice",
        text("        run_id:\n", "        status:\n          type: string\n        run_id:\n"),
        "the key 'status' is here twice",
    ),
    (
        "an anchor and its alias",
        text("security: []", "security: &none []"),
        text("      security:\n", "      x-same: *none\n      security:\n"),
        "the alias *none is not supported",
    ),
    ("a merge key", text("info:\n", "info:\n  <<: {title: FastAPI}\n"), "merge keys are not supported"),
    ("a tab for indentation", text("  title: FastAPI", "\ttitle: FastAPI"), "cannot start any"),
    ("a tag of another type", text("3.1.0", "!!binary 3.1.0"), "is not supported"),
    ("two documents in a page", text("openapi:", "{}\n---\nopenapi:"), "expected a single document"),
    ("a bracket left open", text("security: []", "security: ["), "get-tts-result.yaml:"),
    ("a list for a page", whole_page("- openapi: 3.1.0\n"), "not an OpenAPI document: the top level is not a mapping"),
    ("infinity", text("security: []", "security: []\nx-limit: .inf"), "not a number that JSON"),
    ("true as a key", text("info:\n", "info:\n  true: x\n"), "the key True is not a string"),
    ("null as a key", text("info:\n", "info:\n  ~: x\n"), "the key None is not a string"),
    (
        "`no` for a boolean (required: no)",
        text("          required: true", "          required: no"),
        "/paths/~1tts~1{task_id}/get/parameters/0/required",
        "'no' is not of type 'boolean'",
    ),
    (
        "version 1.0 is a number, no text",
        text("0.1.0", "1.0"),
        text("0.1.0", "1.0", SOUND),
        "/info/version: 1.0 is not",
    ),
)

# Pages that cannot all be right, or not be read
_CONFLICTS: _Cases = (
    ("another version of OpenAPI in one page", put("/openapi", "3.1.1", TTS), "pages have to agree"),
    ("another title in one page", put("/info/title", "Camb", TTS), "'Camb'", "have to agree"),
    ("another server in one page", put("/servers/0/url", "https://x.example", TTS), "/servers/0/url"),
    ("a server more in one page", put("/servers/-", {"url": "https://x.example"}, TTS), "/servers"),
    ("security for all in one page", put("/security/-", {"APIKeyHeader": []}, TTS), "/security"),
    ("a key of its own in one page", put("/x-mine", 1, TTS), "/x-mine", "is not in"),
    ("a status more in one page", put(f"{_STATUS}/enum/-", "QUEUED", TTS), "/TaskStatus/enum"),
    ("another type in one page", put(f"{_RUN_ID}/type/0", "string", TTS), "/run_id/type/0"),
    ("a field more in one page", put(f"{_RESULT}/properties/eta", {}, TTS), "/properties/eta"),
    ("another header in one page", put(f"{_KEY}/name", "x-key", TTS), "'x-key'", "have to agree"),
    ("a component's words in one page", put(f"{_STATUS}/description", "?", TTS), "/description"),
    ("true against 1", put(f"{_RUN_ID}/x-new", 1), put(f"{_RUN_ID}/x-new", True, TTS), "/x-new"),
    ("the same operation in two pages", copy_of_page("get-tts-too"), "GET /tts/{task_id} is in"),
    (
        "the same path, its parameter called otherwise",
        copy_of_page("get-tts-too", ("{task_id}", "{id}"), ("name: task_id", "name: id")),
        "is the same path as",
    ),
    ("two operations in one page", put("/paths/~1tts~1{task_id}/post", {}, TTS), "exactly one"),
    ("no operation in a page", drop(_GET, TTS), "exactly one operation; this one: none"),
    (
        "one operationId for two",
        copy_of_page("get-dub", ("/tts/", "/dub/")),
        "get_tts_result_tts_id_get in Python",
        "as does",
    ),
    (
        "ids that become one module",
        copy_of_page("get-dub", ("/tts/", "/dub/"), ("get_tts_result_tts__id__get", "GetTtsResultTtsIdGet")),
        "in Python, as does",
    ),
    (
        "an id that the overlay gave away",
        copy_of_page("get-dub", ("/tts/", "/dub/"), ("get_tts_result_tts__id__get", "GetTtsStatus")),
        "overlay.yaml",
        "becomes get_tts_status in Python",
    ),
    ("no operationId", drop(f"{_GET}/operationId"), "has no operationId"),
    ("a $ref to nowhere", drop(_STATUS), "leads nowhere"),
    (
        "a $ref out of the document",
        put(f"{_RESULT}/properties/status", {"$ref": "https://x.example/#/a"}),
        "leaves the document",
    ),
    ("a $ref to itself", put(_STATUS, {"$ref": f"#{_STATUS}"}), "leads back to itself"),
    ("a security scheme that is not there", drop(_KEY), "no security scheme is called"),
    ("a path parameter without its path", put(f"{_GET}/parameters/0/name", "id"), "'id' is not in"),
    ("an enum value twice", put(f"{_STATUS}/enum/-", "ERROR"), "is in the enum twice"),
    ("a type that does not exist", put(f"{_RUN_ID}/type", "int"), "run_id", "'int'"),
    ("an answer without a description", drop(f"{_GET}/responses/200/description"), "/responses/200"),
    ("no pages", without_page(TTS), without_page(SOUND), "no pages"),
)

# Corrections that the docs have overtaken, and such as loosen what the docs promise
# No client could be made of these: every wait stands on the two fields.
_UNUSABLE: _Cases = (
    ("a status field removed", drop(f"{_RESULT}/properties/status"), "the task result has no status"),
    ("run_id removed", drop(_RUN_ID), "the task result has no run_id"),
)

# A supplement changes nothing but itself, and says how it is known.
_SUPPLEMENTS_REFUSED: _Cases = (
    (
        "a supplement with a component",
        put("/components", {"schemas": {}}, _DUB_GUESS),
        "/components",
        "nothing but paths",
    ),
    (
        "a supplement without evidence",
        drop(f"{_DUB_GET}/x-evidence", _DUB_GUESS),
        "get/x-evidence",
        "has to be confidence",
    ),
    ("no sources", drop(f"{_DUB_GET}/x-evidence/sources", _DUB_GUESS), "x-evidence/sources", "a list of sentences"),
    (
        "two operations in a supplement",
        put("/paths/~1dub~1{task_id}/post", {"x-evidence": {"confidence": "low", "sources": ["a rumour"]}}, _DUB_GUESS),
        "exactly one",
    ),
    (
        "two supplements for one operation",
        supplement("get-dub-status", to="dub"),
        "GET /dub/{task_id} is in openapi/supplements/dub.yaml too",
    ),
    (
        "an id of a page in a supplement",
        text("get_dub_status", "getTtsStatus", _DUB_GUESS),
        "supplements/get-dub-status.yaml",
        "becomes get_tts_status in Python",
    ),
    (
        "a component that no page has any more",
        text("schemas/HTTPValidationError", "schemas/Gone", _DUB_GUESS),
        "supplements/get-dub-status.yaml: /paths/~1dub~1{task_id}/get/responses/422",
        "leads nowhere",
    ),
    ("a page that calls itself a guess", put(f"{_GET}/x-evidence", {}), "get-tts-result.yaml", "belongs nowhere else"),
    (
        "an overlay that corrects a supplement",
        put(
            "/actions/-",
            {"target": "$.paths['/dub/{task_id}']", "description": "d", "x-evidence": "e", "update": {"x-new": 1}},
            OVERLAY,
        ),
        "the target matches nothing",
    ),
)

_OVERLAY_REFUSED: _Cases = (
    ("a page gone that the overlay corrects", without_page(TTS), "matches nothing", "overlay.yaml"),
    ("a path moved under the overlay", rename("/paths/~1tts~1{task_id}", "/t/{task_id}"), "the target matches nothing"),
    (
        "another operationId in the docs",
        put(f"{_GET}/operationId", "get_tts_v2"),
        "'get_tts_v2', but x-was says",
        "the docs moved, look again",
    ),
    ("another tag in the docs", put(f"{_GET}/tags/0", "Speech"), "but x-was says", "look again"),
    ("the docs deprecate too", put(f"{_GET}/deprecated", True), "changes nothing", "caught up"),
    (
        "the docs get `message` with another type",
        put(f"{_RESULT}/properties/message", {"type": "string", "title": "Message"}),
        "overlay.yaml",
        "/properties/message",
    ),
    (
        "the docs get the same 401",
        put(f"{_GET}/responses/401", {"$ref": "#/components/responses/ApiKeyRefused"}),
        "ApiKeyRefused' leads nowhere",
    ),
    (
        "the overlay takes a field away",
        put(
            "/actions/-",
            {"target": "$.components.schemas.TaskStatus.enum", "description": "d", "x-evidence": "e", "remove": True},
            OVERLAY,
        ),
        "only the tags of an operation may be removed",
    ),
    (
        "the overlay changes a type",
        put(
            "/actions/-",
            {
                "target": "$.components.schemas.TaskStatus",
                "description": "d",
                "x-evidence": "e",
                "update": {"type": "integer"},
            },
            OVERLAY,
        ),
        "only ids may be replaced",
    ),
    (
        "the overlay adds a status",
        put(
            "/actions/-",
            {
                "target": "$.components.schemas.TaskStatus",
                "description": "d",
                "x-evidence": "e",
                "update": {"enum": ["QUEUED"]},
            },
            OVERLAY,
        ),
        "appends to the list",
    ),
    ("a correction without evidence", drop("/actions/0/x-evidence", OVERLAY), "needs x-evidence"),
    ("another version of Overlay", put("/overlay", "2.0.0", OVERLAY), "not an overlay of version"),
)

_BREAKING: _Cases = (
    (
        "a format of an answer, which makes another type",
        put(f"{_ERROR}/properties/msg/format", "date"),
        'gets `format` "date"',
    ),
    (
        "an operation removed, its corrections too",
        without_page(TTS),
        _NO_TTS_ACTIONS,
        "GET /tts/{task_id} is gone",
        "camb.wait('tts:…') would end",
        _BOTH,
    ),
    (
        "an operation moved, its corrections too",
        rename("/paths/~1tts~1{task_id}", "/speech/{task_id}"),
        text("'/tts/", "'/speech/", OVERLAY),
        *[text("'/tts/{", "'/speech/{", OVERLAY)] * 4,
        "GET /tts/{task_id} is now GET /speech/{task_id}",
        _BOTH,
    ),
    (
        "the path parameter called otherwise",
        rename("/paths/~1tts~1{task_id}", "/tts/{id}"),
        put("/paths/~1tts~1{id}/get/parameters/0/name", "id"),
        *[text("'/tts/{task_id}", "'/tts/{id}", OVERLAY)] * 5,
        "GET /tts/{task_id} is now GET /tts/{id}",
        "rename the parameter in its page",
    ),
    (
        "the overlay's id changed",
        text("operationId: get_tts_status", "operationId: get_tts_task", OVERLAY),
        '"get_tts_task", was "get_tts_status"',
        "(camb.yaml)",
        "the generated module moves",
    ),
    (
        "the overlay's first tag changed",
        text("tags: [tts,", "tags: [speech,", OVERLAY),
        '["speech", "Text-to-Speech"]',
        "(camb.yaml)",
    ),
    (
        "run_id a string",
        put(f"{_RUN_ID}/type/0", "string"),
        "is string or null, was integer or null",
        "rewrite _run_id in facade/camb_client/_polling/response.py",
    ),
    ("run_id of any type", drop(f"{_RUN_ID}/type"), "is anything, was integer or null"),
    ("run_id a number", put(f"{_RUN_ID}/type/0", "number"), "is number or null, was integer"),
    (
        "the status nullable",
        put(f"{_RESULT}/properties/status", {"anyOf": [{"$ref": f"#{_STATUS}"}, {"type": "null"}]}),
        "may be null too",
        _BOTH,
    ),
    ("a message nullable", put(f"{_ERROR}/properties/msg/type", ["string", "null"]), "or null"),
    ("a field of an error removed", drop(f"{_ERROR}/properties/msg"), "ValidationError.msg` is"),
    (
        "a field no longer required",
        drop(f"{_ERROR}/required/1"),
        "`ValidationError.msg` is optional, was required",
        _BOTH,
    ),
    ("another alternative to read", put(f"{_ERROR}/properties/loc/items/anyOf/-", {"type": "boolean"}), "boolean"),
    (
        "the task result under another title",
        put(f"{_RESULT}/title", "TaskResult"),
        "answers with a task result no more",
        "no GET /tts/{task_id} answers 200",
    ),
    ("an answer removed", drop(f"{_GET}/responses/422"), "the answer 422", "is gone"),
    ("200 is 202 now", rename(f"{_GET}/responses/200", "202"), "answer 200", "is gone"),
    (
        "another media type",
        rename(f"{_GET}/responses/200/content/application~1json", "application/xml"),
        "is application/json no more",
    ),
    ("a body no more", drop(f"{_GET}/responses/422/content"), "is application/json no more"),
    (
        "another header for the key",
        put(f"{_KEY}/name", "x-camb-key"),
        '"x-camb-key", was "x-api-key"',
        "rewrite KEY_HEADER",
        _BOTH,
    ),
    ("the key in the query", put(f"{_KEY}/in", "query"), '"query", was "header"'),
    (
        "a bearer token",
        put(_KEY, {"type": "http", "scheme": "bearer"}),
        "gets `scheme`",
        "http bearer, the facade sends the header x-api-key",
    ),
    ("no key required", put(f"{_GET}/security", []), "takes no key where it took APIKeyHeader"),
    ("the key required by nobody's word", drop(f"{_GET}/security"), "takes no key where"),
    (
        "a second key required",
        put("/components/securitySchemes/Other", {"type": "apiKey", "in": "header", "name": "x-other"}),
        put(f"{_GET}/security/0/Other", []),
        "takes APIKeyHeader and Other where it took APIKeyHeader",
    ),
    (
        "another server",
        put("/servers/0/url", "https://api.camb.ai/v2"),
        "the server is https://api.camb.ai/v2",
        '`DEFAULT_BASE_URL = "https://api.camb.ai/v2"`',
        _BOTH,
    ),
    (
        "another server for one operation",
        put(f"{_GET}/servers", [{"url": "https://tts.camb.ai"}]),
        "the server of GET /tts/{task_id} is https://tts.camb.ai",
    ),
    (
        "a required query parameter",
        put(f"{_GET}/parameters/-", {"in": "query", "name": "lang", "required": True, "schema": {"type": "string"}}),
        "`lang` of GET /tts/{task_id} is new and required",
        "which facade/camb_client/_api/operations.py never sends",
    ),
    (
        "the task id a number",
        put(f"{_SCHEMAS}/TaskIDParam/type", "integer"),
        "is integer, was string",
        "task_id is no longer a string",
    ),
    ("the task id a UUID", put(f"{_SCHEMAS}/TaskIDParam/format", "uuid"), 'gets `format` "uuid"'),
    (
        "the overlay no longer adds `message`",
        drop("/actions/6/update/message", OVERLAY),
        "`OrchestratorPipelineResult.message` is gone",
        "(camb.yaml)",
        "has no message",
    ),
)

_BREAKING_VOICES: _Cases = (
    (
        "a parameter written otherwise",
        put(f"{_POST}/parameters/0/style", "spaceDelimited"),
        "`style`",
        "written otherwise",
    ),
    ("a least length for a body", put(f"{_BODY}/properties/text/minLength", 1), "gets `minLength` 1"),
    ("a server with variables", put("/servers/0/variables", {"v": {"default": "1"}}), "`variables`"),
    (
        "other fields of another type",
        put(f"{_MADE}/properties/notes/additionalProperties/type", "integer"),
        "integer, was",
    ),
    ("other fields of any type", put(f"{_MADE}/properties/notes/additionalProperties", True), "`additionalProperties`"),
    ("a header's type", put(f"{_POST}/responses/200/headers/x-cost/schema/type", "string"), "is string, was integer"),
    ("a parameter that is an array now", put(f"{_POST}/parameters/1/schema/type", "array"), "is array, was string"),
    ("a method changed", rename("/paths/~1voices/post", "put"), "POST /voices is gone"),
    (
        "an id changed that no overlay holds",
        put(f"{_POST}/operationId", "make_voice"),
        "the generated module moves",
        "make_voice",
    ),
    (
        "a parameter required now",
        put(f"{_POST}/parameters/1/required", True),
        "`x-trace` of POST /voices is required, was optional",
    ),
    ("a parameter removed", drop(f"{_POST}/parameters/0"), "`dry` of POST /voices is gone"),
    ("a header of an answer removed", drop(f"{_POST}/responses/200/headers/x-cost"), "the header `x-cost`", "is gone"),
    (
        "a property of a body required now",
        put(f"{_BODY}/required/-", "language"),
        "`language` of the body of POST /voices is required, was optional",
    ),
    (
        "a new property of a body, required",
        put(f"{_BODY}/properties/tone", {"type": "string"}),
        put(f"{_BODY}/required/-", "tone"),
        "`tone` of the body of POST /voices is new and required",
    ),
    ("a property of a body removed", drop(f"{_BODY}/properties/language"), "is gone"),
    (
        "a value of a body removed",
        drop(f"{_BODY}/properties/format/enum/0"),
        'loses the value "wav"',
        "who sends it as before is refused",
    ),
    ("a type of a body narrowed", drop(f"{_BODY}/properties/language/type/1"), "is integer, was integer or string"),
    (
        "a limit of a body lowered",
        put(f"{_BODY}/properties/text/maxLength", 100),
        "`maxLength` of `text`",
        "is 100, was 500",
    ),
    ("a pattern for a body", put(f"{_BODY}/properties/text/pattern", "^a"), "`pattern`"),
    ("the body required", put(f"{_POST}/requestBody/required", True), "is required, was"),
    ("the body removed", drop(f"{_POST}/requestBody"), "the body of POST /voices is gone"),
    (
        "the body in another media type",
        rename(f"{_POST}/requestBody/content/application~1json", "multipart/form-data"),
        "is application/json no more",
    ),
    ("no other fields in a body", put(f"{_BODY}/additionalProperties", False), "`additionalProperties` false"),
)

_BREAKING_DUB: _Cases = (
    (
        "a task result where no family is",
        rename("/paths/~1dub~1{task_id}", "/dub/{task_id}/status"),
        "is no family",
        "rename the parameter in its page",
    ),
)

# What a guess was is no promise; what a page says is one, in a guess too, and if a guess takes its place.
_BREAKING_GUESSES: _Cases = (
    ("another type of what a guess reads too", put(f"{_RUN_ID}/type", "string"), "is string, was integer or null"),
    (
        "a guess for a page",
        without_page("pages/get-story.yaml"),
        supplement("get-story-status"),
        'is "get_story_status", was "get_story"',
        "the generated module moves",
    ),
)

_DECISIONS_GUESSES: _Cases = (
    ("a guess gone, and no page for it", without_page(_DUB_GUESS), "GET /dub/{task_id} is gone", _GUESS, "tell"),
    (
        "a page without a task result for a guess",
        copy_of_page(
            "get-dub",
            ("/tts/", "/dub/"),
            ("tts__id", "dub__id"),
            ("OrchestratorPipelineResult'", "HTTPValidationError'"),
        ),
        "GET /dub/{task_id} answers with a task result no more",
        _GUESS,
    ),
)

_COMPATIBLE_GUESSES: _Cases = (
    (
        "a page of other types for a guess",
        operation_page("create-tts", "/tts", "post", _CREATE_TTS),
        "POST /tts has a page, and was our guess",
        "`tone` of the body of POST /tts is new and required",
        "`language` of the body of POST /tts is gone",
        "the type of `voice_id` of the body of POST /tts is string, was integer",
        "`x-trace` of POST /tts is new and required",
        "`task_id` of the answer 200 of POST /tts is gone",
        _GUESS,
    ),
    ("a page that says what was guessed", _DUB, "GET /dub/{task_id} has a page, and was our guess", _GUESS),
    ("other evidence for a guess", put(f"{_DUB_GET}/x-evidence/confidence", "low", _DUB_GUESS), "no change"),
    ("a guess made better", drop(f"{_DUB_GET}/responses/422", _DUB_GUESS), "the answer 422", "is gone", _GUESS),
)

_DECISIONS: _Cases = (
    ("`no` in an enum is the string", put(f"{_STATUS}/enum/-", "no"), 'gets the value "no"', _BOTH),
    (
        "a status added",
        put(f"{_STATUS}/enum/-", "QUEUED"),
        "write `TaskStatus.QUEUED: Meaning.…,` in _MEANINGS of facade/camb_client/_polling/status.py",
        '`QUEUED = "QUEUED"` in TaskStatus',
        "a closed reader breaks",
        _BOTH,
    ),
    (
        "a status added that is no Python name",
        put(f"{_STATUS}/enum/-", "in-review"),
        "TaskStatus.IN_REVIEW: Meaning.…,",
        'IN_REVIEW = "in-review"',
    ),
    (
        "a status removed",
        drop(f"{_STATUS}/enum/2"),
        'loses the value "TIMEOUT"',
        '"TIMEOUT": "<where it is from>",` in UNDOCUMENTED of scripts/contract/facts.py',
    ),
    ("a status of any text", drop(f"{_STATUS}/enum"), "may have any value now", "is no plain enum now"),
    (
        "FAILED documented",
        put(f"{_STATUS}/enum/-", "FAILED"),
        "the table of meanings has it",
        "take it out of UNDOCUMENTED",
    ),
    ("a key that nobody knows", put(f"{_GET}/x-rate-limit", 5), "gets `x-rate-limit` 5"),
    ("a `not` in a schema", put(f"{_ERROR}/properties/msg/not", {"const": ""}), "gets `not`"),
    ("a discriminator", put(f"{_ERROR}/discriminator", {"propertyName": "type"}), "discriminator"),
    ("the 3.0 way to be nullable", put(f"{_ERROR}/properties/msg/nullable", True), "`nullable`"),
    ("webhooks", put("/webhooks", {}), "gets `webhooks` {}", _BOTH),
    ("another patch of OpenAPI", put("/openapi", "3.1.1"), '"3.1.1", was "3.1.0"'),
    (
        "another media type besides",
        put(f"{_GET}/responses/200/content/text~1plain", {"schema": {"type": "string"}}),
        "may be text/plain too",
    ),
    (
        "a new task result where no family can be",
        copy_of_page("get-dub", ("/tts/{task_id}", "/dub/{task_id}/status"), ("get_tts_result_tts__id__get", "d")),
        "is no family",
        "widen openapi/templates/api_init.py.jinja",
    ),
)

_DECISIONS_VOICES: _Cases = (
    ("callbacks", put(f"{_POST}/callbacks", {}), "gets `callbacks` {}"),
    ("a limit of an answer raised", put(f"{_MADE}/properties/score/maximum", 100), "is 100, was 10", "made room"),
    (
        "another default of a parameter",
        put(f"{_POST}/parameters/0/schema/default", True),
        "who leaves it out gets something else",
    ),
)

_DECISIONS_EU: _Cases = (("a second server gone", drop("/servers/1"), "the server https://eu.example is gone"),)

_COMPATIBLE: _Cases = (
    ("200 without quotes is the code", text("'200'", "200"), "no change"),
    (
        "a date without quotes is the string",
        text("  version: 0.1.0", "  version: 2024-01-01"),
        text("  version: 0.1.0", "  version: 2024-01-01", SOUND),
        "2024-01-01",
        _BOTH,
    ),
    ("12:30 is no number of seconds", text("      summary: Get Tts Result", "      summary: 12:30"), "12:30"),
    ("quotes of the other kind", text("'200'", '"200"'), "no change"),
    (
        "keys in another order",
        text("  title: FastAPI\n  version: 0.1.0", "  version: 0.1.0\n  title: FastAPI"),
        "no change",
    ),
    ("nothing", "no change"),
    ("a new family", _DUB, "GET /dub/{task_id} is new", "camb.wait('dub:…') will work", _BOTH),
    ("a new operation of no family", _VOICES, "POST /voices is new", "what there was goes on"),
    (
        "a field added to the result",
        put(f"{_RESULT}/properties/eta", {"type": "number"}),
        ".eta` is new",
        "who reads it as before goes on",
        _BOTH,
    ),
    (
        "a field added by the overlay",
        put("/actions/6/update/eta", {"type": "number"}, OVERLAY),
        ".eta` is new",
        "(camb.yaml)",
    ),
    ("status required now", put(f"{_RESULT}/required", ["status"]), "is required, was optional"),
    ("run_id never null", put(f"{_RUN_ID}/type", "integer"), "is integer, was integer or null"),
    (
        "run_id's type written as anyOf",
        drop(f"{_RUN_ID}/type"),
        put(f"{_RUN_ID}/anyOf", [{"type": "integer"}, {"type": "null"}]),
        "a list of alternatives now",
    ),
    (
        "an answer added",
        put(f"{_GET}/responses/429", {"description": "Slow"}),
        "the answer 429",
        "an error for each code",
    ),
    ("an alternative less to read", drop(f"{_ERROR}/properties/loc/items/anyOf/1"), "string"),
    ("a description", put(f"{_RESULT}/description", "How it is going"), "only people read it"),
    ("the words of an operation", put(f"{_GET}/summary", "Status"), '"Status", was "Get Tts'),
    ("an example", put(f"{_RUN_ID}/examples", [7]), "gets `examples` [7]"),
    ("a title of a field", put(f"{_RUN_ID}/title", "Run"), "names a private class by it"),
    ("the version of the document", put("/info/version", "0.2.0"), "0.2.0", _BOTH),
    (
        "an operation deprecated",
        put("/paths/~1text-to-sound~1{task_id}/get/deprecated", True),
        "tell users in CHANGELOG.md",
    ),
    (
        "an id that the overlay holds",
        put(f"{_GET}/operationId", "get_tts_v2"),
        text("get_tts_result_tts__id__get", "get_tts_v2", OVERLAY),
        "(docs)",
        "camb.yaml decides",
    ),
    (
        "statuses in another order",
        put(f"{_STATUS}/enum", ["PENDING", "ERROR", "SUCCESS", "TIMEOUT", "PAYMENT_REQUIRED"]),
        "the same is written otherwise",
    ),
    (
        "an optional query parameter",
        put(f"{_GET}/parameters/-", {"in": "query", "name": "lang", "schema": {"type": "string"}}),
        "is new and optional",
        "who sends it as before goes on",
    ),
    (
        "another key that lets in",
        put("/components/securitySchemes/Other", {"type": "http", "scheme": "bearer"}),
        put(f"{_GET}/security/-", {"Other": []}),
        "takes APIKeyHeader or Other",
        "taken as before",
    ),
    (
        "the security scheme under another name",
        rename(_KEY, "Key"),
        put(f"{_GET}/security", [{"Key": []}]),
        put("/paths/~1text-to-sound~1{task_id}/get/security", [{"Key": []}]),
        "only the scheme's name",
    ),
    (
        "a component under another name",
        rename(_STATUS, "Status"),
        put(f"{_RESULT}/properties/status/$ref", f"#{_SCHEMAS}/Status"),
        "is a `Status` where it was a `TaskStatus`",
    ),
    (
        "a component that nobody uses",
        put(f"{_SCHEMAS}/Spare", {"type": "string"}),
        "`Spare` is new, and no operation uses it",
    ),
    ("a second server", put("/servers/-", {"url": "https://eu.example"}), "CAMB_BASE_URL can"),
    ("words about the key", put(f"{_KEY}/description", "The key"), "only people read it"),
    (
        "security for all, which each operation overrides",
        put("/security", [{"APIKeyHeader": []}]),
        "each operation says itself",
    ),
)

_COMPATIBLE_VOICES: _Cases = (
    ("a limit of an answer lowered", put(f"{_MADE}/properties/score/maximum", 5), "is 5, was 10"),
    ("no other fields in an answer", put(f"{_MADE}/additionalProperties", False), "`additionalProperties` false"),
    ("words about a field", put(f"{_MADE}/properties/id/description", "UUID"), "only people"),
    ("another tag behind the first", put(f"{_POST}/tags/-", "New"), '["Voices", "New"]'),
    (
        "an optional property of a body",
        put(f"{_BODY}/properties/tone", {"type": "string"}),
        "`tone` of the body of POST /voices is new",
    ),
    ("a value of a body added", put(f"{_BODY}/properties/format/enum/-", "ogg"), '"ogg"'),
    ("a property of a body no longer required", drop(f"{_BODY}/required/0"), "is optional, was required"),
    ("a limit of a body raised", put(f"{_BODY}/properties/text/maxLength", 900), "900"),
    (
        "a type of a body widened",
        put(f"{_BODY}/properties/text/type", ["string", "null"]),
        "is string or null, was string",
    ),
    (
        "another media type for a body",
        put(f"{_POST}/requestBody/content/text~1plain", {"schema": {"type": "string"}}),
        "may be text/plain",
    ),
    (
        "a value of an answer added, of no status",
        put(f"{_MADE}/properties/mood/enum/-", "sad"),
        "it breaks who matches all of them by hand",
    ),
    ("a value of an answer removed, of no status", drop(f"{_MADE}/properties/mood/enum/0"), "waits in vain"),
    (
        "a header of an answer added",
        put(f"{_POST}/responses/200/headers/x-left", {"schema": {"type": "integer"}}),
        "the header `x-left`",
        "is new",
    ),
    (
        "a number in an answer an integer now",
        put(f"{_MADE}/properties/score/type", "integer"),
        "is integer, was number",
    ),
)


def _mutations(outcome: str, cases: _Cases, *before: Edit) -> Iterator[Mutation]:
    for name, *parts in cases:
        edits = tuple(part for part in parts if not isinstance(part, str))
        yield Mutation(str(name), edits, outcome, tuple(part for part in parts if isinstance(part, str)), before)


_UNKNOWN = (put(f"{_STATUS}/enum/-", "FAILED"), put(f"{_STATUS}/enum/-", "QUEUED"))

MUTATIONS = (
    *_mutations(REFUSED, (*_YAML_REFUSED, *_CONFLICTS, *_UNUSABLE, *_OVERLAY_REFUSED)),
    *_mutations(REFUSED, _SUPPLEMENTS_REFUSED, *_WITH_GUESSES),
    *_mutations(BREAKING, _BREAKING),
    *_mutations(BREAKING, _BREAKING_GUESSES, *_WITH_GUESSES, _STORY),
    *_mutations(BREAKING, _BREAKING_VOICES, _VOICES),
    *_mutations(BREAKING, _BREAKING_DUB, _DUB),
    *_mutations(DECISION, _DECISIONS),
    *_mutations(DECISION, _DECISIONS_VOICES, _VOICES),
    *_mutations(DECISION, _DECISIONS_EU, put("/servers/-", {"url": "https://eu.example"})),
    *_mutations(DECISION, _DECISIONS_GUESSES, *_WITH_GUESSES),
    *_mutations(COMPATIBLE, _COMPATIBLE),
    *_mutations(COMPATIBLE, _COMPATIBLE_GUESSES, *_WITH_GUESSES),
    *_mutations(COMPATIBLE, _COMPATIBLE_VOICES, _VOICES),
    *_mutations(
        COMPATIBLE,
        (
            (
                "statuses removed that no page has to have",
                drop(f"{_STATUS}/enum/6"),
                drop(f"{_STATUS}/enum/5"),
                'loses the value "FAILED"',
                'loses the value "QUEUED"',
            ),
        ),
        *_UNKNOWN,
    ),
)
