/// The three ways in which one message follows from another.
enum ReplyKind: Sendable {
  case reply, replyAll, forward

  /// What Graph calls it.
  func action(isSent: Bool) -> String {
    switch self {
    case .reply: isSent ? "reply" : "createReply"
    case .replyAll: isSent ? "replyAll" : "createReplyAll"
    case .forward: isSent ? "forward" : "createForward"
    }
  }

  /// Who gets a reply: the Reply-To addresses, or else the author (RFC 5322 section 3.6.3); with `replyAll` also all
  /// who got the message, except its own reader.
  func recipients(
    of message: Message, for reader: MailboxOwner
  ) -> (to: [Correspondent], cc: [Correspondent]) {
    guard self != .forward else { return ([], []) }
    let answered = message.replyTo.isEmpty ? message.from.map { [$0] } ?? [] : message.replyTo
    guard self == .replyAll else { return (answered, []) }
    var seen = Set(answered.map(\.key))
    func others(_ list: [Correspondent]) -> [Correspondent] {
      list.filter { !reader.owns($0.address) && seen.insert($0.key).inserted }
    }
    let to = answered + others(message.to)
    return (to, others(message.cc))
  }

  /// The prefix takes the place of the one that is there: of at most three characters without a digit (MS-OXCMSG,
  /// PidTagSubjectPrefix and PidTagNormalizedSubject).
  func subject(of subject: String) -> String {
    let parts = subject.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let hasPrefix =
      parts.count == 2 && (1...3).contains(parts[0].count) && !parts[0].contains(where: \.isNumber)
      && parts[1].hasPrefix(" ")
    let bare = hasPrefix ? parts[1].trimmingPrefix { $0 == " " } : subject[...]
    return (self == .forward ? "FW: " : "RE: ") + bare
  }
}
