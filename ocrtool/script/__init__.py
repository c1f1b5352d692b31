"""Writing systems: what differs between them, one folder each; see `ocrtool.script.registry`."""
