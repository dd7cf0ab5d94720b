"""The error tree: its shape, and that every error survives pickle and copy with all it carries."""

import copy
import inspect
import pickle
from typing import Any

import httpx
import pytest

import camb_client
from camb_client import (
    ApiConnectionError,
    ApiError,
    ApiPaymentRequiredError,
    AuthenticationError,
    CambError,
    ConfigurationError,
    CreateOutcomeUnknownError,
    DownloadError,
    InvalidRequestError,
    MalformedResponseError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TaskError,
    TaskFailedError,
    TaskNotFoundError,
    TaskPaymentRequiredError,
    TaskRef,
    TaskResultMissingError,
    TaskState,
    TaskTimedOutError,
    WaitTimeoutError,
)
from tests.facade.conftest import Both

REF = TaskRef("tts", "1")
STATE = TaskState(REF, "ERROR", None, "INTERNAL_ERROR", {"a": 1}, {"status": "ERROR"})

PARENTS = {
    ConfigurationError: (CambError, ValueError),
    ApiConnectionError: (CambError,),
    CreateOutcomeUnknownError: (CambError,),
    ApiError: (CambError,),
    AuthenticationError: (ApiError,),
    ApiPaymentRequiredError: (ApiError, PaymentRequiredError),
    PermissionDeniedError: (ApiError,),
    TaskNotFoundError: (ApiError,),
    InvalidRequestError: (ApiError,),
    RateLimitError: (ApiError,),
    ServerError: (ApiError,),
    MalformedResponseError: (CambError,),
    DownloadError: (CambError,),
    TaskError: (CambError,),
    TaskFailedError: (TaskError,),
    TaskTimedOutError: (TaskError,),
    TaskPaymentRequiredError: (TaskError, PaymentRequiredError),
    TaskResultMissingError: (TaskError,),
    PaymentRequiredError: (CambError,),
    WaitTimeoutError: (CambError, TimeoutError),
}


def test_the_tree_is_the_one_that_is_promised() -> None:
    public = [value for value in vars(camb_client).values() if inspect.isclass(value) and issubclass(value, CambError)]
    assert {error: error.__bases__ for error in public if error is not CambError} == PARENTS


def made(error: type[CambError]) -> CambError:
    if issubclass(error, ApiError):
        facts: dict[str, Any] = {"detail": [{"loc": ["body"]}]} if error is InvalidRequestError else {}
        return error("words", status_code=499, body="b", request_id="r", retry_after=1.5, ref=REF, **facts)
    if issubclass(error, TaskError):
        return error("words", state=STATE)
    if error is WaitTimeoutError:
        return error("words", ref=REF, last_state=STATE, elapsed=1.5, polls=3, retry_after=2.0)
    if error is MalformedResponseError:
        return error("words", body="b", ref=REF)
    if error is ApiConnectionError:
        return error("words", ref=REF, permanent=True, sent=False)
    return error("words", ref=REF)


@pytest.mark.parametrize("error", [CambError, *PARENTS])
def test_errors_survive_pickle_and_copy(error: type[CambError]) -> None:
    original = made(error)
    original.__cause__ = httpx.ConnectError("refused", request=httpx.Request("GET", "http://127.0.0.1"))
    original.add_note("a note")
    for again in (pickle.loads(pickle.dumps(original)), copy.copy(original), copy.deepcopy(original)):
        assert type(again) is error
        assert str(again) == "words"
        assert again.args == original.args
        assert vars(again) == vars(original)
        assert again.__notes__ == ["a note"]
        assert isinstance(again.__cause__, httpx.ConnectError)


class _OfItsOwn(httpx.ReadError):
    """As a transport of the caller's may raise: it can be pickled, and cannot be made again."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port}")


def test_errors_survive_with_a_cause_that_does_not(both: Both) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise _OfItsOwn("a.example", 1)

    with pytest.raises(ApiConnectionError) as caught:
        both.answering(broken).status("tts:1")
    assert isinstance(caught.value.__cause__, _OfItsOwn)
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):
        assert (type(again), str(again), again.ref) == (ApiConnectionError, str(caught.value), caught.value.ref)
        assert str(again.__cause__) == "_OfItsOwn: a.example:1"


@pytest.mark.parametrize(
    ("code", "expected"),
    [(400, ApiError), (401, AuthenticationError), (402, ApiPaymentRequiredError), (403, PermissionDeniedError),
     (404, TaskNotFoundError), (408, ApiError), (422, InvalidRequestError), (429, RateLimitError),
     (500, ServerError), (501, ServerError), (520, ServerError), (599, ServerError), (600, ApiError),
     (302, ApiError)],
)  # fmt: skip
def test_each_code_has_its_error(both: Both, code: int, expected: type[ApiError]) -> None:
    camb = both.answering(lambda _: httpx.Response(code, json={"detail": "why"}))
    with pytest.raises(ApiError, match=rf"^tts:1: HTTP {code}: why\.") as caught:
        camb.status("tts:1")
    assert type(caught.value) is expected
    assert caught.value.status_code == code
    assert caught.value.ref == REF


DETAIL = [{"loc": ["path", "task_id"], "msg": "not an id", "type": "t"}, {"loc": 7, "msg": "odd"}, "text"]


@pytest.mark.parametrize(
    ("body", "detail", "words"),
    [
        ({"detail": DETAIL}, DETAIL, r"several problems\. .*\n  path\.task_id: not an id\n  body: odd\n  text$"),
        ({"detail": "just text"}, "just text", r"HTTP 422: just text\. The API"),
        ({"error": "Invalid", "status": 422}, None, r"HTTP 422: Invalid\. "),
        ({"message": {"a": 1}}, None, r"HTTP 422: \{'a': 1\}\. "),
        (["odd"], None, r"HTTP 422: odd\. "),
        ({}, None, r"HTTP 422: \{\}\. "),
    ],
)
def test_422_in_any_shape(both: Both, body: Any, detail: Any, words: str) -> None:
    camb = both.answering(lambda _: httpx.Response(422, json=body))
    with pytest.raises(InvalidRequestError, match=words) as caught:
        camb.status("tts:1")
    assert caught.value.detail == detail


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<h1>Bad\n  Gateway</h1>", "<h1>Bad Gateway</h1>"),
        (b"", "no explanation"),
        (b"\xff\xfe", "�"),
        (b"[" * 90_000, r"\[\["),
    ],
)
def test_an_error_body_that_is_no_json(both: Both, content: bytes, words: str) -> None:
    camb = both.answering(lambda _: httpx.Response(502, content=content))
    with pytest.raises(ServerError, match=words) as caught:
        camb.status("tts:1")
    assert caught.value.body == content.decode(errors="replace")[:2000]


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://user:pass@other.example:8443/apis?key=1", "redirects to https://other.example:8443, and no redirect"),
        ("/apis/v2", "redirects, and no redirect is followed with the key: correct base_url, or CAMB_BASE_URL"),
        (None, "redirects, and"),
    ],
)
def test_a_redirect_says_where_the_api_may_be(both: Both, location: str | None, words: str) -> None:
    headers = {} if location is None else {"location": location}
    camb = both.answering(lambda _: httpx.Response(308, headers=headers))
    with pytest.raises(ApiError, match=words) as caught:
        camb.status("tts:1")
    assert "pass" not in str(caught.value)
    assert "key=1" not in str(caught.value)


def test_an_error_refuses_what_it_does_not_carry() -> None:
    with pytest.raises(TypeError, match="RateLimitError carries no status"):
        RateLimitError("words", status=429)
