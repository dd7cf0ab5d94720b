"""What the cases share: places in the pages, and pages of our own."""

from typing import Any

from scripts.common.strict_yaml import load
from tests import inputs

from .edits import Edit, copy_of_page, operation_page, supplement, without_actions

Cases = tuple[tuple[str | Edit, ...], ...]  # a name, then edits and words
Groups = tuple[tuple[tuple[Edit, ...], Cases], ...]  # what the cases start from, and the cases

GET = "/paths/~1tts~1{task_id}/get"
SCHEMAS = "/components/schemas"
RESULT = f"{SCHEMAS}/OrchestratorPipelineResult"
STATUS = f"{SCHEMAS}/TaskStatus"
# The documented ones: a new one changes no case.
STATUSES: list[str] = load(inputs.pages()[inputs.TTS], inputs.TTS)["components"]["schemas"]["TaskStatus"]["enum"]
RUN_ID = f"{RESULT}/properties/run_id"
ERROR = f"{SCHEMAS}/ValidationError"
KEY = "/components/securitySchemes/APIKeyHeader"
BOTH = "(docs, camb.yaml)"

NO_TTS_ACTIONS = without_actions("'/tts/")
DUB = copy_of_page("get-dub", ("/tts/", "/dub/"), ("get_tts_result_tts__id__get", "get_dub"))

# A create call, for the kinds of change in what we send: the status pages have but one path parameter.
POST = "/paths/~1voices/post"
BODY = f"{POST}/requestBody/content/application~1json/schema"
MADE = f"{POST}/responses/200/content/application~1json/schema"
CREATE: dict[str, Any] = {
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
VOICES = operation_page("create-voice", "/voices", "post", CREATE)

# Supplements, and pages for the same operations.
DUB_SUPPLEMENT = "supplements/get-dub-status.yaml"
STORY = copy_of_page("get-story", ("/tts/", "/story/"), ("get_tts_result_tts__id__get", "get_story"))
WITH_SUPPLEMENTS = (supplement("get-dub-status"), supplement("create-tts"))
WITH_FAMILIES = tuple(
    supplement(name)
    for name in (
        *("get-translate-status", "create-translate", "get-translate-result"),
        *("get-dub-status", "get-dub-transcript"),
    )
)
SUPPLEMENT = "only our supplement said so"
DUB_GET = "/paths/~1dub~1{task_id}/get"
CREATE_TTS: dict[str, Any] = {
    **CREATE,
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
