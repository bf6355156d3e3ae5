"""One module for each command: what can be said, then what is done."""
