import Core
import MIME

/// Any octets: they are read or refused within the limits, hidden recipients go and come, and what was read
/// can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func parseMessage(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let message = try? MIMEMessage(parsing: bytes) else { return 0 }
  read(message)
  checkBcc(bytes)
  checkRoundTrip(message)
  return 0
}

private func read(_ message: MIMEMessage) {
  _ = (message.text, message.html, message.attachments, message.date, message.malformedRecipients)
  for field in message.fields { _ = (field.text, field.value, message.addresses(field.name)) }
}

private func checkBcc(_ bytes: [UInt8]) {
  guard let hidden = try? EmailAddress("hidden@example.com"),
    let removed = try? MIMEMessage.removingBcc(from: bytes),
    let clean = try? MIMEMessage(parsing: removed)
  else { preconditionFailure("a Bcc could not be removed from a message that can be read") }
  precondition(!clean.fields.contains { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }, "a Bcc was left")
  // One field more may pass a limit.
  guard let added = try? MIMEMessage.addingBcc([hidden], to: removed),
    let full = try? MIMEMessage(parsing: added)
  else {
    return
  }
  precondition(full.addresses("Bcc").map(\.address) == [hidden], "the Bcc is not found")
}

private func checkRoundTrip(_ message: MIMEMessage) {
  guard let from = message.addresses("From").first, let id = try? MessageID("<fuzz@example.com>") else {
    return
  }
  var copy = Composition(from: from, messageID: id, date: message.date ?? Instant(microseconds: 0))
  copy.to = message.addresses("To")
  copy.subject = message.subject
  copy.text = message.text
  copy.html = message.html
  copy.attachments = message.attachments
  guard let bytes = try? copy.compose(), let again = try? MIMEMessage(parsing: bytes) else { return }
  precondition(again.addresses("From") == [from], "From changed")
  precondition(again.addresses("To") == copy.to, "To changed")
  precondition(again.subject == message.subject, "the subject changed")
  precondition(again.date == message.date || message.date == nil, "the date changed")
  precondition(again.html != nil || message.html == nil, "the HTML is gone")
  precondition(again.attachments.map(\.name) == sorted(copy).map(\.name), "a file name changed")
}

/// In the order in which they are written.
private func sorted(_ message: Composition) -> [Attachment] {
  guard message.html != nil else { return message.attachments }
  return message.attachments.filter(\.isInline) + message.attachments.filter { !$0.isInline }
}
