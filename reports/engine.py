"""Engine: what draws the charts in the page, bundled once for each version of vl-convert and kept on disk.

Bundling takes over a second, loading a few milliseconds. The file's name holds the version and the hash of its
content, so one of another version, or one that broke off or was changed, is not used but made again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from girafe.storage import write


@cache
def engine(kept: Path | None) -> str:
    """The script, as it may stand in a page; looked for in the folder `kept` and put there if it is missing."""
    if kept is None:
        return _bundled()
    name = f"engine-{version('vl-convert-python')}"
    for file in kept.glob(f"{name}-*.js"):
        found = file.read_bytes()
        if file.name == f"{name}-{_mark(found)}.js":
            return found.decode()
    script = _bundled()
    _keep(kept / f"{name}-{_mark(script.encode())}.js", script.encode())
    return script


def _bundled() -> str:
    # Here: it brings a JavaScript engine into the process, and the script is nearly always kept.
    import vl_convert

    # Without any download; "</" could end the script element.
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _keep(file: Path, content: bytes) -> None:
    """Puts the script there whole, in place of those of other versions; where nobody may write, nothing is kept."""
    if not file.parent.is_dir():
        return
    # A full or read-only disk is told where it stops something; here it costs a second.
    with suppress(OSError):
        write(file, content)
        for other in file.parent.glob("engine-*"):
            if other != file:
                other.unlink(missing_ok=True)
