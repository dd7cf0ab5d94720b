"""Contains methods for accessing the API"""

from collections.abc import Callable
from typing import Any

from ..models.orchestrator_pipeline_result import OrchestratorPipelineResult
from .text_to_sound import get_text_to_sound_status
from .tts import get_tts_status

# Kind of task (the path of its status up to the id) to the operation that tells its status.
TASK_STATUS_OPERATIONS: dict[
    str, tuple[Callable[[str], dict[str, Any]], type[OrchestratorPipelineResult]]
] = {
    "text-to-sound": (get_text_to_sound_status._get_kwargs, OrchestratorPipelineResult),
    "tts": (get_tts_status._get_kwargs, OrchestratorPipelineResult),
}
