"""Contains all the data models used in inputs/outputs"""

from .api_key_error import ApiKeyError
from .http_validation_error import HTTPValidationError
from .orchestrator_pipeline_result import OrchestratorPipelineResult
from .orchestrator_pipeline_result_message import OrchestratorPipelineResultMessage
from .task_status import TaskStatus
from .validation_error import ValidationError

__all__ = (
    "ApiKeyError",
    "HTTPValidationError",
    "OrchestratorPipelineResult",
    "OrchestratorPipelineResultMessage",
    "TaskStatus",
    "ValidationError",
)
