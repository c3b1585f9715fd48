"""Reviewed outcomes -> thresholds with a guarantee, and what becomes of the guarantee."""
