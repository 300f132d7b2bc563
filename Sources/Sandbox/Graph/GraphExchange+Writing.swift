import Core
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import JSON
import MIME

// Drafts.
extension GraphExchange {
  func createDraft(_ folder: String?, _ access: GraphAccess) async throws -> Response {
    let place =
      if let folder { try await state.mail.folder(folder, in: access.mailbox) } else { MailFolder.drafts }
    let content = try await content(access) { $0 }
    try checkSize(content.draft.message)
    let item = try await state.mail.createDraft(
      content.draft, in: access.mailbox, folder: place, at: now)
    return try await created(item, access)
  }

  func updateMessage(_ id: String, _ access: GraphAccess) async throws -> Response {
    let fields = try MessageFields(try await jsonBody())
    guard fields.attachments == nil, fields.headers == nil else {
      let name = fields.headers == nil ? "attachments" : "internetMessageHeaders"
      throw GraphError.notSettable("The property '\(name)' cannot be set in an update of a message.")
    }
    guard !fields.properties.contains(where: { $0.id == .messageFlags }) else {
      throw GraphError.notSettable(
        "The property '\(PropertyID.messageFlags.text)' can only be set when it is created.")
    }
    let before = try await state.mail.item(id, in: access.mailbox, ifMatch: ifMatch, at: now)
    if fields.rewritesMessage, !before.isDraft {
      throw GraphError.notSettable("The property can only be set on a message that is a draft.")
    }
    let message =
      before.isDraft ? try before.message.applying(fields, at: now) : before.message.noting(fields)
    try checkSize(message)
    var marks = fields.marks
    marks.properties = fields.storedProperties(ofDraft: before.isDraft)
    let item = try await state.mail.change(
      id, in: access.mailbox, ifMatch: ifMatch, creating: before.isDraft ? fields.createdHeaders : [], at: now
    ) { [marks, now] item in
      item.message = message
      marks.apply(to: &item, at: now)
    }
    if preferences.isMinimal { return minimal() }
    return json(entity(try await writer(access).json(item), access, "messages/$entity"))
  }

  /// What does not fit into the mailbox; attachments count there without their encoding.
  func checkSize(_ message: Message) throws(GraphError) {
    guard message.source.storedSize <= state.settings.messageSizeLimit else { throw .tooLarge }
  }

  /// Of `If-Match`; `nil` for any.
  var ifMatch: EntityTag? { EntityTag(request.headers[values: .ifMatch]) }

  func created(_ item: MailItem, _ access: GraphAccess) async throws -> Response {
    let writer = try await writer(access)
    let location = "\(context.origin)/v1.0/users('\(access.user.id)')/messages('\(writer.id(item))')"
    if preferences.isMinimal { return minimal(location: location) }
    return json(
      entity(writer.json(item), access, "messages/$entity"), status: .created, location: location)
  }
}

// Sending.
extension GraphExchange {
  func sendMail(_ access: GraphAccess) async throws -> Response {
    var saves = true
    let content = try await content(access) { json throws(GraphError) in
      let parameters = try ActionParameters(json, of: "sendMail", known: ["message", "saveToSentItems"])
      saves = try parameters["saveToSentItems"].map(Self.truth) ?? true
      guard let message = parameters["message"] else { throw GraphError.missingParameter("Message") }
      return message
    }
    let keeps = saves
    return try await send(content.draft.message, identity: content.identity, access) { author in
      try await state.mail.submit(
        content.draft, in: access.mailbox, as: author, saves: keeps, rules: rules, at: now)
    }
  }

  func sendDraft(_ id: String, _ access: GraphAccess) async throws -> Response {
    try await refuseParameters(of: "send")
    let item = try await state.mail.item(id, in: access.mailbox, ifMatch: ifMatch, at: now)
    guard item.isDraft else { throw GraphError.itemNotFound }
    return try await send(item.message, identity: item.message.internetMessageID, access) { author in
      try await state.mail.submit(
        id, in: access.mailbox, ifMatch: ifMatch, as: author, rules: rules, at: now)
    }
  }

  var rules: SendingRules {
    let settings = state.settings
    return SendingRules(
      lag: .milliseconds(settings.sendLagMs), newID: settings.newIdOnSend,
      replacesMessageID: settings.replaceMessageId)
  }

  /// - Parameter identity: equal for every attempt to send the same message.
  func send(
    _ message: Message, identity: String, _ access: GraphAccess,
    accept: (SendingAuthor) async throws -> Void
  ) async throws -> Response {
    guard !message.recipients.isEmpty else { throw GraphError.noRecipients }
    guard message.recipients.allSatisfy({ $0.named != nil }) else { throw GraphError.invalidRecipients }
    let settings = state.settings
    guard message.recipients.count <= settings.recipientLimit else {
      throw GraphError.tooManyRecipients(settings.recipientLimit)
    }
    guard message.source.count <= settings.messageSizeLimit else { throw GraphError.tooLarge }
    let author = try access.author(
      of: message, in: state.directory, keepsAliases: settings.sendFromAlias)
    let faults = message.recipients.compactMap { RecipientFault($0.address) }
    for case .throttle(let seconds) in faults
    where state.faults.isFirst(.throttle(seconds: seconds), of: identity) {
      throw GraphError.throttled(seconds: seconds)
    }
    try await accept(author)
    if faults.contains(.lostReply), state.faults.isFirst(.lostReply, of: identity) {
      try await context.dropConnection()
    }
    return response(.accepted)
  }
}

// Bodies.
extension GraphExchange {
  /// Microsoft Learn, "Outlook service limits": 4 MB for a request, JSON or MIME.
  static let maximumBody = 4 << 20

  func body(limit: Int = maximumBody) async throws -> [UInt8] {
    let buffer = try await request.body.collect(upTo: RequestLogMiddleware.maximumBody)
    guard buffer.readableBytes <= limit else { throw GraphError.tooLarge }
    return Array(buffer.readableBytesView)
  }

  /// Graph has no use for one where it is read, and it would be ignored.
  func refuseBody() async throws {
    guard try await !body().isEmpty else { return }
    throw GraphError.notSupported("A body in a \(request.method.rawValue) request like this")
  }

  func jsonBody(limit: Int = maximumBody) async throws -> JSONValue {
    try jsonBody(of: try await body(limit: limit))
  }

  func jsonBody(of body: [UInt8]) throws(GraphError) -> JSONValue {
    guard mediaType == "application/json" else { throw .unreadableJSON }
    return try Self.json(body)
  }

  /// Of an action that has none.
  func refuseParameters(of action: String) async throws {
    let body = try await body()
    if !body.isEmpty { _ = try ActionParameters(Self.json(body), of: action, known: []) }
  }

  var mediaType: String? {
    request.headers[.contentType].map { $0.prefix(while: { $0 != ";" }).lowercased() }
  }

  private static func json(_ body: [UInt8]) throws(GraphError) -> JSONValue {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: body, limits: .request)
    } catch {
      throw GraphError(error)
    }
    guard value.object != nil else { throw .unreadableJSON }
    return value
  }

  /// The message in the body of a request.
  struct Content: Sendable {
    var draft: NewDraft
    /// Equal for every attempt to send it.
    var identity: String
  }

  /// MIME in base64 when the request says `text/plain`, else JSON in which `message` finds it.
  private func content(
    _ access: GraphAccess, message: (JSONValue) throws(GraphError) -> JSONValue
  ) async throws -> Content {
    let body = try await body()
    if mediaType == "text/plain" {
      let message = try Self.message(base64: body)
      let id = message.internetMessageID
      let draft = NewDraft(message: message, dropsUnknownHeaders: state.settings.dropUnknownHeaders)
      return Content(draft: draft, identity: id.isEmpty ? Self.digest(body) : id)
    }
    let fields = try MessageFields(message(try await jsonBody()))
    guard let owner = await state.mail.owner(of: access.user.userPrincipalName) else {
      throw GraphError.noMailbox
    }
    let message = try Message.composing(
      fields, owner: owner, messageID: await state.mail.newMessageID(), at: now)
    let draft = NewDraft(composed: message, fields)
    return Content(draft: draft, identity: fields.internetMessageID ?? Self.digest(body))
  }

  static func message(base64 body: [UInt8]) throws(GraphError) -> Message {
    let isBroken = body.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let text = isBroken ? body.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") } : body
    guard let mime = Data(base64Encoded: Data(text)), !mime.isEmpty else { throw .invalidBase64 }
    do throws(Problem) {
      return try Message(parsing: Array(mime))
    } catch {
      throw .invalidMIME
    }
  }

  static func digest(_ body: [UInt8]) -> String {
    SHA256.hash(data: body).map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// Graph also takes the word as a string.
  private static func truth(_ value: JSONValue) throws(GraphError) -> Bool {
    guard let flag = value.bool ?? value.string.flatMap({ Bool($0.lowercased()) }) else {
      throw .body("Cannot convert the value of 'saveToSentItems' to the expected type 'Edm.Boolean'.")
    }
    return flag
  }
}

/// The parameters of an action. Their names count in any case: Microsoft's own libraries capitalise them.
struct ActionParameters {
  private var values: [String: JSONValue] = [:]

  init(_ json: JSONValue, of action: String, known: [String]) throws(GraphError) {
    let known = Set(known.map { $0.lowercased() })
    for (name, value) in json.object?.members ?? [] {
      guard known.contains(name.lowercased()) else { throw .unknownParameter(name, of: action) }
      guard values.updateValue(value, forKey: name.lowercased()) == nil else {
        throw .duplicateProperty(name)
      }
    }
  }

  subscript(_ name: String) -> JSONValue? { values[name.lowercased()] }
}
