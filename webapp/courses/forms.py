"""Forms of the course area."""

from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NoneOf, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from webapp.core.forms import BaseForm
from webapp.core.words import N_
from webapp.courses.rules.parse import MOST_QUESTIONS

CODE = r"^[a-z0-9][a-z0-9-]{1,59}$"
PAGES = ("new", "upload")
"""Addresses of the area itself, which no course can have as its code."""
TITLE = 80
SUMMARY = 300
TEXT = 200_000


class Boxes(SelectMultipleField):
    """Any number of ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DraftForm(BaseForm):
    """Parent of what changes a draft. revision: of the draft that the person saw."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[NumberRange(min=0)])


class DetailsForm(DraftForm):
    """What a course is and who learns from it. events: 'contest/event' or 'contest/*track'."""

    title_zh = StringField(
        N_("Title in Chinese"), validators=[InputRequired(N_("Give the course a title.")), Length(max=TITLE)]
    )
    title_en = StringField(N_("Title in English"), validators=[Optional(), Length(max=TITLE)])
    summary_zh = TextAreaField(N_("Summary in Chinese"), validators=[Optional(), Length(max=SUMMARY)])
    summary_en = TextAreaField(N_("Summary in English"), validators=[Optional(), Length(max=SUMMARY)])
    academy_zh = StringField(N_("Given by, in Chinese"), validators=[Optional(), Length(max=TITLE)])
    academy_en = StringField(N_("Given by, in English"), validators=[Optional(), Length(max=TITLE)])
    events = Boxes(
        N_("Events that learn from it"), validators=[InputRequired(N_("Choose at least one event."))]
    )


class CourseForm(DetailsForm):
    """A new course."""

    code = StringField(
        N_("Code"),
        validators=[
            InputRequired(N_("Give the course a code.")),
            Regexp(CODE, message=N_("Use 2 to 60 small letters, digits and hyphens.")),
            NoneOf(PAGES, message=N_("This code cannot be used.")),
        ],
    )


class UploadForm(BaseForm):
    """A whole course as a zip."""

    file = FileField(N_("Course (.zip)"), validators=[FileRequired(N_("Choose a file."))])


class LessonForm(DraftForm):
    """What every lesson has. sources: one a line."""

    title_zh = StringField(
        N_("Title in Chinese"), validators=[InputRequired(N_("Give the lesson a title.")), Length(max=TITLE)]
    )
    title_en = StringField(N_("Title in English"), validators=[Optional(), Length(max=TITLE)])
    summary_zh = TextAreaField(N_("Summary in Chinese"), validators=[Optional(), Length(max=SUMMARY)])
    summary_en = TextAreaField(N_("Summary in English"), validators=[Optional(), Length(max=SUMMARY)])
    sources = TextAreaField(N_("Sources"), validators=[Optional(), Length(max=2000)])


class VideoForm(LessonForm):
    """A video with captions, and the same as a text."""

    video = FileField(N_("Video (.mp4)"))
    low_video = FileField(N_("Smaller video for little data (.mp4)"), validators=[Optional()])
    captions_zh = FileField(N_("Chinese captions (.vtt)"))
    captions_en = FileField(N_("English captions (.vtt)"), validators=[Optional()])
    text = TextAreaField(N_("Text version"), validators=[Optional(), Length(max=TEXT)])
    pictures = MultipleFileField(N_("Pictures for the text"), validators=[Optional()])


class TextForm(LessonForm):
    """A text to read."""

    text = TextAreaField(N_("Text"), validators=[InputRequired(N_("Write the text.")), Length(max=TEXT)])
    pictures = MultipleFileField(N_("Pictures for the text"), validators=[Optional()])


class QuizForm(LessonForm):
    """From where a round of questions is drawn. No topic: all of them."""

    bank = SelectField(N_("Question bank"), validators=[InputRequired(N_("Choose a question bank."))])
    topics = Boxes(N_("Topics"), validators=[Optional()], validate_choice=False)
    count = IntegerField(
        N_("Questions of a round"), default=5, validators=[InputRequired(), NumberRange(1, MOST_QUESTIONS)]
    )


class DrillForm(LessonForm):
    """A drill as its file says it, chosen or typed, with its picture."""

    file = FileField(N_("Drill (.toml)"), validators=[Optional()])
    drill = TextAreaField(N_("Or its text"), validators=[Optional(), Length(max=TEXT)])
    picture = FileField(N_("Picture of the drill"), validators=[Optional()])


class PublishForm(DraftForm):
    """What changed, in the person's words."""

    note = TextAreaField(
        N_("What changed"),
        validators=[InputRequired(N_("Say in a sentence what changed.")), Length(max=500)],
    )


class MoveForm(DraftForm):
    """A lesson goes up (-1) or down (1)."""

    by = IntegerField(validators=[InputRequired(), NumberRange(-1, 1)])
