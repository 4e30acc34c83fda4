"""Reading: what a file of another blog says, as a post of ours or as a reason to leave it."""
