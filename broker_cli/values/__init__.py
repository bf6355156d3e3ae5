"""Values without a network: what a literal means, what bytes hold, and one form of writing turned into another."""
