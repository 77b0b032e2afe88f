"""Routers of the calls about contacts. Each module of this package adds its calls to one of them."""

from api.router import ApiRouter

calls = ApiRouter()
second_calls = ApiRouter()  # below /v2
