"""Exporting: all of a blog as files, and the way back."""
