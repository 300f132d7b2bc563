import Foundation
import MIME
import Testing

@testable import Sandbox

@Suite struct MailPageTests {
  /// What must stay text wherever it is shown.
  private static let hostile = "<script>alert(1)</script>\"'&\u{202E}txt.exe"

  private static func send(
    _ sandbox: SandboxHarness, subject: String, html: String? = nil, attachments: String = "[]"
  ) async throws {
    try await sandbox.settings(#"{"sendLagMs": 0}"#)
    func quoted(_ text: String) throws -> String {
      String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }
    let body = """
      {"message": {"subject": \(try quoted(subject)), "attachments": \(attachments),
        "body": {"contentType": "\(html == nil ? "text" : "html")", "content": \(try quoted(html ?? "Hello"))},
        "toRecipients": [{"emailAddress": {"name": "<i>B</i>", "address": "bob@contoso.test"}}]}}
      """
    let answer = try await sandbox.graph("POST", "/me/sendMail", body: body)
    guard answer.status == 202 else { throw HarnessFailure(what: answer.body) }
  }

  /// The path of the only message in Bob's Inbox.
  private static func path(_ sandbox: SandboxHarness) async throws -> String {
    let link = try await sandbox.messages("bob@contoso.test", "inbox").first?.text("webLink") ?? ""
    return String(link.dropFirst(sandbox.origin.count))
  }

  @Test func `A sandbox without mail says how some comes into it, and shows every mailbox`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let home = try await sandbox.get("/")
      #expect(home.status == 200)
      #expect(home.body.contains("No mail yet") && home.body.contains("<code>\(sandbox.origin)/v1.0</code>"))
      for user in sandbox.state.directory.users where user.hasMailbox {
        #expect(home.body.contains("href=\"/mailbox/\(user.id)\""))
        #expect(home.body.contains(user.userPrincipalName))
      }
      let bob = try #require(sandbox.state.directory.user("bob@contoso.test"))
      #expect(try await sandbox.get("/mailbox/\(bob.id)").body.contains("This folder is empty"))
    }
  }

  @Test func `The overview counts what is unread and shows the newest mail of all mailboxes first`()
    async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      try await Self.send(sandbox, subject: "The first")
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 5}"#)
      try await Self.send(sandbox, subject: "The second")
      let home = try await sandbox.get("/").body
      #expect(home.contains("2 unread") && !home.contains("No mail yet"))
      let second = try #require(home.range(of: "The second")),
        first = try #require(home.range(of: "The first"))
      #expect(second.lowerBound < first.lowerBound)
      for words in ["alice@contoso.test", "bob@contoso.test", "’s Inbox", "’s Sent Items", "Unread: "] {
        #expect(home.contains(words))
      }
      #expect(home.contains("Clock moved by +5 s"))
    }
  }

  @Test func `Nothing in a message is markup of ours, and what reorders text is shown by name`() async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      try await Self.send(
        sandbox, subject: Self.hostile,
        html: "<p>Hi &lt;b&gt; <script>x()</script><i>there</i></p><img src=\"https://evil.test/x.png\">")
      let path = try await Self.path(sandbox)
      let bob = try #require(sandbox.state.directory.user("bob@contoso.test"))
      for page in ["/", "/mailbox/\(bob.id)?folder=inbox", path, path + "?view=text", path + "?view=source"] {
        let answer = try await sandbox.get(page)
        #expect(answer.status == 200)
        #expect(!answer.body.contains("<script") && !answer.body.contains("<i>"), "\(page)")
        #expect(!answer.body.unicodeScalars.contains("\u{202E}"), "\(page)")
        let policy = try #require(answer.header("content-security-policy"))
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("script-src") && !policy.contains("http"))
      }
      let page = try await sandbox.get(path)
      #expect(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"))
      #expect(page.body.contains("<span class=\"mark\">U+202E</span>txt.exe"))
      #expect(try await sandbox.get(path + "?view=text").body.contains("Hi &lt;b&gt; there"))
    }
  }

  @Test func `HTML is shown in a frame that runs nothing and loads nothing`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await Self.send(sandbox, subject: "HTML", html: "<p style=\"color: red\">Hi</p>")
      let path = try await Self.path(sandbox)
      let page = try await sandbox.get(path)
      let frame = try #require(page.body.firstMatch(of: #/<iframe [^>]*>/#)).output
      #expect(frame.contains(" sandbox srcdoc=\"") && !frame.contains("allow"))
      #expect(frame.contains("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:"))
      #expect(frame.contains("&lt;p style=&quot;color: red&quot;&gt;"))
      let text = try await sandbox.get(path + "?view=text")
      #expect(!text.body.contains("<iframe") && text.body.contains("no plain-text part"))
      #expect(text.header("content-security-policy")?.contains("unsafe-inline") == false)
    }
  }

  @Test func `A message without HTML is shown as text, and its source can be read and saved`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      _ = try await sandbox.graphMIME("/me/sendMail", message(subject: "Plain"))
      let path = try await Self.path(sandbox)
      let page = try await sandbox.get(path)
      #expect(page.body.contains("The sun is out.") && !page.body.contains("view=html"))
      let source = try await sandbox.get(path + "?view=source")
      #expect(source.body.contains("Message-ID: &lt;one@heliograph.test&gt;"))
      let saved = try await sandbox.get(path + "/message.eml")
      #expect(saved.body.contains("Message-ID: <one@heliograph.test>\r\n"))
      #expect(saved.header("content-disposition") == "attachment; filename*=UTF-8''message.eml")
    }
  }

  @Test func `Attachments are listed, and saved whatever they claim to be`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let file = """
        [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a \\"b\\" é.html", "contentType": "text/html",
          "contentBytes": "\(Data("<script>x</script>".utf8).base64EncodedString())"}]
        """
      try await Self.send(sandbox, subject: "Files", attachments: file)
      let path = try await Self.path(sandbox)
      let page = try await sandbox.get(path)
      #expect(
        page.body.contains("a &quot;b&quot; é.html") && page.body.contains("<bdi>text/html</bdi>, 18 bytes"))
      let saved = try await sandbox.get(path + "/attachments/0")
      #expect(saved.body == "<script>x</script>")
      #expect(saved.header("content-type") == "application/octet-stream")
      #expect(saved.header("x-content-type-options") == "nosniff")
      #expect(saved.header("content-disposition") == "attachment; filename*=UTF-8''a%20%22b%22%20%C3%A9.html")
      #expect(try await sandbox.get(path + "/attachments/1").status == 404)
    }
  }

  @Test func `An image that is part of the message is shown in it`() {
    let image = "data:image/png;base64,aGk="
    #expect(Self.mail("image/png").document.contains("<img src=\"\(image)\">"))
    #expect(Self.mail("image/png; name=\"x.png\"").document.contains(image))
    for type in ["text/html", "image/png\"><script>", "image/"] {
      #expect(Self.mail(type).document.contains("<img src=\"cid:one@x\">"))
    }
  }

  @Test func `A message that repeats an image without end stays small`() {
    let image = [UInt8](repeating: 0, count: 100_000)
    #expect(Self.mail("image/png", times: 1000, image).document.utf8.count < 100_000)
    #expect(Self.mail("image/png", times: 10, image).document.utf8.count > 1_000_000)
  }

  private static func mail(_ type: String, times: Int = 1, _ image: [UInt8] = Array("hi".utf8)) -> HTMLMail {
    let body = MessageBody(
      kind: .html, content: String(repeating: "<img src=\"cid:one@x\">", count: times))
    return HTMLMail(
      Message(
        source: MessageSource([], fieldsEnd: 0), internetMessageID: "", subject: "", to: [], cc: [], bcc: [],
        replyTo: [], body: body,
        importance: .normal, headers: [],
        attachments: [.init(name: nil, contentType: type, contentID: "one@x", content: image)],
        attachmentNumbers: [0], nextAttachmentNumber: 1))
  }

  @Test(arguments: [
    "/mailbox/x", "/mailbox/b0000000-0000-4000-8000-000000000002?folder=x", "/mailbox/x/y", "/requests/7",
    "/requests/x", "/mailbox/x/y/message.eml",
  ])
  func `A page that does not exist says so as a page`(path: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.get(path)
      #expect(answer.status == 404)
      #expect(answer.body.contains("<h1>Not found</h1>") && answer.body.contains("<nav "))
    }
  }

  @Test func `The icon is an image`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let icon = try await sandbox.get("/favicon.ico")
      #expect(icon.status == 200 && icon.header("content-type") == "image/svg+xml")
      #expect(icon.body.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" "))
    }
  }

  @Test(arguments: [
    (0.5, "+500 ms"), (3600, "+1 h"), (7_862_400, "+91 d"), (90_061, "+1 d 1 h"), (-5400, "−1 h 30 min"),
  ])
  func `A jump of the clock is told in two parts at most`(seconds: Double, words: String) {
    #expect(Duration.milliseconds(Int(seconds * 1000)).words == words)
  }
}
