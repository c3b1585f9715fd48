"""The improvement: train, calibrate, evaluate, replay."""
