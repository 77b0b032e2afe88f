"""Compression of HTML: a middleware that compresses pages and parts of pages, and leaves other responses unchanged.

A page contains a secret (the CSRF token) and text that a visitor may have chosen. Their compressed size must not reveal
the secret (BREACH, https://breachattack.com): Django masks the CSRF token differently each time, and its middleware
adds up to 100 random bytes. Exports are left unchanged: an XLSX file is compressed already, and a long CSV file would
take seconds. API calls and carrier webhooks do not pass this middleware.
"""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class HTMLCompressionMiddleware(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
