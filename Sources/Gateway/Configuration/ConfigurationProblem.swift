package import Core

package struct ConfigurationProblem: Problem {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package let retry = Retry.futile
}

extension ConfigurationProblem {
  static func unknownKey(_ name: String, nearest: String) -> ConfigurationProblem {
    ConfigurationProblem(
      code: .configurationUnknownKey, summary: "\(name) is not a setting.",
      remedy: "Did you mean \(nearest)? docs/configuration.md lists them all.")
  }

  static func malformedFile(_ reason: String) -> ConfigurationProblem {
    ConfigurationProblem(
      code: .configurationInvalid, summary: "The configuration file cannot be read: \(reason).",
      remedy: "Write one `key: value` a line; docs/configuration.md lists the keys.")
  }

  static func invalid(_ setting: Setting, _ value: String, _ expected: String) -> ConfigurationProblem {
    ConfigurationProblem(
      code: .configurationInvalid, summary: "\(setting.key) is \(value), which is not \(expected).",
      remedy:
        "Set \(setting.flag.map { "\($0), " } ?? "")\(setting.variable) or `\(setting.key):` to \(expected).")
  }

  /// For a secret: says what is wrong without the value.
  static func invalidSecret(_ setting: Setting, _ reason: String, _ expected: String) -> ConfigurationProblem
  {
    ConfigurationProblem(
      code: .configurationInvalid, summary: "\(setting.variable) \(reason).", remedy: "Set it to \(expected)."
    )
  }
}
