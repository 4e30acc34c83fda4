"""The comparison with other servers: what it asks, what it refuses, and how it judges."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import kinds
from bench.kinds import Kind
from bench.results import Result
from bench.serving import __main__ as command
from bench.serving import content, goals, load, reports, rounds, targets
from bench.serving.content import Content
from bench.serving.goals import Goal
from bench.serving.load import Sample
from bench.serving.peers import plain_flask, tables
from bench.serving.rounds import Figures, Plan, Start
from bench.serving.servers import Cores, Failed, Memory, Server, Spec, started
from bench.serving.targets import Target

NOWHERE = Cores(None, None)
ALONE = Spec("alone", [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"])
BROKEN = Spec("broken", [sys.executable, "-c", "raise SystemExit('no such page')"])


class Told(Server):
    """A server that answers everything alike."""

    def __init__(self, body: str, **headers: str) -> None:
        super().__init__(ALONE, port=0, pid=0, began=0)
        object.__setattr__(self, "told", (headers, body.encode()))

    told: tuple[dict[str, str], bytes]

    def ask(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        named, body = self.told
        return (304, {}, b"") if headers.get("If-None-Match") == '"1"' else (200, named, body)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return content.make(tmp_path_factory.mktemp("blog"), posts=24)


def sample(rate: float, work: float | None = 10.0) -> Sample:
    return Sample(rate=rate, p50=1, p99=2, work=work, busy=1)


def said(**told: float) -> str:
    usual = {"requests": 100, "seconds": 2, "bytes": 5000, "failed": 0, "p50": 1, "p99": 2}
    return f"Running 2s test\n{json.dumps(usual | told)}\n"


def test_a_run_tells_requests_a_second_and_what_each_cost_the_server() -> None:
    read = load.read(said(requests=100, seconds=2), worked=1.5)

    assert (read.rate, read.work, read.busy) == (50, 15_000, 0.75)


@pytest.mark.parametrize("amiss", [{"failed": 1}, {"requests": 0}])
def test_a_run_with_answers_that_failed_is_no_figure(amiss: dict[str, float]) -> None:
    with pytest.raises(Failed):
        load.read(said(**amiss), worked=None)


def test_a_run_that_wrk_gives_up_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrk = tmp_path / "wrk"
    wrk.write_text("#!/bin/sh\necho unable to connect >&2\nexit 1\n")
    wrk.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(Failed, match="unable to connect"):
        load.run(
            Server(ALONE, 0, os.getpid(), 0), "/", {}, seconds=1, connections=1, cores=NOWHERE
        )


def test_what_fails_has_no_figures_and_the_rest_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def run(_: Server, path: str, __: Mapping[str, str], **___: object) -> Sample:
        asked.append(path)
        if asked.count("/?slow") == 2 and path == "/?slow":  # the first time was to warm up
            raise Failed("no answer came in time")
        return sample(1)

    monkeypatch.setattr(load, "run", run)
    monkeypatch.setattr(load, "missing", str)
    found = [Target(name, ALONE, f"/?{name}") for name in ("slow", "fast")]
    found += [Target("amiss", ALONE, "/none"), Target("broken", BROKEN, "/")]
    figures = Figures()

    done = [*rounds.serve(found, Plan(2, 1, 1, NOWHERE), figures)]
    done += rounds.start([BROKEN], Plan(1, 1, 1, NOWHERE), figures)

    assert done == ["slow", "fast", "fast", "slow", "broken", "broken"]
    assert {name: len(samples) for name, samples in figures.samples.items()} == {"fast": 2}
    assert asked.count("/?slow") == 2
    assert [*figures.failed] == ["broken", "amiss", "slow"]
    rows = [*reports.table(figures)]
    assert "slow    not measured: no answer came in time" in rows
    assert any(row.startswith("broken  not measured: ") and "no such page" in row for row in rows)


@pytest.mark.parametrize("failed", [{}, {"Django: article": "no answer came in time"}])
def test_a_run_ends_with_1_where_something_failed_and_tells_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: dict[str, str]
) -> None:
    idle = replace(sample(1), busy=0.5)
    figures = Figures({"cached article": [idle]}, {"cached article": 7}, failed=failed)
    monkeypatch.setattr(command, "_served", lambda *_, **__: figures)
    options = ["--no-growth", "--no-starts", "--clock", "cpu", "--data", str(tmp_path)]

    result = CliRunner().invoke(command.main, options)

    assert result.exit_code == bool(failed)
    for target, why in failed.items():
        line = f"cached article ÷ {target} +not measured .*{target}: {why}"
        assert re.search(line, result.output)
    assert "The core was not the server's alone" in result.output
    assert "--clock cpu" not in result.output
    (kept,) = (tmp_path / "serving").iterdir()
    assert json.loads(kept.read_text(encoding="utf-8"))["figures"]["failed"] == failed


def test_a_ratio_is_taken_round_by_round() -> None:
    ours, theirs = [100, 10, 90], [50, 5, 30]  # a round was ten times slower for both
    figures = Figures({"a": [sample(n) for n in ours], "b": [sample(n) for n in theirs]})

    assert figures.ratios("a", "b", "wall") == [2, 2, 3]


def test_swift_targets_are_measured_there_and_back_in_each_round() -> None:
    a, b = (Target(name, ALONE, "/", swift=True) for name in "ab")
    c, d = (Target(name, ALONE, "/") for name in "cd")
    figures = Figures({"a": [sample(n) for n in (8, 6, 4, 2)], "c": [sample(2), sample(1)]})

    assert rounds.turns([a, b, c, d], 2) == [a, b, b, a, c, d, a, b, b, a, d, c]
    assert figures.ratios("a", "c", "wall") == [4, 3, 4, 2]


def test_by_the_clock_of_the_processor_the_work_of_a_request_counts() -> None:
    figures = Figures({"a": [sample(1, work=10)], "b": [sample(9, work=40)]})

    assert figures.ratios("a", "b", "cpu") == [4]


@pytest.mark.parametrize(
    ("goal", "found", "verdict"),
    [
        (Goal("", 3, 5), 5, "aim"),
        (Goal("", 3, 5), 4.9, "met"),
        (Goal("", 3, 5), 2.9, "MISSED"),
        (Goal("", 90, 60, fewer=True), 60, "aim"),
        (Goal("", 90, 60, fewer=True), 90, "met"),
        (Goal("", 90, 60, fewer=True), 91, "MISSED"),
        (Goal("", 3, 5), None, "–"),
    ],
)
def test_a_goal_is_missed_met_or_surpassed(goal: Goal, found: float | None, verdict: str) -> None:
    assert goal.verdict(found) == verdict


def test_what_was_left_out_is_named_and_no_goal_is_missed_by_it() -> None:
    lacks = {"nginx: file": "nginx", "nginx: 304": "nginx"}
    figures = Figures({"cached article": [sample(1)]}, {"cached article": 7}, missing=lacks)

    found = {one.goal.what: one for one in goals.outcomes(figures, [], "wall")}

    assert found["cached article ÷ nginx: file"].verdict == "–"
    assert found["cached article ÷ nginx: file"].note == "nginx is not installed"
    assert [*reports.table(figures)][-1].endswith(
        "nginx is not installed: nginx: file, nginx: 304"
    )


def test_starts_are_compared_in_pairs_and_the_memory_is_that_of_the_largest_process() -> None:
    starts = {"ours": [Start(2, 1), Start(6, 1)], "Flask-SQLAlchemy": [Start(1, 1), Start(2, 4)]}
    figures = Figures(starts=starts, memory=[Memory(70, 50), Memory(40, 20)])

    *_, start, memory = goals.outcomes(figures, [], "wall")

    assert [*start.figures] == [2, 3]
    assert memory.found == 70


def test_of_all_pages_the_one_whose_statements_grow_most_counts_and_the_slowest_searches() -> None:
    few, many = 1000, 100_000
    known = {kind.name: kind for kind in kinds.ALL}
    page, search = known["article: article"], known[goals.SEARCH]
    growth = [
        Result(page, {few: [9], many: [9]}, {few: [1], many: [1.9]}),
        Result(search, {few: [1], many: [3] * 98 + [4, 11]}, {few: [1], many: [1.5]}),
        Result(Kind("count", "", kinds.count), {few: [1], many: [9]}, {few: [1], many: [9]}),
    ]

    found = {one.goal.what: one.found for one in goals.outcomes(Figures(), growth, "wall")}

    assert (found[goals.GROWTH.what], found[goals.SLOWEST.what]) == (1.9, 4)


def test_pages_of_peers_show_what_ours_shows(
    made: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_flask, "DATABASE", str(made.database))
    client = plain_flask.make_app().test_client()
    pages = [target for target in targets.every(made, made.instance) if "Flask-S" in target.name]

    for page in pages:
        text = client.get(page.path).get_data(as_text=True)
        page.asked(Told(text))

    assert len(pages) == 4  # one of them without what is near the article
    assert len(made.near) >= 2
    assert len(made.newest) == tables.PER_PAGE
    assert made.article[-1] in made.page.decode()


def test_a_page_that_shows_other_things_is_not_measured() -> None:
    target = Target("list", ALONE, "/", shows=["first", "second"])

    target.asked(Told("first, second"))
    with pytest.raises(Failed, match="'second'"):
        target.asked(Told("second, first"))


def test_a_page_in_another_encoding_is_not_measured() -> None:
    target = Target("list", ALONE, "/", encoding="gzip")

    with pytest.raises(Failed, match="encoding"):
        target.asked(Told("plain"))


def test_who_asks_again_tells_what_he_has() -> None:
    target = Target("again", ALONE, "/", conditional=True)
    validators = {"etag": '"1"', "last-modified": "Mon, 23 Nov 2026 12:00:00 GMT"}

    headers, size = target.asked(Told("page", **validators))

    assert headers == {"If-None-Match": '"1"', "If-Modified-Since": validators["last-modified"]}
    assert size == 0
    assert target.asked(Told("page", etag='"1"'))[0] == {"If-None-Match": '"1"'}
    with pytest.raises(Failed, match="304"):
        target.asked(Told("page", **(validators | {"etag": '"2"'})))


def test_a_server_answers_while_it_is_measured_and_is_gone_after_that() -> None:
    with started(ALONE, Cores.found()) as server:
        status, _, _ = server.ask("/", {})
        memory = server.memory()

    assert status == 200
    assert all(0 < process.share <= process.resident for process in memory)
    with pytest.raises(ConnectionRefusedError):
        server.ask("/", {})


def test_a_server_that_ends_says_why() -> None:
    with pytest.raises(Failed, match="no such page"), started(BROKEN, NOWHERE):
        pass


def test_what_a_server_needs_is_named() -> None:
    assert ALONE.missing() == ""
    assert Spec("a", ["no-such-program"]).missing() == "no-such-program"
    assert Spec("a", ["python3"], modules=["json", "no_such_module"]).missing() == "no_such_module"


def test_nginx_answers_with_the_bytes_and_the_headers_of_our_page(
    made: Content, tmp_path: Path
) -> None:
    found = {target.name: target for target in targets.every(made, tmp_path)}
    file, again = found["nginx: file"], found["nginx: 304"]
    if file.server.missing():
        pytest.skip("nginx is not installed")

    with started(file.server, NOWHERE) as server:
        _, told, _ = server.ask(file.path, file.asked(server)[0])
        headers, _ = again.asked(server)
        status, told_again, _ = server.ask(again.path, headers)

    assert (tmp_path / "html" / "article.html").read_bytes() == made.page
    assert {name.lower() for name in made.said} <= {*told}
    assert told["content-security-policy"] == made.said["Content-Security-Policy"]
    assert status == 304
    assert {*told_again} - {"server", "date", "connection", "last-modified"} == {
        name.lower() for name in made.again
    }


def test_servers_get_no_more_of_the_environment_than_a_service_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BLOG_TITLE", "Another")
    tell = "import os; raise SystemExit(' '.join(sorted(os.environ)))"
    spec = Spec("telling", [sys.executable, "-c", tell], environment={"BENCH": "1"})

    told = r"answered: BENCH( HOME)?( LANG)?( LC_CTYPE)? PATH( PYTHONPATH)?( TMPDIR)?$"
    with pytest.raises(Failed, match=told), started(spec, NOWHERE):
        pass
