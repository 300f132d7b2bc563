import ArgumentParser
import Core
import Foundation

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Walk from the gateway to a sent message and explain the first thing that fails.",
    discussion: """
      Without an argument it looks at every app and every account. Leaves with status 0 when all is well, else \
      with 1.

      EXAMPLE
        heliograph doctor alice --send-to you@example.com
      """)

  @Argument(help: "The id of an app, which is looked at with its accounts, or of an account.") var id: String?
  @Option(help: "Send a real test message from each account to this address.") var sendTo: String?
  @Flag(help: "Print what was found as JSON.") var json = false

  func run() async throws {
    let isFine = try await APIClient.withEnvironment { client in
      // Names what is wrong with the gateway, its URL or the token, before anything of Microsoft's.
      let health: Health = try await client.get("/health").read()
      let patients = try await patients(client)
      let reports = try await Self.examine(patients, client)
      if json {
        Terminal.line(try Self.json(reports))
      } else {
        show(reports, warnings: health.warnings)
      }
      return reports.allSatisfy(\.report.ok)
    }
    if !isFine { throw ExitCode.failure }
  }

  private struct Health: Decodable { let warnings: Int }

  /// What is examined, in order.
  private struct Patient: Sendable {
    let name: String
    let path: String
    let sendTo: String?
  }

  private struct Examined: Sendable {
    let patient: Patient
    let data: Data
    let report: VerificationReport
  }

  private func patients(_ client: APIClient) async throws -> [Patient] {
    // A token of one account may ask for no list.
    if let id, !id.hasPrefix("app_") { return [patient(AccountLine(account: id, app: nil))] }
    let apps: [AppLine]
    if let id {
      apps = [try await client.get("/v1/oauth2/" + pathSegment(id)).read()]
    } else {
      apps = try await Self.all("/v1/oauth2", client, \AppPage.apps, \.pages)
    }
    let accounts = try await Self.all("/v1/accounts", client, \AccountPage.accounts, \.pages)
    return apps.map(patient) + accounts.filter { id == nil || $0.app == id }.map(patient)
  }

  private func patient(_ app: AppLine) -> Patient {
    Patient(
      name: "app \(app.id) (\(app.name))", path: "/v1/oauth2/\(pathSegment(app.id))/verify", sendTo: nil)
  }

  private func patient(_ account: AccountLine) -> Patient {
    Patient(
      name: "account \(account.account)", path: "/v1/account/\(pathSegment(account.account))/verify",
      sendTo: sendTo)
  }

  private struct AppPage: Decodable {
    let pages: Int
    let apps: [AppLine]
  }

  private struct AppLine: Decodable, Sendable { let id, name: String }

  private struct AccountPage: Decodable {
    let pages: Int
    let accounts: [AccountLine]
  }

  private struct AccountLine: Decodable, Sendable {
    let account: String
    let app: String?
  }

  private static func all<Page: Decodable, Line>(
    _ path: String, _ client: APIClient, _ lines: (Page) -> [Line], _ pages: (Page) -> Int
  ) async throws -> [Line] {
    var found: [Line] = []
    var number = 0
    while true {
      let page: Page = try await client.get(
        path, query: ["page": String(number), "pageSize": "1000"]
      ).read()
      found += lines(page)
      number += 1
      if number >= pages(page) { return found }
    }
  }

  /// Each takes a second or two; so many at once hurry a large installation without straining it.
  private static let width = 8

  private static func examine(_ patients: [Patient], _ client: APIClient) async throws -> [Examined] {
    struct Body: Encodable { let sendTo: String? }
    return try await withThrowingTaskGroup(of: (Int, Examined).self) { group in
      var found: [Int: Examined] = [:]
      for (index, patient) in patients.enumerated() {
        if index >= width, let (done, examined) = try await group.next() { found[done] = examined }
        group.addTask {
          let reply = try await client.post(patient.path, Body(sendTo: patient.sendTo))
          return (index, Examined(patient: patient, data: reply.data, report: try reply.read()))
        }
      }
      for try await (done, examined) in group { found[done] = examined }
      return patients.indices.compactMap { found[$0] }
    }
  }

  private func show(_ reports: [Examined], warnings: Int) {
    Terminal.line("ok    the gateway answers, and takes the token")
    for examined in reports {
      let verdict = examined.report.ok ? "ok  " : "FAIL"
      Terminal.line("\(verdict)  \(examined.patient.name)")
      if let fault = examined.report.firstFault {
        Terminal.line(fault.explanation.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n"))
      }
    }
    if warnings > 0 {
      Terminal.line(
        "Note: \(warnings == 1 ? "a secret or certificate ends" : "\(warnings) secrets or certificates end") "
          + "within 30 days; `heliograph app list` and `app show` tell which.")
    }
    if reports.isEmpty { Terminal.line("There is no app yet: `heliograph app guide` says how to get one.") }
  }

  private static func json(_ reports: [Examined]) throws -> String {
    let all: [String: Any] = [
      "ok": reports.allSatisfy(\.report.ok),
      "found": try reports.map { try JSONSerialization.jsonObject(with: $0.data) },
    ]
    let data = try JSONSerialization.data(
      withJSONObject: all, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }
}
