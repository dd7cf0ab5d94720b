"""A project that imports the client: each public name in use, with the type that its user counts on.

It is checked by mypy --strict and by pyright in strict mode, and never run.
"""

import asyncio
import gzip
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, assert_type

import httpx

import camb_client
import camb_client.kinds
from camb_client import (
    SPEC_DIGEST,
    ApiConnectionError,
    ApiError,
    ApiPaymentRequiredError,
    AsyncCambClient,
    AsyncJournal,
    AsyncLanguages,
    AsyncOutcomes,
    AsyncTaskFamily,
    AsyncTextToSound,
    AsyncTextToSpeech,
    AsyncVoices,
    AuthenticationError,
    BulkItem,
    CambClient,
    CambError,
    CompletedTask,
    ConfigurationError,
    CreateOutcomeUnknownError,
    DownloadError,
    FailedOutcome,
    InvalidRequestError,
    ItemState,
    Journal,
    Languages,
    MalformedResponseError,
    Outcomes,
    PaymentRequiredError,
    PermissionDeniedError,
    PollEvent,
    RateLimitError,
    Schedule,
    ServerError,
    Step,
    StopWaiting,
    SucceededOutcome,
    TaskError,
    TaskFailedError,
    TaskFamily,
    TaskNotFoundError,
    TaskOutcome,
    TaskPaymentRequiredError,
    TaskRef,
    TaskResultMissingError,
    TaskState,
    TaskStatus,
    TaskTimedOutError,
    TextToSound,
    TextToSpeech,
    Voices,
    WaitState,
    WaitTimeoutError,
    kinds,
    models,
)

assert_type(camb_client.__version__, str)
digest: str = SPEC_DIGEST


def show(state: TaskState) -> None:
    print(state)


async def show_later(state: TaskState) -> None:
    await asyncio.sleep(0)
    print(state)


def note(event: PollEvent) -> None:
    assert_type(event.ref, TaskRef)
    assert_type(event.attempt, int)
    assert_type(event.state, TaskState | None)
    assert_type(event.error, CambError | None)
    assert_type(event.request_id, str | None)
    assert_type(event.elapsed, float)
    assert_type(event.next_delay, float | None)
    raise StopWaiting("enough")


def beyond(camb: CambClient) -> None:
    CambClient(headers={"x-team": "audio"}, event_hooks={"poll": [note]})
    AsyncCambClient(headers={"x-team": "audio"}, event_hooks={"poll": [note]})
    assert_type(camb.with_options(timeout=5, headers={"x-job": "1"}), CambClient)
    assert_type(camb.fetch("https://files.example/a", "a.wav"), Path)
    ref = TaskRef.parse("tts:1", datetime.now(UTC))
    assert_type(TaskRef.from_dict(ref.to_dict()), TaskRef)
    state = camb.status(ref)
    assert_type(state.raise_for_status(), TaskState)
    assert_type(camb.wait(state), CompletedTask)
    for kind in camb_client.kinds.ALL:
        assert_type(camb_client.kinds.check(kind), str)
    try:
        camb.tts.download(camb.tts.wait(ref), "a/")
    except DownloadError as error:
        assert_type(error.status_code, int | None)
        assert_type(error.host, str | None)
        assert_type(error.to_dict(), dict[str, Any])


def families(camb: CambClient, clip: Path, handle: BinaryIO) -> None:
    translate = camb.family(kinds.TRANSLATE)
    body = models.TranslateBody(texts=["Hello"], source_language=1, target_language="fr-fr")
    ref = translate.create(body)
    assert_type(ref, TaskRef)
    done = camb.wait(ref)
    assert_type(translate.result(done).texts, list[str])
    assert_type(translate.result(done.run_id), models.TranslateResult)
    assert_type(translate.results([done, 4711]), dict[int, models.TranslateResult])
    assert_type(translate.create_and_wait(body, timeout=5, schedule=3, on_update=show, on_created=print), CompletedTask)
    for media in (clip, handle, models.File(handle, file_name="a.mp3")):
        camb.family(kinds.TRANSCRIBE).create(models.TranscribeBody(language="en-us", media_file=media))
    with zipfile.ZipFile(clip) as archive, archive.open("a.mp3") as member, gzip.open(clip, "rb") as packed:
        models.TranscribeBody(language="en-us", media_file=member)
        models.TranscribeBody(language="en-us", media_file=packed)
    with tempfile.NamedTemporaryFile() as named, tempfile.SpooledTemporaryFile() as spooled:
        models.TranscribeBody(language="en-us", media_file=named)
        models.TranscribeBody(language="en-us", media_file=models.File(spooled))
    assert_type([it.text for it in camb.family(kinds.TRANSCRIBE).result(7).transcript], list[str])
    untyped = camb.family("translate")
    assert_type(untyped, TaskFamily)
    assert_type(untyped.create({"texts": ["Hello"]}), TaskRef)
    assert_type(untyped.result(7), Any)
    anything: list[TaskFamily] = [untyped, translate, camb.tts]
    print(anything, str(kinds.TRANSLATE))
    for source, target in zip(camb.languages.source(), camb.languages.target(), strict=True):
        translate.create(models.TranslateBody(texts=["Hello"], source_language=source.id, target_language=target.id))
    print(camb.voices.list())


async def families_later(camb: AsyncCambClient) -> None:
    translate = camb.family(kinds.TRANSLATE)
    ref = await translate.create(models.TranslateBody(texts=["Hello"], source_language=1, target_language=76))
    assert_type(ref, TaskRef)
    assert_type((await translate.result(await camb.wait(ref))).texts, list[str])
    assert_type(await translate.results([7]), dict[int, models.TranslateResult])
    assert_type(await camb.family("translate").result(7), Any)
    print(await camb.voices.list(), await camb.languages.source(), await camb.languages.target())


def named(voices: Voices, languages: Languages, later: AsyncVoices, much_later: AsyncLanguages) -> None:
    print(voices, languages, later, much_later)


def clients() -> None:
    CambClient()
    CambClient("key", base_url="https://a.example", timeout=None, allow_insecure_http=True)
    CambClient(timeout=httpx.Timeout(5), transport=httpx.HTTPTransport())
    AsyncCambClient("key", base_url="https://a.example", timeout=3, allow_insecure_http=False)
    AsyncCambClient(timeout=httpx.Timeout(5), transport=httpx.AsyncHTTPTransport())
    AsyncCambClient(transport="aiohttp")


def sync() -> None:
    with CambClient() as camb:
        assert_type(camb, CambClient)
        assert_type(camb.tts, TextToSpeech)
        assert_type(camb.text_to_sound, TextToSound)
        plain: TaskFamily = camb.tts
        assert_type(plain.status("1"), TaskState)
        assert_type(camb.family("tts"), TaskFamily)
        assert_type(camb.tts.kind, str)
        assert_type(camb.tts.ref("1"), TaskRef)
        assert_type(camb.status("tts:1"), TaskState)
        assert_type(camb.tts.status(TaskRef("tts", "1")), TaskState)
        assert_type(camb.wait("tts:1"), CompletedTask)
        assert_type(camb.wait("tts:1", timeout=None, schedule=3, on_update=show), CompletedTask)
        assert_type(camb.tts.wait("1", timeout=5, schedule=Schedule.DEFAULT, on_update=None), CompletedTask)
        assert_type(camb.tts.wait("1").run_id, int)
        assert_type(camb.watch("tts:1", timeout=5, schedule=0.5), Iterator[TaskState])
        for state in camb.tts.watch("1"):
            assert_type(state, TaskState)
        tasks: list[TaskRef | str] = ["tts:1", TaskRef("tts", "2")]
        assert_type(camb.wait_all(tasks, timeout=5, schedule=3, on_update=show), list[TaskOutcome])
        assert_type(camb.tts.wait_all(["1", "2"], max_concurrency=2), list[TaskOutcome])
        with camb.as_completed(iter(["tts:1"]), max_requests_per_second=5) as outcomes:
            assert_type(outcomes, Outcomes)
            for outcome in outcomes:
                assert_type(outcome, TaskOutcome)
    camb.close()


async def asynchronous() -> None:
    async with AsyncCambClient() as camb:
        assert_type(camb, AsyncCambClient)
        assert_type(camb.tts, AsyncTextToSpeech)
        assert_type(camb.text_to_sound, AsyncTextToSound)
        plain: AsyncTaskFamily = camb.tts
        assert_type(await plain.status("1"), TaskState)
        assert_type(camb.family("tts"), AsyncTaskFamily)
        assert_type(camb.tts.ref("1"), TaskRef)
        assert_type(await camb.status("tts:1"), TaskState)
        assert_type(await camb.wait("tts:1", on_update=show), CompletedTask)
        assert_type(await camb.tts.wait("1", timeout=None, schedule=3, on_update=show_later), CompletedTask)
        assert_type((await camb.tts.wait("1")).run_id, int)
        assert_type(camb.watch("tts:1"), AsyncIterator[TaskState])
        async for state in camb.tts.watch("1", timeout=5, schedule=Schedule.BACKGROUND):
            assert_type(state, TaskState)
        assert_type(await camb.wait_all(["tts:1"], on_update=show_later), list[TaskOutcome])
        async with camb.as_completed(later(), max_requests_per_second=5) as outcomes:
            assert_type(outcomes, AsyncOutcomes)
            async for outcome in outcomes:
                assert_type(outcome, TaskOutcome)
    await camb.aclose()


def show_bytes(received: int, total: int | None) -> None:
    print(received, total)


async def show_bytes_later(received: int, total: int | None) -> None:
    await asyncio.sleep(0)
    print(received, total)


def audio(camb: CambClient) -> None:
    assert_type(camb.tts.create(text="a", voice_id=1, language="en-us"), TaskRef)
    assert_type(camb.tts.create(text="a", voice_id=1, language=1, gender=2, age=40, folder_id=None), TaskRef)
    assert_type(camb.text_to_sound.create(prompt="a", duration=2.5, audio_type="sound", project_name="b"), TaskRef)
    assert_type(camb.tts.create_and_wait(text="a", voice_id=1, language=1, timeout=5, on_update=show), CompletedTask)
    assert_type(camb.text_to_sound.create_and_wait(prompt="a", schedule=3), CompletedTask)
    assert_type(camb.tts.result_url(7), str)
    assert_type(camb.text_to_sound.results([7, 8]), dict[int, str])
    assert_type(camb.tts.download(7, "a.flac", on_progress=show_bytes), Path)
    assert_type(camb.text_to_sound.download(7, Path("a"), overwrite=True, timeout=None), Path)
    configuration = {"format": "wav", "sample_rate": 22050}
    with camb.tts.stream(text="a", voice_id=1, language="en-us", output_configuration=configuration) as pieces:
        for piece in pieces:
            assert_type(piece, bytes)


async def audio_later(camb: AsyncCambClient) -> None:
    assert_type(await camb.tts.create(text="a", voice_id=1, language="en-us"), TaskRef)
    assert_type(await camb.text_to_sound.create(prompt="a", audio_type="music"), TaskRef)
    assert_type(await camb.tts.create_and_wait(text="a", voice_id=1, language=1, on_update=show_later), CompletedTask)
    assert_type(await camb.text_to_sound.create_and_wait(prompt="a"), CompletedTask)
    assert_type(await camb.tts.result_url(7), str)
    assert_type(await camb.text_to_sound.results(iter([7, 8])), dict[int, str])
    assert_type(await camb.tts.download(7, "a.flac", on_progress=show_bytes_later), Path)
    async with camb.tts.stream(text="a", voice_id=1, language="en-us", speech_model="mars-pro") as pieces:
        async for piece in pieces:
            assert_type(piece, bytes)


async def later() -> AsyncIterator[str]:
    await asyncio.sleep(0)
    yield "tts:1"


def values(state: TaskState, done: CompletedTask) -> None:
    ref = TaskRef("tts", "1", submitted_at=datetime.now(UTC))
    assert_type(ref, TaskRef)
    assert_type(TaskRef.parse("tts:1"), TaskRef)
    assert_type(ref.kind, str)
    assert_type(ref.task_id, str)
    assert_type(ref.submitted_at, datetime | None)
    assert_type(str(ref), str)
    assert_type({ref: 1}, dict[TaskRef, int])

    assert_type(state.ref, TaskRef)
    assert_type(state.status, TaskStatus)
    assert_type(state.run_id, int | None)
    assert_type(state.exception_reason, Any)
    assert_type(state.message, Any)
    assert_type(state.raw, dict[str, Any])
    assert_type(state.is_pending, bool)
    assert_type(state.is_terminal, bool)
    assert_type(state.is_success, bool)
    assert_type(state.is_failure, bool)
    assert_type(done.run_id, int)
    assert_type(done.status, TaskStatus)
    if isinstance(state, CompletedTask):
        assert_type(state.run_id, int)

    outcomes: list[TaskOutcome] = [SucceededOutcome(ref, done), FailedOutcome(ref, CambError("no"))]
    for outcome in outcomes:
        assert_type(outcome.ref, TaskRef)
        assert_type(outcome.result(), CompletedTask)
        assert_type(outcome.to_dict(), dict[str, Any])
        if outcome.error is None:
            assert_type(outcome.state, CompletedTask)
        else:
            assert_type(outcome.error, CambError)
            assert_type(outcome.state, None)
    assert_type(done.elapsed, float | None)
    assert_type(done.polls, int)

    assert_type(TaskStatus("NOBODY_KNOWS"), TaskStatus)
    assert_type(state.status.is_known, bool)
    assert_type(state.status is TaskStatus.SUCCESS, bool)
    for status in TaskStatus:
        assert_type(status, TaskStatus)
    text: str = state.status
    print(text.lower())


def durable(camb: CambClient) -> None:
    state = camb.begin("tts:1", timeout=None, schedule=5)
    assert_type(state, WaitState)
    assert_type(WaitState.from_json(state.to_json()), WaitState)
    assert_type(state.next_at, float)
    step = camb.step(state)
    assert_type(step, Step)
    if step.outcome is not None and step.outcome.error is None:
        assert_type(step.outcome.state, CompletedTask)
    assert_type(step.changed, TaskState | None)
    assert_type(step.delay, float | None)

    with camb.journal("jobs.db") as journal:
        assert_type(journal, Journal)
        assert_type(journal.add(["tts:1"], timeout=None), int)
        for outcome in journal:
            assert_type(outcome.ref, TaskRef)
        assert_type(journal.as_completed(max_concurrency=50), Iterator[TaskOutcome])
        journal.tts("one", to=Path("1.flac"), text="Hello", voice_id=147320, language="en-us")
        journal.text_to_sound("two", to="2", prompt="Rain", audio_type="sound")
        journal.create("three", "dub", {"video_url": "https://example.com"})
        assert_type(journal.retry("failed"), int)
        journal.redo("one", text="Hello again")
        for item in journal.run(creates_per_second=5, max_requests_per_second=10, downloads=2, timeout=600):
            assert_type(item, BulkItem)
            assert_type(item.error, CambError | None)
            if item.state is ItemState.DOWNLOADED:
                assert_type(item.path, Path | None)
        assert_type(journal.items(), list[BulkItem])


async def durable_later(camb: AsyncCambClient) -> None:
    assert_type(await camb.step(camb.begin("tts:1")), Step)
    async with camb.journal(Path("jobs.db")) as journal:
        assert_type(journal, AsyncJournal)
        async for outcome in journal:
            assert_type(outcome.ref, TaskRef)
        async for item in journal.run(timeout=60):
            assert_type(item.ref, TaskRef | None)


def schedules() -> None:
    assert_type(Schedule.DEFAULT, Schedule)
    assert_type(Schedule.INTERACTIVE, Schedule)
    assert_type(Schedule.BACKGROUND, Schedule)
    assert_type(Schedule.LEARNED, Schedule)
    assert_type(Schedule.sqrt(), Schedule)
    assert_type(Schedule.sqrt(0.7, first=1, minimum=1, maximum=5), Schedule)
    assert_type(Schedule.fixed(3), Schedule)
    assert_type(Schedule.exponential(1, multiplier=2, maximum=30), Schedule)
    assert_type(Schedule.of(None), Schedule)
    assert_type(Schedule.DEFAULT.delay(3), float)
    assert_type(Schedule.DEFAULT.preview(30), list[float])


def errors(camb: CambClient) -> None:
    try:
        camb.wait("tts:1")
    except TaskFailedError as error:
        assert_type(error.ref, TaskRef)
        assert_type(error.state, TaskState)
    except (TaskTimedOutError, TaskResultMissingError) as error:
        assert_type(error.state, TaskState)
    except (TaskPaymentRequiredError, ApiPaymentRequiredError) as error:
        both: PaymentRequiredError = error
        print(both)
    except InvalidRequestError as error:
        assert_type(error.detail, Any)
    except (AuthenticationError, PermissionDeniedError) as error:
        assert_type(error.outcomes, tuple[TaskOutcome, ...])
    except (TaskNotFoundError, RateLimitError, ServerError) as error:
        assert_type(error.status_code, int)
        assert_type(error.body, str)
        assert_type(error.request_id, str | None)
        assert_type(error.retry_after, float | None)
        assert_type(error.ref, TaskRef | None)
    except MalformedResponseError as error:
        assert_type(error.body, str)
    except ApiConnectionError as error:
        assert_type(error.permanent, bool)
        assert_type(error.sent, bool)
    except CreateOutcomeUnknownError as error:
        assert_type(error.__cause__, BaseException | None)
    except WaitTimeoutError as error:
        builtin: TimeoutError = error
        assert_type(error.ref, TaskRef)
        assert_type(error.last_state, TaskState | None)
        assert_type(error.elapsed, float)
        assert_type(error.polls, int)
        assert_type(error.retry_after, float | None)
        print(builtin)
    except ConfigurationError as error:
        value: ValueError = error
        print(value)
    except (ApiError, TaskError) as error:
        wide: CambError = error
        print(wide)
