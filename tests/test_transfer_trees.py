"""Trees: folders, files and zips are read in the same way, and nothing outside of them."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from blogapp.transfer.files import trees, zips
from blogapp.transfer.files.trees import Unreadable

Write = Callable[..., Path]
MOST = 1_000_000


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below the test's folder."""

    def write(name: str, text: str = "text") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Pack entries, each a name or a ZipInfo with its content, into a zip."""

    def pack(*entries: tuple[str | zipfile.ZipInfo, str], method: int = 8) -> Path:
        path = tmp_path / "blog.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in entries:
                archive.writestr(name, content)
        return path

    return pack


Pack = Callable[..., Path]


def entry(name: str, *, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def refused(tree: trees.Tree) -> list[tuple[str, str]]:
    return [(skipped.path, skipped.reason) for skipped in tree.refused]


# Folders


def test_files_are_listed_by_path_without_hidden_ones_and_dependencies(
    tmp_path: Path, write: Write
) -> None:
    for name in ("b/c.md", "a.md", ".git/x", "x/.cache/y", "node_modules/p/z.md", "._c.md"):
        write(name)

    tree = trees.opened(tmp_path)

    assert tree.paths() == ["a.md", "b/c.md"]
    assert tree.read("b/c.md", MOST) == b"text"
    assert tree.source("b/c.md") == str(tmp_path.resolve() / "b/c.md")
    assert tree.refused == []


def test_a_name_is_the_same_on_every_system(tmp_path: Path, write: Write) -> None:
    write("cafe\u0301.md")

    tree = trees.opened(tmp_path)

    assert tree.paths() == ["caf\u00e9.md"]
    assert tree.read("caf\u00e9.md", MOST) == b"text"
    assert tree.source("caf\u00e9.md").endswith("/caf\u00e9.md")


def test_two_files_that_differ_only_in_how_an_accent_is_written_are_not_mixed_up(
    tmp_path: Path, write: Write
) -> None:
    write("cafe\u0301.md")
    write("caf\u00e9.md")

    tree = trees.opened(tmp_path)

    assert tree.paths() == ["caf\u00e9.md"]
    assert refused(tree) == [
        ("caf\u00e9.md", "another file has the same name; rename one of them")
    ]


def test_links_that_lead_out_or_nowhere_or_to_what_is_hidden_are_refused_by_name(
    tmp_path: Path, write: Write
) -> None:
    for name in ("outside/secret.md", "blog/post.md", "blog/.git/config"):
        write(name)
    write("blog/node_modules/p/a.md")
    blog = tmp_path / "blog"
    (blog / "secret.md").symlink_to(tmp_path / "outside/secret.md")
    (blog / "outside").symlink_to(tmp_path / "outside")
    (blog / "loop").symlink_to(blog / "loop")
    (blog / "up").symlink_to(blog)
    (blog / "broken.md").symlink_to(blog / "nothing.md")
    (blog / "again.md").symlink_to(blog / "post.md")
    (blog / "hidden.md").symlink_to(blog / ".git/config")
    (blog / "package.md").symlink_to(blog / "node_modules/p/a.md")

    tree = trees.opened(blog)

    assert tree.paths() == ["post.md"]
    assert refused(tree) == [
        ("broken.md", "a symbolic link that leads nowhere; copy the file here"),
        ("hidden.md", "a symbolic link to a hidden file; copy the file here"),
        ("loop", "a symbolic link that leads nowhere; copy the file here"),
        ("outside", "a symbolic link out of the folder; copy the file here"),
        ("package.md", "a symbolic link to a hidden file; copy the file here"),
        ("secret.md", "a symbolic link out of the folder; copy the file here"),
    ]


@pytest.mark.parametrize("path", ["../outside.md", "/etc/hostname", "no.md", "", ".hidden.md"])
def test_only_what_is_listed_can_be_read(tmp_path: Path, write: Write, path: str) -> None:
    write("outside.md")
    write("blog/.hidden.md")
    tree = trees.opened(tmp_path / "blog")

    assert not tree.has(path)
    with pytest.raises(Unreadable, match="no such file"):
        tree.read(path, MOST)


def test_pipes_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    tree = trees.opened(tmp_path)

    assert tree.paths() == []
    assert refused(tree) == [("a.md", "neither a file nor a folder")]
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        trees.opened(tmp_path / "a.md")


def test_a_file_that_vanishes_or_is_too_long_is_told(tmp_path: Path, write: Write) -> None:
    gone, long = write("a.md"), write("b.md", "x" * 11)
    tree = trees.opened(tmp_path)
    gone.unlink()

    with pytest.raises(Unreadable, match="No such file"):
        tree.read("a.md", MOST)
    with pytest.raises(Unreadable, match=r"larger than 1e-05 MB"):
        tree.read(long.name, 10)


def test_names_that_are_not_utf8_or_not_printable_are_refused(tmp_path: Path) -> None:
    for name in (b"\xff.md", b"a\nb.md"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).touch()

    tree = trees.opened(tmp_path)

    assert tree.paths() == []
    assert sorted(refused(tree)) == [
        ("?.md", "the file's name is not UTF-8; rename it"),
        ("a?b.md", "a control character in the file's name; rename it"),
    ]


@pytest.mark.parametrize("name", ["none", "a\0b", "x" * 300])
def test_what_is_not_there_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable, match="cannot be opened: "):
        trees.opened(tmp_path / name)


# Single files


def test_a_single_file_stands_for_itself_and_what_lies_beside_it_is_at_hand(
    tmp_path: Path, write: Write
) -> None:
    write("secret")
    write("blog/other.md")
    write("blog/img/a.png", "picture")
    write("blog/.key")
    path = write("blog/post.md")
    (tmp_path / "blog/link").symlink_to(tmp_path / "secret")
    (tmp_path / "blog/hid").symlink_to(tmp_path / "blog/.key")

    tree = trees.opened(path)

    assert (tree.paths(), tree.is_one_file) == (["post.md"], True)
    assert tree.read("post.md", MOST) == b"text"
    assert tree.read("img/a.png", MOST) == b"picture"
    assert tree.source("post.md") == str(path.resolve())
    assert not any(map(tree.has, ("../secret", "link", "hid", ".key", "img", "no.png")))


def test_a_single_file_is_known_as_in_its_folder(tmp_path: Path, write: Write) -> None:
    path = write("post.md")

    assert trees.opened(path).source("post.md") == trees.opened(tmp_path).source("post.md")


# Zips


def test_a_zip_is_read_like_a_folder(pack: Pack) -> None:
    path = pack(("blog/", ""), ("blog/a.md", "A"), ("blog/.x", ""), ("__MACOSX/._a.md", ""))

    with trees.opened(path) as tree:
        assert tree.paths() == ["blog/a.md"]
        assert tree.read("blog/a.md", MOST) == b"A"
        assert tree.source("blog/a.md") == f"{path.resolve()}!blog/a.md"
        assert tree.refused == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../up.md", "a path that climbs out of the zip"),
        ("a/../../up.md", "a path that climbs out of the zip"),
        ("a\\..\\..\\up.md", "a path that climbs out of the zip"),
        ("/etc/passwd", "an absolute path; a zip must hold relative ones"),
        ("C:/x.md", "an absolute path; a zip must hold relative ones"),
        ("\\\\host\\x.md", "an absolute path; a zip must hold relative ones"),
        ("a\x1b[31m.md", "a control character in the file's name; rename it"),
    ],
)
def test_paths_that_lead_out_of_a_zip_are_refused_by_name(
    pack: Pack, name: str, reason: str
) -> None:
    info = entry("x.md")
    info.filename = name

    tree = trees.opened(pack((info, "x"), ("good.md", "G")))

    assert tree.paths() == ["good.md"]
    shown = name.replace("\\", "/").replace("\x1b", "?")
    assert refused(tree) == [(shown, reason)]


def test_links_and_devices_in_a_zip_are_refused_by_name(pack: Pack) -> None:
    path = pack(
        (entry("link.md", mode=stat.S_IFLNK | 0o777), "/etc/passwd"),
        (entry("pipe.md", mode=stat.S_IFIFO | 0o644), ""),
        (entry("windows.md", mode=0), "W"),
    )

    tree = trees.opened(path)

    assert tree.paths() == ["windows.md"]
    assert refused(tree) == [
        ("link.md", "a symbolic link; put the file itself into the zip"),
        ("pipe.md", "neither a file nor a folder"),
    ]


def test_a_bomb_is_refused_by_name(pack: Pack) -> None:
    tree = trees.opened(pack(("bomb.md", "0" * 5_000_000), ("good.md", "G")))

    assert tree.paths() == ["good.md"]
    assert refused(tree) == [
        ("bomb.md", f"a zip bomb: more than {zips.RATIO} times larger when it is unpacked")
    ]


def test_a_bomb_of_many_files_is_refused_as_a_whole(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(("a.md", "a" * 600), ("b.md", "b" * 600))

    for name, limit in (("MOST_BYTES", 1000), ("MOST_ENTRIES", 1)):
        with monkeypatch.context() as patched, pytest.raises(Unreadable, match="zip the posts"):
            patched.setattr(zips, name, limit)
            trees.opened(path)


def test_files_that_share_their_bytes_in_a_zip_are_refused(pack: Pack) -> None:
    path = pack(("a.md", os.urandom(3000).hex()))
    data = path.read_bytes()
    directory = data.rindex(b"PK\1\2")
    end = data.rindex(b"PK\5\6")
    header = data[directory:end]
    tail = bytearray(data[end:])
    tail[8:12] = (3).to_bytes(2, "little") * 2
    tail[12:16] = (3 * len(header)).to_bytes(4, "little")
    path.write_bytes(data[:directory] + header * 3 + bytes(tail))

    with pytest.raises(Unreadable, match="a zip bomb: its files overlap"):
        trees.opened(path)


def test_a_file_in_a_zip_is_not_unpacked_beyond_what_is_asked_for(pack: Pack) -> None:
    tree = trees.opened(pack(("a.md", "x" * 2000)))

    with pytest.raises(Unreadable, match=r"larger than 0\.001 MB"):
        tree.read("a.md", 1000)


def test_encrypted_files_and_rare_compression_are_refused_by_name(pack: Pack) -> None:
    path = pack(("rare.md", "x" * 100), method=zipfile.ZIP_LZMA)
    data = bytearray(path.read_bytes())

    assert refused(trees.opened(path)) == [
        ("rare.md", "compressed in a rare way; zip it again with Deflate")
    ]

    data[data.rindex(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    assert refused(trees.opened(path)) == [
        ("rare.md", "encrypted; zip it again without a password")
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_of_one_name_in_a_zip_the_second_is_refused(pack: Pack) -> None:
    tree = trees.opened(pack(("a.md", "1"), ("./a.md", "2"), ("a.md", "3")))

    assert tree.read("a.md", MOST) == b"1"
    assert [path for path, _ in refused(tree)] == ["./a.md", "a.md"]


def test_names_in_a_zip_are_utf8_whether_it_says_so_or_not(pack: Pack) -> None:
    path = pack(("cafe\u0301.md", "x"), (r"win\dows.md", "y"))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\0\x08\x08\0", b"\0\0\x08\0"))

    assert trees.opened(path).paths() == ["caf\u00e9.md", "win/dows.md"]


def test_a_damaged_file_in_a_zip_fails_alone(pack: Pack) -> None:
    path = pack(("a.md", "text of a"), ("b.md", "text of b"), method=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"text of a", b"text of x"))
    tree = trees.opened(path)

    assert tree.read("b.md", MOST) == b"text of b"
    with pytest.raises(Unreadable, match="damaged in the zip"):
        tree.read("a.md", MOST)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\5\6" + b"\xff" * 18])
def test_what_only_is_called_a_zip_cannot_be_opened(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "blog.zip"
    path.write_bytes(data)

    with pytest.raises(Unreadable, match="not a zip that can be read"):
        trees.opened(path)
