import Core

extension Problem {
  static let vaultInvalidKey = Problem(
    .vaultInvalidKey, "The secret key is not base64 of 32 bytes.",
    remedy: "Create one with `openssl rand -base64 32`.")

  static func vaultWrongKey(_ identity: BoxIdentity) -> Problem {
    Problem(
      .vaultWrongKey, "The secret key is not the one that sealed \(identity).",
      remedy:
        "Start with the key that this database was created with (HELIOGRAPH_SECRET_KEY or the key file).")
  }

  static func vaultInvalidBox(_ identity: BoxIdentity) -> Problem {
    Problem(
      .vaultInvalidBox, "The box \(identity) is damaged or was moved from another row.",
      remedy: "Restore the row from a backup, or enter the secret again.")
  }
}
