"""Import through the public edge: what the command brings in, readers find where it should be."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result as Answer
from flask import Flask
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from blogapp import images, posts, texts
from blogapp.batches import Begun
from blogapp.cli import importing
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.search import fts5
from blogapp.transfer.storing import importer, storing
from blogapp.transfer.storing.importer import Import, Result

from .conftest import CheckedClient

Tree = dict[str, str | bytes]
Write = Callable[[Tree], Path]
Run = Callable[..., Answer]


def picture(colour: str = "red", told: PngInfo | None = None) -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", (4, 3), colour).save(file, "PNG", pnginfo=told)
    return file.getvalue()


def post(title: str, body: str = "Text.", header: str = "") -> str:
    return f"---\ntitle: {title}\ndate: 2020-05-04\n{header}---\n\n{body}\n"


RED = f"/media/{images.digest(picture())[:16]}-"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write an old blog into a folder."""

    def write(tree: Tree) -> Path:
        for name, content in tree.items():
            file = tmp_path / "old" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "old"

    return write


@pytest.fixture
def run(app: Flask) -> Run:
    """Run ``blogapp import`` with these arguments."""

    def run(*arguments: str | Path) -> Answer:
        runner = app.test_cli_runner()
        return runner.invoke(importing.import_, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def media(app: Flask) -> Path:
    """Where the images of this blog are."""
    folder: Path = app.config["BLOG"].instance / "media"
    return folder


def contents(folder: Path) -> dict[Path, bytes]:
    """All files in *folder*, but what SQLite keeps of who is reading."""
    files = (file for file in folder.rglob("*") if not file.name.endswith("-shm"))
    return {file: file.read_bytes() for file in files if file.read_bytes()}


def html(client: CheckedClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize(
    ("at", "text", "written"),
    [
        # beside the text, in its bundle, under it
        ("posts/a.png", "posts/x.md", "![x](a.png)"),
        ("posts/a.png", "posts/x.md", "![x](./a.png?raw=true#center)"),
        ("posts/x/a.png", "posts/x/index.md", "![x](a.png 'title')"),
        ("posts/my a.png", "posts/x.md", "![x](<my a.png>)"),
        ("posts/my a.png", "posts/x.md", "![x](my%20a.png)"),
        ("posts/a.png", "posts/x.md", "![x](A.PNG)"),
        ("img/a.png", "posts/2020/x.md", "![x](../../img/a.png)"),
        ("posts/x/a.png", "posts/x.md", "![x](a.png)"),
        ("posts/img/a.png", "posts/x.md", "![x](../img/a.png)"),
        # from the site's root, wherever that is kept
        ("static/img/a.png", "content/posts/x.md", "![x](/img/a.png)"),
        ("public/img/a.png", "content/posts/x.md", "![x](/img/a.png)"),
        ("site/static/a.png", "site/content/x.md", "![x](/a.png)"),
        ("content/images/a.png", "content/x.md", "![x](/images/a.png)"),
        ("docs/assets/a.png", "docs/posts/x.md", "![x](/assets/a.png)"),
        (
            "assets/img/a.png",
            "_posts/2020-05-04-x.md",
            "![x]({{ site.baseurl }}/assets/img/a.png)",
        ),
        ("assets/a.png", "_posts/2020-05-04-x.md", '![x]({{ "/assets/a.png" | relative_url }})'),
        ("deep/er/theme/img/a.png", "posts/x.md", "![x](/img/a.png)"),
        ("src/assets/a.png", "src/content/blog/x.md", "![x](@/assets/a.png)"),
        ("src/assets/a.png", "src/content/blog/x.md", "![x](~/assets/a.png)"),
        ("content/images/a.png", "content/x.md", "![x]({static}/images/a.png)"),
        ("content/a.png", "content/x.md", "![x]({attach}a.png)"),
        ("content/images/a.png", "content/x.md", "![x](|filename|/images/a.png)"),
        # however it is written
        ("posts/a.png", "posts/x.md", "![x][1]\n\n[1]: a.png"),
        ("posts/a.png", "posts/x.md", '<img src="a.png" alt="x">'),
        ("posts/a.png", "posts/x.md", "![x](a.png =400x300)"),
        ("posts/a.png", "posts/x.md", "![x](https://www.old.example/posts/a.png)"),
    ],
)
def test_an_image_comes_along_from_where_it_lies(
    client: CheckedClient, write: Write, run: Run, at: str, text: str, written: str
) -> None:
    folder = write({at: picture(), text: post("x", written)})

    answer = run(folder, "--site", "https://old.example")

    assert answer.exit_code == 0, answer.output
    page = html(client, "/blog/x")
    source = page.partition(f'src="{RED}')[2].partition('"')[0]
    assert client.get(RED + source).data == picture()
    assert "stays" not in answer.stdout


def test_an_image_is_stored_once_however_often_it_is_used(
    client: CheckedClient, write: Write, run: Run, media: Path
) -> None:
    folder = write(
        {
            "img/a.png": picture(),
            "img/copy.png": picture(),
            "one.md": post("one", "![x](img/a.png) ![y](img/copy.png) [z](img/a.png)"),
            "two.md": post("two", "![x](/img/a.png)"),
        }
    )

    for _ in range(2):
        run(folder)

    assert [file.name for file in media.iterdir()] == [f"{RED.removeprefix('/media/')}a.png"]
    assert html(client, "/blog/one").count(f'"{RED}a.png"') == 3
    assert f'"{RED}a.png"' in html(client, "/blog/two")


def test_images_that_are_cleaned_to_the_same_picture_are_one(
    client: CheckedClient, write: Write, run: Run, media: Path
) -> None:
    told = PngInfo()
    told.add_text("Comment", "taken at home")
    folder = write(
        {
            "first.png": picture(),
            "second.png": picture(told=told),
            "one.md": post("one", "![x](first.png)"),
            "two.md": post("two", "![x](second.png)"),
        }
    )

    run(folder)

    for page in ("/blog/one", "/blog/two"):
        assert f'src="{RED}first.png"' in html(client, page)
    assert client.get(f"{RED}first.png").data == picture()
    assert len(list(media.iterdir())) == 1


def test_an_image_of_a_text_that_is_not_taken_is_not_taken(
    app: Flask, write: Write, run: Run, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({"kept.md": post("kept"), "broken.md": post("broken")})
    run(folder)
    with app.app_context():
        kept = db.session.scalars(sa.select(Post).where(Post.slug == "kept")).one()
        posts.revise(kept, texts.Text(title="kept", body="mine"))
        db.session.commit()
    write({"a.png": picture(), "b.png": picture("blue")})
    write({"kept.md": post("kept", "![](a.png)"), "broken.md": post("broken", "![](b.png)")})

    def revise(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("the shelf fell")

    monkeypatch.setattr(posts, "revise", revise)
    answer = run(folder)

    assert "1 kept, 1 failed" in answer.stderr
    assert not media.is_dir() or list(media.iterdir()) == []


def test_an_image_that_changed_is_taken_again(
    client: CheckedClient, write: Write, run: Run
) -> None:
    folder = write({"a.png": picture(), "x.md": post("x", "![x](a.png)")})
    run(folder)
    (folder / "a.png").write_bytes(picture("blue"))

    answer = run(folder)

    assert "1 updated" in answer.stderr
    assert images.digest(picture("blue"))[:16] in html(client, "/blog/x")


def test_an_image_that_does_not_come_is_told_on_its_line_and_stays(
    client: CheckedClient, write: Write, run: Run, media: Path
) -> None:
    body = "![a](gone.png)\n\n![b](b.svg)\n![c](c.png) ![d](d.png)\n\n    ![e](code.png)"
    folder = write(
        {"x.md": post("x", body), "b.svg": "<svg/>", "c.png": "text", "d.png": picture()[:-20]}
    )

    answer = run(folder)

    assert answer.exit_code == 0
    assert "x.md:6: no file is there for gone.png, so this stays\n" in answer.stdout
    assert "x.md:8: b.svg stays at its old address: an SVG, which is not taken" in answer.stdout
    assert "x.md:9: c.png stays at its old address: no image" in answer.stdout
    assert "x.md:9: d.png stays at its old address: a broken image" in answer.stdout
    assert "code.png" not in answer.stdout
    page = html(client, "/blog/x")
    assert all(f'src="{name}"' in page for name in ("gone.png", "b.svg", "c.png", "d.png"))
    assert not media.exists()


def test_images_of_other_sites_stay_without_a_word(write: Write, run: Run) -> None:
    body = "![a](https://x.example/a.png) ![b](//x.example/b.png) ![c](data:image/png;base64,AA==)"
    folder = write({"x.md": post("x", body)})

    answer = run(folder, "--site", "https://old.example")

    assert answer.stdout == "added     x.md → /blog/x\n"


def test_no_image_is_taken_from_outside_of_what_is_imported(
    write: Write, run: Run, media: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "link.png").symlink_to(tmp_path / "secret.png")
    body = f"![a](../secret.png) ![b]({tmp_path}/secret.png) ![c](link.png) ![d](/../secret.png)"
    folder = write({"x.md": post("x", body)})

    assert "no file is there for ../secret.png" in run(folder / "x.md").stdout
    write({"x.md": post("x", f"{body}!")})
    assert "no file is there for ../secret.png" in run(folder).stdout

    assert not media.exists()


def test_a_lone_file_brings_the_images_beside_it(
    client: CheckedClient, write: Write, run: Run
) -> None:
    folder = write({"x.md": post("x", "![a](img/a.png)"), "img/a.png": picture()})

    run(folder / "x.md")

    assert f'src="{RED}a.png"' in html(client, "/blog/x")


LINKED: Tree = {
    "_posts/2013-04-30-hello-world.md": post("Hello", header="permalink: /2013/hello.html\n"),
    "_posts/2014-01-02-other.md": post("Other", header="redirect_from: [/old/other/]\n"),
    "content/blog/nested/index.md": post("Nested"),
    "content/about.txt": "no post",
    "drafts.md": post("Draft", header="draft: true\n"),
}


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("../_posts/2013-04-30-hello-world.md", "/blog/hello"),
        ("../_posts/2013-04-30-hello-world.md#some-part", "/blog/hello#some-part"),
        ("/2013/hello.html", "/blog/hello"),
        ("/2013/hello/?x=1#a%20b", "/blog/hello#a%20b"),
        ("/old/other", "/blog/other"),
        ("https://www.old.example/2013/hello.html#a", "/blog/hello#a"),
        ("//old.example/old/other/", "/blog/other"),
        ("{% post_url 2013-04-30-hello-world %}", "/blog/hello"),
        ("{{ site.baseurl }}{% post_url 2013-04-30-hello-world %}#a", "/blog/hello#a"),
        ("{% link _posts/2014-01-02-other.md %}", "/blog/other"),
        ('{{< ref "blog/nested/index.md" >}}', "/blog/nested"),
        ('{{< relref "blog/nested#a" >}}', "/blog/nested#a"),
        ('{{% ref "/blog/nested" %}}', "/blog/nested"),
        ("@/blog/nested/index.md", "/blog/nested"),
        ("{filename}/blog/nested/index.md", "/blog/nested"),
        ("../content/blog/nested/", "/blog/nested"),
        ("../drafts.md", "/blog/drafts"),
    ],
)
def test_a_link_to_a_post_leads_to_where_it_is_now(
    client: CheckedClient, write: Write, run: Run, written: str, leads: str
) -> None:
    folder = write(LINKED | {"notes/x.md": post("x", f"[a]({written}) [b]\n\n[b]: {written}")})

    answer = run(folder, "--site", "https://old.example/")

    page = html(client, "/blog/x")
    assert f'<a href="{leads}">a</a> <a href="{leads}">b</a>' in page
    assert "notes/x.md:" not in answer.stdout


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("../gone.md", "the link ../gone.md leads to nothing that came in, and stays"),
        ("/about/", "the link /about/ leads to nothing that came in, and stays"),
        ("{% post_url 1999-01-01-x %}", "the link {% post_url 1999-01-01-x %} leads to nothing"),
        ("../content/about.txt", "this link stays: content/about.txt does not come in as a post"),
        ("../README.md", "this link stays: README.md does not come in as a post"),
        ("../paper.pdf", "this link stays: paper.pdf is no post and no image"),
    ],
)
def test_a_link_to_what_did_not_come_stays_and_is_told_on_its_line(
    client: CheckedClient, write: Write, run: Run, written: str, note: str
) -> None:
    body = f"One.\n\n[a]({written})"
    folder = write(
        LINKED | {"notes/x.md": post("x", body), "README.md": "# Old", "paper.pdf": "%PDF"}
    )

    answer = run(folder)

    assert f"notes/x.md:8: {note}" in answer.stdout


@pytest.mark.parametrize(
    "written",
    [
        "https://x.example/2013/hello.html",
        "#part",
        "mailto:a@x.example",
        "/",
        "/tags/a",
        "/archive/",
    ],
)
def test_other_links_stay_without_a_word(write: Write, run: Run, written: str) -> None:
    folder = write(LINKED | {"notes/x.md": post("x", f"[a]({written})")})

    answer = run(folder, "--site", "https://old.example")

    assert "added     notes/x.md → /blog/x\n" in answer.stdout
    assert "notes/x.md:" not in answer.stdout


def test_many_lost_links_are_one_note(write: Write, run: Run) -> None:
    links = "\n".join(f"[a](/docs/{number}/) [b](/docs/{number}/)" for number in range(9))
    folder = write({"x.md": post("x", links)})

    [line] = [line for line in run(folder).stdout.splitlines() if "x.md:" in line]

    assert "x.md:6: the link /docs/0/ leads to nothing that came in" in line
    assert "so do /docs/1/ (line 7), /docs/2/ (line 8)" in line
    assert line.endswith("4 more")


def test_a_blog_below_a_path_is_known_by_its_address(
    client: CheckedClient, write: Write, run: Run
) -> None:
    folder = write(
        {
            "a.md": post("a", "[b](/notes/b/) [c](https://me.example/notes/b) ![d](/notes/d.png)"),
            "b.md": post("b", header="url: /b/\n"),
            "static/d.png": picture(),
        }
    )

    run(folder, "--site", "me.example/notes")

    page = html(client, "/blog/a")
    assert page.count('href="/blog/b"') >= 2
    assert f'src="{RED}d.png"' in page


def test_a_file_that_comes_later_leads_to_the_posts_that_came_before(
    client: CheckedClient, write: Write, run: Run
) -> None:
    folder = write(LINKED)
    run(folder)
    write({"later.md": post("Later", "[a](/2013/hello/) [b](_posts/2014-01-02-other.md)")})

    run(folder / "later.md")

    page = html(client, "/blog/later")
    assert '<a href="/blog/hello">a</a> <a href="/blog/other">b</a>' in page
    assert "1 added" not in run(folder).stderr


def test_a_link_to_a_post_that_came_later_is_led_by_the_next_import(
    client: CheckedClient, write: Write, run: Run
) -> None:
    folder = write({"a.md": post("a", "[b](b.md)")})
    assert "leads to nothing" in run(folder).stdout
    write({"b.md": post("b")})

    answer = run(folder)

    assert "1 added, 1 updated" in answer.stderr
    assert 'href="/blog/b"' in html(client, "/blog/a")
    assert "2 unchanged" in run(folder).stderr


def test_old_addresses_answer_in_one_step(client: CheckedClient, write: Write, run: Run) -> None:
    run(write(LINKED))

    for path, slug in {
        "/2013/hello.html": "hello",
        "/2013/hello": "hello",
        "/old/other/": "other",
    }.items():
        response = client.get(path)
        assert (response.status_code, response.location) == (301, f"/blog/{slug}")


def test_an_address_that_two_files_claim_is_told_and_leads_to_the_first(
    client: CheckedClient, write: Write, run: Run
) -> None:
    header = "aliases: [/same/]\n"
    folder = write({"a.md": post("a", header=header), "b.md": post("b", "Other", header)})

    for arguments in (["--dry-run"], []):
        answer = run(folder, *arguments)
        assert "b.md: the old address /same is that of a.md, too" in answer.stdout
    later = write({"c.md": post("c", "Third", header)}) / "c.md"
    assert "the old address /same leads to /blog/a already" in run(later).stdout
    assert client.get("/same/").location == "/blog/a"


def test_a_posts_own_address_comes_before_those_that_led_to_another(
    client: CheckedClient, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "GROUP", 1)
    folder = write(
        {
            "bar.md": post("bar", "Bar", "aliases: [/blog/foo, /old/foo]\n"),
            "foo.md": post("foo", "Foo", "permalink: /blog/foo/\nredirect_from: [/old/foo/]\n"),
            "baz.md": post("baz", "Baz", "aliases: [/notes/qux]\n"),
            "qux.md": post("qux", "Qux", "permalink: /notes/qux/\n"),
            "see.md": post("see", "[see foo](/blog/foo/) [qux](/notes/qux)"),
        }
    )

    answer = run(folder)

    assert "bar.md: the old address /blog/foo is that of foo.md, too" in answer.stdout
    assert 'href="/blog/foo"' in html(client, "/blog/see")
    assert 'href="/blog/qux"' in html(client, "/blog/see")
    assert client.get("/blog/foo.html").location == "/blog/foo"
    assert client.get("/notes/qux/").location == "/blog/qux"
    assert client.get("/old/foo").location == "/blog/foo"


def test_the_addresses_of_a_copy_lead_to_the_post_that_it_is_a_copy_of(
    client: CheckedClient, write: Write, run: Run
) -> None:
    folder = write(
        {
            "a/x.md": post("x", header="permalink: /was/x/\n"),
            "b/x.md": post("x", header="aliases: [/old/, /seen/]\n"),
            "see.md": post("see", "[x](b/x.md) [x](/seen/)"),
        }
    )

    for outcome in ("2 added, 1 skipped", "2 unchanged, 1 skipped"):
        assert outcome in run(folder).stderr
    for path in ("/old", "/was/x"):
        assert client.get(path).location == "/blog/x"
    assert html(client, "/blog/see").count('<a href="/blog/x">x</a>') == 2


def test_a_zip_is_a_folder(client: CheckedClient, write: Write, run: Run, tmp_path: Path) -> None:
    folder = write({"posts/a.md": post("a", "![x](/i/a.png) [b](b.md)"), "posts/b.md": post("b")})
    with zipfile.ZipFile(tmp_path / "blog.zip", "w") as archive:
        for file in folder.rglob("*.md"):
            archive.write(file, file.relative_to(folder))
        archive.writestr("static/i/a.png", picture())
        archive.writestr("../out.md", post("out"))

    answer = run(tmp_path / "blog.zip")
    again = run(tmp_path / "blog.zip")

    assert answer.exit_code == 1
    assert "failed    ../out.md: a path that climbs out of the zip" in answer.stdout
    page = html(client, "/blog/a")
    assert f'src="{RED}a.png"' in page and 'href="/blog/b"' in page
    assert "2 unchanged" in again.stderr


def test_a_dry_run_tells_the_same_and_changes_nothing(
    app: Flask, write: Write, run: Run, media: Path
) -> None:
    folder = write(
        LINKED
        | {
            "x.md": post("x", "![a](a.png) ![b](gone.png) [c](drafts.md) [d](/gone)"),
            "y.md": post("y", header="slug: x\n"),
            "a.png": picture(),
            "broken.md": "---\ntitle: [\n---\n",
        }
    )
    instance: Path = app.config["BLOG"].instance
    before = contents(instance)

    rehearsed = run(folder, "--dry-run")
    after = contents(instance)
    real = run(folder)

    assert rehearsed.exit_code == real.exit_code == 1
    assert rehearsed.stdout == real.stdout
    assert "y.md → /blog/x-2" in rehearsed.stdout
    assert "nothing was stored" in rehearsed.stderr
    assert after == before
    assert media.is_dir()


def test_the_report_for_scripts_is_one_document(write: Write, run: Run) -> None:
    folder = write({"x.md": post("x", "![a](gone.png)"), "b.md": "---\ntitle: [\n---\n"})

    answer = run(folder, "--json")

    broken, added = json.loads(answer.stdout)
    assert (broken["path"], broken["outcome"], broken["line"]) == ("b.md", "failed", 3)
    assert (added["slug"], added["state"]) == ("x", "published")
    assert added["notes"] == [{"text": "no file is there for gone.png, so this stays", "line": 6}]
    assert "1 added, 1 failed" in answer.stderr


def test_an_import_that_brings_nothing_says_what_to_do(
    write: Write, run: Run, tmp_path: Path
) -> None:
    answer = run(write({"README.md": "# About this"}))
    (tmp_path / "empty").mkdir()
    empty = run(tmp_path / "empty")

    assert (answer.exit_code, empty.exit_code) == (0, 1)
    assert "Nothing came in" in answer.stderr and "--from" in answer.stderr
    assert "No Markdown files" in empty.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "wordpress"], "'wordpress' is not one of"),
        (["--site", "nowhere"], "it takes an address, such as https://"),
        (["--what"], "No such option"),
    ],
)
def test_a_misused_import_ends_with_two(
    write: Write, run: Run, arguments: list[str], said: str
) -> None:
    answer = run(write(LINKED), *arguments)

    assert answer.exit_code == 2
    assert said in answer.stderr


def test_the_named_system_is_believed(client: CheckedClient, write: Write, run: Run) -> None:
    folder = write({"posts/160508-hello.md": "---\ntitle: Hello\n---\nText.\n"})
    assert "(draft)" in run(folder, "--dry-run").stdout

    run(folder, "--from", "pelican")

    assert "8 May 2016" in html(client, "/blog/hello")


def test_stopping_keeps_what_is_in_and_says_how_to_go_on(
    client: CheckedClient, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "GROUP", 1)
    monkeypatch.setattr(importer, "AHEAD", 0)
    folder = write({f"{name}.md": post(name) for name in "abc"})
    store = Import.store

    def stopped(self: Import) -> Iterator[list[Result]]:
        for number, results in enumerate(store(self)):
            if number == 2:
                raise KeyboardInterrupt
            yield results

    with monkeypatch.context() as patch:
        patch.setattr(Import, "store", stopped)
        answer = run(folder)

    assert answer.exit_code == 1
    assert answer.stdout == "added     a.md → /blog/a\n"
    assert "Stopped after 1 of 3 files" in answer.stderr
    assert "the same import again" in answer.stderr
    assert client.get("/blog/a").status_code == 200
    assert client.get("/blog/b").status_code == 404
    assert "2 added, 1 unchanged" in run(folder).stderr


def test_a_database_that_fails_leaves_the_report_of_what_is_in(
    write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "GROUP", 1)
    monkeypatch.setattr(importer, "AHEAD", 0)
    folder = write({f"{name}.md": post(name) for name in "abc"})
    store = storing.store

    def full(works: list[storing.Work], begun: list[Begun]) -> list[Result]:
        if works and works[0].plan.path == "b.md":
            raise sa.exc.OperationalError("x", {}, Exception("database or disk is full"))
        return store(works, begun)

    monkeypatch.setattr(storing, "store", full)
    answer = run(folder, "--json")

    assert answer.exit_code == 1
    assert [result["path"] for result in json.loads(answer.stdout)] == ["a.md"]
    assert "The database failed: database or disk is full" in answer.stderr
    assert "after 1 of 3 files; those above are in" in answer.stderr


def test_stopping_while_the_files_are_read_says_that_nothing_is_in(
    write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_work: Import) -> Iterator[str]:
        yield "a.md"
        raise KeyboardInterrupt

    monkeypatch.setattr(Import, "read", stopped)
    answer = run(write({"a.md": post("a")}))

    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "Stopped while the files were being read: nothing was stored." in answer.stderr


def test_a_file_that_is_no_text_or_is_broken_is_told_so_and_nothing_else(
    write: Write, run: Run
) -> None:
    folder = write({"a.png": picture(), "b.md": "---\ntitle: [\n---\n"})

    no_text, broken = run(folder / "a.png"), run(folder / "b.md")

    assert no_text.exit_code == 1
    assert "a.png is no Markdown file" in no_text.stderr
    assert "UTF-8" not in no_text.output
    assert "Nothing came in" not in broken.stderr


def test_what_cannot_be_opened_is_one_sentence(app: Flask, run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\3\4 no zip")

    answer: Any = run(tmp_path / "x.zip")

    assert answer.exit_code == 1
    assert "not a zip that can be read" in str(answer.exception)


def test_a_part_of_a_blog_takes_nothing_from_what_the_whole_brought(
    write: Write, run: Run, client: CheckedClient
) -> None:
    blog = write(
        {
            "content/a.md": post("A", "![red](/img/red.png) [b](b.md)"),
            "content/b.md": post("B"),
            "static/img/red.png": picture(),
        }
    )
    run(blog)
    before = client.get("/blog/a").text

    alone = run(blog / "content" / "a.md")

    assert alone.stdout.startswith("unchanged a.md")
    assert "stays as it was" in alone.stdout
    assert client.get("/blog/a").text == before
    assert RED in before


def test_an_old_address_with_a_query_is_told_and_not_kept(
    write: Write, run: Run, client: CheckedClient
) -> None:
    blog = write({"a.md": post("A", header="aliases: ['/?p=12', /old]\n")})

    told = run(blog).stdout

    assert "/?p=12 cannot lead here" in told
    assert client.get("/old").status_code == 301


@pytest.mark.parametrize(("many", "is_merged"), [(2, True), (3, False)])
def test_after_an_import_of_many_files_the_search_index_is_in_one_piece(
    app: Flask, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch, many: int, is_merged: bool
) -> None:
    monkeypatch.setattr(importing, "MANY", many)
    with app.app_context():
        for title in ("Written", "Here"):
            posts.create(texts.Text(title=title, body="A word."))
            db.session.commit()

    run(write({"a.md": post("One"), "b.md": post("Two")}))

    with app.app_context():
        assert ([*fts5.merge()] == []) is is_merged
