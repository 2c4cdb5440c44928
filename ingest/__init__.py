"""From feed to story: everything that decides, and the one module that opens sockets."""
