"""Six sentences in two languages and the pieces they consist of."""

TOY_SENTENCES = (
    ("Посол прибыл.", "The envoy arrived."),
    ("Посол отбыл.", "The envoy left."),
    ("Министр прибыл.", "The minister arrived."),
    ("Министр отбыл.", "The minister left."),
    ("Посол и министр прибыли.", "The envoy and the minister arrived."),
    ("Министр и посол отбыли.", "The minister and the envoy left."),
)
TOY_SOURCE_PIECES = (
    "▁посол",
    "▁министр",
    "▁Посол",
    "▁Министр",
    "▁прибыл",
    "▁отбыл",
    "▁и",
    "и",
    ".",
)
TOY_TARGET_TOKENS = ("ĠThe", "Ġthe", "Ġenvoy", "Ġminister", "Ġarrived", "Ġleft", "Ġand")
