"""Block structure: what is a list, a fence, a table or a paragraph, as CommonMark and GFM say."""
