"""Documents of many kinds, read into text: plain text, Markdown, web pages, Word and PDF."""

from ipqa.documents.readers.base import ReadText
from ipqa.documents.readers.dispatch import (
    DOCUMENT_SUFFIXES,
    OLD_SUFFIXES,
    READABLE_SUFFIXES,
    read_document,
)

__all__ = ["DOCUMENT_SUFFIXES", "OLD_SUFFIXES", "READABLE_SUFFIXES", "ReadText", "read_document"]
