import JSON

/// The content of a file. One that streamed is elsewhere by the time its field is read.
package enum Content: Sendable, Hashable {
  case bytes([UInt8])
  /// What `BodyReader` handed out under this ordinal.
  case streamed(Int)
}

extension Kind where Value == [UInt8] {
  /// Bytes as base64 that are in memory as a whole.
  package static var bytes: Kind {
    Kind(.content, write: { $1.json.raw(Base64.json($0)) }) { value, reading in
      guard case .string(let text) = value else {
        reading.wrongKind(value, expected: "a string")
        return nil
      }
      do throws(Base64Fault) {
        return try Base64.decode(text)
      } catch {
        reading.fault(error.message)
        return nil
      }
    }
  }
}

extension Kind where Value == Content {
  /// Bytes as base64, read strictly (see `Base64StreamDecoder`); of any length, since a `BodyReader` streams
  /// them.
  package static var base64: Kind {
    Kind(
      .content,
      write: { content, writing in
        // Streamed content has been delivered and is not written again.
        guard case .bytes(let bytes) = content else { return writing.json.null() }
        writing.json.raw(Base64.json(bytes))
      }
    ) { value, reading in
      switch value {
      case .streamed(let ordinal): return .streamed(ordinal)
      case .string(let text):
        do throws(Base64Fault) {
          return .bytes(try Base64.decode(text))
        } catch {
          reading.fault(error.message)
          return nil
        }
      case .null, .bool, .number, .array, .object:
        reading.wrongKind(value, expected: "a string")
        return nil
      }
    }
  }
}
