"""The chat page. Only this package imports Gradio."""

from ipqa.interfaces.web.page import build_page, serve

__all__ = ["build_page", "serve"]
