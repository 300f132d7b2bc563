import JSON

/// What came of a text: everything that must not depend on how it was cut.
struct Outcome: Equatable, CustomStringConvertible {
  var value: JSONValue?
  var error: JSONError?
  /// By ordinal: where it stands, its content, and whether its end was seen.
  var streamed: [Streamed] = []

  struct Streamed: Equatable {
    var path: String
    var bytes: [UInt8]
    var isComplete: Bool
  }

  var description: String { error?.description ?? value?.text ?? "" }
}

/// Reads `bytes` in pieces that end at `cuts`, which ascend.
func read(
  _ bytes: [UInt8], cuts: [Int] = [], limits: JSONLimits = .standard, streaming: [JSONStreamPattern] = []
) -> Outcome {
  var document = JSONDocument(limits: limits, streaming: streaming)
  var outcome = Outcome()
  do throws(JSONError) {
    var start = 0
    for end in cuts + [bytes.count] {
      do throws(JSONError) {
        try document.feed(bytes[start..<end])
      } catch {
        outcome.add(document.takeStreamed())
        throw error
      }
      outcome.add(document.takeStreamed())
      start = end
    }
    outcome.value = try document.finish()
  } catch {
    outcome.error = error
  }
  return outcome
}

func read(_ text: String, limits: JSONLimits = .standard, streaming: [JSONStreamPattern] = []) -> Outcome {
  read(Array(text.utf8), limits: limits, streaming: streaming)
}

extension Outcome {
  mutating func add(_ pieces: [JSONStreamedPiece]) {
    for piece in pieces {
      if piece.ordinal == streamed.count {
        streamed.append(Streamed(path: piece.path, bytes: [], isComplete: false))
      }
      precondition(piece.ordinal == streamed.count - 1 && !streamed[piece.ordinal].isComplete)
      precondition(piece.path == streamed[piece.ordinal].path)
      streamed[piece.ordinal].bytes += piece.bytes
      streamed[piece.ordinal].isComplete = piece.isLast
    }
  }
}
