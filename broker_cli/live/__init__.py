"""Watching messages as they come: a table of rates, or a line for each topic, redrawn in place."""
