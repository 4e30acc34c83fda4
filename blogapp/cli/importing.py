"""The verb that brings posts in."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
import sqlalchemy as sa

from .. import config
from ..errors import BlogError
from ..extensions import db
from ..search import engine
from ..transfer.exporting import homecoming
from ..transfer.exporting.homecoming import Homecoming
from ..transfer.files import trees, zips
from ..transfer.files.trees import Tree
from ..transfer.reading import sources, systems
from ..transfer.rewriting.spellings import Home
from ..transfer.storing.importer import Import, Outcome, Result
from .schema import with_current_schema

MANY = 5000  # files; after so many, the search index is in many pieces: they are merged
_BUSY = "another import is at work here: start this one when that has ended"
_IN = {Outcome.ADDED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.KEPT}


@dataclass(slots=True)
class Report:
    """What an import has done so far; *system* names what made the files.

    Before all of it *is_read*, nothing is stored.
    """

    system: str = ""
    files: int = 0
    is_read: bool = False
    results: list[Result] = field(default_factory=list)


def _home(_context: click.Context, _parameter: click.Parameter, url: str | None) -> Home | None:
    home = Home.at(url) if url else None
    if url and home is None:
        raise click.BadParameter("it takes an address, such as https://old.example.org")
    return home


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--from", "name", type=click.Choice(systems.NAMES), help="The blog software.")
@click.option("--site", metavar="URL", callback=_home, help="Where the old blog was.")
@click.option("--dry-run", is_flag=True, help="Report, but change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.pass_context
@with_current_schema
def import_(
    context: click.Context,
    path: Path,
    name: str | None,
    site: Home | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the posts of another blog; again, and only what changed is taken.

    PATH is a folder, a file or a zip. Images come along, links between posts lead to where the
    posts are now, and old addresses answer 301. Exits with 1 if none was found, or if one failed:
    the others are in.
    """
    report = Report()
    try:
        _bring_in(path, report, name=name, home=site, dry_run=dry_run)
    except (KeyboardInterrupt, sa.exc.DatabaseError) as error:
        db.session.rollback()
        _tell(report, as_json=as_json)
        _explain(report, error, dry_run=dry_run)
        context.exit(1)
    _tell(report, as_json=as_json)
    _sum_up(report, path, name, dry_run=dry_run)
    if not report.results or any(each.outcome is Outcome.FAILED for each in report.results):
        context.exit(1)


def bring_in(path: Path) -> list[Result]:
    """Import *path* with a progress bar on standard error."""
    report = Report()
    _bring_in(path, report)
    return report.results


def _bring_in(
    path: Path,
    report: Report,
    *,
    name: str | None = None,
    home: Home | None = None,
    dry_run: bool = False,
) -> None:
    """Import *path*, each group of posts committed for itself; *report* grows meanwhile."""
    try:
        tree = trees.opened(path)
    except trees.Unreadable as error:
        raise BlogError(f"{path}: {error}") from error
    with (
        nullcontext() if dry_run else _only_one(config.current().instance),
        tree,
        _begun(tree, report, name=name, home=home, dry_run=dry_run) as work,
    ):
        report.files = len(work.paths) + len(tree.refused)
        _follow(work, report, end=db.session.rollback if dry_run else db.session.commit)
    if report.files >= MANY and not dry_run:
        for _ in engine.current().merge():
            db.session.commit()
        db.session.commit()


@contextmanager
def _only_one(instance: Path) -> Iterator[None]:
    """Keep other imports out: of two that plan at once, one finds the other's addresses taken."""
    folder = os.open(instance, os.O_RDONLY)
    try:
        with suppress(OSError):  # of a file system that has no locks: then it is up to people
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BlogError(_BUSY) from None
        yield
    finally:
        os.close(folder)


def _begun(
    tree: Tree, report: Report, *, name: str | None, home: Home | None, dry_run: bool
) -> Import | Homecoming:
    """Begin to import *tree*: an export of ours as what it was, everything else as a blog."""
    if ours := homecoming.of(tree, rehearsal=dry_run):
        report.system = "blogapp"
        return ours
    site = config.current()
    system = systems.detect(tree, name)
    report.system = system.name
    homes = [Home(each.host, each.base) for each in system.sites if each.host]
    return Import(
        tree,
        system=system,
        zone=site.timezone,
        language=site.language,
        homes=[home, *homes] if home else homes,
        rehearsal=dry_run,
    )


def _follow(work: Import | Homecoming, report: Report, *, end: Callable[[], None]) -> None:
    """Go through an import with a progress bar; *end* ends the transaction of each group."""
    with click.progressbar(
        work.read(), length=len(work.paths), label="reading", file=sys.stderr
    ) as paths:
        for _ in paths:
            pass
    report.is_read = True
    with click.progressbar(length=report.files, label="importing", file=sys.stderr) as bar:
        for results in work.store():
            end()
            report.results += results
            bar.update(len(results))


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        documents = [asdict(result) for result in report.results]
        click.echo(json.dumps(documents, ensure_ascii=False, indent=1))
        return
    for result in report.results:
        click.echo("\n".join(_lines(result)))


def _lines(result: Result) -> Iterator[str]:
    """Write what became of a file, and below it what its author should know, line by line."""
    place = f" → /blog/{result.slug}" if result.slug else ""
    if result.state in {"draft", "scheduled"}:
        place += f" ({result.state})"
    file = f"{result.path}:{result.line}" if result.line else result.path
    reason = f": {result.reason}" if result.reason else ""
    yield f"{result.outcome:<9} {file}{place}{reason}"
    for note in sorted(result.notes, key=lambda note: note.line or 0):
        file = f"{result.path}:{note.line}" if note.line else result.path
        yield f"{'':<9} {file}: {note.text}"


def _explain(report: Report, error: BaseException, *, dry_run: bool) -> None:
    """Say why an import has ended too soon, what is in, and how it goes on."""
    if isinstance(error, sa.exc.DatabaseError):
        _say(f"The database failed: {error.orig}")
    done = f"Stopped after {len(report.results)} of {report.files} files"
    if not report.is_read:
        _say("Stopped while the files were being read: nothing was stored.")
    elif dry_run:
        _say(f"{done}; nothing was stored (--dry-run).")
    elif report.results:
        _say(f"{done}; those above are in.")
    else:
        _say(f"{done}; none is in.")
    _say("Start the same import again, and it goes on where it stopped.")


def _sum_up(report: Report, path: Path, name: str | None, *, dry_run: bool) -> None:
    if not report.results and path.is_file() and not zips.is_zip(path):
        known = ", ".join((*sources.SUFFIXES, ".txt"))
        _say(f"{path.name} is no Markdown file: those end in {known}.")
        return
    if not report.results:
        _say(f"No Markdown files ({', '.join(sources.SUFFIXES)}) found there.")
        return
    numbers = Counter(result.outcome for result in report.results)
    summary = ", ".join(f"{numbers[outcome]} {outcome}" for outcome in Outcome if numbers[outcome])
    _say(f"{summary}{' (nothing was stored: --dry-run)' if dry_run else ''}")
    if not (_IN | {Outcome.FAILED}) & numbers.keys():  # a failure has its own reason
        known = f"read as {report.system}" if report.system else "its software was not recognised"
        _say(f"Nothing came in; {known}. Each line above says why.")
        if name is None:
            _say(f"Name the software that made it: --from {'|'.join(systems.NAMES)}")


def _say(text: str) -> None:
    click.echo(text, err=True)
