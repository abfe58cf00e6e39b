"""The page nonce: proof that a form was sent from our own page of that very token.

Another site may know that somebody holds a token, but cannot read the page it opens.
"""

import hashlib
from typing import Final

from feedback_service.domain.access.signer import TokenSigner
from feedback_service.domain.errors import TokenInvalid

# A token's payload begins with its kind, 1 or 2: what is signed for this purpose is never one.
_PURPOSE: Final = b"page form\0"


def page_nonce(signer: TokenSigner, token: str) -> str:
    return signer.sign(_payload(token))


def is_page_nonce(signer: TokenSigner, token: str, text: str) -> bool:
    """Tell whether the text is the nonce of the token's page, under any key still in force."""
    try:
        return signer.unsign(text) == _payload(token)
    except TokenInvalid:
        return False


def _payload(token: str) -> bytes:
    return _PURPOSE + hashlib.sha256(token.encode()).digest()
