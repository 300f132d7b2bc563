import HTTPTypes

/// What a request does, by its method and path, and which permission it needs.
enum GraphOperation: Hashable, Sendable {
  case showUser
  case sendMail
  case translateIDs
  case listMessages(folder: String?)
  case countMessages(folder: String?)
  case createDraft(folder: String?)
  case showMessage(String)
  case updateMessage(String)
  case deleteMessage(String)
  case showContent(String)
  case sendDraft(String)
  case moveMessage(String)
  case copyMessage(String)
  case purgeMessage(String)
  case createReply(ReplyKind, String)
  case sendReply(ReplyKind, String)
  case replaceContent(String)
  case listAttachments(String)
  case addAttachment(String)
  case createUpload(String)
  case showAttachment(String, String)
  case deleteAttachment(String, String)
  case showAttachmentContent(String, String)
  /// The children of a folder.
  case listFolders(parent: String)
  case countFolders(parent: String)
  case showFolder(String)
  case createFolder(parent: String)
  case updateFolder(String)
  case deleteFolder(String)
  case moveFolder(String)
  case copyFolder(String)
  case purgeFolder(String)
  case messageDelta(folder: String)
  case folderDelta

  init(_ method: HTTPRequest.Method, _ route: GraphRoute) throws(GraphError) {
    switch (method, route) {
    case (.get, .user): self = .showUser
    case (.post, .sendMail): self = .sendMail
    case (.get, .messages(let folder)): self = .listMessages(folder: folder)
    case (.get, .messageCount(let folder)): self = .countMessages(folder: folder)
    case (.post, .messages(let folder)): self = .createDraft(folder: folder)
    case (.get, .message(let id)): self = .showMessage(id)
    case (.patch, .message(let id)): self = .updateMessage(id)
    case (.delete, .message(let id)): self = .deleteMessage(id)
    case (.get, .content(let id)): self = .showContent(id)
    case (.post, .send(let id)): self = .sendDraft(id)
    case (.post, .move(let id)): self = .moveMessage(id)
    case (.post, .copy(let id)): self = .copyMessage(id)
    case (.post, .permanentDelete(let id)): self = .purgeMessage(id)
    case (.post, .createReply(let kind, let id)): self = .createReply(kind, id)
    case (.post, .sendReply(let kind, let id)): self = .sendReply(kind, id)
    case (.put, .content(let id)): self = .replaceContent(id)
    case (.post, .translateIDs): self = .translateIDs
    case (.get, .attachments(let id)): self = .listAttachments(id)
    case (.post, .attachments(let id)): self = .addAttachment(id)
    case (.post, .uploadSession(let id)): self = .createUpload(id)
    case (.get, .attachment(let id, let part)): self = .showAttachment(id, part)
    case (.delete, .attachment(let id, let part)): self = .deleteAttachment(id, part)
    case (.get, .attachmentContent(let id, let part)): self = .showAttachmentContent(id, part)
    case (.get, .folders(let parent)): self = .listFolders(parent: parent)
    case (.get, .folderCount(let parent)): self = .countFolders(parent: parent)
    case (.get, .folder(let id)): self = .showFolder(id)
    case (.post, .folders(let parent)): self = .createFolder(parent: parent)
    case (.patch, .folder(let id)): self = .updateFolder(id)
    case (.delete, .folder(let id)): self = .deleteFolder(id)
    case (.post, .folderMove(let id)): self = .moveFolder(id)
    case (.post, .folderCopy(let id)): self = .copyFolder(id)
    case (.post, .folderPurge(let id)): self = .purgeFolder(id)
    case (.get, .messageDelta(let folder)): self = .messageDelta(folder: folder)
    case (.get, .folderDelta): self = .folderDelta
    default: throw .methodNotAllowed
    }
  }

  var need: GraphAccess.Need {
    switch self {
    case .showUser, .translateIDs: .profile
    case .sendMail, .sendDraft, .sendReply: .send
    case .createDraft, .updateMessage, .deleteMessage, .moveMessage, .copyMessage, .purgeMessage,
      .createReply, .replaceContent, .addAttachment, .createUpload, .deleteAttachment,
      .createFolder, .updateFolder, .deleteFolder, .moveFolder, .copyFolder, .purgeFolder:
      .write
    case .listMessages, .countMessages, .showMessage, .showContent, .listAttachments, .showAttachment,
      .showAttachmentContent, .listFolders, .countFolders, .showFolder, .messageDelta, .folderDelta:
      .read
    }
  }

  /// The query options that it takes; any other is refused rather than ignored.
  var shape: ODataQuery.Shape {
    let folders = FilterVocabulary.mailFolder
    let item: Set = ["microsoft.graph.itemattachment/item"]
    switch self {
    case .listMessages: return .messages
    case .countMessages: return .init(allowed: [.filter], isCollection: true)
    case .showMessage:
      return .init(allowed: [.select, .expand], relationships: ODataQuery.Shape.messages.relationships)
    case .showUser, .showFolder: return .init(allowed: [.select])
    case .listFolders:
      return .init(
        allowed: [.filter, .select, .orderBy, .top, .skip, .count, .includeHiddenFolders], isCollection: true,
        vocabulary: folders)
    case .countFolders:
      return .init(allowed: [.filter, .includeHiddenFolders], isCollection: true, vocabulary: folders)
    case .listAttachments:
      return .init(
        allowed: [.select, .expand, .top, .skip, .count], isCollection: true, relationships: item)
    case .showAttachment: return .init(allowed: [.select, .expand], relationships: item)
    case .sendMail, .translateIDs, .createDraft, .updateMessage, .deleteMessage, .showContent, .sendDraft,
      .moveMessage, .copyMessage, .purgeMessage, .createReply, .sendReply, .replaceContent, .addAttachment,
      .createUpload, .deleteAttachment, .showAttachmentContent, .createFolder, .updateFolder, .deleteFolder,
      .moveFolder, .copyFolder, .purgeFolder:
      return .init()
    case .messageDelta:
      return .init(
        allowed: [.filter, .select, .expand, .orderBy, .top, .changeType, .skipToken, .deltaToken],
        isCollection: true, relationships: ODataQuery.Shape.messages.relationships,
        trackedResource: "Messages")
    case .folderDelta:
      return .init(
        allowed: [.select, .skipToken, .deltaToken], isCollection: true, vocabulary: folders,
        trackedResource: "MailFolders")
    }
  }

  /// Whether its request may have a body.
  var takesBody: Bool {
    switch self {
    case .sendMail, .translateIDs, .createDraft, .updateMessage, .sendDraft, .moveMessage, .copyMessage,
      .purgeMessage, .createReply, .sendReply, .replaceContent, .addAttachment, .createUpload,
      .createFolder, .updateFolder, .moveFolder, .copyFolder, .purgeFolder:
      true
    default: false
    }
  }

  /// Whether it regards `If-Match`.
  var isConditional: Bool {
    switch self {
    case .updateMessage, .deleteMessage, .sendDraft, .moveMessage, .replaceContent: true
    default: false
    }
  }

  /// Whether it regards `return=minimal`.
  var mayAnswerWithoutContent: Bool {
    switch self {
    case .createDraft, .updateMessage: true
    default: false
    }
  }

  /// Whether it shows the time of a quoted message, in the zone of `outlook.timezone`.
  var quotesMessage: Bool {
    switch self {
    case .createReply, .sendReply: true
    default: false
    }
  }
}
