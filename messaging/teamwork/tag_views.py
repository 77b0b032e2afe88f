"""Views of the tags of a conversation's contact: add one, and remove one."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from contacts.contact.models import Contact
from contacts.lists.labels import add_tag, remove_tag
from kernel import change_tokens
from kernel.form_views import render_form
from messaging.models import Conversation
from messaging.page_contexts import conversation_context, find_conversation, page_context
from messaging.teamwork.forms import ConversationTagForm
from messaging.views import respond_changed


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def conversation_tags(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """A number without a contact becomes one."""
    found = find_conversation(request, conversation_id)
    form = ConversationTagForm(request.POST)
    if form.is_valid():
        add_tag(_contact_of(found), form.cleaned_data["name"])
        change_tokens.renew_on_commit(request.team.id)
        return respond_changed(request, found)
    if request.htmx:
        context = {**conversation_context(request, found), "tag_form": form}
        return render_form(request, "messaging/tag_menu.html", context)
    context = {**page_context(request, found), "tag_form": form}
    return render_form(request, "messaging/conversation.html", context)


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def delete_conversation_tag(request: TeamRequest, conversation_id: int, id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    if found.contact and remove_tag(found.contact, id):
        change_tokens.renew_on_commit(request.team.id)
    return respond_changed(request, found)


def _contact_of(conversation: Conversation) -> Contact:
    if conversation.contact is None:
        Contact.objects.ensure(conversation.inbox, conversation.number, timezone.now())
    contact: Contact = Contact.objects.get(team_id=conversation.team_id, number=conversation.number)
    return contact
