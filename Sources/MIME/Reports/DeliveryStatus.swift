import Core

/// A `message/delivery-status` (RFC 3464 section 2), or `message/global-delivery-status` (RFC 6533 section 4).
struct DeliveryStatus {
  private(set) var message: StatusFields.Group = []
  private(set) var recipients: [MailReport.Recipient] = []

  init(_ content: [UInt8]) {
    let fields = StatusFields(content, startsGroup: ["final-recipient"])
    var groups: [StatusFields.Group] = []
    for group in fields.groups {
      if group.contains(where: { Self.recipientFields.contains($0.name) }) {
        groups.append(group)
      } else if groups.isEmpty {
        message += group
      } else {
        // Its recipient is in the group before it.
        groups[groups.count - 1] += group
      }
    }
    recipients = groups.prefix(MailReport.maximumRecipients).compactMap(Self.recipient)
  }

  var reportingMTA: String? { message.typed("reporting-mta")?.value }

  /// Of Postfix, Exchange and Sendmail; whoever else gives one, gives it in its text.
  var queueID: String? { message["x-postfix-queue-id"] ?? message["x-sendmail-queue-id"] }

  /// One recipient's action speaks for the message: what went wrong before what went well.
  var kind: MailReport.Kind {
    let actions = Set(recipients.map(\.action))
    return actions.isEmpty || actions.contains(.failed)
      ? .bounce : actions.contains(.delayed) ? .delay : .delivered
  }

  private static let recipientFields: Set = ["final-recipient", "original-recipient", "x-actual-recipient"]

  private static func recipient(_ group: StatusFields.Group) -> MailReport.Recipient? {
    let original = group.typed("original-recipient").map(address)
    guard
      let address = (group.typed("final-recipient") ?? group.typed("x-actual-recipient")).map(address)
        ?? original,
      !address.isEmpty
    else { return nil }
    var recipient = MailReport.Recipient(address: address, original: original)
    let diagnosis = group.typed("diagnostic-code")
    recipient.diagnostic = diagnosis.flatMap {
      MailReport.Diagnostic(source: $0.type.isEmpty ? "smtp" : $0.type, text: $0.value)
    }
    let stated = group["status"].flatMap { EnhancedStatus($0) }
    let said = recipient.diagnostic.flatMap { ReplyScanner($0.text).find()?.status }
    recipient.status = specific(stated, said)
    recipient.action = action(group["action"], stated ?? said)
    recipient.remoteMTA = group.typed("remote-mta")?.value
    recipient.willRetryUntil = group["will-retry-until"].flatMap { InternetDate.parse(Array($0.utf8)[...]) }
    recipient.findCause()
    return recipient
  }

  /// The reporter's status may say less than the reply that it passes on: a detail of 0 is any other one.
  private static func specific(_ stated: EnhancedStatus?, _ said: EnhancedStatus?) -> EnhancedStatus? {
    guard let stated else { return said }
    return stated.detail == 0 ? said ?? stated : stated
  }

  /// A comment may follow it.
  private static func action(_ text: String?, _ status: EnhancedStatus?) -> MailReport.Recipient.Action {
    let word = text?.lowercased().prefix { $0.isLetter } ?? ""
    if let action = MailReport.Recipient.Action(rawValue: String(word)) { return action }
    return switch status?.class {
    case 2: .delivered
    case 4: .delayed
    default: .failed
    }
  }

  /// Without angle brackets, and international ones in UTF-8 (RFC 6533 section 3).
  private static func address(_ typed: (type: String, value: String)) -> String {
    var value = typed.value[...]
    if value.hasPrefix("<"), value.hasSuffix(">") { value = value.dropFirst().dropLast() }
    let text = String(value.prefix(longestAddress))
    return typed.type == "utf-8" ? text.withoutEscapes : text
  }

  /// Of an address with the longest escapes.
  private static let longestAddress = 1000
}

extension MailReport.Recipient {
  mutating func findCause() {
    guard action == .failed || action == .delayed else { return }
    cause = BounceCause(status: status, code: diagnostic?.code, text: diagnostic?.text ?? "")
  }
}

extension String {
  /// With each `\x{HEX}` as its character (RFC 6533 section 3, utf-8-addr-xtext).
  fileprivate var withoutEscapes: String {
    replacing(/\\x\{([0-9A-Fa-f]{1,6})\}/) { match in
      UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map { String($0) } ?? String(match.0)
    }
  }
}
