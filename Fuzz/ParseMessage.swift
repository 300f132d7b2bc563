import Core
import MIME

/// Any octets: they are read, whatever they are; hidden recipients go and come; and what was read can be written and
/// read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func parseMessage(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let message = MIMEMessage(parsing: bytes)
  read(message)
  checkBcc(bytes)
  checkRoundTrip(message)
  return 0
}

private func read(_ message: MIMEMessage) {
  _ = (message.text, message.html, message.attachments, message.date)
  _ = (message.malformedRecipients, message.doubtfulRecipients)
  for field in message.fields { _ = (field.text, field.value, message.addresses(field.name)) }
  precondition(message.headerRecipients.allSatisfy(\.isValid), "a recipient is not valid")
}

private func checkBcc(_ bytes: [UInt8]) {
  guard let hidden = try? EmailAddress("hidden@example.com"),
    let removed = try? MIMEMessage.removingBcc(from: bytes)
  else { return }
  let clean = MIMEMessage(parsing: removed)
  precondition(!clean.fields.contains { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }, "a Bcc was left")
  // One field more may pass a limit.
  guard let added = try? MIMEMessage.addingBcc([hidden], to: removed) else { return }
  let full = MIMEMessage(parsing: added)
  guard (try? full.checkLimits()) != nil else { return }
  precondition(full.addresses("Bcc").map(\.address) == [hidden], "the Bcc is not found")
}

private func checkRoundTrip(_ message: MIMEMessage) {
  guard let from = message.addresses("From").first, let id = try? MessageID("<fuzz@example.com>") else {
    return
  }
  var copy = Composition(from: from, messageID: id, date: message.date ?? Instant(microseconds: 0))
  copy.to = message.addresses("To").filter(\.address.isValid)
  copy.subject = message.subject
  copy.text = message.text
  copy.html = message.html
  copy.attachments = message.attachments
  guard let bytes = try? copy.compose() else { return }
  precondition(from.address.isValid, "an invalid address was written")
  let again = MIMEMessage(parsing: bytes)
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
