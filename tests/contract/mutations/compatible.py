"""Edits that change nothing for users of the client."""

from .edits import OVERLAY, SOUND, TTS, drop, put, rename, text
from .places import (
    BODY,
    BOTH,
    DUB,
    DUB_GET,
    DUB_SUPPLEMENT,
    ERROR,
    GET,
    KEY,
    MADE,
    POST,
    RESULT,
    RUN_ID,
    SCHEMAS,
    STATUS,
    STATUSES,
    SUPPLEMENT,
    VOICES,
    WITH_SUPPLEMENTS,
    Cases,
    Groups,
)

_PAGES: Cases = (
    ("200 without quotes is the code", text("'200'", "200"), "no change"),
    (
        "a date without quotes is the string",
        text("  version: 0.1.0", "  version: 2024-01-01"),
        text("  version: 0.1.0", "  version: 2024-01-01", SOUND),
        "2024-01-01",
        BOTH,
    ),
    ("12:30 is no number of seconds", text("      summary: Get Tts Result", "      summary: 12:30"), "12:30"),
    ("quotes of the other kind", text("'200'", '"200"'), "no change"),
    (
        "keys in another order",
        text("  title: FastAPI\n  version: 0.1.0", "  version: 0.1.0\n  title: FastAPI"),
        "no change",
    ),
    ("nothing", "no change"),
    ("another patch of OpenAPI", put("/openapi", "3.1.1"), '"3.1.1", was "3.1.0"', BOTH),
    ("another patch of OpenAPI in one page", put("/openapi", "3.1.2", TTS), '"3.1.2", was "3.1.0"', BOTH),
    (
        "what is for other tools",
        put(f"{GET}/x-codeSamples", [{"lang": "bash", "source": "curl"}]),
        put(f"{GET}/responses/x-order", 1),
        put(f"{RESULT}/x-internal", True),
        "the extension `x-codeSamples` is new",
        "`x-order`",
        "`x-internal`",
        BOTH,
    ),
    ("a default written out", put(f"{RESULT}/additionalProperties", True), "the same is spelled differently"),
    (
        "what says nothing written out",
        put(f"{RESULT}/unevaluatedProperties", True),
        put(f"{GET}/callbacks", {}),
        put(f"{GET}/responses/200/links", {}),
        "the same is spelled differently",
        BOTH,
    ),
    (
        "the task result in an allOf",
        put(f"{GET}/responses/200/content/application~1json/schema", {"allOf": [{"$ref": f"#{RESULT}"}]}),
        "the same is spelled differently",
        "(docs)",
    ),
    (
        "a status in an allOf",
        put(f"{RESULT}/properties/status", {"allOf": [{"$ref": f"#{STATUS}"}]}),
        "the same is spelled differently",
        "(docs)",
    ),
    (
        "a property in an allOf",
        put(f"{ERROR}/properties/msg", {"allOf": [{"type": "string"}], "title": "Message"}),
        "same",
    ),
    (
        "a component written out",
        put(f"{RESULT}/properties/status", {"type": "string", "enum": STATUSES, "title": "TaskStatus"}),
        "the same is spelled differently",
    ),
    ("a new family", DUB, "GET /dub/{task_id} is new", "camb.wait('dub:…') will work", BOTH),
    ("a new operation of no family", VOICES, "POST /voices is new", "existing operations are unaffected"),
    (
        "a field added to the result",
        put(f"{RESULT}/properties/eta", {"type": "number"}),
        ".eta` is new",
        "existing readers are unaffected",
        BOTH,
    ),
    (
        "a field added by the overlay",
        put("/actions/6/update/eta", {"type": "number"}, OVERLAY),
        ".eta` is new",
        "(camb.yaml)",
    ),
    ("status required now", put(f"{RESULT}/required", ["status"]), "is required, was optional"),
    ("run_id never null", put(f"{RUN_ID}/type", "integer"), "is integer, was integer or null"),
    (
        "run_id's type written as anyOf",
        drop(f"{RUN_ID}/type"),
        put(f"{RUN_ID}/anyOf", [{"type": "integer"}, {"type": "null"}]),
        "a list of alternatives now",
    ),
    (
        "a response added",
        put(f"{GET}/responses/429", {"description": "Slow"}),
        "the response 429",
        "an error for every code",
    ),
    ("an alternative less to read", drop(f"{ERROR}/properties/loc/items/anyOf/1"), "string"),
    ("a description", put(f"{RESULT}/description", "How it is going"), "only people read it"),
    ("the words of an operation", put(f"{GET}/summary", "Status"), '"Status", was "Get Tts'),
    ("an example", put(f"{RUN_ID}/examples", [7]), "gets `examples` [7]"),
    ("a title of a field", put(f"{RUN_ID}/title", "Run"), "names a private class by it"),
    ("the version of the document", put("/info/version", "0.2.0"), "0.2.0", BOTH),
    (
        "an operation deprecated",
        put("/paths/~1text-to-sound~1{task_id}/get/deprecated", True),
        "tell users in CHANGELOG.md",
    ),
    (
        "an id that the overlay holds",
        put(f"{GET}/operationId", "get_tts_v2"),
        text("get_tts_result_tts__id__get", "get_tts_v2", OVERLAY),
        "(docs)",
        "camb.yaml decides",
    ),
    ("statuses in another order", put(f"{STATUS}/enum", sorted(STATUSES)), "the same is spelled differently"),
    (
        "an optional query parameter",
        put(f"{GET}/parameters/-", {"in": "query", "name": "lang", "schema": {"type": "string"}}),
        "is new and optional",
        "existing requests are unaffected",
    ),
    (
        "another key that lets in",
        put("/components/securitySchemes/Other", {"type": "http", "scheme": "bearer"}),
        put(f"{GET}/security/-", {"Other": []}),
        "requires APIKeyHeader or Other",
        "still accepted",
    ),
    (
        "the security scheme under another name",
        rename(KEY, "Key"),
        put(f"{GET}/security", [{"Key": []}]),
        put("/paths/~1text-to-sound~1{task_id}/get/security", [{"Key": []}]),
        "only the scheme's name",
    ),
    (
        "a component under another name",
        rename(STATUS, "Status"),
        put(f"{RESULT}/properties/status/$ref", f"#{SCHEMAS}/Status"),
        "is a `Status` where it was a `TaskStatus`",
    ),
    (
        "a component that nobody uses",
        put(f"{SCHEMAS}/Spare", {"type": "string"}),
        "`Spare` is new, and no operation uses it",
    ),
    (
        "a slash at the end of the server",
        put("/servers/0/url", "https://client.camb.ai/apis/"),
        "the same is spelled differently",
        BOTH,
    ),
    ("a second server", put("/servers/-", {"url": "https://eu.example"}), "CAMB_BASE_URL can"),
    ("words about the key", put(f"{KEY}/description", "The key"), "only people read it"),
    (
        "security for all, which each operation overrides",
        put("/security", [{"APIKeyHeader": []}]),
        "every operation says itself",
    ),
)

_VOICES: Cases = (
    ("a limit of a response lowered", put(f"{MADE}/properties/score/maximum", 5), "is 5, was 10"),
    ("no other fields in a response", put(f"{MADE}/additionalProperties", False), "`additionalProperties` false"),
    ("words about a field", put(f"{MADE}/properties/id/description", "UUID"), "only people"),
    ("another tag behind the first", put(f"{POST}/tags/-", "New"), '["Voices", "New"]'),
    (
        "an optional property of a body",
        put(f"{BODY}/properties/tone", {"type": "string"}),
        "`tone` of the body of POST /voices is new",
    ),
    ("a value of a body added", put(f"{BODY}/properties/format/enum/-", "ogg"), '"ogg"'),
    ("a property of a body no longer required", drop(f"{BODY}/required/0"), "is optional, was required"),
    ("a limit of a body raised", put(f"{BODY}/properties/text/maxLength", 900), "900"),
    (
        "a type of a body widened",
        put(f"{BODY}/properties/text/type", ["string", "null"]),
        "is string or null, was string",
    ),
    (
        "another media type for a body",
        put(f"{POST}/requestBody/content/text~1plain", {"schema": {"type": "string"}}),
        "may be text/plain",
    ),
    (
        "a value of a response added, of no status",
        put(f"{MADE}/properties/mood/enum/-", "sad"),
        "only code that matches every value by hand breaks",
    ),
    ("a value of a response removed, of no status", drop(f"{MADE}/properties/mood/enum/0"), "never sees it"),
    (
        "a header of a response added",
        put(f"{POST}/responses/200/headers/x-left", {"schema": {"type": "integer"}}),
        "the header `x-left`",
        "is new",
    ),
    (
        "a number in a response an integer now",
        put(f"{MADE}/properties/score/type", "integer"),
        "is integer, was number",
    ),
)

_SUPPLEMENTED: Cases = (
    (
        "a page that says what a supplement said",
        DUB,
        "GET /dub/{task_id} has a page now, in place of our supplement",
        SUPPLEMENT,
    ),
    ("other evidence for a supplement", put(f"{DUB_GET}/x-evidence/confidence", "low", DUB_SUPPLEMENT), "no change"),
    (
        "a supplement made better",
        drop(f"{DUB_GET}/responses/422", DUB_SUPPLEMENT),
        "the response 422",
        "is gone",
        SUPPLEMENT,
    ),
)

_STATUSES: Cases = (
    (
        "statuses removed that no page has to have",
        drop(f"{STATUS}/enum/{len(STATUSES) + 1}"),
        drop(f"{STATUS}/enum/{len(STATUSES)}"),
        'loses the value "FAILED"',
        'loses the value "UNHEARD_OF"',
    ),
)

# What the cases start from, and the cases.
GROUPS: Groups = (
    ((), _PAGES),
    ((VOICES,), _VOICES),
    (WITH_SUPPLEMENTS, _SUPPLEMENTED),
    ((put(f"{STATUS}/enum/-", "FAILED"), put(f"{STATUS}/enum/-", "UNHEARD_OF")), _STATUSES),
)
