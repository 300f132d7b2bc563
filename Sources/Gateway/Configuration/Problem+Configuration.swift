import Core

extension Problem {
  static func unknownSetting(_ name: String, nearest: String) -> Problem {
    Problem(
      .configurationUnknownKey, "\(name) is not a setting.",
      remedy: "Did you mean \(nearest)? docs/configuration.md lists them all.")
  }

  static func malformedConfigurationFile(_ reason: String) -> Problem {
    Problem(
      .configurationInvalid, "The configuration file cannot be read: \(reason).",
      remedy: "Write one `key: value` per line; docs/configuration.md lists the keys.")
  }

  static func invalidSetting(_ setting: Setting, _ value: String, _ expected: String) -> Problem {
    Problem(
      .configurationInvalid, "\(setting.key) is \(value), which is not \(expected).",
      remedy:
        "Set \(setting.flag.map { "\($0), " } ?? "")\(setting.variable) or `\(setting.key):` to \(expected).")
  }

  /// For a secret: says what is wrong without the value.
  static func invalidSecretSetting(_ setting: Setting, _ reason: String, _ expected: String) -> Problem {
    Problem(
      .configurationInvalid, "\(setting.variable) \(reason).", remedy: "Set it to \(expected)."
    )
  }
}
