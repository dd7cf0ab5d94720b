"""Pages of whole families, as the docs would publish them: FastAPI's own ids, tags, titles, nulls and components.

Their words are ours. What the operations take and return is what the supplements say too.
"""

import copy
from typing import Any

from scripts.common.project import ROOT
from scripts.common.strict_yaml import dump, load_file

Schema = dict[str, Any]
NULL: Schema = {"type": "null"}
OCTETS: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
# Without names, as FastAPI writes an enum of numbers.
LANGUAGES: Schema = {"type": "integer", "enum": [*range(1, 137), *range(139, 152)], "title": "Languages"}
TRANSCRIPT: Schema = {
    "properties": {
        "start": {"type": "number", "title": "Start"},
        "end": {"type": "number", "title": "End"},
        "text": {"type": "string", "title": "Text"},
        "speaker": {"type": "string", "title": "Speaker"},
    },
    "type": "object",
    "required": ["start", "end", "text", "speaker"],
    "title": "Transcript",
}
RUN_IDS: Schema = {
    "properties": {
        "run_ids": {"items": {"type": "integer"}, "type": "array", "maxItems": 5, "minItems": 2, "title": "Run Ids"}
    },
    "type": "object",
    "required": ["run_ids"],
    "title": "RunIDsRequestPayload",
}
CALL: Schema = {
    "properties": {"task_id": {"type": "string", "title": "Task Id"}},
    "type": "object",
    "required": ["task_id"],
    "title": "OrchestratorPipelineCallResult",
}
PROJECT: Schema = {
    "project_name": {"anyOf": [{"type": "string", "maxLength": 255, "minLength": 3}, NULL], "title": "Project Name"},
    "project_description": {
        "anyOf": [{"type": "string", "maxLength": 5000, "minLength": 3}, NULL],
        "title": "Project Description",
    },
    "folder_id": {"anyOf": [{"type": "integer"}, NULL], "title": "Folder Id"},
}
SUNG: Schema = {
    "properties": {"url": {"type": "string", "title": "Url"}},
    "type": "object",
    "required": ["url"],
    "title": "SungResult",
}
# The server's own description has this beside nearly every operation, the status of a task and a result too.
RUN_ID_QUERY: Schema = {
    "name": "run_id",
    "in": "query",
    "required": False,
    "schema": {"anyOf": [{"type": "integer"}, NULL], "title": "Run Id"},
}
TRACE: Schema = {
    "name": "traceparent",
    "in": "header",
    "required": False,
    "schema": {"anyOf": [{"type": "string"}, NULL], "title": "Traceparent"},
}


def ref(name: str) -> Schema:
    """A `$ref` to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def in_path(name: str, schema: Schema) -> Schema:
    """A parameter of a path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


RUN_ID_PATH = in_path("run_id", {"anyOf": [{"type": "integer"}, NULL], "title": "Run Id"})
LANGUAGE_PATH = in_path("language", ref("Languages"))


def page(line: str, function: str, tag: str, answer: Schema, **more: Any) -> str:
    """A page in Markdown, for `METHOD /path`; `more` is the rest of the operation, and `schemas` it brings."""
    method, path = line.split()
    frame = load_file(ROOT / "openapi/pages/get-tts-result.yaml", "a page")
    schemas = more.pop("schemas", {})
    raw = f"{function}{path}_{method.lower()}"
    operation = {
        "tags": ["Apis", tag],
        "summary": function.replace("_", " ").title(),
        "operationId": "".join(char if char.isalnum() else "_" for char in raw),
        **more,
        "responses": {
            "200": {"description": "Successful Response", "content": {"application/json": {"schema": answer}}},
            "422": {
                "description": "Validation Error",
                "content": {"application/json": {"schema": ref("HTTPValidationError")}},
            },
        },
        "security": [{"APIKeyHeader": []}],
    }
    known = {"HTTPValidationError", "ValidationError"}
    if "OrchestratorPipelineResult" in str(answer):
        known |= {"OrchestratorPipelineResult", "TaskStatus"}
    components = {name: schema for name, schema in frame["components"]["schemas"].items() if name in known}
    document = {
        **{key: value for key, value in frame.items() if key not in ("paths", "components")},
        "paths": {path: {method.lower(): operation}},
        "components": {**frame["components"], "schemas": {**components, **copy.deepcopy(schemas)}},
    }
    fence = f"````yaml {method.lower()} {path}"
    return f"# {operation['summary']}\n\nWords about it.\n\n## OpenAPI\n\n{fence}\n{dump(document)}\n````\n"


def body(media_type: str, name: str) -> Schema:
    """A request body that is a component."""
    return {"required": True, "content": {media_type: {"schema": ref(name)}}}


def status(kind: str, function: str, tag: str) -> str:
    """The page of a status."""
    parameters = [in_path("task_id", {"type": "string", "title": "Task Id"}), RUN_ID_QUERY]
    return page(f"GET /{kind}/{{task_id}}", function, tag, ref("OrchestratorPipelineResult"), parameters=parameters)


def transcribe(tag: str = "Transcription") -> dict[str, str]:
    """The pages of transcriptions, by the names that they have in the docs."""
    form = "Body_create_transcription_transcribe_post"
    fields = {
        "language": ref("Languages"),
        "media_file": {"anyOf": [OCTETS, NULL], "title": "Media File"},
        "media_url": {"anyOf": [{"type": "string"}, NULL], "title": "Media Url"},
        "file": {"anyOf": [OCTETS, NULL], "title": "File", "deprecated": True},
        "transcription_mode": {"type": "string", "enum": ["fast", "slow"], "title": "Transcription Mode"},
        "run_audio_cleaning": {"type": "boolean", "title": "Run Audio Cleaning", "default": True},
        "include_music_in_fg": {"type": "boolean", "title": "Include Music In Fg", "default": True},
        "formatting_options": {"anyOf": [ref("SubtitleFormattingOptions"), NULL]},
        **PROJECT,
    }
    limits = {
        f"{name}": {"anyOf": [{"type": type_}, NULL], "title": name}
        for name, type_ in {
            "max_segment_duration_in_seconds": "number",
            "min_segment_duration_in_seconds": "number",
            "max_characters_in_segment": "integer",
            "max_reading_speed_in_cps": "number",
            "min_gap_between_segments_in_frames": "integer",
        }.items()
    }
    result = {
        "properties": {"transcript": {"items": ref("Transcript"), "type": "array", "title": "Transcript"}},
        "type": "object",
        "required": ["transcript"],
        "title": "TranscriptionResult",
    }
    results = {"TranscriptionResult": result, "Transcript": TRANSCRIPT}
    return {
        "create-transcription": page(
            "POST /transcribe",
            "create_transcription",
            tag,
            ref("OrchestratorPipelineCallResult"),
            requestBody=body("multipart/form-data", form),
            schemas={
                form: {"properties": fields, "type": "object", "required": ["language"], "title": form},
                "SubtitleFormattingOptions": {
                    "properties": limits,
                    "type": "object",
                    "title": "SubtitleFormattingOptions",
                },
                "Languages": LANGUAGES,
                "OrchestratorPipelineCallResult": CALL,
            },
        ),
        "poll-transcription-result": status("transcribe", "get_transcription_task_status", tag),
        "get-transcription-run-result": page(
            "GET /transcription-result/{run_id}",
            "get_transcription_result",
            tag,
            ref("TranscriptionResult"),
            parameters=[RUN_ID_PATH, RUN_ID_QUERY, TRACE],
            schemas=results,
        ),
        "fetch-transcriptions-runs-results": page(
            "POST /transcription-results",
            "get_transcription_results",
            tag,
            {"additionalProperties": ref("TranscriptionResult"), "type": "object", "title": "Response"},
            parameters=[RUN_ID_QUERY, TRACE],
            requestBody=body("application/json", "RunIDsRequestPayload"),
            schemas={**results, "RunIDsRequestPayload": RUN_IDS},
        ),
    }


def dub(tag: str = "Dubbing") -> dict[str, str]:
    """The pages of dubbing, by the names that they have in the docs."""
    payload = "EndToEndDubbingRequestPayload"
    many = {"anyOf": [{"items": {"type": "integer"}, "type": "array"}, NULL]}
    text = {
        "properties": {"content": {"type": "string"}, "format": {"type": "string", "const": "srt"}},
        "type": "object",
        "required": ["content"],
    }
    in_language = {
        **text,
        "properties": {**text["properties"], "language": ref("Languages")},
        "required": ["content", "language"],
        "title": "DubTargetSRTInput",
    }
    fields = {
        "video_url": {"type": "string", "title": "Video Url"},
        "source_language": ref("Languages"),
        "target_language": ref("Languages"),
        "target_languages": {"items": ref("Languages"), "type": "array", "title": "Target Languages"},
        "selected_audio_tracks": {**many, "title": "Selected Audio Tracks"},
        "add_output_as_an_audio_track": {"anyOf": [{"type": "boolean"}, NULL]},
        "chosen_dictionaries": {**many, "title": "Chosen Dictionaries"},
        "ai_optimization": {"type": "boolean", "title": "Ai Optimization", "default": False},
        "transcription_mode": {"type": "string", "enum": ["fast", "slow"], "title": "Transcription Mode"},
        "source_transcript": {"anyOf": [ref("DubSRTInput"), NULL]},
        "target_transcripts": {"anyOf": [{"items": ref("DubTargetSRTInput"), "type": "array"}, NULL]},
        **PROJECT,
    }
    result = {
        "properties": {
            "audio_url": {"type": "string", "title": "Audio Url"},
            "video_url": {"anyOf": [{"type": "string"}, NULL], "title": "Video Url"},
            "transcript": {"items": ref("Transcript"), "type": "array", "title": "Transcript"},
        },
        "type": "object",
        "required": ["audio_url", "transcript"],
        "title": "DubbingResult",
    }
    one_or_many = {
        "anyOf": [ref("DubbingResult"), {"additionalProperties": ref("DubbingResult"), "type": "object"}],
        "title": "Response Get Dubbed Run Info Dub Result  Run Id  Get",
    }
    results = {"DubbingResult": result, "Transcript": TRANSCRIPT}
    return {
        "end-to-end-dubbing": page(
            "POST /dub",
            "end_to_end_dubbing",
            tag,
            ref("OrchestratorPipelineCallResult"),
            parameters=[RUN_ID_QUERY],
            requestBody=body("application/json", payload),
            schemas={
                payload: {
                    "properties": fields,
                    "type": "object",
                    "required": ["video_url", "source_language"],
                    "title": payload,
                },
                "DubSRTInput": {**text, "title": "DubSRTInput"},
                "DubTargetSRTInput": in_language,
                "Languages": LANGUAGES,
                "OrchestratorPipelineCallResult": CALL,
            },
        ),
        "get-end-to-end-dubbing-status": status("dub", "get_end_to_end_dubbing_status", tag),
        "get-dubbed-run-info": page(
            "GET /dub-result/{run_id}",
            "get_dubbed_run_info",
            tag,
            one_or_many,
            parameters=[RUN_ID_PATH, RUN_ID_QUERY],
            schemas=results,
        ),
        "get-dub-transcript": page(
            "GET /transcript/{run_id}/{language}",
            "get_dubbed_run_transcript",
            tag,
            {"additionalProperties": {"type": "string"}, "type": "object", "title": "Response"},
            parameters=[
                RUN_ID_PATH,
                LANGUAGE_PATH,
                RUN_ID_QUERY,
                {"name": "format_type", "in": "query", "required": False, "schema": ref("TranscriptFileFormat")},
                {"name": "data_type", "in": "query", "required": False, "schema": ref("TranscriptDataType")},
            ],
            schemas={
                "Languages": LANGUAGES,
                "TranscriptFileFormat": {
                    "type": "string",
                    "enum": ["srt", "vtt", "txt"],
                    "title": "TranscriptFileFormat",
                },
                "TranscriptDataType": {"type": "string", "enum": ["raw_data", "file"], "title": "TranscriptDataType"},
            },
        ),
        "fetch-dubbed-runs-info": page(
            "POST /dubbing-results",
            "get_dubbing_runs_results",
            tag,
            {"additionalProperties": one_or_many, "type": "object", "title": "Response"},
            parameters=[RUN_ID_QUERY, TRACE],
            requestBody=body("application/json", "RunIDsRequestPayload"),
            schemas={**results, "RunIDsRequestPayload": RUN_IDS},
        ),
    }


def speech(tag: str = "Text-to-Speech") -> dict[str, str]:
    """The pages of what makes speech, as a task and as a stream, by the names that they have in the docs."""
    task, stream = "CreateTTSRequestPayload", "CreateStreamTTSRequestPayload"
    spoken = {"text": {"type": "string", "title": "Text"}, "voice_id": {"type": "integer", "title": "Voice Id"}}
    formats = ["wav", "mp3", "opus"]
    return {
        "create-tts": page(
            "POST /tts",
            "create_tts",
            tag,
            ref("OrchestratorPipelineCallResult"),
            requestBody=body("application/json", task),
            schemas={
                task: {
                    "properties": {
                        **spoken,
                        "language": ref("Languages"),
                        "gender": {"anyOf": [ref("Gender"), NULL]},
                        "age": {"anyOf": [{"type": "integer"}, NULL], "title": "Age"},
                        **PROJECT,
                    },
                    "type": "object",
                    "required": ["text", "voice_id", "language"],
                    "title": task,
                },
                "Languages": LANGUAGES,
                "Gender": {"type": "integer", "enum": [0, 1, 2, 9], "title": "Gender"},
                "OrchestratorPipelineCallResult": CALL,
            },
        ),
        "create-tts-stream": page(
            "POST /tts-stream",
            "create_tts_stream",
            tag,
            {},
            requestBody=body("application/json", stream),
            schemas={
                stream: {
                    "properties": {
                        **spoken,
                        "language": {"type": "string", "title": "Language"},
                        "output_configuration": {"anyOf": [ref("OutputConfiguration"), NULL]},
                    },
                    "type": "object",
                    "required": ["text", "voice_id", "language"],
                    "title": stream,
                },
                "OutputConfiguration": {
                    "properties": {"format": {"anyOf": [ref("OutputFormat"), NULL]}},
                    "type": "object",
                    "title": "OutputConfiguration",
                },
                "OutputFormat": {"type": "string", "enum": formats, "title": "OutputFormat"},
            },
        ),
        "get-tts-run-info": page(
            "GET /tts-result/{run_id}",
            "get_tts_run_info",
            tag,
            {"anyOf": [{"type": "string"}, ref("GetTTSResultOutFileURL")], "title": "Response"},
            parameters=[
                RUN_ID_PATH,
                {
                    "name": "output_type",
                    "in": "query",
                    "required": False,
                    "schema": {"anyOf": [{}, NULL], "title": "Output Type"},
                },
            ],
            schemas={
                "GetTTSResultOutFileURL": {
                    "properties": {"output_url": {"type": "string", "title": "Output Url"}},
                    "type": "object",
                    "required": ["output_url"],
                    "title": "GetTTSResultOutFileURL",
                }
            },
        ),
    }


def sing() -> dict[str, str]:
    """The pages of a family that nobody has heard of."""
    fields = {"text": {"type": "string"}}
    payload = {"properties": fields, "type": "object", "required": ["text"], "title": "SingPayload"}
    return {
        "create-sing": page(
            "POST /sing",
            "create_sing",
            "Singing",
            ref("OrchestratorPipelineCallResult"),
            requestBody=body("application/json", "SingPayload"),
            schemas={"SingPayload": payload, "OrchestratorPipelineCallResult": CALL},
        ),
        "get-sing-result": get("/sing-result/{run_id}"),
        "get-sing-status": status("sing", "get_sing_status", "Singing"),
    }


def get(path: str, *parameters: Schema, **schema: Any) -> str:
    """A page of a GET that answers with `SUNG`, or another schema."""
    name, function = "SungResult", f"get_{path[1:].partition('/')[0].replace('-', '_')}"
    schemas = {name: {**(schema or SUNG), "title": name}}
    asked = [*(parameters or [in_path("run_id", {"type": "integer", "title": "Run Id"})])]
    return page(f"GET {path}", function, "Singing", ref(name), parameters=asked, schemas=schemas)
