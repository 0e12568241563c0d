"""Encode, index, search, rank."""
