"""The code that templates are compiled to, kept as Python keeps that of modules: beside them.

Who may write there may write our modules as well. Where that is not who serves, as behind an
installation by root, who serves reads what root's verbs kept, and compiles the rest at each start.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


def keep(environment: jinja2.Environment, templates: Path) -> None:
    """Keep what *environment*, which is set up, compiles of the files in *templates*."""
    environment.bytecode_cache = _Beside(templates / "__pycache__", _stamp(environment))


class _Beside(FileSystemBytecodeCache):
    """A file for each template, as far as there can be any; it names what it was made from."""

    def __init__(self, folder: Path, stamp: str) -> None:
        super().__init__(str(folder), "%s.jinja")
        self._stamp = stamp

    def get_source_checksum(self, source: str) -> str:
        """Return what a file must name to be taken; one that does not is written again."""
        return super().get_source_checksum(f"{self._stamp}{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # pickle and marshal raise nearly anything for a damaged file
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        folder = Path(self.directory)
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
            # As for Python's own: if root ran a verb, who serves may read what it kept.
            (folder / (self.pattern % bucket.key)).chmod(0o644)


def _stamp(environment: jinja2.Environment) -> str:
    """Tell what else the code depends on: who compiles, how, and what is called for it.

    Jinja runs filters and tests that are given constants as it compiles. So the sources of
    their modules count, but not what these call in others, and no settings: one that shows a
    setting must be given no constant. Ours take moments and rows, which no template can write.
    """
    options = (environment.trim_blocks, environment.lstrip_blocks, *sorted(environment.extensions))
    called: dict[str, Any] = {**environment.filters, **environment.tests}
    called["autoescape"] = environment.autoescape  # a function of the template's name, or a bool
    given = [(name, _identity(called[name])) for name in sorted(called)]
    digest = hashlib.sha256(repr((jinja2.__version__, options, given)).encode())
    for name in sorted({getattr(call, "__module__", "") for call in called.values()}):
        digest.update(_source(name))
    return digest.hexdigest()


def _identity(called: Any) -> str:
    """Name *called* as the next start will name it, too: an address in memory is none."""
    name = getattr(called, "__qualname__", type(called).__qualname__)
    value = called if isinstance(called, bool) else getattr(called, "jinja_pass_arg", "")
    return f"{getattr(called, '__module__', '')}.{name} {value}"


def _source(module: str) -> bytes:
    """Read the file of *module*; nothing of one that is built into Python, or lies in none."""
    path = getattr(sys.modules.get(module), "__file__", None)
    try:
        return Path(path).read_bytes() if path else b""
    except OSError:
        return b""
