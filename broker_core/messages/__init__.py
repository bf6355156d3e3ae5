"""What endpoints say to each other, above single values and below connections."""
