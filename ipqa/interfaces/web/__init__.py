"""The web page. Only this package imports Gradio."""

from ipqa.interfaces.web.server import WebServer, create_app, serve

__all__ = ["WebServer", "create_app", "serve"]
