import Testing

@testable import MIME

@Suite struct FileDecoderTests {
  @Test func `a file in pieces is decoded as the whole is`() {
    var generator = Generator(seed: 1)
    for seed in 0..<150 as Range<UInt64> {
      let content = generator.encoded()
      for encoding in [TransferEncoding.base64, .quotedPrintable, .identity] {
        let expected =
          switch encoding {
          case .base64: Base64.decode(content[...])
          case .quotedPrintable: QuotedPrintable.decode(content[...])
          case .identity: content
          }
        for pieces in Corpus.cuts(content, seed: seed).suffix(20) {
          var (decoder, decoded) = (FileDecoder(encoding), [UInt8]())
          for piece in pieces { decoded += decoder.feed(piece) }
          decoded += decoder.finish()
          guard decoded != expected else { continue }
          Issue.record("\(encoding): \(String(decoding: content, as: UTF8.self)), \(pieces.map(\.count))")
          return
        }
      }
    }
  }

  @Test(
    arguments: [TransferEncoding.base64, .quotedPrintable, .identity], [" ", "= ", "A", "=", "A ", "A! "])
  func `lines without end are not kept`(encoding: TransferEncoding, piece: String) {
    var (decoder, count) = (FileDecoder(encoding), 0)
    let pattern = Array(String(repeating: piece, count: 10_000 / piece.utf8.count).utf8)
    let decoded = { (bytes: [UInt8]) in encoding == .base64 ? Base64.decode(bytes[...]).count : bytes.count }
    for _ in 0..<20 {
      count += decoder.feed(pattern[...]).count
    }
    let whole = decoded(Array(repeating: pattern, count: 20).flatMap { $0 })
    #expect(count + 2000 > whole)
  }
}

extension Generator {
  /// Text that is hard to decode.
  fileprivate mutating func encoded() -> [UInt8] {
    let lines = [
      "QUJD", "QUJDRA==", "QUI=", "Q", "QUJDQUJDQUJD", "=", "==", "____", "-- ", "a list", "  ", "\t", "!",
      "=41", "=4",
      "= ", "=\r\n", "=\n", "=\r", "=  \r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\u{FC}",
      String(repeating: " ", count: 997),
      String(repeating: "QUJD", count: 249), "AB", String(repeating: "\t ", count: 600),
    ]
    return Array(
      (0..<Int.random(in: 0...30, using: &self)).map { _ in lines.randomElement(using: &self) ?? "" }
        .joined().utf8)
  }
}
