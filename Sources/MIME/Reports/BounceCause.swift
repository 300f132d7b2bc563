/// Why a message was not delivered, and what follows from it.
package struct BounceCause: Sendable, Hashable {
  package var category: BounceCategory
  package var action: RecommendedAction
  /// Whether the address itself is the cause, so that further messages to it will not arrive either.
  package var isHard: Bool
  /// The row of the table that says so; `nil` where none does.
  package var rule: String?
  package var blocklist: Blocklist?

  /// A list of addresses or domains that receivers ask.
  package struct Blocklist: Sendable, Hashable {
    package enum Kind: String, Sendable { case ip, domain }
    package let name: String
    package let type: Kind
  }

  static let unknown = BounceCause(category: .unknown, action: .review, isHard: false)

  /// Of what a server said. `text` is its words, with or without the codes.
  package init(status: EnhancedStatus?, code: Int?, text: String) {
    let words = Phrases(text)
    self = Self.unknown
    if let row = Self.rows.first(where: { $0.matches(status, code, words) }) {
      // A class of 4 is a temporary failure, whatever it is about (RFC 3463 section 3.1).
      let isTemporary = (status.map(\.class) ?? code.map { $0 / 100 }) == 4
      category = row.category
      action = isTemporary && row.category.action == .remove ? .retry : row.action ?? row.category.action
      isHard = row.category.concernsAddress && !isTemporary
      rule = row.id
    }
    if [.ipBlacklisted, .domainBlacklisted].contains(category) {
      blocklist = Self.blocklists.first { words.contain($0.phrase) }?.list
    }
  }

  private init(category: BounceCategory, action: RecommendedAction, isHard: Bool) {
    (self.category, self.action, self.isHard) = (category, action, isHard)
  }
}

/// EmailEngine's names, and ours for what it calls unknown.
package enum BounceCategory: String, Sendable, CaseIterable {
  case userUnknown = "user_unknown"
  /// The address cannot exist.
  case invalidAddress = "invalid_address"
  case mailboxDisabled = "mailbox_disabled"
  case mailboxFull = "mailbox_full"
  case greylisting, rateLimited = "rate_limited"
  case serverError = "server_error"
  case ipBlacklisted = "ip_blacklisted"
  case domainBlacklisted = "domain_blacklisted"
  /// SPF, DKIM or DMARC.
  case authFailure = "auth_failure"
  case relayDenied = "relay_denied"
  case spamBlocked = "spam_blocked"
  case policyBlocked = "policy_blocked"
  case virusDetected = "virus_detected"
  case geoBlocked = "geo_blocked"
  case unknown
  // Ours
  case domainNotFound = "domain_not_found"
  case messageTooLarge = "message_too_large"
  /// The content cannot be carried or converted.
  case contentRejected = "content_rejected"
  /// The message was sent in a circle or had no way to go.
  case routingError = "routing_error"
  case protocolError = "protocol_error"
  /// Nobody took it in the time that the server tries.
  case expired

  /// What is mostly to be done.
  package var action: RecommendedAction {
    switch self {
    case .userUnknown, .invalidAddress, .mailboxDisabled, .domainNotFound: .remove
    case .mailboxFull, .greylisting, .rateLimited, .serverError, .expired: .retry
    case .ipBlacklisted: .retryDifferentIP
    case .authFailure, .relayDenied: .fixConfiguration
    case .spamBlocked, .virusDetected, .messageTooLarge, .contentRejected: .removeContent
    case .domainBlacklisted, .policyBlocked, .geoBlocked, .routingError, .protocolError, .unknown: .review
    }
  }

  /// Whether it is the address that is wrong, and not the message or its way.
  package var concernsAddress: Bool { action == .remove }
}

/// EmailEngine's names.
package enum RecommendedAction: String, Sendable, CaseIterable {
  /// Do not send to the address again.
  case remove
  /// Send it again later.
  case retry
  /// A person must look at it.
  case review
  case fixConfiguration = "fix_configuration"
  case retryDifferentIP = "retry_different_ip"
  /// Change the message: its text, links, files or size.
  case removeContent = "remove_content"
}

// The table
extension BounceCause {
  /// One thing that servers say, and what it means. Statuses are without their class.
  struct Row: Sendable {
    enum Sign: Sendable {
      /// The subject and the details of an enhanced status.
      case status(Int, ClosedRange<Int>)
      /// Words of the text in lower case, all of them.
      case words([String])
      /// A reply without an enhanced status, or with one that says nothing.
      case code(Int)
    }

    let sign: Sign
    let category: BounceCategory
    /// Where it is not the category's.
    var action: RecommendedAction?

    var id: String {
      switch sign {
      case .status(let subject, let details):
        "status x.\(subject).\(details.lowerBound)" + (details.count > 1 ? "-\(details.upperBound)" : "")
      case .words(let words): "words “" + words.joined(separator: "” and “") + "”"
      case .code(let code): "reply \(code)"
      }
    }

    func matches(_ status: EnhancedStatus?, _ code: Int?, _ text: Phrases) -> Bool {
      switch sign {
      case .status(let subject, let details):
        status.map { $0.subject == subject && details.contains($0.detail) } ?? false
      case .words(let words): words.allSatisfy(text.contain)
      case .code(let number): code == number && status?.isGeneral != false
      }
    }
  }

  static func status(
    _ subject: Int, _ detail: Int, _ category: BounceCategory, _ action: RecommendedAction? = nil
  ) -> [Row] { status(subject, detail...detail, category, action) }

  static func status(
    _ subject: Int, _ details: ClosedRange<Int>, _ category: BounceCategory,
    _ action: RecommendedAction? = nil
  ) -> [Row] { [Row(sign: .status(subject, details), category: category, action: action)] }

  /// A row for each.
  static func words(_ category: BounceCategory, _ words: String...) -> [Row] {
    words.map { Row(sign: .words($0.split(separator: " + ").map(String.init)), category: category) }
  }

  static func code(_ code: Int, _ category: BounceCategory) -> [Row] {
    [Row(sign: .code(code), category: category)]
  }
}
