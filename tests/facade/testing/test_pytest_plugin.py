"""The pytest plugin: switched on here as other projects do it, and in inner runs of pytest with the async plugins.

The inner runs are processes of their own: run in this one, they would leave it with half of the modules that they
import, and httpx with exceptions of an anyio that is there twice.
"""

import asyncio
import subprocess
import sys
from collections.abc import Sequence

import pytest

from camb_client import AsyncCambClient, CambClient
from camb_client.testing import FakeCamb, VirtualClock, pytest_plugin

pytest_plugins = ["pytester", "camb_client.testing.pytest_plugin"]


def test_a_sync_client(fake_camb: FakeCamb, camb: CambClient, camb_clock: VirtualClock) -> None:
    task = fake_camb.add("tts:1", "PENDING reset 503 SUCCESS", run_id=7)
    assert camb.wait(task).run_id == 7
    assert fake_camb.polls(task) == 4
    assert camb_clock.monotonic() == sum(camb_clock.sleeps) > 2


@pytest.mark.parametrize("_", range(2))
def test_each_test_has_its_own(
    _: int, fake_camb: FakeCamb, camb: CambClient, async_camb: AsyncCambClient, camb_clock: VirtualClock
) -> None:
    assert (fake_camb.requests, camb_clock.monotonic()) == ([], 0)
    fake_camb.add("tts:1", "PENDING SUCCESS")
    camb.wait("tts:1")
    asyncio.run(async_camb.aclose())


def test_an_async_client_in_a_sync_test(
    fake_camb: FakeCamb, async_camb: AsyncCambClient, camb_clock: VirtualClock
) -> None:
    task = fake_camb.add("tts:1", {0: "PENDING", 500: "SUCCESS"})
    assert asyncio.run(async_camb.wait(task)).ref == task
    assert 500 <= camb_clock.monotonic() <= 510
    with pytest.raises(RuntimeError, match="another event loop"):
        asyncio.run(async_camb.wait(task))


def test_what_makes_its_own_clients(patched_camb: FakeCamb, fake_camb: FakeCamb, camb_clock: VirtualClock) -> None:
    assert patched_camb is fake_camb
    task = fake_camb.add("tts:1", {0: "PENDING", 500: "SUCCESS"})
    with CambClient() as camb:
        assert camb.wait(task).ref == task
    assert camb_clock.monotonic() >= 500


# What an inner run has of all that may be installed; warnings are errors in it, so nothing may be left open.
INNER = ("-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:cov", "-p", "no:cacheprovider", "-W", "error")
# What pytest-asyncio warns about when it is not said.
ASYNCIO = ("-o", "asyncio_default_fixture_loop_scope=function")
ON = 'import asyncio\nimport pytest\n\npytest_plugins = ["camb_client.testing.pytest_plugin"]\n'

ASYNC = """
async def test_async(fake_camb, async_camb, camb_clock):
    tasks = [fake_camb.add(f"tts:{end}", {0: "PENDING", end: "SUCCESS"}) for end in range(100, 500, 50)]
    await asyncio.gather(*(async_camb.wait(task) for task in tasks))
    assert 450 <= camb_clock.monotonic() <= 460

async def test_each_async_test_has_its_own(fake_camb, async_camb, camb_clock):
    assert (fake_camb.requests, camb_clock.monotonic()) == ([], 0)
    fake_camb.add("tts:1", "SUCCESS")
    async with async_camb as camb:
        assert (await camb.status("tts:1")).is_success
    with pytest.raises(RuntimeError, match="closed"):
        await camb.status("tts:1")
"""
SYNC = """
def test_sync(fake_camb, async_camb):
    fake_camb.add("tts:1")
    assert asyncio.run(async_camb.wait("tts:1")).run_id
"""


@pytest.mark.parametrize(
    ("options", "mark"),
    [
        pytest.param(ASYNCIO, "pytest.mark.asyncio", id="pytest-asyncio, strict"),
        pytest.param([*ASYNCIO, "--asyncio-mode=auto"], "[]", id="pytest-asyncio, auto"),
        pytest.param(ASYNCIO, "pytest.mark.anyio", id="anyio, strict"),
        pytest.param(["-p", "no:asyncio", "--anyio-mode=auto"], "[]", id="anyio, auto"),
    ],
)
def test_with_the_plugins_for_async_tests(pytester: pytest.Pytester, options: Sequence[str], mark: str) -> None:
    pytester.makeconftest(f'{ON}\n@pytest.fixture\ndef anyio_backend():\n    return "asyncio"\n')
    pytester.makepyfile(test_sync=f"import asyncio\n{SYNC}")
    pytester.makepyfile(test_async=f"import asyncio\nimport pytest\n\npytestmark = {mark}\n{ASYNC}")
    pytester.runpytest_subprocess(*INNER, *options).assert_outcomes(passed=3)


def test_on_trio_the_error_says_what_to_do(pytester: pytest.Pytester) -> None:
    trio = '\n@pytest.fixture(params=["trio", ("trio", {})])\ndef anyio_backend(request):\n    return request.param\n'
    pytester.makepyfile(f"{ON}{trio}\n@pytest.mark.anyio\nasync def test_it(async_camb):\n    raise AssertionError")
    result = pytester.runpytest_subprocess(*INNER, "-p", "no:asyncio")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(2 * ["*needs asyncio, and this test runs on trio: let anyio_backend be*"])


def test_the_fixtures_explain_themselves(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ON)
    lines = pytester.runpytest_subprocess(*INNER, *ASYNCIO, "--fixtures").stdout.lines
    for name in pytest_plugin.__all__:
        (number,) = (number for number, line in enumerate(lines) if line.startswith(f"{name} -- "))
        assert lines[number + 1].startswith("    ")
        assert "no docstring" not in lines[number + 1]


def test_it_is_not_there_unless_it_is_switched_on(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import sys\n\ndef test_it():\n    assert not [it for it in sys.modules if 'camb_' in it]\n")
    pytester.runpytest_subprocess(*INNER, *ASYNCIO).assert_outcomes(passed=1)


def test_the_testing_package_does_without_pytest() -> None:
    program = "import sys, camb_client.testing; assert not {'pytest', '_pytest'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
