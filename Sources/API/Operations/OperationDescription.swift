package import Core
package import JSON

/// An operation without its types.
package struct OperationDescription: Sendable {
  package let method: OperationMethod
  /// `/v1/account/{account}/submit`
  package let template: String
  package let id: String
  package let tag: OperationTag
  package let access: OperationAccess
  package let grant: OperationGrant
  package let summary: String
  let details: String
  let headers: [RequestHeader]
  package let bodyForm: BodyForm
  package let replyForm: ReplyForm
  let problems: [ProblemCode]
  /// How many bytes a value in the path may have.
  let pathLimit: Int
  let query: ObjectSchema
  let body: ObjectSchema
  let reply: ObjectSchema

  /// The names in the template, in order.
  package var pathNames: [String] {
    template.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
  }

  func path(_ parts: [String]) -> String {
    var parts = parts.makeIterator()
    return template.split(separator: "/", omittingEmptySubsequences: false).map { step in
      step.hasPrefix("{") ? PathPart.encode(parts.next() ?? "") : String(step)
    }.joined(separator: "/")
  }

  /// Whether a request for `path`, as in its request line without a query, is one for this operation's path.
  package func matches(_ path: some StringProtocol) -> Bool {
    let wanted = template.split(separator: "/", omittingEmptySubsequences: false)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return wanted.count == parts.count
      && zip(wanted, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") && !$1.isEmpty }
  }

  /// Every code that the operation may answer with, as far as it can be foreseen: its own, and those of its
  /// parts.
  package var allProblems: [ProblemCode] {
    var codes: [ProblemCode] = []
    if !pathNames.isEmpty || !query.fields.isEmpty || bodyForm != .none { codes += Self.reading }
    if bodyForm != .none { codes.append(.requestTooLarge) }
    switch access {
    case .open, .optionalToken: break
    case .workspace, .account, .operator: codes += Self.authentication
    }
    return codes + problems + Self.installation
  }

  private static let reading: [ProblemCode] = [
    .requestMalformed, .requestInvalidField, .requestUnknownField, .requestNotSupported,
  ]
  private static let authentication: [ProblemCode] = [
    .tokenMissing, .tokenInvalid, .tokenScope, .tokenPermission, .tokenRestricted, .tokenRateLimited,
    .workspaceNotFound,
  ]
  private static let installation: [ProblemCode] = [.storeUnavailable, .serverBusy, .requestInternal]

  /// The codes of one status that come from no operation of its own.
  static func general(_ status: Int) -> [ProblemCode] {
    (reading + [.requestTooLarge] + authentication + installation).filter { $0.status == status }
  }

  static let generalStatuses = Set(
    (reading + [.requestTooLarge] + authentication + installation).map(\.status)
  ).sorted()

  /// Where a reply differs from what is declared; empty where it does not. For tests: every reply of the API
  /// is held to it.
  ///
  /// - Parameter reply: The body; for NDJSON, one of its lines.
  package func check(status: Int, reply: JSONValue) -> [String] {
    if status != 200 { return ErrorReply.check(status: status, reply: reply) }
    switch replyForm {
    case .json, .lines: return reply.differences(from: .object(self.reply), at: "")
    case .document: return reply.differences(from: .anyObject, at: "")
    case .message, .file, .events: return []
    }
  }
}

package enum OperationMethod: String, Sendable, CaseIterable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case delete = "DELETE"
}

/// Who may call an operation.
package enum OperationAccess: Sendable, Hashable {
  /// Anyone.
  case open
  /// Anyone; with a token, the reply contains more.
  case optionalToken
  /// A token of the whole workspace.
  case workspace
  /// Also a token of one account: for that account, or for its share of a list.
  case account
  /// An operator: a token with the scope `*` in the workspace `default`.
  case `operator`

  /// The name of the query parameter for a token, where a client cannot set a header.
  package static let queryName = "access_token"
}

/// What the permissions of a token must allow for an operation.
package struct OperationGrant: Sendable, Hashable, CustomStringConvertible {
  package let action: TokenAction
  /// `nil` for administration, which a token with a list of groups cannot have.
  package let group: TokenGroup?

  init(_ action: TokenAction, _ group: TokenGroup?) {
    self.action = action
    self.group = group
  }

  init(_ method: OperationMethod, _ tag: OperationTag) {
    let action: TokenAction =
      switch method {
      case .get: .read
      case .post, .put: .write
      case .delete: .destructive
      }
    let group: TokenGroup? =
      switch tag {
      case .submit: .submit
      case .outbox: .outbox
      case .mailboxes: .mailbox
      case .messages: .message
      case .templates: .template
      case .accounts: .account
      case .events: .events
      case .webhooks: .webhook
      case .lists: .blocklist
      case .operation: .diagnostics
      case .apps, .tokens, .workspaces, .settings: nil
      }
    self.init(action, group)
  }

  /// `send/submit`
  package var description: String { "\(action.rawValue)/\(group?.rawValue ?? "admin")" }
}

/// How a body comes.
package enum BodyForm: Sendable, Hashable {
  case none
  case json
  /// No body at all means the same as an empty object.
  case optionalJSON
  /// Read as it comes, by the handler itself.
  case stream(type: String, summary: String)
}

/// How a reply is written.
package enum ReplyForm: Sendable, Hashable {
  case json
  /// One JSON object a line (`application/x-ndjson`), while the body is still being read.
  case lines
  /// The description of the API itself.
  case document
  /// A message as it travels (`message/rfc822`).
  case message
  /// The bytes of a file, in its own media type.
  case file
  /// Events as they come (`text/event-stream`, HTML Living Standard, "Server-sent events").
  case events
}

/// A header of a request that the contract knows.
package struct RequestHeader: Sendable {
  package let name: String
  let summary: String
  let rule: TextRule

  private init(_ name: String, _ summary: String, length: ClosedRange<Int>) {
    self.name = name
    self.summary = summary
    rule = TextRule(length: length, hasLines: false)
  }

  /// - Throws: `request.invalidField` when it is not as it must be.
  package func read(_ text: String?) throws(Problem) -> String? {
    guard let text, let fault = rule.fault(in: text) else { return text }
    throw Problem(
      .requestInvalidField, "\(name): \(fault).", remedy: "Correct the header and send the request again.",
      fields: [FieldFault(message: fault, key: name)])
  }

  package static let idempotencyKey = RequestHeader(
    "Idempotency-Key",
    "A key of your own for this message. A repeat with the same body gets the first "
      + "receipt; with another body it is refused with 409.", length: 1...1024)

  package static let contentRange = RequestHeader(
    "Content-Range",
    "Which bytes of the file these are, such as `bytes 0-4194303/104857600` (RFC 9110 section 14.4).",
    length: 1...256)

  package static let lastEventID = RequestHeader(
    "Last-Event-ID", "The `id` of the last event that was received; left out, only new events are sent.",
    length: 0...32)

  package static let workspace = RequestHeader(
    "Heliograph-Workspace",
    "The workspace in which an operator's token acts; all other tokens act only in their own.",
    length: 1...64)
}

/// A chapter of the documentation.
package enum OperationTag: String, Sendable, CaseIterable {
  case submit = "Submit"
  case outbox = "Outbox"
  case mailboxes = "Mailboxes"
  case messages = "Messages"
  case templates = "Templates"
  case accounts = "Accounts"
  case apps = "OAuth2 apps"
  case events = "Events"
  case webhooks = "Webhooks"
  case tokens = "API tokens"
  case workspaces = "Workspaces"
  case settings = "Settings"
  case lists = "Suppression lists"
  case operation = "Operation"

  var summary: String {
    switch self {
    case .submit: "Submit messages."
    case .outbox: "Messages that were accepted, and their outcome."
    case .mailboxes: "Folders of a mailbox."
    case .messages: "Messages in a mailbox."
    case .templates: "Texts of messages with variables in them."
    case .accounts: "The mailboxes that messages are sent from, and the ways to connect them."
    case .apps: "App registrations at Microsoft Entra, through which mailboxes are connected."
    case .events: "Events, in order."
    case .webhooks: "Where events are posted to, and what became of the posts."
    case .tokens: "Keys to this API."
    case .workspaces:
      "Separate sets of apps, accounts, tokens, messages and events, such as of one customer or team."
    case .lists: "Addresses that receive no more of a list."
    case .settings: "What a workspace may set of how it works."
    case .operation: "Whether the gateway works, and this description."
    }
  }
}
