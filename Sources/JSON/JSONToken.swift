/// What a reader hands to its sink. The bytes are valid only during the call.
package enum JSONToken {
  case beginObject
  case endObject
  case beginArray
  case endArray
  /// Keys and strings come in one or more fragments, the last of which says so. Nothing stands between them.
  case key(JSONFragment)
  case string(JSONFragment)
  /// ASCII in the grammar of RFC 8259 section 6.
  case number(UnsafeRawBufferPointer)
  case bool(Bool)
  case null
}

/// A part of a key or string.
package struct JSONFragment {
  /// Unescaped, valid UTF-8, never cut within a character. Empty only in the last fragment.
  package let bytes: UnsafeRawBufferPointer
  package let isFirst: Bool
  package let isLast: Bool
}

/// Takes the tokens of one text, in order.
package protocol JSONSink: ~Copyable {
  /// What it throws becomes a `JSONError` at the first byte of the token; the reader has then failed.
  mutating func receive(_ token: JSONToken) throws(JSONError.Reason)

  /// The place that an error names: of the value that is being read or expected, or, between two values, of
  /// the innermost container.
  func path(isInValue: Bool) -> String
}
