"""What a school may say it is strong in, or looks for: one short list, so that schools can be matched."""

from collections.abc import Iterable
from typing import Final

from alongside.network.models import Offer

AT_MOST: Final = 3
TOPICS: Final = {
    "reading": "early reading",
    "writing": "writing",
    "maths": "mathematics",
    "science": "science",
    "languages": "languages",
    "arts": "music and arts",
    "sport": "sport and movement",
    "early-years": "early years",
    "send": "special educational needs",
    "additional-language": "pupils new to the language",
    "attendance": "attendance",
    "behaviour": "behaviour and belonging",
    "transition": "moving from school to school",
    "assessment": "assessment",
    "feedback": "feedback and questioning",
    "curriculum": "curriculum across the years",
    "digital": "teaching with technology",
    "families": "working with families",
    "voice": "student voice",
    "new-staff": "looking after new staff",
    "leaders": "growing leaders",
    "workload": "keeping work bearable",
    "sixth-form": "the last school years",
    "small-schools": "running a small school",
}


def labels(offers: Iterable[Offer], kind: str) -> list[str]:
    """The topics of one kind in words, in the order of the list."""
    stated = {offer.topic for offer in offers if offer.kind == kind}
    return [label for key, label in TOPICS.items() if key in stated]
