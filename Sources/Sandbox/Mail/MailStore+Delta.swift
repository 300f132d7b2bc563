import Core

/// What a client asks of a place: which messages, in which order, and which kinds of changes.
struct DeltaRequest: Sendable {
  enum Kind: String, Sendable, CaseIterable { case created, updated, deleted }

  var token: DeltaToken?
  var filter: ODataFilter.Expression?
  /// By the date of receipt, newest first, in the first round.
  var isByDate = false
  /// `nil`: all. The first round shows everything whatever it says (Microsoft Learn, "Get incremental changes to
  /// messages in a folder").
  var kind: Kind?
  var size: Int
  /// The query options of the first request.
  var options: String
  /// Of tokens, in seconds; 0: no limit.
  var lifetime: Int

  /// Microsoft Learn, "message: delta": a filter leaves no more messages than these.
  static let maximumFiltered = 5000
}

struct DeltaPage<Element: Sendable>: Sendable {
  var elements: [Element]
  /// For the next page, or for the changes after this round.
  var token: DeltaToken
}

enum MessageDelta: Sendable {
  case present(MailItem)
  case gone(GraphID.Kind, number: UInt64)
}

enum FolderDelta: Sendable {
  case present(FolderCount)
  case gone(MailFolder)
}

extension MailStore {
  func changes(
    of folder: MailFolder, _ request: DeltaRequest, immutableIDs: Bool, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> DeltaPage<MessageDelta> {
    let mailbox = try mailbox(id, at: now)
    guard mailbox.folders[folder] != nil else { throw .folderNotFound }
    var token = try begin(
      .messages(folder), request, target: mailbox.sequence, floor: mailbox.log(of: folder).floor, in: id,
      at: now)
    let (elements, isLast) =
      token.base == 0
      ? mailbox.firstMessages(of: folder, request, &token)
      : mailbox.messageChanges(of: folder, request, immutableIDs: immutableIDs, &token)
    advance(&token, isLast: isLast, at: now)
    return DeltaPage(elements: elements, token: token)
  }

  func folderChanges(
    _ request: DeltaRequest, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> DeltaPage<FolderDelta> {
    let mailbox = try mailbox(id, at: now)
    let folders = mailbox.folders
    var token = try begin(
      .folders, request, target: folders.sequence, floor: folders.changes.floor, in: id, at: now)
    let (elements, isLast) =
      token.base == 0 ? mailbox.firstFolders(request, &token) : mailbox.folderChanges(request, &token)
    advance(&token, isLast: isLast, at: now)
    return DeltaPage(elements: elements, token: token)
  }

  /// The token of the request, checked; or one for a first round.
  private func begin(
    _ place: DeltaToken.Place, _ request: DeltaRequest, target: UInt64, floor: UInt64, in id: MailboxID,
    at now: Instant
  ) throws(MailFault) -> DeltaToken {
    let generation = mailboxes[id]?.tokenGeneration ?? 0
    guard var token = request.token else {
      return DeltaToken(
        epoch: epoch, mailbox: id, place: place, target: target, round: rounds.begin(), issued: now,
        generation: generation, options: request.options)
    }
    guard token.mailbox == id, token.place == place else { throw .foreignToken }
    let isOld = request.lifetime > 0 && now - token.issued > .seconds(request.lifetime)
    guard token.epoch == epoch, token.generation == generation, !isOld else { throw .deadToken }
    if token.isPage {
      guard rounds.reach(token.page, of: token.round) else { throw .deadToken }
    } else {
      rounds.end(token.round)
      token.round = rounds.begin()
      (token.position, token.target, token.delivered) = (token.base, target, 0)
    }
    guard token.base == 0 || token.position >= floor else { throw .deadToken }
    return token
  }

  private func advance(_ token: inout DeltaToken, isLast: Bool, at now: Instant) {
    token.issued = now
    if isLast {
      (token.base, token.page, token.position) = (token.target, 0, 0)
    } else {
      token.page += 1
    }
  }

  /// Every token of this mailbox that was given out is dead.
  func expireTokens(of id: MailboxID, at now: Instant) throws(MailFault) {
    _ = try mailbox(id, at: now)
    mailboxes[id]?.expireTokens()
  }
}

// Messages.
extension Mailbox {
  /// What came after the round had begun belongs to the next one.
  fileprivate func firstMessages(
    of folder: MailFolder, _ request: DeltaRequest, _ token: inout DeltaToken
  ) -> ([MessageDelta], isLast: Bool) {
    let index = index(of: folder)
    if request.isByDate {
      let range = request.filter.map { index.range($0) } ?? index.arrivals[...]
      let last = ItemIndex.Arrival(received: token.received, number: token.position)
      let end = token.position == 0 ? range.endIndex : index.arrivals.partitioningIndex { $0 >= last }
      let rest = range.prefix(upTo: max(range.startIndex, min(end, range.endIndex)))
      return first(rest.reversed().lazy.map(\.number), request, &token)
    }
    let start = index.numbers.partitioningIndex { [token] in $0 > token.position }
    return first(index.numbers[start...], request, &token)
  }

  private func first(
    _ numbers: some Sequence<UInt64>, _ request: DeltaRequest, _ token: inout DeltaToken
  ) -> ([MessageDelta], isLast: Bool) {
    var elements: [MessageDelta] = []
    for number in numbers {
      guard let item = items[number], item.arrived <= token.target,
        request.filter.map({ item.satisfies($0) }) ?? true
      else { continue }
      if request.filter != nil, token.delivered >= DeltaRequest.maximumFiltered { break }
      guard elements.count < request.size else { return (elements, false) }
      elements.append(.present(item))
      token.delivered += 1
      (token.position, token.received) = (number, item.received)
    }
    return (elements, true)
  }

  /// Each change is told once: by the last entry about its item.
  fileprivate func messageChanges(
    of folder: MailFolder, _ request: DeltaRequest, immutableIDs: Bool, _ token: inout DeltaToken
  ) -> ([MessageDelta], isLast: Bool) {
    let log = log(of: folder)
    var elements: [MessageDelta] = []
    for entry in log.entries[log.place(after: token.position)...] {
      guard entry.sequence <= token.target else { break }
      guard
        let element = change(entry, in: folder, of: token, request, immutableIDs: immutableIDs)
      else { continue }
      guard elements.count < request.size else { return (elements, false) }
      elements.append(element)
      token.position = entry.sequence
    }
    return (elements, true)
  }

  private func change(
    _ entry: ChangeLog<UInt64>.Entry, in folder: MailFolder, of token: DeltaToken, _ request: DeltaRequest,
    immutableIDs: Bool
  ) -> MessageDelta? {
    let item = items[entry.subject].flatMap { $0.folder == folder ? $0 : nil }
    if entry.isGone {
      // What came and went in between was never seen, and what is back has one id for good if that is immutable.
      guard entry.arrived <= token.base, item == nil || !immutableIDs, request.kind ?? .deleted == .deleted
      else {
        return nil
      }
      return .gone(immutableIDs ? .immutable : .place(moves: entry.moves), number: entry.subject)
    }
    // One that has changed since the round began is shown where it came, lest it be taken for an old one later.
    guard let item,
      item.changed == entry.sequence || (item.changed > token.target && item.arrived == entry.sequence),
      request.filter.map({ item.satisfies($0) }) ?? true
    else { return nil }
    let kind = item.arrived > token.base ? DeltaRequest.Kind.created : .updated
    return request.kind ?? kind == kind ? .present(item) : nil
  }
}

// Folders: those that people see, at any depth.
extension Mailbox {
  fileprivate func firstFolders(
    _ request: DeltaRequest, _ token: inout DeltaToken
  ) -> ([FolderDelta], isLast: Bool) {
    let shown = folders.subtree(of: .msgFolderRoot).dropFirst().filter(isShown)
    var elements: [FolderDelta] = []
    for folder in shown.sorted(by: { $0.number < $1.number }) {
      guard folder.number + 1 > token.position, let count = count(folder),
        count.node.arrived <= token.target
      else { continue }
      guard elements.count < request.size else { return (elements, false) }
      elements.append(.present(count))
      token.position = UInt64(folder.number + 1)
    }
    return (elements, true)
  }

  fileprivate func folderChanges(
    _ request: DeltaRequest, _ token: inout DeltaToken
  ) -> ([FolderDelta], isLast: Bool) {
    var elements: [FolderDelta] = []
    let log = folders.changes
    for entry in log.entries[log.place(after: token.position)...] {
      guard entry.sequence <= token.target else { break }
      let element: FolderDelta? =
        if entry.isGone {
          entry.arrived <= token.base ? .gone(entry.subject) : nil
        } else if let count = count(entry.subject), !count.node.isHidden,
          count.node.changed == entry.sequence
            || (count.node.changed > token.target && count.node.arrived == entry.sequence)
        {
          .present(count)
        } else { nil }
      guard let element else { continue }
      guard elements.count < request.size else { return (elements, false) }
      elements.append(element)
      token.position = entry.sequence
    }
    return (elements, true)
  }

  private func isShown(_ folder: MailFolder) -> Bool { folders[folder]?.isHidden == false }
}
