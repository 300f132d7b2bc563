import Core
import Delivery
import Foundation
import Store
import StoreTesting
import Testing
import Vault
import Web

@testable import Access

/// The link in a message of a list: opened, posted to by mail programs and by people, replayed and forged.
@Suite struct UnsubscribePageTests {
  static let form = ["Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Mail/1.0\tbeta"]

  private static func link(
    _ web: TestGateway, to recipient: String = "bob@contoso.test", list: String = "news",
    in workspace: String = "default"
  ) throws -> String {
    let target = ListRecipient(
      workspace: WorkspaceID(workspace), account: AccountID("sales"), list: try #require(ListID(name: list)),
      recipient: recipient, messageID: "<1@contoso.test>")
    return String(web.services.links.url(target).dropFirst("http://localhost:3000".count))
  }

  private static func events(_ web: TestGateway, of account: String? = "sales") async throws -> [EventRecord]
  {
    try await web.services.store.read { (tx: borrowing Transaction) in
      try tx.events(.default, account.map { AccountID($0) }, limit: 100).map(\.event)
    }.filter { $0.kind.hasPrefix("list") }
  }

  private static func total(_ web: TestGateway, _ list: String = "news") async throws -> Int? {
    try await web.send("GET", "/v1/blocklist/\(list)").json["total"] as? Int
  }

  @Test(arguments: StoreEngine.allCases)
  func `opening changes nothing; one click unsubscribes once; the page leads back`(
    engine: StoreEngine
  ) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("sales", in: "default")
      let link = try Self.link(web, to: "Bob@Contoso.test")
      for method in ["GET", "HEAD", "GET"] {
        let opened = try await web.send(method, link, token: nil)
        #expect(opened.status == 200, "\(opened)")
        if method == "GET" {
          #expect(opened.body.contains("<h1>Unsubscribe</h1>") && opened.body.contains("Bob@Contoso.test"))
        }
      }
      #expect(try await Self.total(web) == 0)
      #expect(try await Self.events(web).isEmpty)

      for _ in 0..<2 {
        let posted = try await web.send(
          "POST", link, "List-Unsubscribe=One-Click", token: nil, headers: Self.form)
        #expect(posted.status == 200 && posted.body.contains("You are unsubscribed"), "\(posted)")
      }
      let entries = try await web.send("GET", "/v1/blocklist/NEWS")
      let entry = try #require((entries.json["addresses"] as? [[String: Any]])?.first, "\(entries)")
      #expect(entries.json["total"] as? Int == 1 && entries.text("listId") == "news")
      #expect(entry["recipient"] as? String == "Bob@Contoso.test" && entry["account"] as? String == "sales")
      #expect(entry["source"] as? String == "one-click" && entry["reason"] as? String == "unsubscribe")
      #expect(entry["messageId"] as? String == "<1@contoso.test>")
      #expect(entry["userAgent"] as? String == "Mail/1.0 beta")
      let events = try await Self.events(web)
      #expect(events.map(\.kind) == ["listUnsubscribe"])
      #expect(
        events[0].data
          == #"{"listId":"news","messageId":"<1@contoso.test>","recipient":"Bob@Contoso.test","userAgent":"Mail/1.0 beta"}"#
      )
      #expect(try await web.send("GET", link, token: nil).body.contains("You are unsubscribed"))

      for _ in 0..<2 {
        let back = try await web.send("POST", link, "change=comeBack", token: nil, headers: Self.form)
        #expect(back.status == 200 && back.body.contains("You are subscribed again"), "\(back)")
      }
      #expect(try await Self.total(web) == 0)
      #expect(try await web.send("GET", "/v1/blocklists").json["total"] as? Int == 0)
      let left = try await web.send("POST", link, "change=leave", token: nil, headers: Self.form)
      #expect(left.status == 200 && left.body.contains("You are unsubscribed"))
      #expect(
        try await Self.events(web).map(\.kind) == ["listUnsubscribe", "listSubscribe", "listUnsubscribe"])
      let listed = try await web.send("GET", "/v1/blocklists")
      #expect(listed.body.contains(#"{"listId":"news","count":1}"#))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `of many clicks at once one counts`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("sales", in: "default")
      let link = try Self.link(web)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<16 {
          group.addTask {
            try await web.send("POST", link, "List-Unsubscribe=One-Click", token: nil, headers: Self.form)
              .status
          }
        }
        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      }
      #expect(statuses == [200])
      #expect(try await Self.total(web) == 1)
      #expect(try await Self.events(web).map(\.kind) == ["listUnsubscribe"])
    }
  }

  @Test func `a multipart form unsubscribes too`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let body =
        "--Form7\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--Form7--\r\n"
      let posted = try await web.send(
        "POST", try Self.link(web), body, token: nil,
        headers: ["Content-Type": "multipart/form-data; boundary=Form7"])
      #expect(posted.status == 200 && posted.body.contains("You are unsubscribed"), "\(posted)")
      #expect(try await Self.total(web) == 1)
    }
  }

  @Test(arguments: [
    "", "List-Unsubscribe=one-click", "List-Unsubscribe=", "list-unsubscribe=One-Click", "change=One-Click",
    "change=everything", "List-Unsubscribe=No&change=comeBack", "x=1", "change=leave&change=leave", "%zz=1",
  ])
  func `a form that does not say what to do changes nothing`(body: String) async throws {
    try await TestGateway.open { web in
      let posted = try await web.send("POST", try Self.link(web), body, token: nil, headers: Self.form)
      #expect(posted.status == 400 && posted.body.contains("Nothing was changed"), "\(posted)")
      #expect(try await Self.total(web) == 0)
    }
  }

  @Test func `a form larger than any is refused`() async throws {
    try await TestGateway.open { web in
      let body = "List-Unsubscribe=One-Click&x=" + String(repeating: "x", count: 70_000)
      let posted = try await web.send("POST", try Self.link(web), body, token: nil, headers: Self.form)
      #expect(posted.status == 413)
      #expect(try await Self.total(web) == 0)
    }
  }

  /// Each character of data and signature replaced by another, and other changes to the whole.
  @Test func `a link with any character changed is refused`() async throws {
    try await TestGateway.open { web in
      let link = try Self.link(web)
      let characters = Array(link)
      let start = try #require(characters.firstIndex(of: "=")) + 1
      var forged = [
        "/unsubscribe", "/unsubscribe?data=&sig=", link + "A", link + "=", String(link.dropLast()),
        link.replacing("data=", with: "data=A"), link.replacing("&sig=", with: "&other="),
      ]
      for index in start..<characters.count where !"&sig=".contains(characters[index]) {
        for other in ["A", "B", "_", "."] where other != String(characters[index]) {
          var copy = characters
          copy[index] = Character(other)
          forged.append(String(copy))
        }
      }
      #expect(forged.count > 400)
      for (number, address) in forged.enumerated() {
        // All are posted to; opening is the same code, and some of it is enough.
        for method in number % 20 == 0 ? ["GET", "POST"] : ["POST"] {
          let body = method == "POST" ? "List-Unsubscribe=One-Click" : nil
          let answer = try await web.send(method, address, body, token: nil, headers: Self.form)
          #expect(answer.status == 403 && answer.body.contains("list.linkInvalid"), "\(address): \(answer)")
        }
      }
      #expect(try await web.send("GET", "/v1/blocklists").json["total"] as? Int == 0)
    }
  }

  @Test func `another's signature, purpose or key does not pass`() async throws {
    try await TestGateway.open { web in
      let (bob, carl) = (try Self.link(web), try Self.link(web, to: "carl@contoso.test"))
      let mixed = bob.prefix { $0 != "&" } + carl.drop { $0 != "&" }
      let data = String(try #require(bob.firstMatch(of: /data=([^&]*)/)).1)
      let signed = web.vault.sign(Array(data.utf8), purpose: "hosted-form")
      let hosted = "/unsubscribe?data=\(data)&sig=" + base64URL(signed)
      for address in [String(mixed), hosted, bob + "&sig=x"] {
        let answer = try await web.send(
          "POST", address, "List-Unsubscribe=One-Click", token: nil, headers: Self.form)
        #expect([400, 403].contains(answer.status), "\(answer)")
      }
      #expect(try await web.send("GET", "/v1/blocklists").json["total"] as? Int == 0)
    }
  }

  private func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link works in its workspace, after its account is gone, and not after the workspace is`(
    engine: StoreEngine
  ) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addWorkspace("north")
      try await web.addAccount("sales", in: "default")
      let north = try Self.link(web, in: "north")
      _ = try await web.send("POST", north, "List-Unsubscribe=One-Click", token: nil, headers: Self.form)
      #expect(try await Self.total(web) == 0)
      let inNorth = try await web.send(
        "GET", "/v1/blocklist/news", headers: ["Heliograph-Workspace": "north"])
      #expect(inNorth.json["total"] as? Int == 1)

      #expect(try await web.send("DELETE", "/v1/account/sales").status == 200)
      let own = try Self.link(web)
      let posted = try await web.send(
        "POST", own, "List-Unsubscribe=One-Click", token: nil, headers: Self.form)
      #expect(posted.status == 200)
      #expect(try await Self.total(web) == 1)
      #expect(try await Self.events(web, of: nil).map(\.kind) == ["listUnsubscribe"])

      #expect(try await web.send("DELETE", "/v1/workspaces/north?force=true").status == 200)
      for (method, body) in [
        ("GET", nil), ("POST", "List-Unsubscribe=One-Click"), ("POST", "change=comeBack"),
      ] {
        let gone = try await web.send(method, north, body, token: nil, headers: Self.form)
        #expect(gone.status == 403 && gone.body.contains("no longer uses this gateway"), "\(gone)")
      }
    }
  }

  @Test func `what is in an address is text on the page`() async throws {
    try await TestGateway.open { web in
      let address = #""<script>alert(1)</script>"@contoso.test"#
      let link = try Self.link(web, to: address)
      for (method, body) in [("GET", nil), ("POST", "change=leave"), ("POST", "change=comeBack")] {
        let answer = try await web.send(method, link, body, token: nil, headers: Self.form)
        #expect(answer.status == 200 && !answer.body.contains("<script"), "\(answer)")
        #expect(answer.body.contains("&lt;script&gt;"))
      }
      for text in PagesTests.hostile {
        let query =
          "?data=" + (text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "") + "&sig=x"
        let answer = try await web.send("GET", "/unsubscribe" + query, token: nil)
        #expect(
          answer.status == 403 && !answer.body.contains("<script") && !answer.body.contains("onfocus=\"a"))
      }
    }
  }
}
