"""Answers as public sources show or imply them, each with its source, and what docs/behaviour.md says of it.

Data only. An answer is here because a page prints it, a published client models it, or code
in the open expects it; what the client makes of it is that page's to say, so each example only names the row
of its table that it falls under.
"""

from typing import Any

import attrs

TTS = "https://docs.camb.ai/api-reference/endpoint/get-tts-result"
SOUND = "https://docs.camb.ai/api-reference/endpoint/get-text-to-sound-status"
AUTHENTICATION = "https://docs.camb.ai/getting-started/authentication"
TUTORIAL = "https://docs.camb.ai/tutorials/transcription-with-sdk"
STREAM = "https://docs.camb.ai/api-reference/endpoint/create-tts-stream"
SETUP = "https://docs.camb.ai/api-reference/endpoint/get-project-setup-status"
SEPARATION = "https://docs.camb.ai/api-reference/endpoint/get-audio-separation-status"
VOICE = "https://docs.camb.ai/api-reference/endpoint/get-text-to-voice-status"
SDK = "camb-sdk 1.6.6 on PyPI: camb.types.OrchestratorPipelineResult, ExceptionReasons, camb.core.http_client"
PHP = "https://github.com/RaevNur/cambai-php-sdk-org: lib/Model/OrchestratorPipelineResult.php"
NODE = "https://github.com/Camb-ai/cambai-node-sdk"
N8N = "https://github.com/Camb-ai/n8n-nodes-cambai: upper-cases the status, polls on at a 404"
OLD_N8N = "https://github.com/Camb-ai/cambai-n8n: its type hints say string"
LANGCHAIN = "https://github.com/Camb-ai/langchain-camb: looks for a URL in the message"
STRANDS = "https://github.com/Camb-ai/strands-agents-camb: its sets of statuses"
DIFY = "https://github.com/Camb-ai/dify-camb-plugin: its sets of statuses"
CR2007 = "https://github.com/cr2007/cambai-python: README, and what it does at a 500"
LOCALAI = "https://github.com/mudler/LocalAI: core/http/endpoints/cambai, an imitation of the API"
EVANGELIST = "https://github.com/api-evangelist/camb-ai: modelled from the documentation"
WRAPPED = "code in the open that reads res.data.payload"
FASTAPI = "https://fastapi.tiangolo.com/tutorial/handling-errors/: the shape of FastAPI's own errors"
GENERATOR = "https://github.com/openapi-generators/openapi-python-client/issues/1442"
HTTP = "https://www.rfc-editor.org/rfc/rfc9110#name-retry-after"

REASONS = (
    *("HARMFUL_CONTENT_DETECTED", "VOICE_CONVERSION_ERROR", "PROCESSING_ERROR", "SOURCE_TOO_LONG", "SOURCE_TOO_LARGE"),
    *("SOURCE_TYPE_NOT_SUPPORTED", "ERROR_DOWNLOADING_SOURCE", "TOO_MANY_GDRIVE_REQUESTS", "SOURCE_BLOCKED_IN_REGION"),
    *("SOURCE_IS_AGE_RESTRICTED", "SOURCE_NOT_FOUND", "MISMATCHED_SOURCE_CODEC", "CONTENT_DOES_NOT_MATCH_EXTENSION"),
    *("INVALID_SOURCE_DATA", "VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS", "MASTERING_OUT_OF_RANGE"),
    *("INVALID_AUDIO_TRACKS_SELECTION", "FORBIDDEN", "INTERNAL_ERROR", "NONE"),
)


@attrs.frozen
class Status:
    """A 200 that tells a status: its source, its body, its row in docs/behaviour.md, and the run id it gives."""

    source: str
    body: dict[str, Any]
    row: str
    run_id: int | None = None


@attrs.frozen
class Malformed:
    """A 200 that is not the contract."""

    source: str
    body: object
    content_type: str = "application/json"


@attrs.frozen
class Error:
    """Another answer; `body` is JSON, or bytes as they are. `detail` and `retry_after` are what is made of it."""

    source: str
    status_code: int
    body: object = b""
    headers: dict[str, str] = attrs.field(factory=dict)
    detail: object = None
    retry_after: float | None = None


STATUSES = [
    # The table and the sample of the speech page; the sample of the sound page.
    Status(TTS, {"status": "PENDING", "run_id": None}, "PENDING"),
    Status(TTS, {"status": "SUCCESS", "run_id": 11768}, "SUCCESS", 11768),
    Status(TTS, {"status": "TIMEOUT", "run_id": None}, "TIMEOUT"),
    Status(TTS, {"status": "ERROR", "error": "Unknown error"}, "ERROR"),
    Status(TTS, {"status": "PAYMENT_REQUIRED", "run_id": None}, "PAYMENT_REQUIRED"),
    Status(SOUND, {"status": "PENDING"}, "PENDING"),
    Status(SOUND, {"status": "SUCCESS", "run_id": 228650}, "SUCCESS", 228650),
    Status(SOUND, {"status": "FAILED", "message": "Unknown error"}, "FAILED"),
    Status(SETUP, {"status": "SUCCESS", "run_id": 123}, "SUCCESS", 123),
    Status(VOICE, {"status": "TIMEOUT"}, "TIMEOUT"),
    Status(CR2007, {"status": "PENDING", "run_id": None}, "PENDING"),
    Status(NODE, {"status": "PAYMENT_REQUIRED"}, "PAYMENT_REQUIRED"),
    # The four fields of the server's own description.
    Status(
        SDK, {"status": "PENDING", "run_id": None, "exception_reason": None, "message": {"progress": 40}}, "PENDING"
    ),
    Status(SDK, {"status": "SUCCESS", "run_id": 7, "exception_reason": "NONE", "message": "done"}, "SUCCESS", 7),
    Status(SDK, {"status": "SUCCESS", "run_id": "123"}, "SUCCESS", 123),
    Status(SDK, {"status": "ERROR", "exception_reason": "PAYMENT_REQUIRED"}, "PAYMENT_REQUIRED"),
    *(Status(SDK, {"status": "ERROR", "run_id": None, "exception_reason": reason}, "ERROR") for reason in REASONS),
    Status(PHP, {"status": "ERROR", "exception_reason": "any other text", "message": "why"}, "ERROR"),
    Status(PHP, {"status": "ERROR", "message": {"code": 1, "more": [{"deep": None}]}}, "ERROR"),
    Status(TUTORIAL, {"status": "ERROR", "exception_reason": "INVALID_SOURCE_DATA"}, "ERROR"),
    Status(LANGCHAIN, {"status": "SUCCESS", "run_id": 9, "message": {"output_url": "https://x/a.wav"}}, "SUCCESS", 9),
    Status(LANGCHAIN, {"status": "SUCCESS", "run_id": 9, "message": "https://x/a.wav"}, "SUCCESS", 9),
    # In other words and letters.
    Status(N8N, {"status": "success", "run_id": 5}, "SUCCESS", 5),
    Status(N8N, {"status": "Pending"}, "PENDING"),
    Status(N8N, {"status": "timeout"}, "TIMEOUT"),
    Status(N8N, {"status": "payment_required"}, "PAYMENT_REQUIRED"),
    Status(OLD_N8N, {"status": "SUCCESS", "run_id": "228650"}, "SUCCESS", 228650),
    Status(STRANDS, {"status": "failed"}, "FAILED"),
    Status(STRANDS, {"status": "error"}, "ERROR"),
    Status(STRANDS, {"status": "complete", "run_id": 5}, "any other", 5),
    Status(DIFY, {"status": "COMPLETED", "run_id": 5}, "any other", 5),
    Status(EVANGELIST, {"status": "PROCESSING"}, "any other"),
    # A SUCCESS that does not say under which run id.
    Status(TTS, {"status": "SUCCESS", "run_id": None}, "SUCCESS without a run_id"),
    Status(SOUND, {"status": "SUCCESS"}, "SUCCESS without a run_id"),
]

MALFORMED = [
    Malformed(SEPARATION, "SUCCESS"),
    Malformed(SDK, [{"run_id": 123, "project_details": {}}]),
    Malformed(SDK, []),
    Malformed(SDK, {}),
    Malformed(SDK, {"run_id": 123}),
    Malformed(SDK, {"status": None, "run_id": None}),
    Malformed(SDK, {"task_id": "c8b8e3cd-ad17"}),
    Malformed(SDK, {"status": "SUCCESS", "run_id": "abc"}),
    Malformed(WRAPPED, {"payload": {"status": "SUCCESS", "run_id": 5}}),
    Malformed(LOCALAI, {"status": "SUCCESS", "run_id": "c8b8e3cd-ad17-4c8f-9f0e-0123456789ab"}),
    Malformed(LOCALAI, b"RIFF\x24\x00\x00\x00WAVE", "audio/wav"),
    Malformed(AUTHENTICATION, {"error": "Invalid API key", "status": 401}),
    Malformed(GENERATOR, b"<!doctype html><title>Welcome</title>", "text/html"),
    Malformed(GENERATOR, b""),
]

PROBLEM = {"loc": ["path", "task_id"], "msg": "Input should be a valid id", "type": "string_type"}
CUT = {"loc": ["body"], "msg": "Value error, Language 'zh-tw' is not supported"}

ERRORS = [
    Error(AUTHENTICATION, 401, {"error": "Invalid API key", "status": 401}),
    Error(FASTAPI, 401, {"detail": "Not authenticated"}),
    Error(EVANGELIST, 401, {"message": "Invalid API key", "code": 401}),
    Error(FASTAPI, 402, {"detail": "Payment Required"}),
    Error(AUTHENTICATION, 403),
    Error(FASTAPI, 403, {"detail": "Not authenticated"}),
    Error(LOCALAI, 404, {"detail": "Task not found"}),
    Error(N8N, 404),
    Error(TTS, 422, {"detail": [PROBLEM]}, detail=[PROBLEM]),
    Error(TTS, 422, {}),
    Error(STREAM, 422, {"detail": [CUT]}, detail=[CUT]),
    Error(SDK, 422, {"detail": "no such task"}, detail="no such task"),
    Error(AUTHENTICATION, 429),
    Error(HTTP, 429, {"detail": "Too Many Requests"}, {"retry-after": "7"}, retry_after=7),
    Error(SDK, 429, b"", {"retry-after-ms": "1500"}, retry_after=1.5),
    Error(SDK, 400, {"detail": "Invalid run ID"}),
    Error(FASTAPI, 405, {"detail": "Method Not Allowed"}),
    Error(SDK, 408),
    Error(SDK, 409),
    Error(CR2007, 500, b"Internal Server Error", {"content-type": "text/plain"}),
    Error(CR2007, 500, {"error": "generation failed"}),
    Error(GENERATOR, 502, b"<html><h1>502 Bad Gateway</h1></html>", {"content-type": "text/html"}),
    Error(HTTP, 503, b"", {"retry-after": "120"}, retry_after=120),
    Error(GENERATOR, 520, b"error code: 520"),
]
