import Core
import JSON

@testable import API

/// Any octets as a form, as a part of a path, as base64 and as a body: what is read can be written and reads
/// the same again, and nothing depends on how the octets arrive.
@_cdecl("LLVMFuzzerTestOneInput")
public func readForm(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  checkForm(bytes)
  checkPath(bytes)
  checkBase64(bytes)
  checkBody(bytes)
  return 0
}

private func checkForm(_ bytes: [UInt8]) {
  if let form = try? StartForm.read(form: bytes) {
    precondition((try? StartForm.read(query: form.queryText)) == form, "a form reads back as another one")
  }
  let text = String(decoding: bytes, as: UTF8.self)
  if let query = try? AccountsQuery.read(query: text) {
    precondition(
      (0...1_048_576).contains(query.page) && (1...1000).contains(query.pageSize), "a number is out of range")
    precondition((query.query?.utf8.count ?? 0) <= 1024, "a value is too long")
    precondition(
      (try? AccountsQuery.read(query: query.queryText)) == query, "a query reads back as another one")
  }
}

private func checkPath(_ bytes: [UInt8]) {
  let raw = String(decoding: bytes, as: UTF8.self)
  do throws(Problem) {
    let part = try PathPart.decode(raw, name: "account")
    precondition((1...PathPart.limit).contains(part.utf8.count), "a part is too long")
    let encoded = PathPart.encode(part)
    precondition(!encoded.utf8.contains(UInt8(ascii: "/")) && encoded != "..", "a part is more than one step")
    precondition((try? PathPart.decode(encoded, name: "account")) == part, "a part reads back as another one")
  } catch {
    precondition(error.summary.utf8.count < 2000, "a refusal repeats too much")
  }
}

private func checkBase64(_ bytes: [UInt8]) {
  let whole = decode(bytes, step: max(1, bytes.count))
  precondition(decode(bytes, step: 1) == whole, "the outcome depends on how the bytes arrive")
  guard case .success(let content) = whole else { return }
  let text = Array(Base64.json(content).dropFirst().dropLast())
  precondition(decode(text, step: 5) == .success(content), "our own base64 decodes to something else")
  let significant = bytes.filter { !" \t\r\n=".utf8.contains($0) }
  precondition(significant.count == (content.count * 4 + 2) / 3, "a character was passed over")
}

private func decode(_ bytes: [UInt8], step: Int) -> Result<[UInt8], Base64Fault> {
  var decoder = Base64StreamDecoder()
  var content: [UInt8] = []
  do throws(Base64Fault) {
    for start in stride(from: 0, to: bytes.count, by: step) {
      try decoder.feed(bytes[start..<min(start + step, bytes.count)], into: &content)
    }
    try decoder.finish(into: &content)
    return .success(content)
  } catch {
    return .failure(error)
  }
}

private func checkBody(_ bytes: [UInt8]) {
  let whole = body(bytes, step: max(1, bytes.count))
  precondition(body(bytes, step: 3) == whole, "the outcome depends on how the bytes arrive")
  precondition((try? SubmitRequest.read(bytes)) == whole, "streaming changes the outcome")
  guard let whole else { return }
  precondition((try? SubmitRequest.read(whole.json())) == whole, "a message reads back as another one")
}

private func body(_ bytes: [UInt8], step: Int) -> SubmitRequest? {
  var reader = BodyReader<SubmitRequest>()
  var contents: [[UInt8]] = []
  do {
    for start in stride(from: 0, to: bytes.count, by: step) {
      try reader.feed(bytes[start..<min(start + step, bytes.count)])
      for piece in reader.takeStreamed() {
        while piece.ordinal >= contents.count { contents.append([]) }
        contents[piece.ordinal] += piece.bytes
      }
    }
    var request = try reader.finish()
    for index in request.attachments.indices {
      guard case .streamed(let ordinal) = request.attachments[index].content else { continue }
      request.attachments[index].content = .bytes(contents[ordinal])
    }
    return request
  } catch {
    return nil
  }
}
