"""What reviewers did is taken back: by their files' identifiers or by the texts alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_formats import bitext_of

from toolkit import Bitext, Block, Document, Inline, Segment, Signature, Unit
from toolkit.formats.rows import Place
from toolkit.merging import Merged, Rule, merge_reviews
from toolkit.opinions import Review

NOBODY = Signature("", "", "", "", "", "")
BASE = bitext_of(("Да.", "Yes."), ("Нет.", "No."), ("Мир.", "World."))
Pairs = list[tuple[str, str]]


def of_one_block(*pairs: tuple[str, str]) -> Bitext:
    """Make a bitext of one paragraph."""
    text = " ".join(source for source, _ in pairs)
    units, start = [], 0
    for number, (source, target) in enumerate(pairs, start=1):
        segment = Segment(f"1.{number}", 0, start, start + len(source), source)
        units.append(Unit(segment, target, score=0.5))
        start += len(source) + 1
    document = Document("call", "ru", "", (Block("paragraph", text),))
    return Bitext(document, "ru", "en", tuple(units), BASE.signature)


def ours(bitext: Bitext, name: str = "call.po", **changes: Unit) -> Review:
    """Give a file of ours as it comes back, with some units changed: u1=…, u2=…."""
    units = [
        replace(changes.get(f"u{n}", unit), written_checksum=unit.checksum)
        for n, unit in enumerate(bitext.units, start=1)
    ]
    return Review(name, replace(bitext, units=tuple(units), written_checksum=bitext.checksum))


def memory(*pairs: tuple[str, str], name: str = "memory.tmx", places: object = ()) -> Review:
    """Give the memory of a CAT tool: texts, made by people, in any order."""
    bitext = bitext_of(*pairs)
    units = tuple(replace(u, origin="human", author="ep", score=None) for u in bitext.units)
    document = replace(bitext.document, id="memory")
    bitext = replace(bitext, document=document, units=units, signature=NOBODY)
    return Review(name, bitext, places=places, is_silent=False)  # type: ignore[arg-type]


def edited(unit: Unit, target: str, **known: object) -> Unit:
    return replace(unit, target=target, origin="human", state="reviewed", **known)  # type: ignore[arg-type]


def targets(merged: Merged) -> list[str]:
    return [unit.target for unit in merged.bitext.units]


def standing(merged: Merged) -> list[tuple[str, str]]:
    return [(unit.origin, unit.state) for unit in merged.bitext.units]


def assert_settled(merged: Merged, *reviews: Review) -> None:
    """Merging the same once more changes nothing."""
    again = merge_reviews(replace(merged.bitext, written_checksum=""), reviews)
    assert again.bitext == merged.bitext
    assert again.counts == {}
    assert again.conflicts == merged.conflicts


def test_accepted_edited_rejected_and_untouched() -> None:
    first, second, third = BASE.units
    review = ours(
        BASE,
        u1=replace(first, state="reviewed"),
        u2=edited(second, "Not at all.", author="ep", notes=("Тон?",)),
        u3=replace(third, state="initial"),
    )
    merged = merge_reviews(BASE, [review])
    assert merged.counts == {"accepted": 1, "edited": 1, "rejected": 1, "notes": 1}
    assert targets(merged) == ["Yes.", "Not at all.", "World."]
    assert standing(merged) == [
        ("human", "reviewed"),
        ("human", "reviewed"),
        ("machine", "initial"),
    ]
    unit = merged.bitext.units[1]
    assert (unit.author, unit.notes, unit.score, unit.raw) == ("ep", ("Тон?",), None, "No.")
    assert [(edit.step, edit.reason) for edit in unit.edits] == [("review", "ep, call.po")]
    assert_settled(merged, review)


def test_file_that_nobody_touched_says_nothing() -> None:
    merged = merge_reviews(BASE, [ours(BASE)])
    assert (merged.bitext, merged.counts, merged.conflicts) == (BASE, {}, ())


def test_emptied_translation_is_rejected_and_its_text_kept() -> None:
    review = ours(BASE, u2=replace(BASE.units[1], target="", state="initial"))
    merged = merge_reviews(BASE, [review])
    assert merged.counts == {"rejected": 1}
    assert merged.bitext.units[1] == replace(BASE.units[1], state="initial")
    assert_settled(merged, review)


def test_edit_by_a_program_that_keeps_our_states_is_seen() -> None:
    review = ours(BASE, u3=replace(BASE.units[2], target="Peace."))
    merged = merge_reviews(BASE, [review])
    assert merged.counts == {"edited": 1}
    assert standing(merged)[2] == ("human", "reviewed")
    assert_settled(merged, review)


def test_output_of_an_earlier_model_is_no_edit() -> None:
    old = replace(BASE, signature=replace(BASE.signature, model_sha256="old"))
    old = replace(old, units=tuple(replace(u, target=u.target.upper()) for u in old.units))
    merged = merge_reviews(BASE, [ours(old)])
    assert (merged.bitext, merged.counts, merged.conflicts) == (BASE, {}, ())
    review = ours(old, u3=replace(old.units[2], target="Peace."))
    assert merge_reviews(BASE, [review]).counts == {"edited": 1}


def test_units_of_a_cat_tools_memory_are_found_by_their_source() -> None:
    review = memory(("Мир.", "Peace."), ("Другое.", "Else."), ("Да.", "Yes."))
    merged = merge_reviews(BASE, [review])
    assert targets(merged) == ["Yes.", "No.", "Peace."]
    assert merged.counts == {"accepted": 1, "edited": 1}
    assert merged.placed == (frozenset({0, 2}),)
    assert_settled(merged, review)


def test_machine_output_in_a_memory_is_not_accepted() -> None:
    review = memory(("Да.", "Yes."), ("Нет.", "Nope."))
    units = tuple(
        replace(unit, origin="machine", author="MT! ru_en") for unit in review.bitext.units
    )
    merged = merge_reviews(BASE, [replace(review, bitext=replace(review.bitext, units=units))])
    assert (merged.bitext, merged.counts) == (BASE, {})


REPEATED = bitext_of(
    ("Раз.", "One."), ("Да.", "Yes."), ("Два.", "Two."), ("Да.", "Yes."), ("Три.", "Three.")
)


def test_one_translation_of_a_repeated_segment_is_for_all() -> None:
    merged = merge_reviews(REPEATED, [memory(("Да.", "Indeed."))])
    assert targets(merged) == ["One.", "Indeed.", "Two.", "Indeed.", "Three."]


def test_several_translations_of_a_repeated_segment_are_taken_in_order() -> None:
    merged = merge_reviews(REPEATED, [memory(("Да.", "Aye."), ("Да.", "Sure."))])
    assert targets(merged) == ["One.", "Aye.", "Two.", "Sure.", "Three."]


def test_neighbours_tell_which_of_the_repeated_segments_is_meant() -> None:
    other = ("Четыре.", "Four.")
    review = memory(("Два.", "Two."), ("Да.", "Sure."), ("Три.", "Three."), ("Да.", "Hm."), other)
    longer = bitext_of(*[(u.source.text, u.target) for u in REPEATED.units], ("Да.", "Yes."), other)
    review_of_all = memory(("Раз.", "One."), ("Да.", "Aye."), ("Два.", "Two."), ("Да.", "Sure."))
    assert targets(merge_reviews(longer, [review]))[3:7] == ["Sure.", "Three.", "Hm.", "Four."]
    assert targets(merge_reviews(longer, [review_of_all]))[1:4] == ["Aye.", "Two.", "Sure."]


def test_alternative_translation_of_omegat_belongs_to_its_place() -> None:
    place = Place("call.txt", "Два.", "Три.")
    elsewhere = Place("other.txt", "Раз.", "Два.")
    review = memory(
        ("Да.", "Indeed."), ("Да.", "Sure."), ("Да.", "Hm."), places=(None, place, elsewhere)
    )
    merged = merge_reviews(REPEATED, [review])
    assert targets(merged) == ["One.", "Indeed.", "Two.", "Sure.", "Three."]
    assert merged.placed == (frozenset({0, 1}),)


PARAGRAPH = of_one_block(("А. Б.", "A. B."), ("В.", "C."), ("Г.", "D."), ("Д.", "E."))


def test_split_segment_becomes_several_units() -> None:
    review = memory(("Б.", "Bee."), ("А.", "Ay."), ("Г.", "D."))
    merged = merge_reviews(PARAGRAPH, [review])
    assert merged.counts == {"split": 1, "accepted": 1}
    assert [(u.source.id, u.source.text, u.target) for u in merged.bitext.units] == [
        ("1.1", "А.", "Ay."),
        ("1.2", "Б.", "Bee."),
        ("1.3", "В.", "C."),
        ("1.4", "Г.", "D."),
        ("1.5", "Д.", "E."),
    ]
    block = merged.bitext.document.blocks[0].text
    for unit in merged.bitext.units:
        assert block[unit.source.start : unit.source.stop] == unit.source.text
    assert_settled(merged, review)
    assert merge_reviews(merged.bitext, [ours(PARAGRAPH)]).bitext == merged.bitext


def test_joined_segments_become_one_unit() -> None:
    review = memory(("В. Г.", "See dee."))
    merged = merge_reviews(PARAGRAPH, [review])
    assert merged.counts == {"joined": 1}
    unit = merged.bitext.units[1]
    assert (unit.source.id, unit.source.text, unit.target) == ("1.2", "В. Г.", "See dee.")
    assert [one.source.id for one in merged.bitext.units] == ["1.1", "1.2", "1.3"]
    assert unit.edits[0].before == "C. D."
    assert_settled(merged, review)


def test_segments_of_different_paragraphs_are_not_joined() -> None:
    review = memory(("Да. Нет.", "Yes. No."))
    merged = merge_reviews(BASE, [review])
    assert (merged.bitext, merged.placed) == (BASE, (frozenset(),))


def test_reviewers_who_disagree_leave_the_unit_marked() -> None:
    one = ours(BASE, "anna.po", u3=edited(BASE.units[2], "Peace."))
    two = ours(BASE, "boris.po", u3=edited(BASE.units[2], "The peace."))
    merged = merge_reviews(BASE, [one, two])
    unit = merged.bitext.units[2]
    assert (unit.target, unit.state) == ("World.", "translated")
    assert [(p.target, p.origin) for p in unit.proposals] == [
        ("Peace.", "anna.po"),
        ("The peace.", "boris.po"),
    ]
    assert unit.notes == (
        "Conflict: reviewers disagree: “Peace.” (anna.po), “The peace.” (boris.po)",
    )
    assert [conflict.sentence() for conflict in merged.conflicts] == [
        "call:3.1: reviewers disagree: “Peace.” (anna.po), “The peace.” (boris.po)"
    ]
    assert_settled(merged, one, two)


@pytest.mark.parametrize(("prefer", "target"), [("first", "Peace."), ("last", "The peace.")])
def test_rule_resolves_a_conflict_and_what_lost_stays_a_proposal(prefer: str, target: str) -> None:
    one = ours(BASE, "anna.po", u3=edited(BASE.units[2], "Peace."))
    two = ours(BASE, "boris.po", u3=edited(BASE.units[2], "The peace."))
    merged = merge_reviews(BASE, [one, two], prefer)  # type: ignore[arg-type]
    unit = merged.bitext.units[2]
    assert (unit.target, unit.state, unit.notes) == (target, "reviewed", ())
    assert {p.target for p in unit.proposals} == {"Peace.", "The peace."} - {target}
    assert merged.conflicts[0].chosen
    again = merge_reviews(merged.bitext, [one, two])
    assert (again.bitext, again.counts, again.conflicts) == (merged.bitext, {}, ())


def test_conflict_can_be_resolved_after_it_was_marked() -> None:
    one = ours(BASE, "anna.po", u3=edited(BASE.units[2], "Peace."))
    two = ours(BASE, "boris.po", u3=edited(BASE.units[2], "The peace."))
    marked = merge_reviews(BASE, [one, two]).bitext
    resolved = merge_reviews(marked, [one, two], "first")
    assert (resolved.bitext.units[2].target, resolved.bitext.units[2].notes) == ("Peace.", ())
    by_hand = ours(marked, "page.tmx", u3=edited(marked.units[2], "Peace!"))
    decided = merge_reviews(marked, [by_hand])
    assert (decided.bitext.units[2].target, decided.conflicts) == ("Peace!", ())
    assert_settled(decided, one, two, by_hand)


def test_reviewers_who_agree_are_no_conflict() -> None:
    one = ours(BASE, "anna.po", u3=edited(BASE.units[2], "Peace."))
    merged = merge_reviews(BASE, [one, memory(("Мир.", "Peace."))])
    assert (merged.counts, merged.conflicts) == ({"edited": 1}, ())


def test_accepted_by_one_and_edited_by_another_is_a_conflict() -> None:
    one = ours(BASE, "anna.po", u3=replace(BASE.units[2], state="reviewed"))
    two = ours(BASE, "boris.po", u3=edited(BASE.units[2], "The peace."))
    merged = merge_reviews(BASE, [one, two])
    assert len(merged.conflicts) == 1
    assert_settled(merged, one, two)


def test_reviewed_translation_is_not_overwritten_by_one_that_does_not_know_it() -> None:
    first = merge_reviews(BASE, [ours(BASE, "anna.po", u3=edited(BASE.units[2], "Peace."))]).bitext
    late = ours(BASE, "boris.po", u3=edited(BASE.units[2], "The peace."))
    merged = merge_reviews(first, [late])
    assert merged.bitext.units[2].target == "Peace."
    assert [one for one, _ in merged.conflicts[0].opinions] == ["the bitext", "boris.po"]
    assert_settled(merged, late)


def test_second_round_of_review_edits_what_the_first_one_left() -> None:
    first = merge_reviews(BASE, [ours(BASE, u3=edited(BASE.units[2], "Peace."))]).bitext
    other = merge_reviews(first, [ours(first, u1=edited(first.units[0], "Aye."))]).bitext
    second = ours(first, "second.po", u3=edited(first.units[2], "The peace."))
    for base in (first, other):  # another unit was merged meanwhile
        merged = merge_reviews(base, [second])
        assert (merged.bitext.units[2].target, merged.conflicts) == ("The peace.", ())
        assert_settled(merged, second)


def test_accepted_unit_is_edited_in_the_second_round_though_others_have_changed() -> None:
    accepted = ours(BASE, u3=replace(BASE.units[2], state="reviewed"))
    first = merge_reviews(BASE, [accepted]).bitext
    second = ours(first, "second.po", u3=edited(first.units[2], "Peace."))
    other = merge_reviews(first, [ours(first, u1=edited(first.units[0], "Aye."))]).bitext
    merged = merge_reviews(other, [second])
    assert (merged.counts, merged.conflicts) == ({"edited": 1}, ())


def test_review_that_was_superseded_changes_nothing() -> None:
    old = ours(BASE, "anna.po", u3=edited(BASE.units[2], "Peace."))
    first = merge_reviews(BASE, [old]).bitext
    second = merge_reviews(first, [ours(first, u3=edited(first.units[2], "The peace."))]).bitext
    merged = merge_reviews(second, [old, ours(BASE, "untouched.po")])
    assert (merged.bitext, merged.counts, merged.conflicts) == (second, {}, ())


def test_rejection_that_lost_against_an_acceptance_is_kept_as_a_note() -> None:
    one = ours(BASE, "anna.po", u3=replace(BASE.units[2], state="initial"))
    two = ours(BASE, "boris.po", u3=replace(BASE.units[2], state="reviewed"))
    merged = merge_reviews(BASE, [one, two], "last")
    unit = merged.bitext.units[2]
    assert (unit.state, unit.notes) == ("reviewed", ("Rejected: “World.” (anna.po)",))
    again = merge_reviews(merged.bitext, [one, two], "last")
    assert (again.bitext, again.counts, again.conflicts) == (merged.bitext, {}, ())


def test_translation_of_a_source_that_has_changed_is_offered_and_listed() -> None:
    old = ours(BASE, u1=edited(BASE.units[0], "Aye."))
    now = bitext_of(("Да!", "Yes!"), ("Нет.", "No."), ("Мир.", "World."))
    merged = merge_reviews(now, [old])
    assert targets(merged) == ["Yes!", "No.", "World."]
    (proposal,) = merged.bitext.units[0].proposals
    assert (proposal.source, proposal.target, proposal.origin) == ("Да.", "Aye.", "call.po")
    assert [conflict.reason for conflict in merged.conflicts] == ["the source was “Да.”"]
    assert_settled(merged, old)


def test_sentence_that_was_taken_out_is_not_taken_for_a_new_one_with_its_number() -> None:
    old = ours(BASE, u1=edited(BASE.units[0], "Aye."))
    now = bitext_of(("Встреча прошла в Женеве.", "They met."), ("Нет.", "No."), ("Мир.", "World."))
    merged = merge_reviews(now, [old])
    assert (merged.bitext, merged.conflicts) == (now, ())
    assert 0 not in merged.placed[0]


def test_edited_and_rejected_text_is_kept_in_a_note() -> None:
    """A new run translates what was rejected anew, and keeps notes."""
    review = ours(BASE, u1=replace(BASE.units[0], target="Hm.", origin="human", state="initial"))
    merged = merge_reviews(BASE, [review])
    unit = merged.bitext.units[0]
    assert (unit.target, unit.state) == ("Hm.", "initial")
    assert unit.notes == ("Rejected: “Hm.” (call.po)",)
    assert_settled(merged, review)


def test_formatting_stays_with_the_words_of_an_edited_translation() -> None:
    bold = Inline("bold", 0, 4, "<b>", "</b>")
    unit = replace(
        BASE.units[0],
        source=replace(BASE.units[0].source, inlines=(replace(bold, stop=3),)),
        inlines=(bold,),
    )
    base = replace(BASE, units=(unit, *BASE.units[1:]))
    review = ours(base, u1=edited(unit, "Oh, Yes.", inlines=()))
    (found,) = merge_reviews(base, [review]).bitext.units[0].inlines
    assert found == replace(bold, start=4, stop=8)


PAIR = (Inline("other", 0, 2, "<b0>", "</b0>"),), (Inline("other", 4, 7, "<b0>", "</b0>"),)
TWO_TAGS = (
    (Inline("other", 0, 0, "<t0/>"), Inline("other", 2, 2, "<t1/>")),
    (Inline("other", 4, 4, "<t0/>"), Inline("other", 7, 7, "<t1/>")),
)
OURS = (Inline("bold", 0, 2, "<b>", "</b>"),), (Inline("bold", 4, 7, "<b>", "</b>"),)


@pytest.mark.parametrize("tags", [PAIR, TWO_TAGS, OURS], ids=["HTML", "Word", "our codes"])
def test_tags_of_cat_tools_become_our_codes(
    tags: tuple[tuple[Inline, ...], tuple[Inline, ...]],
) -> None:
    bold = Inline("bold", 0, 2, "<b>", "</b>")
    unit = replace(
        BASE.units[0],
        source=replace(BASE.units[0].source, inlines=(bold,)),
        inlines=(replace(bold, stop=3),),
    )
    base = replace(BASE, units=(unit, *BASE.units[1:]))
    review = memory(("Да.", "Oh, yes."))
    theirs = review.bitext.units[0]
    theirs = replace(theirs, source=replace(theirs.source, inlines=tags[0]), inlines=tags[1])
    review = replace(review, bitext=replace(review.bitext, units=(theirs,)))
    (found,) = merge_reviews(base, [review]).bitext.units[0].inlines
    assert found == replace(bold, start=4, stop=7)


ACTIONS = st.lists(
    st.sampled_from(["none", "accept", "reject", "edit", "note", "edit silently"]),
    min_size=5,
    max_size=5,
)
RULES: list[Rule | None] = [None, "first", "last", "newest"]


def acted(name: str, actions: list[str]) -> Review:
    """Give a review in which something is done to each unit of a text with repetitions."""
    changes: dict[str, Unit] = {}
    for number, (unit, action) in enumerate(zip(REPEATED.units, actions, strict=True), start=1):
        match action:
            case "accept":
                changes[f"u{number}"] = replace(unit, state="reviewed")
            case "reject":
                changes[f"u{number}"] = replace(unit, state="initial")
            case "edit":
                changes[f"u{number}"] = edited(unit, f"{name} {number}")
            case "note":
                changes[f"u{number}"] = replace(unit, notes=(f"{name} {number}?",))
            case "edit silently":
                changes[f"u{number}"] = replace(unit, target=f"{name} {number}")
    return ours(REPEATED, f"{name}.po", **changes)


@given(ACTIONS, ACTIONS, st.sampled_from(RULES))
def test_nothing_of_any_reviewer_is_lost_and_merging_again_changes_nothing(
    one: list[str], two: list[str], prefer: Rule | None
) -> None:
    reviews = [acted("anna", one), acted("boris", two)]
    merged = merge_reviews(REPEATED, reviews, prefer)
    for review in reviews:
        for before, theirs, unit in zip(
            REPEATED.units, review.bitext.units, merged.bitext.units, strict=True
        ):
            assert set(theirs.notes) <= set(unit.notes)
            kept = {unit.target, *(one.target for one in unit.proposals)}
            assert theirs.target in kept or theirs.target == before.target
    for number, (first, second) in enumerate(zip(one, two, strict=True)):
        unit = merged.bitext.units[number]
        done = {first, second} - {"none", "note"}
        if not done:
            assert unit == replace(REPEATED.units[number], notes=unit.notes)
        elif len(done) == 1 and done <= {"accept", "reject"}:
            assert unit.state == ("reviewed" if done == {"accept"} else "initial")
    again = merge_reviews(merged.bitext, reviews, prefer)
    assert again.bitext == merged.bitext
    assert again.counts == {}


@given(ACTIONS, ACTIONS)
def test_files_merged_one_after_the_other_are_as_safe_as_together(
    one: list[str], two: list[str]
) -> None:
    """What the first reviewer did is not overwritten by the second, who does not know of it."""
    first = merge_reviews(REPEATED, [acted("anna", one)])
    both = merge_reviews(first.bitext, [acted("boris", two)])
    for before, after in zip(first.bitext.units, both.bitext.units, strict=True):
        if before.is_reviewed:
            assert (after.target, after.state) == (before.target, before.state)
