"""Form of a template: title, text with fields, a picture, and whether it is shared."""

from typing import Any

from django import forms

from accounts.access import Right, may
from accounts.models import Member
from kernel.revisions import RevisedForm
from kernel.visible_text import has_visible_characters
from messaging.media.models import Attachment
from messaging.text_templates.fields import find_mistakes
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.values import known_fields

NOTHING_TO_SEND = "Write a text, or choose a picture."


class TextTemplateForm(RevisedForm, forms.ModelForm):
    """A template of a member. Only who may change shared templates chooses whether it is shared."""

    shared = forms.BooleanField(label="Shared with the team", required=False)
    picture_file = forms.FileField(
        label="Picture", required=False, widget=forms.FileInput({"accept": "image/*"})
    )
    without_picture = forms.BooleanField(label="Remove the picture", required=False)

    class Meta:
        model = TextTemplate
        fields = ("title", "body", "archived")
        labels = {"body": "Text", "archived": "Archived: it is no longer offered"}
        widgets = {"body": forms.Textarea({"rows": 4, "dir": "auto"})}

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.member = member
        self.known = known_fields(member.team_id)
        if may(member, Right.MANAGE_TEMPLATES):
            self.fields["shared"].initial = self.instance.is_shared
        else:
            del self.fields["shared"]
        if not self.instance.pk:
            del self.fields["archived"]
        if not self.instance.picture_id:
            del self.fields["without_picture"]

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        for mistake in find_mistakes(body, self.known):
            self.add_error("body", mistake)
        return body

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_picture = self.files.get("picture_file") or (
            self.instance.picture_id and not data.get("without_picture")
        )
        if "body" in data and not has_visible_characters(data["body"]) and not has_picture:
            self.add_error("body", NOTHING_TO_SEND)
        return data

    def changes(self, upload: Attachment | None) -> dict[str, Any]:
        """What a valid form says about the template: title, text, owner, and the picture if it changes."""
        data = self.cleaned_data
        picture: dict[str, Any] = {"picture": upload} if upload else {}
        if not upload and data.get("without_picture"):
            picture = {"picture": None}
        owner = None if data.get("shared") else self.member
        kept = {"archived": data["archived"]} if "archived" in data else {}
        return {"title": data["title"], "body": data["body"], "owner": owner, **kept, **picture}
