"""The surveys and texts a fake service hands to the widget, in the shape of its contract."""

from typing import Any, Final

Json = dict[str, Any]

TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "close": "Close",
        "send": "Send",
        "skip": "Skip",
        "comment_label": "What is the main reason for your score?",
        "comment_placeholder": "Your words help us most",
        "thanks": "Thank you!",
        "saved": "Your answer is saved.",
        "error_offline": "You are offline. We keep your answer and send it later.",
        "error_refused": "Your answer could not be taken any more.",
        "powered": "",
        "region": "Feedback",
    },
    "ar": {
        "close": "إغلاق",
        "send": "إرسال",
        "skip": "تخطٍّ",
        "comment_label": "ما السبب الرئيسي لتقييمك؟",
        "comment_placeholder": "كلماتك تساعدنا كثيرًا",
        "thanks": "شكرًا لك!",
        "saved": "تم حفظ إجابتك.",
        "error_offline": "أنت غير متصل. سنرسل إجابتك لاحقًا.",
        "error_refused": "لم يعد من الممكن قبول إجابتك.",
        "powered": "",
        "region": "ملاحظات",
    },
}


def survey(key: str, question: str, low: int, high: int, ends: tuple[str, str]) -> Json:
    """Return a survey of plain numbers, asked as soon as the page is there."""
    return {
        "key": key,
        "version": 1,
        "metric": "nps",
        "scale": f"test-{high - low + 1}",
        "question": question,
        "low_label": ends[0],
        "high_label": ends[1],
        "points": [
            {
                "score": score,
                "label": _spoken(score, low, high, ends),
                "text": None,
                "follow_up": _why(score, high),
            }
            for score in range(low, high + 1)
        ],
        "thanks": None,
        "display": {
            "trigger": "load",
            "after_s": 0,
            "position": "bottom-right",
            "style": "numbers",
        },
        "theme": {},
    }


def _spoken(score: int, low: int, high: int, ends: tuple[str, str]) -> str:
    end = {low: f", {ends[0]}", high: f", {ends[1]}"}.get(score, "")
    return f"{score} of {high}{end}"


def _why(score: int, high: int) -> str:
    if score <= high * 0.6:
        return "What went wrong, and what should we fix first?"
    if score <= high * 0.8:
        return "What is missing for a better score?"
    return "What did you like most?"


def nps() -> Json:
    question = "How likely are you to recommend Shop to a friend or colleague?"
    return survey("nps", question, 0, 10, ("Not at all likely", "Extremely likely"))


def nps_arabic() -> Json:
    question = "ما مدى احتمال أن توصي صديقًا أو زميلًا بالتعامل مع متجرنا؟"
    return survey("nps", question, 0, 10, ("غير محتمل إطلاقًا", "محتمل للغاية"))


def csat() -> Json:
    """Return a survey whose five points have names."""
    names = (
        "Very dissatisfied",
        "Somewhat dissatisfied",
        "Neither",
        "Somewhat satisfied",
        "Very satisfied",
    )
    made = survey("csat", "How satisfied were you with the checkout?", 1, 5, (names[0], names[4]))
    return _named(made, names)


def ces() -> Json:
    question = "Shop made it easy for me to return my order."
    return survey("ces", question, 1, 7, ("Strongly disagree", "Strongly agree"))


def ces_named() -> Json:
    names = (
        "Strongly disagree",
        "Disagree",
        "Somewhat disagree",
        "Neither agree nor disagree",
        "Somewhat agree",
        "Agree",
        "Strongly agree",
    )
    return _named(ces(), names)


def _named(made: Json, names: tuple[str, ...]) -> Json:
    for point, name in zip(made["points"], names, strict=True):
        point["text"] = name
        point["label"] = f"{point['score']} of {len(names)}, {name}"
    return made
