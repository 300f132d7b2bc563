import Core

extension Problem {
  /// A Microsoft URL setting that cannot be used.
  static func invalidBaseURL(_ value: String, because reason: String) -> Problem {
    Problem(
      .configurationInvalid, "The Microsoft URL “\(value)” \(reason).",
      remedy: "Use an https URL, or http with localhost, 127.0.0.1 or [::1].")
  }

  static func unreadableTrustRoots(_ path: String) -> Problem {
    Problem(
      .configurationInvalid, "The certificate file “\(path)” cannot be read as PEM.",
      remedy:
        "Name a file that contains one or more certificates between BEGIN and END CERTIFICATE lines.")
  }
}
