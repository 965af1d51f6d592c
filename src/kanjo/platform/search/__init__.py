"""Finding rows by what people type: pieces of names in any writing, beginnings of numbers, amounts.

Names are found by an index of their pieces of one and two characters, which PostgreSQL keeps itself (see
`docs/decisions/`).
"""
