"""Benchmarks: what a blog's lists and searches cost, and how that grows with its posts."""
