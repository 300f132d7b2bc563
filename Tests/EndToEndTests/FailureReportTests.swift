import Foundation
import StoreTesting
import Testing

/// The sender of a message that came by SMTP learns of its failure in their own mailbox.
@Suite struct FailureReportTests {
  @Test func `A report of a failure arrives, and Python's email package reads it`() async throws {
    try await SMTPRig.run(environment: ["HELIOGRAPH_EXPOSE_TOKENS": "yes"]) { smtp in
      let (rig, from, to) = (smtp.rig, smtp.mailboxes[0], smtp.mailboxes[1])
      try await rig.sandbox.fault([
        "path": "*/messages", "status": 400, "code": "ErrorInvalidRecipients", "count": 1,
      ])
      let client = try SMTPClient(port: smtp.port)
      #expect(try client.signIn("a0", smtp.password).hasPrefix("235"))
      #expect(try client.say("MAIL FROM:<\(from)> RET=HDRS ENVID=QQ314").hasPrefix("250"))
      #expect(try client.say("RCPT TO:<\(to)> NOTIFY=FAILURE ORCPT=rfc822;\(to)").hasPrefix("250"))
      #expect(try client.say("DATA").hasPrefix("354"))
      #expect(try client.say("Subject: Scan\r\n\r\nPage 1\r\n.").hasPrefix("250"))
      try await smtp.arrives("Not sent: Scan", at: from)
      let failed = try #require(
        try await rig.gateway.get("/v1/outbox?state=failed").expect()["messages"].list.first)
      #expect(failed["subject"].text == "Scan" && failed["source"].text == "smtp")
      let sent = try #require(
        try await rig.gateway.get("/v1/outbox?state=sent").expect()["messages"].list.first)
      #expect(sent["source"].text == "report" && sent["envelope"]["to"].list.first?.text == from)

      let content = try await rig.content(of: "Not sent: Scan", in: from, account: "a0")
      let read = try await Program.run(
        URL(filePath: "/usr/bin/python3"), ["-c", Self.python], input: content, in: rig.folder)
      #expect(read.status == 0, "\(read.errors)")
      let facts = try JSONDecoder().decode(JSON.self, from: Data(read.output.utf8))
      #expect(facts["type"].text == "multipart/report" && facts["report"].text == "delivery-status")
      #expect(
        facts["parts"].list.compactMap(\.text) == [
          "text/plain", "message/delivery-status", "text/rfc822-headers",
        ])
      #expect(facts["recipient"].text == "rfc822; \(to)" && facts["original"].text == "rfc822;\(to)")
      #expect(facts["action"].text == "failed" && facts["status"].text?.hasPrefix("5.") == true)
      #expect(facts["envelope"].text == "QQ314" && facts["reporter"].text == "dns; localhost")
      #expect(facts["header"].text?.contains("Subject: Scan") == true)
    }
  }

  private static let python = """
    import email, email.policy, json, sys
    message = email.message_from_string(sys.stdin.read(), policy=email.policy.default)
    parts = list(message.iter_parts())
    whole, recipient = parts[1].get_payload()[:2]
    json.dump({
        "type": message.get_content_type(), "report": message.get_param("report-type"),
        "parts": [part.get_content_type() for part in parts], "reporter": whole["Reporting-MTA"],
        "envelope": whole["Original-Envelope-Id"], "recipient": recipient["Final-Recipient"],
        "original": recipient["Original-Recipient"], "action": recipient["Action"], "status": recipient["Status"],
        "header": parts[2].get_content(),
    }, sys.stdout)
    """
}

extension Rig {
  /// The bytes of a message, as Graph gives them to the account.
  fileprivate func content(of subject: String, in mailbox: String, account: String) async throws -> String {
    let path = "/sandbox/messages?user=\(mailbox)&folder=inbox"
    let found = try await http.send("GET", sandbox.origin + path).expect()["value"].list
    let id = try #require(found.first { $0["subject"].text == subject }?["id"].text)
    let token = try await gateway.get("/v1/account/\(account)/oauth-token").expect()["accessToken"].text
    let answer = try await http.send(
      "GET", sandbox.origin + "/v1.0/users/\(mailbox)/messages/\(id)/$value",
      headers: [("Authorization", "Bearer \(token ?? "")"), ("Prefer", "IdType=\"ImmutableId\"")])
    #expect(answer.status == 200, "\(answer)")
    return answer.body
  }
}
