"""How the shipped encoder was made. Nothing else of the package imports this."""
