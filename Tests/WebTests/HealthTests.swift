import Delivery
import StoreTesting
import Testing
import Web

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct HealthTests {
  @Test(arguments: StoreEngine.allCases)
  func `health says that messages wait for the installation, and to operators why`(engine: StoreEngine)
    async throws
  {
    try await TestGateway.open(engine) { gateway in
      #expect(try await gateway.send("GET", "/health", token: nil).status == 200)
      _ = try await gateway.furnish("alpha")
      // As if it were sealed with another key.
      try await gateway.services.store.write { (tx: borrowing Transaction) in
        try tx.execute("UPDATE oauth2_app SET client_secret = $1", [UInt8](repeating: 7, count: 80))
      }
      let sending = Task { try await gateway.services.outbox.run() }
      while try await gateway.services.outbox.fault() == nil { try await Task.sleep(for: .milliseconds(1)) }
      sending.cancel()
      _ = await sending.result
      let anonymous = try await gateway.send("GET", "/health", token: nil)
      #expect(anonymous.status == 503 && anonymous.problem == "server.faulty")
      #expect(anonymous.text("message") == "Messages wait: the gateway has a fault.")
      let told = try await gateway.send("GET", "/health")
      #expect(told.problem == "server.faulty")
      #expect(told.text("message")?.contains("is damaged") == true, "\(told)")
    }
  }
}
