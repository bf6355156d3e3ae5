"""Which of the messages that come are shown: by topic, event, expression and chance, and until which event."""
