import Core
import Foundation

/// From where on a client wants the changes of a place, and what it asked for in its first request. Its text is opaque
/// to clients and holds everything, so the sandbox keeps nothing for each of them.
struct DeltaToken: Sendable, Hashable {
  /// Of a folder's messages, or the folders themselves.
  enum Place: Sendable, Hashable {
    case messages(MailFolder)
    case folders
  }

  var epoch: UInt32
  var mailbox: MailboxID
  var place: Place
  /// The client knows all changes up to this one; 0 in the first round.
  var base: UInt64 = 0
  /// The last change of this round.
  var target: UInt64 = 0
  /// The last change, or in the first round the last item, of the pages so far.
  var position: UInt64 = 0
  /// In a first round by date: when that item was received.
  var received = Instant(microseconds: 0)
  /// How many messages the pages of this round had so far.
  var delivered = 0
  var round: UInt64
  /// Of the round, from 1; 0 in a link for the changes after it.
  var page: UInt32 = 0
  var issued: Instant
  var generation: UInt32
  /// The query options of the first request, as in its URL.
  var options: String

  var isPage: Bool { page > 0 }

  var text: String {
    let place = if case .messages(let folder) = place { folder.number } else { -1 }
    let fields: [String] = [
      String(epoch), mailbox.text, String(place), String(base), String(target), String(position),
      String(received.microseconds), String(delivered), String(round), String(page),
      String(issued.microseconds), String(generation), options,
    ]
    let bytes = Array(fields.joined(separator: "|").utf8)
    return Base64URL.encode(withUnsafeBytes(of: Self.sum(bytes).bigEndian, Array.init) + bytes)
  }

  /// `nil` for what is not a token of ours.
  init?(_ text: String) {
    guard text.utf8.count <= Self.maximumLength, let data = Base64URL.decode(text) else { return nil }
    let bytes = Array(data)
    guard bytes.count > 4,
      bytes.prefix(4).elementsEqual(withUnsafeBytes(of: Self.sum(bytes.dropFirst(4)).bigEndian, Array.init))
    else { return nil }
    let fields = String(decoding: bytes.dropFirst(4), as: UTF8.self).split(
      separator: "|", maxSplits: 12, omittingEmptySubsequences: false
    ).map(String.init)
    guard fields.count == 13, let epoch = UInt32(fields[0]), let mailbox = MailboxID(fields[1]),
      let place = Int(fields[2]), let base = UInt64(fields[3]), let target = UInt64(fields[4]),
      let position = UInt64(fields[5]), let received = Int64(fields[6]), let delivered = Int(fields[7]),
      let round = UInt64(fields[8]), let page = UInt32(fields[9]), let issued = Int64(fields[10]),
      let generation = UInt32(fields[11])
    else { return nil }
    self.init(
      epoch: epoch, mailbox: mailbox,
      place: place < 0 ? .folders : .messages(MailFolder(number: place)), base: base, target: target,
      position: position, received: Instant(microseconds: received), delivered: delivered, round: round,
      page: page, issued: Instant(microseconds: issued), generation: generation, options: fields[12])
  }

  init(
    epoch: UInt32, mailbox: MailboxID, place: Place, base: UInt64 = 0, target: UInt64, position: UInt64 = 0,
    received: Instant = Instant(microseconds: 0), delivered: Int = 0, round: UInt64, page: UInt32 = 0,
    issued: Instant, generation: UInt32, options: String
  ) {
    (self.epoch, self.mailbox, self.place, self.base, self.target) = (epoch, mailbox, place, base, target)
    (self.position, self.received, self.delivered) = (position, received, delivered)
    (self.round, self.page, self.issued) = (round, page, issued)
    (self.generation, self.options) = (generation, options)
  }

  /// A URL of more than 16 KB reaches no service.
  private static let maximumLength = 16 << 10

  /// FNV-1a: what a client has changed is told from what it was given.
  private static func sum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}

/// How far each round of pages has come: a page is there to be read again until the next one is read.
struct DeltaRounds: Sendable {
  private var pages: [UInt64: UInt32] = [:]
  private var order: [UInt64] = []

  /// Of all mailboxes; the oldest are forgotten, as Exchange forgets tokens when new ones come.
  private static let maximumCount = 20_000

  mutating func begin() -> UInt64 {
    let round = UInt64.random(in: 1...(.max))
    pages[round] = 0
    order.append(round)
    if order.count > Self.maximumCount {
      for old in order.prefix(Self.maximumCount / 2) { pages[old] = nil }
      order.removeFirst(Self.maximumCount / 2)
    }
    return round
  }

  /// Whether this page may be read.
  mutating func reach(_ page: UInt32, of round: UInt64) -> Bool {
    guard let last = pages[round], page >= last else { return false }
    pages[round] = page
    return true
  }

  mutating func end(_ round: UInt64) { pages[round] = nil }
}
