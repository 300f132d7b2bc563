package import Core

extension Problem {
  /// The draft was refused and nothing was done; the message can be sent immediately in another way.
  static func sendOnly(_ id: AccountID, _ refusal: Problem) -> Problem {
    Problem(
      .graphAccessDenied, "The app may not keep drafts in the mailbox of “\(id)”; for now it only sends.",
      remedy: "Grant Mail.ReadWrite too, so that the outcome of a message can be looked up.",
      retry: .safe(after: .zero), origin: refusal.origin)
  }

  static func throttled(_ lane: String, for remaining: Duration) -> Problem {
    Problem(
      .graphThrottled, "Microsoft has asked to wait before the next request for \(lane).", remedy: nil,
      retry: .safe(after: remaining))
  }

  /// The account's sender can neither draft nor submit.
  package static let cannotSend = Problem(
    .accountPermissionMissing, "The account's grant does not allow sending.",
    remedy: "Add the permission Mail.Send to the app, have it consented to, then connect the account again.")

  package static func envelopeMismatch(_ strangers: [String]) -> Problem {
    Problem(
      .envelopeMismatch,
      "The header names recipients that the envelope does not: \(strangers.joined(separator: ", ")).",
      remedy: "Add every address of To and Cc to the envelope, or remove it from the header.")
  }

  /// How long Microsoft asks to send no request of any kind for the mailbox; `nil` where it asks
  /// nothing of the kind. A daily limit on sending names a time as well, and must not prevent reading.
  var mailboxPause: Duration? {
    guard case .safe(let pause?) = retry, scope == .service || code == .graphThrottled else { return nil }
    return pause
  }
}
