"""Our Markdown beside GitHub's: the same texts through both, compared by structure."""
