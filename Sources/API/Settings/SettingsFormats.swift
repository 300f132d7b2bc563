import Core

extension TextFormat {
  /// A URL that requests are sent to.
  static let target = TextFormat("uri") { text in
    do throws(GuardedURLFault) {
      _ = try GuardedURL(text)
      return nil
    } catch {
      return error.message
    }
  }

  /// The same, or empty, which takes it away.
  static let targetOrNone = TextFormat("uri-or-empty") { text in text.isEmpty ? nil : target.fault?(text) }

  /// `*`, or the name of an event.
  static let eventName = TextFormat("event-name") { text in
    if text == "*" || EventName(rawValue: text) != nil || laterEvents.contains(text) { return nil }
    return "must be * or the name of an event such as messageSent, not \(Quoted.text(text))"
  }

  /// Events of the vocabulary that this version does not emit. They may be named, so that a client's list can stay.
  private static let laterEvents: Set = [
    "accountInitialized", "messageNew", "messageDeleted", "messageUpdated", "messageMissing", "messageBounce",
    "messageComplaint", "mailboxNew", "mailboxDeleted", "mailboxReset", "trackOpen", "trackClick",
    "exportCompleted", "exportFailed",
  ]

  /// The name of a header field that a client may choose.
  static let headerName = TextFormat("header-name") { CustomHeader.fault(inName: $0) }

  /// The value of such a field.
  static let headerValue = TextFormat("header-value") { CustomHeader.fault(inValue: $0) }

  /// As far as its form tells (RFC 5646 section 2.1).
  static let languageTag = TextFormat("language-tag") { text in
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isTag = parts.allSatisfy { part in
      (1...8).contains(part.utf8.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
    guard isTag, let first = parts.first, first.utf8.count > 1, first.allSatisfy(\.isLetter) else {
      return "must be a language such as en or pt-BR, not \(Quoted.text(text))"
    }
    return nil
  }
}
