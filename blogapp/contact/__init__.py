"""Contact requests: the form, at the end of an article or on its own page."""

from .views import bp

__all__ = ["bp"]
