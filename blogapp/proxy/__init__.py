"""A reverse proxy in each worker: what the page cache has goes out, all else goes to granian.

The server of WSGI applications takes twice as long for an answer from memory as nginx for a file,
whatever the application does. So an event loop accepts the connections. It answers what is ready,
and passes on every other request, byte for byte, over a connection that no other client shares.
"""
