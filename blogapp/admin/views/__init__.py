"""The author's pages, a module for each kind of thing."""
