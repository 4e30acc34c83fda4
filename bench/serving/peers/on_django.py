"""The pages on Django, with its ORM, generic views and templates; in one file, as it may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.conf import settings

from .tables import CHIPS, DATABASE, PER_PAGE, RELATED

settings.configure(
    DEBUG=False,
    SECRET_KEY="of no use here",  # noqa: S106 - nothing is signed
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[__package__],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATABASE,
            "CONN_MAX_AGE": None,  # connections are kept
        }
    },
    # What `startproject` has, less what only forms and people who sign in need.
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "django_templates"],
        }
    ],
    USE_TZ=True,
)
django.setup()

# Django's models can be made, and its views imported, only when it is set up.
from django.core.wsgi import get_wsgi_application  # noqa: E402 - after setup()
from django.db import models  # noqa: E402 - after setup()
from django.shortcuts import get_object_or_404  # noqa: E402 - after setup()
from django.urls import path  # noqa: E402 - after setup()
from django.utils import timezone  # noqa: E402 - after setup()
from django.views.generic import DetailView, ListView  # noqa: E402 - after setup()


class Tag(models.Model):
    """A word that posts are found by."""

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        app_label, db_table, ordering = "peers", "tags", ("name",)


class Published(models.Manager):
    """The posts that readers find."""

    def get_queryset(self) -> Any:
        """Select them, newest first."""
        return super().get_queryset().filter(published_at__lte=timezone.now())


class Post(models.Model):
    """An article, with its HTML."""

    slug = models.SlugField(unique=True)
    title = models.TextField()
    description = models.TextField()
    minutes = models.IntegerField()
    published_at = models.DateTimeField(db_index=True)
    headings = models.JSONField()
    body_html = models.TextField()
    tags = models.ManyToManyField(Tag, related_name="posts", db_table="post_tags")

    objects = models.Manager()
    published = Published()

    class Meta:
        app_label, db_table, ordering = "peers", "posts", ("-published_at", "-id")


class Articles(ListView):
    """The newest articles."""

    context_object_name = "posts"
    paginate_by = PER_PAGE

    def get_queryset(self) -> Any:
        """Select what the list shows of them."""
        found = Post.published.defer("body_html", "headings")
        return found.prefetch_related("tags")


class Index(Articles):
    """The newest articles, and the tags that most have."""

    template_name = "list.html"

    def get_context_data(self, **context: Any) -> Any:
        """Add the tags."""
        is_published = models.Q(posts__published_at__lte=timezone.now())
        number = models.Count("posts", filter=is_published)
        chips = Tag.objects.annotate(number=number).order_by("-number", "name")[:CHIPS]
        return super().get_context_data(chips=chips, **context)


class OfTag(Articles):
    """The newest articles of a tag."""

    template_name = "tag.html"

    def get_queryset(self) -> Any:
        """Select what the list shows of them."""
        self.tag = get_object_or_404(Tag, name=self.kwargs["name"])
        return super().get_queryset().filter(tags=self.tag)

    def get_context_data(self, **context: Any) -> Any:
        """Add the tag."""
        return super().get_context_data(tag=self.tag, **context)


class Article(DetailView):
    """An article."""

    context_object_name = "post"
    template_name = "article.html"

    def get_queryset(self) -> Any:
        """Select those that readers find."""
        return Post.published.prefetch_related("tags")

    def get_context_data(self, **context: Any) -> Any:
        """Add what is near it."""
        post, mentioned = (
            self.object,
            Post.published.only("slug", "title", "published_at", "minutes"),
        )
        place = models.Q(published_at=post.published_at)
        older = models.Q(published_at__lt=post.published_at) | place & models.Q(id__lt=post.id)
        newer = models.Q(published_at__gt=post.published_at) | place & models.Q(id__gt=post.id)
        shared = mentioned.filter(tags__in=post.tags.all()).exclude(id=post.id)
        shared = shared.annotate(number=models.Count("id"))
        return super().get_context_data(
            related=shared.order_by("-number", "-published_at", "-id")[:RELATED],
            older=mentioned.filter(older).first(),
            newer=mentioned.filter(newer).order_by("published_at", "id").first(),
            **context,
        )


urlpatterns = [
    path("", Index.as_view(), name="index"),
    path("blog/<slug:slug>", Article.as_view(), name="article"),
    path("tags/<str:name>", OfTag.as_view(), name="tag"),
]
make_app = get_wsgi_application
