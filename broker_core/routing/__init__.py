"""Who gets a message. Decisions only: the runtime acts on them."""
