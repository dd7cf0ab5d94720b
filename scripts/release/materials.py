"""The bill of materials of a wheel (CycloneDX, JSON), from pip's report of an installation of it, and the hashes."""

import hashlib
import re
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

SUMS = "SHA256SUMS"


def bill_of_materials(report: dict[str, Any], wheel: Path) -> dict[str, Any]:
    """What was installed with the wheel: names, versions, licences, hashes, and who needs whom."""
    found = {_name(item["metadata"]["name"]): item for item in report["install"]}
    (own,) = [name for name, item in found.items() if item["download_info"]["url"].endswith(wheel.name)]
    components = {name: _component(item) for name, item in sorted(found.items())}
    components[own]["hashes"] = [{"alg": "SHA-256", "content": _sha256(wheel)}]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": components[own]},
        "components": [component for name, component in components.items() if name != own],
        "dependencies": [
            {"ref": components[name]["bom-ref"], "dependsOn": sorted(components[needed]["bom-ref"] for needed in needs)}
            for name, needs in (
                (name, _needs(found[name], report["environment"]) & found.keys()) for name in components
            )
        ],
    }


def hash_lines(folder: Path) -> str:
    """A line for each file of a folder, as `sha256sum --check` takes them."""
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    return "".join(f"{_sha256(path)}  {path.name}\n" for path in files)


def _component(item: dict[str, Any]) -> dict[str, Any]:
    metadata = item["metadata"]
    purl = f"pkg:pypi/{_name(metadata['name'])}@{metadata['version']}"
    component = {
        "type": "library", "bom-ref": purl, "name": metadata["name"], "version": metadata["version"], "purl": purl,
    }  # fmt: skip
    if expression := metadata.get("license_expression"):
        component["licenses"] = [{"expression": expression}]
    if digest := item["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256"):
        component["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return component


def _needs(item: dict[str, Any], environment: dict[str, str]) -> set[str]:
    """What a distribution asks for here, without extras."""
    asked = map(Requirement, item["metadata"].get("requires_dist", []))
    return {_name(one.name) for one in asked if one.marker is None or one.marker.evaluate({**environment, "extra": ""})}


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
