"""The local server has every family of the API description: creates, results, parts, files and lists."""

import io
import json
import pathlib
import socket
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
import httpx
import pytest

from camb_client import CambClient, InvalidRequestError, kinds, models
from camb_client.testing import FakeCamb, VirtualClock, _bodies, _examples

KEY = {"x-api-key": "test-key"}
# Of each kind that the client can create, a body of what is required.
BODIES: dict[str, dict[str, Any]] = {
    "dub": {"video_url": "https://a/b.mp4", "source_language": 1},
    "sub": {"media_url": "https://a/b.mp4", "source_language": 1, "target_languages": [76]},
    "text-to-sound": {"prompt": "rain"},
    "text-to-voice": {"text": "Good morning.", "voice_description": "a warm voice"},
    "translate": {"texts": ["Hello"], "source_language": 1, "target_language": 76},
    "translated-tts": {"text": "Hello", "voice_id": 147320, "source_language": 1, "target_language": 76},
    "tts": {"text": "Hello", "voice_id": 147320, "language": 1},
}
FORMS: dict[str, dict[str, Any]] = {"transcribe": {"language": "1"}, "story": {"source_language": "1"}}


@pytest.fixture
def fake() -> FakeCamb:
    return FakeCamb(clock=VirtualClock())


def http(fake: FakeCamb) -> httpx.Client:
    return httpx.Client(transport=fake.transport(), base_url="https://camb.invalid/apis", headers=KEY)


@pytest.mark.parametrize("kind", BODIES)
def test_from_a_create_to_a_result_that_fits(fake: FakeCamb, kind: str) -> None:
    with fake.client() as camb:
        family = camb.family(kind)
        task = family.create(BODIES[kind])
        assert fake.created == [task]
        assert fake.bodies[task].fields == BODIES[kind]
        result = family.result(family.wait(task))  # A MalformedResponseError, if it did not fit.
        family.create(BODIES[kind])
        both = family.results([1001, 1002])
        assert [*both] == [1001, 1002]
        assert {type(one) for one in both.values()} == {type(result)}


@pytest.mark.parametrize("kind", FORMS)
def test_a_file_is_recorded_and_the_fields_of_its_form(fake: FakeCamb, kind: str) -> None:
    (field,) = {"transcribe": ["media_file"], "story": ["file"]}[kind]
    content = bytes(range(256)) * 9 + b'\r\n--\r\nname="x"\r\n\r\n'
    with http(fake) as client:
        response = client.post(f"/{kind}", data=FORMS[kind], files={field: ('a "b" ü.wav', content, "audio/wav")})
    assert response.status_code == 200
    (task,) = fake.created
    assert (task.kind, task.task_id) == (kind, response.json()["task_id"])
    body = fake.bodies[task]
    assert body.fields == {name: int(value) for name, value in FORMS[kind].items()}
    upload = body.files[field]
    assert (upload.file_name, upload.content_type, upload.size) == ('a "b" ü.wav', "audio/wav", len(content))
    assert upload.content == content
    assert "\\x" not in repr(body)


def test_the_fields_of_a_form_are_read_as_they_are_typed(fake: FakeCamb) -> None:
    fields = {
        "language": "76", "media_url": "12", "run_audio_cleaning": "false", "folder_id": "7",
        "formatting_options": json.dumps({"max_characters_in_segment": 5}),
    }  # fmt: skip
    with http(fake) as client:
        assert client.post("/transcribe", data=fields).status_code == 200  # In the short form.
        assert client.post("/transcribe", data=fields, files={"media_file": b"1"}).status_code == 200
        lists = {"source_language": "1", "chosen_dictionaries": ["1", "2"]}
        assert client.post("/story", data=lists, files={"file": b"1"}).status_code == 200
    short, form, story = (fake.bodies[task].fields for task in fake.created)
    assert short == form == {
        "language": 76, "media_url": "12", "run_audio_cleaning": False, "folder_id": 7,
        "formatting_options": {"max_characters_in_segment": 5},
    }  # fmt: skip
    assert story == {"source_language": 1, "chosen_dictionaries": [1, 2]}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["1", "on", "t", "True", "y", "YES"], True), (["0", "off", "F", "false", "N", "no"], False)],
)
def test_a_truth_value_of_a_form_is_read_as_pydantic_does(fake: FakeCamb, texts: list[str], expected: bool) -> None:
    with http(fake) as client:
        for text in texts:
            assert client.post("/transcribe", data={"language": "1", "run_audio_cleaning": text}).status_code == 200
    assert {fake.bodies[task].fields["run_audio_cleaning"] for task in fake.created} == {expected}
    assert isinstance(fake.bodies[fake.created[0]].fields["run_audio_cleaning"], bool)


@pytest.mark.parametrize("kind", BODIES)
def test_each_missing_field_has_its_place_in_a_422(fake: FakeCamb, kind: str) -> None:
    with http(fake) as client:
        response = client.post(f"/{kind}", json={})
    assert response.status_code == 422
    detail = response.json()["detail"]
    assert {it["type"] for it in detail} == {"missing"}
    assert {it["loc"][0] for it in detail} == {"body"}
    assert {it["loc"][1] for it in detail} == BODIES[kind].keys()
    assert fake.created == []


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("/translate", {"json": {**BODIES["translate"], "texts": "a"}}, ["body", "texts"]),
    ("/translate", {"json": {**BODIES["translate"], "texts": [1]}}, ["body", "texts"]),
    ("/translate", {"json": {**BODIES["translate"], "target_language": 137}}, ["body", "target_language"]),
    ("/dub", {"json": {**BODIES["dub"], "target_languages": [31, 137]}}, ["body", "target_languages"]),
    ("/dub", {"json": {**BODIES["dub"], "source_transcript": {}}}, ["body"]),
    ("/dub", {"json": {**BODIES["dub"], "source_transcript": 7}}, ["body"]),
    ("/translate", {"json": {**BODIES["translate"], "source_language": "en-us"}}, ["body", "source_language"]),
    ("/dub", {"json": {**BODIES["dub"], "target_languages": [31, "fr-fr"]}}, ["body", "target_languages"]),
    ("/transcribe", {"data": {"language": "en-us"}}, ["body", "language"]),
    ("/text-to-sound", {"json": {"prompt": "rain", "duration": "8"}}, ["body", "duration"]),
    ("/tts", {"json": {**BODIES["tts"], "language": "en-us"}}, ["body", "language"]),
    ("/translate", {"content": b"[]"}, ["body"]),
    ("/translate", {"content": b"{"}, ["body"]),
    ("/translate", {"data": {"texts": "a"}}, ["body", "source_language"]),
    ("/transcribe", {"json": {"language": 1}}, ["body", "language"]),
    ("/transcribe", {"data": {"language": "one"}}, ["body", "language"]),
    ("/transcribe", {"data": {"language": "1", "run_audio_cleaning": "perhaps"}}, ["body", "run_audio_cleaning"]),
    ("/story", {"data": {"source_language": "1", "file": "text"}}, ["body"]),
    ("/story", {"data": {"source_language": "1"}}, ["body", "file"]),
    ("/transcribe", {"content": b"", "headers": {"content-type": "multipart/form-data"}}, ["body"]),
    ("/transcribe", {"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data; boundary=x"}}, ["body"]),
]


@pytest.mark.parametrize(("path", "request_", "place"), REFUSED, ids=map(str, range(len(REFUSED))))
def test_a_body_that_does_not_fit_is_refused(
    fake: FakeCamb, path: str, request_: dict[str, Any], place: list[str]
) -> None:
    with http(fake) as client:
        response = client.post(path, **request_)
    assert (response.status_code, response.json()["detail"][0]["loc"]) == (422, place)
    assert fake.created == []


def test_what_the_client_says_of_a_422(fake: FakeCamb) -> None:
    with fake.client() as camb, pytest.raises(InvalidRequestError) as caught:
        camb.family("translate").create({**BODIES["translate"], "texts": [1]})
    assert caught.value.detail[0]["loc"] == ["body", "texts"]


def test_a_result_is_what_was_given(fake: FakeCamb) -> None:
    fake.add("translate:1", "PENDING SUCCESS", result={"texts": ["Bonjour"]})
    fake.add("translate:2", "SUCCESS", result={"texts": ["Salut"]})
    fake.add("tts:1", run_id=7, result={"output_url": "https://cdn.invalid/a.flac"})
    with fake.client() as camb:
        family = camb.family(kinds.TRANSLATE)
        first, second = camb.wait("translate:1"), camb.wait("translate:2")
        assert family.result(first).texts == ["Bonjour"]
        assert [it.texts for it in family.results([first, second]).values()] == [["Bonjour"], ["Salut"]]
        assert camb.tts.result_url(7) == "https://cdn.invalid/a.flac"


def test_a_result_that_does_not_fit_can_be_given_too(fake: FakeCamb) -> None:
    fake.add("translate:1", run_id=7, result={"text": "Bonjour"})
    with fake.client() as camb, pytest.raises(Exception, match="texts"):
        camb.family("translate").result(7)


def test_parts(fake: FakeCamb) -> None:
    fake.add("dub:1", run_id=7, parts={kinds.DUB_TRANSCRIPT: {"srt": "1\n00:00 --> 00:01\nHallo"}})
    fake.add("dub:2", run_id=8)
    with fake.client() as camb:
        given = camb.family(kinds.DUB).part(kinds.DUB_TRANSCRIPT, 7, language="de-de")
        assert given["srt"].endswith("Hallo")
        assert camb.family(kinds.DUB).part(kinds.DUB_TRANSCRIPT, 8, language="de-de").to_dict() == {"1": "text"}
    assert fake.requests[0].path == "/apis/transcript/7/31"


def test_the_files_that_a_result_names_are_there(fake: FakeCamb) -> None:
    fake.add("dub:1", run_id=7, audio=b"bytes of the file")
    fake.add("text-to-voice:1", run_id=8)
    with fake.client() as camb:
        dubbed, voices = camb.family(kinds.DUB).result(7), camb.family(kinds.TEXT_TO_VOICE).result(8)
        assert isinstance(dubbed, models.DubbedMedia)
        for address in (dubbed.audio_url, dubbed.video_url):
            file = io.BytesIO()
            camb.fetch(str(address), file)
            assert file.getvalue() == b"bytes of the file"
        file = io.BytesIO()
        camb.fetch(voices.previews[0], file)
        assert file.getvalue().startswith(b"RIFF")


def test_speech_in_another_language_is_fetched_where_speech_is(fake: FakeCamb) -> None:
    task = fake.add("translated-tts:1", "SUCCESS")
    with fake.client() as camb:
        done = camb.wait(task)
        result = camb.family(kinds.TRANSLATED_TTS).result(done)
    assert not isinstance(result, str)
    assert fake.requests[-1].path.startswith(f"/apis/tts-result/{done.run_id}?")
    with http(fake) as client:
        assert client.get(f"/tts-result/{done.run_id}").content.startswith(b"fLaC")


def test_a_run_of_another_kind_is_none(fake: FakeCamb) -> None:
    fake.add("dub:1", run_id=7)
    with http(fake) as client:
        assert client.get("/translation-result/7").status_code == 400
        assert client.get("/dub-result/7").status_code == 200
        assert client.get("/dub-result/seven").status_code == 422
        assert client.get("/transcript/seven/31").status_code == 422
        assert client.post("/dub-result/7").status_code == 405
        assert client.get("/dub-result/7", headers={"x-api-key": "wrong"}).status_code == 401


def test_voices_and_languages(fake: FakeCamb) -> None:
    with fake.client() as camb:
        assert 147320 in [voice.id for voice in camb.voices.list()]
        numbers = {language.short_name: language.id for language in camb.languages.target()}
        assert numbers["en-us"] == 1
        fake.voices = [{"id": 7, "voice_name": "Mine"}]
        fake.languages.pop()
        assert [(voice.id, voice.voice_name) for voice in camb.voices.list()] == [(7, "Mine")]
        assert len(camb.languages.source()) == len(camb.languages.target()) == len(numbers) - 1
    assert 147320 in [voice["id"] for voice in FakeCamb().voices]


def test_a_list_that_the_server_has_nothing_for_has_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeCamb, "_lists", lambda self: {})
    with FakeCamb().client() as camb:
        assert [(voice.id, voice.voice_name) for voice in camb.voices.list()] == [(1, "voice_name")]


def test_a_form_may_be_described_by_its_short_name() -> None:
    models_of = {"application/x-www-form-urlencoded": (kinds.TRANSCRIBE.bodies or dict)()["multipart/form-data"]}
    part = b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\n1\r\n--x--'
    for content_type, content in [(*models_of, b"language=1"), ("multipart/form-data; boundary=x", part)]:
        read = _bodies.read_body(models_of, content_type, content)
        assert isinstance(read, _bodies.CreateBody)
        assert read.fields == {"language": 1}


def test_an_upload_in_chunks_over_http(fake: FakeCamb) -> None:
    def body() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\n1\r\n--x\r\n'
        yield b"Content-Disposition: form-data; name=media_file; "
        yield b"filename*=UTF-8''%C3%BC.wav; name=\"media_file\"\r\n\r\n" + b"a" * 100_000 + b"\r\n--x--\r\n"

    headers = {**KEY, "content-type": 'multipart/form-data; boundary="x"'}
    with FakeCamb().serve() as url, httpx.Client() as client:
        assert client.post(f"{url}/transcribe", content=body(), headers=headers).status_code == 200
    with fake.serve() as url, httpx.Client() as client:
        client.post(f"{url}/transcribe", content=body(), headers=headers)
        assert client.get(f"{url}/tts/unknown", headers=KEY).status_code == 404  # On the same connection.
    upload = fake.bodies[fake.created[0]].files["media_file"]
    assert (upload.file_name, upload.content) == ("ü.wav", b"a" * 100_000)


@pytest.mark.parametrize(
    ("sent", "recorded"),
    [
        (rb'filename="a\"b\\c.mp3"', r'a"b\c.mp3'),  # curl
        (rb'filename="a%22b\\c%0D.mp3"', 'a"b\\c\r.mp3'),  # httpx
        (rb'filename="My%20talk\n100%.mp3"', r"My%20talk\n100%.mp3"),
        (b"filename=\"a.mp3\"; filename*=UTF-8''My%20talk.mp3", "My talk.mp3"),
    ],
)
def test_the_name_of_a_file_is_recorded_as_it_was_meant(fake: FakeCamb, sent: bytes, recorded: str) -> None:
    field = b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\n1\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="media_file"; ' + sent + b"\r\n\r\nRIFF\r\n--x--"
    with http(fake) as client:
        headers = {"content-type": "multipart/form-data; boundary=x"}
        assert client.post("/transcribe", content=field + file, headers=headers).status_code == 200
    assert fake.bodies[fake.created[0]].files["media_file"].file_name == recorded


def test_what_is_too_deep_or_too_long_is_refused_and_not_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    fake, deep = FakeCamb(), "[" * 100_000
    fake.add("dub:1", run_id=7)
    with fake.serve() as url, httpx.Client(headers=KEY) as client:
        assert client.post(f"{url}/translate", content=deep).status_code == 422
        assert client.post(f"{url}/transcribe", data={"language": deep}).status_code == 422
        assert client.post(f"{url}/dubbing-results", content=deep).status_code == 422
        assert client.post(f"{url}/tts-stream", content=deep).status_code == 422
        assert client.get(f"{url}/dub-result/{'7' * 5000}").status_code == 422
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("content-length: 900", b'{"text": "Hello", "voice_id": 147320, "language": 1}'),
        ("transfer-encoding: chunked", b"34\r\n" + b'{"text": "Hello", "voice_id": 147320, "language": 1}\r\n'),
        ("transfer-encoding: chunked", b"ff\r\nshorter"),
    ],
)
def test_a_client_that_goes_away_in_its_body_has_created_nothing(
    header: str, sent: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeCamb()
    head = f"POST /apis/tts HTTP/1.1\r\nx-api-key: test-key\r\ncontent-type: application/json\r\n{header}\r\n\r\n"
    with fake.serve() as url, socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0), 5) as connection:
        connection.sendall(head.encode() + sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""
    assert (fake.created, fake.requests, capsys.readouterr().err) == ([], [], "")


def test_it_works_as_a_client_that_makes_its_own_calls_sees_it(fake: FakeCamb) -> None:
    with fake.serve() as url, CambClient("test-key", base_url=url) as camb:
        task = camb.family(kinds.TRANSLATE).create(
            models.TranslateBody(texts=["Hello"], source_language="en-us", target_language=76)
        )
        assert fake.bodies[task].fields["source_language"] == 1
    fake.reset()
    assert not fake.bodies


def test_what_the_client_uploads_is_recorded(fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_bytes(b"RIFF and so on")
    body = models.TranscribeBody(language="en-us", media_file=path, run_audio_cleaning=False)
    with fake.client() as in_process, fake.serve() as url, CambClient("test-key", base_url=url) as over_http:
        for camb in (in_process, over_http):
            task = camb.family(kinds.TRANSCRIBE).create(body)
            assert fake.bodies[task].fields == {"language": 1, "run_audio_cleaning": False}
            upload = fake.bodies[task].files["media_file"]
            assert (upload.file_name, upload.content) == ("talk.wav", b"RIFF and so on")


@attrs.define
class Tree:
    """What may hold itself."""

    branches: "list[Tree]"
    by_name: "dict[str, Tree]"
    root: "Tree | None"
    planted: datetime


def test_an_example_of_what_holds_itself_ends() -> None:
    assert _examples.example(list[UUID], "ids") == ["00000000-0000-0000-0000-000000000001"]
    planted = _examples._PLAIN[datetime]
    assert _examples._example(Tree, "tree", None, "") == Tree([], {}, None, planted)
