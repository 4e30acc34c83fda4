"""Rendering ends in time, whatever the text, and never takes the blog with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from blogapp import markdown
from blogapp.markdown import convert, pool, worker
from blogapp.markdown.stream import Stream

ENDLESS = "*a* " * 100_000  # takes much longer than the tests wait
ROOT = Path(__file__).parent.parent


@pytest.fixture
def children() -> Iterator[pool.Pool]:
    """A pool of the test's own."""
    own = pool.Pool()
    yield own
    own.close()


def run(script: str) -> subprocess.CompletedProcess[str]:
    """Run *script* as a program; the answer comes when its renderers, too, have gone.

    They share its standard error, and this waits for the end of that.
    """
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_rendering_in_a_child_gives_what_rendering_at_home_gives() -> None:
    source = "# Hello\n\nwörld[^1] `x` \0 \ud800\r\n\r\n## Again {#b}\n\n[^1]: note"

    assert markdown.render(source) == convert.convert(source)


def test_a_text_without_end_comes_back_as_plain_code_with_a_notice() -> None:
    rendered = markdown.render(f"<b>{ENDLESS}\0", seconds=0.2)

    assert f"<code>&lt;b&gt;{ENDLESS}\ufffd</code>" in rendered.html
    assert rendered.notice == "Shown as plain code: rendering took longer than 0.2 seconds."
    assert rendered.headings == ()


def test_the_next_text_is_rendered_again() -> None:
    markdown.render(ENDLESS, seconds=0.2)

    rendered = markdown.render("*fine*")

    assert rendered.html == "<p><em>fine</em></p>"
    assert rendered.notice is None


def test_a_limit_of_nothing_is_still_a_limit() -> None:
    assert markdown.render(ENDLESS, seconds=0).notice is not None


def test_a_renderer_that_was_killed_is_replaced(children: pool.Pool) -> None:
    children.ask("first", seconds=5)
    children._idle[0]._process.kill()
    children._idle[0]._process.wait()

    assert children.ask("second", seconds=5)["html"] == "<p>second</p>"


def test_a_renderer_that_dies_at_work_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    dying = 'from blogapp.markdown import wire; wire.send(sys.stdout.buffer, "ready"); sys.exit(3)'
    monkeypatch.setattr(pool, "_START", pool._START.replace("worker.main()", dying))
    monkeypatch.setattr(pool, "pool", pool.Pool())

    rendered = markdown.render("*words*")

    assert "<code>*words*</code>" in rendered.html
    assert rendered.notice == "Shown as plain code: something in this text breaks the renderer."


def test_a_renderer_that_cannot_start_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_START", "raise SystemExit(1)")
    monkeypatch.setattr(pool, "pool", pool.Pool())

    rendered = markdown.render("*words*")

    assert "<code>*words*</code>" in rendered.html
    assert rendered.notice is not None


def test_an_error_in_the_renderer_is_told_and_not_fatal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str, *, placed: bool) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(worker, "convert", fail)

    assert worker.answer("x") == {"error": "RecursionError: too deep"}


def test_a_text_nested_without_end_is_shown_somehow() -> None:
    rendered = markdown.render("> " * 3_000 + "deep\n\n" + "*" * 3_000, seconds=2)

    assert "deep" in rendered.html


def test_many_threads_get_their_own_answers(children: pool.Pool) -> None:
    sources = [f"text {number}" for number in range(40)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda s: children.ask(s, seconds=10), sources))

    assert [answer["html"] for answer in answers] == [f"<p>{source}</p>" for source in sources]


def test_a_stream_gives_its_texts_in_order_small_and_larger_than_a_pipe(
    children: pool.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "pool", children)
    sources = ["one", "two", "words " * 40_000, "wörds " * 40_000, "three"]
    stream = Stream(seconds=10)
    for source in sources:
        stream.put(source)

    taken = [stream.take() for _ in sources]

    assert [one.plain for one in taken] == [source.strip() for source in sources]
    assert len(stream) == 0
    assert len(children._idle) == 1


def test_a_stream_goes_on_behind_a_text_that_takes_too_long() -> None:
    stream = Stream(seconds=1)
    for source in ("*one*", ENDLESS, "*two*", "*three*"):
        stream.put(source)

    one, endless, two, three = (stream.take() for _ in range(4))

    assert endless.notice == "Shown as plain code: rendering took longer than 1 seconds."
    assert [each.plain for each in (one, two, three)] == ["one", "two", "three"]
    assert not any(each.notice for each in (one, two, three))


def test_a_stream_loses_nothing_if_no_renderer_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    dying = 'from blogapp.markdown import wire; wire.send(sys.stdout.buffer, "ready"); sys.exit(3)'
    monkeypatch.setattr(pool, "_START", pool._START.replace("worker.main()", dying))
    monkeypatch.setattr(pool, "pool", pool.Pool())
    stream = Stream()
    for source in ("*one*", "*two*"):
        stream.put(source)

    assert [stream.take().plain for _ in range(2)] == ["*one*", "*two*"]


@pytest.mark.parametrize("when", ["pass", "wire.receive(sys.stdin.buffer)"])
def test_a_renderer_that_is_killed_idle_or_at_work_costs_a_stream_no_text(
    when: str, children: pool.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_once = f"""
import os, pathlib
from blogapp.markdown import wire
killed = pathlib.Path({str(tmp_path / "killed")!r})
if killed.exists():
    worker.main()
    sys.exit()
killed.touch()
wire.send(sys.stdout.buffer, "ready")
{when}
os.kill(os.getpid(), {signal.SIGKILL})
"""
    monkeypatch.setattr(pool, "_START", pool._START.replace("worker.main()", killed_once))
    monkeypatch.setattr(pool, "pool", children)
    stream = Stream(seconds=10)
    for source in ("*one*", "*two*", "*three*"):
        stream.put(source)

    taken = [stream.take() for _ in range(3)]

    assert (tmp_path / "killed").exists()
    assert [each.plain for each in taken] == ["one", "two", "three"]
    assert not any(each.notice for each in taken)


def test_a_slow_preview_does_not_hold_up_a_save(children: pool.Pool) -> None:
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(children.ask, ENDLESS, seconds=30)
        quick = children.ask("quick", seconds=10)
        waiting = not slow.done()
        while not slow.done():
            children.close()

    assert quick["html"] == "<p>quick</p>"
    assert waiting
    assert isinstance(slow.exception(), ChildProcessError)


def test_a_renderer_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_MAIL_URL", "smtp://user:password@example.org")

    assert not [name for name in pool._environment() if name.startswith("BLOG_")]


def test_a_program_that_ends_leaves_no_renderer_and_no_warning() -> None:
    ended = run("from blogapp import markdown; print(markdown.render('*a*').html)")

    assert (ended.stdout, ended.stderr, ended.returncode) == ("<p><em>a</em></p>\n", "", 0)


def test_a_program_that_is_killed_leaves_no_renderer() -> None:
    ended = run(
        """
        import os, signal
        from blogapp import markdown

        markdown.render("a")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )

    assert ended.returncode == -signal.SIGKILL


def test_a_forked_program_starts_renderers_of_its_own() -> None:
    ended = run(
        """
        import os
        from blogapp import markdown

        markdown.render("a")
        child = os.fork()
        print(markdown.render("*b*").html, flush=True)
        if child:
            os.waitpid(child, 0)
            print(markdown.render("*c*").html)
        """
    )

    assert ended.stdout.split("\n") == [
        *("<p><em>b</em></p>", "<p><em>b</em></p>", "<p><em>c</em></p>", ""),
    ]
    assert ended.stderr == ""


def test_a_look_does_not_wait_for_renderers_that_are_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "pool", pool.Pool(size=0))

    rendered = markdown.render("*words*", patience=0)

    assert "<code>*words*</code>" in rendered.html
    assert rendered.notice is not None and "busy" in rendered.notice
