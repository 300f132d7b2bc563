import Core
import Foundation
import Testing

@testable import Sandbox

/// Microsoft Learn, "Use the $search query parameter".
@Suite struct MessageSearchTests {
  private static func mail(_ number: Int, from: String, to: String, subject: String, text: String) -> String {
    """
    From: \(from)\r
    To: \(to)\r
    Subject: \(subject)\r
    Date: 0\(number) Jul 2018 12:00:00 +0000\r
    Message-ID: <\(number)@x>\r
    Content-Type: \(number == 3 ? "multipart/mixed; boundary=b" : "text/plain")\r
    \r
    \(number == 3
      ? "--b\r\n\r\n\(text)\r\n--b\r\nContent-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\nx\r\n--b--" : text)\r

    """
  }

  @Test func `Words, properties, ranges and operators find messages, the last sent first`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let mails = [
        Self.mail(
          1, from: "Bob <bob@contoso.test>", to: "alice@contoso.test", subject: "Sailing",
          text: "The boat is red"),
        Self.mail(
          2, from: "Carol <carol@fabrikam.test>", to: "info@contoso.test", subject: "Boats",
          text: "Two of them"),
        Self.mail(
          3, from: "Bob <bob@contoso.test>", to: "alice@contoso.test", subject: "Red ink",
          text: "for the office"),
      ]
      for mail in mails { try await sandbox.receive(mail) }
      let cases: [(String, [String])] = [
        (#""red""#, ["3", "1"]), (#""boat""#, ["1"]), (#""boat*""#, ["2", "1"]), ("red", ["3", "1"]),
        (#""subject:red""#, ["3"]), (#""from:bob""#, ["3", "1"]), (#""from:carol@fabrikam.test""#, ["2"]),
        (#""to:info@contoso.test""#, ["2"]), (#""participants:carol""#, ["2"]), (#""body:office""#, ["3"]),
        (#""attachment:plan.pdf""#, ["3"]), (#""hasAttachments:true""#, ["3"]),
        (#""hasAttachment:false AND from:bob""#, ["1"]), (#""from:carol OR subject:sailing""#, ["2", "1"]),
        (#""from:bob NOT red""#, []), (#""from:bob subject:red""#, ["3"]), (#""subject:\"red ink\"""#, ["3"]),
        (#""subject:\"ink red\"""#, []), (#""sent:07/02/2018""#, ["2"]),
        (#""sent>=2018-07-02""#, ["3", "2"]),
        (#""sent:2018-07-01..2018-07-02""#, ["2", "1"]), (#""size:1..500000""#, ["3", "2", "1"]),
        (#""size<10""#, []), (#""(from:carol OR from:bob) AND sailing""#, ["1"]),
        (#""importance:medium""#, ["3", "2", "1"]),
        (#""kind:email""#, ["3", "2", "1"]), (#""received>=2019-01-01""#, ["3", "2", "1"]),
      ]
      for (search, numbers) in cases {
        let answer = try await sandbox.graph(
          "GET", "/me/messages?$select=internetMessageId&$search=\(percentEncoded(search))")
        let found = answer.list.map { $0.text("internetMessageId").dropFirst().prefix(1) }
        #expect(found.map(String.init) == numbers, "\(search): \(answer.body)")
      }
      let page = try await sandbox.graph(
        "GET", "/me/messages?$top=2&$select=subject&$search=%22kind:email%22")
      #expect(page.list.map { $0.text("subject") } == ["Red ink", "Boats"])
      let link = page.json.text("@odata.nextLink")
      #expect(link.contains("skiptoken=2"))
      #expect(try await sandbox.followed(link).list.map { $0.text("subject") } == ["Sailing"])
    }
  }

  @Test(arguments: [
    ("$search=a&$orderby=subject", "SearchWithOrderBy"),
    ("$search=a&$filter=isRead%20eq%20true", "SearchWithFilter"),
    ("$search=a&$skip=1", "SandboxNotSupported"), ("$search=a&$count=true", "SandboxNotSupported"),
    ("$search=size:big", "BadRequest"), ("$search=(a", "BadRequest"), ("$search=a%20OR", "BadRequest"),
    ("$search=%22colour:red%22", "SandboxNotSupported"), ("$search=", "BadRequest"),
    ("$skiptoken=1", "SandboxNotSupported"), ("$search=a&$skiptoken=x", "ErrorInvalidUrlQuery"),
  ])
  func `A search that cannot be made is refused`(query: String, code: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.graph("GET", "/me/messages?\(query)")
      #expect(answer.status == 400)
      #expect(answer.errorCode == code)
    }
  }

  @Test func `Any text is a search or is refused`() throws {
    var generator = SeededGenerator(seed: 11)
    let pieces = [
      "(", ")", "\"", "\\\"", " ", "OR", "AND", "NOT", "from:", "size:", "..", "1", "received>", "a*", ":",
      "2018-07-01", "é",
    ]
    for _ in 0..<3000 {
      let count = Int.random(in: 0...30, using: &generator)
      let text = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
      do throws(GraphError) {
        _ = try MessageSearch(text)
      } catch {
        #expect(error.status == 400)
      }
    }
  }
}
