"""The intake door: mails, forms and chats come in, `ticket.received` events go out."""
