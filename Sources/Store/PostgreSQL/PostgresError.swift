import Core

/// The server's error for a failed statement, without its text, which may quote values.
struct PostgresError: Error {
  /// The SQLSTATE; `nil` when the connection broke instead of an answer.
  var state: String?
  var constraint: String?
  var table: String?
  var column: String?

  /// serialization_failure, deadlock_detected: rolled back because of others, and good to run again.
  static let conflicts: Set<String> = ["40001", "40P01"]
}

extension Problem {
  /// By PostgreSQL's Appendix A, "Error Codes".
  init(_ error: PostgresError) {
    guard let state = error.state else {
      self = .storeUnavailable("the connection to PostgreSQL was lost")
      return
    }
    let place = [error.table, error.column, error.constraint].compactMap(\.self).joined(separator: ".")
    let detail = place.isEmpty ? "SQLSTATE \(state)" : "SQLSTATE \(state) at \(place)"
    switch state {
    case "40001", "40P01": self = .storeContention
    case "53100": self = .storeFull
    case "55P03": self = .storeLocked
    case "23502": self = .storeFailed(detail)
    case "25006": self = .storeUnavailable("PostgreSQL only lets us read")
    default:
      switch state.prefix(2) {
      case "23": self = .storeConflict(error.constraint ?? detail)
      case "08", "53", "57", "58", "XX": self = .storeUnavailable("PostgreSQL answers with \(detail)")
      default: self = .storeFailed(detail)
      }
    }
  }
}
