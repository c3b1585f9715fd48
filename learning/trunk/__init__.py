"""Labelled texts -> the trunk: the encoder's upper layers tuned on what is asked of them."""
