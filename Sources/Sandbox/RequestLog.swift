import JSON
import Synchronization

/// Requests and replies, newest last, for `GET /sandbox/requests`.
///
/// Holds the newest `maximumEntries` and at most `maximumBytes` of their bodies.
package final class RequestLog: Sendable {
  /// A minute of load at 300 requests a second.
  package static let maximumEntries = 20_000
  package static let maximumBytes = 64 << 20
  /// Of each body, so that one message with attachments does not push everything else out.
  package static let maximumBodyBytes = 64 << 10

  private struct Contents {
    var entries: [LoggedRequest] = []
    var dropped = 0
    var bytes = 0
    var lastNumber = 0
    var resets = 0
  }
  private let contents = Mutex(Contents())

  package init() {}

  package var entries: [LoggedRequest] {
    contents.withLock { Array($0.entries[$0.dropped...]) }
  }

  /// How often it was emptied.
  var resets: Int { contents.withLock { $0.resets } }

  /// The newest that match, newest first.
  func excerpt(
    _ count: Int, after number: Int = 0, where matches: (LoggedRequest) -> Bool
  ) -> LogExcerpt {
    let (all, last, resets) = contents.withLock { log in
      (log.entries[log.dropped...], log.lastNumber, log.resets)
    }
    let entries = all.reversed().lazy.prefix { $0.number > number }.filter(matches).prefix(count)
    return LogExcerpt(entries: Array(entries), kept: all.count, lastNumber: last, resets: resets)
  }

  /// `nil` if it was dropped or never there.
  func entry(_ number: Int) -> LoggedRequest? { entries.last { $0.number == number } }

  package func append(_ entry: LoggedRequest) {
    contents.withLock { log in
      log.lastNumber += 1
      var entry = entry
      entry.number = log.lastNumber
      log.entries.append(entry)
      log.bytes += entry.size
      while log.entries.count - log.dropped > Self.maximumEntries || log.bytes > Self.maximumBytes {
        log.bytes -= log.entries[log.dropped].size
        log.entries[log.dropped] = LoggedRequest.forgotten
        log.dropped += 1
      }
      // Removing from the front moves the rest, so it is done once per thousand.
      if log.dropped > 1000 {
        log.entries.removeFirst(log.dropped)
        log.dropped = 0
      }
    }
  }

  /// No later request gets the number of an earlier one.
  package func reset() {
    contents.withLock { $0 = Contents(lastNumber: $0.lastNumber, resets: $0.resets + 1) }
  }
}

/// What a page shows of the log.
struct LogExcerpt: Sendable {
  var entries: [LoggedRequest]
  /// How many the log holds.
  var kept: Int
  /// Of the newest request, shown or not.
  var lastNumber: Int
  /// How often the log was emptied: a page with another number shows requests that are gone.
  var resets: Int
}

package struct LoggedRequest: Sendable {
  /// Counts all requests since the sandbox started; the log gives it.
  package var number = 0
  /// When the request came, by the sandbox's clock (RFC 3339).
  package var time: String
  package var method: String
  package var path: String
  package var query: String
  /// Names in lower case; values of a repeated name joined by a comma.
  package var headers: [String: String]
  package var body: String
  /// `nil` when the connection was closed without an answer.
  package var status: Int?
  /// How long the reply took, delays by faults included.
  package var milliseconds = 0
  /// The user principal name of the person or mailbox that it is about; `nil` if that is not known.
  package var user: String?
  package var responseHeaders: [String: String]
  package var responseBody: String

  fileprivate static let forgotten = LoggedRequest(
    time: "", method: "", path: "", query: "", headers: [:], body: "", status: nil, responseHeaders: [:],
    responseBody: "")

  var json: JSONValue {
    .object(omittingAbsent: [
      "number": JSONValue(number), "time": .string(time), "method": .string(method), "path": .string(path),
      "query": .string(query),
      "headers": Self.json(headers), "body": .string(body), "status": status.map { JSONValue($0) } ?? .null,
      "durationMs": JSONValue(milliseconds), "user": user.map { .string($0) },
      "responseHeaders": Self.json(responseHeaders), "responseBody": .string(responseBody),
    ])
  }

  private static func json(_ headers: [String: String]) -> JSONValue {
    .object(JSONObject(headers.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
  }

  fileprivate var size: Int { body.utf8.count + responseBody.utf8.count + 1000 }
}
