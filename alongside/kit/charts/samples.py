"""Sample data for the page of all parts. All of it is invented; no person is named."""

from datetime import date

from django import forms
from django.utils.safestring import SafeString

from alongside.kit.charts.bars import DotRow, Share, dot_interval, share_bar, trend_line
from alongside.kit.charts.heat import HeatCell, HeatColumn, HeatRow, heat_key, heat_table
from alongside.kit.charts.notes import ChartNote
from alongside.kit.charts.run import RunPoint, run_chart, run_table

COLUMNS = (
    HeatColumn("Workload", "Load"),
    HeatColumn("Rest", "Rest"),
    HeatColumn("Belonging", "Belong"),
    HeatColumn("Respect", "Respect"),
    HeatColumn("Support", "Support"),
    HeatColumn("Growth", "Growth"),
)
MONTHS = ("Mar", "May", "Jun", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "May")
SCORES = (61, 63, 59, 64, 62, 55, 61, 63, 60, 48, 47)
USUAL = (50, 72)


class SampleForm(forms.Form):
    """One field of each kind; the closing day is wrong on purpose."""

    email = forms.EmailField(label="Work e-mail", help_text="The address the school uses.")
    closing_day = forms.CharField(label="Closing day")
    school = forms.ChoiceField(
        label="School", choices=[("", "Choose one"), ("holt", "Holt Primary"), ("wick", "Wick Infants")]
    )
    pace = forms.ChoiceField(
        label="How often", widget=forms.RadioSelect, choices=[("month", "Every month"), ("term", "Once a term")]
    )
    one_mail = forms.BooleanField(label="Send me one mail when everybody has replied")

    def clean_closing_day(self) -> str:
        raise forms.ValidationError(
            "Saturday 29 May is not a school day. Choose Friday 28 May or Tuesday 8 June.", code="closed"
        )


def component_samples() -> dict[str, object]:
    """What kit/components.html shows: charts as markup, a form with a fault, words and dates."""
    return {
        "heat": _heat(),
        "run": _run(),
        "run_table": run_table(_points(), USUAL),
        "trends": _trends(),
        "shares": _shares(),
        "dots": _dots(),
        "form": _form(),
        "day": date(2027, 5, 18),
        "schools": ["Ashmead", "Holt", "Wick"],
    }


def _row(name: str, note: str, *scores: int | None, is_total: bool = False) -> HeatRow:
    cells = [HeatCell(score, why="" if score is not None else "Fewer than 5 gave an answer") for score in scores]
    return HeatRow(name, note, cells, is_total)


def _heat() -> SafeString:
    watch = HeatCell(45, "watch", -1, "#run", "It was 60; one low month")
    fall = HeatCell(47, "sure", -1, "#run", "Two months below its usual range of 50 to 72")
    birch = _row("Birch Park Secondary", "124 of 154 answered", 47, 44, 66, 71, 68, 58)
    holt = _row("Holt Primary", "14 of 19 answered", 45, 50, 70, 80, 75, 65)
    rows = [
        HeatRow(birch.name, birch.note, [fall, *birch.cells[1:]], url="#run"),
        HeatRow(holt.name, holt.note, [watch, *holt.cells[1:]]),
        _row("Ashmead Primary", "5–9 answered", 50, 50, 80, 80, 80, 70),
        _row("Other schools (3)", "5–9 answered together", 60, 50, 80, 80, 80, None),
        _row("Avon cluster", "214 of 287 answered", 51, 49, 70, 75, 74, 63, is_total=True),
    ]
    caption = "Scores from 0 (all strongly disagree) to 100 (all strongly agree). Higher is better."
    return heat_table(COLUMNS, rows, caption) + heat_key(rows)


def _points() -> list[RunPoint]:
    marks = {9: "confirmed", 10: "confirmed"}
    rows = enumerate(zip(MONTHS, SCORES, strict=True))
    return [RunPoint(m, 2026 if i < 7 else 2027, s, "confirmed" if i in marks else "") for i, (m, s) in rows]


def _run() -> SafeString:
    return run_chart(
        _points(),
        USUAL,
        True,
        [ChartNote(9, "new assessment return"), ChartNote(10, "planning time")],
        "Run chart of eleven pulses from March 2026 to May 2027. The score stays between 55 and 64 until February 2027"
        " and falls to 48 in March and 47 in May, below the usual range of 50 to 72.",
        question="Can people do their job properly in the hours they have?",
    )


def _trends() -> list[tuple[str, int, SafeString]]:
    rows = (("Birch Park Secondary", SCORES), ("Larkfield Special School", (64, 66, None, 63, 67, 70, 69)))
    return [
        (name, scores[-1] or 0, trend_line(scores, f"{name}: now {scores[-1]}, was {scores[0]}"))
        for name, scores in rows
    ]


def _shares() -> SafeString:
    shares = (
        Share("Strongly disagree", 12),
        Share("Disagree", 24),
        Share("In between", 18),
        Share("Agree", 33),
        Share("Strongly agree", 13),
    )
    return share_bar(shares, question="How did the answers spread?", base="94 of 100 answers")


def _dots() -> SafeString:
    rows = [
        DotRow("Birch Park Secondary", 47, 43, 51, "below its usual range"),
        DotRow("Larkfield Special School", 63, 57, 69, "as usual"),
        DotRow("Avon cluster", 51, 48, 54, "as usual"),
    ]
    return dot_interval(rows, question="How sure can we be of each score?")


def _form() -> SampleForm:
    form = SampleForm(
        {
            "email": "head@holt.example",
            "closing_day": "Saturday 29 May",
            "pace": "month",
            "one_mail": "on",
            "school": "holt",
        }
    )
    form.is_valid()
    return form
