@testable import SMTP

/// Any octets after a flag: the same replies and events come out whether they arrive whole or octet by octet, a message
/// that was given out has only CRLF, and nothing is waited for while there is something to do.
@_cdecl("LLVMFuzzerTestOneInput")
public func serveSMTP(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: data + 1, count: count - 1))
  let whole = Run(bytes, inPiecesOf: Int.max, flags: data[0])
  let slow = Run(bytes, inPiecesOf: 1, flags: data[0])
  precondition(whole.output == slow.output, "the replies depend on how the commands arrive")
  precondition(whole.messages == slow.messages, "the messages depend on how they arrive")
  for message in whole.messages {
    precondition(message.count <= 1000, "a message is larger than the limit")
    for (index, byte) in message.enumerated() where byte == 10 || byte == 13 || byte == 0 {
      let isWhole = byte == 10 ? index > 0 && message[index - 1] == 13 : index + 1 < message.count
      precondition(byte != 0 && isWhole, "a line end of a message is not CRLF")
    }
  }
  return 0
}

private struct Run {
  var output: [UInt8] = []
  var messages: [[UInt8]] = []

  init(_ bytes: [UInt8], inPiecesOf size: Int, flags: UInt8) {
    var configuration = ServerSession.Configuration(host: "mail.test", sizeLimit: 1000)
    configuration.recipientLimit = 3
    configuration.offersTLS = flags & 1 != 0
    configuration.allowsClearPasswords = flags & 2 != 0
    configuration.needsAuthentication = flags & 4 != 0
    var session = ServerSession(configuration)
    var message: [UInt8] = []
    var rest = bytes[...]
    var isOpen = true
    while isOpen, !rest.isEmpty {
      session.receive(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
      while let event = session.next() {
        switch event {
        case .startTLS, .close: isOpen = false
        case .content(let bytes): message += bytes
        case .data, .reset: message = []
        case .end: messages.append(message)
        default: break
        }
        // Every seventh sender is refused.
        if case .mail(let command) = event, command.sender.utf8.count % 7 == 6 {
          session.answer(.reply(SMTPReply(550, "5.7.1", "No")))
        } else {
          session.answer(.accept)
        }
      }
      output += session.takeOutput()
    }
  }
}
