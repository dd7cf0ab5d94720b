"""What stands beside the packages of a release: the bill of materials and the hashes."""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

from scripts.release.materials import SUMS, bill_of_materials, hash_lines


def installed(name: str, version: str, *needs: str, url: str = "", **metadata: str) -> dict[str, Any]:
    """As pip reports it."""
    archive = {"url": url or f"file:///{name}.whl", "archive_info": {"hashes": {"sha256": "00" + version}}}
    return {
        "download_info": archive,
        "metadata": {"name": name, "version": version, "requires_dist": needs, **metadata},
    }


def test_it_has_what_was_installed_and_who_needs_whom(tmp_path: Path) -> None:
    wheel = tmp_path / "camb_client-1.2.3-py3-none-any.whl"
    wheel.write_text("it")
    report = {
        "environment": {"python_version": "3.11", "sys_platform": "linux"},
        "install": [
            installed("camb-client", "1.2.3", "httpx>=0.24", 'rich; extra == "cli"', url=wheel.as_uri()),
            installed("httpx", "0.28.1", "H.11_x", 'tomli; python_version < "3.11"', license_expression="BSD-3-Clause"),
            installed("h-11-x", "1"),
        ],
    }
    bill = bill_of_materials(report, wheel)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    own = bill["metadata"]["component"]
    assert own["purl"] == "pkg:pypi/camb-client@1.2.3"
    assert own["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(b"it").hexdigest()}]
    assert [(one["purl"], one["hashes"][0]["content"], one.get("licenses")) for one in bill["components"]] == [
        ("pkg:pypi/h-11-x@1", "001", None),
        ("pkg:pypi/httpx@0.28.1", "000.28.1", [{"expression": "BSD-3-Clause"}]),
    ]
    assert {one["ref"]: one["dependsOn"] for one in bill["dependencies"]} == {
        "pkg:pypi/camb-client@1.2.3": ["pkg:pypi/httpx@0.28.1"],
        "pkg:pypi/httpx@0.28.1": ["pkg:pypi/h-11-x@1"],
        "pkg:pypi/h-11-x@1": [],
    }


def test_the_hashes_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    for name in ("b.whl", "a.tar.gz"):
        (tmp_path / name).write_text(name)
    lines = hash_lines(tmp_path)
    (tmp_path / SUMS).write_text(lines)
    assert hash_lines(tmp_path) == lines
    assert [line.split()[1] for line in lines.splitlines()] == ["a.tar.gz", "b.whl"]
    subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path, check=True, capture_output=True)
