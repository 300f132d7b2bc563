import Core
import Foundation

@testable import SMTP

/// A dialogue of a file in `Dialogues/`.
///
/// - `C: text` is a line of the client, `C\ text` the same without a line end.
/// - `S: text` is a line of the server; one that ends with `...` may go on.
/// - `E: event` is what the user of the session is told; the pieces of a message's content are one event.
/// - `! event => 550 5.7.1 text` answers an event; others are accepted.
/// - `T:` TLS has begun.
/// - `? word` sets the configuration.
///
/// `\r`, `\n`, `\t`, `\\` and `\x00` in lines of the client are octets, and `\*100{text}` is a text a hundred times.
struct Dialogue {
  var configuration = ServerSession.Configuration(host: "mail.test", sizeLimit: 1000)
  var replies: [String] = []
  var events: [String] = []
  var answers: [String: SMTPReply] = [:]
  /// What the client sends until TLS begins, and after that.
  var sent: [[UInt8]] = [[]]

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let rest = String(line.dropFirst(3))
      switch line.prefix(2) {
      case "C:": sent[sent.count - 1] += Self.octets(rest) + [13, 10]
      case "C\\": sent[sent.count - 1] += Self.octets(rest)
      case "S:": replies.append(rest)
      case "E:": events.append(rest)
      case "T:": sent.append([])
      case "! ": answer(String(line.dropFirst(2)))
      case "? ": configure(line.dropFirst(2))
      case "# ": break
      default: preconditionFailure("a dialogue has the line \(line)")
      }
    }
  }

  private mutating func answer(_ text: String) {
    let sides = text.split(separator: " => ").map(String.init)
    let words = sides[1].split(separator: " ", maxSplits: 2).map(String.init)
    answers[sides[0]] = SMTPReply(Int(words[0]) ?? 0, words[1], words[2])
  }

  private mutating func configure(_ word: Substring) {
    switch word {
    case "offersTLS": configuration.offersTLS = true
    case "encrypted": configuration.isEncrypted = true
    case "clearPasswords": configuration.allowsClearPasswords = true
    case "open": configuration.needsAuthentication = false
    case "twoRecipients": configuration.recipientLimit = 2
    default: preconditionFailure("there is no setting \(word)")
    }
  }

  static func octets(_ text: String) -> [UInt8] {
    var text = text
    while let match = text.firstMatch(of: /\\\*(\d+)\{([^}]*)\}/) {
      text.replaceSubrange(match.range, with: String(repeating: String(match.2), count: Int(match.1) ?? 0))
    }
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == UInt8(ascii: "\\"), let next = rest.popFirst() else {
        octets.append(octet)
        continue
      }
      switch next {
      case UInt8(ascii: "r"): octets.append(13)
      case UInt8(ascii: "n"): octets.append(10)
      case UInt8(ascii: "t"): octets.append(9)
      case UInt8(ascii: "x"):
        octets.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      default: octets.append(next)
      }
    }
    return octets
  }
}

/// What came of a dialogue.
struct Transcript: Equatable {
  var replies: [String] = []
  var events: [String] = []

  /// - Parameter size: of the pieces in which the client's octets arrive.
  init(of dialogue: Dialogue, inPiecesOf size: Int) {
    var session = ServerSession(dialogue.configuration)
    var output: [UInt8] = []
    for (index, octets) in dialogue.sent.enumerated() {
      if index > 0 { session.startedTLS() }
      var rest = octets[...]
      repeat {
        session.receive(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
        while let event = session.next() {
          let text = note(event)
          switch event {
          case .startTLS, .close: break
          default: session.answer(dialogue.answers[text].map { .reply($0) } ?? .accept)
          }
        }
        output += session.takeOutput()
      } while !rest.isEmpty
    }
    replies = String(decoding: output, as: UTF8.self).split(separator: "\r\n").map(String.init)
  }

  private mutating func note(_ event: ServerSession.Event) -> String {
    let text = Self.text(event)
    // How much of a message that is dropped was given out, depends on the pieces.
    if case .reset = event, events.last?.hasPrefix("content ") == true { events.removeLast() }
    if case .content = event, let last = events.last, last.hasPrefix("content ") {
      events[events.count - 1] = last + text.dropFirst("content ".count)
    } else {
      events.append(text)
    }
    return text
  }

  private static func text(_ event: ServerSession.Event) -> String {
    switch event {
    case .authenticate(let credentials):
      return
        "authenticate \(credentials.mechanism.rawValue) \(credentials.user) \(credentials.secret.reveal())"
    case .mail(let command):
      var text = "mail <\(command.sender)>"
      if let size = command.size { text += " size \(size)" }
      if command.isInternational { text += " international" }
      if let returns = command.returns { text += " returns \(returns.rawValue)" }
      if let id = command.envelopeID { text += " envelope \(id)" }
      return text
    case .recipient(let command):
      var text = "recipient <\(command.address)>"
      if let notify = command.notify {
        text += " notify \(notify.map(\.rawValue).sorted().joined(separator: ","))"
      }
      if let original = command.original { text += " original \(original)" }
      return text
    case .data: return "data"
    case .content(let bytes): return "content " + escaped(bytes)
    case .end: return "end"
    case .reset: return "reset"
    case .startTLS: return "startTLS"
    case .close: return "close"
    }
  }

  private static func escaped(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      switch byte {
      case 13: "\\r"
      case 10: "\\n"
      default: String(UnicodeScalar(byte))
      }
    }.joined()
  }
}
