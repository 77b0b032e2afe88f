"""Page of a number's consent on record, where a member adds a record. Records are never changed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.access import Right, TeamRequest
from kernel import change_tokens
from kernel.form_views import form_view, render_form
from kernel.phone_numbers import display
from optout.change_responses import Toast, render_change, respond_changed
from optout.consent_records.forms import ConsentRecordForm
from optout.consent_records.number_consent import number_consent
from optout.consent_records.recording import record_consent
from optout.consent_types import Actor
from optout.number_state import standing
from optout.views import number_view


@form_view
@number_view(Right.OPT_OUT)
def consent_records(request: TeamRequest, number: str) -> HttpResponse:
    form = ConsentRecordForm(request.POST if request.method == "POST" else None, team=request.team)
    if form.is_valid():
        new = record_consent(request.team.id, number, form.stated(), Actor.of(request.member))
        if request.htmx:
            return respond_changed(request, number, Toast("Consent recorded"))
        change_tokens.renew_on_commit(request.team.id)
        messages.success(request, "Recorded." if new else "This is on record already.")
        return redirect("consent_records", request.team.slug, number)
    if request.htmx:
        return render_change(request, number, "optout/consent_record.html", form)
    context = {
        "number": number,
        "shown_number": display(number),
        "form": form,
        "consent": number_consent(request.team.id, number),
        "standing": standing(request.team.id, number),
    }
    return render_form(request, "optout/consent_records.html", context)
