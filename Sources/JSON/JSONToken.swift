/// What a reader hands to its sink. The bytes are valid only during the call.
package enum JSONToken {
  case beginObject
  case endObject
  case beginArray
  case endArray
  /// Keys and strings come in one or more fragments, without another token in between.
  case key(JSONFragment)
  case string(JSONFragment)
  /// ASCII, by the grammar of RFC 8259 section 6.
  case number(UnsafeRawBufferPointer)
  case bool(Bool)
  case null
}

/// A part of a key or string.
package struct JSONFragment {
  /// Unescaped and valid UTF-8, never cut within a character. Only the last fragment may be empty.
  package let bytes: UnsafeRawBufferPointer
  /// Whether this and all earlier fragments of the same text are ASCII.
  package let isASCII: Bool
  package let isFirst: Bool
  package let isLast: Bool
}

/// Takes the tokens of one text, in order.
package protocol JSONSink: ~Copyable {
  /// The reader turns an error into a `JSONError` at the first byte of the token, and stays failed.
  mutating func receive(_ token: JSONToken) throws(JSONError.Reason)

  /// The path for an error: that of the value that is being read or expected or, if `isInValue` is false, of the
  /// innermost open container.
  func path(isInValue: Bool) -> String
}
