"""What the parts of the program say no with."""


class NotAllowed(Exception):
    """What was asked for was not done. The text is a Swedish sentence that says why, for who asked."""
