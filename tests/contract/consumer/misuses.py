"""What a type checker must refuse, one mistake a line, each marked; checked as ``uses.py`` is, and never run."""

from camb_client import (
    AsyncCambClient,
    CambClient,
    CambError,
    CompletedTask,
    Schedule,
    TaskRef,
    TaskState,
    kinds,
    models,
)
from camb_client.testing import FakeCamb, Reply


async def show(state: TaskState) -> None:
    print(state)


async def mistakes(camb: CambClient, twin: AsyncCambClient, state: TaskState, fake: FakeCamb) -> None:
    CambClient(1)  # wrong: a key is text
    CambClient("key", "https://a.example")  # wrong: by keyword only
    CambClient(transport="aiohttp")  # wrong: for the async client
    AsyncCambClient(transport="curl")  # wrong: no such transport
    CambClient(retries=3)  # wrong: no such argument
    camb.wait(7)  # wrong: an id is text
    camb.wait("tts:1", 30)  # wrong: by keyword only
    camb.wait("tts:1", timeout="30")  # wrong: a number
    camb.wait("tts:1", schedule="fast")  # wrong: a schedule or a number
    camb.wait("tts:1", on_update="print")  # wrong: not callable
    print(camb.tts.wait("1").no_such_field)  # wrong: no such attribute
    text: str = camb.wait("tts:1").run_id  # wrong: an int
    number: int = state.run_id  # wrong: perhaps None
    done: CompletedTask = state  # wrong: any state
    state.status = "SUCCESS"  # wrong: frozen
    plain: TaskState = twin.status("tts:1")  # wrong: not awaited
    all_of_it: list[TaskState] = list(twin.watch("tts:1"))  # wrong: an async iterator
    camb.text_to_speech.wait("1")  # wrong: no such family
    camb.tts.create("hello", 1, "en-us")  # wrong: by keyword only
    camb.tts.create(text="hello", language="en-us")  # wrong: no voice
    camb.tts.create(text="hello", voice_id="1", language="en-us")  # wrong: a number
    camb.tts.create(text="hello", voice_id=1, language="en-us", gender=3)  # wrong: no such gender
    camb.text_to_sound.create(prompt="rain", audio_type="noise")  # wrong: a sound or music
    camb.tts.create_and_wait(text="hello", voice_id=1)  # wrong: no language
    camb.tts.create_and_wait(text="hello", voice_id=1, language=1, tone="warm")  # wrong: no such argument
    camb.text_to_sound.stream(text="rain")  # wrong: speech only
    camb.family("tts").create(text="hello")  # wrong: any family, so its tasks only
    camb.tts.download("7", "a.flac")  # wrong: a run id is a number
    camb.tts.download(7, "a.flac", True)  # wrong: by keyword only
    translate = camb.family(kinds.TRANSLATE)
    translate.create(models.TtsBody(text="hello", voice_id=1, language=1))  # wrong: the body of another family
    translate.create({"texts": ["hello"]})  # wrong: a model, where the kind is a handle
    models.TranslateBody(text=["hello"], source_language=1, target_language=2)  # wrong: no such field
    models.TranslateBody(texts=["hello"], source_language=1)  # wrong: no target language
    models.TranslateBody(texts="hello", source_language=1, target_language=2)  # wrong: a list
    models.TranslateBody(texts=["hello"], source_language=1, target_language=999)  # wrong: no such language
    models.TranslateBody(texts=["hello"], source_language=1, target_language="xx-xx")  # wrong: no such language
    models.TranscribeBody(language=1, media_file="a.mp3")  # wrong: a path is no text
    count: int = translate.result(7).texts  # wrong: a list of texts
    print(translate.result(7).transcript)  # wrong: of another family
    translate.result("7")  # wrong: a run id is a number
    camb.family(kinds.STORY_OF_MINE)  # wrong: no such kind
    print(twin.family(kinds.TRANSLATE).result(7).texts)  # wrong: not awaited
    ref: TaskRef = twin.tts.create(text="hello", voice_id=1, language=1)  # wrong: not awaited
    camb.family(camb.tts)  # wrong: a kind is text
    TaskRef("tts")  # wrong: no id
    TaskRef.parse(b"tts:1")  # wrong: bytes
    Schedule.sqrt(1, 2)  # wrong: by keyword only
    Schedule(0.5)  # wrong: by keyword only
    fake.add("tts:1", [200])  # wrong: a status, a body or a reply
    Reply(body="text")  # wrong: bytes
    try:
        print(text, number, done, plain, all_of_it, ref, count)
    except CambError as error:
        print(error.status_code)  # wrong: not every error has one
