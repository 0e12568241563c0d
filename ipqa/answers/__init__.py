"""Understand the question, choose, compose."""
