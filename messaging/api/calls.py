"""Router of the messaging calls. Each module of this package adds its calls to it."""

from api.router import ApiRouter

calls = ApiRouter()
