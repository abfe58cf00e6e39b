"""Every page of the dashboard, by its endpoint: what has no place here fails a test."""

from typing import Final

# Pages of a project, below its address. {…}: an id that a test knows.
PLACES: Final = {
    "overview": ("?period=90d", "?period=7d", "?find=nps"),
    "journey": ("journey?period=90d",),
    "segments": ("segments?period=90d", "segments?by=channel", "segments?trait=plan"),
    "words": ("words?period=90d",),
    "outcomes": ("outcomes", "outcomes?within=1"),
    "responses": (
        "responses",
        "responses?q=nothing+like+it",
        "responses?doubted=1",
        "responses?tag=x",
    ),
    "response": ("responses/{response}", "responses/{followed}"),
    "cases": ("cases?when=all", "cases?whose=mine"),
    "surveys": ("surveys",),
    "new_survey": ("surveys/new",),
    "survey": ("surveys/nps", "surveys/nps?format=mjml&sender=mailchimp"),
    "webhooks": ("webhooks",),
    "webhook": ("webhooks/{webhook}", "webhooks/{webhook}?status=failed"),
    "delivery": ("deliveries/{delivery}", "deliveries/{tried}"),
    "settings": ("settings",),
    "users": ("users",),
    "audit": ("audit",),
    "account": ("account",),
}
# Pages without a session. {link}: one that was not used yet.
OUTSIDE: Final = {"login": "/dashboard/login", "link": "/dashboard/link/{link}"}
# Seen inside a page: the frame of the survey form.
FRAMED: Final = ("preview",)
# What answers a GET and is no page.
NO_PAGES: Final = {
    "home": "leads to the overview",
    "live_overview": "the inside of the overview",
    "survey_qr": "a picture",
    "take_responses": "a file",
    "preview_words": "asked by the widget",
    "preview_rules": "asked by the widget",
    "preview_loader": "a script",
    "preview_panel": "a script",
    "static": "a file",
    "astray": "says no: one of FAULTS",
}
# What a page looks like when it says no: path -> status.
FAULTS: Final = {
    "/dashboard/p/nowhere/": 404,
    "/dashboard/nothing": 404,
    "/dashboard/p/shop/surveys/none": 404,
    "/dashboard/p/shop/responses?cursor=forged": 422,
    "/dashboard/p/shop/?from=yesterday": 422,
    "/dashboard/p/shop/segments?by=shoe": 422,
    "/dashboard/link/used": 410,
}
