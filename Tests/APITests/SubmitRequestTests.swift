import Core
import JSON
import Testing

@testable import API

@Suite struct SubmitRequestTests {
  @Test func `a good body is read whole`() throws {
    let body = """
      {"from":{"name":"Alice","address":"alice@contoso.test"},"to":[{"address":"bob@contoso.test"}],
       "subject":"Hello","text":"line\\nline","html":null,"sendAt":null,"headers":{"X-B":"2","X-A":"1"},
       "attachments":[{"filename":"a.txt","content":"aGk=","cid":"c1"}],
       "envelope":{"from":"alice@contoso.test","to":["bob@contoso.test"]}}
      """
    let request = try SubmitRequest.read(body.utf8)
    #expect(request.from == AddressField("alice@contoso.test", name: "Alice"))
    #expect(request.to == [AddressField("bob@contoso.test")])
    #expect(request.text == "line\nline")
    #expect(request.html == nil)
    #expect(
      request.headers == [NamedText("X-B", "2"), NamedText("X-A", "1")],
      "in the order in which they were sent")
    #expect(request.attachments.first?.content == .bytes(Array("hi".utf8)))
    #expect(request.attachments.first?.contentType == nil)
    #expect(request.attachments.first?.isInline == true)
    #expect(request.envelope?.to == ["bob@contoso.test"])
  }

  @Test(arguments: ["to", "cc", "bcc", "replyTo"])
  func `one recipient may stand without a list`(field: String) throws {
    let one = try SubmitRequest.read(#"{"\#(field)":{"address":"bob@contoso.test"}}"#.utf8)
    let many = try SubmitRequest.read(#"{"\#(field)":[{"address":"bob@contoso.test"}]}"#.utf8)
    #expect(one == many)
    #expect(one != SubmitRequest())
    let problem = try #require(throws: Problem.self) {
      try SubmitRequest.read(#"{"\#(field)":{"name":"b"}}"#.utf8)
    }
    #expect(problem.fields == [FieldFault(message: "is required", key: "\(field).address")])
  }

  @Test(arguments: [
    (#"{"content":""}"#, false), (#"{"content":"","cid":"c"}"#, true),
    (#"{"content":"","cid":"c","contentDisposition":"attachment"}"#, false),
    (#"{"content":"","contentDisposition":"inline"}"#, true),
  ])
  func `a file with a cid is shown within the message unless it says otherwise`(file: String, isInline: Bool)
    throws
  {
    let request = try SubmitRequest.read("{\"attachments\":[\(file)]}".utf8)
    #expect(request.attachments.map(\.isInline) == [isInline])
  }

  @Test func `what the commands write is what the server reads`() throws {
    var request = SubmitRequest()
    request.to = [AddressField("bob@contoso.test")]
    request.subject = "“Hello”\u{1F600}"
    var file = AttachmentField()
    file.filename = "a.bin"
    file.content = .bytes([0, 1, 2, 253, 254, 255, 7])
    request.attachments = [file]
    let json = request.json(revealingSecrets: true)
    #expect(try SubmitRequest.read(json) == request)
    #expect(
      String(decoding: json, as: UTF8.self)
        == #"{"to":[{"address":"bob@contoso.test"}],"subject":"“Hello”😀","attachments":[{"filename":"a.bin","#
        + #""encoding":"base64","content":"AAEC/f7/Bw=="}]}"#)
  }
}
