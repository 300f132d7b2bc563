/// The name of one stored thing. Made by us it reads `prefix_` and 26 lower-case base32 characters that
/// sort by the millisecond of their making; an account's may be any text its owner chose.
package struct Identifier<Kind: IdentifierKind>: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  /// 48 bits of milliseconds, then 82 random bits.
  package static func make(at now: Instant) -> Identifier {
    var high = UInt64(max(0, now.microseconds / 1000)) << 16 | UInt64(UInt16.random(in: 0...(.max)))
    var low = UInt64.random(in: 0...(.max))
    let extra = UInt8.random(in: 0..<4)
    var characters: [UInt8] = []
    characters.reserveCapacity(26)
    // 130 bits, five at a time from the low end: `extra` holds the two that 128 leave over.
    characters.append(alphabet[Int(low & 7) << 2 | Int(extra)])
    low = low >> 3 | (high & 7) << 61
    high >>= 3
    for _ in 0..<25 {
      characters.append(alphabet[Int(low & 31)])
      low = low >> 5 | (high & 31) << 59
      high >>= 5
    }
    return Identifier(Kind.prefix + "_" + String(decoding: characters.reversed(), as: UTF8.self))
  }

  package var description: String { rawValue }
}

/// Crockford's base32 in lower case, without i, l, o and u.
private let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

package protocol IdentifierKind: Sendable {
  static var prefix: String { get }
}

package enum WorkspaceKind: IdentifierKind { package static var prefix: String { "ws" } }
package enum AppKind: IdentifierKind { package static var prefix: String { "app" } }
package enum AccountKind: IdentifierKind { package static var prefix: String { "acc" } }
package enum TokenKind: IdentifierKind { package static var prefix: String { "tok" } }
package enum FormKind: IdentifierKind { package static var prefix: String { "form" } }
package enum DeviceSignInKind: IdentifierKind { package static var prefix: String { "dev" } }
package enum QueueKind: IdentifierKind { package static var prefix: String { "q" } }
package enum SegmentKind: IdentifierKind { package static var prefix: String { "seg" } }
package enum UploadKind: IdentifierKind { package static var prefix: String { "up" } }
package enum ListKind: IdentifierKind { package static var prefix: String { "list" } }
package enum TemplateKind: IdentifierKind { package static var prefix: String { "tpl" } }
package enum NodeKind: IdentifierKind { package static var prefix: String { "node" } }
package enum WebhookRouteKind: IdentifierKind { package static var prefix: String { "wh" } }

package typealias WorkspaceID = Identifier<WorkspaceKind>
package typealias AppID = Identifier<AppKind>
package typealias AccountID = Identifier<AccountKind>
package typealias TokenID = Identifier<TokenKind>
package typealias FormID = Identifier<FormKind>
package typealias DeviceSignInID = Identifier<DeviceSignInKind>
package typealias QueueID = Identifier<QueueKind>
package typealias SegmentID = Identifier<SegmentKind>
package typealias UploadID = Identifier<UploadKind>
package typealias ListID = Identifier<ListKind>
package typealias TemplateID = Identifier<TemplateKind>
package typealias NodeID = Identifier<NodeKind>
package typealias WebhookRouteID = Identifier<WebhookRouteKind>

extension WorkspaceID {
  package static var `default`: WorkspaceID { WorkspaceID("default") }
}

extension ListID {
  /// With a host after it, a list identifier has 255 octets at most (RFC 2919 section 3).
  package static let longest = 128

  /// `nil` unless it is words of letters, digits, hyphens and underscores with dots between them. In lower case, since
  /// the case of a list identifier does not count (RFC 2919 section 6).
  package init?(name: some StringProtocol) {
    let words = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let areWords = words.allSatisfy { word in
      !word.isEmpty
        && word.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
    guard areWords, name.utf8.count <= Self.longest else { return nil }
    self.init(name.lowercased())
  }
}
