import pytest

pytest_plugins = ["camb_client.testing.pytest_plugin"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
