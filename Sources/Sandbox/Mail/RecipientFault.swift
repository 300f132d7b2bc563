import Core

/// What a recipient's local part asks for. Such an address works in any domain and needs no mailbox.
enum RecipientFault: Hashable, Sendable {
  /// `throttle@` or `throttle+30@`: the first attempt to send the message is answered with 429 and that many
  /// seconds.
  case throttle(seconds: Int)
  /// `lost-reply@`: the first attempt acts, and the connection closes without an answer.
  case lostReply
  /// `bounce@`: the message is accepted, and a report of its failure comes to the sender's Inbox.
  case bounce
  /// `junk@`, or `junk+alice@` for another mailbox of the domain: the message goes to Junk Email there.
  case junk(mailbox: String)

  init?(_ address: String) {
    let local = address.prefix { $0 != "@" }.lowercased()
    let parts = local.split(separator: "+", maxSplits: 1)
    switch parts.first {
    case "throttle":
      guard parts.count == 2 else { self = .throttle(seconds: Self.defaultPause); return }
      guard let seconds = Int(parts[1]), (0...86_400).contains(seconds) else { return nil }
      self = .throttle(seconds: seconds)
    case "lost-reply" where parts.count == 1: self = .lostReply
    case "bounce" where parts.count == 1: self = .bounce
    case "junk":
      let owner = parts.count == 2 ? String(parts[1]) : "junk"
      self = .junk(mailbox: owner + String(address.dropFirst(local.count)))
    default: return nil
    }
  }

  /// Microsoft's own answers are mostly in this range.
  private static let defaultPause = 10
}
