import Core
import Delivery
import Foundation
import Store
import StoreTesting
import Testing
import Web

@Suite struct ListRouteTests {
  @Test(arguments: StoreEngine.allCases)
  func `addresses are blocked, listed in pages, and taken off without regard to case`(
    engine: StoreEngine
  ) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("sales", in: "default")
      for number in 0..<5 {
        let added = try await web.send(
          "POST", "/v1/blocklist/News.Example",
          #"{"account":"sales","recipient":"p\#(number)@contoso.test","reason":"on request"}"#)
        #expect(added.status == 200 && added.json["success"] as? Bool == true, "\(added)")
        #expect(added.json["added"] as? Bool == true)
        web.time.advance(by: .seconds(1))
      }
      let again = try await web.send(
        "POST", "/v1/blocklist/news.example", #"{"account":"sales","recipient":"P0@CONTOSO.test"}"#)
      #expect(again.json["added"] as? Bool == false)
      let page = try await web.send("GET", "/v1/blocklist/news.example?page=1&pageSize=2")
      #expect(page.json["total"] as? Int == 5 && page.json["pages"] as? Int == 3)
      let entries = try #require(page.json["addresses"] as? [[String: Any]])
      #expect(entries.map { $0["recipient"] as? String } == ["p2@contoso.test", "p3@contoso.test"])
      #expect(entries[0]["reason"] as? String == "on request" && entries[0]["source"] as? String == "api")
      let lists = try await web.send("GET", "/v1/blocklists")
      #expect(lists.body.contains(#""blocklists":[{"listId":"news.example","count":5}]"#), "\(lists)")

      for number in 0..<5 {
        for deleted in [true, false] {
          let answer = try await web.send(
            "DELETE", "/v1/blocklist/NEWS.example?recipient=P\(number)%40contoso.TEST")
          #expect(answer.json["deleted"] as? Bool == deleted, "\(answer)")
        }
      }
      #expect(try await web.send("GET", "/v1/blocklists").json["total"] as? Int == 0)
      let empty = try await web.send("GET", "/v1/blocklist/news.example")
      #expect(empty.status == 200 && empty.json["total"] as? Int == 0)
      #expect(try await web.rows(of: "default")["suppression"] == nil)
    }
  }

  static let refused: [(method: String, path: String, body: String?, problem: String, words: String)] = [
    ("GET", "/v1/blocklist/a%20b", nil, "request.invalidField", "listId"),
    ("GET", "/v1/blocklist/.a", nil, "request.invalidField", "listId"),
    ("GET", "/v1/blocklist/a..b", nil, "request.invalidField", "listId"),
    ("GET", "/v1/blocklist/%3Cscript%3E", nil, "request.invalidField", "listId"),
    ("GET", "/v1/blocklist/" + String(repeating: "a", count: 129), nil, "request.invalidField", "128"),
    (
      "POST", "/v1/blocklist/news", #"{"account":"sales","recipient":"nobody"}"#, "message.invalidAddress",
      "recipient"
    ),
    ("POST", "/v1/blocklist/news", #"{"account":"sales"}"#, "request.invalidField", "recipient"),
    ("POST", "/v1/blocklist/news", #"{"recipient":"a@b.test"}"#, "request.invalidField", "account"),
    (
      "POST", "/v1/blocklist/news", #"{"account":"nobody","recipient":"a@b.test"}"#, "account.notFound",
      "nobody"
    ),
    (
      "POST", "/v1/blocklist/a%0Ab", #"{"account":"sales","recipient":"a@b.test"}"#, "request.invalidField",
      "listId"
    ),
    ("DELETE", "/v1/blocklist/news", nil, "request.invalidField", "recipient"),
    ("DELETE", "/v1/blocklist/news?recipient=x", nil, "message.invalidAddress", "recipient"),
  ]

  @Test(arguments: refused)
  func `what makes no sense is refused by name`(
    method: String, path: String, body: String?, problem: String, words: String
  ) async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let answer = try await web.send(method, path, body)
      #expect(answer.problem == problem && answer.body.contains(words), "\(answer)")
      #expect(try await web.send("GET", "/v1/blocklists").json["total"] as? Int == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message of a list carries its link, which refuses the next one`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("sales", in: "default")
      func submit(_ list: String, _ more: String = "", to: String = "bob@contoso.test") async throws
        -> WebAnswer
      {
        let body = #"{"to":[{"address":"\#(to)"}],"subject":"x","text":"x","listId":"\#(list)"\#(more)}"#
        return try await web.send("POST", "/v1/account/sales/submit", body)
      }
      let sent = try await submit("News")
      let id = try #require(sent.text("queueId"), "\(sent)")
      #expect((sent.json["warnings"] as? [String])?.contains { $0.contains("RFC 8058") } == true)
      let source = try await web.send("GET", "/v1/outbox/\(id)/source")
      #expect(source.body.contains("\r\nList-ID: <news.localhost>\r\n"), "\(source.body)")
      #expect(source.body.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"))
      let unfolded = source.body.replacing("\r\n ", with: " ")
      let link = try #require(unfolded.firstMatch(of: /List-Unsubscribe: <http:\/\/localhost:3000([^>]+)>/)).1
      let left = try await web.send(
        "POST", String(link), "List-Unsubscribe=One-Click", token: nil, headers: UnsubscribePageTests.form)
      #expect(left.status == 200, "\(left)")

      let refused = try await submit("NEWS", to: "BOB@contoso.test")
      #expect(refused.status == 409 && refused.problem == "list.recipientUnsubscribed", "\(refused)")
      #expect(refused.body.contains("BOB@contoso.test") && refused.body.contains("news"))
      let preview = try await submit("news", #","dryRun":true"#)
      #expect(preview.problem == "list.recipientUnsubscribed")
      #expect(try await submit("other").status == 200)
      #expect(try await submit("news", to: "carl@contoso.test").status == 200)
      #expect(try await web.send("GET", "/v1/outbox").json["total"] as? Int == 3)

      _ = try await web.send("DELETE", "/v1/blocklist/news?recipient=bob@contoso.test")
      #expect(try await submit("news").status == 200)
    }
  }

  @Test(arguments: [
    (#""listId":"news","cc":[{"address":"carl@contoso.test"}]"#, "exactly one recipient"),
    (#""listId":"news","bcc":[{"address":"carl@contoso.test"}]"#, "exactly one recipient"),
    (#""listId":"news","headers":{"list-unsubscribe":"<https://a.example/>"}"#, "list-unsubscribe"),
    (#""listId":"news","headers":{"List-ID":"<a.example>"}"#, "List-ID"),
    (#""listId":"a b""#, "must be words"), (#""listId":"""#, "must not be empty"),
    (#""listId":["news"]"#, "listId"),
  ])
  func `a list that does not fit the message is refused`(fields: String, words: String) async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let body = #"{"to":[{"address":"bob@contoso.test"}],"subject":"x","text":"x",\#(fields)}"#
      let answer = try await web.send("POST", "/v1/account/sales/submit", body)
      #expect(answer.status == 400 && answer.body.contains(words), "\(answer)")
      #expect(try await web.send("GET", "/v1/outbox").json["total"] as? Int == 0)
    }
  }
}
