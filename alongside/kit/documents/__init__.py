"""Pages as documents to take along: PDF for paper, a sheet for whoever reckons on, slides for a meeting.

Each is made from plain values that a page shows already, so none of them can say more than the page.
"""
