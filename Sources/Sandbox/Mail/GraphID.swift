import Foundation

/// The opaque name of an item or a folder, as Graph spells them: base64 with `-` for `/` and `_` for `+`,
/// case sensitive, `AAMk…` for names that change when the item moves and `AAkA…` for immutable ones.
///
/// The text holds all that finds the item, so a mailbox needs no index of names.
struct GraphID: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Valid wherever the item lies (`Prefer: IdType="ImmutableId"`).
    case immutable
    /// Valid until the item has moved once more.
    case place(moves: UInt32)
    case folder
    case conversation
  }

  /// Changes with each reset, so that earlier ids find nothing.
  var epoch: UInt32
  var mailbox: MailboxID
  var kind: Kind
  /// The item's number in its mailbox, or the folder's.
  var number: UInt64

  init(epoch: UInt32, mailbox: MailboxID, kind: Kind, number: UInt64) {
    self.epoch = epoch
    self.mailbox = mailbox
    self.kind = kind
    self.number = number
  }

  var text: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.length)
    switch kind {
    case .immutable: bytes += Self.immutableMark
    case .place: bytes += Self.placeMark
    case .folder: bytes += Self.folderMark
    case .conversation: bytes += Self.conversationMark
    }
    withUnsafeBytes(of: mailbox.uuid.uuid) { bytes += $0 }
    Self.append(UInt64(epoch), 4, to: &bytes)
    if case .place(let moves) = kind {
      Self.append(UInt64(moves), 4, to: &bytes)
    } else {
      bytes += [0, 0, 0, 0]
    }
    Self.append(number, 8, to: &bytes)
    bytes += [0, 0, 0]
    return Data(bytes).base64EncodedString().replacing("+", with: "_").replacing("/", with: "-")
  }

  /// `nil` for text that is not one of our ids: Graph calls it malformed rather than not found.
  init?(_ text: String) {
    let standard = text.replacing("_", with: "+").replacing("-", with: "/")
    guard let data = Data(base64Encoded: standard), data.count == Self.length else { return nil }
    let bytes = Array(data)
    switch Array(bytes[..<3]) {
    case Self.immutableMark: kind = .immutable
    case Self.placeMark: kind = .place(moves: UInt32(Self.integer(bytes[23..<27])))
    case Self.folderMark: kind = .folder
    case Self.conversationMark: kind = .conversation
    default: return nil
    }
    mailbox = MailboxID(
      uuid: UUID(
        uuid: (
          bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9], bytes[10], bytes[11],
          bytes[12], bytes[13], bytes[14], bytes[15], bytes[16], bytes[17], bytes[18]
        )))
    epoch = UInt32(Self.integer(bytes[19..<23]))
    number = Self.integer(bytes[27..<35])
  }

  private static let length = 38
  private static let immutableMark: [UInt8] = [0x00, 0x09, 0x00]
  private static let placeMark: [UInt8] = [0x00, 0x03, 0x24]
  private static let folderMark: [UInt8] = [0x00, 0x03, 0x25]
  private static let conversationMark: [UInt8] = [0x00, 0x04, 0x24]

  private static func append(_ value: UInt64, _ width: Int, to bytes: inout [UInt8]) {
    for shift in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension GraphID {
  var namesItem: Bool {
    switch kind {
    case .immutable, .place: true
    case .folder, .conversation: false
    }
  }
}
