import Foundation
import NIOHTTP1
import Testing

/// A mailbox through the REST API, seen from outside.
@Suite struct ReadingTests {
  @Test func `A message is listed, shown, made safe, downloaded, marked, moved and deleted`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = rig.sandbox.directory.mailboxes
      let (sender, recipient) = (try #require(mailboxes.first), try #require(mailboxes.last))
      let accounts = try await rig.connectDaemon([sender, recipient])
      let html =
        #"<p onclick="x()">Hi<script>alert(1)</script> <img src="cid:dot@a"><img src="https://t.example/1.png"></p>"#
      let body: JSON = [
        "to": [["address": .string(recipient)]], "subject": "Lunch", "html": .string(html),
        "attachments": [
          ["filename": "dot.png", "contentType": "image/png", "content": "iVBORw0KGgo=", "cid": "dot@a"],
          ["filename": "menü.txt", "contentType": "text/plain", "content": "U291cA=="],
        ],
      ]
      _ = try await rig.gateway.post("/v1/account/\(accounts[0])/submit", body).expect()
      try await eventually("it arrived") {
        try await rig.sandbox.subjects(of: recipient).contains("Lunch")
      }

      let root = "/v1/account/\(accounts[1])"
      let folders = try await rig.gateway.get(root + "/mailboxes?counters=true").expect()
      let inbox = try #require(folders["mailboxes"].list.first { $0["specialUse"].text == #"\Inbox"# })
      #expect(inbox["path"].text == "INBOX" && inbox["status"]["unseen"].int == 1)
      let list = try await rig.gateway.get(root + "/messages?path=INBOX").expect()
      #expect(list["total"].int == 1 && list["nextPageCursor"] == .null)
      let id = try #require(list["messages"].list.first?["id"].text)

      let message = try await rig.gateway.get(root + "/message/\(id)?webSafeHtml=true&markAsSeen=true")
        .expect()
      let shown = try #require(message["text"]["html"].text)
      #expect(message["text"]["webSafe"].bool == true && message["unseen"].bool == false)
      #expect(shown.contains("data:image/png;base64,iVBORw0KGgo=") && shown.contains("Hi"))
      for word in ["script", "alert", "onclick", "t.example"] { #expect(!shown.contains(word), "\(shown)") }

      let source = try await rig.gateway.get(root + "/message/\(id)/source")
      #expect(source.status == 200 && source.body.contains("Subject: Lunch"))
      let files = message["attachments"].list
      let menu = try #require(files.first { $0["filename"].text == "menü.txt" }?["id"].text)
      let file = try await rig.gateway.get(root + "/attachment/\(menu)")
      #expect(file.body == "Soup" && file.headers.first(name: "Content-Type") == "text/plain")
      #expect(file.headers.first(name: "Content-Disposition")?.hasPrefix("attachment;") == true)

      let change: JSON = ["flags": ["add": [#"\Flagged"#]], "labels": ["add": ["Red"]]]
      let changed = try await rig.gateway.send("PUT", root + "/message/\(id)", body: change.written).expect()
      #expect(
        changed["flags"]["result"] == [#"\Flagged"#, #"\Seen"#] && changed["labels"]["result"] == ["Red"])
      let moved = try await rig.gateway.send(
        "PUT", root + "/message/\(id)/move", body: #"{"path":"\\Archive"}"#
      ).expect()
      #expect(moved["id"].text == id)
      let deleted = try await rig.gateway.send("DELETE", root + "/message/\(id)?force=true").expect()
      #expect(deleted["deleted"].bool == true)
      let gone = try await rig.gateway.get(root + "/message/\(id)")
      #expect(gone.status == 404)
      gone.expectRefusal("mail.messageNotFound")
      // An id of another account's mailbox names nothing in this one.
      let own = try await rig.gateway.get("/v1/account/\(accounts[0])/messages?path=%5CSent").expect()
      let foreign = try #require(own["messages"].list.first?["id"].text)
      let unknown = try await rig.gateway.get(root + "/message/\(foreign)")
      #expect(unknown.status == 404)
      unknown.expectRefusal("mail.messageNotFound")
    }
  }
}
