"""The parts of the manual that no option says. ``reference`` makes pages of them, ``broker help`` shows some.

A section is a title and paragraphs; a paragraph is a text, a list of (term, text), or preformatted lines.
"""
