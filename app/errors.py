"""What the parts of the program say no with."""


# A class of its own only where another handler answers it; this one becomes a sentence beside a field or a button.
class NotAllowed(Exception):
    """What was asked for was not done. The text is a Swedish sentence that says why, for who asked."""
