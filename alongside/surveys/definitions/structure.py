"""A pulse as LimeSurvey's survey structure (.lss), in the layout that LimeSurvey 6 writes and reads."""

from __future__ import annotations

import html
import zlib
from collections.abc import Mapping, Sequence
from typing import Final

from alongside.surveys.instruments import SCALE, Instrument

DB_VERSION: Final = 606  # of LimeSurvey 6, whose layout this is
LANGUAGE: Final = "en"
GROUP, ARRAY, COMMENT, FIRST_LINE = 1, 1, 2, 11
ANSWERS: Final = tuple((f"A{value.upper()}", label) for value, label in SCALE)

type Row = Mapping[str, object]


def as_lss(pulse: Instrument) -> bytes:
    """One group with a table of all statements, answered on the agreement scale, and the comment question if there is one."""
    sid = 100_000 + zlib.crc32(pulse.id.encode()) % 800_000
    tables: dict[str, list[Row]] = {
        "answers": [
            {"aid": number, "qid": ARRAY, "code": code, "sortorder": number, "assessment_value": 0, "scale_id": 0}
            for number, (code, _) in enumerate(ANSWERS, start=1)
        ],
        "answer_l10ns": [
            {"id": number, "aid": number, "answer": _markup(label), "language": LANGUAGE}
            for number, (_, label) in enumerate(ANSWERS, start=1)
        ],
        "groups": [{"gid": GROUP, "sid": sid, "group_order": 1, "randomization_group": "", "grelevance": "1"}],
        "group_l10ns": [
            {"id": GROUP, "gid": GROUP, "group_name": _markup(pulse.name), "description": "", "language": LANGUAGE}
        ],
        "questions": _questions(pulse, sid),
        "subquestions": [
            _question(FIRST_LINE + number, sid, "T", f"SQ{number + 1:03}", number + 1, parent=ARRAY)
            for number in range(len(pulse.items))
        ],
        "question_l10ns": _words(pulse),
        "surveys": [_survey(sid)],
        "surveys_languagesettings": [
            {
                "surveyls_survey_id": sid,
                "surveyls_language": LANGUAGE,
                "surveyls_title": _markup(pulse.name),
                "surveyls_description": "",
                "surveyls_welcometext": _markup(pulse.intro),
                "surveyls_endtext": "",
                "surveyls_dateformat": 5,
                "surveyls_numberformat": 0,
            }
        ],
    }
    body = "".join(_table(name, rows) for name, rows in tables.items())
    start = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>\n'
        f" <DBVersion>{DB_VERSION}</DBVersion>\n <languages>\n  <language>{LANGUAGE}</language>\n </languages>\n"
    )
    return f"{start}{body}</document>\n".encode()


def _questions(pulse: Instrument, sid: int) -> list[Row]:
    table = _question(ARRAY, sid, "F", "Q1", 1)
    return [table, _question(COMMENT, sid, "T", "Q2", 2)] if pulse.comment else [table]


def _question(qid: int, sid: int, kind: str, title: str, order: int, *, parent: int = 0) -> Row:
    theme = {"F": "arrays/array", "T": "longfreetext"}[kind]
    return {
        "qid": qid,
        "parent_qid": parent,
        "sid": sid,
        "gid": GROUP,
        "type": kind,
        "title": title,
        "preg": "",
        "other": "N",
        "mandatory": "N",
        "encrypted": "N",
        "question_order": order,
        "scale_id": 0,
        "same_default": 0,
        "relevance": "1",
        "question_theme_name": theme,
        "modulename": "",
        "same_script": 0,
    }


def _words(pulse: Instrument) -> list[Row]:
    said = [(ARRAY, pulse.question, pulse.think)]
    said += [(COMMENT, pulse.comment, "")] if pulse.comment else []
    said += [(FIRST_LINE + number, item.statement, "") for number, item in enumerate(pulse.items)]
    return [
        {"id": qid, "qid": qid, "question": _markup(text), "help": _markup(hint), "script": "", "language": LANGUAGE}
        for qid, text, hint in said
    ]


def _survey(sid: int) -> Row:
    """Anonymous, group by group; what is not said here LimeSurvey takes from its own settings."""
    inherited = dict.fromkeys(("admin", "adminemail", "template", "bounce_email"), "inherit")
    return {
        "sid": sid,
        "gsid": 1,
        **inherited,
        "expires": "",
        "startdate": "",
        "anonymized": "Y",
        "format": "G",
        "savetimings": "N",
        "language": LANGUAGE,
        "additional_languages": "",
        "datestamp": "N",
        "ipaddr": "N",
        "refurl": "N",
        "usetokens": "N",
        "shownoanswer": "N",
        "tokenlength": -1,
        "questionindex": -1,
        "navigationdelay": -1,
    }


def _table(name: str, rows: Sequence[Row]) -> str:
    fields = "".join(f"   <fieldname>{field}</fieldname>\n" for field in rows[0]) if rows else ""
    written = "".join(f"   <row>\n{_cells(row)}   </row>\n" for row in rows)
    return f" <{name}>\n  <fields>\n{fields}  </fields>\n  <rows>\n{written}  </rows>\n </{name}>\n"


def _cells(row: Row) -> str:
    return "".join(
        f"    <{name}><![CDATA[{value}]]></{name}>\n" if value != "" else f"    <{name}/>\n"
        for name, value in row.items()
    )


def _markup(text: str) -> str:
    """Words as LimeSurvey keeps them: HTML, in which braces would be taken for something to fill in. No "]]>" is left."""
    return html.escape(text, quote=False).replace("{", "&#123;").replace("}", "&#125;")
