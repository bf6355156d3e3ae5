"""Sections, as pages take them."""

from __future__ import annotations

from broker_cli.manual.parts import Code, Section


def test_a_section_is_a_title_and_paragraphs():
    section = Section("TITLE", ("text", (("term", "text"),), Code(("line",))))
    assert section.title == "TITLE"
    assert section.paragraphs[2].lines == ("line",)
