"""Channels: the ways in which a notice leaves the blog, and what is told of each attempt."""
