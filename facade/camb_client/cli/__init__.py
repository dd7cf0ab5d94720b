"""The command line ``camb-client``: thin commands over the public names of ``camb_client``.

A new command is a module here with a function under ``@click.command(cls=Command)`` that returns its ``Exit``,
and its place in ``_app.COMMANDS``. What goes wrong it lets go: ``Command`` says it and knows the exit code.

``import camb_client`` does not load it, and nothing but it needs click and rich (the extra
``camb-client[cli]``). rich, asyncio and the local server are imported where they are used, so that ``--help``
does not wait for them. What is promised is what a terminal shows of it (commands, options, exit codes, the keys
of ``--json``), not these modules.
"""
