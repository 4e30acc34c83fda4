"""Tags: written one way, counted among the articles that readers see, renamed and merged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import numbers, posts, search, tags, texts, usage
from blogapp.errors import Conflict, Invalid
from blogapp.extensions import db
from blogapp.models import Post, Tag, TagRedirect, post_tags

from .conftest import PAST, MakePost


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("HTMX", "htmx"),
        (" #htmx ", "htmx"),
        ("Web  Development", "web-development"),
        ("C#", "c#"),
        ("C++", "c++"),
        (".NET", ".net"),
        ("Node.js", "node.js"),
        ("CI/CD", "ci-cd"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("हिन्दी", "हिन्दी"),
        ("日本語", "日本語"),
        ("##", ""),
        ("…", ""),
        ("-_-", ""),
        ("", ""),
        ("x" * 100, "x" * 60),
    ],
)
def test_a_tag_is_stored_the_one_way(typed: str, stored: str) -> None:
    assert tags.normalise(typed) == stored


@given(st.text() | st.text("#-_+.aA é🎉ß", max_size=80))
@example("!#a")
@example("#_#0")
def test_a_stored_tag_is_its_own_and_fits_into_an_address(typed: str) -> None:
    stored = tags.normalise(typed)

    assert tags.normalise(stored) == stored
    assert len(stored) <= 60
    assert not set(stored) & set("/?&,% \t\n\\\"'<>")
    assert tags.normalise(typed.upper()) == tags.normalise(typed.upper().lower())


def test_names_are_kept_once_in_the_order_given() -> None:
    assert tags.normalised(["B", "a", "b ", "", "#A"]) == ["b", "a"]


def test_a_tag_is_made_once(core: None) -> None:
    first = tags.named(["Python", "python"])
    db.session.commit()
    second = tags.named(["PYTHON", "flask"])
    db.session.commit()

    assert [tag.name for tag in second] == ["flask", "python"]
    assert second[1] is first[0]
    assert tags.names() == ["flask", "python"]


def test_only_what_readers_find_is_counted(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["a", "b"])
    make_post("Two", tags=["b"])
    make_post("Draft", published_at=None, tags=["b", "c"])

    counts = numbers.of_tags()

    assert [(tag.name, tag.articles) for tag in counts] == [("a", 1), ("b", 2)]


def test_a_tag_that_only_a_draft_has_is_not_found(make_post: MakePost, core: None) -> None:
    make_post("Draft", published_at=None, tags=["c"])

    assert numbers.known(["c"]) == {}
    assert db.session.query(Tag).filter_by(name="c").one()


def tag_named(name: str) -> Tag:
    """The tag, which is made if there is none."""
    [tag] = tags.named([name])
    db.session.flush()
    return tag


def titles(name: str) -> list[str]:
    """The titles of all posts that have the tag of this name."""
    query = sa.select(Post.title).join(Post.tags).where(Tag.name == name)
    return list(db.session.scalars(query.order_by(Post.title)))


def found(word: str) -> list[str]:
    """The titles of the posts that a search finds by this very word."""
    ids = search.everywhere(search.parse(f'"{word}"'), 99)
    return list(db.session.scalars(sa.select(Post.title).where(Post.id.in_(ids))))


def all_names() -> dict[str, str]:
    """Every name that leads to a tag, and what the tag is called."""
    return {name: name for name in tags.names()} | {
        redirect.name: db.session.get_one(Tag, redirect.tag_id).name
        for redirect in db.session.scalars(sa.select(TagRedirect))
    }


# Renaming


def test_an_old_name_leads_to_the_tag_wherever_it_is_written(
    make_post: MakePost, core: None
) -> None:
    make_post("One", tags=["js"])

    tags.rename(tag_named("js"), "JavaScript")

    assert tags.resolved(["web", "JS", "javascript", "web"]) == ["web", "javascript"]
    assert [tag.name for tag in tags.named(["#js", "web"])] == ["javascript", "web"]
    assert tags.former_names(tag_named("js")) == ["js"]
    assert titles("javascript") == ["One"]


def test_a_renamed_tag_keeps_the_version_of_its_posts_and_their_order(
    make_post: MakePost, core: None
) -> None:
    before = make_post("One", tags=["a", "b"])

    tags.rename(tag_named("a"), "c")

    post = db.session.get_one(Post, before.id)
    assert [tag.name for tag in post.tags] == ["b", "c"]
    assert (post.version, post.updated_at) == (before.version, before.updated_at)
    assert posts.says(post, texts.Text(title="One", tags=["a", "b"]))


def test_a_tag_goes_back_to_a_name_that_it_had(core: None) -> None:
    tag = tag_named("a")

    for name in ("b", "c", "a"):
        tags.rename(tag, name)

    assert all_names() == {"a": "a", "b": "a", "c": "a"}


def test_the_same_name_written_otherwise_changes_nothing(core: None) -> None:
    tags.rename(tag_named("htmx"), " #HTMX ")

    assert all_names() == {"htmx": "htmx"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "A tag needs a letter or a digit."),
        ("--", "A tag needs a letter or a digit."),
        ("Python", "“python” is a tag already. The two can be merged."),
        ("py", "“py” leads to “python” already. The two can be merged."),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(core: None, name: str, reason: str) -> None:
    tags.rename(tag_named("py"), "python")

    with pytest.raises(Invalid) as refusal:
        tags.rename(tag_named("snake"), name)

    assert (refusal.value.field, refusal.value.message) == ("name", reason)
    assert all_names() == {"py": "python", "python": "python", "snake": "snake"}


def test_c_sharp_and_c_plus_plus_are_two(core: None) -> None:
    tags.rename(tag_named("C#"), "csharp")

    assert tags.resolved(["C#", "C++"]) == ["csharp", "c++"]


@pytest.mark.parametrize(
    "change",
    [
        lambda tag, other: tags.rename(tag, "c"),
        lambda tag, other: tags.describe(tag, "Words."),
        lambda tag, other: tags.merge(other, tag),
    ],
    ids=["rename", "describe", "merge"],
)
def test_a_tag_that_goes_in_the_same_moment_is_a_conflict(
    core: None, change: Callable[[Tag, Tag], None]
) -> None:
    tag, other = tag_named("a"), tag_named("b")
    db.session.commit()
    assert (tag.name, other.name) == ("a", "b")
    with db.engine.begin() as connection:
        connection.execute(sa.delete(Tag).where(Tag.name == "a"))

    with pytest.raises(Conflict, match="changed in the same moment"):
        change(tag, other)


# Merging


def test_posts_have_the_merged_tag_once_and_keep_their_moment(
    make_post: MakePost, core: None
) -> None:
    later = PAST + timedelta(days=1)
    make_post("Both", tags=["js", "javascript", "web"])
    make_post("Draft", None, tags=["javascript"])
    make_post("Later", later, tags=["javascript"])
    js = tag_named("js")

    tags.merge(tag_named("javascript"), js)

    assert titles("js") == ["Both", "Draft", "Later"]
    assert tags.names() == ["js", "web"]
    moments = sa.select(post_tags.c.published_at).where(post_tags.c.tag_id == js.id)
    assert set(db.session.scalars(moments)) == {PAST, None, later}


def test_all_names_of_both_lead_to_the_merged_tag_in_one_hop(core: None) -> None:
    tags.rename(tag_named("ecmascript"), "javascript")
    tags.rename(tag_named("jscript"), "js")

    tags.merge(tag_named("javascript"), tag_named("js"))

    assert all_names() == dict.fromkeys(["ecmascript", "javascript", "jscript", "js"], "js")


@pytest.mark.parametrize("name", ["ecmascript", "javascript", "js"])
def test_a_merged_tag_takes_the_name_that_it_is_given(core: None, name: str) -> None:
    tags.merge(tag_named("javascript"), tag_named("js"), name)

    assert all_names() == dict.fromkeys({"javascript", "js", name}, name)


def test_a_name_that_another_tag_has_is_refused(core: None) -> None:
    tag_named("web")

    with pytest.raises(Invalid, match="“web” is a tag already"):
        tags.merge(tag_named("javascript"), tag_named("js"), "web")


def test_a_tag_is_not_merged_with_itself(core: None) -> None:
    tags.rename(tag_named("js"), "javascript")

    with pytest.raises(Invalid, match="This is “javascript” itself"):
        tags.merge(tag_named("javascript"), tag_named("js"))


@pytest.mark.parametrize(
    ("of_tag", "of_into", "after"), [("A", "B", "B"), ("A", "", "A"), ("", "B", "B")]
)
def test_no_description_is_replaced_by_another(
    core: None, of_tag: str, of_into: str, after: str
) -> None:
    tag, into = tag_named("a"), tag_named("b")
    tags.describe(tag, of_tag)
    tags.describe(into, of_into)

    tags.merge(tag, into)

    assert into.description == after


def test_the_preview_tells_what_the_merge_does(make_post: MakePost, core: None) -> None:
    for title, published_at, names in (
        ("One", PAST, ["js"]),
        ("Two", PAST, ["js", "javascript"]),
        ("Three", PAST, ["javascript"]),
        ("Four", PAST, ["javascript"]),
        ("Draft", None, ["js", "javascript"]),
        ("Other", PAST, ["web"]),
    ):
        make_post(title, published_at, tags=names)
    tag, into = tag_named("javascript"), tag_named("js")
    read = posts.ids(posts.published())

    told = usage.after_merging(tag, into, read)
    tags.merge(tag, into)

    assert (told.articles, told.articles_of_into, told.both) == (3, 2, 1)
    done = usage.of(into, read)
    assert (told.articles_after, told.unpublished) == (done.articles, done.unpublished) == (4, 1)


def test_a_search_finds_the_names_that_tags_have_now(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["js"])
    make_post("Two", None, tags=["jscript"])

    tags.rename(tag_named("js"), "javascript")
    assert (found("javascript"), found("js")) == (["One"], [])

    tags.merge(tag_named("jscript"), tag_named("javascript"), "ecmascript")
    assert (found("ecmascript"), found("jscript"), found("javascript")) == (["One", "Two"], [], [])


NAMES = st.sampled_from("abcdefgh")
STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 2), st.lists(NAMES, max_size=3)),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("merge"), NAMES, NAMES),
    st.tuples(st.just("merge"), NAMES, NAMES, NAMES),
)


class Model:
    """What ought to be true of tags: which of them each name leads to, which each post has."""

    def __init__(self) -> None:
        self.posts = [Post(title=title, slug=title, headings=[]) for title in ("x", "y", "z")]
        self.home: dict[str, int] = {}
        self.tags: list[set[int]] = [set(), set(), set()]
        db.session.add_all(self.posts)
        db.session.flush()

    def write(self, number: int, names: list[str]) -> None:
        self.posts[number].tags = tags.named(names)
        db.session.flush()
        new = {tag.name: tag.id for tag in self.posts[number].tags}
        self.home = new | self.home
        self.tags[number] = {self.home[name] for name in names}

    def rename(self, old: str, new: str) -> None:
        tag = tags.by_name(old)
        if tag is None:
            assert old not in self.home
        elif self.home.get(new, tag.id) == tag.id:
            tags.rename(tag, new)
            self.home[new] = tag.id
        else:
            with pytest.raises(Invalid):
                tags.rename(tag, new)

    def merge(self, name: str, other: str, new: str = "") -> None:
        tag, into = tags.by_name(name), tags.by_name(other)
        if not tag or not into or tag is into or self.home.get(new) not in {None, tag.id, into.id}:
            return
        gone, stays = tag.id, into.id
        tags.merge(tag, into, new)
        self.home = {n: stays if home == gone else home for n, home in self.home.items()}
        self.home |= {new: stays} if new else {}
        self.tags = [{stays if t == gone else t for t in having} for having in self.tags]

    def check(self) -> None:
        stored = {tag.name: tag.id for tag in db.session.scalars(sa.select(Tag))}
        former = {r.name: r.tag_id for r in db.session.scalars(sa.select(TagRedirect))}
        assert not stored.keys() & former.keys()
        assert stored | former == self.home
        assert [sorted(tag.id for tag in post.tags) for post in self.posts] == [
            sorted(having) for having in self.tags
        ]


@settings(max_examples=50)
@given(st.lists(STEPS, max_size=12))
def test_whatever_is_renamed_and_merged_each_name_leads_to_its_tag_and_no_post_loses_one(
    core: None, steps: list[tuple[str, ...]]
) -> None:
    model = Model()

    for verb, *arguments in steps:
        getattr(model, verb)(*arguments)
        model.check()

    db.session.rollback()


# Putting away


def test_a_forgotten_name_is_free_again(make_post: MakePost, core: None) -> None:
    tag = tag_named("js")
    tags.rename(tag, "javascript")
    tags.rename(tag_named("web"), "www")

    tags.forget_name(tag, "web")
    tags.forget_name(tag, "js")

    assert all_names() == {"javascript": "javascript", "web": "www", "www": "www"}
    assert tag_named("js") is not tag


def test_only_a_tag_without_posts_is_removed(make_post: MakePost, core: None) -> None:
    make_post("Draft", None, tags=["used"])
    tags.rename(tag_named("unused"), "spare")

    tags.remove(tag_named("spare"))
    with pytest.raises(Conflict, match="A post has the tag “used”"):
        tags.remove(tag_named("used"))

    assert all_names() == {"used": "used"}


# Slips


def test_a_new_tag_that_is_nearly_an_old_one_is_a_near_miss(core: None) -> None:
    tags.rename(tag_named("golang"), "go")
    for name in ("python", "tests", "c#", "sqlite"):
        tag_named(name)

    typed = ["Pyton", "test", "tests", "C++", "golang", "sqlite", "docker", "dockers"]
    assert tags.near_misses(typed) == [("pyton", "python"), ("test", "tests")]
    assert tags.near_misses(["", "…"]) == []
