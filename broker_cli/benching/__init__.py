"""Measurements of publishing, receiving and data stores, with processes of their own for both ends."""
