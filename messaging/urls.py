"""The inbox and its conversations, below a team's address."""

from django.conf import settings
from django.urls import path

from accounts.change_polling import poll_changes
from messaging import views as messaging_views
from messaging.simulator import views as simulator_views

urlpatterns = [
    path("inbox/", messaging_views.inbox, name="inbox"),
    path("changes/<str:ticket>/", poll_changes, name="poll_changes"),
    path("conversations/new/", messaging_views.new_conversation, name="new_conversation"),
    path("conversations/<int:conversation_id>/", messaging_views.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/thread/", messaging_views.thread, name="thread"),
    path(
        "conversations/<int:conversation_id>/contact/",
        messaging_views.conversation_contact,
        name="conversation_contact",
    ),
    path("conversations/<int:conversation_id>/read-marker/", messaging_views.read_marker, name="read_marker"),
    path("conversations/<int:conversation_id>/messages/", messaging_views.messages, name="messages"),
    path("conversations/<int:conversation_id>/closure/", messaging_views.closure, name="closure"),
    path(
        "conversations/<int:conversation_id>/closure/delete/",
        messaging_views.delete_closure,
        name="delete_closure",
    ),
]

if settings.DEVELOPMENT:
    urlpatterns += [
        path("simulator/", simulator_views.simulator, name="simulator"),
        path("simulator/texts/", simulator_views.simulator_texts, name="simulator_texts"),
        path("simulator/behavior/", simulator_views.simulator_behavior, name="simulator_behavior"),
    ]
