import JSON

/// One object being written.
struct Writing: Sendable {
  /// What is shown in place of a secret.
  static let mask = "******"

  var json = JSONWriter()
  /// Whether secrets are written as they are.
  let revealsSecrets: Bool

  init(revealsSecrets: Bool) {
    self.revealsSecrets = revealsSecrets
  }
}
