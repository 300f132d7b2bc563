package import Core
import Foundation
import Vault

/// Names a message in an account's mailbox: opaque to everybody but the account's reader. For Graph, its immutable id.
package struct StoredMessageID: Sendable, Hashable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  package var description: String { rawValue }
}

/// Names something that is attached to a message.
package struct StoredAttachmentID: Sendable, Hashable {
  package var message: StoredMessageID
  package var part: String

  package init(message: StoredMessageID, part: String) {
    self.message = message
    self.part = part
  }

  /// Both ids, which have no `~`; `nil` for what is not the text of one.
  package init?(_ text: String) {
    let parts = text.split(separator: "~", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(message: StoredMessageID(String(parts[0])), part: String(parts[1]))
  }

  package var text: String { "\(message)~\(part)" }
}

/// A message in a folder.
package struct StoredMessage: Sendable, Hashable {
  package var id: StoredMessageID
  package var threadID: String?
  /// `nil` for a folder that people do not see.
  package var path: FolderPath?
  package var specialUse: SpecialUse?
  /// When it was received; of a draft, when it was made.
  package var date: Instant?
  package var flags: Set<MessageFlag>
  package var labels: [String]
  package var subject: String?
  package var from: Correspondent?
  package var sender: Correspondent?
  package var to: [Correspondent]
  package var cc: [Correspondent]
  package var bcc: [Correspondent]
  package var replyTo: [Correspondent]
  /// With its angle brackets.
  package var internetMessageID: String?
  /// With its angle brackets; only of one message.
  package var inReplyTo: String?
  package var preview: String?
  /// `nil` if they were not asked for.
  package var attachments: [StoredAttachment]?
  /// In the order of the header; `nil` in lists.
  package var headers: [HeaderValue]?

  package struct HeaderValue: Sendable, Hashable {
    package var name: String
    package var value: String
  }
}

/// As others have written it: both parts may be missing, and the address may be none.
package struct Correspondent: Sendable, Hashable {
  package var name: String?
  package var address: String?
}

/// System flags of RFC 9051 section 2.3.2.
package enum MessageFlag: String, Sendable, Hashable, CaseIterable {
  case seen = #"\Seen"#
  case answered = #"\Answered"#
  case flagged = #"\Flagged"#
  case draft = #"\Draft"#

  package init?(name: String) {
    guard let flag = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
      return nil
    }
    self = flag
  }
}

/// Flags and labels to add and to take away. What is set replaces all that can be changed.
package struct FlagChange: Sendable, Hashable {
  package var add: Set<MessageFlag> = []
  package var remove: Set<MessageFlag> = []
  package var set: Set<MessageFlag>?
  package var addLabels: [String] = []
  package var removeLabels: [String] = []

  package init() {}
}

package struct StoredAttachment: Sendable, Hashable {
  package var id: StoredAttachmentID
  package var filename: String?
  package var contentType: String
  /// As the mailbox stores it, in bytes.
  package var size: Int
  /// Whether the text shows it.
  package var isInline: Bool
  /// Without angle brackets.
  package var contentID: String?
}

/// The forms of a message's text.
package enum TextForm: Sendable, Hashable, CaseIterable {
  case plain
  case html
}

package struct StoredText: Sendable, Hashable {
  package var plain: String?
  package var html: String?

  package init(plain: String? = nil, html: String? = nil) {
    self.plain = plain
    self.html = html
  }
}

/// Bytes from a mailbox, read while they arrive. They can be read once; the mailbox's slot is taken until the value is
/// gone.
package struct StoredContent: AsyncSequence, Sendable {
  /// If the mailbox has told it.
  package let size: Int?
  private let pieces: @Sendable () -> AsyncIterator

  package init(size: Int?, _ pieces: @escaping @Sendable () -> AsyncIterator) {
    self.size = size
    self.pieces = pieces
  }

  package func makeAsyncIterator() -> AsyncIterator { pieces() }

  package struct AsyncIterator: AsyncIteratorProtocol {
    private let read: () async throws -> [UInt8]?

    package init(_ read: @escaping () async throws -> [UInt8]?) {
      self.read = read
    }

    package mutating func next() async throws -> [UInt8]? { try await read() }
  }
}

/// Which page of a folder is wanted.
package struct MessagePageRequest: Sendable, Hashable {
  /// From 0; not regarded with a cursor.
  package var page = 0
  /// 1 to 1000.
  package var size = 20
  /// Of an earlier page.
  package var cursor: MessageCursor?

  package init(page: Int = 0, size: Int = 20, cursor: MessageCursor? = nil) {
    self.page = page
    self.size = size
    self.cursor = cursor
  }
}

package struct MessagePage: Sendable, Hashable {
  package var messages: [StoredMessage]
  package var total: Int
  /// From 0.
  package var page: Int
  package var next: MessageCursor?
  package var previous: MessageCursor?
}

/// Where a page of messages begins.
package struct MessageCursor: Sendable, Hashable, Codable {
  /// The folder that was listed, as its backend knows it.
  var folder: String
  var page: Int
  /// How many messages there were in all when the first page was listed.
  var total: Int
  /// The page begins with what was received at this microsecond, after so many of that moment; all that came since is on
  /// no later page.
  var until: Int64?
  var skip: Int

  package init?(text: String) {
    guard text.hasPrefix(Self.prefix),
      let bytes = Digest.bytes(base64URL: String(text.dropFirst(Self.prefix.count))),
      let cursor = try? JSONDecoder().decode(Self.self, from: Data(bytes)), Self.pages.contains(cursor.page),
      Self.counts.contains(cursor.skip), Self.counts.contains(cursor.total),
      cursor.until.map(Self.moments.contains) ?? true
    else { return nil }
    self = cursor
  }

  init(folder: String, page: Int, total: Int, until: Int64? = nil, skip: Int) {
    self.folder = folder
    self.page = page
    self.total = total
    self.until = until
    self.skip = skip
  }

  package var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // It holds numbers and a string, which can always be written.
    let data = (try? encoder.encode(self)) ?? Data()
    return Self.prefix + Digest.base64URL(Array(data))
  }

  private static let prefix = "ms_"
  /// What a cursor of ours can have; anybody can write another.
  static let pages = 0...1_048_576
  private static let counts = 0...1_000_000_000
  /// To the year 9999, in microseconds.
  private static let moments: ClosedRange<Int64> = 0...253_402_300_799_000_000
}
