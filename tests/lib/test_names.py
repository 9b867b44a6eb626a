import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.lib.names import fold, within_a_sentence


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élodie  O’Neill", "elodie o'neill"),
        ("de Souza", "de souza"),
        ("  Zoë\u00a0Strauß ", "zoe strauss"),
        ("Łukasz Bjørn-Ægir", "lukasz bjorn-aegir"),
        ("Nguyễn", "nguyen"),
        ("İpek", "ipek"),
        ("Mc\u200bKay", "mckay"),
        ("Smith–Jones", "smith-jones"),
        ("Соня", "соня"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_people_are_ordered_alike_everywhere() -> None:
    names = ["Zhang", "de Souza", "Évans", "Evans"]
    assert sorted(names, key=fold) == ["de Souza", "Évans", "Evans", "Zhang"]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Accepted", "accepted"),
        ("The EHC plan", "the EHC plan"),
        ("EHC plan", "EHC plan"),
        ("DSL", "DSL"),
        ("A school outside England", "a school outside England"),
        ("", ""),
    ],
)
def test_a_label_within_a_sentence(label: str, words: str) -> None:
    assert within_a_sentence(label) == words
