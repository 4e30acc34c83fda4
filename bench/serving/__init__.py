"""How fast pages are served: ours, nginx's files, and the same pages on other frameworks."""
