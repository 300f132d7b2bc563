enum PlaceholderMIME {}
