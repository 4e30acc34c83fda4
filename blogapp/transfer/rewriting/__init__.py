"""Rewriting: links and images in a text that moves to another address."""
