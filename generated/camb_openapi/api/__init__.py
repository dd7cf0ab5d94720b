"""Contains methods for accessing the API"""

from collections.abc import Callable
from typing import Any

from ..models.orchestrator_pipeline_result import OrchestratorPipelineResult


def _get_dub_status(task_id: str) -> dict[str, Any]:
    from .dub import get_dub_status

    return get_dub_status._get_kwargs(task_id)


def _get_story_status(task_id: str) -> dict[str, Any]:
    from .story import get_story_status

    return get_story_status._get_kwargs(task_id)


def _get_sub_status(task_id: str) -> dict[str, Any]:
    from .sub import get_sub_status

    return get_sub_status._get_kwargs(task_id)


def _get_text_to_sound_status(task_id: str) -> dict[str, Any]:
    from .text_to_sound import get_text_to_sound_status

    return get_text_to_sound_status._get_kwargs(task_id)


def _get_text_to_voice_status(task_id: str) -> dict[str, Any]:
    from .text_to_voice import get_text_to_voice_status

    return get_text_to_voice_status._get_kwargs(task_id)


def _get_transcribe_status(task_id: str) -> dict[str, Any]:
    from .transcribe import get_transcribe_status

    return get_transcribe_status._get_kwargs(task_id)


def _get_translate_status(task_id: str) -> dict[str, Any]:
    from .translate import get_translate_status

    return get_translate_status._get_kwargs(task_id)


def _get_translated_story_status(task_id: str) -> dict[str, Any]:
    from .translated_story import get_translated_story_status

    return get_translated_story_status._get_kwargs(task_id)


def _get_translated_tts_status(task_id: str) -> dict[str, Any]:
    from .translated_tts import get_translated_tts_status

    return get_translated_tts_status._get_kwargs(task_id)


def _get_tts_status(task_id: str) -> dict[str, Any]:
    from .tts import get_tts_status

    return get_tts_status._get_kwargs(task_id)


# Kind of task (the path of its status up to the id) to the operation that tells its status.
TASK_STATUS_OPERATIONS: dict[
    str, tuple[Callable[[str], dict[str, Any]], type[OrchestratorPipelineResult]]
] = {
    "dub": (_get_dub_status, OrchestratorPipelineResult),
    "story": (_get_story_status, OrchestratorPipelineResult),
    "sub": (_get_sub_status, OrchestratorPipelineResult),
    "text-to-sound": (_get_text_to_sound_status, OrchestratorPipelineResult),
    "text-to-voice": (_get_text_to_voice_status, OrchestratorPipelineResult),
    "transcribe": (_get_transcribe_status, OrchestratorPipelineResult),
    "translate": (_get_translate_status, OrchestratorPipelineResult),
    "translated-story": (_get_translated_story_status, OrchestratorPipelineResult),
    "translated-tts": (_get_translated_tts_status, OrchestratorPipelineResult),
    "tts": (_get_tts_status, OrchestratorPipelineResult),
}
