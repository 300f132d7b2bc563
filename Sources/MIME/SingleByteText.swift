import Synchronization

/// Text in a charset that has one octet for each character.
enum SingleByteText {
  static func decode(_ bytes: ArraySlice<UInt8>, _ name: String, keepsControls: Bool) -> String {
    Table.named(name, keepsControls: keepsControls)?.decode(bytes) ?? UnicodeText.guess(bytes)
  }

  /// The UTF-8 of each octet.
  private struct Table {
    private struct Key: Hashable {
      var name: String
      var keepsControls: Bool
    }

    /// Making one costs as much as reading a long text.
    private static let made = Mutex<[Key: Table?]>([:])

    /// `nil` if there is no such converter.
    static func named(_ name: String, keepsControls: Bool) -> Table? {
      let key = Key(name: name, keepsControls: keepsControls)
      if let table = made.withLock({ $0[key] }) { return table }
      let table = Table(key)
      made.withLock { $0[key] = .some(table) }
      return table
    }

    private var entries: [UTF8Entry] = []
    private let keepsASCII: Bool

    private init?(_ key: Key) {
      let octets = Array(UInt8.min...UInt8.max)
      let text = Converter.decode(octets[...], key.name) {
        key.keepsControls ? Unicode.Scalar($0) : "\u{FFFD}"
      }
      guard let text, text.unicodeScalars.count == octets.count else { return nil }
      entries = text.unicodeScalars.map(UTF8Entry.init)
      keepsASCII = zip(text.unicodeScalars, octets).prefix(128).allSatisfy { $0.value == UInt32($1) }
    }

    func decode(_ bytes: ArraySlice<UInt8>) -> String? {
      entries.withUnsafeBufferPointer { entries in
        bytes.withUnsafeBytes { input in
          // The last entry is written with four octets, of which those too many are nothing.
          UnicodeText.utf8(capacity: 3 * input.count + 4) { write(input, entries, to: $0) }
        }
      }
    }

    private func write(
      _ input: UnsafeRawBufferPointer, _ entries: UnsafeBufferPointer<UTF8Entry>,
      to output: UnsafeMutableRawPointer
    ) -> Int {
      var (index, place) = (0, 0)
      while index < input.count {
        if keepsASCII, index + 8 <= input.count {
          let word = input.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          if word.isASCII {
            output.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
            index += 8
            place += 8
            continue
          }
        }
        for byte in input[index..<min(index + 8, input.count)] {
          place += entries[Int(byte)].write(to: output + place)
        }
        index += 8
      }
      return place
    }
  }
}

/// Up to three octets of UTF-8, the first in the lowest place; their number in the highest.
struct UTF8Entry {
  static let none = UTF8Entry()

  private var bits: UInt32 = 0

  private init() {}

  /// Of a character that needs no more than three octets, else of U+FFFD.
  init(_ scalar: Unicode.Scalar) {
    let scalar = scalar.value < 0x10000 ? scalar : "\u{FFFD}"
    bits = UInt32(UTF8.width(scalar)) << 24
    for (place, octet) in String(scalar).utf8.enumerated() { bits |= UInt32(octet) << UInt32(8 * place) }
  }

  var isNone: Bool { bits == 0 }

  /// The number of octets; four are written.
  func write(to output: UnsafeMutableRawPointer) -> Int {
    output.storeBytes(of: bits.littleEndian, as: UInt32.self)
    return Int(bits >> 24)
  }
}
