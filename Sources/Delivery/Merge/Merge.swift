package import Core
package import JSON
package import MIME

/// One message for many recipients: each gets a message of its own, rendered with values of its own.
package struct Merge: Sendable {
  /// What all messages have in common. It has no recipients, and its attachments are stored.
  package var common: Submission
  package var entries: [Entry]

  package struct Entry: Sendable {
    package var to: NamedAddress
    package var messageID: MessageID?
    package var params: JSONObject
    /// In place of that of `common`.
    package var sendAt: Instant?

    package init(
      to: NamedAddress, messageID: MessageID? = nil, params: JSONObject = [:], sendAt: Instant? = nil
    ) {
      self.to = to
      self.messageID = messageID
      self.params = params
      self.sendAt = sendAt
    }
  }

  package init(_ common: Submission, entries: [Entry]) {
    self.common = common
    self.entries = entries
  }

  /// Bytes of all messages of a merge without what they share: they are in memory until all have been found good.
  static let sizeLimit = 64 << 20
  /// Tags and rounds of loops while all of them are rendered.
  static let stepLimit = 2_000_000
  /// Bytes of content in one transaction, so that others do not wait for long.
  static let batchSize = 1 << 20

  /// What faults of an entry are called.
  static func place(_ index: Int) -> String { "mailMerge[\(index)]" }

  /// The message of one entry, before it is rendered.
  func submission(_ index: Int) -> Submission {
    let entry = entries[index]
    var submission = common
    submission.to = [entry.to]
    submission.messageID = entry.messageID
    submission.sendAt = entry.sendAt ?? common.sendAt
    if let params = submission.values?.params {
      submission.values?.params = entry.params.completed(with: params)
    }
    return submission
  }
}

extension Problem {
  /// The same of one entry of a merge; what names the entry already stays.
  func of(_ place: String) -> Problem {
    guard !summary.hasPrefix(place) else { return self }
    var problem = self
    problem.summary = "\(place): \(summary)"
    problem.fields = fields.map { FieldFault(message: $0.message, key: "\(place).\($0.key)") }
    return problem
  }

  static func mergeTooLarge(_ index: Int, limit: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The texts of the first \(index + 1) messages of the merge together are larger than \(limit >> 20) MiB.",
      remedy: "Send the recipients in several requests, or put less into the texts.")
  }
}
