"""Measurements: quality and speed, beside peers and by size. Not run by the tests."""
