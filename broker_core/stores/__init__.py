"""Data stores without clocks or sockets: backends, what operations do, and how masters and clones stay the same."""
