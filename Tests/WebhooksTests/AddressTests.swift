import Core
import HTTP
import NIOHTTP1
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Webhooks

/// No post reaches an address that the operator has not opened, whatever the URL looks like.
@Suite(.timeLimit(.minutes(10))) struct AddressTests {
  @Test(arguments: [
    "http://127.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://0x7f.1/", "http://2130706433/",
    "http://0177.0.0.1/", "http://017700000001/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://0.0.0.0/", "http://0/", "http://[::]/", "http://localhost/", "http://LOCALHOST:8080/",
    "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://100.64.0.1/", "http://[fd00::1]/", "http://[fe80::1]/", "http://224.0.0.1/",
    "http://255.255.255.255/",
  ])
  func `a URL that leads into a private network is refused when it is entered`(url: String) async throws {
    try await Rig.run(.sqlite, allowed: []) { rig in
      let problem = await #expect(throws: Problem.self) { try await rig.webhooks().add(to: url) }
      #expect(problem?.code == .webhookAddressRefused, "\(String(describing: problem))")
      #expect(problem?.remedy?.contains("webhook-allow") == true)
    }
  }

  @Test(arguments: [
    "http://[::ffff:127.0.0.1%25lo]/", "http://[fe80::1%25eth0]/", "http://127。0。0。1/", "http://①②⑦.0.0.1/",
    "http://127.0.0.1 /", "http://127.0.0.1\t/", "http:///127.0.0.1/", "http:127.0.0.1", "//127.0.0.1/",
    "http://[]/",
    "file:///etc/passwd", "gopher://127.0.0.1/", "http://a.example:80:81/", "javascript:alert(1)",
    "https://user:password@127.0.0.1/", "https://crm.example@127.0.0.1/",
    #"https://crm.example\@169.254.169.254/"#, "http://%31%32%37.0.0.1/",
  ])
  func `what is no plain URL is refused too`(url: String) async throws {
    try await Rig.run(.sqlite, allowed: []) { rig in
      let problem = await #expect(throws: Problem.self) { try await rig.webhooks().add(to: url) }
      #expect(problem?.code == .webhookInvalid, "\(String(describing: problem))")
    }
  }

  @Test func `a name that leads elsewhere since it was entered is not followed`() async throws {
    try await Sink.run { sink in
      let address = Mutex(IPAddress(ipv4: 0x0808_0808))
      try await Rig.run(.sqlite, allowed: [], resolver: { _ in [address.withLock { $0 }] }) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: "http://crm.example:\(sink.port)/hook")
        address.withLock { $0 = IPAddress(ipv4: 0x7f00_0001) }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", for: webhooks)
          try await eventually {
            try await webhooks.route(id, in: .default).record.health.lastError?.code
              == "webhook.addressRefused"
          }
        }
        #expect(sink.received.isEmpty)
        #expect(try await webhooks.test(id, in: .default).problem?.code == "webhook.addressRefused")
      }
    }
  }

  @Test func `the connection goes to the address that was checked, under the name that was given`()
    async throws
  {
    try await Sink.run { sink in
      let asked = Atomic(0)
      let resolver: HostResolver = { _ in
        // DNS that answers differently every time: what was checked is what counts.
        let number = asked.add(1, ordering: .relaxed).newValue
        return number == 1 ? [IPAddress(ipv4: 0x7f00_0001)] : [IPAddress(ipv4: 0x0a00_0001)]
      }
      try await Rig.run(.sqlite, resolver: resolver) { rig in
        let url = try GuardedURL("http://crm.example:\(sink.port)/hook")
        for _ in 0..<3 {
          let reply = try await rig.exchange.send(
            HTTPRequest(method: .POST, url: "", body: [0x7b, 0x7d]), to: url)
          #expect(reply.status == 204)
        }
        #expect(sink.received.count == 3)
        #expect(sink.received.allSatisfy { $0.headers.first(name: "Host") == "crm.example:\(sink.port)" })
        rig.time.advance(by: .seconds(60))
        await #expect(throws: GuardedFailure.refusedAddress(IPAddress(ipv4: 0x0a00_0001))) {
          try await rig.exchange.send(HTTPRequest(method: .POST, url: ""), to: url)
        }
      }
    }
  }

  @Test func `where a host has several addresses, one that is permitted is taken`() async throws {
    try await Sink.run { sink in
      let resolver: HostResolver = { _ in [IPAddress(ipv4: 0x0a00_0001), IPAddress(ipv4: 0x7f00_0001)] }
      try await Rig.run(.sqlite, resolver: resolver) { rig in
        let url = try GuardedURL("http://crm.example:\(sink.port)/")
        #expect(try await rig.exchange.send(HTTPRequest(method: .GET, url: ""), to: url).status == 204)
      }
    }
  }
}
