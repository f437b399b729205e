# ruff: noqa: E501 (messages read better whole)
"""Audit: what girafe is made of, under which licences, and what is known against it. `make audit` runs it.

Writes build/sbom.cdx.json (CycloneDX, every installed package) and build/licences.md. Fails for a licence that
config/licences.toml does not allow, and for a known vulnerability. Advisories are read from data on this machine
(a zip or a folder of OSV files: make audit ADVISORIES=all.zip); without any it says plainly that nothing was checked.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
SPDX = {
    "mit license": "MIT", "bsd license": "BSD", "bsd": "BSD", "3-clause bsd license": "BSD-3-Clause",
    "apache software license": "Apache-2.0", "apache license 2.0": "Apache-2.0", "apache-2.0": "Apache-2.0",
    "python software foundation license": "PSF-2.0", "isc license (iscl)": "ISC", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "the unlicense (unlicense)": "Unlicense",
}  # fmt: skip
"""What classifiers say -> SPDX; other words stay as they are and are judged by hand."""


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package."""

    name: str
    version: str
    licence: str
    """An SPDX expression where one can be told, else the package's own words, else nothing."""


def installed() -> list[Package]:
    """Every package of this environment but girafe itself, by name."""
    found = {canonicalize_name(each.metadata["Name"]): each for each in distributions()}
    return [
        Package(name, each.version, licence_of(each))
        for name, each in sorted(found.items())
        if name != "girafe"
    ]


def licence_of(package: Distribution) -> str:
    """The licence a package states: its expression, else its classifiers (one of several will do), else its words."""
    stated = package.metadata.get("License-Expression")
    if stated:
        return stated
    classifiers = [
        line.split(" :: ")[-1]
        for line in package.metadata.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    words = [line for line in classifiers if line != "OSI Approved"] or [
        (package.metadata.get("License") or "").strip().partition("\n")[0]
    ]
    return " OR ".join(SPDX.get(word.casefold(), word) for word in words if word)


def is_allowed(expression: str, allowed: Iterable[str]) -> bool:
    """Whether an SPDX expression can be met by `allowed`: all parts of an AND, one part of an OR."""
    known = set(allowed)
    plain = expression.strip()
    while plain.startswith("(") and plain.endswith(")") and plain.count("(") == 1:
        plain = plain[1:-1]
    for word, every in ((" AND ", all), (" OR ", any)):
        parts = _split(plain, word)
        if len(parts) > 1:
            return every(is_allowed(part, known) for part in parts)
    return plain in known


def _split(expression: str, word: str) -> list[str]:
    """The parts of an expression at `word`, outside parentheses."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(rf"\(|\)|{word}", expression):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == word and depth == 0:
            parts.append(expression[start : match.start()])
            start = match.end()
    return [*parts, expression[start:]]


def not_allowed(packages: Iterable[Package], rules: Mapping[str, Any]) -> list[str]:
    """One line for each package that may not be used as it is."""
    by_hand = {canonicalize_name(name) for name in rules["packages"]}
    return [
        f"{each.name} {each.version}: {each.licence or 'no licence stated'} is not in config/licences.toml; judge it there"
        for each in packages
        if each.name not in by_hand and not is_allowed(each.licence, rules["allowed"])
    ]


def advisories(path: Path) -> Iterator[Mapping[str, Any]]:
    """OSV records of a zip or a folder."""
    if path.is_dir():
        yield from (json.loads(file.read_bytes()) for file in sorted(path.rglob("*.json")))
        return
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.endswith(".json"):
                yield json.loads(packed.read(name))


def known_against(packages: Iterable[Package], records: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each advisory that names an installed version and is not withdrawn."""
    versions = {each.name: each.version for each in packages}
    found = []
    for record in records:
        for affected in record.get("affected", ()) if not record.get("withdrawn") else ():
            package = affected.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            if package.get("ecosystem") == "PyPI" and name in versions and _affects(affected, versions[name]):
                found.append(f"{name} {versions[name]}: {record['id']} {record.get('summary', '')}".strip())
    return sorted(set(found))


def known_in_safety_db(packages: Iterable[Package], path: Path) -> tuple[list[str], str]:
    """The same for `insecure_full.json` of PyPI's safety-db (to July 2021), and the day that data is of."""
    known = json.loads(path.read_bytes())
    day = datetime.fromtimestamp(known.pop("$meta")["timestamp"], tz=UTC).date().isoformat()
    found = [
        f"{package.name} {package.version}: {advisory['id']} {advisory.get('cve') or ''}".strip()
        for package in packages
        for advisory in known.get(package.name, ())
        if any(SpecifierSet(spec).contains(package.version, prereleases=True) for spec in advisory["specs"])
    ]
    return sorted(set(found)), day


def _affects(affected: Mapping[str, Any], version: str) -> bool:
    if version in affected.get("versions", ()):
        return True
    try:
        here = Version(version)
        return any(
            _within(here, kind["events"])
            for kind in affected.get("ranges", ())
            if kind.get("type") == "ECOSYSTEM"
        )
    except InvalidVersion:
        return False


def _within(here: Version, events: Iterable[Mapping[str, str]]) -> bool:
    """OSV's rule: the last event at or before a version says whether it is affected."""
    is_in = False
    for event in events:
        kind, stated = next(iter(event.items()))
        at = Version("0") if stated == "0" else Version(stated)
        if kind == "introduced" and here >= at:
            is_in = True
        elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
            is_in = False
    return is_in


def write_sbom(target: Path) -> int:
    """Writes the CycloneDX file; returns the number of components in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [str(Path(sys.executable).parent / "cyclonedx-py"), "environment", sys.executable, "--pyproject", str(ROOT / "pyproject.toml"),
               "--output-reproducible", "--of", "JSON", "-o", str(target)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return len(json.loads(target.read_bytes())["components"])


def licence_list(packages: Iterable[Package], rules: Mapping[str, Any]) -> str:
    """Every package with its licence, as Markdown, and the reasons of those judged by hand."""
    reasons = {canonicalize_name(name): reason for name, reason in rules["packages"].items()}
    rows = [
        f"| {each.name} | {each.version} | {each.licence or 'not stated'} | {reasons.get(each.name, '')} |"
        for each in packages
    ]
    return "\n".join(
        ["# Licences", "", "| package | version | licence | judged by hand |", "|---|---|---|---|", *rows, ""]
    )


def main() -> int:
    """Writes both files and says what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--advisories", type=Path, help="OSV data (a zip or a folder), or safety-db's JSON")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    options = parser.parse_args()
    rules = tomllib.loads((ROOT / "config" / "licences.toml").read_text(encoding="utf-8"))
    packages = installed()
    print(f"{write_sbom(options.build / 'sbom.cdx.json'):>5} components in {options.build / 'sbom.cdx.json'}")
    (options.build / "licences.md").write_text(licence_list(packages, rules), encoding="utf-8")
    print(f"{len(packages):>5} packages in {options.build / 'licences.md'}")
    problems = not_allowed(packages, rules)
    if options.advisories is None:
        print("NOT CHECKED for known vulnerabilities: no advisory data on this machine. Fetch the PyPI archive of OSV and run\n"
              "      make audit ADVISORIES=all.zip, or run pip-audit -r .venv/requirements.txt where there is a network.")  # fmt: skip
    elif options.advisories.suffix == ".json":
        against, day = known_in_safety_db(packages, options.advisories)
        print(
            f"{len(against):>5} known vulnerabilities in data of {day}; NOT CHECKED for what became known since"
        )
        problems += against
    else:
        against = known_against(packages, advisories(options.advisories))
        print(f"{len(against):>5} known vulnerabilities in {options.advisories}")
        problems += against
    for problem in problems:
        print(f"      {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
