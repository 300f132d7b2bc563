@testable import SafeHTML

/// Any octets as HTML and as plain text: the result holds only what is written by the serialiser, and does not change
/// when it is made safe again.
@_cdecl("LLVMFuzzerTestOneInput")
public func makeSafe(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  for remote in [false, true] {
    let options = SafeHTML.Options(allowsRemoteContent: remote) { _ in "data:image/gif;base64,AAAA" }
    let safe = SafeHTML(bytes, options: options)
    let again = SafeHTML(safe.html, options: options)
    precondition(
      again.html == safe.html && again.removedElements == 0, "safe HTML changes when it is made safe")
    checkMarkup(Array(safe.html.utf8))
  }
  let html = SafeHTML.fromText(String(decoding: bytes, as: UTF8.self))
  precondition(SafeHTML(html).html == html, "HTML of text is not safe as it is")
  return 0
}

/// Every tag has a name of the tables, and is closed in order.
private func checkMarkup(_ html: [UInt8]) {
  var open: [Tag] = []
  var index = 0
  while index < html.count {
    guard html[index] == "<" else {
      index += 1
      continue
    }
    let isEnd = html[index + 1] == "/"
    let start = index + (isEnd ? 2 : 1)
    let name = html[start...].prefix { $0.isLetter || $0.isDigit }
    guard let tag = Tag(rawValue: String(decoding: name, as: UTF8.self)),
      let end = html[start...].firstIndex(of: 0x3E)
    else { preconditionFailure("an element is not in the table") }
    if isEnd {
      precondition(open.popLast() == tag, "an element is closed out of order")
    } else if !tag.isVoid {
      open.append(tag)
    }
    precondition(open.count <= TreeBuilder.deepest, "the tree is too deep")
    index = end + 1
  }
  precondition(open.isEmpty, "an element is not closed")
}
