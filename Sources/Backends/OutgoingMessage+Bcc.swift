import Core
import MIME

extension OutgoingMessage {
  /// The bytes with a Bcc field of those whom only the envelope names: Graph has no envelope, reads the field
  /// and takes it out.
  ///
  /// Throws `envelope.mismatch` when the header names a person who is not in the envelope, and if the message
  /// passes a limit of Exchange.
  package func addressed() throws -> [UInt8] {
    let message = MIMEMessage(parsing: mime)
    try message.checkLimits()
    let named = Set(message.headerRecipients.map(\.key))
    let meant = Set(envelopeTo.map(\.key))
    let strangers = named.subtracting(meant)
    guard strangers.isEmpty else { throw Problem.envelopeMismatch(strangers.sorted()) }
    return try MIMEMessage.addingBcc(envelopeTo.filter { !named.contains($0.key) }, to: mime)
  }
}
