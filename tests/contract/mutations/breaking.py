"""Edits that break users of the client."""

from .edits import OVERLAY, TTS, copy_of_page, drop, operation_page, put, rename, supplement, text, without_page
from .places import (
    BODY,
    BOTH,
    CREATE_TTS,
    DUB,
    DUB_SUPPLEMENT,
    ERROR,
    GET,
    KEY,
    MADE,
    NO_TTS_ACTIONS,
    POST,
    RESULT,
    RUN_ID,
    SCHEMAS,
    STATUS,
    STORY,
    SUPPLEMENT,
    VOICES,
    WITH_FAMILIES,
    WITH_SUPPLEMENTS,
    Cases,
    Groups,
)

_PAGES: Cases = (
    (
        "a format of a response, which makes another type",
        put(f"{ERROR}/properties/msg/format", "date"),
        'gets `format` "date"',
    ),
    (
        "an operation removed, its corrections too",
        without_page(TTS),
        NO_TTS_ACTIONS,
        "GET /tts/{task_id} is gone",
        "camb.wait('tts:…') would stop working",
        BOTH,
    ),
    (
        "an operation moved, its corrections too",
        rename("/paths/~1tts~1{task_id}", "/speech/{task_id}"),
        text("'/tts/", "'/speech/", OVERLAY),
        *[text("'/tts/{", "'/speech/{", OVERLAY)] * 4,
        text("tags: [tts,", "tags: [speech,", OVERLAY),
        "GET /tts/{task_id} is now GET /speech/{task_id}",
        BOTH,
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
        "run_id a string",
        put(f"{RUN_ID}/type/0", "string"),
        "is string or null, was integer or null",
        "rewrite _run_id in facade/camb_client/_polling/response.py",
    ),
    ("run_id of any type", drop(f"{RUN_ID}/type"), "is anything, was integer or null"),
    ("run_id a number", put(f"{RUN_ID}/type/0", "number"), "is number or null, was integer"),
    (
        "the status nullable",
        put(f"{RESULT}/properties/status", {"anyOf": [{"$ref": f"#{STATUS}"}, {"type": "null"}]}),
        "may be null too",
        BOTH,
    ),
    ("a message nullable", put(f"{ERROR}/properties/msg/type", ["string", "null"]), "or null"),
    ("a field of an error removed", drop(f"{ERROR}/properties/msg"), "ValidationError.msg` is"),
    (
        "a field no longer required",
        drop(f"{ERROR}/required/1"),
        "`ValidationError.msg` is optional, was required",
        BOTH,
    ),
    ("another alternative to read", put(f"{ERROR}/properties/loc/items/anyOf/-", {"type": "boolean"}), "boolean"),
    (
        "the task result under another title",
        put(f"{RESULT}/title", "TaskResult"),
        "no longer returns a task result",
        "no GET /tts/{task_id} returns OrchestratorPipelineResult",
    ),
    ("a response removed", drop(f"{GET}/responses/422"), "the response 422", "is gone"),
    ("200 is 202 now", rename(f"{GET}/responses/200", "202"), "response 200", "is gone"),
    (
        "another media type",
        rename(f"{GET}/responses/200/content/application~1json", "application/xml"),
        "is no longer application/json",
    ),
    ("a body no more", drop(f"{GET}/responses/422/content"), "is no longer application/json"),
    (
        "another header for the key",
        put(f"{KEY}/name", "x-camb-key"),
        '"x-camb-key", was "x-api-key"',
        "rewrite KEY_HEADER",
        BOTH,
    ),
    ("the key in the query", put(f"{KEY}/in", "query"), '"query", was "header"'),
    (
        "a bearer token",
        put(KEY, {"type": "http", "scheme": "bearer"}),
        "gets `scheme`",
        "http bearer, the client sends the header x-api-key",
    ),
    ("no key required", put(f"{GET}/security", []), "requires no key, was APIKeyHeader"),
    ("the key required by nobody's word", drop(f"{GET}/security"), "requires no key, was"),
    (
        "a second key required",
        put("/components/securitySchemes/Other", {"type": "apiKey", "in": "header", "name": "x-other"}),
        put(f"{GET}/security/0/Other", []),
        "requires APIKeyHeader and Other, was APIKeyHeader",
    ),
    (
        "another server",
        put("/servers/0/url", "https://api.camb.ai/v2"),
        "the server is https://api.camb.ai/v2",
        '`DEFAULT_BASE_URL = "https://api.camb.ai/v2"`',
        BOTH,
    ),
    (
        "another server for one operation",
        put(f"{GET}/servers", [{"url": "https://tts.camb.ai"}]),
        "the server of GET /tts/{task_id} is https://tts.camb.ai",
    ),
    (
        "a required query parameter",
        put(f"{GET}/parameters/-", {"in": "query", "name": "lang", "required": True, "schema": {"type": "string"}}),
        "`lang` of GET /tts/{task_id} is new and required",
        "which facade/camb_client/_api/operations.py never sends",
    ),
    (
        "the task id a number",
        put(f"{SCHEMAS}/TaskIDParam/type", "integer"),
        "is integer, was string",
        "task_id is no longer a string",
    ),
    ("the task id a UUID", put(f"{SCHEMAS}/TaskIDParam/format", "uuid"), 'gets `format` "uuid"'),
    (
        "the overlay no longer adds `message`",
        drop("/actions/6/update/message", OVERLAY),
        "`OrchestratorPipelineResult.message` is gone",
        "(camb.yaml)",
        "has no message",
    ),
)

# What only a supplement said is no promise; what a page says is one, in a supplement too, and if one takes its place.
_SUPPLEMENTED: Cases = (
    ("another type of what a supplement reads too", put(f"{RUN_ID}/type", "string"), "is string, was integer or null"),
    (
        "a supplement for a page",
        without_page("pages/get-story.yaml"),
        supplement("get-story-status"),
        'is "get_story_status", was "get_story"',
        "the generated module moves",
    ),
)

# What users write is no less theirs where only a supplement said so: handles, models by role, and their fields.
_NAMES: Cases = (
    (
        "a supplement gone, and no page for it",
        without_page(DUB_SUPPLEMENT),
        "kinds.DUB is gone",
        "GET /dub/{task_id} is gone",
        SUPPLEMENT,
        "tell",
    ),
    (
        "a page without a task result for a supplement",
        copy_of_page(
            "get-dub",
            ("/tts/", "/dub/"),
            ("tts__id", "dub__id"),
            ("OrchestratorPipelineResult'", "HTTPValidationError'"),
        ),
        "kinds.DUB is gone",
        "GET /dub/{task_id} no longer returns a task result",
        SUPPLEMENT,
    ),
    (
        "a page of other types for a supplement",
        operation_page("create-tts", "/tts", "post", CREATE_TTS),
        "POST /tts has a page now, in place of our supplement",
        "`tone` of the body of POST /tts is new and required",
        "`language` of the body of POST /tts is gone",
        "the type of `voice_id` of the body of POST /tts is string, was integer",
        "`x-trace` of POST /tts is new and required",
        "`task_id` of the response 200 of POST /tts is gone",
        "models.TtsBody is gone",
        SUPPLEMENT,
    ),
)

_CREATE, _RESULT = "supplements/create-translate.yaml", "supplements/get-translate-result.yaml"
_TRANSCRIPT = "supplements/get-dub-transcript.yaml"
_TRANSLATE = "/paths/~1translate/post/requestBody/content/application~1json/schema"
_HANDLES: Cases = (
    (
        "a field of a body gone",
        drop(f"{_TRANSLATE}/properties/formality", _CREATE),
        "models.TranslateBody.formality is gone",
    ),
    (
        "a field of a body renamed",
        rename(f"{_TRANSLATE}/properties/target_language", "into", _CREATE),
        put(f"{_TRANSLATE}/required", ["texts"], _CREATE),
        "models.TranslateBody.target_language is gone",
    ),
    (
        "a field of a result renamed",
        rename("/components/schemas/TranslatedTexts/properties/texts", "translations", _RESULT),
        put("/components/schemas/TranslatedTexts/required", [], _RESULT),
        "models.TranslateResult.texts is gone",
    ),
    ("a result without a supplement", without_page(_RESULT), "models.TranslateResult is gone"),
    ("a create without a supplement", without_page(_CREATE), "models.TranslateBody is gone"),
    (
        "a part renamed",
        rename("/paths/~1transcript~1{run_id}~1{language}", "/dub-text/{run_id}/{language}", _TRANSCRIPT),
        "kinds.DUB_TRANSCRIPT is gone",
    ),
    (
        "an argument of a part renamed",
        put("/paths/~1transcript~1{run_id}~1{language}/get/parameters/2/name", "format", _TRANSCRIPT),
        "kinds.DUB_TRANSCRIPT(format_type=…) is gone",
    ),
    (
        "a handle renamed",
        rename("/paths/~1translate~1{task_id}", "/translation/{task_id}", "supplements/get-translate-status.yaml"),
        put("/paths/~1translation~1{task_id}/get/tags/0", "translation", "supplements/get-translate-status.yaml"),
        "kinds.TRANSLATE is gone",
    ),
)

_VOICES: Cases = (
    (
        "a parameter written otherwise",
        put(f"{POST}/parameters/0/style", "spaceDelimited"),
        "`style`",
        "encoded differently",
    ),
    ("a least length for a body", put(f"{BODY}/properties/text/minLength", 1), "gets `minLength` 1"),
    ("a server with variables", put("/servers/0/variables", {"v": {"default": "1"}}), "`variables`"),
    (
        "other fields of another type",
        put(f"{MADE}/properties/notes/additionalProperties/type", "integer"),
        "integer, was",
    ),
    ("other fields of any type", put(f"{MADE}/properties/notes/additionalProperties", True), "`additionalProperties`"),
    ("a header's type", put(f"{POST}/responses/200/headers/x-cost/schema/type", "string"), "is string, was integer"),
    ("a parameter that is an array now", put(f"{POST}/parameters/1/schema/type", "array"), "is array, was string"),
    ("a method changed", rename("/paths/~1voices/post", "put"), "POST /voices is gone"),
    (
        "an id changed that no overlay holds",
        put(f"{POST}/operationId", "make_voice"),
        "the generated module moves",
        "make_voice",
    ),
    (
        "a parameter required now",
        put(f"{POST}/parameters/1/required", True),
        "`x-trace` of POST /voices is required, was optional",
    ),
    ("a parameter removed", drop(f"{POST}/parameters/0"), "`dry` of POST /voices is gone"),
    ("a header of a response removed", drop(f"{POST}/responses/200/headers/x-cost"), "the header `x-cost`", "is gone"),
    (
        "a property of a body required now",
        put(f"{BODY}/required/-", "language"),
        "`language` of the body of POST /voices is required, was optional",
    ),
    (
        "a new property of a body, required",
        put(f"{BODY}/properties/tone", {"type": "string"}),
        put(f"{BODY}/required/-", "tone"),
        "`tone` of the body of POST /voices is new and required",
    ),
    ("a property of a body removed", drop(f"{BODY}/properties/language"), "is gone"),
    (
        "a value of a body removed",
        drop(f"{BODY}/properties/format/enum/0"),
        'loses the value "wav"',
        "breaks requests: what was valid is refused",
    ),
    ("a type of a body narrowed", drop(f"{BODY}/properties/language/type/1"), "is integer, was integer or string"),
    (
        "a limit of a body lowered",
        put(f"{BODY}/properties/text/maxLength", 100),
        "`maxLength` of `text`",
        "is 100, was 500",
    ),
    ("a pattern for a body", put(f"{BODY}/properties/text/pattern", "^a"), "`pattern`"),
    ("the body required", put(f"{POST}/requestBody/required", True), "is required, was"),
    ("the body removed", drop(f"{POST}/requestBody"), "the body of POST /voices is gone"),
    (
        "the body in another media type",
        rename(f"{POST}/requestBody/content/application~1json", "multipart/form-data"),
        "is no longer application/json",
    ),
    ("no other fields in a body", put(f"{BODY}/additionalProperties", False), "`additionalProperties` false"),
)

_DUB: Cases = (
    (
        "a task result where no family is",
        rename("/paths/~1dub~1{task_id}", "/dub/{task_id}/status"),
        "is no family",
        "rename the parameter in its page",
    ),
)

# What the cases start from, and the cases.
GROUPS: Groups = (
    ((), _PAGES),
    ((*WITH_SUPPLEMENTS, STORY), _SUPPLEMENTED),
    (WITH_SUPPLEMENTS, _NAMES),
    (WITH_FAMILIES, _HANDLES),
    ((VOICES,), _VOICES),
    ((DUB,), _DUB),
)
