"""Checks of dates and times."""

from collections.abc import Iterator

from toolkit.checks.pair import Finding, Pair, quoted

HALF_DAY = 12 * 60


def check_date(pair: Pair) -> Iterator[Finding]:
    """Find months and weekdays that are lost, added or have got another day."""
    source, target = pair.source_calendar, pair.target_calendar
    for name, span in source.names.items():
        if name not in target.hints:
            words = quoted(pair.source, span)
            yield Finding(f"{words} is not in the translation: put the date right", span)
    for name, span in target.names.items():
        if name not in source.hints:
            words = quoted(pair.target, span)
            yield Finding(f"{words} is not in the source: put the date right", target=span)
    yield from _swapped_days(pair)


def _swapped_days(pair: Pair) -> Iterator[Finding]:
    """Find days that have changed their months: 3 мая и 5 июня, “June 3 and May 5”."""
    source, target = pair.source_calendar.days, pair.target_calendar.days
    for month, days in source.items():
        if month not in pair.target_calendar.hints:
            continue
        for day, here in days.items():
            elsewhere = [
                spans[day]
                for other, spans in target.items()
                if other != month and day in spans and day not in source.get(other, {})
            ]
            if elsewhere and day not in target.get(month, {}):
                words, wrong = quoted(pair.source, here), quoted(pair.target, elsewhere[0])
                message = f"{words} has become {wrong}: put the date right"
                yield Finding(message, here, elsewhere[0])


def check_time(pair: Pair) -> Iterator[Finding]:
    """Find times of day that are lost or wrong."""
    target = {minutes % HALF_DAY for minutes in pair.target_calendar.times}
    numbers = {int(v) for one in pair.target_quantities for v in one.values if v == int(v)}
    for minutes, span in pair.source_calendar.times.items():
        if minutes % HALF_DAY in target or _is_written_out(minutes, numbers, pair.target_words):
            continue
        words = quoted(pair.source, span)
        yield Finding(f"the time {words} is not in the translation: put it right", span)


def _is_written_out(minutes: int, numbers: set[int], words: frozenset[str]) -> bool:
    """Tell whether a time may be given in words or without its minutes."""
    hour, minute = divmod(minutes, 60)
    hours = {hour, hour % 12, hour % 12 or 12, (hour + 1) % 12, hour * 100 + minute}
    if minute == 0 and (not words.isdisjoint({"noon", "midnight"}) or hours & numbers):
        return True
    if not words.isdisjoint({"past", "to", "half", "quarter"}) and hours & numbers:
        return True
    return bool({hour * 100 + minute} & numbers) or {hour % 12 or 12, minute} <= numbers
