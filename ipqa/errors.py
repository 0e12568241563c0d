"""Every error that the library raises. Messages are Chinese: a user of the page or the CLI reads them."""


class IpqaError(Exception):
    """Base of the library's errors; the message names the file, line or value at fault."""


class QuestionError(IpqaError, ValueError):
    """The question cannot be searched: blank, too long, or without a single letter or digit."""


class ArgumentError(IpqaError, ValueError):
    """An argument is out of range or names a thing that does not exist."""


class UnknownUnitError(ArgumentError):
    """No clause names the unit; the message offers the nearest names."""


class UnknownDocumentError(ArgumentError):
    """There is no such document; the message offers the nearest ids."""


class UnknownClauseError(ArgumentError):
    """There is no such clause."""


class CorpusError(IpqaError):
    """The corpus as a whole cannot be used: missing folder, no document."""


class DocumentError(CorpusError):
    """A document or its metadata cannot be read; the message names the file."""


class QuestionBankError(CorpusError):
    """A line of a question bank is wrong; the message names file and line."""


class TopicsError(CorpusError):
    """A topics file (办事指引) is wrong; the message names the file and the topic or line."""


class SettingsError(IpqaError, ValueError):
    """A setting has a value that cannot be used; the message names the setting."""


class EncoderError(IpqaError):
    """An encoder cannot be loaded."""


class IndexDamagedError(IpqaError):
    """An index file is missing or altered; the message names it and the command that rebuilds."""


class FeedbackError(IpqaError):
    """Feedback cannot be kept or read; the message names the file."""


class EvaluationError(IpqaError):
    """A question file for evaluation is wrong; the message names file and line."""


class MissingExtraError(IpqaError, ImportError):
    """An optional package is not installed; the message gives the pip command."""


class ExportError(IpqaError):
    """A file cannot be exported; the message names the file and the reason."""


class EndpointError(IpqaError):
    """An endpoint of a language model cannot be used; the message names its URL, never the key."""
