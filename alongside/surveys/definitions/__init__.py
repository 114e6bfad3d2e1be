"""Surveys that others wrote, as files: read into what a pulse could take, and pulses written as such files.

LimeSurvey's survey structure (.lss), XLSForm workbooks (.xlsx) and a CSV table of our own. Nothing is stored here.
"""

from alongside.surveys.definitions.parts import Found, Left, Question, UnreadableFile
from alongside.surveys.definitions.reading import read
from alongside.surveys.definitions.sheet import TEMPLATE, as_csv
from alongside.surveys.definitions.structure import as_lss

__all__ = ["TEMPLATE", "Found", "Left", "Question", "UnreadableFile", "as_csv", "as_lss", "read"]
