"""Whether the Hugging Face hub can be reached, found out at once."""

import http.client
import ssl
import threading
import urllib.error
import urllib.request
from functools import cache

from huggingface_hub import constants, is_offline_mode

_TIMEOUT_S = 3.0


def offline_reason(timeout_s: float = _TIMEOUT_S) -> str | None:
    """Return why only the local cache can be read, or None where the hub answers.

    A client that is not told that it is offline tries for 23 seconds. The hub is asked once a
    process; `HF_HUB_OFFLINE=1` spares even that.

    Args:
        timeout_s: How long the hub is waited for, in seconds.
    """
    if is_offline_mode():
        return "HF_HUB_OFFLINE is set"
    if not answers(constants.ENDPOINT, timeout_s):
        return f"{constants.ENDPOINT} does not answer"
    return None


@cache
def answers(address: str, timeout_s: float) -> bool:
    """Tell whether an address answers in time, with whatever status or certificate.

    The question is asked on a thread of its own, since no timeout holds while a name is resolved.
    """
    answered = threading.Event()

    def ask() -> None:
        try:
            request = urllib.request.Request(address, method="HEAD")
            with urllib.request.urlopen(request, timeout=timeout_s):
                answered.set()
        except urllib.error.HTTPError:
            answered.set()
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                answered.set()
        except (OSError, ValueError, http.client.HTTPException):
            return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout_s)
    return answered.is_set()
