from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.api_key_error import ApiKeyError
from ...models.get_sub_results_body import GetSubResultsBody
from ...models.get_sub_results_data_type import (
    GetSubResultsDataType,
    check_get_sub_results_data_type,
)
from ...models.get_sub_results_format_type import (
    GetSubResultsFormatType,
    check_get_sub_results_format_type,
)
from ...models.get_sub_results_response_200 import GetSubResultsResponse200
from ...models.http_validation_error import HTTPValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: GetSubResultsBody,
    format_type: GetSubResultsFormatType | Unset = UNSET,
    data_type: GetSubResultsDataType | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    json_format_type: str | Unset = UNSET
    if not isinstance(format_type, Unset):
        json_format_type = cast(str, check_get_sub_results_format_type(format_type))

    params["format_type"] = json_format_type

    json_data_type: str | Unset = UNSET
    if not isinstance(data_type, Unset):
        json_data_type = cast(str, check_get_sub_results_data_type(data_type))

    params["data_type"] = json_data_type

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/sub-results",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ApiKeyError | GetSubResultsResponse200 | HTTPValidationError | None:
    if response.status_code == 200:
        response_200 = GetSubResultsResponse200.from_dict(response.json())

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
) -> Response[ApiKeyError | GetSubResultsResponse200 | HTTPValidationError]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: GetSubResultsBody,
    format_type: GetSubResultsFormatType | Unset = UNSET,
    data_type: GetSubResultsDataType | Unset = UNSET,
) -> Response[ApiKeyError | GetSubResultsResponse200 | HTTPValidationError]:
    """Get Subtitle Results

    Args:
        format_type (GetSubResultsFormatType | Unset):
        data_type (GetSubResultsDataType | Unset):
        body (GetSubResultsBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ApiKeyError | GetSubResultsResponse200 | HTTPValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
        format_type=format_type,
        data_type=data_type,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: GetSubResultsBody,
    format_type: GetSubResultsFormatType | Unset = UNSET,
    data_type: GetSubResultsDataType | Unset = UNSET,
) -> ApiKeyError | GetSubResultsResponse200 | HTTPValidationError | None:
    """Get Subtitle Results

    Args:
        format_type (GetSubResultsFormatType | Unset):
        data_type (GetSubResultsDataType | Unset):
        body (GetSubResultsBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ApiKeyError | GetSubResultsResponse200 | HTTPValidationError
    """

    return sync_detailed(
        client=client,
        body=body,
        format_type=format_type,
        data_type=data_type,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: GetSubResultsBody,
    format_type: GetSubResultsFormatType | Unset = UNSET,
    data_type: GetSubResultsDataType | Unset = UNSET,
) -> Response[ApiKeyError | GetSubResultsResponse200 | HTTPValidationError]:
    """Get Subtitle Results

    Args:
        format_type (GetSubResultsFormatType | Unset):
        data_type (GetSubResultsDataType | Unset):
        body (GetSubResultsBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ApiKeyError | GetSubResultsResponse200 | HTTPValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
        format_type=format_type,
        data_type=data_type,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: GetSubResultsBody,
    format_type: GetSubResultsFormatType | Unset = UNSET,
    data_type: GetSubResultsDataType | Unset = UNSET,
) -> ApiKeyError | GetSubResultsResponse200 | HTTPValidationError | None:
    """Get Subtitle Results

    Args:
        format_type (GetSubResultsFormatType | Unset):
        data_type (GetSubResultsDataType | Unset):
        body (GetSubResultsBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ApiKeyError | GetSubResultsResponse200 | HTTPValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            format_type=format_type,
            data_type=data_type,
        )
    ).parsed
