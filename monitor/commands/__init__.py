"""The commands of ``rolecall``: one module a subject, loaded only when its command is called."""
