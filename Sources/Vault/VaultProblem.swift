package import Core

package struct VaultProblem: Problem {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package let retry = Retry.futile
}

extension VaultProblem {
  static let invalidKey = VaultProblem(
    code: .vaultInvalidKey, summary: "The secret key is not base64 of 32 bytes.",
    remedy: "Make one with: head -c 32 /dev/urandom | base64")

  static func wrongKey(_ identity: BoxIdentity) -> VaultProblem {
    VaultProblem(
      code: .vaultWrongKey, summary: "The secret key is not the one that sealed \(identity).",
      remedy: "Start with the key that this database was made with (HELIOGRAPH_SECRET_KEY or the key file).")
  }

  static func invalidBox(_ identity: BoxIdentity) -> VaultProblem {
    VaultProblem(
      code: .vaultInvalidBox, summary: "The box \(identity) is damaged or was moved from another row.",
      remedy: "Restore the row from a backup, or enter the secret again.")
  }
}
