"""Inline structure: code, links and emphasis in the text of a block, as CommonMark and GFM say."""
