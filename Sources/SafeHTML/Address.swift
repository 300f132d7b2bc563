/// Addresses of links and images, read as the URL Standard reads them.
enum Address {
  enum Image: Equatable {
    case shown(String)
    /// On another machine, which was not allowed.
    case blocked
    case none
  }

  /// Links that track clicks have some thousand bytes; a longer address than this is left out.
  static let longest = 16_384
  static let linkSchemes = ["http", "https", "mailto", "tel"]
  static let imageSchemes = ["http", "https"]
  /// Images of pixels. SVG is a document.
  static let imageTypes = ["png", "jpeg", "gif", "webp"]

  /// `nil` for an address that is left out: one without a scheme, too, as a message has no place that it could be
  /// relative to.
  static func link(_ source: String) -> String? {
    guard let parts = parts(source), linkSchemes.contains(parts.scheme) else { return nil }
    return written(parts)
  }

  static func image(_ source: String, _ options: SafeHTML.Options) -> Image {
    guard let parts = parts(source) else {
      // In a browser it would have the scheme of the page.
      let isRemote = source.utf8.trimmingHTMLSpace.prefix(2).allSatisfy { $0 == "/" || $0 == "\\" }
      return isRemote && !source.isEmpty ? .blocked : .none
    }
    switch parts.scheme {
    case "data": return raster(parts.rest).map(Image.shown) ?? .none
    case "cid":
      let id = String(decoding: percentDecoded(parts.rest), as: UTF8.self)
      return options.image(id).flatMap(resolved).map(Image.shown) ?? .none
    case _ where imageSchemes.contains(parts.scheme):
      guard options.allowsRemoteContent else { return .blocked }
      return written(parts).map(Image.shown) ?? .none
    default: return .none
    }
  }

  /// What the caller gave for a content id: the same kinds of addresses, and a path on the caller's own server.
  private static func resolved(_ source: String) -> String? {
    guard let parts = parts(source) else {
      let isPath = source.hasPrefix("/") && !source.hasPrefix("//")
      return isPath && source.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != "\\" } ? source : nil
    }
    if parts.scheme == "data" { return raster(parts.rest) }
    return imageSchemes.contains(parts.scheme) ? written(parts) : nil
  }

  private typealias Parts = (scheme: String, rest: [UInt8])

  /// Control characters and spaces around an address do not count, nor do tabs and line breaks anywhere in it.
  private static func parts(_ source: String) -> Parts? {
    let bytes = source.utf8.filter { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    let end = bytes.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
    let address = bytes[..<end].drop { $0 <= 0x20 }
    guard let colon = address.firstIndex(where: { $0 == ":" }), address.first?.isLetter ?? false,
      address[..<colon].allSatisfy({ $0.isLetter || $0.isDigit || $0 == "+" || $0 == "-" || $0 == "." })
    else { return nil }
    return (String(lowercasing: address[..<colon]), Array(address[(colon + 1)...]))
  }

  /// `nil` if it is too long or has nothing behind the scheme.
  private static func written(_ parts: Parts) -> String? {
    var rest = parts.rest[...]
    let isWeb = parts.scheme.hasPrefix("http")
    var address = Array((parts.scheme + (isWeb ? "://" : ":")).utf8)
    // A browser takes any number of slashes for two, and a backslash for a slash in front of the query.
    if isWeb { rest = rest.drop { $0 == "/" || $0 == "\\" } }
    guard !rest.isEmpty, rest.count <= longest else { return nil }
    var isInPath = isWeb
    for byte in rest {
      if byte == "?" || byte == "#" { isInPath = false }
      switch byte {
      case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"):
        address += percentEncoded(byte)
      case UInt8(ascii: "\\"): address += isInPath ? [UInt8(ascii: "/")] : percentEncoded(byte)
      default: address.append(byte)
      }
    }
    return String(decoding: address, as: UTF8.self)
  }

  private static func percentEncoded(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == "%", digits.count == 2, digits.allSatisfy(\.isHexDigit),
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        decoded.append(value)
        rest = rest.dropFirst(2)
      } else {
        decoded.append(byte)
      }
    }
    return decoded
  }

  /// `data:image/png;base64,...` with nothing else in it.
  private static func raster(_ rest: [UInt8]) -> String? {
    guard let comma = rest.firstIndex(where: { $0 == "," }), comma <= 32 else { return nil }
    let declared = String(lowercasing: rest[..<comma])
    let type = declared == "image/jpg;base64" ? "image/jpeg;base64" : declared
    guard imageTypes.contains(where: { type == "image/\($0);base64" }) else { return nil }
    // White space within is none of the content.
    let content = rest[(comma + 1)...].filter { $0 != 0x20 }
    guard content.allSatisfy({ $0.isLetter || $0.isDigit || $0 == "+" || $0 == "/" || $0 == "=" }) else {
      return nil
    }
    return "data:\(type),\(String(decoding: content, as: UTF8.self))"
  }
}
