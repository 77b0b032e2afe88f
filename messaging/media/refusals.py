"""Reasons why an attachment is not stored. Each has a sentence to show."""


class NotStored(Exception):
    """An attachment that is not stored. The message is a sentence."""


class RefusedFile(NotStored):
    """Its content is not accepted, and never will be."""


class FileGone(NotStored):
    """It does not exist any more where it was."""


class FileUnavailable(NotStored):
    """It could not be fetched now, and may be fetched later."""


NOT_ARRIVED = "The carrier did not send this attachment."
NOT_SENT = "It was not fetched, because the text was not sent."
PRIVATE_ADDRESS = "Its address is in a private network, so it was not fetched."
WRONG_TYPE = "It is not a picture, PDF, contact card, recording or video, so it was not stored."
