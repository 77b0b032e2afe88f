"""Router of the API calls about contacts. contacts.api.routes imports the modules that add calls to it."""

from api.router import ApiRouter

calls = ApiRouter()
