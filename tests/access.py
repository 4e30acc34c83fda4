"""The access table: every endpoint, who may use it, and an address of it that works.

``{post}``, ``{tag}``, ``{message}``, ``{revision}`` (saved) and ``{kept}`` (not saved, at
``{kept_at}``) are ids, so are ``{draft}``, ``{trashed}`` (posts) and ``{link}``, of the preview
with the token ``{preview}``; ``{image}`` is a name, ``{version}`` is the post's, ``{tag_version}``
the tag's, ``{token}`` that of a status page. No post has the tag; it was called “spare” once.
"""

from __future__ import annotations

FILE = "(a file)"  # stands for a picture that is sent

# Anybody may read these, caches may keep them: no session, no cookie.
READERS = {
    "static": "/static/css/site.css",
    "asset": "/static/-/0123456789ab/reader.css",
    "blog.index": "/",
    "blog.article": "/blog/hello",
    "blog.source_of": "/blog/hello.md",
    "blog.image": "/media/{image}",
    "blog.all_tags": "/tags/",
    "blog.tag": "/tags/flask",
    "blog.tag_feed": "/tags/flask/feed.xml",
    "blog.series": "/series/notes",
    "blog.series_feed": "/series/notes/feed.xml",
    "blog.archive": "/archive/",
    "blog.feed_xml": "/feed.xml",
    "blog.feed_json": "/feed.json",
    "blog.sitemap": "/sitemap.xml",
    "blog.sitemap_of_pages": "/sitemap-pages.xml",
    "blog.sitemap_of_articles": "/sitemap-1.xml",
    "blog.robots": "/robots.txt",
    "blog.alive": "/healthz",
    "blog.ready": "/readyz",
}

# Anybody may read these; they depend on what the reader chose, so only their browser keeps them.
CHOICES = {"theme": "/static/theme.css"}

# Anybody may read these; they hold a token or somebody's words, so nobody may keep them.
VISITORS = {
    "contact.ask": "/contact?post=hello",
    "contact.sent": "/r/{token}",
    "contact.confirm_withdrawal": "/r/{token}/withdraw",
    "blog.preview": "/p/{preview}",
    "auth.login": "/admin/login",
}

# Only who is signed in may read these.
AUTHORS = {
    "admin.posts": "/admin/",
    "admin.new_post": "/admin/posts/new",
    "admin.post": "/admin/posts/{post}",
    "admin.post_revisions": "/admin/posts/{post}/revisions",
    "admin.compare_revisions": "/admin/posts/{post}/revisions/compare",
    "admin.previews": "/admin/posts/{draft}/previews",
    "admin.confirm_delete": "/admin/posts/{trashed}/delete",
    "admin.messages": "/admin/messages",
    "admin.message": "/admin/messages/{message}",
    "admin.unread_messages": "/admin/messages/unread",
    "admin.messages_of_address": "/admin/messages/address?address=v@example.org",
    "admin.confirm_delete_messages": "/admin/messages/delete?message={message}",
    "admin.messages_csv": "/admin/messages.csv",
    "admin.messages_json": "/admin/messages.json",
    "admin.spam_filter": "/admin/messages/filter",
    "admin.images": "/admin/images",
    "admin.image": "/admin/images/{image_id}",
    "admin.tags": "/admin/tags",
    "admin.tag": "/admin/tags/{tag}",
    "admin.choose_merge": "/admin/tags/{tag}/merge",
    "admin.notifications": "/admin/notifications",
    "admin.export": "/admin/export",
    "admin.export_zip": "/admin/export.zip",
}

# Anybody may send these, with the token of a form.
VISITORS_FORMS = {
    "contact.send": ("/contact", {"name": "Vera", "email": "vera@example.org", "body": "Hi."}),
    "contact.add_line": ("/r/{token}", {"body": "More."}),
    "contact.withdraw": ("/r/{token}/withdraw", {}),
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
    "admin.autosave": ("/admin/autosave", {"title": "New", "body": "Text"}),
    "admin.compare_copy": ("/admin/compare", {"now_body": "one", "then_body": "two"}),
    "admin.paste": ("/admin/paste", {"title": "New", "body": "---\ntitle: T\n---\nText"}),
    "admin.restore_revision": (
        "/admin/posts/{post}/revisions/{kept}/restore",
        {"saved_at": "{kept_at}"},
    ),
    "admin.drop_kept": ("/admin/posts/{post}/revisions/{kept}/drop", {"saved_at": "{kept_at}"}),
    "admin.act_on_posts": ("/admin/posts", {"post": "{post}", "action": "unpublish"}),
    "admin.trash_post": ("/admin/posts/{post}/trash", {}),
    "admin.restore_post": ("/admin/posts/{trashed}/restore", {}),
    "admin.delete_post": ("/admin/posts/{trashed}/delete", {}),
    "admin.duplicate_post": ("/admin/posts/{post}/duplicate", {}),
    "admin.make_preview": ("/admin/posts/{draft}/previews", {"days": "7"}),
    "admin.revoke_preview": ("/admin/posts/{draft}/previews/{link}/revoke", {}),
    "admin.act_on_messages": ("/admin/messages", {"message": "{message}", "action": "archive"}),
    "admin.act_on_message": ("/admin/messages/{message}/read", {}),
    "admin.retry_message": ("/admin/messages/{message}/retry", {}),
    "admin.delete_messages": (
        "/admin/messages/delete",
        {"message": "{message}", "asked": "{asked}"},
    ),
    "admin.save_spam_filter": ("/admin/messages/filter", {"words": "casino"}),
    "admin.try_notification": ("/admin/notifications/mail/test", {}),
    "admin.retry_notifications": ("/admin/notifications/retry", {}),
    "admin.dismiss_notification": ("/admin/notifications/1/dismiss", {}),
    "admin.upload_images": ("/admin/images", {"files": FILE}),
    "admin.describe_image": ("/admin/images/{image_id}", {"alt": "A dot."}),
    "admin.delete_image": ("/admin/images/{image_id}/delete", {}),
    "admin.save_tag": ("/admin/tags/{tag}", {"name": "other", "version": "{tag_version}"}),
    "admin.merge_tag": ("/admin/tags/{tag}/merge", {"into": "flask"}),
    "admin.forget_tag_name": ("/admin/tags/{tag}/forget", {"name": "spare"}),
    "admin.remove_tag": ("/admin/tags/{tag}/remove", {}),
}

# Of these, the ones that send a text: it waits for who has to sign in first.
FORMS_WITH_A_TEXT = {
    "admin.save_spam_filter",
    *("admin.create_post", "admin.save_post", "admin.autosave"),
    *("admin.preview", "admin.compare_copy", "admin.paste"),
}

READS = READERS | CHOICES | VISITORS | AUTHORS
FORMS: dict[str, tuple[str, dict[str, str]]] = VISITORS_FORMS | AUTHORS_FORMS
