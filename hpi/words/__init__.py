"""Sentences about tables, results and findings, which stand on pages and in reports alike; as plain text.

Names in them are data: whoever shows them must not interpret them. `reading` and the method of `findings` are Markdown
without a word of a table.
"""
