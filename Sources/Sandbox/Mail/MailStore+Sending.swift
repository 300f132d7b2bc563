import Core

/// What makes sending difficult; Exchange does each of these to some clients.
struct SendingRules: Hashable, Sendable {
  /// How long an accepted message stays in Drafts.
  var lag: Duration = .seconds(2)
  /// The copy in Sent Items is a new item, and the draft's id finds nothing.
  var newID = false
  /// The sent copy and the delivered ones carry another Message-ID; all other fields stay.
  var replacesMessageID = false
}

/// A message that was accepted and waits for transport. It is sent as it was when it was accepted, whatever
/// happens to the draft meanwhile: that is the worst a client has to expect.
struct Submission: Sendable {
  var mailbox: MailboxID
  var number: UInt64
  var message: Message
  var due: Instant
  var rules: SendingRules
  var author: SendingAuthor
  /// `saveToSentItems` of `sendMail`.
  var saves: Bool
}

/// Who a message is from when it leaves (Microsoft Learn, "Send Outlook messages from another user").
struct SendingAuthor: Sendable {
  var from: Correspondent
  /// The same, except of who sends on behalf of another.
  var sender: Correspondent
}

extension MailStore {
  /// Accepts a draft for sending. Accepted twice while it waits, it is sent twice and saved twice, so that
  /// a client that repeats its requests becomes visible. A message that has left Drafts is no longer a draft
  /// and is not found.
  func submit(
    _ name: String, in id: MailboxID, ifMatch tag: EntityTag? = nil, as author: SendingAuthor,
    rules: SendingRules, at now: Instant
  ) throws(MailFault) {
    let item = try item(name, in: id, ifMatch: tag, at: now)
    guard item.isDraft else { throw .itemNotFound }
    submit(item, in: id, as: author, saves: true, rules: rules, at: now)
  }

  /// `sendMail`: a draft is made, and accepted in the same breath.
  func submit(
    _ draft: NewDraft, in id: MailboxID, as author: SendingAuthor, saves: Bool, rules: SendingRules,
    at now: Instant
  ) throws(MailFault) {
    let item = try createDraft(draft, in: id, at: now)
    submit(item, in: id, as: author, saves: saves, rules: rules, at: now)
  }

  private func submit(
    _ item: MailItem, in id: MailboxID, as author: SendingAuthor, saves: Bool, rules: SendingRules,
    at now: Instant
  ) {
    mailboxes[id]?.markSubmitted(item.number)
    let submission = Submission(
      mailbox: id, number: item.number, message: item.message.sent(by: author), due: now + rules.lag,
      rules: rules, author: author, saves: saves)
    // The lag may have been changed in between: keep the earliest first, and equals in the order of
    // acceptance.
    let place = outgoing.lastIndex { $0.due <= submission.due }.map { $0 + 1 } ?? 0
    outgoing.insert(submission, at: place)
    settle(at: now)
  }

  /// Sends everything that is due.
  func settle(at now: Instant) {
    guard let first = outgoing.first, first.due <= now else { return }
    let due = outgoing.prefix { $0.due <= now }
    outgoing.removeFirst(due.count)
    for submission in due { send(submission) }
  }

  private func send(_ submission: Submission) {
    guard let owner = mailboxes[submission.mailbox]?.owner else { return }
    var message = submission.message
    if submission.rules.replacesMessageID {
      message = message.replacingMessageID(with: newMessageID())
    }
    message.asksForDeliveryReceipt = message.asksForDeliveryReceipt ?? false
    file(submission, message)
    deliver(message, at: submission.due)
    report(message, to: owner, at: submission.due)
  }

  /// The sender's own copy, Bcc and all.
  private func file(_ submission: Submission, _ message: Message) {
    let (id, number, due) = (submission.mailbox, submission.number, submission.due)
    let draft = mailboxes[id]?.items[number]
    let isStillDraft = draft?.isDraft == true
    if isStillDraft, submission.saves, !submission.rules.newID {
      _ = mailboxes[id]?.change(number, at: due) {
        $0.folder = .sentItems
        $0.isDraft = false
        $0.isSubmitted = false
        $0.isOwnCopy = true
        $0.message = message
        $0.sent = due
        $0.received = due
      }
      return
    }
    if isStillDraft { mailboxes[id]?.remove(number) }
    if submission.saves {
      _ = mailboxes[id]?.add(message, to: .sentItems, isDraft: false, isRead: true, at: due) {
        if let draft { $0.copyMarks(of: draft) }
        $0.isOwnCopy = true
      }
    }
  }

  /// One copy for each mailbox, however many of its addresses were named. An address without a mailbox
  /// accepts everything and reports nothing.
  private func deliver(_ message: Message, at now: Instant) {
    var copy = message.withoutBcc
    copy.asksForDeliveryReceipt = message.asksForDeliveryReceipt ?? false
    var reached: Set<MailboxID> = []
    for recipient in message.recipients {
      var (address, folder) = (recipient.key, MailFolder.inbox)
      if case .junk(let mailbox)? = RecipientFault(recipient.address) {
        (address, folder) = (mailbox.lowercased(), .junkEmail)
      }
      guard let id = addresses[address], reached.insert(id).inserted else { continue }
      _ = mailboxes[id]?.add(copy, to: folder, isDraft: false, isRead: false, at: now)
    }
  }

  private func report(_ message: Message, to owner: MailboxOwner, at now: Instant) {
    let failed = message.recipients.filter { RecipientFault($0.address) == .bounce }
    guard !failed.isEmpty else { return }
    let bounce = Bounce(of: message, for: failed, to: owner.correspondent, at: now)
    guard let report = try? Message(parsing: bounce.mime(messageID: newMessageID())) else { return }
    _ = mailboxes[owner.id]?.add(report, to: .inbox, isDraft: false, isRead: false, at: now)
  }

  /// In the shape of Exchange's own.
  func newMessageID() -> String {
    sentCount += 1
    let number = String(sentCount, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: max(0, 12 - number.count)) + number
    let random = String(UInt32.random(in: 0...(.max)), radix: 16, uppercase: true)
    return "<SBX\(padded)\(random)@sandbox.prod.outlook.test>"
  }
}
