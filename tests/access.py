"""The access table: every endpoint, who may use it, and an address of it that works.

``{post}``, ``{tag}`` and ``{message}`` are ids, ``{image}`` is a name, ``{version}`` is the
post's, ``{tag_version}`` the tag's, ``{token}`` that of a status page. No post has the tag; it was
called “spare” once.
"""

from __future__ import annotations

# Anybody may read these, caches may keep them: no session, no cookie.
READERS = {
    "static": "/static/css/site.css",
    "blog.index": "/",
    "blog.article": "/blog/hello",
    "blog.source_of": "/blog/hello.md",
    "blog.image": "/media/{image}",
    "blog.all_tags": "/tags/",
    "blog.tag": "/tags/flask",
    "blog.tag_feed": "/tags/flask/feed.xml",
    "blog.archive": "/archive/",
    "blog.feed_xml": "/feed.xml",
    "blog.feed_json": "/feed.json",
    "blog.sitemap": "/sitemap.xml",
    "blog.robots": "/robots.txt",
    "blog.alive": "/healthz",
    "blog.ready": "/readyz",
}

# Anybody may read these; they hold a token or somebody's words, so nobody may keep them.
VISITORS = {
    "contact.ask": "/contact?post=hello",
    "contact.sent": "/r/{token}",
    "auth.login": "/admin/login",
}

# Only who is signed in may read these.
AUTHORS = {
    "admin.posts": "/admin/",
    "admin.new_post": "/admin/posts/new",
    "admin.post": "/admin/posts/{post}",
    "admin.messages": "/admin/messages",
    "admin.message": "/admin/messages/{message}",
    "admin.tags": "/admin/tags",
    "admin.tag": "/admin/tags/{tag}",
    "admin.choose_merge": "/admin/tags/{tag}/merge",
    "admin.export": "/admin/export",
    "admin.export_zip": "/admin/export.zip",
}

# Anybody may send these, with the token of a form.
VISITORS_FORMS = {
    "contact.send": ("/contact", {"name": "Vera", "email": "vera@example.org", "body": "Hi."}),
    "auth.sign_in": ("/admin/login", {"name": "sam", "password": "correct horse battery"}),
    "auth.logout": ("/admin/logout", {}),
}

# Only who is signed in may send these.
AUTHORS_FORMS = {
    "admin.create_post": ("/admin/posts/new", {"title": "New", "action": "publish"}),
    "admin.save_post": (
        "/admin/posts/{post}",
        {"title": "Other", "action": "save", "version": "{version}"},
    ),
    "admin.preview": ("/admin/preview", {"title": "New", "body": "Text"}),
    "admin.act_on_message": ("/admin/messages/{message}/read", {}),
    "admin.save_tag": ("/admin/tags/{tag}", {"name": "other", "version": "{tag_version}"}),
    "admin.merge_tag": ("/admin/tags/{tag}/merge", {"into": "flask"}),
    "admin.forget_tag_name": ("/admin/tags/{tag}/forget", {"name": "spare"}),
    "admin.remove_tag": ("/admin/tags/{tag}/remove", {}),
}

READS = READERS | VISITORS | AUTHORS
FORMS: dict[str, tuple[str, dict[str, str]]] = VISITORS_FORMS | AUTHORS_FORMS
