import ArgumentParser
import Core
import Foundation
import JSON
import MIME

struct BounceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounce", abstract: "Read what a received message reports.", subcommands: [Check.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say whether a message is a bounce, and what it reports.",
      discussion: """
        Reads the start of a message (RFC 5322) and shows what kind of message it is, which rule says so, what it reports of \
        each recipient, and which sent message it is about. The gateway is not asked. Exits with status 0 for a bounce, \
        \(noBounce) for any other message, 1 when the file cannot be read.
        """)

    /// Of a message that is no bounce; 1 is a failure.
    static let noBounce: Int32 = 2

    @Argument(help: .init("The message; - for standard input.", valueName: "file")) var file: String
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
      let report = try read()
      if json { Terminal.json(report.json) } else { show(report) }
      if report.kind != .bounce { throw ExitCode(Self.noBounce) }
    }

    private func read() throws -> MailReport {
      let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
      guard let handle else { throw Problem.unreadableFile(file) }
      defer { if file != "-" { try? handle.close() } }
      var reader = MailReportReader()
      do {
        while reader.needsMore, let piece = try handle.read(upToCount: Self.piece), !piece.isEmpty {
          reader.feed(Array(piece)[...])
        }
      } catch {
        throw Problem.unreadableFile(file)
      }
      return reader.finish()
    }

    /// Bytes that are read at once.
    private static let piece = 64 << 10

    private func show(_ report: MailReport) {
      let name = file == "-" ? "The message" : file
      let rule = report.kind == .ordinary ? "no rule matches" : "rule \(report.rule)"
      Terminal.line("\(name) is \(report.kind.words) (\(rule)).")
      if !report.recipients.isEmpty {
        Terminal.line()
        Terminal.table(
          ["recipient", "action", "status", "category", "do", "reply"], report.recipients.map(\.cells))
      }
      let fields = report.fields.filter { !$0.value.isEmpty }
      if !fields.isEmpty { Terminal.line() }
      Terminal.fields(fields)
    }
  }
}

extension MailReport.Kind {
  /// With its article.
  fileprivate var words: String {
    switch self {
    case .bounce: "a bounce"
    case .delay: "a report of a delay"
    case .delivered: "a report of delivery"
    case .complaint: "a complaint"
    case .autoReply: "an automatic reply"
    case .readReceipt: "a read receipt"
    case .ordinary: "an ordinary message"
    }
  }
}

// For people
extension MailReport {
  fileprivate var fields: [(name: String, value: String)] {
    [
      ("reported by", reportingMTA ?? ""), ("complaint", complaint?.feedbackType ?? ""),
      ("complained", complaint?.originalRcptTo.joined(separator: ", ") ?? ""),
      ("disposition", receipt?.disposition ?? ""), ("queue id", queueID ?? ""),
      ("message id", original.messageID ?? ""), ("refers to", original.references.joined(separator: " ")),
      ("heliograph id", original.heliographID ?? ""),
      ("exchange id", original.networkMessageIDs.joined(separator: " ")),
      ("envelope id", original.envelopeID ?? ""), ("subject", original.subject ?? ""),
      ("sent to", original.to.joined(separator: ", ")),
    ]
  }
}

extension MailReport.Recipient {
  fileprivate var cells: [String] {
    let isFailure = action == .failed || action == .delayed
    return [
      address, action.rawValue, status?.description ?? "",
      isFailure ? cause.category.rawValue + (cause.isHard ? " (hard)" : "") : "",
      isFailure ? cause.action.rawValue : "", diagnostic?.text ?? "",
    ]
  }
}

// As JSON, in the words of the webhook for bounces
extension MailReport {
  fileprivate var json: JSONValue {
    var object = JSONObject()
    object["kind"] = .string(kind.rawValue)
    object["rule"] = .string(rule)
    object["recipients"] = .array(recipients.map(\.json))
    object["reportingMta"] = reportingMTA.map(JSONValue.string)
    object["arf"] = complaint?.json
    if let receipt {
      object["disposition"] = .string(receipt.disposition)
      object["automatic"] = .bool(receipt.isAutomatic)
    }
    object["queueId"] = queueID.map(JSONValue.string)
    object["messageId"] = original.messageID.map(JSONValue.string)
    object["references"] = .strings(original.references)
    object["heliographId"] = original.heliographID.map(JSONValue.string)
    object["networkMessageIds"] = .strings(original.networkMessageIDs)
    object["envelopeId"] = original.envelopeID.map(JSONValue.string)
    object["subject"] = original.subject.map(JSONValue.string)
    var headers = JSONObject()
    for field in original.fields {
      let name = field.name.lowercased()
      headers[name] = .array((headers[name]?.array ?? []) + [.string(field.value)])
    }
    object["messageHeaders"] = headers.isEmpty ? nil : .object(headers)
    return .object(object)
  }
}

extension MailReport.Recipient {
  fileprivate var json: JSONValue {
    var object = JSONObject()
    object["recipient"] = .string(address)
    object["originalRecipient"] = original.map(JSONValue.string)
    object["action"] = .string(action.rawValue)
    var response = JSONObject()
    response["source"] = (diagnostic?.source).map(JSONValue.string)
    response["message"] = (diagnostic?.text).map(JSONValue.string)
    response["status"] = (status?.description).map(JSONValue.string)
    if action == .failed || action == .delayed {
      response["category"] = .string(cause.category.rawValue)
      response["recommendedAction"] = .string(cause.action.rawValue)
      object["hard"] = .bool(cause.isHard)
    }
    response["blocklist"] = cause.blocklist.map {
      ["name": .string($0.name), "type": .string($0.type.rawValue)]
    }
    object["response"] = response.isEmpty ? nil : .object(response)
    object["mta"] = remoteMTA.map(JSONValue.string)
    object["willRetryUntil"] = (willRetryUntil?.description).map(JSONValue.string)
    return .object(object)
  }
}

extension MailReport.Complaint {
  fileprivate var json: JSONValue {
    var object = JSONObject()
    object["source"] = .string(source)
    object["feedbackType"] = .string(feedbackType)
    object["originalMailFrom"] = originalMailFrom.map(JSONValue.string)
    object["originalRcptTo"] = .strings(originalRcptTo)
    object["sourceIp"] = sourceIP.map(JSONValue.string)
    object["arrivalDate"] = (arrivalDate?.description).map(JSONValue.string)
    object["userAgent"] = userAgent.map(JSONValue.string)
    object["version"] = version.map(JSONValue.string)
    object["reportingMta"] = reportingMTA.map(JSONValue.string)
    return .object(object)
  }
}

extension JSONValue {
  /// `nil` for none.
  fileprivate static func strings(_ texts: [String]) -> JSONValue? {
    texts.isEmpty ? nil : .array(texts.map(JSONValue.string))
  }
}
