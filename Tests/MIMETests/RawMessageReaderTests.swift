import Core
import Testing

@testable import MIME

@Suite struct RawMessageReaderTests {
  private func read(_ pieces: [ArraySlice<UInt8>]) throws -> (header: [UInt8], body: [UInt8]) {
    var (reader, body) = (RawMessageReader(), [UInt8]())
    for piece in pieces { body += try reader.feed(piece) }
    body += try reader.finish()
    return (try #require(reader.header).bytes, body)
  }

  @Test(arguments: [
    ("To: a@b\nSubject: x\n y\n\none\rtwo\r\n", "To: a@b\r\nSubject: x\r\n y\r\n\r\n", "one\r\ntwo\r\n"),
    ("To: a@b\r\r\n\r\r\nx\r\r\ny", "To: a@b\r\n\r\n", "x\r\ny"),
    ("", "\r\n", ""), ("\n", "\r\n", ""), ("To: a@b", "To: a@b\r\n\r\n", ""),
    ("To: a@b\n", "To: a@b\r\n\r\n", ""),
    ("To: a@b\n\n", "To: a@b\r\n\r\n", ""), ("\r\nBody", "\r\n", "Body"),
    ("Body\n\nmore", "\r\n", "Body\r\n\r\nmore"),
    ("To: a@b\nHello\n\nx", "To: a@b\r\n\r\n", "Hello\r\n\r\nx"),
    ("To: a@b\nHello\nCc: c@d\n\nx", "To: a@b\r\nHello\r\nCc: c@d\r\n\r\n", "x"),
    ("From ann Mon Jan 1\nTo: a@b\n\nx", "To: a@b\r\n\r\n", "x"), ("From ann Mon Jan 1\n\nx", "\r\n", "x"),
  ])
  func `a message is split and its line ends are made CRLF`(text: String, header: String, body: String) throws
  {
    let (head, rest) = try read([Array(text.utf8)[...]])
    #expect(String(decoding: head, as: UTF8.self) == header)
    #expect(String(decoding: rest, as: UTF8.self) == body)
  }

  @Test func `the header ends where a whole message is read to end it, in whatever pieces it comes`() throws {
    for (seed, bytes) in try Corpus.messages().enumerated() {
      let block = HeaderBlock(parsing: bytes, in: 0..<bytes.count)
      let header = RawHeader(Corpus.withLineEnds(bytes[block.start..<block.end])).bytes
      let body = Corpus.withLineEnds(bytes[block.end...])
      for pieces in [[bytes[...]]] + Corpus.cuts(bytes, seed: UInt64(seed)) {
        let (head, rest) = try read(pieces)
        try #require(
          head == header && rest == body, "\(String(decoding: bytes, as: UTF8.self)), \(pieces.map(\.count))")
      }
      let fields = MIMEMessage(parsing: bytes).fields.map { [$0.name, $0.value] }
      #expect(MIMEMessage(parsing: header + body).fields.map { [$0.name, $0.value] } == fields)
      #expect(RawHeader(header).fields.map { [$0.name, $0.value] } == fields)
    }
  }

  @Test func `the header is there as soon as it has ended, and of the body nothing is kept`() throws {
    var reader = RawMessageReader()
    #expect(try reader.feed(Array("To: a@b\r\nSubject: x\r\n".utf8)[...]) == [])
    #expect(reader.header == nil)
    #expect(try reader.feed(Array("\r".utf8)[...]) == [])
    #expect(reader.header == nil)
    #expect(try reader.feed(Array("\nfirst\r".utf8)[...]) == Array("first".utf8))
    #expect(reader.header?.subject == "x")
    #expect(try reader.feed(Array("\nsecond".utf8)[...]) == Array("\r\nsecond".utf8))
    #expect(try reader.finish() == [])
  }

  @Test(arguments: [1000, 262_000, 1_000_000])
  func `a header over the limit is refused before it has ended`(size: Int) throws {
    for line in ["A: " + String(repeating: "x", count: 70) + "\n", "A:b\n", " fold\n"] {
      for piece in [size, 1_000_000] {
        var (reader, refusal, rest) = (RawMessageReader(), Problem?.none, 2_000_000)
        while rest > 0, refusal == nil {
          let bytes = Array(("B: c\n" + String(repeating: line, count: piece / line.utf8.count)).utf8)
          do throws(Problem) { _ = try reader.feed(bytes[...]) } catch { refusal = error }
          rest -= bytes.count
        }
        #expect(refusal?.code == .messageMalformed)
        #expect(reader.header == nil)
      }
    }
  }

  @Test(arguments: [("A: ", 262_144, nil), ("A: ", 262_145, ProblemCode.messageMalformed)])
  func `the largest header is taken`(start: String, size: Int, code: ProblemCode?) throws {
    let header = start + String(repeating: "b", count: size - start.utf8.count - 4) + "\r\n\r\n"
    for pieces in Corpus.cuts(Array(header.utf8), seed: 1) where pieces.count < 1000 {
      var problem: Problem?
      do { #expect(try read(pieces).header.count == size) } catch { problem = error as? Problem }
      #expect(problem?.code == code)
    }
  }

  @Test(arguments: ["no header here\n", "no line end ", "---------------"])
  func `a large text without header and empty line is all body`(piece: String) throws {
    let text = Array(String(repeating: piece, count: 50_000).utf8)
    let expected = Corpus.withLineEnds(text)
    var start = 0
    var (reader, body) = (RawMessageReader(), [UInt8]())
    while start < text.count {
      body += try reader.feed(text[start..<min(start + 10_000, text.count)])
      start += 10_000
      #expect(start < 280_000 || body.count > start - 20_000)
    }
    body += try reader.finish()
    #expect(body == expected)
    #expect(reader.header?.bytes == .crlf)
  }
}
