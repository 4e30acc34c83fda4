"""Contact requests: the form, at the end of an article or on its own page; what became of one."""

from . import receipts
from .views import bp

__all__ = ["bp", "receipts"]
