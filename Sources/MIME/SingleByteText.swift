/// Text in a charset that has one octet for each character.
enum SingleByteText {
  /// From here on a table of all 256 octets costs less than it saves.
  private static let large = 512

  static func decode(_ bytes: ArraySlice<UInt8>, _ name: String, keepsControls: Bool) -> String {
    func replacement(_ byte: UInt8) -> Unicode.Scalar { keepsControls ? Unicode.Scalar(byte) : "\u{FFFD}" }
    if bytes.count >= large, let table = Table(name, replacement) { return table.decode(bytes) }
    return Converter.decode(bytes, name, replacement: replacement) ?? UnicodeText.guess(bytes)
  }

  /// The UTF-8 of each octet.
  private struct Table {
    /// Up to three octets of UTF-8, the first in the lowest place; their number in the highest.
    private var entries: [UInt32] = []

    /// `nil` if there is no such converter.
    init?(_ name: String, _ replacement: (UInt8) -> Unicode.Scalar) {
      let octets = Array(UInt8.min...UInt8.max)
      guard let text = Converter.decode(octets[...], name, replacement: replacement) else { return nil }
      for scalar in text.unicodeScalars {
        guard let encoded = UTF8.encode(scalar), encoded.count <= 3 else { return nil }
        var entry = UInt32(encoded.count) << 24
        for (place, octet) in encoded.enumerated() { entry |= UInt32(octet) << UInt32(8 * place) }
        entries.append(entry)
      }
      guard entries.count == octets.count else { return nil }
    }

    func decode(_ bytes: ArraySlice<UInt8>) -> String {
      entries.withUnsafeBufferPointer { entries in
        bytes.withUnsafeBufferPointer { bytes in
          let size = bytes.reduce(0) { $0 + Int(entries[Int($1)] >> 24) }
          // Each character is written with four octets, of which those too many are overwritten.
          return String(unsafeUninitializedCapacity: size + 4) { output in
            Self.write(bytes, entries, to: output)
          }
        }
      }
    }

    private static func write(
      _ bytes: UnsafeBufferPointer<UInt8>, _ entries: UnsafeBufferPointer<UInt32>,
      to output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
      guard let start = output.baseAddress.map(UnsafeMutableRawPointer.init) else { return 0 }
      var place = 0
      for byte in bytes {
        let entry = entries[Int(byte)]
        start.storeBytes(of: entry.littleEndian, toByteOffset: place, as: UInt32.self)
        place += Int(entry >> 24)
      }
      return place
    }
  }
}
