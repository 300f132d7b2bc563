/// The text that mail programs show beside the subject in a list of messages: the first text of the HTML, which is put
/// there without being displayed.
package enum Preheader {
  /// `html` with the text, escaped, at the beginning of its body.
  package static func insert(_ text: String, into html: String) -> String {
    guard !text.isEmpty else { return html }
    let bytes = Array(html.utf8)
    let place =
      end(of: "<body", in: bytes) ?? end(of: "</head", in: bytes) ?? end(of: "<html", in: bytes)
      ?? end(of: "<!doctype", in: bytes) ?? 0
    let block =
      "<div style=\"display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all\">\(HTMLText.escaped(text))"
      + String(repeating: "&#8199;&#847;", count: padding) + "</div>"
    return String(decoding: bytes[..<place] + Array(block.utf8) + bytes[place...], as: UTF8.self)
  }

  /// Blanks that keep the text that follows out of the list, of which programs show a hundred characters or so.
  private static let padding = 100

  /// After the first tag of that name, outside comments; `>` in a quoted attribute does not end it.
  private static func end(of tag: String, in html: [UInt8]) -> Int? {
    let name = Array(tag.utf8)
    var index = 0
    while let start = html[index...].firstIndex(of: UInt8(ascii: "<")) {
      if html[start...].starts(with: "<!--".utf8) {
        guard let end = find(Array("-->".utf8), in: html, from: start) else { return nil }
        index = end
      } else if matches(name, html, at: start) {
        return close(html, from: start)
      } else {
        index = start + 1
      }
    }
    return nil
  }

  private static func matches(_ name: [UInt8], _ html: [UInt8], at start: Int) -> Bool {
    let end = start + name.count
    guard end < html.count, html[start..<end].elementsEqual(name, by: { $0.lowercased == $1 }) else {
      return false
    }
    let next = html[end].lowercased
    return !(0x61...0x7A).contains(next) && !(0x30...0x39).contains(next)
  }

  private static func close(_ html: [UInt8], from start: Int) -> Int? {
    var quote: UInt8?
    for index in start..<html.count {
      let byte = html[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return index + 1
      }
    }
    return nil
  }

  private static func find(_ text: [UInt8], in html: [UInt8], from start: Int) -> Int? {
    var index = start
    while let found = html[index...].firstIndex(of: text[0]) {
      if html[found...].starts(with: text) { return found + text.count }
      index = found + 1
    }
    return nil
  }
}
