"""Headers: what stands above a post's text, in any of the notations that blogs have."""
