/// One thing by which a report is known. The table is `ReportRule+Rows`.
struct ReportRule: Sendable {
  enum Sign: Sendable {
    /// A part of a multipart/report has that media type.
    case part(String)
    /// A line of the text, not quoted, starts with the words; case and what the line has before them, such as hyphens
    /// and blanks, do not matter.
    case line(String)
    /// The text has the words.
    case words(String)
    /// A field of the header has a value, and it is not `no`.
    case field(String)
    /// A field of the header is there, whatever its value.
    case present(String)
    /// The value of a field has the words.
    case value(String, String)
    /// The subject starts with the words.
    case subject(String)
  }

  /// What must be so besides, because people write such texts too.
  enum Condition: Sendable {
    case none
    /// A mail system sent it (`ReportSender.isMailSystem`).
    case mailSystem
    /// It is from a mail system by its name, and has the subject of a report (`ReportSender.isReporter`).
    case reporter
    /// It names the message that it answers.
    case answers
    /// That, or a field says that a program wrote it.
    case answersOrAutomatic
  }

  let id: String
  let kind: MailReport.Kind
  let sign: Sign
  let condition: Condition

  init(_ id: String, _ kind: MailReport.Kind, _ sign: Sign, if condition: Condition = .none) {
    (self.id, self.kind, self.sign, self.condition) = (id, kind, sign, condition)
  }
}

/// Who sent a message, judged by its header.
struct ReportSender {
  /// By the address, the path or a field that only reports have.
  let isMailSystem: Bool
  /// By address or name, and with the subject of a report.
  let isReporter: Bool
  let answers: Bool
  let isAutomatic: Bool
  let subject: Phrases

  init(_ header: some HeaderFields) {
    let from =
      header.field("From")
      .map { AddressList(parsing: $0.valueBytes.prefix(OriginalMessage.longestValue)).mailboxes } ?? []
    let address = from.first?.address
    let local = address?.localPart.lowercased() ?? ""
    let name = from.first?.name?.lowercased() ?? ""
    subject = Phrases(header.field("Subject")?.shortText ?? "")
    func value(_ field: String) -> String? { header.field(field)?.short.withoutBlanks.lowercased() }

    answers = value("In-Reply-To") != nil || value("References") != nil
    let submitted = value("Auto-Submitted")
    isAutomatic = submitted.map { !$0.hasPrefix("no") } == true || value("X-Auto-Response-Suppress") != nil
    // What a person or a list passes on.
    let isPassedOn =
      Self.answerPrefixes.contains(where: subject.start)
      || ["List-Id", "List-Post", "List-Unsubscribe"].contains { header.field($0) != nil }
    let isDaemon =
      Self.daemons.contains(local) || local.hasPrefix("microsoftexchange")
      || header.field("X-Failed-Recipients") != nil || header.field("X-MS-Exchange-Message-Is-Ndr") != nil
      || Self.carriers.contains { address?.domain.lowercased().hasSuffix($0) == true && local == "no-reply" }
    let isNamed = local == "postmaster" || Self.names.contains { name.hasPrefix($0) }
    let hasSubject = Self.subjects.contains(where: subject.contain)
    isReporter = !isPassedOn && (isDaemon || isNamed) && hasSubject
    isMailSystem = !isPassedOn && (isDaemon || value("Return-Path") == "<>" || isReporter)
  }

  func satisfies(_ condition: ReportRule.Condition) -> Bool {
    switch condition {
    case .none: true
    case .mailSystem: isMailSystem
    case .reporter: isReporter
    case .answers: answers
    case .answersOrAutomatic: answers || isAutomatic
    }
  }

  private static let daemons: Set = ["mailer-daemon", "mail-daemon", "maildaemon", "mailerdaemon"]

  private static let names = [
    "mail delivery", "mail administrator", "maildeliverysystem", "mailer-daemon", "system administrator",
    "postmaster",
    "microsoft outlook", "courier mail server",
  ]

  /// Domains of au (KDDI).
  private static let carriers = [".dion.ne.jp", ".auone-net.jp"]

  private static let answerPrefixes = ["re:", "fw:", "fwd:", "aw:", "wg:", "tr:", "rv:", "sv:", "antw:"]

  /// In lower case.
  private static let subjects = [
    "undeliverable", "undelivered mail", "returned mail", "mail delivery failed", "mail delivery failure",
    "delivery status notification", "failure notice", "delivery failure", "delivery failed",
    "delivery has failed",
    "could not be delivered", "mail system error", "mail failure", "returning message to sender", "[bounce]",
    "delayed mail", "delivery delayed", "could not send message", "message delayed", "mail delivery status",
    "warning: message", "unzustellbar", "non remis", "non recapitabile", "no se puede entregar",
    "não é possível entregar", "onbestelbaar", "配信不能", "配信できません", "送信エラー", "無法傳遞", "未能投递",
  ]
}
