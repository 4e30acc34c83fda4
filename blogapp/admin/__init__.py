"""The author's side."""

from .views import bp

__all__ = ["bp"]
