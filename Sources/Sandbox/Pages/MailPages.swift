import HTML
import MIME

/// `GET /`: every mailbox with its message counts.
struct MailboxListPage: Sendable {
  var mailboxes: [MailboxSummary]
  var directory: SandboxDirectory

  var html: String {
    let (people, bulk) = (listed { !$0.isBulk }, listed { $0.isBulk })
    let body: Markup = """
      <h1>Mailboxes of this sandbox</h1>
      <p class="note">Everything here is in memory and made up. Programs read it at
      <a href="/sandbox/directory">/sandbox/directory</a> and
      <a href="/sandbox/requests">/sandbox/requests</a>.</p>
      <ul class="rows">\(people)</ul>
      <details><summary>The mailboxes of a large customer</summary><ul class="rows">\(bulk)</ul></details>
      """
    return Page(title: "Sandbox mailboxes", body: body).html
  }

  private func listed(_ isWanted: (SandboxDirectory.User) -> Bool) -> Markup {
    Markup(
      joining: mailboxes.compactMap { mailbox in
        guard let user = directory.user(mailbox.owner.id.text), isWanted(user) else { return nil }
        return row(mailbox, kind: user.kind)
      })
  }

  private func row(_ mailbox: MailboxSummary, kind: SandboxDirectory.User.Kind) -> Markup {
    let folders = Markup(
      joining: mailbox.folders.filter { $0.total > 0 || $0.folder == .inbox }.map { count in
        FolderPage.link(mailbox.owner, count, isCurrent: false)
      })
    return """
      <li><strong>\(mailbox.owner.displayName)</strong>
      <span class="dim">\(mailbox.owner.correspondent.address), \(kind.rawValue)</span><nav>\(folders)</nav></li>
      """
  }
}

/// The messages of one folder, newest first.
struct FolderPage: Sendable {
  var mailbox: Mailbox
  var folder: MailFolder
  var epoch: UInt32

  /// More than fit a page; the rest is at `/sandbox/messages`.
  private static let maximumRows = 200

  var html: String {
    let page = mailbox.page(MessageQuery(folder: folder, top: Self.maximumRows))
    let folders = Markup(
      joining: mailbox.folderCounts.map { Self.link(mailbox.owner, $0, isCurrent: $0.folder == folder) })
    let rows = Markup(joining: page.items.map(row))
    let isShort = page.hasMore || page.total == 0
    let rest: Markup =
      isShort ? "<p class=\"note\">Shown are \(page.items.count) of \(page.total) messages.</p>" : ""
    let body: Markup = """
      <p><a href="/">All mailboxes</a></p>
      <h1>\(mailbox.owner.displayName)</h1>
      <nav aria-label="Folders">\(folders)</nav>
      <h2>\(folder.displayName)</h2>
      <ul class="rows">\(rows)</ul>\(rest)
      """
    return Page(title: "\(folder.displayName) of \(mailbox.owner.displayName)", body: body).html
  }

  static func link(_ owner: MailboxOwner, _ count: FolderCount, isCurrent: Bool) -> Markup {
    let current: Markup = isCurrent ? " aria-current=\"page\"" : ""
    let unread: Markup = count.unread > 0 ? ", \(count.unread) unread" : ""
    let (name, label) = (count.folder.wellKnownName, count.folder.displayName)
    return """
      <a href="/mailbox/\(owner.id.text)?folder=\(name)"\(current)>\(label) (\(count.total)\(unread))</a>
      """
  }

  private func row(_ item: MailItem) -> Markup {
    let id = GraphID(epoch: epoch, mailbox: mailbox.owner.id, kind: .immutable, number: item.number).text
    let subject = item.message.subject.isEmpty ? "(no subject)" : item.message.subject
    let style: Markup = item.isRead ? "" : " class=\"unread\""
    return """
      <li><a href="/mailbox/\(mailbox.owner.id.text)/\(id)"\(style)>\(subject)</a><br>
      <span class="dim">\(item.message.from?.address ?? "") to \(SingleMessagePage.list(item.message.to)),
      \(item.received.dateTimeOffset)</span></li>
      """
  }
}

/// One message: its text, also of an HTML body, and its source.
struct SingleMessagePage: Sendable {
  var item: MailItem
  var owner: MailboxOwner

  /// Bytes; browsers render longer ones slowly.
  private static let maximumSource = 256 << 10

  var html: String {
    let message = item.message
    let attachments = message.attachments.map { "\($0.name ?? "unnamed") (\($0.content.count) bytes)" }
    let fields: [(String, String)] = [
      ("From", Self.list([message.from].compactMap { $0 })), ("To", Self.list(message.to)),
      ("Cc", Self.list(message.cc)), ("Bcc", Self.list(message.bcc)),
      ("Reply-To", Self.list(message.replyTo)),
      ("Date", item.received.dateTimeOffset), ("Message-ID", message.internetMessageID),
      ("Attachments", attachments.joined(separator: ", ")),
    ]
    let rows = Markup(
      joining: fields.filter { !$0.1.isEmpty }.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup })
    let note: Markup =
      message.body.kind == .html ? "<p class=\"note\">This message is HTML; here is its text.</p>" : ""
    let source = String(decoding: message.mime.prefix(Self.maximumSource), as: UTF8.self)
    let body: Markup = """
      <p><a href="/">All mailboxes</a>,
      <a href="/mailbox/\(owner.id.text)?folder=\(item.folder.wellKnownName)">\(item.folder.displayName)
      of \(owner.displayName)</a></p>
      <h1>\(message.subject.isEmpty ? "(no subject)" : message.subject)</h1>
      <dl>\(rows)</dl>\(note)
      <pre>\(message.body.plain)</pre>
      <details><summary>Source</summary><pre>\(source)</pre></details>
      """
    return Page(title: message.subject, body: body).html
  }

  static func list(_ correspondents: [Correspondent]) -> String {
    correspondents.map { $0.name.isEmpty ? $0.address : "\($0.name) <\($0.address)>" }.joined(separator: ", ")
  }
}
