import Accounts
import Core
import Foundation
import Store
import StoreTesting
import Testing

@testable import Diagnosis

/// Apps as a caller of the API sees them.
@Suite struct AppRoutesTests {
  private static let app =
    #""name":"n","provider":"outlook","clientId":"22222222-2222-4222-8222-222222222223""#

  @Test func `an app comes back as it was given, masked, with its warnings`() async throws {
    try await TestGateway.open { gateway in
      let body =
        #"{\#(Self.app),"clientSecret":"0f5a7c1e-1111-4222-8333-444455556666","cloud":"china","sendOnly":true,"#
        + #""baseScopes":"imap","secretExpires":"2100-05-20","skipScopes":["offline_access"]}"#
      let made = try await gateway.send("POST", "/v1/oauth2", body)
      #expect(made.status == 200, "\(made)")
      for code in ["secret.looksLikeID", "scopes.noOfflineAccess", "scopes.noLookUp"] {
        #expect(made.body.contains(code), "\(made)")
      }
      let id = try #require(made.text("id"))
      let read = try await gateway.send("GET", "/v1/oauth2/\(id)")
      #expect(read.text("clientSecret") == "******" && read.text("cloud") == "china")
      #expect(read.text("baseScopes") == "imap" && read.json["sendOnly"] as? Bool == true)
      #expect(read.text("secretExpires") == "2100-05-20T00:00:00.000Z")
      #expect(!read.body.contains("0f5a7c1e"))
    }
  }

  @Test func `only the operator shares an app`() async throws {
    try await TestGateway.open { gateway in
      let token = try await gateway.token(in: "default")
      let shared = #"{\#(Self.app),"shared":true}"#
      let refused = try await gateway.send("POST", "/v1/oauth2", shared, token: token)
      #expect(refused.status == 403 && refused.problem == "token.scope")
      let made = try await gateway.send("POST", "/v1/oauth2", shared)
      let id = try #require(made.text("id"), "\(made)")
      for method in ["PUT", "DELETE"] {
        let answer = try await gateway.send(
          method, "/v1/oauth2/\(id)", method == "PUT" ? #"{"name":"x"}"# : nil, token: token)
        #expect(answer.problem == "token.scope", "\(answer)")
      }
      try await gateway.addWorkspace("brand")
      let elsewhere = ["Heliograph-Workspace": "brand"]
      let unseen = try await gateway.send("GET", "/v1/oauth2/\(id)", headers: elsewhere)
      #expect(unseen.status == 404)
      for path in ["registration", "verify"] {
        let answer = try await gateway.send(
          path == "verify" ? "POST" : "GET", "/v1/oauth2/\(id)/\(path)", headers: elsewhere)
        #expect(answer.status == 404, "\(answer)")
      }
      let misplaced = try await gateway.send("POST", "/v1/oauth2", shared, headers: elsewhere)
      #expect(misplaced.problem == "app.invalid")
    }
  }

  @Test func `an unknown cloud is refused with those that are known`() async throws {
    try await TestGateway.open { gateway in
      let answer = try await gateway.send(
        "POST", "/v1/oauth2", #"{\#(Self.app),"cloud":"https://mars.test"}"#)
      #expect(answer.status == 400 && answer.problem == "app.invalid")
      #expect(answer.text("remedy") == "Use one of global, gcc-high, dod, china.")
    }
  }

  @Test func `health counts what ends soon, and tells the operator which`() async throws {
    try await TestGateway.open { gateway in
      let end = String((gateway.time.now + .seconds(5 * 86_400)).description.prefix(10))
      let body = #"{\#(Self.app),"clientSecret":"a~secret","secretExpires":"\#(end)"}"#
      _ = try await gateway.send("POST", "/v1/oauth2", body)
      let open = try await gateway.send("GET", "/health", token: nil)
      #expect(open.json["warnings"] as? Int == 1 && open.json["secrets"] == nil)
      let token = try await gateway.token(in: "default")
      let ordinary = try await gateway.send("GET", "/health", token: token)
      #expect(ordinary.json["secrets"] == nil)
      let told = try await gateway.send("GET", "/health")
      #expect(told.body.contains(#""days":4"#) || told.body.contains(#""days":5"#), "\(told)")
    }
  }

  @Test func `a verification answers with every step, and what is wrong is no error`() async throws {
    try await TestGateway.open { gateway in
      let made = try await gateway.send("POST", "/v1/oauth2", "{\(Self.app)}")
      let id = try #require(made.text("id"))
      let found = try await gateway.send("POST", "/v1/oauth2/\(id)/verify")
      #expect(found.status == 200 && found.json["ok"] as? Bool == false)
      #expect((found.json["steps"] as? [Any])?.count == VerificationStep.ID.allCases.count)
      #expect(found.body.contains("entra.unreachable"))
      let refused = try await gateway.send(
        "POST", "/v1/oauth2/\(id)/verify", #"{"sendTo":"nobody","account":"a"}"#)
      #expect(refused.problem == "request.invalidField")
    }
  }
}
