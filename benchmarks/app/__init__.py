"""How quick the app is in a real browser, beside the smallest Streamlit page that does the same in the same run.

A Chromium presses the keys and clicks the links, as a person would; what is timed lies between the event in the page
and the frame in which the chart has changed. All of it runs on this machine, and ends by itself.
"""
