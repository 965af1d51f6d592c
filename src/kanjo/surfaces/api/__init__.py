"""The API under /api/v1: the same queries and verbs as the pages, for programs that come with a token.

A resource (`resources`) is a list and a detail, an act (`acts`) is one verb behind POST; both are declared as data and
turned into typed operations by `addresses`.
"""
