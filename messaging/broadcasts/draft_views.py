"""Views of a broadcast's draft: write it, save it while it is written, copy it, delete it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from kernel.form_views import form_view
from kernel.id_parameter import read_id
from kernel.tenancy import scope
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.audience_form import add_filter, audience_parts
from messaging.broadcasts.drafts import (
    NoDraft,
    copy_as_draft,
    delete_draft,
    find_or_begin,
    new_draft,
    read_begun,
    save_draft,
    set_picture,
    set_template,
    store_picture,
)
from messaging.broadcasts.forms import BroadcastForm, initial_values
from messaging.broadcasts.models import Broadcast, BroadcastStatus
from messaging.broadcasts.preview import find_preview
from messaging.media.models import Attachment
from messaging.media.refusals import RefusedFile
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.templates import find_template
from messaging.text_templates.values import known_fields

CONFIRMED = "This broadcast was confirmed in the meantime. It can no longer be changed."
NOBODY = "Choose at least one list, or add people by a filter."


@form_view
@team_view(Right.SEND_BROADCASTS, whole_request=False)
def new_broadcast(request: TeamRequest) -> HttpResponse:
    """An empty form; the address may name a list, a filter of the contacts page and a template."""
    if request.method == "POST":
        return _save(request, None)
    with scope(request.team.id):
        draft = new_draft(request.member)
        draft.audience = _asked_audience(request.GET).to_json()
        return _render_editor(request, draft)


@form_view
@team_view(Right.SEND_BROADCASTS, whole_request=False)
def edit_broadcast(request: TeamRequest, id: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, id)
    with scope(request.team.id):
        draft = get_object_or_404(Broadcast, team_id=request.team.id, id=id)
        if draft.status != BroadcastStatus.DRAFT:
            return redirect("broadcast", request.team.slug, id)
        return _render_editor(request, draft)


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_draft(request: TeamRequest) -> HttpResponse:
    """Save what is written, while it is written. What cannot be read yet is left as it was."""
    draft = _locked(request, read_id(request.POST.get("draft")))
    form = BroadcastForm(request.POST, draft=draft, member=request.member)
    form.full_clean()
    names = {"name", "inbox", "body", "append_words", "opt_out_words", "send_at"} - form.errors.keys()
    changes = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
    if form.cleaned_data.get("category"):
        changes["category"] = form.cleaned_data["category"]
    audience = Audience.from_json(draft.audience) if "audience" in form.errors else form.ticked
    set_template(draft, _template(request, form, "template"))
    try:
        save_draft(draft, changes, audience)
    except NoDraft:
        return HttpResponse(status=204, headers={"HX-Redirect": _url(request, "broadcast", draft)})
    response = render(
        request,
        "broadcasts/saved.html",
        {**_preview_context(request, draft), **_others_changes(request, draft, form)},
    )
    response["HX-Replace-Url"] = _url(request, "edit_broadcast", draft)
    return response


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_deletion(request: TeamRequest, id: int) -> HttpResponse:
    draft = _locked(request, id)
    try:
        delete_draft(draft)
    except NoDraft:
        return _confirmed(request, draft)
    messages.success(request, f"The draft “{draft}” was deleted." if draft.name else "The draft was deleted.")
    return redirect("broadcasts", request.team.slug)


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_copy(request: TeamRequest, id: int) -> HttpResponse:
    """A new draft with the same words and audience."""
    original = get_object_or_404(Broadcast, team_id=request.team.id, id=id)
    return redirect("edit_broadcast", request.team.slug, copy_as_draft(original, request.member).id)


# -- saving ------------------------------------------------------------------------------------------------------


def _save(request: TeamRequest, id: int | None) -> HttpResponse:
    """Save the form and go on, or show it again with what is wrong."""
    goes_on = request.POST.get("next", "save")
    sent: dict[str, Any] = {"data": request.POST, "files": request.FILES, "complete": goes_on == "review"}
    with scope(request.team.id):
        form = BroadcastForm(**sent, draft=_locked(request, id), member=request.member)
        is_valid = form.is_valid()
        template = _template(request, form, "picture") if is_valid else None
    picture, refused = None, ""
    if is_valid:
        try:
            picture = store_picture(request.team.id, form.cleaned_data["picture_file"], template)
        except RefusedFile as refusal:
            refused = str(refusal)
    with scope(request.team.id):
        draft = _locked(request, id)  # which others may have changed while the picture was stored
        form = BroadcastForm(**sent, draft=draft, member=request.member)
        form.full_clean()
        if refused:
            form.add_error("picture_file", refused)
        return _store(request, draft, form, goes_on, picture)


def _store(
    request: TeamRequest, draft: Broadcast, form: BroadcastForm, goes_on: str, picture: Attachment | None
) -> HttpResponse:
    audience, errors = form.ticked, dict[str, str]()
    if goes_on in ("add-to", "add-without"):
        part = goes_on.removeprefix("add-")
        audience, problem = add_filter(audience, part, request.POST, request.member)
        errors = {part: problem} if problem else {}
    if goes_on == "review" and not audience:
        errors["to"] = NOBODY
    if not form.is_valid() or errors:
        return _render_editor(request, draft, form, audience, errors)
    set_template(draft, _template(request, form, "template"))
    if picture or form.cleaned_data["without_picture"]:
        set_picture(draft, picture)
    try:
        save_draft(draft, form.changes(), audience)
    except NoDraft:
        return _confirmed(request, draft)
    if goes_on == "review":
        return redirect("broadcast_review", request.team.slug, draft.id)
    anchor = f"#{goes_on.removeprefix('add-')}" if goes_on.startswith("add-") else ""
    return redirect(_url(request, "edit_broadcast", draft) + anchor)


def _locked(request: TeamRequest, id: int | None) -> Broadcast:
    """The broadcast that a form changes: the one with this ID, or the draft that its page began."""
    if id is None:
        return find_or_begin(request.member, read_begun(request.POST.get("begun", "")))
    rows = Broadcast.objects.filter(team_id=request.team.id).select_for_update(no_key=True)
    found: Broadcast = get_object_or_404(rows, id=id)
    found.team = request.team
    return found


def _confirmed(request: TeamRequest, draft: Broadcast) -> HttpResponse:
    messages.warning(request, CONFIRMED)
    return redirect("broadcast", request.team.slug, draft.id)


def _template(request: TeamRequest, form: BroadcastForm, name: str) -> TextTemplate | None:
    """The template that a field of the form names, if the member may use it."""
    id = form.cleaned_data.get(name) or 0
    return find_template(request.team.id, request.member, id) if id > 0 else None


# -- the page ----------------------------------------------------------------------------------------------------


def _asked_audience(address: QueryDict) -> Audience:
    lists = (read_id(text) for text in address.getlist("list"))
    return Audience(lists=tuple(id for id in lists if id), filters=tuple(address.getlist("filter")))


def _editor_form(request: TeamRequest, draft: Broadcast) -> BroadcastForm:
    """The form of a draft, with the words of the template that the address names: they are saved with the form."""
    form = BroadcastForm(draft=draft, member=request.member)
    id = read_id(request.GET.get("template"))
    if id and (template := find_template(request.team.id, request.member, id)):
        draft.body = template.body
        set_template(draft, template)
        form.show(initial_values(draft, request.team.clock.zone))
    return form


def _render_editor(
    request: TeamRequest,
    draft: Broadcast,
    form: BroadcastForm | None = None,
    audience: Audience | None = None,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    shown = form or _editor_form(request, draft)
    audience = Audience.from_json(draft.audience) if audience is None else audience
    data = request.POST if errors else None
    context = {
        **_preview_context(request, draft),
        "title": draft.name or ("Draft" if draft.id else "New broadcast"),
        "form": shown,
        "audience": audience_parts(request.member, audience, data, errors or {}),
        "fields": known_fields(request.team.id).items(),
        "begun": timezone.now().isoformat() if form is None else request.POST.get("begun", ""),
        "zone_name": request.team.clock.zone_name,
    }
    return render(request, "broadcasts/edit_broadcast.html", context, status=422 if form else 200)


def _preview_context(request: TeamRequest, draft: Broadcast) -> dict[str, Any]:
    return {
        "section": "broadcasts",
        "broadcast": draft,
        "saved_at": timezone.now(),
        "preview": find_preview(draft, request.member) if draft.id else None,
    }


def _others_changes(request: TeamRequest, draft: Broadcast, form: BroadcastForm) -> dict[str, Any]:
    """What somebody else changed while this page was open, for the line that says what was saved."""
    labels = {name: str(form[name].label).lower() for name in form.others_changes}
    return {
        "revision_input": form.saved_revision_input(initial_values(draft, request.team.clock.zone)),
        "not_saved": [label for name, label in labels.items() if name in form.errors],
        "others_changed": [label for name, label in labels.items() if name not in form.errors],
    }


def _url(request: HttpRequest, name: str, draft: Broadcast) -> str:
    return reverse(name, args=[request.team.slug, draft.id])  # type: ignore[attr-defined]
