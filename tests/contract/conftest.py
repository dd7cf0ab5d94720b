"""What the tests of the contract share: ``openapi/camb.yaml`` as it is committed.

Each test holds two things against each other that could come apart: the pages, the
document made of them, the local server, the client, the pages of docs/, the code of whoever imports us.
"""

from typing import Any

import hypothesis.configuration
import pytest

from scripts.common.project import ROOT, SPEC
from scripts.common.strict_yaml import load_file
from tests.facade.conftest import _no_settings, both, clock
from tests.scripts.conftest import valid_at_once

__all__ = ["_no_settings", "both", "clock", "valid_at_once"]


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The committed document."""
    read: dict[str, Any] = load_file(ROOT / SPEC, SPEC)
    return read


@pytest.fixture(scope="session", autouse=True)
def _no_litter(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hypothesis keeps what it learnt of our code, even without a database of examples: not in the project."""
    hypothesis.configuration.set_hypothesis_home_dir(tmp_path_factory.mktemp("hypothesis"))
