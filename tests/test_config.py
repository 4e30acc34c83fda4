"""Settings: defaults, file, environment; a wrong value stops the start with its reason."""

from __future__ import annotations

import dataclasses
import stat
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from blogapp import config, create_app
from blogapp.channels import servers
from blogapp.config import SettingError


def load(folder: Path, **environ: str) -> config.Settings:
    return config.load({"BLOG_INSTANCE": str(folder)} | environ)


def test_a_new_blog_has_its_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)

    assert (settings.instance, settings.title, settings.trusted_proxies) == (tmp_path, "blog", 0)
    assert (settings.url, settings.secure) == ("http://127.0.0.1:8000", False)


def test_the_file_is_above_the_defaults_and_the_environment_above_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('title = "File"\ntagline = "Line"\ntrusted_proxies = 2')

    settings = load(tmp_path, BLOG_TITLE="Environment", BLOG_TAGLINE="")

    assert (settings.title, settings.tagline) == ("Environment", "Line")
    assert settings.trusted_proxies == 2


@pytest.mark.parametrize(
    ("name", "got", "kept"),
    [
        ("BLOG_URL", "https://blog.example.org/", "https://blog.example.org"),
        ("BLOG_URL", "http://[::1]:8000", "http://[::1]:8000"),
        ("BLOG_TIMEZONE", "Europe/Berlin", ZoneInfo("Europe/Berlin")),
        ("BLOG_LANGUAGE", "pt-BR", "pt-BR"),
        ("BLOG_TRUSTED_PROXIES", "1", 1),
        ("BLOG_TITLE", "  Ærø ", "Ærø"),
        ("BLOG_DATABASE_URL", "sqlite:////var/blog.db", "sqlite:////var/blog.db"),
        ("BLOG_MAIL_FROM", "Blog@Exämple.org", "Blog@xn--exmple-cua.org"),
        ("BLOG_WEBHOOK_URL", "https://hook.example/a?b", "https://hook.example/a?b"),
        ("BLOG_MESSAGES_KEPT", "365", 365),
    ],
)
def test_a_usable_value_is_kept(tmp_path: Path, name: str, got: str, kept: object) -> None:
    settings = load(tmp_path, **{name: got})

    assert getattr(settings, name.removeprefix("BLOG_").lower()) == kept


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("BLOG_URL", "blog.example.org"),
        ("BLOG_URL", "ftp://blog.example.org"),
        ("BLOG_URL", "https://blog.example.org/path"),
        ("BLOG_URL", "https://blog.example.org?q"),
        ("BLOG_URL", "https://blog.example.org:99999"),
        ("BLOG_URL", "https://"),
        ("BLOG_TIMEZONE", "Mars/Phobos"),
        ("BLOG_TIMEZONE", "../../etc/passwd"),
        ("BLOG_LANGUAGE", "english language"),
        ("BLOG_TRUSTED_PROXIES", "-1"),
        ("BLOG_TRUSTED_PROXIES", "many"),
        ("BLOG_TRUSTED_PROXIES", "11"),
        ("BLOG_DATABASE_URL", "mysql://localhost/blog"),
        ("BLOG_DATABASE_URL", "blog.db"),
        ("BLOG_TITLE", "two\nlines"),
        ("BLOG_MAIL_URL", "mail.example.org"),
        ("BLOG_MAIL_URL", "smtp://mail.example.org/path"),
        ("BLOG_MAIL_URL", "smtp://mail.example.org?tls=no"),
        ("BLOG_MAIL_URL", "smtp://mail.example.org:99999"),
        ("BLOG_MAIL_URL", "smtp://user@mail.example.org"),
        ("BLOG_MAIL_FROM", "Blog <blog@example.org>"),
        ("BLOG_MAIL_TO", "a@example.org, b@example.org"),
        ("BLOG_MAIL_TO", "=?utf-8?q?a?=@example.org"),
        ("BLOG_MAIL_CONFIRM", "perhaps"),
        ("BLOG_MESSAGES_KEPT", "-1"),
        ("BLOG_TITEL", "Blog"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_it_takes(
    tmp_path: Path, name: str, got: str
) -> None:
    with pytest.raises(SettingError) as stopped:
        load(tmp_path, **{name: got})

    said = str(stopped.value)
    assert said.startswith(f"{name} is {got!r}, but it takes ")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('titel = "x"', "a name in"),
        ("title = 3", "title"),
        ("trusted_proxies = true", "trusted_proxies"),
        ('instance = "elsewhere"', "instance"),
        ("title", "config.toml"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(
    tmp_path: Path, text: str, names: str
) -> None:
    (tmp_path / "config.toml").write_text(text)

    with pytest.raises(SettingError) as stopped:
        load(tmp_path)

    assert names in str(stopped.value) and "config.toml" in str(stopped.value)


def test_a_file_that_is_there_but_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "config.toml").symlink_to("config.toml")

    with pytest.raises(SettingError, match=r"config\.toml is .*, but it takes a file that we can"):
        load(tmp_path)


def test_what_others_keep_under_our_prefix_is_left_alone(tmp_path: Path) -> None:
    assert load(tmp_path, BLOG_BACKUP_BUCKET="x").title == "blog"


def test_the_first_start_makes_a_secret_that_stays_and_is_its_owners_only(tmp_path: Path) -> None:
    first = create_app(load(tmp_path)).secret_key
    again = create_app(load(tmp_path)).secret_key
    other = create_app(load(tmp_path / "other")).secret_key

    assert first == again != other
    assert isinstance(first, str) and len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("secret*")] == ["secret"]


@pytest.mark.parametrize("secret", ["", "short", "x" * 31 + "\n"])
def test_a_weak_secret_stops_the_start(tmp_path: Path, secret: str) -> None:
    (tmp_path / "secret").write_text(secret)

    with pytest.raises(SettingError, match="at least 32 characters"):
        create_app(load(tmp_path))


def test_an_instance_that_is_no_folder_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingError, match="BLOG_INSTANCE"):
        create_app(load(tmp_path / "file"))


def test_a_database_whose_driver_is_missing_stops_the_start_and_tells_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(SettingError, match=r"blogapp\[postgresql\]") as stopped:
        load(tmp_path, BLOG_DATABASE_URL="postgresql+psycopg://sam:secret@db/blog")

    assert "BLOG_DATABASE_URL" in str(stopped.value)
    assert "secret" not in str(stopped.value)


def test_a_password_in_a_value_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as stopped:
        load(tmp_path, BLOG_URL="https://me:secret@blog.example.org")

    assert str(stopped.value).startswith("BLOG_URL is 'https://me:…@blog.example.org', but it")


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("BLOG_MAIL_URL", "smtp://me:s3cr@t@mail.example.org?starttls=no"),
        ("BLOG_MAIL_ULR", "smtps://me:s3cr@t@mail.example.org"),
        ("BLOG_WEBHOOK_URL", "https://me:s3cr@t@hook.example"),
        ("BLOG_WEBHOOK_URL", "ftp://hook.example/s3cr@t"),
        ("BLOG_WEBHOOK_SECRET", "s3cr@t"),
        ("BLOG_WEBHOOK_SECRTE", "whsec_s3cr@t"),
    ],
)
def test_a_secret_is_shown_by_no_mistake(tmp_path: Path, name: str, got: str) -> None:
    with pytest.raises(SettingError) as stopped:
        load(tmp_path, **{name: got})

    assert str(stopped.value).startswith(f"{name} is ")
    assert "s3cr" not in str(stopped.value)


def test_settings_that_are_written_down_hold_no_secret(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        BLOG_MAIL_URL="smtps://me:s3cret@mail.example.org",
        BLOG_MAIL_FROM="blog@example.org",
        BLOG_MAIL_TO="sam@example.org",
        BLOG_WEBHOOK_URL="https://hook.example/s3cret",
        BLOG_WEBHOOK_SECRET="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )

    assert "s3cret" not in repr(settings) and "MfKQ" not in repr(settings)


@pytest.mark.parametrize("missing", ["BLOG_MAIL_FROM", "BLOG_MAIL_TO", "BLOG_MAIL_URL"])
def test_mail_that_is_set_up_by_half_stops_the_start_and_names_the_other_half(
    tmp_path: Path, missing: str
) -> None:
    whole = {
        "BLOG_MAIL_URL": "smtp://localhost:25",
        "BLOG_MAIL_FROM": "blog@example.org",
        "BLOG_MAIL_TO": "sam@example.org",
        "BLOG_MAIL_CONFIRM": "on",
    }
    assert load(tmp_path, **whole).mail_confirm

    with pytest.raises(SettingError, match=f"^{missing} is ''"):
        load(tmp_path, **whole | {missing: ""})


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example.org", ("mail.example.org", 465, "", "", "TLS")),
        ("smtp://Mail.example.org", ("mail.example.org", 587, "", "", "STARTTLS")),
        (
            "smtp://me:p%40ss%2F@mail.example.org:2525",
            ("mail.example.org", 2525, "me", "p@ss/", "STARTTLS"),
        ),
        (
            "smtp://mail.example.org?starttls=no",
            ("mail.example.org", 587, "", "", "not encrypted"),
        ),
        ("smtp://me:pass@127.0.0.1:25", ("127.0.0.1", 25, "me", "pass", "not encrypted")),
        ("smtp://[::1]:25", ("::1", 25, "", "", "not encrypted")),
    ],
)
def test_the_address_of_a_mail_server_says_how_to_talk_to_it(
    url: str, server: tuple[object, ...]
) -> None:
    assert dataclasses.astuple(servers.mail_server(url)) == server
