"""The faces of the library: command line, web page."""
