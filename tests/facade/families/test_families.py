"""Any family of the API description: create, wait, result, by its handle and by its name."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from camb_client import (
    CompletedTask,
    CreateOutcomeUnknownError,
    InvalidRequestError,
    MalformedResponseError,
    TaskRef,
    TaskStatus,
    kinds,
    models,
)
from camb_client.testing import VirtualClock
from tests.facade.conftest import KEY, Both

BODY = models.TranslateBody(texts=["Hello"], source_language=1, target_language=76)
ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
SENT = {"texts": ["Hello"], "source_language": 1, "target_language": 76}


DUB = {"video_url": "https://files.example/talk.mp4", "source_language": 1}


class Api:
    """Answers by path; what it was asked is kept."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[httpx.Request] = []
        self.paths: list[str] = []  # The client takes the query out of a request that was sent.

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.paths.append(f"{request.method} {request.url.raw_path.decode()}")
        answer = self.answers[request.url.path.strip("/").replace("/", "_").replace("-", "_")]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def bodies(self) -> list[Any]:
        return [json.loads(it.content) for it in self.asked if it.content]


def asked(both: Both, api: Callable[[httpx.Request], httpx.Response], use: Callable[[Any], Any]) -> Any:
    return both.answering(api, base_url="http://127.0.0.1:1", clock=VirtualClock()).call(use)


SUCCESS = {"status": "SUCCESS", "run_id": 7}


@pytest.mark.parametrize(("family", "body"), [(kinds.TRANSLATE, BODY), ("translate", BODY), ("translate", SENT)])
def test_from_the_body_to_the_result(both: Both, family: Any, body: Any) -> None:
    api = Api(translate={"task_id": "a/b"}, translate_a_b=SUCCESS, translation_result_7={"texts": ["Bonjour"]})
    client = both.answering(api, base_url="http://127.0.0.1:1", clock=VirtualClock())
    ref = client.call(lambda camb: camb.family(family).create(body))
    assert (ref, ref.submitted_at is not None) == (TaskRef("translate", "a/b"), True)
    done = client.call(lambda camb: camb.wait(ref))
    told = client.call(lambda camb: camb.family(family).result(done))
    assert isinstance(told, models.TranslateResult)
    assert told.texts == ["Bonjour"]
    assert api.paths == ["POST /translate", "GET /translate/a%2Fb", "GET /translation-result/7"]
    assert api.bodies() == [SENT]
    assert {it.headers["x-api-key"] for it in api.asked} == {KEY}


def test_integers_of_any_sort_are_sent_as_integers(both: Both) -> None:
    class Whole:
        def __index__(self) -> int:
            return 76

    api = Api(translate={"task_id": "1"})
    body = models.TranslateBody(texts=["Hello"], source_language=1, target_language=Whole())  # type: ignore[arg-type]
    for given in (body, {**SENT, "target_language": Whole()}):
        assert asked(both, api, lambda camb, given=given: camb.family("translate").create(given)).task_id == "1"
    assert api.bodies() == [SENT, SENT]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_body_or_result_can_be_copied_or_handed_to_another_process(both: Both, again: Callable[[Any], Any]) -> None:
    api = Api(translate={"task_id": "1"}, story_result_7={"audio_url": "https://files.example/7.wav"})
    assert again(BODY) == BODY
    asked(both, api, lambda camb: camb.family(kinds.TRANSLATE).create(again(BODY)))
    assert api.bodies() == [SENT]
    story = again(asked(both, api, lambda camb: camb.family(kinds.STORY).result(7)))
    assert story.to_dict() == {"audio_url": "https://files.example/7.wav"}
    assert "transcript=UNSET" in repr(story)


def test_create_and_wait_tells_what_was_created_before_it_waits(both: Both) -> None:
    api = Api(translate={"task_id": "1"}, translate_1=SUCCESS)
    told: list[TaskRef] = []
    done = asked(both, api, lambda camb: camb.family(kinds.TRANSLATE).create_and_wait(BODY, on_created=told.append))
    assert isinstance(done, CompletedTask)
    assert told == [TaskRef("translate", "1")]


def test_a_run_is_named_by_its_number_its_task_or_its_outcome(both: Both) -> None:
    api = Api(translate_1=SUCCESS, translation_result_7={"texts": ["Hi"]}, translate_2={"status": "ERROR"})
    client = both.answering(api, base_url="http://127.0.0.1:1", clock=VirtualClock())
    succeeded, failed = client.wait_all(["translate:1", "translate:2"])
    for run in (7, succeeded, succeeded.state):
        assert client.call(lambda camb, run=run: camb.family("translate").result(run)).texts == ["Hi"]
    before = len(api.asked)
    for run, refused in (
        (failed, "did not succeed"),
        (CompletedTask(TaskRef("dub", "1"), TaskStatus.SUCCESS, 7), "dub"),
    ):
        with pytest.raises(ValueError, match=refused):
            client.call(lambda camb, run=run: camb.family("translate").result(run))
    with pytest.raises(TypeError, match="run_id must be an int"):
        client.call(lambda camb: camb.family("translate").result("7"))
    assert len(api.asked) == before


def test_results_are_asked_for_in_bulk_and_the_rest_alone(both: Both) -> None:
    bulk = {"1": {"texts": ["one"]}, "2": "http://files.example/2", "3": {"texts": ["three"]}}
    api = Api(translation_results=bulk, translation_result_2={"texts": ["two"]})
    found = asked(both, api, lambda camb: camb.family(kinds.TRANSLATE).results([1, 2, 3, 1]))
    assert {run_id: it.texts for run_id, it in found.items()} == {1: ["one"], 2: ["two"], 3: ["three"]}
    assert api.paths == ["POST /translation-results", "GET /translation-result/2"]
    assert api.bodies() == [{"run_ids": [1, 2, 3]}]


def test_where_the_api_has_no_bulk_each_result_is_asked_for(both: Both) -> None:
    api = Api(text_to_voice_result_1={"previews": ["a"]}, text_to_voice_result_2={"previews": ["b"]})
    found = asked(both, api, lambda camb: camb.family(kinds.TEXT_TO_VOICE).results([1, 2]))
    assert [it.previews for it in found.values()] == [["a"], ["b"]]


def test_a_part_needs_more_than_a_run(both: Both) -> None:
    api = Api(transcript_4711_31={"transcript": "Hallo"})
    told = asked(both, api, lambda camb: camb.family("dub").part(kinds.DUB_TRANSCRIPT, 4711, language="de-de"))
    assert told.to_dict() == {"transcript": "Hallo"}
    asked(both, api, lambda camb: camb.family("dub").part(kinds.DUB_TRANSCRIPT, 4711, 31, format_type="srt"))
    assert api.paths == ["GET /transcript/4711/31", "GET /transcript/4711/31?format_type=srt"]


def test_a_truth_value_is_asked_for_as_json_writes_it(both: Both) -> None:
    api, part = Api(translated_story_result_7_31={"audio_url": "https://x/a"}), kinds.TRANSLATED_STORY_RESULT
    asked(both, api, lambda camb: camb.family("translated-story").part(part, 7, "de-de", include_transcript=True))
    assert api.paths == ["GET /translated-story-result/7/31?include_transcript=true"]


def test_the_result_of_translated_tts_is_where_that_of_tts_is(both: Both) -> None:
    api = Api(tts_result_7={"output_url": "https://files.example/7.flac"})
    assert asked(both, api, lambda camb: camb.family(kinds.TRANSLATED_TTS).result(7)).output_url
    assert asked(both, api, lambda camb: camb.family(kinds.TTS).result(7)).output_url
    assert set(api.paths) == {"GET /tts-result/7?output_type=file_url"}


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (
            lambda camb: camb.family(kinds.DUB).create(BODY),
            TypeError,
            r"dub create takes a models\.DubBody or a mapping",
        ),
        (lambda camb: camb.family("translate").create("Hello"), TypeError, "or a mapping, not str"),
        (lambda camb: camb.family("translate").create({"texts": []}), ValueError, "create requires 'source_language'"),
        (lambda camb: camb.family("translate").create({**SENT, "texts": ENDLESS}), TypeError, "recursion depth"),
        (lambda camb: camb.family(kinds.TRANSLATED_STORY).create({}), ValueError, "has no operation 'create'"),
        (lambda camb: camb.family("translated-story").result(7), ValueError, "the part TRANSLATED_STORY_RESULT for it"),
        (lambda camb: camb.family("translated-story").results([7]), ValueError, "has no operation 'result'"),
        (
            lambda camb: camb.family("translate").part(kinds.DUB_TRANSCRIPT, 7, 31),
            TypeError,
            "part must be a Part of .translate., .* not Part\\(kind=.dub",
        ),
        (
            lambda camb: camb.family("dub").part(kinds.DUB_TRANSCRIPT, 7),
            TypeError,
            r"^part\(kinds\.DUB_TRANSCRIPT, run_id, \.\.\.\): missing 1 required positional argument: 'language'$",
        ),
        (
            lambda camb: camb.family("dub").part(kinds.DUB_TRANSCRIPT, 7, 31, format="srt"),
            TypeError,
            r"^part\(kinds\.DUB_TRANSCRIPT, run_id, \.\.\.\): got an unexpected keyword argument 'format'$",
        ),
        (lambda camb: camb.family("dub").part(kinds.DUB_TRANSCRIPT, 7, ""), ValueError, "language cannot be ''"),
        (lambda camb: camb.family("dub").part(kinds.DUB_TRANSCRIPT, 7, ".."), ValueError, r"language cannot be '\.\.'"),
        (lambda camb: camb.family("dub").part(kinds.DUB_TRANSCRIPT, 7, None), ValueError, "language cannot be None"),
        (
            lambda camb: camb.family("dub").create({**DUB, "source_transcript": [["content", "Hi"]]}),
            TypeError,
            "dub create: SubRipText must be an object, not list",
        ),
        (
            lambda camb: camb.family(kinds.TRANSLATE).create(
                models.TranslateBody(texts="Hello", source_language=1, target_language=76)  # type: ignore[arg-type]
            ),
            TypeError,
            r"translate create: texts must be a list, not str: write it as \['Hello'\]",
        ),
        (
            lambda camb: camb.family("translate").create({**SENT, "chosen_dictionaries": "12"}),
            TypeError,
            "translate create: chosen_dictionaries must be a list, not str",
        ),
        (
            lambda camb: camb.family(kinds.DUB).create(
                models.DubBody(video_url="https://x/v", source_language=1, target_languages="fr-fr")  # type: ignore[arg-type]
            ),
            TypeError,
            "dub create: target_languages must be a list, not str",
        ),
        (
            lambda camb: camb.family("translate").create({**SENT, "source_language": True}),
            TypeError,
            "translate create: source_language cannot be a bool: write 1",
        ),
        (
            lambda camb: camb.family(kinds.DUB).create(
                models.DubBody(video_url="https://x/v", source_language=1, folder_id=False)
            ),
            TypeError,
            "dub create: folder_id cannot be a bool: write 0",
        ),
        (lambda camb: camb.family(kinds.DUB_TRANSCRIPT), ValueError, r"unknown kind of task Part\(kind='dub'\); known"),
        (lambda camb: camb.family("translate").results(7), TypeError, "run_ids must be an iterable of runs, not int"),
        (
            lambda camb: camb.family("translate").create({**SENT, "texts": {"Hello"}}),
            TypeError,
            "translate create: texts cannot be of type set",
        ),
        (
            lambda camb: camb.family("dub").create({**DUB, "target_languages": "de-de"}),
            TypeError,
            "dub create: target_languages is not a list",
        ),
        (
            lambda camb: camb.family("dub").create({**DUB, "target_languages": None}),
            TypeError,
            "dub create: target_languages is not a list",
        ),
        (
            lambda camb: camb.family("translate").create({**SENT, "age": float("nan")}),
            ValueError,
            "translate create: age cannot be nan",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(
    both: Both, use: Callable[[Any], Any], error: type[Exception], message: str
) -> None:
    api = Api()
    with pytest.raises(error, match=message):
        asked(both, api, use)
    assert api.asked == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"text": ["Hi"]}, "it has no 'texts'"),
        ({"texts": ["Hi", 5]}, r"texts\[1\] is not a str"),
        ({"texts": None}, "texts is not a list"),
        ([["texts", ["Hi"]]], "another shape"),
        ({"texts": [True]}, r"texts\[0\] is not a str"),
        (["Hi"], "it has no 'texts'|another shape"),
        (["Hello"], "it is of another shape than the API description says"),
        ("Hello", "it is of another shape than the API description says"),
        (7, "it is of another shape than the API description says"),
    ],
)
def test_a_result_that_is_not_what_is_described(both: Both, body: Any, why: str) -> None:
    with pytest.raises(MalformedResponseError, match=why):
        asked(both, Api(translation_result_7=body), lambda camb: camb.family("translate").result(7))


def test_of_a_result_of_several_forms_the_field_is_named(both: Both) -> None:
    said = {"start": 0, "end": 1, "text": 7, "speaker": "A"}
    told = {"audio_url": "https://x/a", "video_url": "https://x/v", "transcript": [said]}
    with pytest.raises(MalformedResponseError, match=r"transcript\[0\]\.text is not a str"):
        asked(both, Api(dub_result_7=told), lambda camb: camb.family("dub").result(7))


@pytest.mark.parametrize("transcript", [None, {}, "", 7, [7]])
def test_a_list_in_a_result_is_a_list(both: Both, transcript: Any) -> None:
    api = Api(transcription_result_7={"transcript": transcript})
    with pytest.raises(MalformedResponseError, match="it is of another shape than the API description says"):
        asked(both, api, lambda camb: camb.family("transcribe").result(7))


def segments(count: int) -> dict[str, Any]:
    one = {"start": 1, "end": 2.5, "text": "So it goes. " * 12, "speaker": "SPEAKER_0"}
    return {"transcript": [one] * count}


def test_a_long_transcript_is_a_result(both: Both) -> None:
    api = Api(transcription_result_7=segments(9_000))
    told = asked(both, api, lambda camb: camb.family(kinds.TRANSCRIBE).result(7))
    assert len(api.answers["transcription_result_7"]["transcript"]) == len(told.transcript) == 9_000
    assert told.transcript[-1].text.startswith("So it goes.")
    broken = segments(9_000)
    broken["transcript"][8_999] = {**broken["transcript"][0], "start": "now"}
    with pytest.raises(MalformedResponseError, match=r"transcript\[8999\]\.start is not a float"):
        asked(both, Api(transcription_result_7=broken), lambda camb: camb.family("transcribe").result(7))


def test_the_key_is_in_no_result(both: Both) -> None:
    api = Api(translation_result_7={"texts": [f"key {KEY}"]})
    told = asked(both, api, lambda camb: camb.family("translate").result(7))
    assert KEY not in str(told)
    with pytest.raises(MalformedResponseError) as broken:
        asked(both, Api(translation_result_7={KEY: 1}), lambda camb: camb.family("translate").result(7))
    assert KEY not in str(broken.value)


def test_bounds_are_the_servers_to_check_and_it_says_which(both: Both) -> None:
    detail = [
        {"loc": ["body", "texts"], "msg": "List should have at least 1 item", "type": "too_short"},
        {"loc": ["body", "target_language"], "msg": "Input should be 1, 2 or 3", "type": "enum"},
    ]
    api = Api(translate=httpx.Response(422, json={"detail": detail}))
    body = models.TranslateBody(texts=[], source_language=1, target_language=999)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError) as refused:
        asked(both, api, lambda camb: camb.family(kinds.TRANSLATE).create(body))
    assert api.bodies() == [{"texts": [], "source_language": 1, "target_language": 999}]
    assert refused.value.detail == detail
    assert str(refused.value).splitlines() == [
        "translate create: HTTP 422: several problems. The API does not accept what was sent.",
        "  body.texts: List should have at least 1 item",
        "  body.target_language: Input should be 1, 2 or 3",
    ]


def test_one_problem_stands_in_the_message_itself(both: Both) -> None:
    detail = [{"loc": ["body", "texts", 0], "msg": "Input should be a valid string", "type": "string_type"}]
    api = Api(translate=httpx.Response(422, json={"detail": detail}))
    with pytest.raises(
        InvalidRequestError, match=r"HTTP 422: body\.texts\.0: Input should be a valid string\. The API"
    ):
        asked(both, api, lambda camb: camb.family(kinds.TRANSLATE).create(BODY))


def test_a_create_is_sent_once(both: Both) -> None:
    api = Api(translate=httpx.Response(503))
    with pytest.raises(CreateOutcomeUnknownError):
        asked(both, api, lambda camb: camb.family(kinds.TRANSLATE).create(BODY))
    assert len(api.asked) == 1


def test_voices_and_languages(both: Both) -> None:
    voice = {"id": 147320, "voice_name": "Ada", "language": 1}
    languages = [{"id": number, "language": "English", "short_name": "en-us"} for number in (1, 9999)]
    api = Api(list_voices=[voice], source_languages=languages, target_languages=languages)
    (found,) = asked(both, api, lambda camb: camb.voices.list())
    assert (found.id, found.voice_name) == (147320, "Ada")
    for use in (lambda camb: camb.languages.source(), lambda camb: camb.languages.target()):
        assert [it.id for it in asked(both, api, use)] == [1, 9999]
    assert api.paths == ["GET /list-voices", "GET /source-languages", "GET /target-languages"]
    with pytest.raises(MalformedResponseError, match=r"\[0\].voice_name is not a str|it has no"):
        asked(both, Api(list_voices=[{"id": 1}]), lambda camb: camb.voices.list())


def test_handles_and_models_are_named_by_kind_and_by_role() -> None:
    assert set(kinds.__all__) >= {"ALL", "check", "DUB", "DUB_TRANSCRIPT", "TRANSCRIBE", "TRANSLATE", "TTS"}
    assert {str(getattr(kinds, kind.upper().replace("-", "_"))) for kind in kinds.ALL} == {*kinds.ALL}
    assert (kinds.handle("transcribe"), kinds.TRANSCRIBE.files) == (kinds.TRANSCRIBE, ("media_file",))
    assert kinds.operations("translate") == ("status", "create", "result", "results")
    for name in ("TranslateBody", "TranslateResult", "TranscribeBody", "DubBody", "File"):
        assert isinstance(getattr(models, name), type)
        assert name in dir(models)
    with pytest.raises(AttributeError, match=r"module 'camb_client\.models' has no attribute 'SingBody'"):
        models.SingBody  # type: ignore[attr-defined] # noqa: B018
