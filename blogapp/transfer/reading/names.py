"""Names: the keys of front matter, without what only separates their words (``pubdate``)."""

from __future__ import annotations

DATES = (
    "date", "publishedat", "publishdate", "publisheddate", "pubdate", "datepublished",
    "published", "publishedon", "postdate", "posted", "created", "createdat", "datecreated",
)  # fmt: skip
UPDATES = (
    "updated", "lastmod", "lastmodifiedat", "lastmodified", "modified", "updatedat",
    "updateddate", "dateupdated", "datemodified", "lastupdated", "moddate", "updatedon",
)  # fmt: skip
DESCRIPTIONS = (
    "description", "summary", "excerpt", "subtitle", "abstract", "desc", "intro", "lead", "lede",
    "meta", "metadescription", "spoiler", "synopsis", "tagline", "teaser",
)  # fmt: skip
TAGS = ("tags", "tag", "topics", "categories", "category")
SERIES = ("series", "serie", "seriestitle", "seriesname", "collection")
LANGUAGES = ("lang", "language", "locale")
READING_TIMES = ("readtime", "readingtime")
HIDING = ("hidden", "private")  # by whatever the system means with it
UNLISTED = "unlisted"  # published, and not in lists
EXPIRES = ("expirydate", "unpublishdate", "expires")
EARLIER = ("redirectfrom", "aliases", "alias", "oldurl", "oldurls", "redirects")
COVERS = (
    "image", "cover", "coverimage", "featuredimage", "featureimage", "featured", "thumbnail",
    "hero", "heroimage", "banner", "bannerimage", "headerimage", "headerimg", "postimage",
    "indeximg", "img", "ogimage", "socialimage", "thumb", "photo",
)  # fmt: skip

# What says nothing to readers, or what an article here says in another way.
_HARMLESS = frozenset({
    "author", "authors", "authorlink", "email", "copyright", "license", "layout", "template",
    "type", "id", "uid", "uuid", "guid", "key", "weight", "order", "position", "toc", "notoc",
    "comments", "comment", "disqus", "disqusid", "disqusidentifier", "math", "mathjax", "katex",
    "mermaid", "sitemap", "robots", "noindex", "nav", "navigation", "menu", "menus", "sidebar",
    "outline", "prev", "next", "share", "sharing", "socialshare", "feed", "rss", "search",
    "index", "extra", "params", "taxonomies", "theme", "class", "classes",
    "bodyclass", "cssclass", "cssclasses", "css", "js", "scripts", "styles", "head", "pin",
    "pinned", "sticky", "top", "favorite", "linktitle", "shorttitle", "sidebarlabel",
    "sidebarposition", "seriesorder", "seriesindex", "seriesnumber", "seriesweight",
    "featuredimagepreview", "imagewidth", "imageheight", "width", "height", "alt", "imagealt",
    "headeralt", "coveralt", "caption", "credit", "version", "translationkey", "translation",
    "canonical", "canonicalurl", "saveas", "eleventyexcludefromcollections",
    "eleventynavigation", "eleventycomputed", "editurl", "hidetitle", "hidetableofcontents",
    "showtoc", "showtableofcontents", "hidesummary", "slidenumber", "words", "wordcount",
    "pagetype", "kind", "newsletter", "cascade", "build", "outputs", "markup", "parent",
    "publisher", "createdby", "dgpublish", "emoji", "renderwithliquid",
})  # fmt: skip
_MEANT = frozenset({
    *DATES, *UPDATES, *DESCRIPTIONS, *TAGS, *SERIES, *LANGUAGES, *READING_TIMES, *HIDING,
    UNLISTED, *EXPIRES, *EARLIER, "title", "draft", "publish", "published", "isdraft", "wip",
    "status", "visibility", "slug", "permalink", "url", "path", "keywords", "excerptseparator",
})  # fmt: skip

_SEPARATORS = str.maketrans("", "", "-_ ")


def squeezed(key: str) -> str:
    """Write a key without what only separates words: ``pub-date`` is ``pubdate``."""
    return key.translate(_SEPARATORS)


def is_known(name: str) -> bool:
    """Tell whether a squeezed key means something here, or nothing to anybody's readers."""
    return name in _MEANT or name in _HARMLESS or name in COVERS or name.startswith("cspell")
