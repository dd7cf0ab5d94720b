"""An independent client as witness: the local server is not only what our own client takes it for.

camb-sdk is made by CAMB.AI from the server's own description. Its calls for the two families, from the create to the
bytes, go through against the local server.
"""

from typing import Any

import httpx
import pytest
from camb.client import CambAI
from camb.core.api_error import ApiError

from camb_client.testing import FakeCamb


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
