import Core
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import MIME

// Drafts.
extension GraphExchange {
  func createDraft(_ folder: String?, _ access: GraphAccess) async throws -> Response {
    let place =
      if let folder { try await state.mail.folder(folder, in: access.mailbox) } else { MailFolder.drafts }
    let message = try await content(access) { $0 }.message
    let item = try await state.mail.createDraft(message, in: access.mailbox, folder: place, at: now)
    return try await created(item, access)
  }

  func updateMessage(_ id: String, _ access: GraphAccess) async throws -> Response {
    let fields = try MessageFields(JSON(reading: try await body()))
    let before = try await state.mail.item(id, in: access.mailbox, at: now)
    if fields.changesMessage, !before.isDraft { throw GraphError.notADraft }
    let message = fields.changesMessage ? try before.message.applying(fields, at: now) : before.message
    let item = try await state.mail.change(id, in: access.mailbox, at: now) { item in
      item.message = message
      item.isRead = fields.isRead ?? item.isRead
      item.categories = fields.categories ?? item.categories
      item.flag = fields.flag ?? item.flag
    }
    return json(entity(try await writer(access).json(item), access, "messages/$entity"))
  }

  func moveMessage(_ id: String, _ access: GraphAccess) async throws -> Response {
    let parameters = try JSON(reading: try await body())
    guard case .string(let name)? = parameters[ignoringCase: "destinationId"] else {
      throw GraphError.missingParameter("destinationId")
    }
    let folder = try await state.mail.folder(name, in: access.mailbox)
    return try await created(state.mail.move(id, to: folder, in: access.mailbox, at: now), access)
  }

  private func created(_ item: MailItem, _ access: GraphAccess) async throws -> Response {
    let writer = try await writer(access)
    let location = "\(context.origin)/v1.0/users('\(access.user.id)')/messages('\(writer.id(item))')"
    return json(
      entity(writer.json(item), access, "messages/$entity"), status: .created, location: location)
  }
}

// Sending.
extension GraphExchange {
  func sendMail(_ access: GraphAccess) async throws -> Response {
    var saves = true
    let content = try await content(access) { parameters throws(GraphError) in
      for member in parameters.members
      where !["message", "savetosentitems"].contains(member.name.lowercased()) {
        throw GraphError.unknownParameter(member.name, of: "sendMail")
      }
      saves = try parameters[ignoringCase: "saveToSentItems"].map(Self.truth) ?? true
      guard let message = parameters[ignoringCase: "message"] else {
        throw GraphError.missingParameter("Message")
      }
      return message
    }
    let (message, keeps) = (content.message, saves)
    return try await send(message, identity: content.identity, access) {
      try await state.mail.submit(message, in: access.mailbox, saves: keeps, rules: rules, at: now)
    }
  }

  func sendDraft(_ id: String, _ access: GraphAccess) async throws -> Response {
    let item = try await state.mail.item(id, in: access.mailbox, at: now)
    guard item.isDraft else { throw GraphError.itemNotFound }
    return try await send(item.message, identity: item.message.internetMessageID, access) {
      _ = try await state.mail.submit(id, in: access.mailbox, rules: rules, at: now)
    }
  }

  private var rules: SendingRules {
    let settings = state.settings
    return SendingRules(
      lag: .milliseconds(settings.sendLagMs), newID: settings.newIdOnSend,
      replacesMessageID: settings.replaceMessageId)
  }

  /// - Parameter identity: what makes a second attempt to send the same message the same message.
  private func send(
    _ message: Message, identity: String, _ access: GraphAccess, accept: () async throws -> Void
  ) async throws -> Response {
    guard !message.recipients.isEmpty else { throw GraphError.noRecipients }
    guard message.recipients.allSatisfy({ $0.named != nil }) else { throw GraphError.invalidRecipients }
    let author = message.from?.address ?? access.user.userPrincipalName
    guard access.maySend(as: author, in: state.directory) else { throw GraphError.sendAsDenied }
    let faults = message.recipients.compactMap { RecipientFault($0.address) }
    for case .throttle(let seconds) in faults
    where state.faults.isFirst(.throttle(seconds: seconds), of: identity) {
      throw GraphError.throttled(seconds: seconds)
    }
    try await accept()
    if faults.contains(.lostReply), state.faults.isFirst(.lostReply, of: identity) {
      try await context.dropConnection()
    }
    return response(.accepted)
  }
}

// Bodies.
extension GraphExchange {
  /// Microsoft Learn, "Outlook service limits": 4 MB for a request, JSON or MIME.
  private static let maximumBody = 4 << 20

  func body() async throws -> [UInt8] {
    let buffer = try await request.body.collect(upTo: RequestLogMiddleware.maximumBody)
    guard buffer.readableBytes <= Self.maximumBody else { throw GraphError.tooLarge }
    return Array(buffer.readableBytesView)
  }

  /// The message in the body: MIME in base64 when it says `text/plain`, else JSON in which `message` finds it.
  private func content(
    _ access: GraphAccess, message: (JSON) throws(GraphError) -> JSON
  ) async throws -> (message: Message, identity: String) {
    let body = try await body()
    let mediaType = request.headers[.contentType].map { $0.prefix(while: { $0 != ";" }).lowercased() }
    if mediaType == "text/plain" {
      let message = try Self.message(base64: body)
      return (message, message.internetMessageID.isEmpty ? Self.digest(body) : message.internetMessageID)
    }
    guard mediaType == "application/json" else { throw GraphError.unreadableJSON }
    let fields = try MessageFields(message(JSON(reading: body)))
    guard let owner = await state.mail.owner(of: access.user.userPrincipalName) else {
      throw GraphError.noMailbox
    }
    let message = try Message.composing(
      fields, owner: owner, messageID: await state.mail.newMessageID(), at: now)
    return (message, fields.internetMessageID ?? Self.digest(body))
  }

  private static func message(base64 body: [UInt8]) throws(GraphError) -> Message {
    let isBroken = body.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let text = isBroken ? body.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") } : body
    guard let mime = Data(base64Encoded: Data(text)), !mime.isEmpty else { throw .invalidBase64 }
    do throws(Problem) {
      return try Message(parsing: Array(mime))
    } catch {
      throw .invalidMIME
    }
  }

  private static func digest(_ body: [UInt8]) -> String {
    SHA256.hash(data: body).map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// Graph takes the word for the value.
  private static func truth(_ value: JSON) throws(GraphError) -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .string(let text) where text.lowercased() == "true": return true
    case .string(let text) where text.lowercased() == "false": return false
    default: throw .body("Cannot convert the value of 'saveToSentItems' to the expected type 'Edm.Boolean'.")
    }
  }
}

extension JSON {
  fileprivate init(reading bytes: [UInt8]) throws(GraphError) {
    guard let value = try? JSON(parsing: bytes), case .object = value else { throw .unreadableJSON }
    self = value
  }

  /// Parameters of actions are found whatever their case: Microsoft's own libraries capitalise them.
  fileprivate subscript(ignoringCase name: String) -> JSON? {
    members.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

extension GraphError {
  fileprivate static func missingParameter(_ name: String) -> GraphError {
    GraphError(400, "ErrorInvalidParameter", "Required parameter '\(name)' is missing.")
  }
  fileprivate static func unknownParameter(_ name: String, of action: String) -> GraphError {
    body(
      "The parameter '\(name)' in the request payload is not a valid parameter for the operation '\(action)'."
    )
  }
  fileprivate static let notADraft = GraphError(
    400, "ErrorInvalidPropertySet", "The property can only be set on a message that is a draft.")
}
