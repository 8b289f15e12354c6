"""The engine: one hypothesis for each segment, whatever the segment is."""

from pathlib import Path

import pytest
from stub_package import write_stub_package

from toolkit import ArgosEngine, Decoding, EngineError
from toolkit.engine import Hypothesis, join_pieces, load_tokenizer
from toolkit.packages import open_package

SENTENCE = "Стороны обсудили перемирие, а министры подписали соглашение о торговле."


def texts_of(engine: ArgosEngine, *texts: str, decoding: Decoding | None = None) -> list[str]:
    return [hypothesis.text for hypothesis in engine.translate(texts, decoding)]


def test_translations_come_one_for_each_text_in_order(engine: ArgosEngine) -> None:
    """Batches are sorted by length inside; the caller does not notice."""
    short, long = "Да.", SENTENCE
    together = texts_of(engine, long, short, long, short)
    assert together == [*texts_of(engine, long), *texts_of(engine, short)] * 2


def test_nothing_to_translate_gives_nothing(engine: ArgosEngine) -> None:
    assert texts_of(engine) == []


def test_long_segment_is_translated_to_its_end(engine: ArgosEngine) -> None:
    """600 words go far beyond what the decoder can read at once: none may be cut off."""
    clause = "в городе министры подписали соглашение о сотрудничестве в области торговли"
    text = ", ".join([clause] * 60)
    (translation,) = texts_of(engine, text)
    assert translation.count("minister") > 30
    assert len(translation) > len(text) / 2


def test_piece_goes_on_in_lower_case_where_its_source_does() -> None:
    hypotheses = [Hypothesis("He left.", -1, 2), Hypothesis("And she stayed.", -2, 3)]
    joined = join_pieces(["Он ушёл,", "а она осталась."], hypotheses)
    assert joined == Hypothesis("He left and she stayed.", -3, 5)


def test_segment_without_a_space_is_translated(engine: ArgosEngine) -> None:
    (translation,) = texts_of(engine, "перемирие" * 200)
    assert translation


def test_soft_hyphens_do_not_change_the_translation(engine: ArgosEngine) -> None:
    hyphenated = SENTENCE.replace("перемирие", "пере\u00adми\u00adрие")
    assert texts_of(engine, hyphenated) == texts_of(engine, SENTENCE)


def test_score_is_the_geometric_mean_of_the_token_probabilities(engine: ArgosEngine) -> None:
    """CTranslate2 gives log-probabilities divided by a power of the length: that is undone."""
    scores = [
        next(engine.translate([SENTENCE], Decoding(beam_size=1, length_penalty=penalty))).score
        for penalty in (0.0, 0.6, 1.0)
    ]
    assert scores == pytest.approx([scores[0]] * 3, rel=1e-4)
    assert 0 < scores[0] < 1


def test_beam_size_matters_only_where_it_is_given(engine: ArgosEngine) -> None:
    assert "beam=4" in engine.label
    assert texts_of(engine, SENTENCE) == texts_of(engine, SENTENCE, decoding=Decoding(beam_size=4))


@pytest.mark.parametrize("tokenizer", ["bpe.model", "sentencepiece.model"])
def test_package_of_any_pair_translates(tmp_path: Path, tokenizer: str) -> None:
    """A package with byte-pair encoding and one with SentencePiece, English to German."""
    package = open_package(write_stub_package(tmp_path, tokenizer))
    engine = ArgosEngine(package)
    assert (engine.source_lang, engine.target_lang) == ("en", "de")
    assert len(texts_of(engine, "the house", "a house")) == 2


def test_target_prefix_of_a_package_begins_the_decoding_and_not_the_translation(
    tmp_path: Path,
) -> None:
    package = open_package(write_stub_package(tmp_path, "sentencepiece.model", prefix="▁house"))
    engine = ArgosEngine(package)
    plain = ArgosEngine(open_package(write_stub_package(tmp_path, "sentencepiece.model")))
    assert texts_of(engine, "the house") != texts_of(plain, "the house")


def test_unknown_compute_type_is_an_error(engine: ArgosEngine) -> None:
    with pytest.raises(EngineError, match="does not load"):
        ArgosEngine(engine.package, compute_type="int3")


def test_beam_gives_its_other_hypotheses_too(engine: ArgosEngine) -> None:
    (hypothesis,) = engine.translate([SENTENCE])
    texts = [hypothesis.text, *(one.text for one in hypothesis.alternatives)]
    assert len(set(texts)) == 4
    scores = [one.log_prob / one.length**0.6 for one in (hypothesis, *hypothesis.alternatives)]
    assert scores == sorted(scores, reverse=True)


def test_translation_goes_on_from_a_given_beginning(engine: ArgosEngine) -> None:
    (text,) = engine.complete([SENTENCE], ["Both sides"])
    assert text.startswith("Both sides ")
    assert "agreement" in text


def test_words_are_scored_as_the_model_would_have_written_them(engine: ArgosEngine) -> None:
    """The sum is the log-probability of the hypothesis, cut into words and the end."""
    (hypothesis,) = engine.translate([SENTENCE], Decoding(beam_size=1))
    (scores,) = engine.score([SENTENCE], [hypothesis.text])
    assert len(scores) == len(hypothesis.text.split()) + 1
    assert sum(scores) == pytest.approx(hypothesis.log_prob, rel=0.02)
    (wrong,) = engine.score([SENTENCE], [hypothesis.text.replace("agreement", "banana")])
    assert sum(wrong) < sum(scores) - 5


def test_nothing_to_score_or_complete_gives_nothing(engine: ArgosEngine) -> None:
    assert engine.score([], []) == []
    assert list(engine.complete([], [])) == []


@pytest.mark.parametrize("tokenizer", ["bpe.model", "sentencepiece.model"])
def test_package_of_any_pair_scores_and_completes(tmp_path: Path, tokenizer: str) -> None:
    engine = ArgosEngine(open_package(write_stub_package(tmp_path, tokenizer)))
    assert [len(scores) for scores in engine.score(["the house"], ["ein Haus"])] == [3]
    (completed,) = engine.complete(["the house"], ["Haus"])
    assert completed.startswith("Haus")


def test_package_that_reads_terms_says_so(tmp_path: Path) -> None:
    """Its marks are one token each."""
    plain = open_package(write_stub_package(tmp_path, "sentencepiece.model"))
    package = open_package(write_stub_package(tmp_path, "sentencepiece.model", terminology=True))
    assert (plain.reads_annotations, package.reads_annotations) == (False, True)
    tokens = load_tokenizer(package).encode("the house <term> Haus </term>")
    assert {"<term>", "</term>"} <= set(tokens)
