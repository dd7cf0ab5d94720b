from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.api_key_error import ApiKeyError
from ...models.http_validation_error import HTTPValidationError
from ...models.orchestrator_pipeline_result import OrchestratorPipelineResult
from ...types import Response


def _get_kwargs(
    task_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/translated-tts/{task_id}".format(
            task_id=quote(str(task_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ApiKeyError | HTTPValidationError | OrchestratorPipelineResult | None:
    if response.status_code == 200:
        response_200 = OrchestratorPipelineResult.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = ApiKeyError.from_dict(response.json())

        return response_401

    if response.status_code == 422:
        response_422 = HTTPValidationError.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ApiKeyError | HTTPValidationError | OrchestratorPipelineResult]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    task_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ApiKeyError | HTTPValidationError | OrchestratorPipelineResult]:
    """Get Translated Tts Task Status

    Args:
        task_id (str): This parameter represents a unique identifier for a task. It is used in
            various API endpoints to query the status or result of a specific task. The `task_id` is
            typically returned when a task is created.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ApiKeyError | HTTPValidationError | OrchestratorPipelineResult]
    """

    kwargs = _get_kwargs(
        task_id=task_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    task_id: str,
    *,
    client: AuthenticatedClient,
) -> ApiKeyError | HTTPValidationError | OrchestratorPipelineResult | None:
    """Get Translated Tts Task Status

    Args:
        task_id (str): This parameter represents a unique identifier for a task. It is used in
            various API endpoints to query the status or result of a specific task. The `task_id` is
            typically returned when a task is created.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ApiKeyError | HTTPValidationError | OrchestratorPipelineResult
    """

    return sync_detailed(
        task_id=task_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    task_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ApiKeyError | HTTPValidationError | OrchestratorPipelineResult]:
    """Get Translated Tts Task Status

    Args:
        task_id (str): This parameter represents a unique identifier for a task. It is used in
            various API endpoints to query the status or result of a specific task. The `task_id` is
            typically returned when a task is created.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ApiKeyError | HTTPValidationError | OrchestratorPipelineResult]
    """

    kwargs = _get_kwargs(
        task_id=task_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    task_id: str,
    *,
    client: AuthenticatedClient,
) -> ApiKeyError | HTTPValidationError | OrchestratorPipelineResult | None:
    """Get Translated Tts Task Status

    Args:
        task_id (str): This parameter represents a unique identifier for a task. It is used in
            various API endpoints to query the status or result of a specific task. The `task_id` is
            typically returned when a task is created.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ApiKeyError | HTTPValidationError | OrchestratorPipelineResult
    """

    return (
        await asyncio_detailed(
            task_id=task_id,
            client=client,
        )
    ).parsed
