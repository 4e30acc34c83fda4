"""Files: the tree that an import reads, be it a folder, one file or a zip."""
