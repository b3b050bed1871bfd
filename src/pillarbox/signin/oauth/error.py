"""What an OAuth client is told when something is refused (RFC 6749 section 5.2)."""

__all__ = ["OAuthError"]


class OAuthError(Exception):
    """An error by the code that its specification gives it, with a sentence for whoever writes the client."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status
