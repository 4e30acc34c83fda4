"""Storing: posts that were read become posts of this blog, each once."""
