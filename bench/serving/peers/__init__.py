"""The same article, list and tag page on other frameworks, as their documentation would have them.

Each stores the HTML, keeps to its framework's ways (Flask-SQLAlchemy's ``paginate``, Django's
``ListView``), reads no text that a list does not show and no tags one by one, and shows what our
pages show but for the neighbours and related articles. They share a database and know no product.
"""
