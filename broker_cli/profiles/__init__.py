"""Profiles: named sets of presets in a file, and where the value of a setting comes from."""
