"""The page of a user's email addresses: allauth's, which lets only confirmed addresses be primary."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest


class EmailAddressesView(allauth_views.EmailView):
    def _action_primary(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        address = self._get_email_address(request)
        if address and not address.verified:
            template = "account/messages/unverified_primary_email.txt"
            return get_adapter().add_message(request, messages.ERROR, template)
        return super()._action_primary(request, *args, **kwargs)
