"""The page Opt Out."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.do_not_text import Key
from reports import changes, fold
from reports.frame import show
from reports.opt_out_asked import OptOutForm, OptOutQuestion
from reports.opt_outs import opt_outs


@require_GET
@team_view(Right.SEE_REPORTS)
def opt_out_report(request: TeamRequest) -> HttpResponse:
    """Its first page of lines has figures above it."""
    books = fold.catch_up(request.team)
    asked = OptOutQuestion(OptOutForm(request.team, request.GET))
    after = Key.read(request.GET.get("after", ""))
    report = opt_outs(asked) if books else None
    page = changes.page(asked.wanted, after) if report else None
    following = asked.at(page.next) if page and page.next else ""
    return show(
        request, "opt_out_report", asked=asked, books=books, report=report, page=page, after=after, next=following
    )  # fmt: skip
