"""Signs as pictures and in words: previews of their faces, and why they showed what they showed."""
