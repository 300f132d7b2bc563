import API
import ArgumentParser
import Core
import Foundation
import NIOCore

struct Send: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a message, or one for each row of a table, through a running gateway.",
    discussion: """
      The text is read from standard input unless --text is given. The gateway replies once the message is on \
      disk; `heliograph queue list` shows the messages that are not sent yet, and --wait waits until this one is. Files \
      of more than 5 MB are uploaded in parts.

      With --csv, each row of a table is a message. The first row names the columns: account, from, to, cc, bcc, \
      reply-to, subject, text, html, attachment (a path; may be repeated), send-at, priority and idempotency-key. The \
      options apply to rows that leave a column empty. An invalid row does not stop the others. The result \
      of each row is recorded in a second file; running the same command again skips the rows that were \
      queued and retries those that failed. With --list-id, a row whose recipient has left the list is recorded as \
      skipped, which is no failure. Within two days no row is sent twice, even if the run was killed \
      before it could record the result.

      EXAMPLE
        echo 'See you at noon.' | heliograph send --account alice --to bob@example.com --subject Lunch --wait
        heliograph send --account alice --csv invitations.csv --dry-run
      """)

  @Option(help: "The account to send from.") var account: AccountID?
  @Option(help: "A recipient; may be repeated.") var to: [String] = []
  @Option(help: "A Cc recipient; may be repeated.") var cc: [String] = []
  @Option(help: "A Bcc recipient; may be repeated.") var bcc: [String] = []
  @Option(help: "The From address; default: the account's own.") var from: String?
  @Option(help: "The subject.") var subject: String?
  @Option(help: "The text; default: standard input.") var text: String?
  @Option(help: "A file with the message as HTML.") var html: String?
  @Option(help: "A file to attach; may be repeated.") var attach: [String] = []
  @Option(help: "When to send it, such as 2027-05-20T14:00:00+02:00; default: now.") var sendAt: Instant?
  @Option(help: "high, normal or low: messages of a mailbox leave in this order.")
  var priority: SubmitRequest.Priority?
  @Option(help: "The list that the message belongs to; it must have one recipient, who can leave the list.")
  var listId: ListID?
  @Option(help: "A file with a whole message (RFC 5322), in place of the text.") var raw: String?
  @Flag(help: "Check and print the message as it would be sent, or check all rows; send nothing.")
  var dryRun = false
  @Option(help: "A key by which a repeated command sends only once.") var idempotencyKey: String?
  @Flag(help: "Wait until the message is sent; the exit status is 0 only then.") var wait = false
  @Option(help: "With --wait: how many seconds to wait; default: as long as it takes.") var timeout: Int?
  @Option(help: "A CSV file with a message in each row, or - for standard input.") var csv: String?
  @Option(help: "With --csv: the file for the results; default: the table's name followed by .results.csv.")
  var results: String?
  @Option(
    name: .customLong("run"),
    help: "With --csv: a name for the run that makes its rows new messages, even if they were sent before.")
  var runName: String?
  @Flag(help: "Print the gateway's replies, or the results of rows, as JSON, one per line.") var json = false

  func validate() throws {
    if let listId, ListID(name: listId.rawValue) == nil {
      throw ValidationError(
        "--list-id must be words of letters, digits, hyphens and underscores with dots between them, "
          + "\(ListID.longest) characters at most, not “\(listId)”.")
    }
    if csv == nil, account == nil { throw ValidationError("--account is missing: the account to send from.") }
    if timeout != nil, !wait { throw ValidationError("--timeout is for --wait.") }
    if let timeout, timeout < 1 { throw ValidationError("--timeout must be at least 1, not \(timeout).") }
    if wait, dryRun { throw ValidationError("--wait and --dry-run cannot be combined: nothing is sent.") }
    guard let csv else {
      if results != nil || runName != nil { throw ValidationError("--results and --run are for --csv.") }
      return
    }
    for (name, isGiven) in [
      ("--raw", raw != nil), ("--idempotency-key", idempotencyKey != nil), ("--wait", wait),
    ]
    where isGiven {
      throw ValidationError("\(name) is for one message; it cannot be combined with --csv.")
    }
    if csv == "-", results == nil, !dryRun {
      throw ValidationError("Name a file for the results with --results, so that a second run can continue.")
    }
  }

  func run() async throws {
    if let csv { return try await send(table: csv) }
    let composer = MessageComposer(try message(), account: account, attachments: attach)
    let headers = idempotencyKey.map { [(RequestHeader.idempotencyKey.name, $0)] } ?? []
    try await APIClient.withEnvironment { client in
      let message = try composer.message()
      let body = try await composer.request(
        message, client, isDryRun: dryRun, bar: ProgressLine(isShown: !json))
      let reply = try await client.call(
        Operations.submit, path: message.account, body: body, headers: headers, timeout: .minutes(10))
      if json { reply.printJSON() } else { show(reply.value) }
      guard wait, let id = reply.value.queueId else { return }
      let limit = timeout.map { Duration.seconds($0) }
      try await SendWatch(client: client, json: json).untilSent(id, within: limit)
    }
  }

  private func show(_ receipt: SubmitReply) {
    if let preview = receipt.preview { return FileHandle.standardOutput.write(Data(preview)) }
    Terminal.line("\(receipt.response): \(receipt.queueId?.rawValue ?? ""), \(receipt.messageId ?? "")")
    if let sendAt = receipt.sendAt { Terminal.line("It is sent at \(sendAt).") }
  }

  private func send(table: String) async throws {
    let composer = MessageComposer(try message(readsText: false), account: account, attachments: attach)
    let file = try TableFile(table)
    let results = dryRun ? nil : try SendResults(results ?? table + ".results.csv")
    let counts = try await APIClient.withEnvironment { client in
      try await SendTable(
        client: client, composer: composer, isDryRun: dryRun, json: json, run: runName ?? ""
      )
      .send(file, results)
    }
    counts.summarise(isDryRun: dryRun, json: json)
    if counts.failed > 0 { throw ExitCode.failure }
  }

  private func message(readsText: Bool = true) throws -> SubmitRequest {
    var message = SubmitRequest()
    message.from = from.map { AddressField($0) }
    message.to = to.map { AddressField($0) }
    message.cc = cc.map { AddressField($0) }
    message.bcc = bcc.map { AddressField($0) }
    message.subject = subject
    message.sendAt = sendAt
    message.priority = priority
    message.listId = listId
    if let raw {
      message.raw = .bytes(Array(try MessageComposer.file(raw)))
      return message
    }
    message.text = readsText ? try messageText() : text
    message.html = try html.map { String(decoding: try MessageComposer.file($0), as: UTF8.self) }
    return message
  }

  private func messageText() throws -> String? {
    if let text { return text }
    if html != nil, StandardInput.isTerminal { return nil }
    return String(decoding: try StandardInput.read("the text"), as: UTF8.self)
  }
}
