enum PlaceholderMicrosoft {}
