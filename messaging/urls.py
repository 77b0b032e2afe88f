"""URLs of the inbox, its conversations and the simulator, below a team's address."""

from django.conf import settings
from django.urls import path

from accounts.change_polling import poll_changes
from messaging import review_views, try_reply, views
from messaging.automatic_text_settings import inbox_automatic_texts
from messaging.broadcasts.rate_settings import inbox_broadcasts
from messaging.broadcasts.urls import urlpatterns as broadcast_urls
from messaging.connection_check import inbox_carrier_address, inbox_connection_test
from messaging.conversation_exports.views import conversation_exports, export_conversations
from messaging.disagreements import views as disagreement_views
from messaging.drafts.views import draft
from messaging.emoji_chooser.views import emoji
from messaging.evidence.urls import urlpatterns as evidence_urls
from messaging.first_steps.views import first_steps, first_steps_dismissal, sample_removal
from messaging.hours.views import inbox_hours
from messaging.media import views as media
from messaging.notifications import views as notifications
from messaging.numbers import views as number_views
from messaging.opt_out_pushes.views import inbox_opt_out_push
from messaging.personal_data import views as personal_data
from messaging.printed_conversation import printed_conversation
from messaging.recipient_views import recipients
from messaging.retention.views import retention
from messaging.saved_views.views import edit_saved_view, new_saved_view, saved_view_deletion
from messaging.scheduling import views as scheduling
from messaging.search.palette_views import palette
from messaging.search.views import search
from messaging.sending_hours import views as sending_hours
from messaging.sending_hours.clock_views import recipient_clock
from messaging.simulator.views import simulator, simulator_behavior, simulator_texts
from messaging.snoozing.views import conversation_snooze, delete_conversation_snooze
from messaging.teamwork import views as teamwork
from messaging.teamwork.bulk_views import bulk_work
from messaging.teamwork.tag_views import conversation_tags, delete_conversation_tag
from messaging.text_templates import chooser
from messaging.text_templates import views as templates
from messaging.undo.views import text_undo

urlpatterns = [
    *broadcast_urls,
    *evidence_urls,
    path("do-not-text/carriers/", disagreement_views.disagreements, name="disagreements"),
    path(
        "do-not-text/carriers/export/", disagreement_views.export_disagreements, name="export_disagreements"
    ),
    path("settings/opt-out/try/", try_reply.try_reply, name="try_reply"),
    path("settings/notifications/", notifications.notifications, name="notifications"),
    path("settings/notifications/browsers/", notifications.push_subscriptions, name="push_subscriptions"),
    path(
        "settings/notifications/browsers/delete/",
        notifications.delete_push_subscriptions,
        name="delete_push_subscriptions",
    ),
    path("", views.team, name="team"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/ticked/", bulk_work, name="bulk_work"),
    path("inbox/views/new/", new_saved_view, name="new_saved_view"),
    path("inbox/views/<int:id>/", edit_saved_view, name="edit_saved_view"),
    path("inbox/views/<int:id>/deletion/", saved_view_deletion, name="saved_view_deletion"),
    path("inbox/search/", search, name="search"),
    path("palette/", palette, name="palette"),
    path("emoji/", emoji, name="emoji"),
    path("settings/inboxes/<int:id>/opt-out-push/", inbox_opt_out_push, name="inbox_opt_out_push"),
    path("settings/inboxes/<int:id>/connection/test/", inbox_connection_test, name="inbox_connection_test"),
    path(
        "settings/inboxes/<int:id>/connection/address/", inbox_carrier_address, name="inbox_carrier_address"
    ),
    path(
        "settings/inboxes/<int:id>/automatic-texts/",
        inbox_automatic_texts,
        name="inbox_automatic_texts",
    ),
    path("settings/inboxes/<int:id>/number/", number_views.inbox_number, name="inbox_number"),
    path(
        "settings/inboxes/<int:id>/number/registration/",
        number_views.inbox_registration,
        name="inbox_registration",
    ),
    path("settings/inboxes/<int:id>/number/address/", number_views.inbox_address, name="inbox_address"),
    path(
        "settings/inboxes/<int:id>/number/facts/", number_views.inbox_number_facts, name="inbox_number_facts"
    ),
    path("settings/inboxes/<int:id>/broadcasts/", inbox_broadcasts, name="inbox_broadcasts"),
    path("settings/inboxes/<int:id>/hours/", inbox_hours, name="inbox_hours"),
    path("settings/sending-hours/", sending_hours.sending_hours, name="sending_hours"),
    path("settings/sending-hours/set-aside/", sending_hours.set_asides, name="set_asides"),
    path("settings/sending-hours/set-aside/delete/", sending_hours.delete_set_aside, name="delete_set_aside"),
    path("conversations/<int:conversation_id>/clock/", recipient_clock, name="recipient_clock"),
    path("changes/<str:ticket>/", poll_changes, name="poll_changes"),
    path("conversations/exports/", conversation_exports, name="conversation_exports"),
    path("conversations/export/", export_conversations, name="export_conversations"),
    path("conversations/new/", views.new_conversation, name="new_conversation"),
    path("conversations/new/recipients/", recipients, name="recipients"),
    path("conversations/<int:conversation_id>/", views.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/thread/", views.thread, name="thread"),
    path("conversations/<int:conversation_id>/print/", printed_conversation, name="printed_conversation"),
    path(
        "conversations/<int:conversation_id>/contact/",
        views.conversation_contact,
        name="conversation_contact",
    ),
    path("conversations/<int:conversation_id>/read-marker/", views.read_marker, name="read_marker"),
    path(
        "conversations/new/templates/", chooser.new_conversation_templates, name="new_conversation_templates"
    ),
    path(
        "conversations/<int:conversation_id>/templates/",
        chooser.conversation_templates,
        name="conversation_templates",
    ),
    path("numbers/<number:number>/data/", personal_data.personal_data, name="personal_data"),
    path(
        "numbers/<number:number>/data/export/",
        personal_data.export_personal_data,
        name="export_personal_data",
    ),
    path(
        "numbers/<number:number>/data/erasure/",
        personal_data.personal_data_erasure,
        name="personal_data_erasure",
    ),
    path("settings/retention/", retention, name="retention"),
    path("settings/templates/", templates.text_templates, name="text_templates"),
    path("settings/templates/new/", templates.new_text_template, name="new_text_template"),
    path("settings/templates/<int:id>/", templates.edit_text_template, name="edit_text_template"),
    path(
        "settings/templates/<int:id>/deletion/",
        templates.text_template_deletion,
        name="text_template_deletion",
    ),
    path(
        "settings/templates/<int:id>/picture/", templates.text_template_picture, name="text_template_picture"
    ),
    path(
        "conversations/<int:conversation_id>/read-marker/delete/",
        views.delete_read_marker,
        name="delete_read_marker",
    ),
    path("conversations/<int:conversation_id>/draft/", draft, name="draft"),
    path("conversations/<int:conversation_id>/messages/", views.messages, name="messages"),
    path(
        "conversations/<int:conversation_id>/texts/<int:message_id>/opt-out/",
        review_views.text_opt_out,
        name="text_opt_out",
    ),
    path(
        "conversations/<int:conversation_id>/texts/<int:message_id>/opt-out/delete/",
        review_views.delete_text_opt_out,
        name="delete_text_opt_out",
    ),
    path(
        "conversations/<int:conversation_id>/texts/<int:message_id>/release/",
        review_views.text_release,
        name="text_release",
    ),
    path(
        "conversations/<int:conversation_id>/texts/<int:message_id>/done/",
        review_views.text_done,
        name="text_done",
    ),
    path(
        "conversations/<int:conversation_id>/texts/<int:message_id>/misreading/",
        review_views.misreading,
        name="misreading",
    ),
    path(
        "conversations/<int:conversation_id>/texts/<int:message_id>/undo/",
        text_undo,
        name="text_undo",
    ),
    path("conversations/<int:conversation_id>/assignment/", teamwork.assignment, name="assignment"),
    path(
        "conversations/<int:conversation_id>/scheduled-texts/",
        scheduling.scheduled_texts,
        name="scheduled_texts",
    ),
    path(
        "conversations/<int:conversation_id>/scheduled-texts/<int:id>/delete/",
        scheduling.delete_scheduled_text,
        name="delete_scheduled_text",
    ),
    path(
        "conversations/<int:conversation_id>/scheduled-texts/<int:id>/takeover/",
        scheduling.scheduled_text_takeover,
        name="scheduled_text_takeover",
    ),
    path("conversations/<int:conversation_id>/notes/", teamwork.notes, name="notes"),
    path("conversations/<int:conversation_id>/tags/", conversation_tags, name="conversation_tags"),
    path(
        "conversations/<int:conversation_id>/tags/<int:id>/delete/",
        delete_conversation_tag,
        name="delete_conversation_tag",
    ),
    path("conversations/<int:conversation_id>/snooze/", conversation_snooze, name="snooze"),
    path(
        "conversations/<int:conversation_id>/snooze/delete/",
        delete_conversation_snooze,
        name="delete_snooze",
    ),
    path("simulator/", simulator, name="simulator"),
    path("simulator/texts/", simulator_texts, name="simulator_texts"),
    path("first-steps/", first_steps, name="first_steps"),
    path("first-steps/dismissal/", first_steps_dismissal, name="first_steps_dismissal"),
    path("first-steps/sample/removal/", sample_removal, name="sample_removal"),
    path("attachments/<int:attachment_id>/", media.attachment, name="attachment"),
    path(
        "attachments/<int:attachment_id>/thumbnail/", media.attachment_thumbnail, name="attachment_thumbnail"
    ),
    path("attachments/<int:attachment_id>/download/", media.attachment_download, name="attachment_download"),
    path("conversations/<int:conversation_id>/closure/", views.closure, name="closure"),
    path(
        "conversations/<int:conversation_id>/closure/delete/",
        views.delete_closure,
        name="delete_closure",
    ),
]

if settings.DEVELOPMENT:
    urlpatterns += [path("simulator/behavior/", simulator_behavior, name="simulator_behavior")]
