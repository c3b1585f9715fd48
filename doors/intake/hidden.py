"""What a mail says where nobody sees it in, the signals of an injection out."""

from collections import Counter

from ticketstream.processors.injection import injection

ORDERS = 0.5  # words that sound this much like orders to a machine are some


def signals_of(passages: int, unseen: str) -> Counter[str]:
    """`hidden_text` counts the passages; `hidden_orders` says that they give orders to a machine.

    Mail programs hide much by habit (previews, versions for small screens), hardly ever orders.
    """
    orders = injection(unseen, {}) >= ORDERS
    return Counter(hidden_text=passages, hidden_orders=int(orders))
