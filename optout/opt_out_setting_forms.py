"""Forms of Settings > Opt-out: how an inbox reads opt-outs, the team's extra words, and what an opt-out also does."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Inbox, Team
from kernel.revisions import RevisedForm
from optout.extra_words import common_errors, split_words, word_errors
from optout.languages import LANGUAGES, inbox_languages
from optout.reader.outcome import Outcome

READING_CHOICES = [
    ("act", "Opt out when the words are clear, and hold the text when they may be an opt-out (recommended)"),
    ("hold", "Hold each such text until a member decides"),
    ("keywords", "Act on keywords only, and mark other texts"),
]


class ReadingForm(RevisedForm, forms.ModelForm):
    """How one inbox reads opt-outs in people's own words, and in which languages. English is always read."""

    opt_out_reading = forms.ChoiceField(
        label="Opt-outs in people's own words", choices=READING_CHOICES, widget=forms.RadioSelect
    )
    languages = forms.MultipleChoiceField(
        label="Languages besides English",
        choices=[(code, name) for code, name in LANGUAGES.items() if code != "en"],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Keywords of these languages count here, even those that are everyday words in other languages.",
    )

    class Meta:
        model = Inbox
        fields = ["opt_out_reading", "languages"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inbox = self.instance
        self.initial["languages"] = list(inbox_languages(inbox.languages, inbox.team.country)[1:])

    def clean_languages(self) -> list[str]:
        return ["en", *self.cleaned_data["languages"]]


class ExtraWordsForm(RevisedForm, forms.ModelForm):
    """The team's own keywords, besides the reserved ones. Each counts only as the whole text."""

    stop = forms.CharField(label="Words for opting out", required=False)
    start = forms.CharField(label="Words for opting in", required=False)
    help = forms.CharField(label="Words for help", required=False)

    class Meta:
        model = Team
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget = forms.Textarea(attrs={"rows": 3})
            self.initial[name] = "\n".join(self.instance.extra_keywords.get(name, []))

    def clean(self) -> dict[str, Any]:
        words_of = {Outcome(name): split_words(self.cleaned_data.get(name, "")) for name in self.fields}
        for meaning, words in words_of.items():
            for error in word_errors(meaning, words):
                self.add_error(meaning.value, error)
        for error in common_errors(words_of):
            self.add_error(None, error)
        self.instance.extra_keywords = {meaning.value: words for meaning, words in words_of.items() if words}
        return self.cleaned_data


SCOPE_CHOICES = [
    ("all", "All inboxes (recommended)"),
    ("inbox", "Each inbox by itself"),
]


class OptOutScopeForm(RevisedForm, forms.ModelForm):
    """Whether an opt-out by text is from all inboxes, or from the inbox that receives it. Changing it lifts nothing."""

    scope = forms.ChoiceField(
        label="A STOP stops texts from", choices=SCOPE_CHOICES, widget=forms.RadioSelect
    )

    class Meta:
        model = Team
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["scope"] = "inbox" if self.instance.each_inbox_since else "all"

    def save(self, commit: bool = True) -> Team:
        """The same choice again keeps its date."""
        since = self.instance.each_inbox_since or timezone.now()
        self.instance.each_inbox_since = since if self.cleaned_data["scope"] == "inbox" else None
        self.instance.save(update_fields=["each_inbox_since"])
        return self.instance


class MarketingConsentForm(RevisedForm, forms.ModelForm):
    """Whether marketing broadcasts need consent on record."""

    class Meta:
        model = Team
        fields = ["marketing_needs_consent"]
        labels = {
            "marketing_needs_consent": "Send marketing broadcasts only to people with consent on record"
        }


class OptOutEffectsForm(RevisedForm, forms.ModelForm):
    """What an opt-out by text also does."""

    class Meta:
        model = Team
        fields = ["opt_out_closes", "opt_out_leaves_lists"]
        labels = {
            "opt_out_closes": "Close the conversation",
            "opt_out_leaves_lists": "Remove the contact from all lists",
        }
