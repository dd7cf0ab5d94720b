from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.api_key_error import ApiKeyError
from ...models.get_sub_result_data_type import (
    GetSubResultDataType,
    check_get_sub_result_data_type,
)
from ...models.get_sub_result_format_type import (
    GetSubResultFormatType,
    check_get_sub_result_format_type,
)
from ...models.http_validation_error import HTTPValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    run_id: int,
    *,
    format_type: GetSubResultFormatType | Unset = UNSET,
    data_type: GetSubResultDataType | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_format_type: str | Unset = UNSET
    if not isinstance(format_type, Unset):
        json_format_type = cast(str, check_get_sub_result_format_type(format_type))

    params["format_type"] = json_format_type

    json_data_type: str | Unset = UNSET
    if not isinstance(data_type, Unset):
        json_data_type = cast(str, check_get_sub_result_data_type(data_type))

    params["data_type"] = json_data_type

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/sub-result/{run_id}".format(
            run_id=quote(str(run_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ApiKeyError | HTTPValidationError | None:
    if response.status_code == 200:
        response_200 = response.json()
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
) -> Response[Any | ApiKeyError | HTTPValidationError]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    run_id: int,
    *,
    client: AuthenticatedClient,
    format_type: GetSubResultFormatType | Unset = UNSET,
    data_type: GetSubResultDataType | Unset = UNSET,
) -> Response[Any | ApiKeyError | HTTPValidationError]:
    """Get Subtitle Result

    Args:
        run_id (int):
        format_type (GetSubResultFormatType | Unset):
        data_type (GetSubResultDataType | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ApiKeyError | HTTPValidationError]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
        format_type=format_type,
        data_type=data_type,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    run_id: int,
    *,
    client: AuthenticatedClient,
    format_type: GetSubResultFormatType | Unset = UNSET,
    data_type: GetSubResultDataType | Unset = UNSET,
) -> Any | ApiKeyError | HTTPValidationError | None:
    """Get Subtitle Result

    Args:
        run_id (int):
        format_type (GetSubResultFormatType | Unset):
        data_type (GetSubResultDataType | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ApiKeyError | HTTPValidationError
    """

    return sync_detailed(
        run_id=run_id,
        client=client,
        format_type=format_type,
        data_type=data_type,
    ).parsed


async def asyncio_detailed(
    run_id: int,
    *,
    client: AuthenticatedClient,
    format_type: GetSubResultFormatType | Unset = UNSET,
    data_type: GetSubResultDataType | Unset = UNSET,
) -> Response[Any | ApiKeyError | HTTPValidationError]:
    """Get Subtitle Result

    Args:
        run_id (int):
        format_type (GetSubResultFormatType | Unset):
        data_type (GetSubResultDataType | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ApiKeyError | HTTPValidationError]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
        format_type=format_type,
        data_type=data_type,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    run_id: int,
    *,
    client: AuthenticatedClient,
    format_type: GetSubResultFormatType | Unset = UNSET,
    data_type: GetSubResultDataType | Unset = UNSET,
) -> Any | ApiKeyError | HTTPValidationError | None:
    """Get Subtitle Result

    Args:
        run_id (int):
        format_type (GetSubResultFormatType | Unset):
        data_type (GetSubResultDataType | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ApiKeyError | HTTPValidationError
    """

    return (
        await asyncio_detailed(
            run_id=run_id,
            client=client,
            format_type=format_type,
            data_type=data_type,
        )
    ).parsed
