"""The rim: HTTP, MQTT, feeds, storage, page, command line, and the composition root."""
