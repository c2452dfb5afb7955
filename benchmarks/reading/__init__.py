"""How long reading takes beside pandas, and what memory of the app a large table leaves behind when it is closed.

Everything is made in a temporary folder, runs on this machine in some minutes, and ends by itself.
"""
