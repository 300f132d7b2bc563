import Foundation
import HTML
import Hummingbird
import MIME

/// One message: who, whom and when, what is attached, and its body as HTML, as text, or all of it as source.
struct SingleMessagePage: Sendable {
  enum View: String, Sendable { case html, text, source }

  var item: MailItem
  var owner: MailboxOwner
  /// The name of its folder.
  var place: String
  var epoch: UInt32
  var view: View

  /// Bytes; browsers render longer ones slowly.
  private static let maximumSource = 256 << 10

  /// - Parameter view: as in the address; else HTML, if there is any.
  init(_ found: FoundMail, epoch: UInt32, view name: String?) {
    item = found.item
    owner = found.owner
    place = found.place
    self.epoch = epoch
    let kind = item.message.body.kind
    let asked = name.flatMap(View.init(rawValue:)) ?? .html
    view = asked == .html && kind == .text ? .text : asked
  }

  var title: String { item.message.subject.isEmpty ? "(no subject)" : item.message.subject }

  private var address: String { item.address(in: owner, epoch: epoch) }

  var body: Markup {
    """
    <p class="crumbs"><a href="/">All mailboxes</a> ›
    <a href="/mailbox/\(owner.id.text)?folder=\(item.folder.key)">\(.shown(place))
    of \(.shown(owner.displayName))</a></p>
    <article class="card">
    <h1>\(.subject(of: item.message))</h1>
    <dl>\(fields)</dl>
    \(attachments)<nav class="tabs" aria-label="Views of this message">\(tabs)</nav>
    \(content)
    </article>
    """
  }

  private var fields: Markup {
    let message = item.message
    let sender = message.sender.flatMap { $0.key == message.from?.key ? nil : $0 }
    var state = [item.isRead ? "read" : "unread"]
    if item.isDraft { state.append(item.isSubmitted ? "being sent" : "draft") }
    let rows: [(Markup, String)] = [
      ("From", Self.list([message.from].compactMap { $0 })),
      ("Sender", Self.list([sender].compactMap { $0 })),
      ("To", Self.list(message.to)), ("Cc", Self.list(message.cc)), ("Bcc", Self.list(message.bcc)),
      ("Reply-To", Self.list(message.replyTo)), ("Message-ID", message.internetMessageID),
    ]
    let shown = rows.filter { !$0.1.isEmpty }.map { "<dt>\($0.0)</dt><dd>\(.shown($0.1))</dd>\n" as Markup }
    return """
      \(Markup(joining: shown))<dt>\(item.isDraft ? "Created" : "Received")</dt><dd>\(item.received.shown)</dd>
      <dt>State</dt><dd>\(state.joined(separator: ", "))</dd>

      """
  }

  private static func list(_ correspondents: [Correspondent]) -> String {
    correspondents.map { $0.name.isEmpty ? $0.address : "\($0.name) <\($0.address)>" }.joined(separator: ", ")
  }

  private var attachments: Markup {
    let all = item.message.attachments
    guard !all.isEmpty else { return "" }
    let rows = all.enumerated().map { index, file -> Markup in
      let name = file.name ?? ""
      return """
        <li><a href="\(address)/attachments/\(index)">\(name.isEmpty ? "unnamed" : .shown(name))</a>
        <span class="dim">\(.shown(file.contentType)), \(Self.size(file.content.count))\
        \(file.isInline ? ", inline" : "")</span></li>

        """
    }
    return """
      <h2>\(all.count == 1 ? "1 attachment" : "\(all.count) attachments")</h2>
      <ul>\(Markup(joining: rows))</ul>

      """
  }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<1024: "\(bytes) bytes"
    case ..<(1 << 20): String(format: "%.1f KB", Double(bytes) / 1024)
    default: String(format: "%.1f MB", Double(bytes) / Double(1 << 20))
    }
  }

  private var tabs: Markup {
    let views: [(View, Markup)] = [(.html, "HTML"), (.text, "Text"), (.source, "Source")]
    return Markup(
      joining: views.filter { $0.0 != .html || item.message.body.kind == .html }.map { view, label in
        let current: Markup = view == self.view ? " aria-current=\"page\"" : ""
        return "<a href=\"\(address)?view=\(view.rawValue)\"\(current)>\(label)</a>\n"
      })
  }

  private var content: Markup {
    switch view {
    case .html:
      """
      <p class="note">Scripts, forms, links and remote content are disabled in this frame.</p>
      <iframe title="The message as HTML" sandbox srcdoc="\(HTMLMail(item.message).document)"></iframe>
      """
    case .text: text
    case .source: source
    }
  }

  private var text: Markup {
    let message = item.message
    guard !message.body.plain.isEmpty else { return "<p class=\"dim\">This message has no text.</p>" }
    let isDerived = message.body.kind == .html && MIMEMessage(parsing: message.source.original).text == nil
    let note: Markup =
      isDerived
      ? "<p class=\"note\">This message has no plain-text part; this text was taken from its HTML.</p>"
      : ""
    return "\(note)<pre class=\"text\">\(.shown(message.body.plain))</pre>"
  }

  private var source: Markup {
    let mime = item.message.source.bytes
    let rest: Markup =
      mime.count > Self.maximumSource ? " Shown are the first \(Self.size(Self.maximumSource))." : ""
    return """
      <p class="note"><a href="\(address)/message.eml">Download the source</a> (\(Self.size(mime.count))).\(rest)</p>
      <pre>\(.shown(String(decoding: mime.prefix(Self.maximumSource), as: UTF8.self)))</pre>
      """
  }
}

/// The HTML of a message for a frame that runs nothing and loads nothing: a policy of its own comes first, and images
/// that are part of the message are written into it.
struct HTMLMail: Sendable {
  let document: String

  /// Bytes of all images together, each as often as the message shows it.
  private static let maximumImages = 4 << 20

  init(_ message: Message) {
    var html = message.body.content
    var room = Self.maximumImages
    for file in message.attachments {
      guard let id = file.contentID, Self.isImage(file.contentType) else { continue }
      let size = html.ranges(of: "cid:" + id).count * file.content.count
      guard size > 0, size <= room else { continue }
      room -= size
      let type = file.contentType.prefix { $0 != ";" }
      html = html.replacing(
        "cid:" + id, with: "data:\(type);base64,\(Data(file.content).base64EncodedString())")
    }
    document = Self.head + html
  }

  /// A type that can stand in any attribute.
  private static func isImage(_ type: String) -> Bool {
    type.prefix { $0 != ";" }.wholeMatch(of: /image\/[A-Za-z0-9.+-]+/) != nil
  }

  private static let head = """
    <!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" \
    content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">\
    <style>body { font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }</style>

    """
}
