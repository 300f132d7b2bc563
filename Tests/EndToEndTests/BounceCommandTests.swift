import Foundation
import Testing

/// `heliograph bounce check`, which needs no gateway.
@Suite struct BounceCommandTests {
  private static let bounce = """
    From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.test>
    Subject: Undeliverable: Hello
    Content-Type: multipart/report; report-type=delivery-status; boundary=b

    --b
    Content-Type: text/html

    <p>Your message couldn't be delivered.</p>
    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns;a.contoso.test

    Final-Recipient: rfc822;bob@contoso.test
    Action: failed
    Status: 5.1.10
    Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
    Remote-MTA: dns;mx.contoso.test

    --b
    Content-Type: message/rfc822

    Subject: Hello
    Message-ID: <1@contoso.test>
    X-Heliograph-Id: 7

    --b--

    """

  @Test func `A bounce is explained, and other messages have another status`() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "bounce.eml")
      try Data(Self.bounce.utf8).write(to: file)
      let shown = try await Program.run(["bounce", "check", file.path], in: folder)
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(shown.output.hasPrefix("\(file.path) is a bounce (rule rfc3464).\n"), "\(shown.output)")
      for words in [
        "bob@contoso.test\tfailed\t5.1.10\tuser_unknown (hard)\tremove\t550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        "heliograph id\t7", "message id\t<1@contoso.test>", "subject\tHello",
      ] {
        #expect(shown.output.contains(words), "\(words) in \(shown.output)")
      }

      let piped = try await Program.run(["bounce", "check", "-", "--json"], input: Self.bounce, in: folder)
      #expect(piped.status == 0, "\(piped.errors)")
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(piped.output.utf8)) as? [String: Any])
      #expect(object["kind"] as? String == "bounce")
      #expect(object["messageId"] as? String == "<1@contoso.test>")
      let recipient = try #require((object["recipients"] as? [[String: Any]])?.first)
      #expect(recipient["recipient"] as? String == "bob@contoso.test")
      #expect(recipient["mta"] as? String == "mx.contoso.test")
      #expect(recipient["hard"] as? Bool == true)
      let response = try #require(recipient["response"] as? [String: Any])
      #expect(response["category"] as? String == "user_unknown")
      #expect(response["recommendedAction"] as? String == "remove")
      let headers = try #require(object["messageHeaders"] as? [String: [String]])
      #expect(headers["x-heliograph-id"] == ["7"])

      let ordinary = try await Program.run(
        ["bounce", "check", "-"], input: "From: a@contoso.test\nSubject: Hello\n\nHello\n", in: folder)
      #expect(ordinary.status == 2)
      #expect(ordinary.output == "The message is an ordinary message (no rule matches).\n")
      let missing = try await Program.run(
        ["bounce", "check", folder.appending(path: "none").path], in: folder)
      #expect(missing.status == 1 && missing.errors.contains("cannot be read"), "\(missing.errors)")
    }
  }
}
