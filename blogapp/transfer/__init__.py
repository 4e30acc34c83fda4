"""Bringing posts in from other blogs, and taking them all out again."""
