import Core
import Foundation
import Testing

@testable import Sandbox

/// Microsoft Learn, "subscription resource type" and "Receive change notifications through webhooks".
@Suite struct SubscriptionTests {
  private func run(
    _ body: @escaping @Sendable (SandboxHarness, NotificationReceiver) async throws -> Void
  ) async throws {
    try await NotificationReceiver.run { receiver in
      try await SandboxHarness.run { sandbox in try await body(sandbox, receiver) }
    }
  }

  private static let scopes = ["Mail.Read", "Mail.ReadWrite", "Mail.Send"]

  private func body(
    _ sandbox: SandboxHarness, _ receiver: NotificationReceiver, _ changes: [String: String] = [:]
  ) -> String {
    var fields = [
      "changeType": #""created,updated,deleted""#, "notificationUrl": "\"\(receiver.origin)/notify?k=1\"",
      "resource": #""me/mailFolders('inbox')/messages""#, "clientState": #""secret""#,
      "lifecycleNotificationUrl": "\"\(receiver.origin)/life\"",
      "expirationDateTime": "\"\((sandbox.state.clock.now + .seconds(7200)).dateTimeOffset)\"",
    ]
    fields.merge(changes) { $1 }
    return "{"
      + fields.filter { !$0.value.isEmpty }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",")
      + "}"
  }

  private func subscribe(
    _ sandbox: SandboxHarness, _ receiver: NotificationReceiver, _ changes: [String: String] = [:],
    headers: [String: String] = [:]
  ) async throws -> Answer {
    try await sandbox.graph(
      "POST", "/subscriptions", token: sandbox.token(scopes: Self.scopes), headers: headers,
      body: body(sandbox, receiver, changes))
  }

  @Test func `A subscription is validated at both addresses, shown, renewed and deleted`() async throws {
    try await run { sandbox, receiver async throws in
      let created = try await subscribe(sandbox, receiver)
      #expect(created.status == 201, "\(created.body)")
      #expect(receiver.handshakes.count == 2)
      #expect(receiver.handshakes[0].hasPrefix("Validation: Testing client application reachability"))
      #expect(created.json.text("@odata.context").hasSuffix("/$metadata#subscriptions/$entity"))
      #expect(
        Set(created.json.keys)
          == Set([
            "@odata.context", "id", "resource", "applicationId", "changeType", "clientState",
            "notificationUrl", "notificationQueryOptions", "lifecycleNotificationUrl", "expirationDateTime",
            "creatorId", "includeResourceData", "latestSupportedTlsVersion", "encryptionCertificate",
            "encryptionCertificateId", "notificationUrlAppId", "notificationContentType",
          ]))
      #expect(created.json.text("clientState") == "secret")
      let token = try sandbox.token(scopes: Self.scopes)
      let path = "/subscriptions/\(created.id)"
      let shown = try await sandbox.graph("GET", path, token: token)
      #expect(shown.status == 200 && shown.json["clientState"] is NSNull)
      #expect(try await sandbox.graph("GET", "/subscriptions", token: token).list.count == 1)
      let daemon = try sandbox.appToken(roles: ["Mail.Read"])
      #expect(try await sandbox.graph("GET", "/subscriptions", token: daemon).list.isEmpty)
      #expect(try await sandbox.graph("GET", path, token: daemon).errorCode == "ResourceNotFound")

      let later = (sandbox.state.clock.now + .seconds(9000)).dateTimeOffset
      let renewed = try await sandbox.graph(
        "PATCH", path, token: token, body: #"{"expirationDateTime": "\#(later)"}"#)
      #expect(renewed.status == 200)
      #expect(renewed.json.text("expirationDateTime").prefix(19) == later.prefix(19))
      #expect(try await sandbox.graph("POST", path + "/reauthorize", token: token).status == 204)
      let fixed = try await sandbox.graph(
        "PATCH", path, token: token, body: #"{"lifecycleNotificationUrl": "https://x.test"}"#)
      #expect(fixed.status == 400)
      #expect(try await sandbox.graph("DELETE", path, token: token).status == 204)
      let gone = try await sandbox.graph("DELETE", path, token: token)
      #expect(gone.status == 404 && gone.errorCode == "ResourceNotFound")
    }
  }

  @Test func `What happens in the folder is told as documented`() async throws {
    try await run { sandbox, receiver async throws in
      let created = try await subscribe(
        sandbox, receiver, headers: ["prefer": #"IdType="ImmutableId""#])
      let item = try await sandbox.receive(message())
      var posts = receiver.posts.makeAsyncIterator()
      let post = try #require(await posts.next())
      #expect(post.path == "/notify?k=1")
      #expect(post.contentType.hasPrefix("application/json"))
      let alice = try #require(sandbox.state.directory.user("alice@contoso.test"))
      let told = try #require(post.list.first)
      #expect(post.list.count == 1)
      #expect(
        Set(told.keys) == [
          "subscriptionId", "subscriptionExpirationDateTime", "changeType", "resource", "resourceData",
          "clientState", "tenantId",
        ])
      #expect(told.text("subscriptionId") == created.id && told.text("clientState") == "secret")
      #expect(told.text("tenantId") == alice.tenantId && told.text("changeType") == "created")
      #expect(told.text("resource") == "Users/\(alice.id)/Messages/\(item.id)")
      let data = try #require(told["resourceData"] as? [String: String])
      #expect(data["@odata.type"] == "#Microsoft.Graph.Message")
      #expect(data["@odata.id"] == told.text("resource") && data["id"] == item.id)
      #expect(data["@odata.etag"] == item.json.text("@odata.etag"))

      let path = "/me/messages/\(item.id)"
      _ = try await sandbox.graph("PATCH", path, body: #"{"isRead": true}"#)
      #expect(await posts.next()?.list.map { $0.text("changeType") } == ["updated"])
      _ = try await sandbox.graph("POST", path + "/move", body: #"{"destinationId": "archive"}"#)
      #expect(await posts.next()?.list.map { $0.text("changeType") } == ["deleted"])
      try await sandbox.receive(message(), "archive")
      try await sandbox.receive(message(id: "<2@x>"))
      #expect(await posts.next()?.list.map { $0.text("changeType") } == ["created"])
    }
  }

  @Test func `A filter decides what is new and what is gone`() async throws {
    try await run { sandbox, receiver async throws in
      let created = try await subscribe(
        sandbox, receiver, ["resource": #""/me/messages?$filter=isRead eq false""#])
      #expect(created.status == 201)
      let item = try await sandbox.receive(message())
      for body in [#"{"isRead": true}"#, #"{"categories": ["a"]}"#, #"{"isRead": false}"#] {
        _ = try await sandbox.graph("PATCH", "/me/messages/\(item.id)", body: body)
      }
      _ = try await sandbox.graph("PATCH", "/me/messages/\(item.id)", body: #"{"categories": ["b"]}"#)
      #expect(
        await receiver.next(4).map { $0.text("changeType") } == ["created", "deleted", "created", "updated"])
    }
  }

  @Test(
    arguments: [
      (["expirationDateTime": ""], "InvalidRequest", "expirationDateTime is a required property"),
      (["resource": ""], "InvalidRequest", "resource is a required property"),
      (["expirationDateTime": #""2099-01-01T00:00:00Z""#], "ErrorInvalidParameter", "4230 minutes"),
      (["expirationDateTime": #""2020-01-01T00:00:00Z""#], "InvalidRequest", "future"),
      (["expirationDateTime": #""soon""#], "InvalidRequest", "Could not process"),
      (["ChangeType": #""created""#], "InvalidRequest", "Could not process"),
      (["changeType": #""renamed""#], "InvalidRequest", "changeType"),
      (["clientState": "\"\(String(repeating: "x", count: 129))\""], "InvalidRequest", "128"),
      (["notificationUrl": #""http://example.test/""#], "InvalidRequest", "https"),
      (["lifecycleNotificationUrl": #""ftp://127.0.0.1/""#], "InvalidRequest", "https"),
      (["includeResourceData": "true"], "SandboxNotSupported", "includeResourceData"),
      (["resource": #""me/events""#], "SandboxNotSupported", "events"),
      (["resource": #""me/messages?$top=1""#], "SandboxNotSupported", "$top"),
      (["resource": #""me/messages?$select=body""#], "InvalidRequest", "body"),
      (["resource": #""me/mailFolders/nowhere/messages""#], "ErrorInvalidIdMalformed", ""),
    ] as [([String: String], String, String)])
  func `A subscription that Microsoft refuses is refused`(
    changes: [String: String], code: String, named: String
  ) async throws {
    try await run { sandbox, receiver async throws in
      let answer = try await subscribe(sandbox, receiver, changes)
      #expect(answer.status == 400, "\(answer.body)")
      #expect(answer.errorCode == code)
      #expect(named.isEmpty || answer.errorMessage?.contains(named) == true, "\(answer.body)")
      #expect(await sandbox.state.notifier.current.isEmpty)
    }
  }

  @Test func `A token without a read scope, or for another's mailbox, makes no subscription`() async throws {
    try await run { sandbox, receiver async throws in
      func status(_ scopes: [String], _ resource: String = "me/messages") async throws -> Int {
        try await sandbox.graph(
          "POST", "/subscriptions", token: sandbox.token(scopes: scopes),
          body: body(sandbox, receiver, ["resource": "\"\(resource)\""])
        ).status
      }
      #expect(try await status(["Mail.ReadWrite"]) == 403)
      #expect(try await status(["Mail.Read", "Mail.Read.Shared"], "users/info@contoso.test/messages") == 403)
      #expect(try await status(["Mail.ReadBasic"]) == 201)
      try await sandbox.settings(#"{"requireReadScope": false}"#)
      #expect(try await status(["Mail.ReadWrite"]) == 201)
      let daemon = try sandbox.appToken(roles: ["Mail.Read"])
      let app = try await sandbox.graph(
        "POST", "/subscriptions", token: daemon,
        body: body(sandbox, receiver, ["resource": #""users/bob@contoso.test/messages""#]))
      #expect(app.status == 201)
    }
  }

  @Test func `A handshake that fails makes no subscription`() async throws {
    try await run { sandbox, receiver async throws in
      for (manners, named) in [
        (NotificationReceiver.Manners(echo: "other"), "must respond with 200 OK"),
        (.init(type: "text/html"), "must respond with 200 OK"),
        (.init(handshake: 403), "HTTP status code is 'Forbidden'"),
        (.init(handshake: 202), "HTTP status code is 'Accepted'"),
      ] {
        receiver.behave(manners)
        let answer = try await subscribe(sandbox, receiver)
        #expect(answer.status == 400 && answer.errorCode == "ValidationError")
        #expect(answer.errorMessage?.contains(named) == true, "\(answer.body)")
      }
      receiver.behave(.init())
      let nobody = try await subscribe(sandbox, receiver, ["notificationUrl": #""http://127.0.0.1:9/""#])
      #expect(nobody.errorCode == "ValidationError")
      #expect(await sandbox.state.notifier.current.isEmpty)
    }
  }

  @Test func `What is not taken is sent again, as the clock goes`() async throws {
    try await run { sandbox, receiver async throws in
      _ = try await subscribe(sandbox, receiver)
      receiver.behave(.init(statuses: [503, 400]))
      try await sandbox.receive(message())
      var posts = receiver.posts.makeAsyncIterator()
      let first = try #require(await posts.next())
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 60}"#)
      #expect(await posts.next()?.body == first.body)
      #expect(await posts.next()?.body == first.body)
    }
  }

  @Test func `Faults lose, double and reorder notifications`() async throws {
    try await run { sandbox, receiver async throws in
      _ = try await subscribe(sandbox, receiver, ["changeType": #""created""#])
      for fault in ["drop", "double", "reorder"] {
        let body = #"{"on": "notification", "\#(fault)": true, "user": "alice@contoso.test"}"#
        #expect(try await sandbox.postJSON("/sandbox/faults", body).status == 200)
      }
      var ids: [String] = []
      for number in 0..<4 {
        let item = try await sandbox.receive(message(id: "<\(number)@x>"))
        ids.append(try await sandbox.graph("GET", "/me/messages/\(item.id)").id)
      }
      let told = await receiver.next(4).compactMap { ($0["resourceData"] as? [String: String])?["id"] }
      #expect(told == [ids[1], ids[1], ids[3], ids[2]])
      for body in [
        #"{"on": "notification"}"#, #"{"drop": true}"#,
        #"{"on": "notification", "drop": true, "status": 500}"#,
        #"{"on": "notification", "drop": true, "double": true}"#,
      ] {
        #expect(try await sandbox.postJSON("/sandbox/faults", body).status == 400)
      }
    }
  }

  @Test func `Lifecycle events are told, and have their effects`() async throws {
    try await run { sandbox, receiver async throws in
      let created = try await subscribe(sandbox, receiver)
      var posts = receiver.posts.makeAsyncIterator()
      func tell(_ event: String) async throws -> Int {
        try await sandbox.postJSON(
          "/sandbox/lifecycle", #"{"subscription": "\#(created.id)", "event": "\#(event)"}"#
        ).status
      }
      #expect(try await tell("reauthorizationRequired") == 200)
      let post = try #require(await posts.next())
      #expect(post.path == "/life")
      #expect(
        Set(post.list[0].keys) == [
          "subscriptionId", "subscriptionExpirationDateTime", "tenantId", "clientState", "lifecycleEvent",
        ])
      #expect(post.list[0].text("lifecycleEvent") == "reauthorizationRequired")
      try await sandbox.receive(message(id: "<lost@x>"))
      let token = try sandbox.token(scopes: Self.scopes)
      let path = "/subscriptions/\(created.id)/reauthorize"
      #expect(try await tell("missed") == 200)
      #expect(await posts.next()?.list.map { $0.text("lifecycleEvent") } == ["missed"])
      #expect(try await sandbox.graph("POST", path, token: token).status == 204)
      let told = try await sandbox.receive(message(id: "<told@x>"))
      let id = try await sandbox.graph("GET", "/me/messages/\(told.id)").id
      #expect(await posts.next()?.body.contains(id) == true)
      #expect(try await tell("subscriptionRemoved") == 200)
      #expect(await posts.next()?.list.map { $0.text("lifecycleEvent") } == ["subscriptionRemoved"])
      #expect(try await sandbox.graph("POST", path, token: token).status == 404)
      #expect(try await tell("missed") == 404)
    }
  }

  @Test func `A subscription ends with its time`() async throws {
    try await run { sandbox, receiver async throws in
      let short = (sandbox.state.clock.now + .seconds(60)).dateTimeOffset
      let created = try await subscribe(sandbox, receiver, ["expirationDateTime": "\"\(short)\""])
      let until = try #require(Instant(dateTimeOffset: created.json.text("expirationDateTime")))
      #expect(until > sandbox.state.clock.now + .seconds(44 * 60))
      let token = try sandbox.token(scopes: Self.scopes)
      let path = "/subscriptions/\(created.id)"
      #expect(try await sandbox.graph("GET", path, token: token).status == 200)
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 2760}"#)
      #expect(try await sandbox.graph("GET", path, token: token).status == 404)
    }
  }
}
