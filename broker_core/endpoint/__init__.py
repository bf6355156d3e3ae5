"""What users hold: the endpoint and what it hands out."""
