import Core
import HTTP
import Microsoft

/// A mailbox through Microsoft Graph.
struct GraphReader: Reader {
  let access: GraphAccess
  let catalogue: FolderCatalogue

  func message(_ id: StoredMessageID) async throws -> StoredMessage {
    let item = try await found(id) { graph in try await graph.item(id.rawValue) }
    var message = StoredMessage(item, in: try await folder(of: item))
    message.headers = item.headers.map { StoredMessage.HeaderValue(name: $0.name, value: $0.value) }
    message.inReplyTo = message.headers?.first { $0.name.lowercased() == "in-reply-to" }?.value
    // Also one whose files are all shown in the text, of which Exchange says that it has none.
    message.attachments = try await found(id) { graph in
      try await graph.attachments(of: id.rawValue)
    }.map { StoredAttachment($0, of: id) }
    return message
  }

  func text(of id: StoredMessageID, _ forms: Set<TextForm>) async throws -> StoredText {
    var text = StoredText()
    if forms.contains(.plain) { text.plain = try await body(of: id, as: .text).content }
    if forms.contains(.html) { text.html = try await body(of: id, as: .html).content }
    return text
  }

  private func body(of id: StoredMessageID, as form: GraphBody.Form) async throws -> GraphBody {
    try await found(id) { graph in try await graph.body(of: id.rawValue, as: form) }
  }

  func source(of id: StoredMessageID) async throws -> StoredContent {
    try await content { graph in
      try await graph.source(of: id.rawValue)
    } missing: {
      .messageMissing(id)
    }
  }

  func attachment(_ id: StoredAttachmentID) async throws -> (StoredAttachment, StoredContent) {
    let all = try await found(id.message) { graph in try await graph.attachments(of: id.message.rawValue) }
    guard let attachment = all.first(where: { $0.id == id.part }) else { throw Problem.attachmentMissing(id) }
    guard attachment.kind != .reference else { throw Problem.attachmentIsLink(attachment.name) }
    let content = try await content { graph in
      try await graph.content(of: id.part, in: id.message.rawValue)
    } missing: {
      .attachmentMissing(id)
    }
    return (StoredAttachment(attachment, of: id.message), content)
  }

  private func content(
    _ open: @escaping @Sendable (Graph) async throws -> HTTPDownload, missing: () -> Problem
  ) async throws -> StoredContent {
    do {
      let (download, place) = try await access.open(open)
      return StoredContent(download, in: place)
    } catch let problem as Problem where problem.isOfNothing {
      throw missing()
    }
  }

  /// A request for one message.
  private func found<Value: Sendable>(
    _ id: StoredMessageID, _ body: @escaping @Sendable (Graph) async throws -> Value
  ) async throws -> Value {
    do {
      return try await access.request(nil, body)
    } catch let problem as Problem where problem.isOfNothing {
      throw Problem.messageMissing(id)
    }
  }
}

// Changing messages.
extension GraphReader {
  func update(_ id: StoredMessageID, _ change: FlagChange) async throws -> StoredMessage {
    var changes = try change.asGraphKnowsIt()
    if !change.addLabels.isEmpty || !change.removeLabels.isEmpty {
      let item = try await found(id) { graph in try await graph.item(id.rawValue) }
      var labels = item.categories.filter { !change.removeLabels.contains($0) }
      for label in change.addLabels where !labels.contains(label) { labels.append(label) }
      if labels != item.categories { changes.categories = labels }
    }
    let final = changes
    guard final != Graph.Changes() else { return try await message(id) }
    let item = try await found(id) { graph in try await graph.update(id.rawValue, final) }
    return StoredMessage(item, in: try await folder(of: item))
  }

  func move(_ id: StoredMessageID, to folder: FolderName) async throws -> StoredMessageID {
    let target = try await folderID(folder)
    do {
      return StoredMessageID(
        try await access.request { graph in try await graph.move(id.rawValue, to: target) })
    } catch let problem as Problem where problem.isOfNothing {
      // Graph does not say which of both is missing.
      _ = try await found(id) { graph in try await graph.item(id.rawValue) }
      throw Problem.folderMissing(folder)
    }
  }

  func delete(_ id: StoredMessageID, permanently: Bool) async throws -> Deletion {
    let trash = WellKnownFolder.deletedItems.rawValue
    let item = try await found(id) { graph in try await graph.item(id.rawValue) }
    let bin = try await access.request { graph in try await graph.folderID(.deletedItems) }
    guard !permanently, item.folderID != bin else {
      try await purge(id)
      return .deleted
    }
    let moved = try await found(id) { graph in try await graph.move(id.rawValue, to: trash, isFinal: true) }
    return .moved(to: try await path(of: bin, .deletedItems), as: StoredMessageID(moved))
  }

  private func purge(_ id: StoredMessageID) async throws {
    do {
      try await found(id) { graph in try await graph.purge(id.rawValue) }
    } catch let problem as Problem where problem.code == .graphRejected {
      // National clouds do not have it.
      try await found(id) { graph in try await graph.deleteMessage(id.rawValue) }
    }
  }

  private func path(of id: String, _ name: WellKnownFolder) async throws -> FolderPath {
    if let path = try await knownFolders()[id]?.path { return path }
    return FolderPath(names: [
      try await access.request { graph in try await graph.folder(name.rawValue) }.name
    ])
  }
}

extension FlagChange {
  /// - Throws: `mail.flagNotSupported` for what Graph cannot change.
  fileprivate func asGraphKnowsIt() throws(Problem) -> Graph.Changes {
    var (add, remove) = (add, remove)
    let changeable: Set<MessageFlag> = [.seen, .flagged]
    if let set {
      add = set
      remove = changeable.subtracting(set)
    }
    for flag in MessageFlag.allCases where !changeable.contains(flag) && (add.union(remove).contains(flag)) {
      throw .flagNotSupported(flag.rawValue)
    }
    func change(_ flag: MessageFlag) -> Bool? {
      add.contains(flag) ? true : remove.contains(flag) ? false : nil
    }
    return Graph.Changes(isRead: change(.seen), isFlagged: change(.flagged))
  }
}

extension StoredMessage {
  init(_ item: GraphItem, in folder: Folder?) {
    var flags: Set<MessageFlag> = []
    if item.isRead { flags.insert(.seen) }
    if item.isFlagged { flags.insert(.flagged) }
    if item.isDraft { flags.insert(.draft) }
    self.init(
      id: StoredMessageID(item.id), threadID: item.conversationID, path: folder?.path,
      specialUse: folder?.specialUse, date: item.received ?? item.sent, flags: flags, labels: item.categories,
      subject: item.subject, from: item.from.map(Correspondent.init),
      sender: item.sender.map(Correspondent.init),
      to: item.to.map(Correspondent.init), cc: item.cc.map(Correspondent.init),
      bcc: item.bcc.map(Correspondent.init), replyTo: item.replyTo.map(Correspondent.init),
      internetMessageID: item.internetMessageID, preview: item.preview)
  }
}

extension Correspondent {
  fileprivate init(_ recipient: GraphRecipient) {
    self.init(name: recipient.name, address: recipient.address)
  }
}

extension StoredAttachment {
  fileprivate init(_ attachment: GraphAttachment, of message: StoredMessageID) {
    let type =
      switch attachment.kind {
      case .file, .reference: attachment.contentType ?? "application/octet-stream"
      // An event or a contact has another type, which only its bytes tell.
      case .item: attachment.contentType ?? "message/rfc822"
      }
    self.init(
      id: StoredAttachmentID(message: message, part: attachment.id), filename: attachment.name,
      contentType: type, size: attachment.size, isInline: attachment.isInline, contentID: attachment.contentID
    )
  }
}

extension StoredContent {
  fileprivate init(_ download: HTTPDownload, in place: MailboxLimiter.Place) {
    self.init(size: download.size) {
      var pieces = download.body.makeAsyncIterator()
      return AsyncIterator {
        // The slot is taken for as long as the bytes come.
        defer { withExtendedLifetime(place) {} }
        return try await pieces.next()
      }
    }
  }
}
