package import Core

extension Problem {
  /// The draft was refused and nothing was done; the message can go at once in another way.
  static func sendOnly(_ id: AccountID, _ refusal: Problem) -> Problem {
    Problem(
      .graphAccessDenied, "The app may not keep drafts in the mailbox of “\(id)”; for now it only sends.",
      remedy: "Grant Mail.ReadWrite too, and every message's fate can be looked up.",
      retry: .safe(after: .zero), origin: refusal.origin)
  }

  static func throttled(_ lane: String, for remaining: Duration) -> Problem {
    Problem(
      .graphThrottled, "Microsoft has asked to wait before the next request for \(lane).", remedy: nil,
      retry: .safe(after: remaining))
  }

  package static func envelopeMismatch(_ strangers: [String]) -> Problem {
    Problem(
      .envelopeMismatch,
      "The header names recipients that the envelope does not: \(strangers.joined(separator: ", ")).",
      remedy: "Put every address of To and Cc into the envelope too, or take it out of the header.")
  }
}
