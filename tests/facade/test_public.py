"""The public surface: names, signatures, types, and what an import does."""

import asyncio
import copy
import inspect
import pathlib
import pickle
import subprocess
import sys
from typing import Any, get_type_hints

import pytest

import camb_client
from camb_client import (
    AsyncCambClient,
    AsyncLanguages,
    AsyncTaskFamily,
    AsyncTextToSound,
    AsyncTextToSpeech,
    AsyncVoices,
    CambClient,
    Languages,
    TaskFamily,
    TaskRef,
    TextToSound,
    TextToSpeech,
    Voices,
)
from camb_client._api.operations import KINDS
from camb_client._audio.families import SoundArguments, SpeechArguments
from camb_client.testing import FakeCamb

ROOT = pathlib.Path(__file__).parents[2]


# Imported when they are first asked for.
# What is imported when it is first asked for.
LAZY = set(camb_client._LAZY)  # type: ignore[attr-defined]


def test_everything_public_is_exported_and_nothing_else() -> None:
    public = {name for name in vars(camb_client) if not name.startswith("_")} - {"TYPE_CHECKING"}
    modules = {name for name in public if inspect.ismodule(getattr(camb_client, name))}
    assert (public - modules) | LAZY == set(camb_client.__all__) - {"__version__"}
    others = {"celery", "testing", "logging", "cli", "kinds", "models"}
    assert all(name.startswith("_") or name in others for name in modules)
    assert {getattr(camb_client, name).__name__ for name in LAZY - {"TaskOutcome"}} == LAZY - {"TaskOutcome"}
    assert set(camb_client.__all__) <= set(dir(camb_client))
    with pytest.raises(AttributeError, match="has no attribute 'TextToVoice'"):
        camb_client.TextToVoice  # type: ignore[attr-defined] # noqa: B018


def test_what_is_public_is_shown_by_its_public_name() -> None:
    """In tracebacks, help() and repr(): not the module where it stands."""
    classes = [it for name in camb_client.__all__ if isinstance(it := getattr(camb_client, name), type)]
    assert len(classes) > 30
    assert {it.__module__ for it in classes} == {"camb_client"}
    with CambClient("key") as camb:
        assert type(camb.tts).__module__ == "camb_client"
        assert pickle.loads(pickle.dumps(TaskRef("tts", "1"))) == TaskRef("tts", "1")


def test_signatures_show_no_type_variables() -> None:
    for name in (
        "CambClient",
        "AsyncCambClient",
        "TextToSpeech",
        "AsyncTextToSpeech",
        "TextToSound",
        "AsyncTextToSound",
    ):
        for member in public_members(getattr(camb_client, name)).values():
            if inspect.isfunction(member) and member.__name__ not in {"family", "__init__"}:
                assert "~" not in str(inspect.signature(member)), (name, member)
        if name.endswith("Client"):
            assert "~" not in str(inspect.signature(getattr(camb_client, name)))


def test_annotations_can_be_evaluated() -> None:
    """As frameworks do that make a schema of a signature."""
    for family in (CambClient, AsyncCambClient, TextToSpeech, AsyncTextToSpeech, TextToSound):
        for name, member in inspect.getmembers(family, inspect.isfunction):
            if not name.startswith("_"):
                assert get_type_hints(member)


AWAITED = {
    "status",
    "step",
    "wait",
    "wait_all",
    "result_url",
    "result",
    "results",
    "part",
    "download",
    "fetch",
    "aclose",
    "list",
    "source",
    "target",
}


def public_members(owner: type) -> dict[str, Any]:
    members = inspect.getmembers(owner)
    return {name: member for name, member in members if not name.startswith("_") or name == "__init__"}


@pytest.mark.parametrize(
    ("plain", "twin"),
    [
        (CambClient, AsyncCambClient),
        (TaskFamily, AsyncTaskFamily),
        (Voices, AsyncVoices),
        (Languages, AsyncLanguages),
        (TextToSpeech, AsyncTextToSpeech),
        (TextToSound, AsyncTextToSound),
    ],
)
def test_the_async_client_has_the_same_names_and_arguments(plain: type, twin: type) -> None:
    ours, theirs = public_members(plain), public_members(twin)
    assert {{"close": "aclose"}.get(name, name) for name in ours} == set(theirs)
    for name in ours.keys() & theirs.keys():
        if not inspect.isfunction(ours[name]):
            continue
        signatures = [inspect.signature(member) for member in (ours[name], theirs[name])]
        parameters = [[(it.name, it.kind, it.default) for it in one.parameters.values()] for one in signatures]
        assert parameters[0] == parameters[1], name
        assert inspect.iscoroutinefunction(theirs[name]) == (name in AWAITED), name


def test_signatures_are_the_promised_ones() -> None:
    def shown(function: Any) -> str:
        parameters = inspect.signature(function).parameters.values()
        return str(inspect.Signature([it.replace(annotation=inspect.Parameter.empty) for it in parameters]))

    assert shown(CambClient) == (
        "(api_key=None, *, base_url=None, timeout=30.0, headers=None, event_hooks=None, transport=None,"
        " allow_insecure_http=False)"
    )
    assert shown(CambClient.wait) == "(self, task, *, timeout=600.0, schedule=None, on_update=None)"
    assert shown(CambClient.watch) == "(self, task, *, timeout=600.0, schedule=None)"
    for many in (CambClient.as_completed, CambClient.wait_all):
        assert shown(many) == (
            "(self, tasks, *, timeout=600.0, schedule=None, max_concurrency=8, max_requests_per_second=None,"
            " on_update=None)"
        )
    filed = "project_name=None, project_description=None, folder_id=None"
    assert shown(TextToSpeech.create) == f"(self, *, text, voice_id, language, gender=None, age=None, {filed})"
    assert shown(TextToSound.create) == f"(self, *, prompt, duration=None, audio_type=None, {filed})"
    for family in (TextToSpeech, TextToSound):
        assert shown(family.create_and_wait) == (
            "(self, *, timeout=600.0, schedule=None, on_update=None, on_created=None, **arguments)"
        )
        assert shown(family.download) == "(self, run_id, dest, *, on_progress=None, overwrite=False, timeout=600.0)"
    assert shown(CambClient.fetch) == "(self, address, dest, *, on_progress=None, overwrite=False, timeout=600.0)"
    assert shown(TaskRef) == "(kind, task_id, submitted_at=None)"


def test_what_may_be_said_to_create_and_wait_is_what_may_be_said_to_create() -> None:
    for family, arguments in ((TextToSpeech, SpeechArguments), (TextToSound, SoundArguments)):
        parameters = list(inspect.signature(family.create).parameters.values())[1:]
        required = {it.name for it in parameters if it.default is it.empty}
        assert [it.name for it in parameters] == list(arguments.__annotations__)
        assert required == arguments.__required_keys__
        hints = get_type_hints(arguments)
        assert {it.name: it.annotation for it in parameters} == {name: hints[name] for name in hints}


def test_families() -> None:
    fake = FakeCamb()
    with fake.client() as camb:
        assert (camb.tts.kind, camb.text_to_sound.kind) == ("tts", "text-to-sound")
        assert isinstance(camb.tts, TextToSpeech)
        assert isinstance(camb.text_to_sound, TextToSound)
        assert issubclass(TextToSpeech, TaskFamily)
        assert issubclass(TextToSound, TaskFamily)
        assert camb.family("tts").ref("1") == TaskRef("tts", "1")
        assert "tts" in repr(camb.tts)
        with pytest.raises(ValueError, match=f"known are {', '.join(KINDS)}"):
            camb.family("sing")
        with pytest.raises(ValueError, match="not a task of kind 'tts'"):
            camb.tts.status(TaskRef("text-to-sound", "1"))
        fake.add("tts:1", ["SUCCESS"], run_id=3)
        fake.add("tts:tts:1", ["SUCCESS"], run_id=4)
        assert camb.tts.wait(TaskRef("tts", "1")).run_id == 3
        assert camb.tts.wait("tts:1").run_id == 4  # An id is any string, a colon in it included.
        assert [state.run_id for state in camb.tts.watch("1")] == [3]
        assert camb.tts.status("1").run_id == 3


def test_async_families() -> None:
    fake = FakeCamb()
    fake.add("text-to-sound:1", ["SUCCESS"], run_id=3)

    async def use() -> None:
        async with fake.async_client() as camb:
            assert (await camb.text_to_sound.status("1")).run_id == 3
            assert (await camb.text_to_sound.wait("1")).run_id == 3
            assert [state.run_id async for state in camb.text_to_sound.watch("1")] == [3]
            assert camb.tts.ref("1") == TaskRef("tts", "1")

    asyncio.run(use())


@pytest.mark.parametrize("client", [CambClient, AsyncCambClient])
def test_clients_refuse_pickle_and_copy(client: type[CambClient]) -> None:
    for refused in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=f"a {client.__name__} cannot be pickled or copied"):
            refused(client("key"))
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(client("key").tts)


def test_an_import_does_nothing_but_import() -> None:
    program = (
        "import sys, threading\n"
        "def refuse(event, arguments):\n"
        "    assert not event.startswith(('socket.', 'subprocess.', 'os.system', '_thread.start')), event\n"
        "sys.addaudithook(refuse)\n"
        "import camb_client\n"
        "assert threading.active_count() == 1\n"
        "assert not {'camb_client.testing', 'camb_client._audio.sync_audio', 'asyncio', 'aiohttp'} & set(sys.modules)\n"
        "assert not {'httpx', 'pytest', 'http.server', 'yaml'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_both_packages_are_typed() -> None:
    assert (ROOT / "facade" / "camb_client" / "py.typed").exists()
    assert (ROOT / "generated" / "camb_openapi" / "py.typed").exists()
