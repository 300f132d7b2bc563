import API
import ArgumentParser
import Core
import Foundation

struct Send: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a message through a running gateway.",
    discussion: """
      The text is read from standard input unless --text is given. The gateway replies once the message is on \
      disk; `heliograph queue list` shows the messages that are not sent yet.

      EXAMPLE
        echo 'See you at noon.' | heliograph send --account alice --to bob@example.com --subject Lunch
      """)

  @Option(help: "The account to send from.") var account: AccountID
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
  @Option(help: "A file with a whole message (RFC 5322), in place of the text.") var raw: String?
  @Flag(help: "Check and print the message as it would be sent; send nothing.") var dryRun = false
  @Option(help: "A key by which a repeated command sends only once.") var idempotencyKey: String?
  @Flag(help: "Print the gateway's reply as JSON.") var json = false

  func run() async throws {
    let message = try message()
    let headers = idempotencyKey.map { [(RequestHeader.idempotencyKey.name, $0)] } ?? []
    try await APIClient.withEnvironment { client in
      let reply = try await client.call(Operations.submit, path: account, body: message, headers: headers)
      if json { return reply.printJSON() }
      let receipt = reply.value
      if let preview = receipt.preview { return FileHandle.standardOutput.write(Data(preview)) }
      Terminal.line("\(receipt.response): \(receipt.queueId?.rawValue ?? ""), \(receipt.messageId)")
      if let sendAt = receipt.sendAt { Terminal.line("It is sent at \(sendAt).") }
    }
  }

  private func message() throws -> SubmitRequest {
    var message = SubmitRequest()
    message.from = from.map { AddressField($0) }
    message.to = to.map { AddressField($0) }
    message.cc = cc.map { AddressField($0) }
    message.bcc = bcc.map { AddressField($0) }
    message.subject = subject
    message.sendAt = sendAt
    message.priority = priority
    message.dryRun = dryRun ? true : nil
    if let raw {
      message.raw = .bytes(Array(try file(raw)))
      return message
    }
    message.text = try messageText()
    message.html = try html.map { String(decoding: try file($0), as: UTF8.self) }
    message.attachments = try attach.map { path in
      var attachment = AttachmentField()
      attachment.filename = URL(filePath: path).lastPathComponent
      attachment.content = .bytes(Array(try file(path)))
      return attachment
    }
    return message
  }

  private func messageText() throws -> String? {
    if let text { return text }
    if html != nil, StandardInput.isTerminal { return nil }
    return String(decoding: try StandardInput.read("the text"), as: UTF8.self)
  }

  private func file(_ path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem.unreadableFile(path)
    }
    return data
  }
}
