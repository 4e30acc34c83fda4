"""Readers' pages, and what machines read of them."""

from . import machines
from .views import bp

__all__ = ["bp", "machines"]
