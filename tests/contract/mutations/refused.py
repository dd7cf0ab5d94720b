"""Edits that the pipeline has to refuse."""

from .edits import OVERLAY, SOUND, TTS, copy_of_page, drop, put, rename, supplement, text, whole_page, without_page
from .places import DUB_GET, DUB_SUPPLEMENT, GET, KEY, RESULT, RUN_ID, STATUS, WITH_SUPPLEMENTS, Cases, Groups

# What YAML would let pass
_YAML: Cases = (
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
_CONFLICTS: Cases = (
    (
        "another version of OpenAPI in one page",
        put("/openapi", "3.2.0", TTS),
        "'3.2.0' differs from '3.1.0' in openapi/pages/get-text-to-sound-status.yaml",
        "pages have to agree",
    ),
    ("another title in one page", put("/info/title", "Camb", TTS), "'Camb'", "have to agree"),
    ("another server in one page", put("/servers/0/url", "https://x.example", TTS), "/servers/0/url"),
    ("a server more in one page", put("/servers/-", {"url": "https://x.example"}, TTS), "/servers"),
    ("security for all in one page", put("/security/-", {"APIKeyHeader": []}, TTS), "/security"),
    (
        "a key of its own in one page",
        put("/externalDocs", {"url": "https://docs.example"}, TTS),
        "/externalDocs",
        "is not in",
    ),
    ("a status more in one page", put(f"{STATUS}/enum/-", "UNHEARD_OF", TTS), "/TaskStatus/enum"),
    ("another type in one page", put(f"{RUN_ID}/type/0", "string", TTS), "/run_id/type/0"),
    ("a field more in one page", put(f"{RESULT}/properties/eta", {}, TTS), "/properties/eta"),
    ("another header in one page", put(f"{KEY}/name", "x-key", TTS), "'x-key'", "have to agree"),
    ("a component's words in one page", put(f"{STATUS}/description", "?", TTS), "/description"),
    ("true against 1", put(f"{RUN_ID}/x-new", 1), put(f"{RUN_ID}/x-new", True, TTS), "/x-new"),
    ("the same operation in two pages", copy_of_page("get-tts-too"), "GET /tts/{task_id} is in"),
    (
        "the same path, its parameter called otherwise",
        copy_of_page("get-tts-too", ("{task_id}", "{id}"), ("name: task_id", "name: id")),
        "is the same path as",
    ),
    ("two operations in one page", put("/paths/~1tts~1{task_id}/post", {}, TTS), "exactly one"),
    ("no operation in a page", drop(GET, TTS), "exactly one operation; this one: none"),
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
    ("no operationId", drop(f"{GET}/operationId"), "has no operationId"),
    ("a $ref to nowhere", drop(STATUS), "leads nowhere"),
    (
        "a $ref out of the document",
        put(f"{RESULT}/properties/status", {"$ref": "https://x.example/#/a"}),
        "leaves the document",
    ),
    ("a $ref to itself", put(STATUS, {"$ref": f"#{STATUS}"}), "leads back to itself"),
    ("a security scheme that is not there", drop(KEY), "no security scheme is called"),
    ("a path parameter without its path", put(f"{GET}/parameters/0/name", "id"), "'id' is not in"),
    ("an enum value twice", put(f"{STATUS}/enum/-", "ERROR"), "is in the enum twice"),
    ("a type that does not exist", put(f"{RUN_ID}/type", "int"), "run_id", "'int'"),
    ("a response without a description", drop(f"{GET}/responses/200/description"), "/responses/200"),
    ("no pages", without_page(TTS), without_page(SOUND), "no pages"),
)

# Corrections that the docs have overtaken, and such as loosen what the docs promise
# No client could be made of these: every wait stands on the two fields.
_UNUSABLE: Cases = (
    ("a status field removed", drop(f"{RESULT}/properties/status"), "the task result has no status"),
    ("run_id removed", drop(RUN_ID), "the task result has no run_id"),
)

_CORRECTIONS: Cases = (
    ("a page gone that the overlay corrects", without_page(TTS), "matches nothing", "overlay.yaml"),
    ("a path moved under the overlay", rename("/paths/~1tts~1{task_id}", "/t/{task_id}"), "the target matches nothing"),
    (
        "another operationId in the docs",
        put(f"{GET}/operationId", "get_tts_v2"),
        "'get_tts_v2', but x-was says",
        "the published value changed; update x-was",
    ),
    ("another tag in the docs", put(f"{GET}/tags/0", "Speech"), "but x-was says", "update x-was"),
    ("the docs deprecate too", put(f"{GET}/deprecated", True), "changes nothing", "caught up"),
    (
        "the docs get `message` with another type",
        put(f"{RESULT}/properties/message", {"type": "string", "title": "Message"}),
        "overlay.yaml",
        "/properties/message",
    ),
    (
        "the docs get the same 401",
        put(f"{GET}/responses/401", {"$ref": "#/components/responses/ApiKeyRefused"}),
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
                "update": {"enum": ["UNHEARD_OF"]},
            },
            OVERLAY,
        ),
        "appends to the list",
    ),
    (
        "the overlay's first tag changed",
        text("tags: [tts,", "tags: [speech,", OVERLAY),
        "the first tag has to be tts, its kind",
        "(the tags are speech, Text-to-Speech)",
    ),
    ("a correction without evidence", drop("/actions/0/x-evidence", OVERLAY), "needs x-evidence"),
    ("another version of Overlay", put("/overlay", "2.0.0", OVERLAY), "not an overlay of version"),
)

# A supplement changes nothing but itself, and says how it is known.
_SUPPLEMENTS: Cases = (
    (
        "a second result of a kind",
        supplement("get-tts-result"),
        supplement("get-tts-result", ("/tts-result/", "/tts-sound/"), ("get_tts_result", "get_tts_sound"), to="z"),
        "is the result of tts as well as GET /tts-result/{run_id}",
    ),
    (
        "a second way to several results of a kind",
        supplement("get-tts-results"),
        supplement("get-tts-results", ("/tts-results", "/tts-sounds"), ("get_tts_results", "get_tts_sounds"), to="z"),
        "is the results of tts as well as POST /tts-results",
    ),
    (
        "a supplement with a component that differs from a page's",
        put("/components", {"schemas": {"TaskStatus": {"type": "integer"}}}, DUB_SUPPLEMENT),
        "/components/schemas/TaskStatus/enum",
        "is not in openapi/supplements/get-dub-status.yaml",
    ),
    (
        "a supplement with a title of its own",
        put("/info", {"title": "Dubs"}, DUB_SUPPLEMENT),
        "/info",
        "nothing but paths and components",
    ),
    (
        "a supplement without evidence",
        drop(f"{DUB_GET}/x-evidence", DUB_SUPPLEMENT),
        "get/x-evidence",
        "has to be confidence",
    ),
    ("no sources", drop(f"{DUB_GET}/x-evidence/sources", DUB_SUPPLEMENT), "x-evidence/sources", "a list of sentences"),
    (
        "two operations in a supplement",
        put(
            "/paths/~1dub~1{task_id}/post",
            {"x-evidence": {"confidence": "low", "sources": ["a rumour"]}},
            DUB_SUPPLEMENT,
        ),
        "exactly one",
    ),
    (
        "two supplements for one operation",
        supplement("get-dub-status", to="dub"),
        "GET /dub/{task_id} is in openapi/supplements/dub.yaml too",
    ),
    (
        "an id of a page in a supplement",
        text("get_dub_status", "getTtsStatus", DUB_SUPPLEMENT),
        "supplements/get-dub-status.yaml",
        "becomes get_tts_status in Python",
    ),
    (
        "a component that no page has any more",
        text("schemas/HTTPValidationError", "schemas/Gone", DUB_SUPPLEMENT),
        "supplements/get-dub-status.yaml: /paths/~1dub~1{task_id}/get/responses/422",
        "leads nowhere",
    ),
    (
        "a page that calls itself a supplement",
        put(f"{GET}/x-evidence", {}),
        "get-tts-result.yaml",
        "belongs nowhere else",
    ),
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

# What the cases start from, and the cases.
GROUPS: Groups = (((), _YAML), ((), _CONFLICTS), ((), _UNUSABLE), ((), _CORRECTIONS), (WITH_SUPPLEMENTS, _SUPPLEMENTS))
