"""Papers as PDF: a template of ours and data as JSON make PDF/A-3b, the same bytes for the same data.

Typesetting is Typst with vendored fonts; `typesetting.render` is the door, `letter` holds the parts every paper shares.
"""
