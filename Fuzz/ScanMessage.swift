import Core

@testable import MIME

/// Any octets: in whatever pieces they come, a message is split and scanned as it is as a whole, and its
/// files are those that reading it gives.
@_cdecl("LLVMFuzzerTestOneInput")
public func scanMessage(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let (header, body) = split(bytes, piece: bytes.count) else { return 0 }
  for piece in [1, 7, 100] {
    guard let again = split(bytes, piece: piece) else {
      preconditionFailure("a piece is refused, the whole is not")
    }
    precondition(again == (header, body), "the pieces of a message are split otherwise")
  }
  let block = HeaderBlock(parsing: bytes, in: 0..<bytes.count)
  precondition(header == RawHeader(lines(bytes[block.start..<block.end])).bytes, "the header ends elsewhere")
  precondition(body == lines(bytes[block.end...]), "the body begins elsewhere")
  checkLayout(header + body)
  return 0
}

private func split(_ bytes: [UInt8], piece: Int) -> (header: [UInt8], body: [UInt8])? {
  var (reader, body) = (RawMessageReader(), [UInt8]())
  do {
    for piece in pieces(bytes, piece) { body += try reader.feed(piece) }
    body += try reader.finish()
  } catch { return nil }
  return (reader.header?.bytes ?? [], body)
}

private func checkLayout(_ bytes: [UInt8]) {
  let layout = scan(bytes, piece: bytes.count)
  for piece in [1, 7, 100] { precondition(scan(bytes, piece: piece) == layout, "pieces have another layout") }
  let message = MIMEMessage(parsing: bytes)
  guard (try? message.checkLimits()) != nil else { return }
  var expected: [BodyPart] = []
  collect(message.root, isSealed: false, &expected)
  precondition(layout.files.count == expected.count, "there are other files")
  for (file, part) in zip(layout.files, expected) {
    precondition(
      file.contentType == part.contentType.name && file.contentID == part.contentID, "another file")
    for piece in [1, 7, 100] {
      var (decoder, content) = (FileDecoder(file.encoding), [UInt8]())
      for piece in pieces(bytes[file.content], piece) { content += decoder.feed(piece) }
      content += decoder.finish()
      precondition(content == part.content && content.count == file.size, "a file has another content")
    }
  }
  checkRest(layout, message)
}

private func checkRest(_ layout: MessageLayout, _ message: MIMEMessage) {
  var (rest, start) = ([UInt8](), 0)
  for cut in layout.cuts {
    rest += message.bytes[start..<cut.range.lowerBound] + cut.substitute
    start = cut.range.upperBound
  }
  rest += message.bytes[start...]
  precondition(rest.count == layout.remainingSize, "the rest has another size")
  let left = MIMEMessage(parsing: rest)
  precondition((left.text ?? "") == (message.text ?? ""), "the text changed")
  precondition((left.html ?? "") == (message.html ?? ""), "the HTML changed")
  precondition(scan(rest, piece: rest.count).files.isEmpty, "a file was left")
}

private func collect(_ part: BodyPart, isSealed: Bool, _ result: inout [BodyPart]) {
  let isSealed = isSealed || part.isSealed
  for child in part.parts { collect(child, isSealed: isSealed, &result) }
  if part.parts.isEmpty, !isSealed, part.isDetachable, part.encoding != nil { result.append(part) }
}

private func scan(_ bytes: [UInt8], piece: Int) -> MessageLayout {
  var scanner = PartScanner()
  for piece in pieces(bytes, piece) { scanner.feed(piece) }
  return scanner.finish()
}

private func pieces(_ bytes: some Collection<UInt8>, _ count: Int) -> [ArraySlice<UInt8>] {
  let bytes = Array(bytes)
  return stride(from: 0, to: bytes.count, by: max(count, 1)).map { bytes[$0..<min($0 + count, bytes.count)] }
}

private func lines(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var (lineEnds, result) = (LineEnds(), [UInt8]())
  lineEnds.feed(bytes, into: &result)
  lineEnds.finish(into: &result)
  return result
}
