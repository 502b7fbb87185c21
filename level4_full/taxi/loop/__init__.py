"""The closed loop: what is decided each morning, what is done about it, and the book in which it is written."""
