import Foundation

/// A converter of the C library, from a charset to UTF-8. Which there are depends on the system; see iconv(3).
struct Converter: ~Copyable {
  private let descriptor: iconv_t

  /// `nil` if the system has no such converter.
  init?(_ name: String) {
    guard let descriptor = iconv_open("UTF-8", name), descriptor != iconv_t(bitPattern: -1) else {
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { iconv_close(descriptor) }

  /// Why a conversion stopped.
  enum Stop {
    case atEnd, outputIsFull, unknown, cutOff
  }

  /// Converts from `input[index]` on, as far as it goes, and moves `index` on; the output is appended.
  func convert(
    _ input: UnsafeBufferPointer<UInt8>, at index: inout Int, into output: inout [UInt8]
  ) -> Stop {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: min(4 * (input.count - index) + 32, 1 << 16)) {
      buffer in
      var place = buffer.baseAddress
      var room = buffer.count
      // The C library takes a pointer to what it does not change.
      var source = input.baseAddress.map {
        UnsafeMutableRawPointer(mutating: $0 + index).assumingMemoryBound(to: CChar.self)
      }
      var rest = input.count - index
      let result = iconv(descriptor, &source, &rest, &place, &room)
      let code = result == -1 ? errno : 0
      index = input.count - rest
      output.append(contentsOf: UnsafeRawBufferPointer(buffer)[..<(buffer.count - room)])
      return switch code {
      case E2BIG: .outputIsFull
      case EILSEQ: .unknown
      case EINVAL: .cutOff
      default: .atEnd
      }
    }
  }

  /// Writes the base character that a mark could have followed, and forgets the alphabet.
  func flush(into output: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      var place = buffer.baseAddress
      var room = buffer.count
      _ = iconv(descriptor, nil, nil, &place, &room)
      output.append(contentsOf: UnsafeRawBufferPointer(buffer)[..<(buffer.count - room)])
    }
  }

  /// Forgets the base character and the alphabet.
  func reset() { _ = iconv(descriptor, nil, nil, nil, nil) }
}

extension Converter {
  /// `bytes` by the converter of that name, `nil` if there is none. An octet that it does not know is read by
  /// the second one, with those after it that belong to it, or becomes what `replacement` makes of it.
  static func decode(
    _ bytes: ArraySlice<UInt8>, _ name: String, otherwise other: String? = nil,
    replacement: (UInt8) -> Unicode.Scalar = { _ in "\u{FFFD}" }
  ) -> String? {
    guard let converter = Converter(name) else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 2)
    // Opened once it is needed.
    var second: Converter?
    var isOpen = false
    bytes.withUnsafeBufferPointer { input in
      var index = 0
      while index < input.count {
        switch converter.convert(input, at: &index, into: &output) {
        case .atEnd, .outputIsFull: break
        case .unknown:
          converter.flush(into: &output)
          if let other, !isOpen {
            second = Converter(other)
            isOpen = true
          }
          if let count = second?.convertOne(input, at: index, into: &output) {
            index += count
          } else {
            output += String(replacement(input[index])).utf8
            index += 1
          }
        case .cutOff:
          output += "\u{FFFD}".utf8
          index = input.count
        }
      }
      converter.flush(into: &output)
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Converts the one character at `index`; its length in octets, `nil` if there is none.
  private func convertOne(
    _ input: UnsafeBufferPointer<UInt8>, at index: Int, into output: inout [UInt8]
  ) -> Int? {
    let longest = 3
    for count in 1...longest where index + count <= input.count {
      reset()
      var end = 0
      let character = UnsafeBufferPointer(rebasing: input[index..<index + count])
      if convert(character, at: &end, into: &output) == .atEnd { return count }
    }
    return nil
  }
}
