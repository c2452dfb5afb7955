"""Many viewers of shared links at once, at replicas behind nginx: what fails, how long it takes, what memory it takes.

Viewers speak Streamlit's protocol over real websockets, as a browser does, but draw nothing. All of it runs on this
machine, in one minute or two, and ends by itself.
"""
