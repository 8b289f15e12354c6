"""The review page as a file: escaped, closed to the network, and complete without a script."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest
from lxml import html
from test_formats import SIGNATURE, bitext_of

from toolkit import Bitext, Edit, Issue
from toolkit.formats.html import is_review_page, render_html

NASTY = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "]]> <!-- --> &amp; &lt;",
    "\"'><img src=x onerror=alert(3)>",
    "\u202egnirts\u202c \u2066isolate",
    "x" * 10_000,
    "{{ 7 * 7 }} {% raw %}",
]


def page_of(bitext: Bitext) -> html.HtmlElement:
    return html.fromstring(render_html(bitext).decode("utf-8"))


def texts(page: html.HtmlElement, name: str) -> list[str]:
    return [str(element.text_content()) for element in page.find_class(name)]


def test_nasty_texts_stand_in_the_page_as_they_are() -> None:
    page = page_of(bitext_of(*((text, text) for text in NASTY)))
    assert texts(page, "source") == NASTY
    assert texts(page, "target") == NASTY
    assert len(page.findall(".//script")) == 2, "the data and our script"
    assert not page.findall(".//img")


def test_nasty_notes_issues_edits_and_names_do_no_harm() -> None:
    bitext = bitext_of(("Да", "Yes"))
    script = "<script>alert(1)</script>"
    unit = replace(
        bitext.units[0],
        notes=(script,),
        issues=(Issue("number", "error", script, (0, 2), (0, 3)),),
        edits=(Edit(script, script, "Yes", script),),
    )
    document = replace(bitext.document, id='"><script>', title=script)
    page = page_of(replace(bitext, document=document, units=(unit,)))
    assert len(page.findall(".//script")) == 2
    assert page.findtext(".//h1") == script


def test_data_in_the_page_are_the_bitext() -> None:
    page = page_of(bitext_of(*((text, text) for text in NASTY)))
    data = json.loads(page.get_element_by_id("bitext").text or "")
    assert [unit["source"] for unit in data["units"]] == NASTY


def test_policy_permits_our_style_and_script_only() -> None:
    page = page_of(bitext_of(("Да", "Yes")))
    (policy,) = (
        meta.get("content")
        for meta in page.findall(".//meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    texts = [page.findtext(".//style"), page.findall(".//script")[1].text]
    hashes = [
        base64.b64encode(hashlib.sha256((text or "").encode()).digest()).decode() for text in texts
    ]
    assert re.findall("'sha256-(.*?)'", policy) == hashes
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_page_loads_nothing() -> None:
    page = page_of(bitext_of(("Да", "Yes")))
    assert not page.xpath("//@src | //link | //@style | //@onclick | //iframe | //object")
    assert all(str(link).startswith("#") for link in page.xpath("//@href"))
    assert "url(" not in (page.findtext(".//style") or "")


def test_same_bitext_gives_the_same_bytes() -> None:
    bitext = bitext_of(("Да", "Yes"))
    assert render_html(bitext) == render_html(bitext)


def test_page_of_ours_is_told_from_others() -> None:
    assert is_review_page(render_html(bitext_of(("Да", "Yes"))))
    assert not is_review_page(b"<!doctype html><title>Article</title>")


def test_issues_are_marked_at_the_words() -> None:
    bitext = bitext_of(("В 1945 году", "In 1954"))
    issue = Issue("number", "error", "“1945” is lost", (2, 6), (3, 7))
    page = page_of(replace(bitext, units=(replace(bitext.units[0], issues=(issue,)),)))
    marked = page.xpath("//main//span[contains(@class, 'issue')]")
    assert [element.text for element in marked] == ["1945", "1954"]
    described = {element.get("aria-describedby") for element in marked}
    assert [page.get_element_by_id(name).text_content() for name in described] == [
        "error number “1945” is lost"
    ]


def test_automatic_changes_are_shown_word_by_word() -> None:
    bitext = bitext_of(("Мирный договор", "The peace treaty"))
    edit = Edit("terms", "The world treaty", "The peace treaty", "«мирный договор»")
    page = page_of(replace(bitext, units=(replace(bitext.units[0], edits=(edit,)),)))
    (changes,) = page.find_class("changes")
    assert [(one.tag, one.text) for one in changes if one.tag in {"del", "ins"}] == [
        ("del", "world "),
        ("ins", "peace "),
    ]


@pytest.mark.parametrize("count", [1, 40])
def test_statistics_stand_at_the_top(count: int) -> None:
    page = page_of(bitext_of(*[("Да, мир", "Yes")] * count))
    figures = dict(zip(page.xpath("//dt/text()"), page.xpath("//dd/text()"), strict=True))
    assert figures == {
        "segments": str(count),
        "words": f"{2 * count} → {count}",
        "terms kept": "0 of 0",
        "issues": "0",
        "reviewed": f"0 of {count}",
    }


def test_document_without_units_gives_a_page() -> None:
    empty = Bitext(bitext_of(("Да", "Yes")).document, "ru", "en", (), SIGNATURE)
    assert texts(page_of(empty), "unit") == []
