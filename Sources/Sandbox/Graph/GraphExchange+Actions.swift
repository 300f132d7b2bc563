import Foundation
import HTTPTypes
import Hummingbird
import JSON

// Places.
extension GraphExchange {
  func moveMessage(_ id: String, _ access: GraphAccess) async throws -> Response {
    let folder = try await destination(of: "move", access)
    return try await created(
      state.mail.move(id, to: folder, in: access.mailbox, ifMatch: ifMatch, at: now), access)
  }

  func copyMessage(_ id: String, _ access: GraphAccess) async throws -> Response {
    let folder = try await destination(of: "copy", access)
    return try await created(state.mail.copy(id, to: folder, in: access.mailbox, at: now), access)
  }

  func destination(of action: String, _ access: GraphAccess) async throws -> MailFolder {
    let parameters = try ActionParameters(try await jsonBody(), of: action, known: ["destinationId"])
    guard let name = parameters["destinationId"]?.string else {
      throw GraphError.missingParameter("destinationId")
    }
    return try await state.mail.folder(name, in: access.mailbox)
  }

  func purgeMessage(_ id: String, _ access: GraphAccess) async throws -> Response {
    try await refuseParameters(of: "permanentDelete")
    try await state.mail.purge(id, in: access.mailbox, at: now)
    return response(.noContent)
  }
}

// Replies and forwards.
extension GraphExchange {
  func createReply(_ kind: ReplyKind, _ id: String, _ access: GraphAccess) async throws -> Response {
    let content = try await reply(kind, to: id, isSent: false, access)
    try checkSize(content.draft.message)
    return try await created(state.mail.createDraft(content.draft, in: access.mailbox, at: now), access)
  }

  func sendReply(_ kind: ReplyKind, _ id: String, _ access: GraphAccess) async throws -> Response {
    let content = try await reply(kind, to: id, isSent: true, access)
    return try await send(content.draft.message, identity: content.identity, access) { author in
      try await state.mail.submit(
        content.draft, in: access.mailbox, as: author, saves: true, rules: rules, at: now)
    }
  }

  private func reply(
    _ kind: ReplyKind, to id: String, isSent: Bool, _ access: GraphAccess
  ) async throws -> Content {
    let body = try await body()
    let original = try await state.mail.item(id, in: access.mailbox, at: now)
    guard let owner = await state.mail.owner(of: access.user.userPrincipalName) else {
      throw GraphError.noMailbox
    }
    if mediaType == "text/plain" {
      let mime = try Self.message(base64: body).replying(kind, to: original.message, for: owner)
      let draft = NewDraft(
        message: mime, dropsUnknownHeaders: state.settings.dropUnknownHeaders, parent: original.thread)
      return Content(draft: draft, identity: Self.digest(Array(id.utf8) + body))
    }
    // What is sent needs no body either, but a forward needs its recipients.
    let json = body.isEmpty ? (isSent ? [:] : nil) : try jsonBody(of: body)
    let parameters = try ReplyParameters(json, of: kind, action: kind.action(isSent: isSent))
    let message = try Message.replying(
      kind, to: original, parameters, owner: owner, zone: preferences.zone,
      messageID: await state.mail.newMessageID(), at: now)
    let draft = NewDraft(composed: message, parameters.fields, parent: original.thread)
    return Content(draft: draft, identity: Self.digest(Array(id.utf8) + body))
  }

  /// Microsoft Learn, "Send emails with MIME content".
  func replaceContent(_ id: String, _ access: GraphAccess) async throws -> Response {
    guard mediaType == "text/plain" else {
      throw GraphError.notSupported("The content of a message in another Content-Type than text/plain")
    }
    let mime = try Self.message(base64: try await body())
    let before = try await state.mail.item(id, in: access.mailbox, ifMatch: ifMatch, at: now)
    guard before.isDraft else {
      throw GraphError.notSettable("The content can only be set on a message that is a draft.")
    }
    try checkSize(mime)
    _ = try await state.mail.replaceContent(
      of: id, in: access.mailbox, ifMatch: ifMatch, with: mime.replacingContent(of: before.message),
      dropsUnknownHeaders: state.settings.dropUnknownHeaders, at: now)
    return response(.noContent)
  }
}

// Ids.
extension GraphExchange {
  /// Microsoft Learn, "user: translateExchangeIds".
  func translateIDs(_ access: GraphAccess) async throws -> Response {
    let parameters = try ActionParameters(
      try await jsonBody(), of: "translateExchangeIds", known: ["inputIds", "sourceIdType", "targetIdType"])
    func value(_ name: String) throws(GraphError) -> JSONValue {
      guard let value = parameters[name], !value.isNull else { throw .missingParameter(name) }
      return value
    }
    let source = try ExchangeIDFormat(value("sourceIdType"), "sourceIdType")
    let target = try ExchangeIDFormat(value("targetIdType"), "targetIdType")
    let ids = try value("inputIds").elements("inputIds").map { id throws(GraphError) in
      try id.text("inputIds")
    }
    guard ids.count <= ExchangeIDFormat.maximumCount else {
      throw GraphError(
        400, "ErrorInvalidParameter",
        "'inputIds' has \(ids.count) ids; at most \(ExchangeIDFormat.maximumCount) are allowed.")
    }
    let writer = try await writer(access)
    _ = try await state.mail.mailbox(writer.mailbox, at: now)
    var results: [JSONValue] = []
    for id in ids {
      do throws(MailFault) {
        guard source.admits(id) else { throw .idMalformed }
        let item = try await state.mail.item(id, in: writer.mailbox, at: now)
        results.append(["sourceId": .string(id), "targetId": .string(target.id(item, writer))])
      } catch {
        let refusal = GraphError(error)
        results.append([
          "sourceId": .string(id), "targetId": .null,
          "errorDetails": ["code": .string(refusal.code), "message": .string(refusal.message)],
        ])
      }
    }
    let place = "\(context.origin)/v1.0/$metadata#Collection(microsoft.graph.convertIdResult)"
    return json(["@odata.context": .string(place), "value": .array(results)])
  }
}

/// Microsoft Learn, "user: translateExchangeIds", exchangeIdFormat values.
enum ExchangeIDFormat: String, Sendable {
  case restId, restImmutableEntryId, ewsId
  /// The binary ids of MAPI, which nothing here has.
  case entryId, immutableEntryId

  static let maximumCount = 1000

  init(_ value: JSONValue, _ name: String) throws(GraphError) {
    let all = [ExchangeIDFormat.restId, .restImmutableEntryId, .ewsId, .entryId, .immutableEntryId]
    self = try value.word(name, of: all)
    guard self != .entryId, self != .immutableEntryId else {
      throw .notSupported("The id type '\(rawValue)'")
    }
  }

  /// Whether the text is an id of this format; what it names is another question.
  func admits(_ text: String) -> Bool {
    let foreign: [Character] = self == .ewsId ? ["-", "_"] : ["+", "/"]
    guard let id = GraphID(text), !text.contains(where: foreign.contains) else { return false }
    return id.namesItem && (id.kind == .immutable) == (self == .restImmutableEntryId)
  }

  func id(_ item: MailItem, _ writer: MessageJSON) -> String {
    var writer = writer
    writer.preferences.immutableIDs = self == .restImmutableEntryId
    let id = writer.id(item)
    return self == .ewsId ? id.replacing("_", with: "+").replacing("-", with: "/") : id
  }
}
