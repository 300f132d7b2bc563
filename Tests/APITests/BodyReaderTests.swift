import Core
import JSON
import Testing

@testable import API

@Suite struct BodyReaderTests {
  /// What comes out of a body that is fed in pieces of a size.
  private func read(
    _ body: [UInt8], pieces size: Int
  ) throws(Problem) -> (request: SubmitRequest, contents: [[UInt8]]) {
    var reader = Operations.submit.bodyReader()
    var contents: [[UInt8]] = []
    var ended: Set<Int> = []
    func take(_ pieces: [StreamedContent]) {
      for piece in pieces {
        while piece.ordinal >= contents.count { contents.append([]) }
        #expect(!ended.contains(piece.ordinal))
        contents[piece.ordinal] += piece.bytes
        if piece.isLast { ended.insert(piece.ordinal) }
      }
    }
    for start in stride(from: 0, to: body.count, by: size) {
      try reader.feed(body[start..<min(start + size, body.count)])
      take(reader.takeStreamed())
    }
    let request = try reader.finish()
    take(reader.takeStreamed())
    #expect(ended.count == contents.count)
    return (request, contents)
  }

  private let body = Array(
    #"{"attachments":[{"content":"aGk=","filename":"1"},{"filename":"2","content":"\u0061Gk\n h"},{"content":""}],"to":{"address":"a@x.example"}}"#
      .utf8)

  @Test func `contents come out decoded, however the body arrives`() throws {
    for size in 1...body.count {
      let (request, contents) = try read(body, pieces: size)
      #expect(request.attachments.map(\.content) == [.streamed(0), .streamed(1), .streamed(2)])
      #expect(request.attachments.map(\.filename) == ["1", "2", nil])
      #expect(request.to == [AddressField("a@x.example")])
      #expect(contents == [Array("hi".utf8), Array("hi!".utf8), []])
    }
  }

  @Test func `a content that is not base64 is a fault among the others, and comes out no more`() throws {
    let body = Array(
      #"{"attachments":[{"content":"aGkhaGkh#aGkh"},{"content":"aGkh"}],"subject":5,"zzz":1}"#.utf8)
    for size in [1, 7, body.count] {
      let problem = try #require(throws: Problem.self) { try read(body, pieces: size) }
      #expect(problem.fields.map(\.key) == ["attachments[0].content", "subject", "zzz"])
      #expect(problem.fields[0].message == "is not base64: “#” at character 9 is not in its alphabet")
      #expect(problem.code == .requestUnknownField)
    }
  }

  @Test func `a fault in a content is known before the body ends`() throws {
    var reader = BodyReader<SubmitRequest>()
    try reader.feed(##"{"attachments":[{"content":"#aGk="##.utf8)
    #expect(reader.hasFaults)
    #expect(reader.takeStreamed() == [])
  }

  @Test func `a content that is not text is a fault`() throws {
    for value in ["1", "true", "[]", "{}"] {
      let problem = try #require(throws: Problem.self) {
        try read(Array(#"{"attachments":[{"content":\#(value)}]}"#.utf8), pieces: 3)
      }
      #expect(problem.fields.map(\.key) == ["attachments[0].content"])
    }
    let missing = try read(Array(#"{"attachments":[{"content":null}]}"#.utf8), pieces: 3)
    #expect(missing.request.attachments.first?.content == nil)
  }

  @Test func `no more contents come out than a message may have`() throws {
    let body =
      "{\"attachments\":[" + Array(repeating: #"{"content":"aGk="}"#, count: 150).joined(separator: ",")
      + "]}"
    var reader = BodyReader<SubmitRequest>()
    try reader.feed(body.utf8)
    #expect(Set(reader.takeStreamed().map(\.ordinal)) == Set(0..<101))
    let problem = try #require(throws: Problem.self) { try reader.finish() }
    #expect(problem.fields.first?.key == "attachments")
  }

  @Test func `what a large content takes in memory is what has not been taken`() throws {
    var reader = BodyReader<SubmitRequest>()
    try reader.feed(#"{"attachments":[{"content":""#.utf8)
    let piece = Array(repeating: UInt8(ascii: "A"), count: 65_536)
    var most = 0
    for _ in 0..<160 {
      try reader.feed(piece)
      most = max(most, reader.takeStreamed().reduce(0) { $0 + $1.bytes.count })
    }
    #expect(most <= 65_536)
    #expect(!reader.hasFaults)
    try reader.feed(#""}]}"#.utf8)
    #expect(try reader.finish().attachments.map(\.content) == [.streamed(0)])
  }
}
