"""An event-sourced AI support-ticket pipeline on Kafka."""

__version__ = "0.1.0"
