"""FIXME module docstring."""

from api.router import ApiRouter

calls = ApiRouter()
