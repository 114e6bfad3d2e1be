"""Words as they are compared: small, without accents, each from its first letter on."""

import pytest

from alongside.kit import search


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Tūranga St Anne’s", "turanga st annes"),
        ("ÉCOLE  Sainte-Thérèse", "ecole sainte therese"),
        ("Straße", "strasse"),
        ("Ørsted Æble Łódź", "orsted aeble lodz"),
        ("ﬁne Ｆｕｌｌ", "fine full"),
        ("  \t\n ", ""),
        ("a\0b", "ab"),
        ("St. Mary's C.E. (VA)", "st marys ce va"),
        ("学校 школа مدرسة", "学校 школа مدرسة"),
        ("🙂", ""),
    ],
)
def test_text_is_folded(text, folded):
    assert search.folded(text) == folded


def test_a_question_is_cut_to_eight_words_of_its_first_hundred_characters():
    assert search.words(" ".join("abcdefghijkl")) == list("abcdefgh")
    assert search.words("x" * 20_000) == ["x" * 100]
    assert search.words("%_\\' OR 1=1 --") == ["or", "1", "1"]


@pytest.mark.parametrize(
    ("question", "fits"),
    [("hol", True), ("HOLT pri", True), ("pri hol", True), ("olt", False), ("holt sec", False), ("hōlt", True)],
)
def test_each_word_begins_a_word(question, fits):
    assert search.fits(search.words(question), "Holt Primary") is fits
