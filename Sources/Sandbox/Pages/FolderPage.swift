import Core
import HTML

/// The messages of one folder, newest first.
struct FolderPage: Sendable {
  var mailbox: Mailbox
  var folder: MailFolder
  var epoch: UInt32

  /// More than fit a page; the rest is at `/sandbox/messages`.
  private static let maximumRows = 200

  private var name: String { mailbox.folders[folder]?.displayName ?? "" }

  var title: String { "\(name) of \(mailbox.owner.displayName)" }

  var body: Markup {
    let page = mailbox.page(MessageQuery(folder: folder, top: Self.maximumRows))
    let folders = Markup(joining: mailbox.folderCounts.map(link))
    return """
      <p class="crumbs"><a href="/">All mailboxes</a></p>
      <h1>\(.shown(mailbox.owner.displayName))</h1>
      <section class="card">
      <p class="dim">\(mailbox.owner.addresses.joined(separator: ", "))</p>
      <nav class="tabs" aria-label="Folders">\(folders)</nav>
      <h2>\(.shown(name))</h2>
      \(list(page))
      </section>
      """
  }

  private func list(_ page: MessagePage) -> Markup {
    guard page.total > 0 else { return "<p class=\"dim\">This folder is empty.</p>" }
    let rows = page.items.map {
      MailRow(item: $0, owner: mailbox.owner, epoch: epoch).markup
    }
    let query = formEncoded([
      ("user", mailbox.owner.correspondent.address), ("folder", folder.key),
    ])
    let rest: Markup =
      page.hasMore
      ? """
      <p class="note">These are the newest \(page.items.count) of \(page.total) messages.
      <a href="\(WebAddress(path: "/sandbox/messages", query: query))">All of them, as JSON</a></p>
      """ : ""
    return "<ul class=\"rows mails\">\(Markup(joining: rows))</ul>\n\(rest)"
  }

  private func link(_ count: FolderCount) -> Markup {
    let current: Markup = count.folder == folder ? " aria-current=\"page\"" : ""
    let unread: Markup = count.unread > 0 ? ", \(count.unread) unread" : ""
    return """
      <a href="/mailbox/\(mailbox.owner.id.text)?folder=\(count.folder.key)"\(current)>\
      \(.shown(count.node.displayName)) (\(count.total)\(unread))</a>

      """
  }
}
