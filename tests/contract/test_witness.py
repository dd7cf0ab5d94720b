"""An independent client as witness: the local server is not only what our own client takes it for.

camb-sdk is made by CAMB.AI from the server's own description. Its calls for the families, from the create to the
result or the bytes, go through against the local server.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from camb.client import CambAI
from camb.core.api_error import ApiError

from camb_client import kinds
from camb_client.testing import FakeCamb


@contextmanager
def vendors(fake: FakeCamb) -> Iterator[CambAI]:
    """The vendor's client of the local server, over real HTTP."""
    with fake.serve() as url, httpx.Client() as http:
        yield CambAI(api_key="test-key", base_url=url, httpx_client=http)


def test_the_vendors_sdk_gets_on_with_the_local_server() -> None:
    fake = FakeCamb()
    with fake.serve() as url, httpx.Client() as http:
        sdk = CambAI(api_key="test-key", base_url=url, httpx_client=http)
        speech = sdk.text_to_speech.create_tts(text="hello", voice_id=1, language=1)  # type: ignore[arg-type]
        sound = sdk.text_to_audio.create_text_to_audio(prompt="rain", duration=2.0, audio_type="sound")
        assert [ref.task_id for ref in fake.created] == [speech.task_id, sound.task_id]
        for expected in ("PENDING", "SUCCESS"):
            state = sdk.text_to_speech.get_tts_result(speech.task_id)
            other = sdk.text_to_audio.get_text_to_audio_status(str(sound.task_id))
            assert (state.status, other.status) == (expected, expected)

        address: Any = sdk.text_to_speech.get_tts_run_info(state.run_id, output_type="file_url")
        assert httpx.get(address.output_url).content.startswith(b"fLaC")
        wav = b"".join(sdk.text_to_audio.get_text_to_audio_result(other.run_id))
        assert wav[:4] + wav[8:12] == b"RIFFWAVE"

        for family in (sdk.text_to_speech.get_tts_results, sdk.text_to_audio.get_text_to_sound_results):
            known = state.run_id if "tts_results" in family.__name__ else other.run_id
            found: dict[str, Any] = family(run_ids=[known, 999])
            assert list(found) == [str(known)]
            assert found[str(known)].output_url.startswith(url.removesuffix("/apis"))
        spoken = b"".join(sdk.text_to_speech.tts(text="hello", language="en-us", voice_id=1))
        assert spoken.startswith(b"fLaC")


def test_the_vendors_sdk_is_refused_as_the_api_would() -> None:
    fake = FakeCamb()
    with fake.serve() as url, httpx.Client() as http:
        with pytest.raises(ApiError) as caught:
            CambAI(api_key="test-key", base_url=url, httpx_client=http).text_to_speech.create_tts(
                text="hello",
                voice_id=1,
                language=137,  # type: ignore[arg-type]
            )
        assert caught.value.status_code == 422
        with pytest.raises(ApiError) as caught:
            CambAI(api_key="wrong", base_url=url, httpx_client=http).text_to_speech.get_tts_result("1")
        assert caught.value.status_code == 401
    assert not fake.created


def run_id(poll: Callable[[str], Any], task_id: Any) -> int:
    """The run of a task, which is pending for one poll."""
    states = [poll(str(task_id)) for _ in range(2)]
    assert [state.status for state in states] == ["PENDING", "SUCCESS"]
    found: int = states[1].run_id
    return found


def test_the_vendors_sdk_translates() -> None:
    fake = FakeCamb()
    with vendors(fake) as sdk:
        task: Any = sdk.translation.create_translation(texts=["Hello", "Bye"], source_language=1, target_language=76)
        assert fake.bodies[fake.created[0]].fields == {
            "texts": ["Hello", "Bye"],
            "source_language": 1,
            "target_language": 76,
        }
        run = run_id(sdk.translation.get_translation_task_status, task["task_id"])
        assert sdk.translation.get_translation_result(run).texts == ["texts"]
        fake.add("translate:2", run_id=7, result={"texts": ["Bonjour", "Au revoir"]})
        found: Any = sdk.translation.get_translation_results(run_ids=[run, 7])
        assert {key: it.texts for key, it in found.items()} == {str(run): ["texts"], "7": ["Bonjour", "Au revoir"]}
        with pytest.raises(ApiError) as caught:
            sdk.translation.create_translation(texts=["Hello"], source_language=1, target_language=137)
        assert caught.value.status_code == 422


def test_the_vendors_sdk_transcribes_what_it_uploads() -> None:
    fake, sound = FakeCamb(), b"RIFF" + bytes(range(256)) * 100
    with vendors(fake) as sdk:
        task = sdk.transcription.create_transcription(
            language=1,
            media_file=("talk.wav", sound, "audio/wav"),
            run_audio_cleaning=False,
            formatting_options={"max_characters_in_segment": 40},  # type: ignore[arg-type]
        )
        created = fake.bodies[fake.created[0]]
        assert created.fields == {
            "language": 1, "run_audio_cleaning": False, "formatting_options": {"max_characters_in_segment": 40},
            "transcription_mode": "fast", "include_music_in_fg": True,
        }  # fmt: skip
        upload = created.files["media_file"]
        assert (upload.file_name, upload.content_type, upload.content) == ("talk.wav", "audio/wav", sound)
        run = run_id(sdk.transcription.get_transcription_task_status, task.task_id)
        result: Any = sdk.transcription.get_transcription_result(run)
        assert [it.text for it in result.transcript] == ["text"]
        by_address = sdk.transcription.create_transcription(language=1, media_url="https://a.invalid/b.wav")
        assert fake.bodies[fake.created[1]].fields["media_url"] == "https://a.invalid/b.wav"
        assert by_address.task_id == fake.created[1].task_id


def test_the_vendors_sdk_dubs() -> None:
    fake = FakeCamb()
    with vendors(fake) as sdk:
        task = sdk.dub.create_dub(video_url="https://a.invalid/b.mp4", source_language=1, target_languages=[31, 76])
        assert fake.bodies[fake.created[0]].fields["target_languages"] == [31, 76]
        run = run_id(sdk.dub.get_dubbing_status, task.task_id)
        dubbed: Any = sdk.dub.get_dubbed_run_info(run)
        assert httpx.get(dubbed.audio_url).content.startswith(b"RIFF")
        assert [it.speaker for it in dubbed.transcript] == ["speaker"]
        fake.add("dub:2", run_id=7, parts={kinds.DUB_TRANSCRIPT: {"srt": "Hallo"}})
        transcript: Any = sdk.dub.get_dubbed_run_transcript(7, 31)
        assert transcript == {"srt": "Hallo"}
        assert [*sdk.dub.get_dubbed_runs_results(run_ids=[run, 7])] == [str(run), "7"]


def test_the_vendors_sdk_lists_voices_and_languages() -> None:
    with vendors(FakeCamb()) as sdk:
        voices: Any = sdk.voice_cloning.list_voices()
        assert 147320 in [voice["id"] for voice in voices]  # To it a voice may be any object.
        for languages in (sdk.languages.get_source_languages(), sdk.languages.get_target_languages()):
            assert ("en-us", 1) in [(it.short_name, it.id) for it in languages]


def test_the_vendors_sdk_gets_on_with_the_other_families() -> None:
    fake = FakeCamb()
    with vendors(fake) as sdk:
        sub = sdk.subtitles.create_subtitle(
            media_url="https://a.invalid/b.mp4", source_language=1, target_languages=[76]
        )
        run = run_id(sdk.subtitles.get_subtitle_task_status, sub.task_id)
        assert sdk.subtitles.get_subtitle_result(run) == {}
        assert sdk.subtitles.get_subtitle_result_for_language(run, 76) == {}

        voice = sdk.text_to_voice.create_text_to_voice(text="Hello there", voice_description="warm")
        run = run_id(sdk.text_to_voice.get_text_to_voice_status, voice.task_id)
        assert httpx.get(sdk.text_to_voice.get_text_to_voice_result(run).previews[0]).content.startswith(b"RIFF")

        speech = sdk.translated_tts.create_translated_tts(
            text="Hello", voice_id=147320, source_language=1, target_language=76
        )
        run = run_id(sdk.translated_tts.get_translated_tts_task_status, speech.task_id)
        address: Any = sdk.text_to_speech.get_tts_run_info(run, output_type="file_url")
        assert httpx.get(address.output_url).content.startswith(b"fLaC")

        story: Any = sdk.story.create_story(file=("tale.txt", b"Once upon a time", "text/plain"), source_language=1)
        assert fake.bodies[fake.created[-1]].files["file"].content == b"Once upon a time"
        run = run_id(sdk.story.get_story_status, story.task_id)
        story = sdk.story.get_story_run_info(run)  # To it a story may be any object.
        assert httpx.get(story["audio_url"]).content.startswith(b"RIFF")
    assert [task.kind for task in fake.created] == ["sub", "text-to-voice", "translated-tts", "story"]
