"""How old one must be to take part, in the words of the rules and the form. Pure."""

OF_AGE = 18
_GUARDIAN = "Är du under 18 år ska din vårdnadshavare gå med på att du deltar, och ta emot vinsten åt dig."


def terms(minimum_age: int) -> str:
    """Return what the rules say."""
    least = f"Du ska ha fyllt {minimum_age} år." if minimum_age else "Du får delta hur gammal du än är."
    return least if minimum_age >= OF_AGE else f"{least} {_GUARDIAN}"


def confirmation(minimum_age: int) -> str:
    """Return what a person ticks in the form."""
    if minimum_age >= OF_AGE:
        return f"Jag har fyllt {minimum_age} år"
    least = f"Jag har fyllt {minimum_age} år. " if minimum_age else ""
    return f"{least}Är jag under 18 har min vårdnadshavare gått med på att jag deltar"


def missing(minimum_age: int) -> str:
    """Return what is said when the tick is missing."""
    what = f"att du har fyllt {minimum_age} år" if minimum_age >= OF_AGE else "rutan om din ålder"
    return f"Kryssa i {what}. Det krävs för att delta."
