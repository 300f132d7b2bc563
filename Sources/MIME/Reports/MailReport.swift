package import Core

/// What a received message reports about one that was sent, if it reports anything.
package struct MailReport: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// A message could not be delivered to at least one recipient.
    case bounce
    /// It has not been delivered yet, and the reporter goes on trying.
    case delay
    /// It was delivered, or handed on to a system that does not report.
    case delivered
    /// A feedback report of a mailbox provider (RFC 5965).
    case complaint
    /// An answer that a program gave for a person (RFC 3834).
    case autoReply = "auto_reply"
    /// A message disposition notification (RFC 8098).
    case readReceipt = "read_receipt"
    /// None of these.
    case ordinary
  }

  package var kind: Kind
  /// The row of the table in `ReportRule` that decided.
  package var rule: String
  /// In the report's order. More than `maximumRecipients` are cut.
  package var recipients: [Recipient] = []
  /// Who reports: a host name or the name of a program.
  package var reportingMTA: String?
  /// The number that the reporting server had given to the message.
  package var queueID: String?
  package var complaint: Complaint?
  package var receipt: Receipt?
  /// What the report tells of the message that it is about.
  package var original = OriginalMessage()

  /// Exchange takes no more recipients for a message (Exchange Online limits), so a report that names more is not
  /// about one that went through it.
  package static let maximumRecipients = 1000

  init(_ kind: Kind, rule: String) {
    self.kind = kind
    self.rule = rule
  }
}

extension MailReport {
  /// What became of the message for one recipient.
  package struct Recipient: Sendable, Hashable {
    /// RFC 3464 section 2.3.3.
    package enum Action: String, Sendable, CaseIterable {
      case failed, delayed, delivered, relayed, expanded
    }

    /// As the reporter names it; without its type.
    package var address: String
    /// As the sender named it, where that is told.
    package var original: String?
    package var action = Action.failed
    /// The most specific one that the report has.
    package var status: EnhancedStatus?
    package var diagnostic: Diagnostic?
    /// The server that refused the message.
    package var remoteMTA: String?
    /// Until when the reporter goes on trying.
    package var willRetryUntil: Instant?
    /// Why it failed; said of delays too.
    package var cause = BounceCause.unknown
  }

  /// What a server said about a recipient.
  package struct Diagnostic: Sendable, Hashable {
    /// `smtp` for the reply of a server (RFC 3464 section 2.3.6); `text` where it was found in a text.
    package var source: String
    /// The code of the SMTP reply.
    package var code: Int?
    /// At most `longestText` characters in one line, code and status included.
    package var text: String

    /// Replies of Exchange with their details have 600; the rest of a longer one repeats what it has said.
    static let longestText = 1000
  }

  /// A feedback report (RFC 5965).
  package struct Complaint: Sendable, Hashable {
    /// `arf`, or `jmrp` for the older form of Outlook.com's Junk Mail Reporting Program.
    package var source: String
    /// In lower case: `abuse`, `fraud`, `virus`, `not-spam`, `auth-failure`, `other`, or one that is not registered.
    package var feedbackType: String
    package var userAgent: String?
    package var version: String?
    package var originalMailFrom: String?
    /// At most `maximumRecipients`.
    package var originalRcptTo: [String] = []
    package var sourceIP: String?
    package var arrivalDate: Instant?
    package var reportingMTA: String?

    /// Whether a recipient complains: not if a message was taken out of the junk folder, or failed authentication.
    package var isAgainstSender: Bool { feedbackType != "not-spam" && feedbackType != "auth-failure" }
  }

  /// A message disposition notification (RFC 8098).
  package struct Receipt: Sendable, Hashable {
    /// In lower case: `displayed`, or `deleted` for a message that was deleted unread, or another of section 3.2.6.2.
    package var disposition: String
    /// Whether a program sent it without asking anybody.
    package var isAutomatic: Bool
    package var reportingUA: String?
  }
}

/// RFC 3463: `class.subject.detail`.
package struct EnhancedStatus: Sendable, Hashable, CustomStringConvertible {
  /// 2, 4 or 5.
  package var `class`: Int
  package var subject: Int
  package var detail: Int

  package var description: String { "\(`class`).\(subject).\(detail)" }

  /// Whether it says no more than success or failure.
  var isGeneral: Bool { subject == 0 && detail == 0 }

  init(_ class: Int, _ subject: Int, _ detail: Int) {
    (self.class, self.subject, self.detail) = (`class`, subject, detail)
  }

  /// `nil` unless the text starts with one.
  package init?(_ text: some StringProtocol) {
    guard let status = ReplyScanner(text).status(at: 0)?.status else { return nil }
    self = status
  }
}
