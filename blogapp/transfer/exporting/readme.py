"""The readme of an export: what is what, for who finds it in ten years."""

from __future__ import annotations

import textwrap

NOT_INCLUDED = (
    "authors and their passwords, sessions, the secret that signs cookies, config.toml, and "
    "notices of messages that wait to be sent"
)

TEXT = f"""\
A whole blog, as `blogapp export` or “export” at /admin wrote it.

posts/      published and scheduled posts: Markdown under YAML front matter, in UTF-8,
            named by the day (in the blog's time zone) and the slug
drafts/     the posts that are not published; trash/ those that wait to be deleted
media/      the images; a post shows them as /media/NAME
data/       what Markdown cannot say, a JSON document on each line:
            posts-*     exact times, versions, old addresses, where a post was imported from
            tags-*      descriptions, and the names that lead to a tag
            images-*    sizes, types, checksums and alternative texts
            revisions-* what posts said before, and what was written and not saved
            previews-*  secret addresses of drafts, without their secrets; gone-* those of posts
                        that were deleted
            messages-*  what visitors wrote, with their names and addresses: private; additions-*
                        what they added later, words-* the words of the spam filter
blog.json   the version of this format, the blog's settings, and a checksum of each file in data/

{textwrap.fill(f"Not in it: {NOT_INCLUDED}.", 99)}

To bring it back, into an empty blog or one that has posts:

    blogapp import PATH

Nothing is overwritten, and doing it twice changes nothing. In an empty blog with the settings
that are in blog.json, every page is what it was, to the byte.

To take it elsewhere: posts/ and media/ are what Jekyll, Hugo, Eleventy, Astro and others read.
`aliases` in the front matter are the addresses at which a post was before.

A post that was changed in this folder is not taken from here, for it is not what was exported.
Import its file alone instead: blogapp import posts/NAME.md
"""
