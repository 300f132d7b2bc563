package import MIME
package import Store

/// A message that another program wrote, as it is submitted.
package struct RawMessage: Sendable {
  package var header: RawHeader
  package var body: Body

  package enum Body: Sendable {
    case bytes([UInt8])
    case stored(SegmentRecord)
  }

  package init(header: RawHeader, body: Body) {
    self.header = header
    self.body = body
  }
}
