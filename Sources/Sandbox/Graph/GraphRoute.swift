import Foundation

/// Whose resources a path names.
enum GraphOwner: Hashable, Sendable {
  case me
  /// An id or a user principal name, as it appears in the path.
  case user(String)
}

/// What a request is about, read from its path: the part of Graph that this sandbox has.
enum GraphRoute: Hashable, Sendable {
  case user
  case sendMail
  case translateIDs
  /// `folder` nil: all folders.
  case messages(folder: String?)
  case messageCount(folder: String?)
  case message(String)
  case content(String)
  case send(String)
  case move(String)
  case copy(String)
  case permanentDelete(String)
  case createReply(ReplyKind, String)
  case sendReply(ReplyKind, String)
  case attachments(String)
  case attachment(String, String)
  case uploadSession(String)
  case attachmentContent(String, String)
  /// Those below `parent`.
  case folders(parent: String)
  case folderCount(parent: String)
  case folder(String)
  case folderMove(String)
  case folderCopy(String)
  case folderPurge(String)
  case messageDelta(folder: String)
  case folderDelta
}

/// A path after `/v1.0`. Names are compared without regard to case, keys are a segment of their own or
/// in parentheses after the name, and may be percent-encoded (OData 4.01 URL conventions sections 4.3 and
/// 4.5).
struct GraphPath: Hashable, Sendable {
  var owner: GraphOwner
  var route: GraphRoute

  init(_ path: String) throws(GraphError) {
    var segments = try Self.segments(path)[...]
    func isNext(_ name: String) -> Bool { segments.first?.lowercased() == name }
    if isNext("me") {
      owner = .me
      segments.removeFirst()
    } else if isNext("users"), segments.count > 1 {
      owner = .user(segments[segments.startIndex + 1])
      segments.removeFirst(2)
    } else {
      throw Self.missing(segments.first ?? "")
    }
    var folder: String?
    while isNext(folder == nil ? "mailfolders" : "childfolders") {
      segments.removeFirst()
      let parent = folder ?? "msgfolderroot"
      guard let id = segments.popFirst() else { route = .folders(parent: parent); return }
      if id.lowercased() == "$count", segments.isEmpty { route = .folderCount(parent: parent); return }
      if folder == nil, segments.isEmpty, Self.isDelta(id.lowercased()) { route = .folderDelta; return }
      guard !Self.unbuilt.contains(id.lowercased()) else { throw Self.missing(id) }
      folder = id
      if segments.isEmpty { route = .folder(id); return }
    }
    route = try Self.route(segments, folder: folder)
  }

  private static func route(_ segments: ArraySlice<String>, folder: String?) throws(GraphError) -> GraphRoute
  {
    let segments = Array(segments)
    let names = segments.map { $0.lowercased() }
    switch (names.first, names.count) {
    case (nil, _): return .user
    case ("sendmail", 1) where folder == nil, ("microsoft.graph.sendmail", 1) where folder == nil:
      return .sendMail
    case ("translateexchangeids", 1) where folder == nil,
      ("microsoft.graph.translateexchangeids", 1) where folder == nil:
      return .translateIDs
    case ("messages", 1): return .messages(folder: folder)
    case ("messages", 2) where names[1] == "$count": return .messageCount(folder: folder)
    case ("messages", 2) where isDelta(names[1]):
      guard let folder else { throw .tracksFoldersOnly }
      return .messageDelta(folder: folder)
    case ("messages", 2) where unbuilt.contains(names[1]): throw missing(names[1])
    case ("messages", 2): return .message(segments[1])
    case ("messages", 3): return try action(names[2], on: segments[1])
    case ("messages", 4) where names[2] == "attachments" && uploading.contains(names[3]):
      return .uploadSession(segments[1])
    case ("messages", 4) where names[2] == "attachments" && unbuilt.contains(names[3]):
      throw missing(segments[3])
    case ("messages", 4) where names[2] == "attachments": return .attachment(segments[1], segments[3])
    case ("messages", 5) where names[2] == "attachments" && names[4] == "$value":
      return .attachmentContent(segments[1], segments[3])
    case (let name?, 1):
      guard let folder else { throw missing(segments[0]) }
      switch name.trimmingPrefix("microsoft.graph.") {
      case "move": return .folderMove(folder)
      case "copy": return .folderCopy(folder)
      case "permanentdelete": return .folderPurge(folder)
      default: throw missing(segments[0])
      }
    default: throw missing(segments.first { unbuilt.contains($0.lowercased()) } ?? segments.last ?? "")
    }
  }

  private static func missing(_ segment: String) -> GraphError {
    unbuilt.contains(segment.lowercased())
      ? .notSupported("The path segment '\(segment)'") : .unknownSegment(segment)
  }

  /// What Graph has beside and below mailboxes, in lower case.
  private static let unbuilt: Set = [
    "calendar", "calendarview", "calendars", "contactfolders", "contacts", "copy", "delta", "directreports",
    "drive", "events", "extensions", "findmeetingtimes", "getmailtips", "groups", "inferenceclassification",
    "mailboxsettings", "manager", "memberof", "messagerules", "microsoft.graph.copy", "microsoft.graph.delta",
    "microsoft.graph.move", "microsoft.graph.permanentdelete", "move", "outlook", "people",
    "permanentdelete", "photo", "search", "sites", "subscriptions", "teams",
  ]

  private static func isDelta(_ name: String) -> Bool { name == "delta" || name == "microsoft.graph.delta" }

  private static let uploading: Set = ["createuploadsession", "microsoft.graph.createuploadsession"]

  private static func action(_ name: String, on id: String) throws(GraphError) -> GraphRoute {
    if name == "$value" { return .content(id) }
    if name == "attachments" { return .attachments(id) }
    switch name.trimmingPrefix("microsoft.graph.") {
    case "send": return .send(id)
    case "move": return .move(id)
    case "copy": return .copy(id)
    case "permanentdelete": return .permanentDelete(id)
    case "createreply": return .createReply(.reply, id)
    case "createreplyall": return .createReply(.replyAll, id)
    case "createforward": return .createReply(.forward, id)
    case "reply": return .sendReply(.reply, id)
    case "replyall": return .sendReply(.replyAll, id)
    case "forward": return .sendReply(.forward, id)
    default: throw missing(name)
    }
  }

  /// `messages('AAMk%3D')` is `messages`, `AAMk=`; `send()` is `send`.
  static func segments(_ path: String) throws(GraphError) -> [String] {
    var segments: [String] = []
    for part in path.split(separator: "/") {
      guard let text = part.removingPercentEncoding else { throw .unknownSegment(String(part)) }
      segments += split(text)
    }
    return segments
  }

  private static func split(_ text: String) -> [String] {
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return [text] }
    let key = text[text.index(after: open)...].dropLast()
    guard !key.isEmpty else { return [String(text[..<open])] }
    guard key.count > 1, key.first == "'", key.last == "'" else { return [text] }
    return [String(text[..<open]), String(key.dropFirst().dropLast()).replacing("''", with: "'")]
  }
}
