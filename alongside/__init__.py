"""Alongside: the open platform on which clusters, networks and trusts of schools improve together."""

__version__ = "0.1.0"
