"""The inbox and its conversations, below a team's address."""

from django.conf import settings
from django.urls import path

from messaging import phone, views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("live/<str:ticket>/", views.live, name="live"),
    path("conversations/new/", views.new_conversation, name="new_conversation"),
    path("conversations/<int:conversation_id>/", views.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/thread/", views.thread, name="thread"),
    path(
        "conversations/<int:conversation_id>/contact/",
        views.conversation_contact,
        name="conversation_contact",
    ),
    path("conversations/<int:conversation_id>/reading/", views.reading, name="reading"),
    path("conversations/<int:conversation_id>/messages/", views.messages, name="messages"),
    path("conversations/<int:conversation_id>/closure/", views.closure, name="closure"),
    path("conversations/<int:conversation_id>/closure/delete/", views.delete_closure, name="delete_closure"),
]

if settings.DEVELOPMENT:
    urlpatterns += [
        path("phone/", phone.phone, name="phone"),
        path("phone/texts/", phone.phone_texts, name="phone_texts"),
        path("phone/line/", phone.phone_line, name="phone_line"),
    ]
