"""What recordings hold, counted in one pass and without decoding values."""
