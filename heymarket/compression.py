"""Compression of HTML: a middleware that compresses pages and pieces of pages, and leaves other answers alone.

A page holds secrets (the CSRF token) and words that a visitor may have chosen. Their compressed size must not reveal
the secrets (BREACH, https://breachattack.com): Django masks the CSRF token anew for each answer, and its middleware
adds up to 100 random bytes. Exports are left alone: an XLSX file is compressed already, and a long CSV file would take
seconds. Calls of the API and webhooks never reach a middleware.
"""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class HTMLCompressionMiddleware(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
