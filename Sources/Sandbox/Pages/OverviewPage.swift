import Core
import HTML
import MIME

/// `GET /`: every mailbox with its unread messages, and the newest mail of all of them.
struct OverviewPage: Sendable {
  var mailboxes: [MailboxSummary]
  var newest: [FoundMail]
  var directory: SandboxDirectory
  var epoch: UInt32
  /// Where the sandbox was addressed.
  var origin: String

  /// How much of the newest mail is shown.
  static let maximumMail = 50

  var body: Markup {
    """
    <h1>Mail in this sandbox</h1>
    <div class="halves">
    <section class="card" aria-labelledby="mailboxes">
    <h2 id="mailboxes">Mailboxes</h2>
    <ul class="rows boxes">\(listed { !$0.isBulk })</ul>
    \(bulk)
    </section>
    <section class="card" aria-labelledby="newest">
    <h2 id="newest">Newest mail</h2>
    \(mail)
    </section>
    </div>
    """
  }

  private var mail: Markup {
    guard !newest.isEmpty else {
      return """
        <p>No mail yet. What a program sends through Graph at <code>\(origin)/v1.0</code> appears here and in
        the mailboxes of its recipients.</p>
        <p class="note">Everything here is made up and kept in memory only. Programs can read the people, mailboxes and
        apps at <a href="/sandbox/directory">/sandbox/directory</a>.</p>
        """
    }
    let rows = newest.map { MailRow(item: $0.item, owner: $0.owner, epoch: epoch, place: $0.place).markup }
    let rest: Markup =
      newest.count == Self.maximumMail
      ? "<p class=\"note\">Only the newest \(newest.count) messages are shown; the mailboxes have the rest.</p>"
      : ""
    return "<ul class=\"rows mails\">\(Markup(joining: rows))</ul>\n\(rest)"
  }

  private var bulk: Markup {
    let count = mailboxes.count { directory.user($0.owner.id.text)?.isBulk == true }
    guard count > 0 else { return "" }
    return """
      <details><summary>\(count) mailboxes of a large customer</summary>
      <ul class="rows boxes">\(listed(\.isBulk))</ul></details>
      """
  }

  private func listed(_ isWanted: (SandboxDirectory.User) -> Bool) -> Markup {
    Markup(
      joining: mailboxes.compactMap { mailbox in
        guard let user = directory.user(mailbox.owner.id.text), isWanted(user) else { return nil }
        return row(mailbox, kind: user.kind)
      })
  }

  private func row(_ mailbox: MailboxSummary, kind: SandboxDirectory.User.Kind) -> Markup {
    let total = mailbox.folders.reduce(0) { $0 + $1.total }
    let unread = mailbox.folders.reduce(0) { $0 + $1.unread }
    let badge: Markup =
      if unread > 0 {
        "<span class=\"badge new\">\(unread) unread</span>"
      } else if total > 0 {
        "<span class=\"badge\">\(total == 1 ? "1 message" : "\(total) messages")</span>"
      } else {
        "<span class=\"badge\">empty</span>"
      }
    return """
      <li><a href="/mailbox/\(mailbox.owner.id.text)">\(.shown(mailbox.owner.displayName))</a>
      \(badge)
      <span class="dim">\(mailbox.owner.correspondent.address)\(kind == .work ? "" : ", \(kind.rawValue)")</span></li>

      """
  }
}

/// One message in a list: its subject, who sent it to whom, when, and where it lies.
struct MailRow: Sendable {
  var item: MailItem
  var owner: MailboxOwner
  var epoch: UInt32
  /// The name of its folder; `nil` where that is known.
  var place: String?

  /// More recipients than this are counted only.
  private static let maximumRecipients = 3

  var markup: Markup {
    let recipients = item.message.recipients
    let more = recipients.count - Self.maximumRecipients
    let shown = recipients.prefix(Self.maximumRecipients).map(\.address).joined(separator: ", ")
    let from = item.message.from?.address ?? "nobody"
    let whom: Markup = recipients.isEmpty ? "nobody" : .shown(shown)
    let place = Markup(place) {
      " · in \(.shown(owner.displayName))’s \($0)"
    }
    return """
      <li\(Markup(if: !item.isRead, " class=\"unread\""))><span class="subject">\(Markup(if: !item.isRead, "<span class=\"unseen\">Unread: </span>"))\
      <a href="\(item.address(in: owner, epoch: epoch))">\(.subject(of: item.message))</a>\(badges)</span>
      \(item.received.shown)
      <span class="route">\(.shown(from)) <span class="dim">to</span> \(whom)\
      \(Markup(if: more > 0, " <span class=\"dim\">and \(more) more</span>"))<span class="dim">\(place)</span></span></li>

      """
  }

  private var badges: Markup {
    let state: Markup =
      item.isSubmitted
      ? " <span class=\"badge\">being sent</span>"
      : item.isDraft ? " <span class=\"badge\">draft</span>" : ""
    let count = item.message.attachments.count { !$0.isInline }
    let files: Markup =
      count == 0
      ? "" : " <span class=\"badge\">\(count == 1 ? "1 attachment" : "\(count) attachments")</span>"
    return "\(state)\(files)"
  }
}

extension Markup {
  static func subject(of message: Message) -> Markup {
    message.subject.isEmpty ? "(no subject)" : .shown(message.subject)
  }
}

extension MailItem {
  /// The path of its page, which is also Graph's `webLink`.
  func address(in owner: MailboxOwner, epoch: UInt32) -> String {
    "/mailbox/\(owner.id.text)/"
      + GraphID(epoch: epoch, mailbox: owner.id, kind: .immutable, number: number).text
  }
}
