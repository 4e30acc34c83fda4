"""Readers' pages, and what machines read of them."""

from . import archive, arrivals, machines, media, previews, series
from .views import bp

__all__ = ["archive", "arrivals", "bp", "machines", "media", "previews", "series"]
