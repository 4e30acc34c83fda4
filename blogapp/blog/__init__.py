"""Readers' pages, and what machines read of them."""

from . import arrivals, machines, media, previews, series
from .views import bp

__all__ = ["arrivals", "bp", "machines", "media", "previews", "series"]
