"""The message bus: one port, an in-process implementation and one over an MQTT broker."""
