"""Normalise, cut into sentences and words, look up in the lexicon."""
