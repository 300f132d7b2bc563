import HTTPTypes

/// What a request does, by its method and path, and which permission it needs.
enum GraphOperation: Hashable, Sendable {
  case showUser
  case sendMail
  case listMessages(folder: String?)
  case countMessages(folder: String?)
  case createDraft(folder: String?)
  case showMessage(String)
  case updateMessage(String)
  case deleteMessage(String)
  case showContent(String)
  case sendDraft(String)
  case moveMessage(String)
  case listAttachments(String)
  case showAttachment(String, String)
  case showAttachmentContent(String, String)
  case listFolders
  case showFolder(String)

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
    case (.get, .attachments(let id)): self = .listAttachments(id)
    case (.get, .attachment(let id, let part)): self = .showAttachment(id, part)
    case (.get, .attachmentContent(let id, let part)): self = .showAttachmentContent(id, part)
    case (.get, .folders): self = .listFolders
    case (.get, .folder(let id)): self = .showFolder(id)
    default: throw .methodNotAllowed
    }
  }

  var need: GraphAccess.Need {
    switch self {
    case .showUser: .profile
    case .sendMail, .sendDraft: .send
    case .createDraft, .updateMessage, .deleteMessage, .moveMessage: .write
    case .listMessages, .countMessages, .showMessage, .showContent, .listAttachments, .showAttachment,
      .showAttachmentContent, .listFolders, .showFolder:
      .read
    }
  }

  /// The query options that it takes; any other is refused rather than ignored.
  var options: Set<ODataQuery.Option> {
    switch self {
    case .listMessages: Set(ODataQuery.Option.allCases)
    case .countMessages: [.filter]
    case .showMessage: [.select, .expand]
    case .showUser, .listFolders, .showFolder: [.select]
    case .sendMail, .createDraft, .updateMessage, .deleteMessage, .showContent, .sendDraft, .moveMessage,
      .listAttachments, .showAttachment, .showAttachmentContent:
      []
    }
  }
}
